"""Engines' threads give way to those of Python, and only they."""

import os
import threading

import pytest

from models.engines.priority import open_behind


def _niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_threads_started_there_are_nicer_and_those_outside_are_as_they_were() -> None:
    before = _niceness()
    found: list[int] = []

    def start() -> str:
        thread = threading.Thread(target=lambda: found.append(_niceness()))
        thread.start()
        thread.join()
        return "opened"

    assert open_behind(start) == "opened"
    assert found == [min(19, before + 5)]
    assert _niceness() == before


def test_what_fails_there_fails_here() -> None:
    with pytest.raises(LookupError):
        open_behind(lambda: {}["nothing"])
