"""The micro-batcher: together, in order, fair, bounded, and no failure reaches the others."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from models.audience import Audience, work_for
from models.batching import Lanes, MicroBatcher
from models.protocols import (
    Abandoned,
    DeadlineExceeded,
    GenerationSettings,
    Hypothesis,
    ModelError,
    Overloaded,
    TokenisedInput,
)

GREEDY = GenerationSettings()


class ScriptedEngine:
    """Echoes its inputs; may be held at a gate, and fails on the token "bad"."""

    def __init__(self, held: bool = False) -> None:
        self.gate = threading.Event()
        self.entered = threading.Semaphore(0)
        self.batches: list[list[str]] = []
        if not held:
            self.gate.set()

    def generate(self, batch, settings, deadline=None):
        self.batches.append([item.tokens[0] for item in batch])
        self.entered.release()
        assert self.gate.wait(30)
        if any("bad" in item.tokens for item in batch):
            raise RuntimeError("bad input")
        return [[Hypothesis(item.tokens, 0.0)] for item in batch]

    def close(self) -> None:
        self.batches.append(["closed"])


def inputs(*names: str, length: int = 1) -> list[TokenisedInput]:
    return [TokenisedInput((name,) * length) for name in names]


def names(outputs) -> list[str]:
    return [found[0].tokens[0] for found in outputs]


def wait_until(condition) -> None:
    limit = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.002)


@pytest.fixture
def pool():
    with ThreadPoolExecutor(32) as pool:
        yield pool


def test_a_call_alone_goes_at_once_and_comes_back_in_order() -> None:
    engine = ScriptedEngine()
    batcher = MicroBatcher(engine)
    call = [TokenisedInput(("word",) * n) for n in (5, 1, 9, 3)]
    outputs = batcher.generate(call, GREEDY)
    assert [len(found[0].tokens) for found in outputs] == [5, 1, 9, 3]
    assert len(engine.batches) == 1


def test_calls_that_wait_go_together(pool: ThreadPoolExecutor) -> None:
    engine = ScriptedEngine(held=True)
    batcher = MicroBatcher(engine)
    first = pool.submit(batcher.generate, inputs("first"), GREEDY)
    assert engine.entered.acquire(timeout=30)
    waiting = [pool.submit(batcher.generate, inputs(f"n{i}"), GREEDY) for i in range(8)]
    wait_until(lambda: batcher.waiting == 8)
    engine.gate.set()
    assert names(first.result(30)) == ["first"]
    assert [names(call.result(30)) for call in waiting] == [[f"n{i}"] for i in range(8)]
    assert len(engine.batches) == 2


def test_calls_with_other_settings_do_not_share_a_batch(pool: ThreadPoolExecutor) -> None:
    engine = ScriptedEngine(held=True)
    batcher = MicroBatcher(engine)
    calls = [pool.submit(batcher.generate, inputs("first"), GREEDY)]
    assert engine.entered.acquire(timeout=30)
    for beam in (1, 4, 1, 4):
        settings = GenerationSettings(beam_size=beam)
        calls.append(pool.submit(batcher.generate, inputs(f"beam{beam}"), settings))
    wait_until(lambda: batcher.waiting == 4)
    engine.gate.set()
    for call in calls:
        call.result(30)
    assert sorted(engine.batches[1:]) == [["beam1", "beam1"], ["beam4", "beam4"]]


def test_a_long_call_does_not_hold_up_one_with_other_settings(pool: ThreadPoolExecutor) -> None:
    engine = ScriptedEngine(held=True)
    batcher = MicroBatcher(engine, max_batch_tokens=10)
    calls = [pool.submit(batcher.generate, inputs("first"), GREEDY)]
    assert engine.entered.acquire(timeout=30)
    long = [f"long{n}" for n in range(100)]
    calls.append(pool.submit(batcher.generate, inputs(*long, length=5), GREEDY))
    wait_until(lambda: batcher.waiting == 100)
    wider = GenerationSettings(beam_size=4)
    calls.append(pool.submit(batcher.generate, inputs("other"), wider))
    wait_until(lambda: batcher.waiting == 101)
    engine.gate.set()
    for call in calls:
        call.result(30)
    assert ["other"] in engine.batches[:4]
    assert sorted(name for batch in engine.batches for name in batch if "long" in name) == sorted(
        long
    )


def test_batches_are_bounded_by_padded_tokens() -> None:
    engine = ScriptedEngine()
    batcher = MicroBatcher(engine, max_batch_tokens=100)
    batcher.generate(inputs(*map(str, range(30)), length=10), GREEDY)
    assert [len(batch) for batch in engine.batches] == [10, 10, 10]
    batcher.generate(inputs("longer than the bound", length=300), GREEDY)


def test_inputs_of_a_length_stand_together() -> None:
    engine = ScriptedEngine()
    batcher = MicroBatcher(engine, max_batch_tokens=20)
    mixed = [
        TokenisedInput((name,) * n) for name, n in zip("abcdef", (1, 10, 1, 10, 1, 1), strict=True)
    ]
    assert names(batcher.generate(mixed, GREEDY)) == list("abcdef")
    assert [sorted(batch) for batch in engine.batches] == [["b", "d"], ["a", "c", "e", "f"]]


def test_a_long_article_does_not_starve_a_short_one(pool: ThreadPoolExecutor) -> None:
    engine = ScriptedEngine(held=True)
    batcher = MicroBatcher(engine, max_batch_tokens=10)
    long = pool.submit(batcher.generate, inputs(*["long"] * 200), GREEDY)
    assert engine.entered.acquire(timeout=30)
    short = pool.submit(batcher.generate, inputs(*["short"] * 5), GREEDY)
    wait_until(lambda: batcher.waiting == 195)
    engine.gate.set()
    assert names(short.result(30)) == ["short"] * 5
    assert names(long.result(30)) == ["long"] * 200
    assert engine.batches[1].count("short") == 5


def test_a_full_queue_refuses_and_one_large_call_is_let_in(pool: ThreadPoolExecutor) -> None:
    engine = ScriptedEngine(held=True)
    batcher = MicroBatcher(engine, max_batch_tokens=1, max_waiting=3)
    calls = [pool.submit(batcher.generate, inputs(*"abcde"), GREEDY)]
    assert engine.entered.acquire(timeout=30)
    with pytest.raises(Overloaded):
        batcher.generate(inputs("f"), GREEDY)
    engine.gate.set()
    assert names(calls[0].result(30)) == list("abcde")
    assert names(batcher.generate(inputs("f"), GREEDY)) == ["f"]


def test_a_deadline_ends_the_waiting_and_takes_the_inputs_back(pool: ThreadPoolExecutor) -> None:
    engine = ScriptedEngine(held=True)
    batcher = MicroBatcher(engine)
    first = pool.submit(batcher.generate, inputs("first"), GREEDY)
    assert engine.entered.acquire(timeout=30)
    with pytest.raises(DeadlineExceeded):
        batcher.generate(inputs("late", "later"), GREEDY, time.monotonic() + 0.05)
    assert batcher.waiting == 0
    engine.gate.set()
    first.result(30)
    assert engine.batches == [["first"]]


def generate_for(audience: Audience, batcher: MicroBatcher, *wanted: str):
    with work_for(audience):
        return batcher.generate(inputs(*wanted), GREEDY)


def test_what_waits_for_an_audience_that_leaves_is_taken_back(pool: ThreadPoolExecutor) -> None:
    engine, audience = ScriptedEngine(held=True), Audience()
    batcher = MicroBatcher(engine, max_batch_tokens=2)
    call = pool.submit(generate_for, audience, batcher, *"abcdef")
    assert engine.entered.acquire(timeout=30)
    other = pool.submit(generate_for, Audience(), batcher, "other")
    wait_until(lambda: batcher.waiting == 5)
    audience.leave()
    with pytest.raises(Abandoned):
        call.result(30)
    assert batcher.waiting == 1
    engine.gate.set()
    assert names(other.result(30)) == ["other"]
    assert engine.batches == [["a", "b"], ["other"]]


def test_nothing_is_begun_for_an_audience_that_has_left(pool: ThreadPoolExecutor) -> None:
    engine, audience = ScriptedEngine(held=True), Audience()
    batcher = MicroBatcher(engine)
    first = pool.submit(batcher.generate, inputs("first"), GREEDY)
    assert engine.entered.acquire(timeout=30)
    audience.leave()
    with pytest.raises(Abandoned):
        generate_for(audience, batcher, "never")
    engine.gate.set()
    first.result(30)
    assert engine.batches == [["first"]]


def test_a_failure_reaches_only_the_call_that_caused_it(pool: ThreadPoolExecutor) -> None:
    engine = ScriptedEngine(held=True)
    batcher = MicroBatcher(engine)
    calls = [pool.submit(batcher.generate, inputs("first"), GREEDY)]
    assert engine.entered.acquire(timeout=30)
    calls += [pool.submit(batcher.generate, inputs(name), GREEDY) for name in ("a", "bad", "b")]
    wait_until(lambda: batcher.waiting == 3)
    engine.gate.set()
    assert names(calls[1].result(30)) == ["a"]
    assert names(calls[3].result(30)) == ["b"]
    with pytest.raises(RuntimeError, match="bad input"):
        calls[2].result(30)
    assert names(batcher.generate(inputs("after"), GREEDY)) == ["after"]


def test_what_waits_is_shared_among_idle_lanes(pool: ThreadPoolExecutor) -> None:
    engine = ScriptedEngine(held=True)
    batcher = MicroBatcher(engine, lanes=Lanes(2))
    call = pool.submit(batcher.generate, inputs(*"abcdef"), GREEDY)
    assert engine.entered.acquire(timeout=30)
    assert engine.entered.acquire(timeout=30)
    engine.gate.set()
    assert names(call.result(30)) == list("abcdef")
    assert sorted(map(len, engine.batches)) == [3, 3]


def test_a_busy_lane_is_left_its_share_of_what_waits(pool: ThreadPoolExecutor) -> None:
    engine = ScriptedEngine(held=True)
    batcher = MicroBatcher(engine, lanes=Lanes(2))
    calls = [pool.submit(batcher.generate, inputs("first"), GREEDY)]
    assert engine.entered.acquire(timeout=30)
    calls.append(pool.submit(batcher.generate, inputs(*map(str, range(40))), GREEDY))
    assert engine.entered.acquire(timeout=30)
    assert list(map(len, engine.batches)) == [1, 20]
    engine.gate.set()
    assert names(calls[1].result(30)) == list(map(str, range(40)))


def test_where_others_want_a_lane_a_batch_is_as_full_as_it_can_be(pool: ThreadPoolExecutor) -> None:
    lanes = Lanes(2)
    engines = ScriptedEngine(held=True), ScriptedEngine(held=True)
    batchers = [MicroBatcher(engine, lanes=lanes) for engine in engines]
    calls = [pool.submit(batcher.generate, inputs("first"), GREEDY) for batcher in batchers]
    for engine in engines:
        assert engine.entered.acquire(timeout=30)
    for wanted, batcher in enumerate(batchers, 1):
        calls.append(pool.submit(batcher.generate, inputs(*map(str, range(40))), GREEDY))
        wait_until(lambda wanted=wanted: lanes.wanted == wanted)
    engines[0].gate.set()
    assert len(calls[2].result(30)) == 40
    assert list(map(len, engines[0].batches)) == [1, 40]
    engines[1].gate.set()
    assert len(calls[3].result(30)) == 40


def test_batchers_that_share_lanes_take_turns(pool: ThreadPoolExecutor) -> None:
    """One batch at a time, and who has much to do does not go first again and again."""
    lanes, engine = Lanes(1), ScriptedEngine(held=True)
    one, other = (MicroBatcher(engine, lanes=lanes, max_batch_tokens=2) for _ in range(2))
    calls = [pool.submit(one.generate, inputs(*["one"] * 20), GREEDY)]
    assert engine.entered.acquire(timeout=30)
    calls.append(pool.submit(other.generate, inputs(*["other"] * 6), GREEDY))
    wait_until(lambda: other.waiting == 6)
    assert not engine.entered.acquire(timeout=0.2)
    engine.gate.set()
    for call in calls:
        call.result(30)
    order = [batch[0] for batch in engine.batches]
    assert order.count("other") == 3
    assert order.index("other") <= 2
    assert "other" not in order[7:]


def test_many_threads_each_get_their_own(pool: ThreadPoolExecutor) -> None:
    batcher = MicroBatcher(ScriptedEngine(), lanes=Lanes(2), max_batch_tokens=7)
    calls = {
        n: pool.submit(batcher.generate, inputs(*[f"{n}.{i}" for i in range(n % 9)]), GREEDY)
        for n in range(200)
    }
    for n, call in calls.items():
        assert names(call.result(30)) == [f"{n}.{i}" for i in range(n % 9)]
    assert batcher.waiting == 0


def test_the_observer_sees_batches_and_the_queue(pool: ThreadPoolExecutor) -> None:
    seen: list[tuple[int, int]] = []
    ended: list[int] = []
    queue: list[int] = []

    class Observer:
        def observe_batch(self, inputs: int, tokens: int, waited_seconds: float) -> None:
            assert waited_seconds >= 0
            seen.append((inputs, tokens))

        def observe_end(self) -> None:
            ended.append(len(seen))

        def observe_queue(self, inputs: int) -> None:
            queue.append(inputs)

    batcher = MicroBatcher(ScriptedEngine(), observer=Observer())
    batcher.generate(inputs("a", "b", length=3), GREEDY)
    with pytest.raises(RuntimeError):
        batcher.generate(inputs("bad"), GREEDY)
    batcher.close()
    assert seen == [(2, 6), (1, 1)]
    assert ended == [1, 2]
    assert queue == [2, 0, 1, 0]


def test_closing_fails_what_waits_and_refuses_what_comes(pool: ThreadPoolExecutor) -> None:
    engine = ScriptedEngine(held=True)
    batcher = MicroBatcher(engine)
    running = pool.submit(batcher.generate, inputs("running"), GREEDY)
    assert engine.entered.acquire(timeout=30)
    waiting = pool.submit(batcher.generate, inputs("waiting"), GREEDY)
    wait_until(lambda: batcher.waiting == 1)
    closing = pool.submit(batcher.close)
    with pytest.raises(ModelError):
        waiting.result(30)
    engine.gate.set()
    assert names(running.result(30)) == ["running"]
    closing.result(30)
    with pytest.raises(ModelError):
        batcher.generate(inputs("late"), GREEDY)
    assert engine.batches[-1] == ["closed"]


_ENDS_AT_ONCE = """
import threading, time
from models.batching import MicroBatcher
from models.protocols import GenerationSettings, TokenisedInput

entered = threading.Event()

class SlowEngine:
    def generate(self, batch, settings, deadline=None):
        entered.set()
        time.sleep(0.5)
        print("came back", flush=True)
        return [[] for _ in batch]

    def close(self):
        print("closed", flush=True)

given = [TokenisedInput(("word",))], GenerationSettings()
threading.Thread(target=MicroBatcher(SlowEngine()).generate, args=given, daemon=True).start()
entered.wait()
"""


def test_the_end_of_the_process_waits_for_the_batch_in_hand() -> None:
    """A thread inside of an engine brings down a Python that ends: SIGABRT or SIGSEGV."""
    ended = subprocess.run(
        [sys.executable, "-c", _ENDS_AT_ONCE], capture_output=True, text=True, timeout=60
    )
    assert (ended.returncode, ended.stdout.split("\n")) == (0, ["came back", "closed", ""])
