"""The network's own loss is the textbook's, and it starts as a word-by-word translator."""

import torch
import torch.nn.functional as F

from models.training.network import Network, guide_loss, token_loss
from models.training.vocabulary import EOS_ID, PAD_ID


def test_the_sliced_loss_and_its_gradients_are_those_of_torch(network: Network) -> None:
    states = torch.randn(3, 4, network.shape.width, requires_grad=True)
    labels = torch.randint(10, 40, (3, 4))
    labels[0, 2:] = PAD_ID
    weight = network.embedding.weight
    mine, plain = token_loss(network, states, labels, 0.1, rows=4)
    found = torch.autograd.grad(mine, (states, weight))
    logits = network.logits(states).flatten(0, 1)
    theirs = F.cross_entropy(logits, labels.flatten(), ignore_index=PAD_ID, label_smoothing=0.1)
    expected = torch.autograd.grad(theirs, (states, weight), retain_graph=True)
    torch.testing.assert_close(mine, theirs)
    torch.testing.assert_close(
        plain, F.cross_entropy(logits, labels.flatten(), ignore_index=PAD_ID)
    )
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other)


def test_the_loss_chooses_among_the_pieces_it_is_given(network: Network) -> None:
    allowed = torch.tensor([*range(10), 31, 12, 25])
    network.choose_among(allowed)
    states = torch.randn(1, 4, network.shape.width)
    mine, plain = token_loss(network, states, torch.tensor([[12, 25, 30, PAD_ID]]), 0.1)
    logits = network.logits(states)[0, :2, allowed.sort().values]
    places = torch.tensor([10, 11])
    torch.testing.assert_close(mine, F.cross_entropy(logits, places, label_smoothing=0.1))
    torch.testing.assert_close(plain, F.cross_entropy(logits, places))


def test_padding_changes_nothing(network: Network) -> None:
    network.eval()
    source = torch.tensor([[20, 21, EOS_ID]])
    padded = torch.tensor([[20, 21, EOS_ID, PAD_ID, PAD_ID]])
    inputs = torch.tensor([[EOS_ID, 5, 30]])
    torch.testing.assert_close(network(source, inputs)[0], network(padded, inputs)[0])


def test_a_piece_never_sees_the_pieces_after_it(network: Network) -> None:
    network.eval()
    source = torch.tensor([[20, 21, EOS_ID]])
    one, other = (network(source, torch.tensor([[EOS_ID, 5, last]]))[0] for last in (30, 31))
    torch.testing.assert_close(one[:, :2], other[:, :2])


def test_an_untrained_network_says_a_neighbour_of_what_it_reads(network: Network) -> None:
    network.eval()
    source = torch.full((1, 6), 25)
    states, _ = network(source, torch.tensor([[EOS_ID, 5]]))
    assert int(network.logits(states)[0, 1].argmax()) == 25


def test_guidance_without_links_costs_nothing() -> None:
    scores = torch.randn(1, 2, 3, requires_grad=True)
    assert guide_loss(scores, torch.full((1, 2), -1)).item() == 0
