"""The audience: gone when the last of those who wait has left."""

from __future__ import annotations

from models.audience import Audience


def test_it_is_gone_with_the_last_who_joined_and_says_so_once() -> None:
    audience, others, heard = Audience(), [Audience(), Audience()], []
    with (
        audience.heard_by(lambda: heard.append(True)),
        audience.joined_by(others[0]),
        audience.joined_by(others[1]),
    ):
        for each in (others[0], audience):
            each.leave()
            assert not audience.is_gone
        others[1].leave()
        assert audience.is_gone
        audience.leave()
    assert heard == [True]


def test_who_has_got_what_it_joined_for_waits_no_more() -> None:
    audience = Audience()
    with audience.joined_by(Audience()):
        audience.leave()
        assert not audience.is_gone
    assert audience.is_gone


def test_what_is_gone_does_not_come_back() -> None:
    audience = Audience()
    audience.leave()
    with audience.joined_by(Audience()):
        assert audience.is_gone
