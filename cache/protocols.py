"""The store protocol: values by key, with a time to live, that never make a request fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

JSON = Any  # dict, list, str, int, float, bool or None, as `json` reads them
Value = JSON | bytes


class Store(Protocol):
    """Results by key. A store absorbs its own outages: reads become misses, writes are dropped."""

    def get_many(self, keys: Sequence[str]) -> dict[str, Value]:
        """Return the values that are there and readable; damaged or old ones are misses."""
        ...

    def set_many(self, values: Mapping[str, Value]) -> None:
        """Store all values, in one round trip, for the store's time to live."""
        ...

    def claim(self, key: str, owner: str, seconds: float) -> bool:
        """Take or renew the lease on `key`; false while another owner holds it.

        Where the store is away the answer is true: everybody computes rather than waits.
        """
        ...

    def release(self, key: str, owner: str) -> None:
        """Give the lease back, if `owner` still holds it."""
        ...

    def check(self) -> bool:
        """Tell whether the store answers, for `/readyz` and `/metrics`; never raises."""
        ...

    def close(self) -> None:
        """Free connections and files."""
        ...
