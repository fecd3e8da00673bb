"""Micro-batching: inputs of concurrent calls go to the engine together."""

from __future__ import annotations

import atexit
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from models.audience import current_audience
from models.protocols import (
    Abandoned,
    DeadlineExceeded,
    GenerationSettings,
    Hypothesis,
    ModelError,
    Overloaded,
    Seq2SeqEngine,
    TokenisedInput,
)
from models.turns import Turns


class BatchObserver(Protocol):
    """Something that counts batches, for metrics."""

    def observe_batch(self, inputs: int, tokens: int, waited_seconds: float) -> None:
        """Note a batch; `waited_seconds` is how long its oldest input stood in the queue."""
        ...

    def observe_end(self) -> None:
        """Note that the batch which this thread noted last has come back, well or not."""
        ...

    def observe_queue(self, inputs: int) -> None:
        """Note how many inputs are waiting."""
        ...


# For so long the end of the process waits for a batch in hand; an engine may hang.
_LAST_BATCH_SECONDS = 5.0
# Fewer inputs than these are not worth a batch of their own.
_MIN_SHARE = 8


@dataclass(eq=False)
class _Call:
    """One caller's inputs, and what has come back for them."""

    batch: Sequence[TokenisedInput]
    settings: GenerationSettings
    results: list[list[Hypothesis] | None]
    waiting: deque[int]
    since: float
    done: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None

    def finish(self, error: Exception | None = None) -> None:
        self.error = self.error or error
        self.waiting.clear()
        self.done.set()


_Item = tuple[_Call, int]


class Lanes:
    """Room for so many batches at a time, of all engines that share it; first come, first served.

    A plain semaphore would let an engine that has much to do take every turn.
    """

    def __init__(self, number: int = 1) -> None:
        self.number = number
        self._free = number
        self._queue: deque[object] = deque()
        self._changed = threading.Condition()

    @property
    def free(self) -> int:
        """How many nobody holds."""
        return self._free

    @property
    def wanted(self) -> int:
        """How many wait for one."""
        return len(self._queue)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold one of them inside the block."""
        ticket = object()
        with self._changed:
            self._queue.append(ticket)
            self._changed.wait_for(lambda: self._free and self._queue[0] is ticket)
            self._queue.popleft()
            self._give(-1)
        try:
            yield
        finally:
            with self._changed:
                self._give(1)

    def _give(self, change: int) -> None:
        self._free += change
        self._changed.notify_all()


class MicroBatcher:
    """A `Seq2SeqEngine` before another one that gathers concurrent calls into full batches.

    There is no gathering window: while the engine works, calls gather by themselves, and when it
    is idle the first one goes at once. Each batch takes inputs from the waiting calls in turn, so
    that a long article does not hold up a short one. What makes a batch fail is found by giving
    each call's part to the engine alone. What waits for an audience that has left is taken back.
    Who waits here leaves its turn in `turns` to others. Of `lanes`, which batchers may share, this
    one uses as many as are free.
    """

    def __init__(
        self,
        engine: Seq2SeqEngine,
        lanes: Lanes | None = None,
        max_batch_tokens: int = 512,
        max_waiting: int = 20_000,
        observer: BatchObserver | None = None,
        turns: Turns | None = None,
    ) -> None:
        self._engine = engine
        self._turns = turns or Turns()
        self._max_batch_tokens = max_batch_tokens
        self._max_waiting = max_waiting
        self._observer = observer
        self._calls: deque[_Call] = deque()
        self._waiting = 0
        self._running = 0
        self._closed = False
        self._changed = threading.Condition()
        self._lanes = lanes or Lanes()
        self._workers = [
            threading.Thread(target=self._work, name=f"engine-lane-{n}", daemon=True)
            for n in range(self._lanes.number)
        ]
        for worker in self._workers:
            worker.start()
        # A thread that comes back from an engine while Python ends brings the process down.
        atexit.register(self.close, _LAST_BATCH_SECONDS)

    def generate(
        self,
        batch: Sequence[TokenisedInput],
        settings: GenerationSettings,
        deadline: float | None = None,
    ) -> list[list[Hypothesis]]:
        """Decode a call's inputs among those of others; see `Seq2SeqEngine`.

        Raises `Overloaded`, `DeadlineExceeded`, `Abandoned`, or what the engine raised for these
        inputs.
        """
        if not batch:
            return []
        # Inputs of a length stand together, so that a batch pads, and waits for, few tokens.
        order = sorted(range(len(batch)), key=lambda index: -len(batch[index].tokens))
        call = _Call(batch, settings, [None] * len(batch), deque(order), time.monotonic())
        self._enqueue(call)
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        abandoned = Abandoned("Nobody waits for it any more.")
        with current_audience().heard_by(partial(self._withdraw, call, abandoned)):
            with self._turns.left():
                done = call.done.wait(left)
            if not done:
                late = DeadlineExceeded("The engine did not get to it in time.")
                self._withdraw(call, late)
        if call.error is not None:
            raise call.error
        return [result for result in call.results if result is not None]

    @property
    def waiting(self) -> int:
        """How many inputs stand in the queue."""
        return self._waiting

    def close(self, patience_seconds: float | None = None) -> None:
        """Fail what waits, let what runs finish, for so long at most, and close the engine."""
        with self._changed:
            self._closed = True
            for call in self._calls:
                if call.waiting:
                    call.finish(ModelError("The engine is closed."))
            self._calls.clear()
            self._note_waiting(-self._waiting)
            self._changed.notify_all()
        for worker in self._workers:
            worker.join(patience_seconds)
        self._engine.close()
        atexit.unregister(self.close)

    def _enqueue(self, call: _Call) -> None:
        with self._changed:
            if self._closed:
                raise ModelError("The engine is closed.")
            # A call alone is let in whatever its size: to send it away would be for ever.
            if self._waiting and self._waiting + len(call.batch) > self._max_waiting:
                raise Overloaded(f"{self._waiting} sentences are waiting; try again later.")
            self._calls.append(call)
            self._note_waiting(len(call.batch))
            self._changed.notify()

    def _withdraw(self, call: _Call, error: Exception) -> None:
        with self._changed:
            self._note_waiting(-len(call.waiting))
            call.finish(error)

    def _note_waiting(self, change: int) -> None:
        self._waiting += change
        if change and self._observer is not None:
            self._observer.observe_queue(self._waiting)

    def _work(self) -> None:
        while self._wait():
            with self._lanes.taken():
                if items := self._begin():
                    self._run(sorted(items, key=_length))
                    self._end()

    def _wait(self) -> bool:
        """Wait until there is something to do; tell whether there will be more."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            return not self._closed

    def _begin(self) -> list[_Item]:
        """Return a batch; nothing where others have taken all meanwhile."""
        with self._changed:
            items = self._take()
            self._running += bool(items)
            if self._waiting:
                self._changed.notify()
            return items

    def _end(self) -> None:
        with self._changed:
            self._running -= 1

    def _take(self) -> list[_Item]:
        """Take one batch: inputs of the waiting calls in turn, all with the same settings.

        What waits is shared among the lanes that are free and the workers that have nothing to do.
        Where nobody else wants a lane the busy ones are left their share too: what they do not get
        they would only wait for.
        """
        items: list[_Item] = []
        able = min(len(self._workers) - self._running, 1 + self._lanes.free)
        widest, share = 0, -(-self._waiting // able)
        if not self._lanes.wanted:
            share = max(-(-self._waiting // len(self._workers)), min(share, _MIN_SHARE))
        while len(items) < share and (call := self._next(items)):
            index = call.waiting[0]
            widest = max(widest, len(call.batch[index].tokens))
            # Inputs are padded to the widest: that is what a batch costs.
            if items and widest * (len(items) + 1) > self._max_batch_tokens:
                break
            call.waiting.popleft()
            items.append((call, index))
            self._calls.remove(call)
            self._calls.append(call)
        self._note_waiting(-len(items))
        return items

    def _next(self, items: Sequence[_Item]) -> _Call | None:
        """Return the next call in turn that has inputs for the batch begun with `items`."""
        while self._calls and not self._calls[0].waiting:
            self._calls.popleft()
        # Calls with other settings keep their place, so that the next batch begins with one.
        fitting = (c for c in self._calls if not items or c.settings == items[0][0].settings)
        return next((call for call in fitting if call.waiting), None)

    def _run(self, items: list[_Item]) -> None:
        if self._observer is not None:
            oldest = min(call.since for call, _ in items)
            tokens = sum(map(_length, items))
            self._observer.observe_batch(len(items), tokens, time.monotonic() - oldest)
        try:
            self._decode(items)
        except Exception as error:
            self._isolate(items, error)
        finally:
            if self._observer is not None:
                self._observer.observe_end()

    def _decode(self, items: Sequence[_Item]) -> None:
        batch = [call.batch[index] for call, index in items]
        outputs = self._engine.generate(batch, items[0][0].settings)
        for (call, index), output in zip(items, outputs, strict=True):
            call.results[index] = output
            if None not in call.results:
                call.finish()

    def _isolate(self, items: Sequence[_Item], error: Exception) -> None:
        """Fail only the calls whose inputs fail by themselves."""
        calls = list(dict.fromkeys(call for call, _ in items))
        if len(calls) == 1:
            return self._withdraw(calls[0], error)
        for call in calls:
            own = [item for item in items if item[0] is call]
            try:
                self._decode(own)
            except Exception as own_error:
                self._isolate(own, own_error)
        return None


def _length(item: _Item) -> int:
    call, index = item
    return len(call.batch[index].tokens)
