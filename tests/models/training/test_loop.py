"""Training learns, stops where its schedule says, and resumes as if never stopped."""

from pathlib import Path

import pytest
import torch

from models.training.corpus import Corpus, Sampler, pack
from models.training.loop import Schedule, Trainer
from models.training.network import Network, token_loss

STEPS = 24
SCHEDULE = Schedule(steps=STEPS, warmup_steps=4, first_length=40, average_every=2)


def make_trainer(network: Network, corpus: Corpus, folder: Path, steps: int = STEPS) -> Trainer:
    sampler = Sampler(corpus, {"copy": 1.0}, batch_tokens=400, seed=1, pool_rows=100)
    return Trainer(network, sampler, SCHEDULE, folder)


def loss_of(network: Network, corpus: Corpus) -> float:
    batch = pack(corpus, range(16))
    parts = (torch.from_numpy(part).long() for part in (batch.source, batch.inputs, batch.labels))
    source, inputs, labels = parts
    with torch.no_grad():
        return token_loss(network, network(source, inputs)[0], labels, 0.0)[1].item()


def test_a_short_run_lowers_the_loss(network: Network, corpus: Corpus, tmp_path: Path) -> None:
    before = loss_of(network, corpus)
    trainer = make_trainer(network, corpus, tmp_path)
    trainer.run()
    assert trainer.step == STEPS
    assert loss_of(network, corpus) < before - 0.5


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_resumed_run_ends_in_the_same_state(
    network: Network, corpus: Corpus, tmp_path: Path, dtype: torch.dtype
) -> None:
    network.to(dtype)
    start = {name: value.clone() for name, value in network.state_dict().items()}
    whole = make_trainer(network, corpus, tmp_path / "whole")
    whole.run()
    expected = whole.optimiser.averaged_state()

    network.load_state_dict(start)
    first = make_trainer(network, corpus, tmp_path / "parts")
    batches = first.batches()
    for _ in range(STEPS // 2):
        first.learn(next(batches))
    first.save()
    second = make_trainer(Network(network.shape).to(dtype), corpus, tmp_path / "parts")
    second.resume()
    second.run()
    assert second.step == STEPS
    for name, value in second.optimiser.averaged_state().items():
        torch.testing.assert_close(value, expected[name], rtol=0, atol=0)


def test_resuming_without_a_checkpoint_says_so(
    network: Network, corpus: Corpus, tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError):
        make_trainer(network, corpus, tmp_path).resume()


def test_rates_rise_stay_and_fall() -> None:
    schedule = Schedule(minutes=10, warmup_steps=100, flat_share=0.6, end_share=0.05)
    assert schedule.rate(0.0, 0) == pytest.approx(0.01)
    assert schedule.rate(0.3, 500) == 1.0
    assert schedule.rate(1.0, 900) == pytest.approx(0.05)


def test_sentences_grow_and_guidance_fades_until_half_time() -> None:
    schedule = Schedule(first_length=10, last_length=50, guide_weight=1.0, last_guide_weight=0.1)
    assert [schedule.max_length(share) for share in (0.0, 0.25, 0.5, 1.0)] == [10, 30, 50, 50]
    assert [round(schedule.guidance(s), 2) for s in (0.0, 0.25, 0.5, 1.0)] == [1, 0.55, 0.1, 0.1]


def test_going_on_begins_with_long_sentences_little_guidance_and_a_short_warm_up() -> None:
    schedule = Schedule(warmup_steps=200, first_length=10, last_length=50).going_on(
        new_directions=False
    )
    assert [schedule.max_length(share) for share in (0.0, 0.5)] == [50, 50]
    assert schedule.guidance(0.0) == pytest.approx(schedule.last_guide_weight)
    assert schedule.rate(0.1, 49) == 1.0
    assert Schedule(warmup_steps=1).going_on(new_directions=False).rate(0.0, 0) == 1.0


def test_new_directions_begin_with_half_the_length_and_all_of_the_guidance() -> None:
    schedule = Schedule(warmup_steps=200, first_length=10, last_length=50).going_on(True)
    assert schedule.max_length(0.0) == 25
    assert schedule.guidance(0.0) == schedule.guide_weight
    assert schedule.rate(0.1, 99) == 1.0


def test_progress_counts_minutes_or_steps() -> None:
    assert Schedule(minutes=10).progress(1, 300) == 0.5
    assert Schedule(steps=10).progress(5, 9_000) == 0.5
