"""Stored values: whatever is not one of ours is undecodable, and nothing else happens."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache import codec


@given(st.binary(max_size=200))
def test_foreign_bytes_are_undecodable_or_a_value(data: bytes) -> None:
    """Nothing but `Undecodable` is raised."""
    for candidate in (data, b"\x01" + data, b"\x01" + zlib.compress(data), b"\x02" + data):
        try:
            codec.decode(candidate)
        except codec.Undecodable:
            continue


@given(st.data())
def test_a_truncated_value_is_undecodable(data: st.DataObject) -> None:
    """Wherever it was cut."""
    whole = codec.encode(data.draw(st.sampled_from([{"text": "a" * 100, "n": [1, 2]}, b"abc"])))
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(codec.Undecodable):
        codec.decode(whole[:cut])


@given(st.binary(max_size=200), st.data())
def test_bytes_come_back_as_they_were_and_damaged_ones_do_not(
    value: bytes, data: st.DataObject
) -> None:
    """They are sent to clients unread, so every bit is looked after."""
    stored = bytearray(codec.encode(value))
    assert codec.decode(bytes(stored)) == value
    stored[data.draw(st.integers(0, len(stored) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(codec.Undecodable):
        codec.decode(bytes(stored))


@pytest.mark.parametrize(
    "data",
    [
        b"\x00" + codec.encode(1)[1:],
        b"\x01" + zlib.compress(bytes(codec.MAX_DECODED_BYTES + 1)),
        b"\x01" + zlib.compress(b"[" * 100_000),
        b"\x01" + zlib.compress(b"\xff"),
    ],
    ids=["another form", "bomb", "nesting", "not UTF-8"],
)
def test_hostile_values_are_undecodable(data: bytes) -> None:
    """Nothing in the cache is trusted."""
    with pytest.raises(codec.Undecodable):
        codec.decode(data)
