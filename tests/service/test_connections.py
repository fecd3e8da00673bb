"""Clients that hang up: what waits for them in the batcher is taken back, and nobody else's."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from models.batching import MicroBatcher
from models.protocols import GenerationSettings, Hypothesis, TokenisedInput
from models.stubs import StubReader, StubSummariser, StubTranslator
from precis import Client
from service.connections import has_hung_up
from service.context import LanguageModels
from service.gate import Gate
from service.settings import Settings
from tests.service.conftest import ARTICLE
from tests.stub_server import serve

OTHER = "The ferry will run at night, and fishermen had asked for that."


class HeldEngine:
    """Echoes its inputs one by one, when it is let; `seen` records them."""

    def __init__(self) -> None:
        self.began, self.may_go_on = threading.Event(), threading.Event()
        self.seen: list[str] = []

    def generate(self, batch, settings, deadline=None):
        self.seen += [" ".join(item.tokens) for item in batch]
        self.began.set()
        assert self.may_go_on.wait(30)
        return [[Hypothesis(item.tokens, 0.0)] for item in batch]

    def close(self) -> None:
        """Nothing is held."""


class BatchedTranslator(StubTranslator):
    """Sends each sentence through a batcher, one to a batch."""

    def __init__(self, engine: HeldEngine) -> None:
        super().__init__()
        self.batcher = MicroBatcher(engine, max_batch_tokens=1)

    def translate(self, sentences, source, target, deadline=None):
        batch = [TokenisedInput(tuple(sentence.split())) for sentence in sentences]
        self.batcher.generate(batch, GenerationSettings(), deadline)
        return super().translate(sentences, source, target, deadline)


class SeenGate(Gate):
    """Tells when somebody waits for another request's answer."""

    def __init__(self) -> None:
        super().__init__()
        self.followed = threading.Event()

    @contextmanager
    def follow(self) -> Iterator[None]:
        with super().follow():
            self.followed.set()
            yield


@pytest.fixture
def gate() -> SeenGate:
    return SeenGate()


@pytest.fixture
def engine() -> Iterator[HeldEngine]:
    engine = HeldEngine()
    yield engine
    engine.may_go_on.set()


@pytest.fixture
def translator(engine: HeldEngine) -> BatchedTranslator:
    return BatchedTranslator(engine)


@pytest.fixture
def url(translator: BatchedTranslator, gate: SeenGate, tmp_path: Path) -> Iterator[str]:
    models = LanguageModels(StubReader(), StubSummariser(), translator)
    with serve(models, tmp_path / "cache", Settings(), gate=gate) as url:
        yield url


def send(url: str, path: str, accept: str, **fields: object) -> socket.socket:
    """Post a request, and leave its answer to the caller."""
    body = json.dumps(fields | {"targets": ["fr"], "source": "en"}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    connection = socket.create_connection(("127.0.0.1", urlsplit(url).port))
    connection.sendall(head.encode() + body)
    return connection


def wait_until(is_so: Callable[[], bool]) -> None:
    limit = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < limit
        time.sleep(0.005)


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/v1/summaries", "application/json"),
        ("/v1/summaries", "text/event-stream"),
        ("/v1/translations", "application/json"),
    ],
)
def test_what_waits_for_a_client_that_hangs_up_is_not_computed(
    url: str, translator, engine: HeldEngine, path: str, accept: str
) -> None:
    connection = send(url, path, accept, text=ARTICLE)
    assert engine.began.wait(30)
    wait_until(lambda: translator.batcher.waiting > 0)
    connection.close()
    wait_until(lambda: translator.batcher.waiting == 0)
    engine.may_go_on.set()
    Client(url).translate(OTHER, ["fr"], source="en")
    assert len(engine.seen) == 2
    assert engine.seen[1] == OTHER


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_a_client_that_closes_only_its_own_half_is_told(
    url: str, engine: HeldEngine, accept: str
) -> None:
    with send(url, "/v1/summaries", accept, text=ARTICLE) as connection:
        assert engine.began.wait(30)
        # A stream has begun, and is watched all the same.
        begun = connection.recv(65536) if accept == "text/event-stream" else b"HTTP/1.1 "
        assert begun.startswith(b"HTTP/1.1 ")
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert b'"code":"client_gone"' in answer


def test_it_is_seen_of_a_socket_whether_its_other_end_has_hung_up() -> None:
    one, other = socket.socketpair()
    with one, other:
        other.sendall(b"more")
        assert not has_hung_up(one.fileno())
        other.shutdown(socket.SHUT_WR)
        assert has_hung_up(one.fileno())


# The same bytes are known again before Flask sees them, the same words are not.
SAME = pytest.mark.parametrize("more", [{}, {"format": "text"}])
WAY = ("/v1/translations", "application/json")


@SAME
def test_the_work_goes_on_for_others_who_wait_for_it(
    url: str, gate: SeenGate, translator, engine: HeldEngine, more: dict
) -> None:
    connection = send(url, *WAY, text=ARTICLE)
    assert engine.began.wait(30)
    with send(url, *WAY, text=ARTICLE, **more) as other:
        assert gate.followed.wait(30)
        hang_up(url, translator.batcher, connection)
        engine.may_go_on.set()
        answer = b"".join(iter(lambda: other.recv(65536), b""))
    assert b"[fr] The council" in answer
    assert len(engine.seen) == len(set(engine.seen))


def hang_up(url: str, batcher: MicroBatcher, connection: socket.socket) -> None:
    """Close a connection and wait until that was seen, as it is before what is closed later."""
    waiting = batcher.waiting
    later = send(url, *WAY, text=OTHER)
    wait_until(lambda: batcher.waiting > waiting)
    connection.close()
    later.close()
    wait_until(lambda: batcher.waiting <= waiting)


@SAME
def test_who_hangs_up_while_another_works_for_it_is_let_go(
    url: str, gate: SeenGate, engine: HeldEngine, more: dict
) -> None:
    """And the other one is answered."""
    with send(url, *WAY, text=ARTICLE) as connection:
        assert engine.began.wait(30)
        following = send(url, *WAY, text=ARTICLE, **more)
        assert gate.followed.wait(30)
        following.close()
        wait_until(lambda: b'status="499"' in urlopen(f"{url}metrics").read())
        engine.may_go_on.set()
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert b"[fr] The council" in answer
