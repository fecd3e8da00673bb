"""Out of memory: the batch is halved and the work goes on."""

from __future__ import annotations

import pytest

from models.engines.memory import HalvingEngine
from models.protocols import GenerationSettings, Hypothesis, TokenisedInput

BATCH = [TokenisedInput((str(number),)) for number in range(11)]


class SmallEngine:
    """Echoes batches of at most `room` inputs, and fails on larger ones."""

    def __init__(self, room: int, error: Exception) -> None:
        self.room, self.error = room, error
        self.sizes: list[int] = []

    def generate(self, batch, settings, deadline=None):
        if len(batch) > self.room:
            raise self.error
        self.sizes.append(len(batch))
        return [[Hypothesis(item.tokens, 0.0)] for item in batch]

    def close(self) -> None:
        self.room = 0


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("CUDA failed with error out of memory"),
        RuntimeError("std::bad_alloc"),
    ],
)
def test_half_a_batch_is_tried_and_the_order_is_kept(error: Exception) -> None:
    engine = SmallEngine(3, error)
    outputs = HalvingEngine(engine).generate(BATCH, GenerationSettings())
    assert [found[0].tokens for found in outputs] == [item.tokens for item in BATCH]
    assert max(engine.sizes) <= 3


def test_other_errors_and_a_single_input_too_large_rise() -> None:
    for room, error in ((3, RuntimeError("wrong shape")), (0, MemoryError())):
        with pytest.raises(type(error)):
            HalvingEngine(SmallEngine(room, error)).generate(BATCH, GenerationSettings())
