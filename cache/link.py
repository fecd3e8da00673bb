"""The link to a Redis: its connections, how long an answer may take, and what an outage costs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.exceptions import MaxConnectionsError
from redis.retry import Retry

from cache.breaker import Breaker, tell_nobody

Result = TypeVar("Result")

# The kernel counts these while it waits for the socket: a process that is late itself, its threads
# waiting for the interpreter, does not take Redis for slow. A request asks about nine times.
ANSWER_SECONDS = 0.025
# A TLS handshake has several steps, and what this process is late by counts in it.
_HANDSHAKE_ANSWERS = 2
# For so many answers' time Redis is asked whether it is there, after something failed.
_DOUBT_ANSWERS = 3

# A peer that is no Redis makes the client raise all kinds of errors.
OUTAGES = (
    redis.RedisError,
    OSError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
)


def check_url(url: str) -> None:
    """Raise `ValueError` for what is no URL of a Redis, or has unknown options; quotes nothing."""
    try:
        redis.ConnectionPool.from_url(url).make_connection()  # connects to nothing yet
    except (ValueError, TypeError, redis.RedisError):
        raise ValueError("must be redis://HOST:PORT/DATABASE, rediss://… or unix://PATH") from None


class RedisLink:
    """Calls to the Redis at `url` (`redis://`, `rediss://`, `unix://`), through a breaker.

    What fails while Redis still answers a ping is tried once more, so that a moment's lateness
    costs nothing; what fails then, or beside a Redis that does not answer, opens the breaker.
    """

    def __init__(
        self,
        url: str,
        name: str = "Redis",
        observe: Callable[[str, bool], None] = tell_nobody,
        max_connections: int = 64,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._answer_seconds = answer_seconds
        self._handshake_seconds = answer_seconds * _HANDSHAKE_ANSWERS
        options = {
            "socket_connect_timeout": answer_seconds,
            "socket_timeout": self._handshake_seconds,
            "redis_connect_func": self._greet,
            # A retry would double the wait; the breaker decides when to try again.
            "retry": Retry(NoBackoff(), 0),
            "health_check_interval": 0,
            # A connection is used at once: no round trips to introduce oneself.
            "protocol": 2,
            "driver_info": None,
        }
        # Who waits for a connection waits five seconds: for other threads, not for Redis.
        self.pool = redis.BlockingConnectionPool.from_url(
            url, max_connections=max_connections, timeout=5, **options
        )
        self.client = redis.Redis(connection_pool=self.pool)
        self._own_pool = redis.ConnectionPool.from_url(
            url, max_connections=max_connections, **options
        )
        self._threads = threading.local()
        self._breaker = Breaker(name, observe=observe)

    @property
    def own_client(self) -> redis.Redis:
        """A client for what each request asks, over a connection that this thread alone has.

        To take one from the pool and to give it back is half of the work of a GET. When the thread
        ends another one gets it; who finds none left shares `client`. Raises what `call` absorbs.
        """
        found: redis.Redis | None = getattr(self._threads, "client", None)
        if found is None:
            try:
                found = redis.Redis(connection_pool=self._own_pool, single_connection_client=True)
            except MaxConnectionsError:
                found = self.client
            except redis.ConnectionError:  # a Redis that has no room for more, or none
                return self.client
            self._threads.client = found
        return found

    def call(self, work: Callable[[], Result], otherwise: Callable[[], Result]) -> Result:
        """Return what `work` does with `client`; an outage is absorbed here and nowhere else.

        `work` may be done twice.
        """
        if not self._breaker.admits():
            return otherwise()
        try:
            try:
                result = work()
            except OUTAGES:
                if not self._answers():
                    raise
                result = work()
        except OUTAGES as error:
            self._breaker.note_failure(error)
            return otherwise()
        self._breaker.note_success()
        return result

    def close(self) -> None:
        """Close the connections."""
        self.client.close()
        self.pool.disconnect()
        self._own_pool.disconnect()

    def _answers(self) -> bool:
        until = time.monotonic() + self._answer_seconds * _DOUBT_ANSWERS
        while time.monotonic() < until:
            try:
                return bool(self.client.ping())
            except redis.TimeoutError:
                continue
            except OUTAGES:
                break
        return False

    def _greet(self, connection: Any) -> None:
        """Begin a connection; from here on an answer is due sooner than in the handshake."""
        connection.socket_timeout = self._answer_seconds
        connection.update_current_socket_timeout(self._answer_seconds)
        try:
            connection.on_connect()
        finally:
            connection.socket_timeout = self._handshake_seconds  # for when it is made anew
