"""The embedded store's own: its bound in bytes, and what may happen to its file."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cache import embedded
from cache.embedded import EmbeddedStore

BOUND = 1_000_000


def _noise(size: int) -> str:
    return random.Random(size).randbytes(size // 2).hex()


def test_the_store_stays_within_its_bytes_and_keeps_what_is_used(tmp_path: Path) -> None:
    """The least recently used goes first."""
    store = EmbeddedStore(tmp_path, max_bytes=BOUND, used_grain_seconds=0)
    store.set_many({"used": "precious"})
    for n in range(200):
        store.set_many({f"key{n}": _noise(20_000 + n)})
        assert store.get_many(["used"]) == {"used": "precious"}
    assert store.get_many(["key0"]) == {}
    assert "key199" in store.get_many(["key199"])
    assert (tmp_path / "results.sqlite3").stat().st_size < 2 * BOUND
    store.close()


def test_a_lease_of_before_the_clock_was_put_back_holds_up_nobody(tmp_path: Path) -> None:
    """Its owner may be gone, and an hour is long."""
    store = EmbeddedStore(tmp_path)
    assert store.claim("key", "gone", 10)
    with sqlite3.connect(tmp_path / "results.sqlite3") as connection:
        connection.execute("UPDATE lease SET expires = expires + 3600")
    assert store.claim("key", "me", 10)
    store.close()


def test_a_lease_that_ends_a_little_later_than_another_is_asked_for_holds(tmp_path: Path) -> None:
    """Claims wait for each other after they have read the clock, and are not all for as long."""
    store = EmbeddedStore(tmp_path)
    assert store.claim("key", "you", 10.01)
    assert store.claim("another", "me", 10)
    assert not store.claim("key", "me", 10)
    store.close()


def test_a_damaged_file_is_a_miss_said_once_and_replaced(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What it held can be computed again."""
    (tmp_path / "results.sqlite3").write_bytes(b"garbage" * 10_000)
    store = EmbeddedStore(tmp_path)
    for _ in range(3):
        assert store.get_many(["a"]) == {}
    assert caplog.text.count("is away") == 1
    time.sleep(embedded.RETRY_SECONDS + 0.1)
    store.set_many({"a": 1})
    assert store.get_many(["a"]) == {"a": 1}
    assert caplog.text.count("is back") == 1
    store.close()


def test_a_folder_that_cannot_be_made_is_served_without(tmp_path: Path) -> None:
    """A file stands in its place; once it is gone the store works."""
    obstacle = tmp_path / "cache"
    obstacle.touch()
    store = EmbeddedStore(obstacle)
    store.set_many({"a": 1})
    assert store.get_many(["a"]) == {}
    assert store.claim("a", "me", 1)
    assert not store.check()
    obstacle.unlink()
    time.sleep(embedded.RETRY_SECONDS + 0.1)
    assert store.check()
    store.close()


def test_a_damaged_value_is_a_miss_and_the_others_are_found(tmp_path: Path) -> None:
    """One bad row spoils nothing."""
    store = EmbeddedStore(tmp_path)
    store.set_many({"a": 1, "b": 2})
    with sqlite3.connect(tmp_path / "results.sqlite3") as connection:
        connection.execute("UPDATE entry SET value = x'00' WHERE key = 'a'")
    connection.close()
    assert store.get_many(["a", "b"]) == {"b": 2}
    store.close()


FULL_DISK = """
import logging, resource, sys
from pathlib import Path
from cache.embedded import EmbeddedStore
logging.basicConfig(level="INFO")
store = EmbeddedStore(Path(sys.argv[1]))
store.set_many({"a": 1})
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
for n in range(5):
    store.set_many({f"key{n}": str(list(range(n, 200_000)))})
    assert store.claim("a", "me", 1)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.close()
assert EmbeddedStore(Path(sys.argv[1])).get_many(["a"]) == {"a": 1}
"""


def test_a_full_disk_is_served_without_said_once_and_spoils_nothing(tmp_path: Path) -> None:
    """A bound on the size of files stands for the disk; it holds in a process of its own."""
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr.count("is away") == 1


def test_a_file_system_that_takes_nothing_is_served_without_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nobody may write to /proc, not even root."""
    store = EmbeddedStore(Path("/proc/precis"))
    for _ in range(3):
        store.set_many({"a": 1})
        assert store.get_many(["a"]) == {}
        assert store.claim("a", "me", 1)
    assert caplog.text.count("is away") == 1
