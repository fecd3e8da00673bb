"""`url` instead of `text`, where the operator lets addresses be asked."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from documents.fetching import Page
from documents.protocols import DocumentError, Limits
from documents.reading import IsolatedReader
from service.app import create_app
from service.articles import ArticleSources
from service.pipeline import Pipeline
from service.settings import Settings
from tests.documents import samples
from tests.service.conftest import ARTICLE
from tests.service.test_bad_input import check_problem

URL = "https://example.org/news"


class StubFetcher:
    """Knows some pages."""

    def fetch(self, url: str) -> Page:
        if url == URL:
            return Page(f"{URL}/1", samples.PAGE.encode("latin-1"), "text/html", "latin-1")
        if url == f"{URL}.txt":
            return Page(url, ARTICLE.encode(), "text/plain", None)
        if url == f"{URL}.odd":
            return Page(url, ARTICLE.encode(), "text/plain", "punycode")
        if url == f"{URL}.empty":
            return Page(url, b" ", "text/plain", None)
        raise DocumentError("url_refused", "url: this host has no public address.")


@pytest.fixture
def fetching(pipeline: Pipeline) -> FlaskClient:
    sources = ArticleSources(IsolatedReader(Limits()), StubFetcher())
    return create_app(Settings(fetch_urls=True), pipeline, sources=sources).test_client()


def test_an_article_is_fetched_from_its_address(fetching: FlaskClient) -> None:
    call = {"url": URL, "include": ["text"], "lengths": ["short"], "source": "fr"}
    response = fetching.post("/v1/summaries", json=call)
    assert response.status_code == 200, response.text
    answer = response.get_json()
    assert answer["document"]["url"] == f"{URL}/1"
    assert answer["document"]["title"] == "Le pont sera reconstruit"
    assert list(answer["summaries"]) == ["short"]
    assert "coûteront" in answer["source"]["text"]


def test_a_form_takes_an_address_too(fetching: FlaskClient) -> None:
    form = {"url": f"{URL}.txt", "lengths": "short"}
    response = fetching.post("/v1/summaries", data=form, content_type="multipart/form-data")
    assert response.get_json()["document"]["media_type"] == "text/plain"


def test_the_same_words_are_known_from_an_address(fetching: FlaskClient) -> None:
    first = fetching.post("/v1/summaries", json={"text": ARTICLE}).get_json()
    second = fetching.post("/v1/summaries", json={"url": f"{URL}.txt"}).get_json()
    assert (second["cache"], second["id"]) == ("hit", first["id"])


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ({"url": "http://127.0.0.1/"}, "url_refused"),
        ({"url": f"{URL}.empty"}, "document_without_text"),
        ({"url": URL, "text": "A text."}, "invalid_values"),
        ({"url": "a" * 2001}, "invalid_values"),
        ({"url": 7}, "invalid_values"),
        ({"url": None}, "invalid_values"),
    ],
)
def test_an_address_that_cannot_be_used_is_422(fetching, call: dict, code: str) -> None:
    check_problem(fetching.post("/v1/summaries", json=call), 422, code)


def test_a_page_in_no_charset_is_415(fetching: FlaskClient) -> None:
    response = fetching.post("/v1/summaries", json={"url": f"{URL}.odd"})
    check_problem(response, 415, "unsupported_media_type")


def test_it_is_off_unless_it_is_turned_on(client: FlaskClient) -> None:
    problem = check_problem(client.post("/v1/summaries", json={"url": URL}), 422, "invalid_values")
    assert "PRECIS_FETCH_URLS" in problem["detail"]


def test_the_description_tells_of_addresses_where_they_are_asked(client, fetching) -> None:
    for service, told in ((client, False), (fetching, True)):
        schemas = service.get("/openapi.json").get_json()["components"]["schemas"]
        assert ("url" in schemas["SummaryRequest"]["properties"]) is told


def test_the_real_fetcher_refuses_what_is_not_public(pipeline: Pipeline) -> None:
    client = create_app(Settings(fetch_urls=True), pipeline).test_client()
    for url in ("http://localhost/", "http://2130706433/", "http://[::ffff:127.0.0.1]/"):
        check_problem(client.post("/v1/summaries", json={"url": url}), 422, "url_refused")
