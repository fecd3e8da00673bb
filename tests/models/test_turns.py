"""Turns: so many compute at once, and who waits keeps nobody from it."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from models.batching import Lanes, MicroBatcher
from models.protocols import GenerationSettings, Hypothesis, TokenisedInput
from models.reader import TextReader
from models.selection import choose_sentences
from models.turns import Turns, in_turns


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
    batcher = MicroBatcher(Meeting(), lanes=Lanes(2), turns=turns)

    def call(name: str) -> str:
        with turns.taken():
            found = batcher.generate([TokenisedInput((name,))], GenerationSettings())
        return found[0][0].tokens[0]

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(call, "ab")) == ["a", "b"]
    batcher.close()


def test_large_work_gives_way_to_much_smaller_work() -> None:
    turns, begun, over = Turns(1), threading.Event(), threading.Event()

    def work_long() -> bool:
        with turns.taken(size=1_000):
            begun.set()
            # Has the only turn for as long as nobody else is done.
            for _ in in_turns(range(20_000)):
                if over.wait(0.001):
                    return True
        return False

    with ThreadPoolExecutor(1) as pool:
        long = pool.submit(work_long)
        begun.wait(30)
        with turns.taken(size=10):
            over.set()
        assert long.result()


def test_work_of_about_its_size_waits_for_its_turn() -> None:
    turns, begun, steps = Turns(1), threading.Event(), 0

    def work_long() -> None:
        nonlocal steps
        with turns.taken(size=100):
            begun.set()
            for _ in in_turns(range(30)):
                time.sleep(0.001)
                steps += 1

    with ThreadPoolExecutor(1) as pool:
        long = pool.submit(work_long)
        begun.wait(30)
        with turns.taken(size=50):
            assert steps == 30
        long.result()


def test_large_work_goes_on_however_long_small_work_takes() -> None:
    turns = Turns(2)
    with ThreadPoolExecutor(1) as pool, turns.taken(size=10):

        def work_long() -> list[int]:
            with turns.taken(size=1_000):
                return [time.sleep(0.006) or n for n in in_turns(range(5))]

        assert pool.submit(work_long).result(30) == [0, 1, 2, 3, 4]


def test_who_gave_way_has_its_turn_again() -> None:
    turns, inside = Turns(1), threading.Barrier(2)

    def work_long() -> bool:
        with turns.taken(size=1_000):
            inside.wait(30)
            for _ in in_turns(range(3)):
                time.sleep(0.01)
            return turns._free.acquire(blocking=False)

    with ThreadPoolExecutor(1) as pool:
        long = pool.submit(work_long)
        inside.wait(30)
        with turns.taken(size=10):
            pass
        assert not long.result(30)
    with turns.taken():
        pass


def test_a_loop_outside_any_turn_is_a_loop() -> None:
    assert list(in_turns("abc")) == ["a", "b", "c"]


def test_a_long_article_lets_a_short_one_compute_while_it_is_read_and_ranked() -> None:
    text = "\n".join(
        f"The council of town {n} met on Monday. It bought {n} houses for its {n % 7} schools."
        for n in range(3_000)
    )
    turns, begun, over = Turns(1), threading.Event(), threading.Event()

    def summarise_long() -> list[bool]:
        with turns.taken(len(text)):
            begun.set()
            read = TextReader().read(text, "en")
            found = [over.is_set()]
            over.clear()
            begun.set()
            choose_sentences(read, "long")
            return [*found, over.is_set()]

    with ThreadPoolExecutor(1) as pool:
        long = pool.submit(summarise_long)
        for _ in range(2):
            assert begun.wait(60)
            begun.clear()
            with turns.taken(size=100):
                over.set()
        assert long.result(60) == [True, True]
