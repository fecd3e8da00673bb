"""Single flight: N identical computations at once cost one, across threads and processes."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Generic, TypeVar

from cache.protocols import Audience, Store

Result = TypeVar("Result")
Follow = Callable[[], AbstractContextManager[None]]


class _Flight(Generic[Result]):
    """One computation, for `audience`, that threads of this process wait for."""

    def __init__(self, audience: Audience) -> None:
        self.result: list[Result] = []
        self._audience = audience
        self._landed = False
        self._changed = threading.Condition()

    def land(self) -> None:
        """Tell those who wait that there is a result, or that there will be none."""
        self._landed = True
        self._tell()

    def wait(self, audience: Audience, seconds: float | None, follow: Follow) -> bool:
        """Tell whether it lands within `seconds`, and before `audience` is gone."""
        with (
            self._audience.joined_by(audience),
            follow(),
            audience.heard_by(self._tell),
            self._changed,
        ):
            self._changed.wait_for(lambda: self._landed or audience.is_gone, seconds)
            return self._landed

    def _tell(self) -> None:
        with self._changed:
            self._changed.notify_all()


class SingleFlight:
    """Lets one caller compute while the others wait for its result.

    Within the process the leader's result is handed over, stored or not. Across processes the
    leader holds a lease in the store and renews it; the others poll the store. A leader that
    fails or dies holds nobody up: each waiting thread tries by itself, and a lease that is not
    renewed runs out after `lease_seconds`. The leader's audience is joined by those that wait in
    the process: what it computes goes on until the last of them is gone.
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
        audience: Audience,
        deadline: float | None = None,
        follow: Follow = nullcontext,
    ) -> Result:
        """Return what `lookup` finds, or what the one `compute` of this moment returns.

        `compute` stores its result itself, and works for `audience`, as whose it is waited for.
        `deadline` is in the clock of `time.monotonic()`; when it passes, or the audience is gone,
        the caller computes by itself, and `compute` decides what that means. Who waits for another
        thread does so inside of `follow`, which may raise.
        """
        while True:
            found = lookup()
            if found is not None:
                return found
            flight, leads = self._join(key, audience)
            if leads:
                return self._lead(key, flight, lookup, compute, audience, deadline)
            if not flight.wait(audience, self._remaining(deadline), follow):
                return compute()
            if flight.result:
                shared: Result = flight.result[0]
                return shared

    def watch(
        self,
        key: str,
        audience: Audience,
        deadline: float | None = None,
        follow: Follow = nullcontext,
    ) -> Any | None:
        """Return what a `run` of this process that is under way returns; `None` if there is none.

        Nor where it fails, `deadline` passes or `audience` is gone. Waits inside of `follow`,
        likewise.
        """
        flight = self._flights.get(key)
        if flight is None:
            return None
        if not flight.wait(audience, self._remaining(deadline), follow):
            return None
        return flight.result[0] if flight.result else None

    def _join(self, key: str, audience: Audience) -> tuple[_Flight[Any], bool]:
        with self._lock:
            flight = self._flights.get(key)
            if flight is None:
                flight = self._flights[key] = _Flight(audience)
                return flight, True
            return flight, False

    def _lead(
        self,
        key: str,
        flight: _Flight[Result],
        lookup: Callable[[], Result | None],
        compute: Callable[[], Result],
        audience: Audience,
        deadline: float | None,
    ) -> Result:
        try:
            result = self._compute_once_anywhere(key, lookup, compute, audience, deadline)
            flight.result.append(result)
            return result
        finally:
            with self._lock:
                del self._flights[key]
            flight.land()

    def _compute_once_anywhere(
        self,
        key: str,
        lookup: Callable[[], Result | None],
        compute: Callable[[], Result],
        audience: Audience,
        deadline: float | None,
    ) -> Result:
        owner = uuid.uuid4().hex
        waited = False
        while not self._store.claim(key, owner, self._lease_seconds):
            if self._remaining(deadline) == 0 or audience.is_gone:
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
