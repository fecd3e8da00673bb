"""Allowances: what a client may use in a time, counted in Redis or, while it is away, in memory."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from cache.breaker import tell_nobody

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import RateLimiter

Result = TypeVar("Result")

_PREFIX = "precis:limits"


@dataclass(frozen=True)
class Allowance:
    """What is left to a client of one kind of use."""

    name: str
    limit: int
    window_seconds: int
    remaining: int
    reset_seconds: int


class Allowances:
    """Counts uses per client over a sliding window; what is refused is not counted.

    `amounts` are the limits by name, each with its window in seconds; `answer_seconds` is how long
    Redis may take, `None` as long as the link lets it.
    """

    def __init__(
        self,
        amounts: Mapping[str, tuple[int, int]],
        redis_url: str | None = None,
        observe: Callable[[str, bool], None] = tell_nobody,
        answer_seconds: float | None = None,
    ) -> None:
        from limits import RateLimitItemPerSecond  # slow to import, and off by default
        from limits.storage import MemoryStorage, RedisStorage
        from limits.strategies import SlidingWindowCounterRateLimiter

        self._items: dict[str, RateLimitItem] = {
            name: RateLimitItemPerSecond(amount, seconds, _PREFIX)
            for name, (amount, seconds) in amounts.items()
        }
        self._own: RateLimiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared: RateLimiter | None = None
        if redis_url is not None:
            from cache.link import ANSWER_SECONDS, RedisLink

            self._link = RedisLink(
                redis_url,
                "Redis for limits",
                observe,
                answer_seconds=answer_seconds or ANSWER_SECONDS,
            )
            storage = RedisStorage(redis_url, connection_pool=self._link.pool)
            self._shared = SlidingWindowCounterRateLimiter(storage)

    def spend(self, name: str, client: str, cost: int = 1) -> bool:
        """Count `cost` uses, or tell that so many are not left."""
        item = self._items.get(name)
        return item is None or self._count(lambda by: by.hit(item, name, client, cost=cost))

    def list_states(self, client: str) -> list[Allowance]:
        """Return what is left of each allowance."""
        return [self.state(name, client) for name in self._items]

    def state(self, name: str, client: str) -> Allowance:
        """Return what is left of one allowance."""
        item = self._items[name]
        found = self._count(lambda by: by.get_window_stats(item, name, client))
        reset = max(1, math.ceil(found.reset_time - time.time()))
        window = item.get_expiry()
        return Allowance(name, item.amount, window, max(0, found.remaining), min(reset, window))

    def _count(self, work: Callable[[RateLimiter], Result]) -> Result:
        """Work where the counts of all replicas are; an outage leads to those of this process."""
        shared = self._shared
        if shared is None:
            return work(self._own)
        return self._link.call(lambda: work(shared), lambda: work(self._own))
