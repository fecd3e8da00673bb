"""Documents to `/v1/summaries`, as bodies and in forms."""

from __future__ import annotations

import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from documents.protocols import HTML, MAIL, MARKDOWN, PDF, WORD, Document
from service.app import create_app
from service.articles import LARGE_DOCUMENTS, ArticleSources
from service.pipeline import Pipeline
from service.settings import Settings
from tests.documents import samples
from tests.documents.samples import draw_text, write_pdf, write_word
from tests.service.conftest import ARTICLE
from tests.service.test_bad_input import check_problem

PLACED = [(50, 780 - 14 * n, line) for n, line in enumerate(ARTICLE.split("\n")) if line]
FILES = {
    HTML: samples.PAGE.encode(),
    PDF: write_pdf([draw_text(PLACED, size=4)], catalog=b"/Lang (en)"),
    WORD: write_word(ARTICLE.split("\n\n"), "The bridge", "en-GB"),
    MARKDOWN: f"# The bridge\n\n{ARTICLE}".encode(),
    MAIL: samples.MAIL,
}


@pytest.mark.parametrize("media_type", FILES)
def test_evidence_points_into_the_text_that_was_read(client: FlaskClient, media_type: str) -> None:
    response = client.post(
        "/v1/summaries?include=text", data=FILES[media_type], content_type=media_type
    )
    assert response.status_code == 200, response.text
    answer = response.get_json()
    assert answer["document"]["media_type"] == media_type
    for sentence in answer["summaries"]["short"]["sentences"]:
        (span,) = sentence["evidence"]
        found = answer["source"]["text"][span["start"] : span["end"]]
        assert found.replace("\xa0", " ") == sentence["text"]


def test_a_form_takes_a_file_and_the_options(client: FlaskClient) -> None:
    form = {
        "file": (io.BytesIO(FILES[WORD]), "plan.docx"),
        "targets": "fr,de",
        "lengths": "short",
        "include": "text",
    }
    answer = client.post("/v1/summaries", data=form).get_json()
    assert list(answer["summaries"]) == ["short"]
    assert list(answer["summaries"]["short"]["translations"]) == ["fr", "de"]
    assert answer["document"]["title"] == "The bridge"
    assert answer["source"]["text"].startswith("The bridge\n\n")


def test_a_form_takes_a_text_too(client: FlaskClient) -> None:
    for form in ({"text": ARTICLE}, {"file": (io.BytesIO(ARTICLE.encode()), "a.txt")}):
        answer = client.post("/v1/summaries", data=form, content_type="multipart/form-data")
        assert answer.status_code == 200
        assert "document" not in answer.get_json()


def test_the_same_words_are_known_however_they_came(client: FlaskClient) -> None:
    assert client.post("/v1/summaries", json={"text": ARTICLE}).get_json()["cache"] == "miss"
    form = {"file": (io.BytesIO(ARTICLE.encode()), "a.txt"), "include": "text"}
    answer = client.post("/v1/summaries", data=form).get_json()
    assert (answer["cache"], answer["source"]["text"]) == ("hit", ARTICLE)
    plain = client.post("/v1/summaries", json={"text": ARTICLE}).get_json()
    assert "text" not in plain["source"]


def test_the_text_comes_with_json_too(client: FlaskClient) -> None:
    answer = client.post("/v1/summaries", json={"text": ARTICLE, "include": ["text"]}).get_json()
    assert answer["source"]["text"] == ARTICLE


def test_the_language_that_a_document_names_settles_what_words_do_not(client) -> None:
    unclear = "<html lang='fi'><body><p>Nokia 3310, Oulu 1998.</p></body></html>"
    answer = client.post("/v1/summaries", data=unclear, content_type=HTML).get_json()
    assert (answer["source"]["language"], answer["document"]["language"]) == ("fi", "fi")
    wrong = f"<html lang='fi'><body><p>{ARTICLE}</p></body></html>"
    answer = client.post("/v1/summaries", data=wrong, content_type=HTML).get_json()
    assert answer["source"]["language"] == "en"
    named = client.post("/v1/summaries?source=de", data=unclear, content_type=HTML).get_json()
    assert named["source"]["language"] == "de"


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ([("file", "a.txt"), ("file", "b.txt")], "file"),
        ([("text", None), ("text", None)], "text"),
        ([("text", None), ("targets", None), ("targets", None)], "targets"),
    ],
)
def test_nothing_in_a_form_is_ignored_because_it_came_twice(client, parts, field: str) -> None:
    form = MultiDict(
        (name, (io.BytesIO(ARTICLE.encode()), file) if file else "fr") for name, file in parts
    )
    response = client.post("/v1/summaries", data=form, content_type="multipart/form-data")
    problem = check_problem(response, 422, "invalid_values")
    assert problem["errors"] == [{"field": field, "message": "given more than once"}]


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({}, 422, "invalid_values"),
        ({"lengths": "short"}, 422, "invalid_values"),
        ({"text": "A.", "file": (io.BytesIO(b"A."), "a.txt")}, 422, "invalid_values"),
        ({"file": (io.BytesIO(b"A."), "a.txt"), "colour": "red"}, 422, "invalid_values"),
        ({"file": (io.BytesIO(b"A."), "a.md"), "targets": "klingon"}, 422, "invalid_values"),
        ({"text": "A.", "targets": ["fr", "de"]}, 422, "invalid_values"),
        ({"text": ["A.", "B."]}, 422, "invalid_values"),
        (
            {"file": [(io.BytesIO(b"A."), "a.txt"), (io.BytesIO(b"B."), "b.txt")]},
            422,
            "invalid_values",
        ),
        ({"file": (io.BytesIO(b""), "a.txt")}, 422, "invalid_values"),
        ({"file": (io.BytesIO(b"\xff"), "a.txt")}, 422, "invalid_values"),
        ({"file": (io.BytesIO(b""), "a.pdf")}, 422, "document_empty"),
        ({"file": (io.BytesIO(b"x"), "a.xlsx")}, 415, "unsupported_media_type"),
        ({"file": (io.BytesIO(b"x"), "a.html", "text/html; charset=no")}, 415, None),
        ({"a": "x", "file": (io.BytesIO(b"x" * 20_000_001), "a.pdf")}, 413, "too_large"),
    ],
)
def test_a_form_that_cannot_be_used_is_told_so(client, form, status: int, code: str) -> None:
    response = client.post("/v1/summaries", data=form, content_type="multipart/form-data")
    check_problem(response, status, code or "unsupported_media_type")


def test_an_option_of_a_form_is_not_in_the_query_too(client: FlaskClient) -> None:
    response = client.post(
        "/v1/summaries?targets=fr",
        data={"text": ARTICLE, "targets": "de"},
        content_type="multipart/form-data",
    )
    problem = check_problem(response, 422, "invalid_values")
    assert problem["errors"] == [{"field": "targets", "message": "given more than once"}]


@pytest.mark.parametrize("charset", ["punycode", "Punycode", "idna", "raw-unicode-escape", "utf-7"])
@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.md"])
def test_what_python_alone_calls_a_charset_is_415(client, name: str, charset: str) -> None:
    """None of it is decoded: punycode's time grows with the square of the length."""
    form = {"file": (io.BytesIO(ARTICLE.encode()), name, f"text/plain; charset={charset}")}
    response = client.post("/v1/summaries", data=form)
    check_problem(response, 415, "unsupported_media_type")


@pytest.mark.parametrize("charset", ["KOI8-U", "windows-1251", "UTF-16", "ISO_8859-5:1988"])
def test_a_text_is_read_in_its_charset(client, charset: str) -> None:
    text = "Міст закрили в понеділок." if charset != "ISO_8859-5:1988" else "Мост закрыли."
    form = {"file": (io.BytesIO(text.encode(charset)), "a.txt", f"text/plain; charset={charset}")}
    answer = client.post("/v1/summaries?include=text&lengths=short", data=form).get_json()
    assert answer["source"]["text"] == text


@pytest.mark.parametrize(
    ("data", "media_type", "code"),
    [
        (samples.write_encrypted_pdf(), PDF, "document_encrypted"),
        (b"nothing of the kind", PDF, "document_damaged"),
        (write_pdf([samples.draw_picture()]), PDF, "document_without_text"),
        (b"", HTML, "document_empty"),
        (b"<p>" + b"a" * 600_000, HTML, "document_too_long"),
    ],
)
def test_a_document_that_cannot_be_read_is_422(client, data, media_type: str, code: str) -> None:
    response = client.post("/v1/summaries", data=data, content_type=media_type)
    check_problem(response, 422, code)


def test_documents_have_their_own_limit_of_size(pipeline: Pipeline) -> None:
    client = create_app(Settings(max_body_bytes=100, max_document_bytes=5000), pipeline)
    post = client.test_client().post
    assert post("/v1/summaries", data=FILES[HTML], content_type=HTML).status_code == 200
    problem = post("/v1/summaries", data=b"a" * 5001, content_type=HTML)
    assert "5000" in check_problem(problem, 413, "too_large")["detail"]
    assert post("/v1/summaries", data=b"a" * 101, content_type="text/plain").status_code == 413


class HeldReader:
    """Reads when it is let; `began` counts."""

    def __init__(self) -> None:
        self.began, self.may_go_on = threading.Semaphore(0), threading.Event()

    def read(self, data: bytes, media_type: str, charset: str | None = None) -> Document:
        self.began.release()
        assert self.may_go_on.wait(30)
        return Document(ARTICLE)


class WatchedBody(io.BytesIO):
    """Knows whether it was read."""

    seen = False

    def read(self, *size: int | None) -> bytes:
        self.seen = True
        return super().read(*size)


def test_large_documents_beyond_a_few_are_not_even_read(pipeline: Pipeline) -> None:
    reader, settings = HeldReader(), Settings(max_body_bytes=1000, document_seconds=0.01)
    app = create_app(settings, pipeline, sources=ArticleSources(reader))

    def post(size: int, body: io.BytesIO | None = None) -> TestResponse:
        return app.test_client().post(
            "/v1/summaries",
            input_stream=body or io.BytesIO(b"a" * size),
            content_length=size,
            content_type=HTML,
        )

    with ThreadPoolExecutor(LARGE_DOCUMENTS + 1) as threads:
        large = [threads.submit(post, 1001) for _ in range(LARGE_DOCUMENTS)]
        for _ in large:
            assert reader.began.acquire(timeout=30)
        body = WatchedBody(b"a" * 1001)
        problem = post(1001, body)
        check_problem(problem, 503, "overloaded")
        assert int(problem.headers["Retry-After"]) > 0
        assert not body.seen
        small = threads.submit(post, 1000)
        assert reader.began.acquire(timeout=30)
        reader.may_go_on.set()
        assert {call.result(30).status_code for call in (*large, small)} == {200}
    assert post(1001).status_code == 200


def test_a_document_can_be_streamed(client: FlaskClient) -> None:
    response = client.post(
        "/v1/summaries?include=text",
        data=FILES[MARKDOWN],
        content_type=MARKDOWN,
        headers={"Accept": "text/event-stream"},
    )
    assert '"media_type":"text/markdown"' in response.text
    source = json.loads(response.text.partition("data: ")[2].partition("\n")[0])
    assert source["text"].startswith("The bridge\n\n")
