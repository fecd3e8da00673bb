"""Muon: the same steps as torch's, in the precision that the machine multiplies fast."""

from pathlib import Path

import pytest
import torch

from models.training.muon import Muon, multiplies_bfloat16, orthogonalise


@pytest.mark.parametrize("shape", [(24, 24), (16, 48), (48, 16)])
def test_an_orthogonalised_matrix_keeps_its_directions_and_evens_their_lengths(
    shape: tuple[int, int],
) -> None:
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    found = orthogonalise(matrix).float()
    assert found.shape == shape
    left, _, right = torch.linalg.svd(matrix, full_matrices=False)
    lengths = torch.diagonal(left.T @ found @ right.T)
    assert torch.all((lengths > 0.5) & (lengths < 1.3))


def test_nothing_is_orthogonalised_to_nothing() -> None:
    assert not orthogonalise(torch.zeros(4, 8)).any()


@pytest.mark.parametrize("shape", [(8, 24), (24, 8)])
def test_a_few_steps_end_where_those_of_torch_do(shape: tuple[int, int]) -> None:
    chance = torch.Generator().manual_seed(2)
    begin = torch.randn(shape, generator=chance)
    ours, theirs = begin.clone().requires_grad_(), begin.clone().requires_grad_()
    mine = Muon([ours], lr=0.1)
    other = torch.optim.Muon([theirs], lr=0.1, weight_decay=0.0)
    for _ in range(4):
        gradient = torch.randn(shape, generator=chance)
        ours.grad, theirs.grad = gradient.clone(), gradient.clone()
        mine.step()
        other.step()
    assert (ours - begin).abs().max() > 0.1
    assert torch.allclose(ours, theirs, atol=0.02)  # theirs rounds to bfloat16


def test_a_machine_without_its_instructions_is_not_asked_for_bfloat16(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    multiplied: list[torch.dtype] = []

    def note(kind: torch.dtype) -> float:
        multiplied.append(kind)
        return 1.0

    monkeypatch.setattr("models.training.muon._time_products", note)
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    flags = [line for line in lines if line.startswith("flags")]
    able = any({"avx512_bf16", "amx_tile"} & set(line.split()) for line in flags)
    assert not multiplies_bfloat16.__wrapped__(torch.device("cpu"))
    assert bool(multiplied) == able


def test_where_both_are_there_the_faster_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cpu._is_avx512_bf16_supported", lambda: True)
    for seconds, expected in (({torch.bfloat16: 1.0, torch.float32: 3.0}, True),
                              ({torch.bfloat16: 3.0, torch.float32: 1.0}, False)):  # fmt: skip
        monkeypatch.setattr("models.training.muon._time_products", seconds.__getitem__)
        assert multiplies_bfloat16.__wrapped__(torch.device("cpu")) == expected
