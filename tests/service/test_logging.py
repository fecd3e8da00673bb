"""The log: lines of a moment are written together, warnings at once, none is lost at the end."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import time

from service.telemetry import BatchingHandler

_SCRIPT = """
import logging
from service.telemetry import configure_logging
configure_logging("INFO")
for number in range(3):
    logging.getLogger("precis").info("%d", number)
"""

_GUNICORN = """
from gunicorn.config import Config
from gunicorn.glogging import Logger
from service.telemetry import configure_logging
log = Logger(Config())
configure_logging("INFO")
log.info("Worker exiting (pid: %s)", 7)
"""


def _log(level: int, text: str) -> logging.LogRecord:
    return logging.LogRecord("precis", level, "", 0, text, (), None)


def test_a_warning_is_written_at_once_and_what_came_before_it() -> None:
    stream = io.StringIO()
    handler = BatchingHandler(stream, seconds=600)
    for text in ("one", "two"):
        handler.handle(_log(logging.INFO, text))
    assert stream.getvalue() == ""
    handler.handle(_log(logging.WARNING, "three"))
    assert stream.getvalue() == "one\ntwo\nthree\n"


def test_other_lines_are_written_after_a_moment() -> None:
    stream = io.StringIO()
    handler = BatchingHandler(stream, seconds=0.01)
    for turn in range(1, 3):
        handler.handle(_log(logging.INFO, "line"))
        until = time.monotonic() + 30
        while stream.getvalue() != "line\n" * turn and time.monotonic() < until:
            time.sleep(0.01)
        assert stream.getvalue() == "line\n" * turn


def test_a_line_that_cannot_be_written_does_no_harm() -> None:
    stream = io.StringIO()
    handler = BatchingHandler(stream, seconds=600)
    stream.close()
    handler.handle(_log(logging.WARNING, "lost"))


def test_the_end_of_the_process_writes_the_rest() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], check=True, capture_output=True, text=True
    )
    assert [json.loads(line)["message"] for line in done.stderr.splitlines()] == ["0", "1", "2"]


def test_gunicorns_own_lines_can_still_be_written() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _GUNICORN], check=True, capture_output=True, text=True
    )
    assert done.stderr.endswith("[INFO] Worker exiting (pid: 7)\n")
    assert len(done.stderr.splitlines()) == 1
