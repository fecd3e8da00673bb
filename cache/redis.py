"""The Redis store: results by key behind a link that absorbs outages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import redis

from cache.breaker import Breaker, tell_nobody
from cache.codec import Undecodable, decode, encode
from cache.link import ANSWER_SECONDS, RedisLink
from cache.protocols import Value

Result = TypeVar("Result")

# Only who holds a lease may renew it or give it back; a script is one step for Redis.
_CLAIM = """
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


class RedisStore:
    """A `Store` in the Redis at `url` (`redis://`, `rediss://`, `unix://`).

    Every key gets a time to live. Refused, slow, full, read-only, loading or talking garbage: the
    call is over within about a tenth of a second, and a breaker keeps the next ones from paying.
    """

    def __init__(
        self,
        url: str,
        ttl_seconds: int = 604800,
        prefix: str = "precis:",
        observe: Callable[[str, bool], None] = tell_nobody,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._ttl_seconds = ttl_seconds
        self._prefix = prefix
        self._link = RedisLink(url, observe=observe, answer_seconds=answer_seconds)
        self._client = self._link.client
        self._claim = self._client.register_script(_CLAIM)
        self._release = self._client.register_script(_RELEASE)
        # A full or read-only Redis refuses writes and still answers reads.
        self._writing = Breaker("Redis for writing", observe=observe)

    def get(self, key: str) -> Value | None:
        """Return a value that is there and can be decoded, over this thread's own connection."""
        data = self._read(lambda: self._link.own_client.get(self._prefix + key), None)
        found = _decode(key, data)
        return found[1] if found else None

    def get_many(self, keys: Sequence[str]) -> dict[str, Value]:
        """Return the values that are there and can be decoded, in one round trip."""
        if not keys:
            return {}
        names = [self._prefix + key for key in keys]
        found: list[Any] = self._read(lambda: self._client.mget(names), [None] * len(keys))
        return dict(pair for pair in map(_decode, keys, found) if pair)

    def set_many(self, values: Mapping[str, Value]) -> None:
        """Store all values in one pipelined write."""
        encoded = {self._prefix + key: encode(value) for key, value in values.items()}

        def write() -> None:
            with self._client.pipeline(transaction=False) as pipeline:
                for name, data in encoded.items():
                    pipeline.set(name, data, ex=self._ttl_seconds)
                pipeline.execute()

        if encoded:
            self._write(write, None)

    def claim(self, key: str, owner: str, seconds: float) -> bool:
        """Take or renew the lease on `key`; true where Redis is away."""
        names = [self._lease(key)]
        values: list[str | int] = [owner, max(1, int(seconds * 1000))]
        return bool(self._write(lambda: self._claim(keys=names, args=values), True))

    def release(self, key: str, owner: str) -> None:
        """Give the lease back, if `owner` still holds it."""
        self._write(lambda: self._release(keys=[self._lease(key)], args=[owner]), None)

    def check(self) -> bool:
        """Tell whether Redis answers."""
        return bool(self._read(self._client.ping, False))

    def close(self) -> None:
        """Close the connections."""
        self._link.close()

    def _lease(self, key: str) -> str:
        return f"{self._prefix}lease:{key}"

    def _read(self, work: Callable[[], Result], otherwise: Result) -> Result:
        """Run `work`, or return `otherwise` in an outage."""
        return self._link.call(work, lambda: otherwise)

    def _write(self, work: Callable[[], Result], otherwise: Result) -> Result:
        """Run `work` likewise; a refusal by a Redis that answers stops the writes alone."""

        def attempt() -> Result:
            try:
                result = work()
            except redis.ResponseError as error:
                self._writing.note_failure(error)
                return otherwise
            self._writing.note_success()
            return result

        return self._read(attempt, otherwise) if self._writing.admits() else otherwise


def _decode(key: str, data: object) -> tuple[str, Value] | None:
    if not isinstance(data, bytes):
        return None
    try:
        return key, decode(data)
    except Undecodable:
        return None
