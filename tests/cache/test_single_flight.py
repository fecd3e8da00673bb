"""Single flight: one computation for many callers, and nobody waits for the dead."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from cache.embedded import EmbeddedStore
from cache.single_flight import SingleFlight
from models.audience import Audience
from models.protocols import Abandoned


class Work:
    """A computation that is counted; it stores its result where that is complete."""

    def __init__(self, store: EmbeddedStore, complete: bool = True) -> None:
        self._store = store
        self._complete = complete
        self._lock = threading.Lock()
        self.count = 0

    def lookup(self) -> str | None:
        return self._store.get_many(["k"]).get("k")

    def compute(self) -> str:
        with self._lock:
            self.count += 1
        time.sleep(0.4)
        if self._complete:
            self._store.set_many({"k": "result"})
        return "result"


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[list[EmbeddedStore]]:
    """Two stores of one folder stand for two processes."""
    stores = [EmbeddedStore(tmp_path), EmbeddedStore(tmp_path)]
    yield stores
    for store in stores:
        store.close()


@pytest.mark.parametrize("complete", [True, False])
def test_threads_share_one_computation(stores: list[EmbeddedStore], complete: bool) -> None:
    """Also where the result is not to be stored."""
    work, flights = Work(stores[0], complete), SingleFlight(stores[0])
    with ThreadPoolExecutor(20) as threads:
        runs = [
            threads.submit(flights.run, "k", work.lookup, work.compute, Audience())
            for _ in range(20)
        ]
        assert {run.result() for run in runs} == {"result"}
    assert work.count == 1


def test_processes_share_one_computation_and_its_lease_is_renewed(
    stores: list[EmbeddedStore],
) -> None:
    """The lease is shorter than the work."""
    work = Work(stores[0])
    flights = [SingleFlight(store, lease_seconds=0.15, poll_seconds=0.02) for store in stores]
    with ThreadPoolExecutor(2) as threads:
        runs = [threads.submit(f.run, "k", work.lookup, work.compute, Audience()) for f in flights]
        assert {run.result() for run in runs} == {"result"}
    assert work.count == 1


def test_a_dead_leader_holds_the_others_up_for_its_lease_only(
    stores: list[EmbeddedStore],
) -> None:
    """Somebody claimed and never came back."""
    work, flights = Work(stores[0]), SingleFlight(stores[0], poll_seconds=0.02)
    assert stores[1].claim("k", "the dead", 0.5)
    assert flights.run("k", work.lookup, work.compute, Audience()) == "result"
    assert work.count == 1


def test_a_follower_computes_when_its_deadline_passes(stores: list[EmbeddedStore]) -> None:
    """`compute` decides what a deadline means."""
    work, flights = Work(stores[0]), SingleFlight(stores[0], poll_seconds=0.02)
    assert stores[1].claim("k", "the slow", 60)
    assert (
        flights.run("k", work.lookup, work.compute, Audience(), time.monotonic() + 0.1) == "result"
    )


def test_the_exception_of_a_leader_is_its_own(stores: list[EmbeddedStore]) -> None:
    """Each of the others tries by itself."""
    flights = SingleFlight(stores[0])
    outcomes = iter([True, False, False])

    def compute() -> str:
        time.sleep(0.1)
        if next(outcomes):
            raise ValueError("only the first")
        return "result"

    with ThreadPoolExecutor(3) as threads:
        runs = [
            threads.submit(flights.run, "k", lambda: None, compute, Audience()) for _ in range(3)
        ]
        failures = [run.exception() for run in runs]
    assert sorted(map(type, failures), key=str).count(ValueError) == 1


def test_who_waits_for_another_does_so_inside_of_follow(stores: list[EmbeddedStore]) -> None:
    """Who leads does not, nor who looks where nothing is under way."""
    work, flights, inside = Work(stores[0], complete=False), SingleFlight(stores[0]), []

    @contextmanager
    def follow() -> Iterator[None]:
        inside.append(True)
        yield

    assert flights.watch("k", Audience(), None, follow) is None
    with ThreadPoolExecutor(3) as threads:
        runs = [
            threads.submit(flights.run, "k", work.lookup, work.compute, Audience(), None, follow)
            for _ in range(2)
        ]
        while not inside:
            time.sleep(0.01)
        watch = threads.submit(flights.watch, "k", Audience(), None, follow)
        assert [found.result() for found in (*runs, watch)] == ["result"] * 3
    assert len(inside) == 2


class HeldWork:
    """A computation that waits to be let on, and fails where its audience is gone by then."""

    def __init__(self) -> None:
        self.began, self.may_go_on = threading.Event(), threading.Event()
        self.following = threading.Event()
        self.count = 0

    def compute(self, audience: Audience) -> str:
        if audience.is_gone:
            raise Abandoned("Nobody waits.")
        self.count += 1
        self.began.set()
        assert self.may_go_on.wait(30)
        if audience.is_gone:
            raise Abandoned("Nobody waits.")
        return "result"

    def run(self, flights: SingleFlight, audience: Audience) -> str:
        compute = partial(self.compute, audience)
        return flights.run("k", lambda: None, compute, audience, None, self.follow)

    @contextmanager
    def follow(self) -> Iterator[None]:
        self.following.set()
        yield


@pytest.mark.parametrize("watches", [False, True])
def test_a_leader_that_leaves_goes_on_for_those_who_wait(
    stores: list[EmbeddedStore], watches: bool
) -> None:
    work, flights, leading = HeldWork(), SingleFlight(stores[0]), Audience()
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(work.run, flights, leading)
        assert work.began.wait(30)
        if watches:
            other = threads.submit(flights.watch, "k", Audience(), None, work.follow)
        else:
            other = threads.submit(work.run, flights, Audience())
        assert work.following.wait(30)
        leading.leave()
        work.may_go_on.set()
        assert (first.result(30), other.result(30)) == ("result", "result")
    assert work.count == 1


def test_a_computation_is_given_up_when_the_last_who_waits_leaves(
    stores: list[EmbeddedStore],
) -> None:
    work, flights, audiences = HeldWork(), SingleFlight(stores[0]), [Audience(), Audience()]
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(work.run, flights, audiences[0])
        assert work.began.wait(30)
        other = threads.submit(work.run, flights, audiences[1])
        assert work.following.wait(30)
        for audience in audiences:
            audience.leave()
        work.may_go_on.set()
        assert [type(run.exception(30)) for run in (first, other)] == [Abandoned, Abandoned]
    assert work.count == 1


@pytest.mark.parametrize("watches", [False, True])
def test_a_follower_that_leaves_is_let_go_and_the_leader_is_not(
    stores: list[EmbeddedStore], watches: bool
) -> None:
    work, flights, following = HeldWork(), SingleFlight(stores[0]), Audience()
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(work.run, flights, Audience())
        assert work.began.wait(30)
        if watches:
            other = threads.submit(flights.watch, "k", following, None, work.follow)
        else:
            other = threads.submit(work.run, flights, following)
        assert work.following.wait(30)
        following.leave()
        ended = other.exception(30) or other.result()
        assert ended is None if watches else isinstance(ended, Abandoned)
        assert not first.done()
        work.may_go_on.set()
        assert first.result(30) == "result"
