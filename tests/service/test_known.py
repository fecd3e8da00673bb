"""The known answer: sent as it is kept, and only where it is whole."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cache.protocols import Value
from service.known import KnownAnswer
from service.schemas import ModelFacts
from tests.service.conftest import ARTICLE

GZIP = {"Accept-Encoding": "br;q=1.0, gzip"}


def ask(client: FlaskClient, **headers: str):
    return client.post("/v1/summaries", json={"text": ARTICLE, "targets": ["fr"]}, headers=headers)


def find_whole_answer(store) -> tuple[str, bytes]:
    """Return the key and the value of the one whole answer in an embedded store."""
    rows = store._connect().execute("SELECT key FROM entry").fetchall()
    values = store.get_many([key for (key,) in rows])
    return next((key, value) for key, value in values.items() if isinstance(value, bytes))


def test_what_is_known_is_sent_as_it_is_kept_where_the_client_takes_gzip(client, store) -> None:
    fresh = ask(client, **GZIP)
    known = ask(client, **GZIP)
    assert known.headers["Content-Encoding"] == "gzip"
    assert known.data in find_whole_answer(store)[1]
    assert json.loads(gzip.decompress(known.data)) == fresh.get_json() | {"cache": "hit"}


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0"])
def test_a_client_that_does_not_take_gzip_gets_json(client: FlaskClient, accepted: str) -> None:
    ask(client)
    known = ask(client, **{"Accept-Encoding": accepted})
    assert "Content-Encoding" not in known.headers
    assert known.get_json()["cache"] == "hit"
    assert "Accept-Encoding" in known.headers["Vary"]


def test_the_tag_is_that_of_the_content_however_it_was_come_by(client: FlaskClient) -> None:
    answers = [ask(client), ask(client), ask(client, **GZIP)]
    tags = {answer.headers["ETag"] for answer in answers}
    assert len(tags) == 1
    assert tags.pop().startswith('W/"')
    assert ask(client, Accept="text/plain").headers["ETag"] not in tags


def test_a_known_answer_needs_no_model(client: FlaskClient, models) -> None:
    ask(client)
    seen = (models.reader.calls, models.summariser.calls, len(models.translator.seen))
    assert ask(client).get_json()["cache"] == "hit"
    assert ask(client, Accept="text/plain").status_code == 200
    assert seen == (models.reader.calls, models.summariser.calls, len(models.translator.seen))


@pytest.mark.parametrize(
    "value",
    [b"", b"short", b"0" * 32 + b"not gzip", b"Z" * 32 + gzip.compress(b"{}"), None, "text", {}],
    ids=repr,
)
def test_what_is_no_known_answer_is_a_miss(client: FlaskClient, store, value: Value) -> None:
    ask(client)
    key, _ = find_whole_answer(store)
    store.set_many({key: value})
    assert ask(client).get_json()["cache"] == "hit"  # of its parts
    assert find_whole_answer(store)[0] == key


def test_identical_requests_at_once_cost_one_computation(app: Flask, models) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: ask(app.test_client()).get_json(), range(16)))
    assert models.summariser.calls == 1
    assert sum(answer["cache"] == "miss" for answer in answers) == 1
    assert len({answer["id"] for answer in answers}) == 1


def test_a_packed_answer_is_unpacked_and_read_again() -> None:
    known = KnownAnswer.of(ModelFacts(id="é", revision="1", licence="MIT"))
    again = KnownAnswer.unpack(known.pack())
    assert again == known
    assert json.loads(again.json) == {"id": "é", "revision": "1", "licence": "MIT"}


@pytest.mark.parametrize(
    "spoil",
    [lambda b: b[:-9], lambda b: b[:60] + b"????" + b[64:], lambda b: b + b"more"],
    ids=["cut", "changed", "longer"],
)
def test_bytes_that_are_no_whole_gzip_are_a_miss(spoil: Callable[[bytes], bytes]) -> None:
    """Whoever can write to the cache can make the outer checksum right."""
    packed = KnownAnswer.of(ModelFacts(id="é" * 40, revision="1", licence="MIT")).pack()
    assert KnownAnswer.unpack(spoil(packed)) is None
