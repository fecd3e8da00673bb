"""The embedded store: one SQLite file, bounded in bytes, shared by threads and processes."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from cache.codec import Undecodable, decode, encode
from cache.protocols import Value

log = logging.getLogger(__name__)

Result = TypeVar("Result")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
    key TEXT PRIMARY KEY, value BLOB NOT NULL, expires REAL NOT NULL, used REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entry_used ON entry (used);
CREATE INDEX IF NOT EXISTS entry_expires ON entry (expires);
CREATE TABLE IF NOT EXISTS lease (key TEXT PRIMARY KEY, owner TEXT NOT NULL, expires REAL NOT NULL);
"""
RETRY_SECONDS = 2.0
# What SQLite says of a file that will never open again.
_DAMAGED = ("malformed", "not a database", "disk image")
# Eviction goes a little below the bound, so that not every write has to evict.
_KEEP_SHARE = 0.9
# The clock of a claim is read before the claim waits its turn: a lease may end later than one asked
# for a moment after it.
_LEASE_SLACK_SECONDS = 60


class EmbeddedStore:
    """A `Store` in `directory`; what does not fit in `max_bytes` goes, least recently used first.

    An outage (full disk, read-only folder, damaged file) is logged once; reads are misses until
    the file can be opened again, which is tried every few seconds.
    """

    def __init__(
        self,
        directory: Path,
        max_bytes: int = 256 * 1024 * 1024,
        ttl_seconds: float = 604800,
        used_grain_seconds: float = 60,
    ) -> None:
        self._path = directory / "results.sqlite3"
        self._max_bytes = max_bytes
        self._ttl_seconds = ttl_seconds
        self._used_grain_seconds = used_grain_seconds
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._retry_at = 0.0
        self._failing = False

    def get(self, key: str) -> Value | None:
        """Return a value that is there, has not expired and can be decoded."""
        return self.get_many([key]).get(key)

    def get_many(self, keys: Sequence[str]) -> dict[str, Value]:
        """Return the values that are there, have not expired and can be decoded."""
        rows: list[tuple[str, bytes]] = self._run(lambda c: self._select(c, list(set(keys))), [])
        values = {}
        for key, data in rows:
            try:
                values[key] = decode(data)
            except Undecodable:
                continue
        return values

    def set_many(self, values: Mapping[str, Value]) -> None:
        """Store all values in one transaction, and evict what no longer fits."""
        expires = time.time() + self._ttl_seconds
        rows = [(key, encode(value), expires, time.time()) for key, value in values.items()]
        self._run(lambda c: self._insert(c, rows), None)

    def claim(self, key: str, owner: str, seconds: float) -> bool:
        """Take or renew the lease on `key`; true where the store is away."""
        now = time.time()
        return self._run(lambda c: self._lease(c, key, owner, now, now + seconds), True)

    def release(self, key: str, owner: str) -> None:
        """Give the lease back, if `owner` still holds it."""
        statement = "DELETE FROM lease WHERE key = ? AND owner = ?"
        self._run(lambda c: c.execute(statement, (key, owner)), None)

    def check(self) -> bool:
        """Tell whether the file can be written."""

        def probe(connection: sqlite3.Connection) -> bool:
            connection.execute("BEGIN IMMEDIATE").connection.rollback()
            return True

        return self._run(probe, False)

    def close(self) -> None:
        """Close the file; the store opens it again when it is used again."""
        with self._lock:
            self._disconnect()

    def _run(self, work: Callable[[sqlite3.Connection], Result], otherwise: Result) -> Result:
        """Run `work` in a transaction; an outage is absorbed here and nowhere else."""
        with self._lock:
            if time.monotonic() < self._retry_at:
                return otherwise
            try:
                connection = self._connect()
                with connection:
                    result = work(connection)
            except (sqlite3.Error, OSError) as error:
                self._note_failure(error)
                return otherwise
            self._note_success()
            return result

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                self._path, timeout=0.2, check_same_thread=False, isolation_level="IMMEDIATE"
            )
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.executescript(_SCHEMA)
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _select(self, connection: sqlite3.Connection, keys: list[str]) -> list[tuple[str, bytes]]:
        now = time.time()
        rows: list[tuple[str, bytes, float]] = []
        for start in range(0, len(keys), 500):  # SQLite bounds the number of parameters
            some = keys[start : start + 500]
            marks = ",".join("?" * len(some))
            rows += connection.execute(
                f"SELECT key, value, used FROM entry WHERE key IN ({marks}) AND expires > ?",
                (*some, now),
            ).fetchall()
        # To read is cheap and shared, to write is neither: what was used lately is left alone.
        stale = [(now, key) for key, _, used in rows if used < now - self._used_grain_seconds]
        if stale:
            connection.executemany("UPDATE entry SET used = ? WHERE key = ?", stale)
        return [(key, value) for key, value, _ in rows]

    def _insert(
        self, connection: sqlite3.Connection, rows: list[tuple[str, bytes, float, float]]
    ) -> None:
        connection.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)", rows)
        connection.execute("DELETE FROM entry WHERE expires <= ?", (time.time(),))
        if self._used_bytes(connection) > self._max_bytes:
            self._evict(connection)

    @staticmethod
    def _used_bytes(connection: sqlite3.Connection) -> int:
        pages, free, size = (
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)

    def _evict(self, connection: sqlite3.Connection) -> None:
        while self._used_bytes(connection) > self._max_bytes * _KEEP_SHARE:
            count = connection.execute("SELECT COUNT(*) FROM entry").fetchone()[0]
            if not count:
                return
            connection.execute(
                "DELETE FROM entry WHERE key IN (SELECT key FROM entry ORDER BY used LIMIT ?)",
                (max(1, count // 10),),
            )

    @staticmethod
    def _lease(
        connection: sqlite3.Connection, key: str, owner: str, now: float, until: float
    ) -> bool:
        # None runs for much longer: those that seem to are of before the clock was put back.
        connection.execute(
            "DELETE FROM lease WHERE expires <= ? OR expires > ?",
            (now, until + _LEASE_SLACK_SECONDS),
        )
        cursor = connection.execute(
            "INSERT INTO lease VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE "
            "SET expires = excluded.expires WHERE owner = excluded.owner",
            (key, owner, until),
        )
        return cursor.rowcount == 1

    def _note_failure(self, error: Exception) -> None:
        self._disconnect_quietly()
        self._retry_at = time.monotonic() + RETRY_SECONDS
        if any(words in str(error) for words in _DAMAGED):
            self._discard_damaged()
        if not self._failing:
            log.warning("The embedded store is away, serving without it: %s", error)
        self._failing = True

    def _disconnect_quietly(self) -> None:
        try:
            self._disconnect()
        except sqlite3.Error:
            self._connection = None

    def _discard_damaged(self) -> None:
        """Remove a file that is no database any more; it holds nothing but what can be redone."""
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)

    def _note_success(self) -> None:
        if self._failing:
            log.warning("The embedded store is back")
        self._failing = False
