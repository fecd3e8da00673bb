"""The gate: so many at once, so many before it, nobody for ever."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from models.protocols import DeadlineExceeded, Overloaded
from models.turns import Turns
from service.gate import Gate


def test_a_place_is_given_back_whatever_happened_inside() -> None:
    gate = Gate(places=1, waiting=0)
    for _ in range(3):
        with pytest.raises(ValueError, match="inside"), gate.enter(time.monotonic() + 5):
            raise ValueError("inside")


def test_who_finds_the_room_full_is_sent_away_at_once() -> None:
    gate = Gate(places=1, waiting=0)
    with (
        gate.enter(time.monotonic() + 5),
        pytest.raises(Overloaded),
        gate.enter(time.monotonic() + 5),
    ):
        pass


def test_followers_are_counted_for_themselves() -> None:
    gate = Gate(places=1, waiting=1)
    with gate.enter(time.monotonic() + 5), gate.follow(), pytest.raises(Overloaded), gate.follow():
        pass
    with gate.follow():
        pass


def test_who_gets_no_turn_in_time_is_told_so_and_leaves_room() -> None:
    gate = Gate(places=1, waiting=1)
    with gate.enter(time.monotonic() + 5):
        for _ in range(3):
            with pytest.raises(DeadlineExceeded), gate.enter(time.monotonic() + 0.01):
                pass


def test_who_gets_no_turn_to_compute_in_time_is_told_so_too() -> None:
    gate = Gate(turns=Turns(1))
    with gate.take_turn(time.monotonic() + 5), ThreadPoolExecutor(1) as pool:
        late = pool.submit(_enter, gate, time.monotonic() + 0.01)
        with pytest.raises(DeadlineExceeded):
            late.result(timeout=5)
    _enter(gate, time.monotonic() + 5)


def _enter(gate: Gate, deadline: float) -> None:
    with gate.enter(deadline):
        pass


def test_never_more_than_its_places_are_inside() -> None:
    gate, inside, most, lock = Gate(places=3, waiting=40), 0, 0, threading.Lock()

    def work() -> None:
        nonlocal inside, most
        with gate.enter(time.monotonic() + 30):
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(0.01)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (inside, most) == (0, 3)
