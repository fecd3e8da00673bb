"""Turns: so many compute at once, and who waits keeps nobody from it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from models.batching import MicroBatcher
from models.protocols import GenerationSettings, Hypothesis, TokenisedInput
from models.turns import Turns


def test_never_more_compute_than_there_are_turns() -> None:
    turns, lock, inside, most = Turns(2), threading.Lock(), 0, 0
    together = threading.Barrier(2)

    def compute() -> None:
        nonlocal inside, most
        with turns.taken():
            with lock:
                inside += 1
                most = max(most, inside)
            together.wait(30)
            with lock:
                inside -= 1

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(compute) for _ in range(8)]:
            done.result()
    assert most == 2


def test_a_turn_is_given_back_whatever_happened_inside() -> None:
    turns = Turns(1)
    for _ in range(3):
        with pytest.raises(ValueError, match="inside"), turns.taken():
            raise ValueError("inside")
        with pytest.raises(ValueError, match="inside"), turns.taken(), turns.left():
            raise ValueError("inside")


def test_who_has_no_turn_leaves_none_behind() -> None:
    turns = Turns(1)
    with turns.left(), turns.left():
        pass
    with turns.taken():
        assert not turns._free.acquire(blocking=False)


def test_who_waits_for_the_engine_leaves_its_turn_to_others() -> None:
    """Two calls come to the engine, though only one thread may compute."""

    class Meeting:
        def __init__(self) -> None:
            self.both = threading.Barrier(2)

        def generate(self, batch, settings, deadline=None):
            self.both.wait(30)
            return [[Hypothesis(item.tokens, 0.0)] for item in batch]

        def close(self) -> None: ...

    turns = Turns(1)
    batcher = MicroBatcher(Meeting(), lanes=2, turns=turns)

    def call(name: str) -> str:
        with turns.taken():
            found = batcher.generate([TokenisedInput((name,))], GenerationSettings())
        return found[0][0].tokens[0]

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(call, "ab")) == ["a", "b"]
    batcher.close()
