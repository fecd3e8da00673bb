"""Parts of an answer that the cache keeps apart: recalled, or computed and saved."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from cache.protocols import JSON, Store, Value
from service.known import KnownAnswer
from service.schemas import CacheState, dump
from service.telemetry import Timings

Part = TypeVar("Part", bound=BaseModel)
Name = TypeVar("Name", bound=Hashable)


def revive(model: type[Part], value: JSON) -> Part | None:
    """Return a cached value as `model`; nothing there is trusted: what is not valid is a miss."""
    try:
        return None if value is None else model.model_validate(value)
    except ValidationError:
        return None


class Parts:
    """What one request took from the cache, what it computed, and what of that may be saved."""

    def __init__(self, store: Store, timings: Timings) -> None:
        self._store = store
        self._timings = timings
        self._fresh: dict[str, Value] = {}
        self._reused = self._computed = 0

    def recall(self, model: type[Part], keys: Mapping[Name, str]) -> dict[Name, Part]:
        """Return the parts that are known, by name."""
        with self._timings.measure("lookup"):
            values = self._store.get_many(list(keys.values()))
        found = {name: revive(model, values.get(key)) for name, key in keys.items()}
        known = {name: part for name, part in found.items() if part is not None}
        self._reused += len(known)
        return known

    def keep(self, key: str, part: BaseModel) -> None:
        """Count a computed part, to be saved."""
        self._computed += 1
        self._fresh[key] = dump(part)

    def keep_answer(self, key: str, answer: KnownAnswer) -> None:
        """Have the whole answer saved beside its parts."""
        self._fresh[key] = answer.pack()

    def save(self) -> None:
        """Save all that was kept, in one write."""
        if self._fresh:
            with self._timings.measure("store"):
                self._store.set_many(self._fresh)

    @property
    def state(self) -> CacheState:
        """How much of the answer was known."""
        if not self._computed:
            return "hit"
        return "partial" if self._reused else "miss"
