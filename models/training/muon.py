"""Owns Muon in the precision of the machine: torch's own always orthogonalises in bfloat16.

That takes minutes a step on a processor without bfloat16 instructions, where float32 takes one
second; and some that have them are twice as fast with float32. Jordan et al. (2024), "Muon: An
optimizer for hidden layers in neural networks".
"""

import functools
import math
import time
from collections.abc import Iterable

import torch
from torch import Tensor

_MOMENTUM = 0.95
_ITERATIONS = 5
_TRIAL_SIZE = 768
_TRIALS = 9
_COEFFICIENTS = (3.4445, -4.7750, 2.0315)


@functools.cache
def multiplies_bfloat16(device: torch.device) -> bool:
    """Tell whether the machine multiplies matrices of bfloat16 faster than of float32.

    A processor that has no instructions for it is not tried: that could take minutes.
    """
    if device.type != "cpu":
        return device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    if not (torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()):
        return False
    return _time_products(torch.bfloat16) < _time_products(torch.float32)


def _time_products(kind: torch.dtype) -> float:
    """Return the seconds that the fastest of some products of two matrices takes."""
    matrix = torch.ones(_TRIAL_SIZE, _TRIAL_SIZE, dtype=kind)
    times = []
    for _ in range(_TRIALS):
        began = time.perf_counter()
        matrix @ matrix
        times.append(time.perf_counter() - began)
    return min(times)


def orthogonalise(matrix: Tensor) -> Tensor:
    """Return the nearest nearly orthogonal matrix, by Newton–Schulz iterations of degree five."""
    wide = matrix.shape[0] <= matrix.shape[1]
    found = (matrix if wide else matrix.T) / matrix.norm().clamp(min=1e-7)
    if multiplies_bfloat16(matrix.device):
        found = found.bfloat16()
    first, third, fifth = _COEFFICIENTS
    for _ in range(_ITERATIONS):
        gram = found @ found.T
        inner = torch.addmm(gram, gram, gram, beta=third, alpha=fifth)
        found = torch.addmm(found, inner, found, beta=first)
    return found if wide else found.T


class Muon(torch.optim.Optimizer):
    """Steps along the orthogonalised Nesterov momentum of each matrix."""

    def __init__(self, matrices: Iterable[Tensor], lr: float) -> None:
        super().__init__(matrices, {"lr": lr})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # none is given
        """Take a step; a tall matrix takes a longer one."""
        for group in self.param_groups:
            for matrix in group["params"]:
                state = self.state[matrix]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(matrix)
                momentum = state["momentum"].lerp_(matrix.grad, 1 - _MOMENTUM)
                update = orthogonalise(matrix.grad.lerp(momentum, _MOMENTUM))
                stretch = math.sqrt(max(1, matrix.shape[0] / matrix.shape[1]))
                matrix.add_(update, alpha=-group["lr"] * stretch)
