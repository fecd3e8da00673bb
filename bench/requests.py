"""The service as clients see it: known answers, many clients, one long article, memory."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.articles import write_article
from bench.bare import KEY
from bench.figures import Figure
from bench.load import Connection, Load, run_clients, write_request
from bench.server import Server
from service.allocation import PERIOD_SECONDS
from tests.redis_server import RedisServer

CLIENTS = 32
NEWS_WORDS, SHORT_WORDS, LONG_WORDS = 400, 150, 20_000
ONE_CLIENT_REQUESTS, CLIENT_REQUESTS = 12, 3
SHORT_REQUESTS = 100
HIT_CLIENTS, HITS_PER_CLIENT, HIT_ROUNDS = 8, 400, 7
IDENTICAL, IDENTICAL_WORDS, IDENTICAL_ROUNDS = 100, 2_000, 5
LANGUAGE_ARTICLES = 12
LATEST = 4  # as many as `models.selection` keeps the ranking of
MANY_REQUESTS = 10_000
ANY = "Accept: */*\r\n"
GZIP = "Accept-Encoding: gzip\r\n"


def _ask(text: str, *targets: str, headers: str = "") -> bytes:
    return write_request("/v1/summaries", {"text": text, "targets": list(targets)}, headers)


def _ask_for_translations(text: str, *targets: str, headers: str = "") -> bytes:
    return write_request("/v1/translations", {"text": text, "targets": list(targets)}, headers)


def _send_all(port: int, *queue: bytes) -> Load:
    return run_clients(port, [queue])


def measure_hits(server: Server, bare: Server, redis_server: RedisServer) -> Figure:
    """Measure known answers against a bare route that gets as many bytes from Redis."""
    text = write_article(NEWS_WORDS, "hits")
    known, plain = _ask(text, "fr", headers=GZIP), write_request("/bare", {"text": text}, GZIP)
    connection = Connection(server.port)
    connection.send(known)
    redis_server.client().set(KEY, connection.send(known))

    def measure(port: int, request: bytes) -> float:
        return run_clients(port, [[request] * HITS_PER_CLIENT] * HIT_CLIENTS).per_second

    rounds = [(measure(server.port, known), measure(bare.port, plain)) for _ in range(HIT_ROUNDS)]
    ours, theirs = (statistics.median(column) for column in zip(*rounds, strict=True))
    name = f"known answers, {HIT_CLIENTS} keep-alive clients, Redis"
    return Figure(name, ours, "a bare Flask route, one Redis GET", theirs, "requests/s", "≥ 0.85")


def measure_clients(server: Server) -> Figure:
    """Measure many clients with different articles against one."""
    texts = [write_article(NEWS_WORDS, f"one {n}") for n in range(ONE_CLIENT_REQUESTS)]
    one = _send_all(server.port, *(_ask(text, "fr") for text in texts))
    queues = [
        [_ask(write_article(NEWS_WORDS, f"{c} {n}"), "fr") for n in range(CLIENT_REQUESTS)]
        for c in range(CLIENTS)
    ]
    many = run_clients(server.port, queues)
    name = f"different articles of {NEWS_WORDS} words with French, {CLIENTS} clients"
    return Figure(name, many.per_second, "one client", one.per_second, "requests/s", "≥ 1.8")


@contextmanager
def _keep_busy(port: int, make: Callable[[int], bytes]) -> Iterator[None]:
    """Have one client send one request after the other meanwhile."""
    done = threading.Event()
    connection = Connection(port)

    def work() -> None:
        number = 0
        while not done.is_set():
            connection.send(make(number))
            number += 1

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        connection.close()


def measure_fairness(server: Server) -> Figure:
    """Measure short articles while long ones are summarised, against short ones alone."""

    def ask_short(kind: str) -> list[bytes]:
        texts = [write_article(SHORT_WORDS, f"{kind} {n}") for n in range(SHORT_REQUESTS)]
        return [_ask(text, "fr") for text in texts]

    alone = _send_all(server.port, *ask_short("alone"))
    with _keep_busy(server.port, lambda n: _ask(write_article(LONG_WORDS, n), "fr")):
        beside = _send_all(server.port, *ask_short("beside"))
    return Figure(
        f"p99 of an article of {SHORT_WORDS} words beside one of {LONG_WORDS}",
        beside.percentile(0.99) * 1000,
        "alone",
        alone.percentile(0.99) * 1000,
        "ms",
        "≤ 2",
    )


def measure_identical(
    server: Server,
    bare: Server,
    redis_server: RedisServer,
    *targets: str,
    ask: Callable[..., bytes] = _ask,
) -> Iterator[Figure]:
    """Measure many identical requests at once against one, and how many were computed.

    Told beside: what as many requests take of a bare Flask route, and of this service once it knows
    the answer. None of that can be saved: it comes on top of the one request, so that the ratio is
    nearer to one the longer that takes.
    """
    ones: list[float] = []
    bares: list[float] = []
    alls: list[float] = []
    knowns: list[float] = []
    computed: list[int] = []
    kept = redis_server.client().get(KEY)
    assert isinstance(kept, bytes)
    for number in range(IDENTICAL_ROUNDS):
        text = write_article(IDENTICAL_WORDS, f"{targets} {number}")
        # The same article both times, since one has more to do than another; in other bytes.
        ones.append(_send_all(server.port, ask(text, *targets, headers=ANY)).seconds)
        # What the process itself keeps of an article goes too: of some latest ones.
        _send_all(server.port, *(_ask(write_article(IDENTICAL_WORDS, n)) for n in range(LATEST)))
        redis_server.client().flushall()
        redis_server.client().set(KEY, kept)
        before = server.count_answers("miss", "partial")
        alls.append(run_clients(server.port, [[ask(text, *targets)]] * IDENTICAL).seconds)
        computed.append(server.count_answers("miss", "partial") - before)
        knowns.append(run_clients(server.port, [[ask(text, *targets)]] * IDENTICAL).seconds)
        plain = write_request("/bare", {"text": text})
        bares.append(run_clients(bare.port, [[plain]] * IDENTICAL).seconds)
    wanted = "whole in " if ask is _ask_for_translations else ""
    wanted += "+".join(targets)
    name = f"{IDENTICAL} identical requests at once, {IDENTICAL_WORDS} words, {wanted}"
    wall, alone, floor, known = (
        statistics.median(times) * 1000 for times in (alls, ones, bares, knowns)
    )
    whole = f"{name}: time for all (once known: {known:.0f} ms, a bare Flask route: {floor:.0f} ms)"
    yield Figure(f"{name}: computations", max(computed), "one request", 1, "", "≤ 1")
    yield Figure(whole, wall, "one request", alone, "ms", "≤ 1.1")


def measure_language(server: Server, redis_server: RedisServer) -> Figure:
    """Measure a known article with a language more, against translating its sentences alone."""
    added: list[float] = []
    alone: list[float] = []
    connection = Connection(server.port)
    client = server.connect()
    for number in range(LANGUAGE_ARTICLES):
        text = write_article(NEWS_WORDS, f"language {number}")
        _, known = client.summarise(text)
        sentences = [s["text"] for part in known["summaries"].values() for s in part["sentences"]]
        added.append(connection.time(_ask(text, "fr")))
        redis_server.client().flushall()
        body = {"text": sentences, "source": "en", "targets": ["fr"]}
        alone.append(connection.time(write_request("/v1/translations", body)))
    name = f"one language more for a known article of {NEWS_WORDS} words"
    more, only = (statistics.median(times) * 1000 for times in (added, alone))
    return Figure(name, more, "its translation alone", only, "ms", "≤ 1.05")


def measure_memory(server: Server, rest_megabytes: float) -> Figure:
    """Measure resident memory after all of that and so many requests, against at rest before.

    What is free goes back to the system after a while: see `service.allocation`.
    """
    known = _ask(write_article(NEWS_WORDS, "hits"), "fr")
    left = max(0, MANY_REQUESTS - server.count_answers())
    run_clients(server.port, [[known] * (left // HIT_CLIENTS + 1)] * HIT_CLIENTS)
    time.sleep(1.5 * PERIOD_SECONDS)
    name = f"resident memory at rest again, after {MANY_REQUESTS} requests"
    return Figure(name, server.resident_megabytes(), "before", rest_megabytes, "MB", "≤ 1.1")


def measure() -> list[Figure]:
    """Return the figures of one service with Redis, from its start to its ten thousandth answer."""
    redis_server = RedisServer()
    redis_server.start()
    address = {"REDIS_URL": redis_server.url}
    try:
        with Server(**address) as server, Server("bench.bare:create_app()", **address) as bare:
            time.sleep(1)
            rest = server.resident_megabytes()
            return [
                measure_clients(server),
                measure_fairness(server),
                measure_hits(server, bare, redis_server),
                *measure_identical(server, bare, redis_server, "fr"),
                *measure_identical(server, bare, redis_server, "fr", "de", "es"),
                *measure_identical(
                    server, bare, redis_server, "fr", "de", "es", ask=_ask_for_translations
                ),
                measure_language(server, redis_server),
                measure_memory(server, rest),
            ]
    finally:
        redis_server.stop()
