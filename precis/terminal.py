"""The terminal: exit statuses, failures, and one line that tells how far something is."""

from __future__ import annotations

import sys
import time

from precis.batch import State

SOME_FAILED, MISUSED, REFUSED, NO_INPUT, UNREACHABLE = 1, 2, 65, 66, 69
TRY_LATER, NO_KEY, INTERRUPTED = 75, 77, 130
_BAR_CHARACTERS = 30


class Failure(Exception):
    """What ends the command: a message for people and an exit status for programs."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Progress:
    """One line on a terminal that tells what has come; nothing anywhere else."""

    def __init__(self, quiet: bool) -> None:
        self._shown = not quiet and sys.stderr.isatty()

    def tell(self, text: str) -> None:
        """Replace the line."""
        if self._shown:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()


class Bar:
    """How far a batch is, on the line of progress: told as often as a reader can follow."""

    def __init__(self, total: int, state: State, quiet: bool) -> None:
        self._progress = Progress(quiet)
        self._total = total
        self._before = state.done
        self._started = time.monotonic()
        self._told = 0.0

    def tell(self, state: State) -> None:
        """Show a state."""
        now = time.monotonic()
        if now - self._told < 0.1 and state.done < self._total:
            return
        self._told = now
        full = _BAR_CHARACTERS * state.done // self._total
        bar = "█" * full + "░" * (_BAR_CHARACTERS - full)
        parts = [f"{bar} {state.done} of {self._total}", f"{state.failed} failed"]
        pace = (state.done - self._before) / (now - self._started)
        if pace:
            parts += [
                f"{pace:.1f} a second",
                f"{_tell_time((self._total - state.done) / pace)} left",
            ]
        self._progress.tell(", ".join(parts))

    def clear(self) -> None:
        """Take the line away."""
        self._progress.tell("")


def _tell_time(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours} h {rest // 60} min" if hours else f"{rest // 60} min {rest % 60} s"
