"""The real thing: gunicorn, the embedded weights, a real Redis, the articles of `seeds/`."""

from __future__ import annotations

import json
import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.server import Server
from models.grounding import find_numbers
from models.words import count_words
from tests.redis_server import RedisServer

ARTICLES = sorted((Path(__file__).parent.parent / "seeds" / "articles").glob("*.txt"))
NOTICES = ("Powered by", "automated translation", "contributed to this report", "Photo:")


@pytest.fixture(scope="module")
def redis_server() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def server(redis_server: RedisServer) -> Iterator[Server]:
    with Server(REDIS_URL=redis_server.url) as running:
        yield running


def read(name: str) -> str:
    return next(p for p in ARTICLES if p.name.startswith(name)).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ARTICLES, ids=lambda p: p.stem)
def test_every_sample_article_gets_both_summaries_with_evidence(path: Path, server) -> None:
    text = path.read_text(encoding="utf-8")
    _, answer = server.connect().summarise(text)
    assert answer["source"]["language"] == path.name.partition("-")[0]
    short, long = (answer["summaries"][length] for length in ("short", "long"))
    assert 1 <= len(short["sentences"]) <= 2
    assert count_words(short["text"]) <= 60
    assert 4 <= len(long["sentences"]) <= 8
    assert count_words(short["text"]) < count_words(long["text"]) <= 220
    for sentence in short["sentences"] + long["sentences"]:
        assert sentence["unsupported"] == []
        evidence = [text[span["start"] : span["end"]] for span in sentence["evidence"]]
        assert all(evidence)
        for number in find_numbers(sentence["text"]):
            assert any(number in source for source in evidence)
    assert not [notice for notice in NOTICES if notice in long["text"] + short["text"]]


def test_what_is_offered_is_translated_and_remembered(server) -> None:
    client, text = server.connect(), read("en-river")
    first = client.summarise(text, targets=["fr"])[1]
    assert first["cache"] in ("miss", "partial")
    for summary in first["summaries"].values():
        french = summary["translations"]["fr"]
        assert len(french["sentences"]) == len(summary["sentences"])
        assert all(french["sentences"])
    assert client.summarise(text, targets=["fr"])[1]["cache"] == "hit"


def test_results_outlive_the_service_and_carry_a_time_to_live(redis_server: RedisServer) -> None:
    text = read("en-harbour")
    with Server(REDIS_URL=redis_server.url) as one:
        one.connect().summarise(text, lengths=["short"])
    with Server(REDIS_URL=redis_server.url) as other:
        assert other.connect().summarise(text, lengths=["short"])[1]["cache"] == "hit"
    client = redis_server.client()
    assert all(client.ttl(key) > 0 for key in client.scan_iter("precis:*"))


def test_requests_succeed_when_redis_is_killed_between_two_calls() -> None:
    redis_server = RedisServer()
    redis_server.start()
    with Server(REDIS_URL=redis_server.url) as running:
        client, text = running.connect(), read("en-harbour")
        assert client.summarise(text)[1]["cache"] == "miss"
        redis_server.stop()
        assert client.summarise(text)[1]["cache"] == "miss"
        assert client.get("/readyz") == 200


def test_the_embedded_store_outlives_the_service(tmp_path: Path) -> None:
    settings = {"PRECIS_CACHE_DIRECTORY": str(tmp_path), "REDIS_URL": ""}
    with Server(**settings) as one:
        one.connect().summarise(read("de-"))
    with Server(**settings) as other:
        assert other.connect().summarise(read("de-"))[1]["cache"] == "hit"


def test_a_body_over_the_limit_is_answered_and_not_cut_off(server) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/v1/summaries",
        data=b"a" * 3_000_000,
        headers={"Content-Type": "text/plain"},
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=30)
    assert caught.value.code == 413
    assert b"1000000" in caught.value.read()


def test_a_client_that_hangs_up_frees_the_engine(server) -> None:
    """The metrics say how the request ended, and that nothing of it waits any more."""
    text = "\n".join(f"The {n} people of the town voted for it." for n in range(2000))
    body = json.dumps({"text": text, "targets": ["fr"], "source": "en"}).encode()
    head = f"POST /v1/translations HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(head.encode() + b"Content-Type: application/json\r\n\r\n" + body)
        wait_for_metric(server, r"precis_engine_queue_sentences\{.*\} [1-9]")
    wait_for_metric(server, r'precis_requests_total\{.*status="499"\} 1\.0')
    wait_for_metric(server, r"precis_engine_queue_sentences\{.*\} 0\.0")


def wait_for_metric(server: Server, line: str) -> None:
    limit = time.monotonic() + 60
    while not re.search(line, server.connect().read("/metrics")):
        assert time.monotonic() < limit, line
        time.sleep(0.02)
