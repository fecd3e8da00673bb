"""Single flight: N identical computations at once cost one, across threads and processes."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from cache.protocols import Store

Result = TypeVar("Result")


@dataclass
class _Flight(Generic[Result]):
    """One computation that threads of this process wait for."""

    landed: threading.Event = field(default_factory=threading.Event)
    result: list[Result] = field(default_factory=list)


class SingleFlight:
    """Lets one caller compute while the others wait for its result.

    Within the process the leader's result is handed over, stored or not. Across processes the
    leader holds a lease in the store and renews it; the others poll the store. A leader that
    fails or dies holds nobody up: each waiting thread tries by itself, and a lease that is not
    renewed runs out after `lease_seconds`.
    """

    def __init__(
        self, store: Store, lease_seconds: float = 10.0, poll_seconds: float = 0.05
    ) -> None:
        self._store = store
        self._lease_seconds = lease_seconds
        self._poll_seconds = poll_seconds
        self._lock = threading.Lock()
        self._flights: dict[str, _Flight[Any]] = {}
        self._leases: dict[str, str] = {}
        self._renewing = False

    def run(
        self,
        key: str,
        lookup: Callable[[], Result | None],
        compute: Callable[[], Result],
        deadline: float | None = None,
        follow: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> Result:
        """Return what `lookup` finds, or what the one `compute` of this moment returns.

        `compute` stores its result itself. `deadline` is in the clock of `time.monotonic()`; when
        it passes the caller computes by itself, and `compute` decides what a deadline means. Who
        waits for another thread does so inside of `follow`, which may raise.
        """
        while True:
            found = lookup()
            if found is not None:
                return found
            flight, leads = self._join(key)
            if leads:
                return self._lead(key, flight, lookup, compute, deadline)
            with follow():
                landed = flight.landed.wait(self._remaining(deadline))
            if not landed:
                return compute()
            if flight.result:
                shared: Result = flight.result[0]
                return shared

    def watch(
        self,
        key: str,
        deadline: float | None = None,
        follow: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> Any | None:
        """Return what a `run` of this process that is under way returns; `None` if there is none.

        Nor where it fails, or `deadline` passes. Waits inside of `follow`, likewise.
        """
        flight = self._flights.get(key)
        if flight is None:
            return None
        with follow():
            landed = flight.landed.wait(self._remaining(deadline))
        if not landed:
            return None
        return flight.result[0] if flight.result else None

    def _join(self, key: str) -> tuple[_Flight[Any], bool]:
        with self._lock:
            flight = self._flights.get(key)
            if flight is None:
                flight = self._flights[key] = _Flight()
                return flight, True
            return flight, False

    def _lead(
        self,
        key: str,
        flight: _Flight[Result],
        lookup: Callable[[], Result | None],
        compute: Callable[[], Result],
        deadline: float | None,
    ) -> Result:
        try:
            result = self._compute_once_anywhere(key, lookup, compute, deadline)
            flight.result.append(result)
            return result
        finally:
            with self._lock:
                del self._flights[key]
            flight.landed.set()

    def _compute_once_anywhere(
        self,
        key: str,
        lookup: Callable[[], Result | None],
        compute: Callable[[], Result],
        deadline: float | None,
    ) -> Result:
        owner = uuid.uuid4().hex
        waited = False
        while not self._store.claim(key, owner, self._lease_seconds):
            if self._remaining(deadline) == 0:
                return compute()
            waited = True
            time.sleep(self._poll_seconds)
            found = lookup()
            if found is not None:
                return found
        # Who held the lease may have stored its result between the last look and the claim.
        found = lookup() if waited else None
        return self._compute_under_lease(key, owner, compute) if found is None else found

    def _compute_under_lease(self, key: str, owner: str, compute: Callable[[], Result]) -> Result:
        with self._lock:
            self._leases[key] = owner
            starts, self._renewing = not self._renewing, True
        if starts:
            threading.Thread(target=self._renew, name="renew-leases", daemon=True).start()
        try:
            return compute()
        finally:
            with self._lock:
                del self._leases[key]
            self._store.release(key, owner)

    def _renew(self) -> None:
        """Renew every lease that is held, until there is none: a thread for each would be many."""
        while True:
            time.sleep(self._lease_seconds / 3)
            with self._lock:
                held = dict(self._leases)
                self._renewing = bool(held)
            if not held:
                return
            for key, owner in held.items():
                if key in self._leases:
                    self._store.claim(key, owner, self._lease_seconds)

    @staticmethod
    def _remaining(deadline: float | None) -> float | None:
        return None if deadline is None else max(0.0, deadline - time.monotonic())
