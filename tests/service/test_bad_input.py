"""Bad input gets a clear 4xx as problem details, and nothing is lost."""

from __future__ import annotations

import gzip
import io
import json

import pytest
from flask.testing import FlaskClient

from cache.single_flight import SingleFlight
from models.protocols import Summary, SummarySentence
from service.app import create_app
from service.pipeline import Pipeline
from service.settings import Settings
from tests.service.conftest import ARTICLE


def check_problem(response, status: int, code: str) -> dict:
    assert response.status_code == status, response.text
    assert response.mimetype == "application/problem+json"
    problem = response.get_json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["detail"]
    assert problem["request_id"] == response.headers["X-Request-ID"]
    return problem


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": " \n\t "}, "text"),
        ({"text": 7}, "text"),
        ({"text": None}, "text"),
        ({"text": ["a"]}, "text"),
        ({}, "text"),
        ({"text": "A.", "colour": "red"}, "colour"),
        ({"text": "A.", "lengths": ["medium"]}, "lengths.0"),
        ({"text": "A.", "lengths": []}, "lengths"),
        ({"text": "A.", "lengths": "short"}, "lengths"),
        ({"text": "A.", "targets": ["klingon"]}, "targets.0"),
        ({"text": "A.", "targets": "fr"}, "targets"),
        ({"text": "A.", "targets": [3]}, "targets.0"),
        ({"text": "A.", "source": "xx-nowhere-at-all"}, "source"),
        ({"text": "A.", "source": ""}, "source"),
        ({"text": "A.", "method": "magic"}, "method"),
    ],
)
def test_wrong_values_name_their_field(client: FlaskClient, fields: dict, field: str) -> None:
    problem = check_problem(client.post("/v1/summaries", json=fields), 422, "invalid_values")
    assert field in [error["field"] for error in problem["errors"]]


@pytest.mark.parametrize("body", [b"", b"{", b"[1, 2", b'{"text": "a"} x', b"nul", b"[" * 5000])
def test_malformed_json_is_400(client: FlaskClient, body: bytes) -> None:
    response = client.post("/v1/summaries", data=body, content_type="application/json")
    check_problem(response, 400, "malformed_body")


@pytest.mark.parametrize("body", [b"[]", b"7", b'"text"', b"null"])
def test_json_of_another_shape_is_422(client: FlaskClient, body: bytes) -> None:
    response = client.post("/v1/summaries", data=body, content_type="application/json")
    check_problem(response, 422, "invalid_values")


@pytest.mark.parametrize("media_type", ["application/json", "text/plain"])
def test_invalid_utf8_is_400_and_says_where(client: FlaskClient, media_type: str) -> None:
    response = client.post("/v1/summaries", data=b"caf\xe9", content_type=media_type)
    assert "3" in check_problem(response, 400, "malformed_body")["detail"]


def test_a_lone_surrogate_is_refused(client: FlaskClient) -> None:
    response = client.post(
        "/v1/summaries", data=b'{"text": "a \\ud800 b"}', content_type="application/json"
    )
    check_problem(response, 400, "malformed_body")


@pytest.mark.parametrize("media_type", [None, "application/xml", "image/png"])
def test_other_media_types_are_415(client: FlaskClient, media_type: str | None) -> None:
    response = client.post("/v1/summaries", data=b"x", content_type=media_type)
    check_problem(response, 415, "unsupported_media_type")


@pytest.mark.parametrize("media_type", ["multipart/form-data", "multipart/form-data; boundary=x"])
def test_a_form_that_is_none_is_400(client: FlaskClient, media_type: str) -> None:
    response = client.post("/v1/summaries", data=b"x", content_type=media_type)
    check_problem(response, 400, "malformed_body")


@pytest.mark.parametrize("name", ["", '; filename="a.txt"'])
def test_a_form_with_a_part_without_a_name_is_400(client: FlaskClient, name: str) -> None:
    part = f"--x\r\nContent-Disposition: form-data{name}\r\n\r\nA.\r\n"
    response = client.post(
        "/v1/summaries", data=f"{part * 2}--x--", content_type="multipart/form-data; boundary=x"
    )
    check_problem(response, 400, "malformed_body")


def test_fields_that_are_given_twice_are_told_in_short(client: FlaskClient) -> None:
    form = {f"{i}{'a' * 1000}": ["x", "y"] for i in range(40)}
    response = client.post("/v1/summaries", data=form, content_type="multipart/form-data")
    check_problem(response, 422, "invalid_values")
    assert len(response.data) < 10_000


def test_another_charset_is_415(client: FlaskClient) -> None:
    response = client.post(
        "/v1/summaries", data="é".encode("latin-1"), content_type="text/plain; charset=latin-1"
    )
    check_problem(response, 415, "unsupported_media_type")


def test_query_parameters_do_not_mix_with_json(client: FlaskClient) -> None:
    response = client.post("/v1/summaries?targets=fr", json={"text": ARTICLE})
    check_problem(response, 422, "invalid_values")


@pytest.mark.parametrize("query", ["lengths=long,medium", "colour=red", "targets=fr&targets=de"])
def test_wrong_query_parameters_of_plain_text_are_422(client: FlaskClient, query: str) -> None:
    response = client.post(f"/v1/summaries?{query}", data=ARTICLE, content_type="text/plain")
    check_problem(response, 422, "invalid_values")


def test_a_body_over_the_limit_is_told_the_limit(pipeline: Pipeline) -> None:
    client = create_app(Settings(max_body_bytes=2000), pipeline).test_client()
    response = client.post("/v1/summaries", data=b"a" * 2001, content_type="text/plain")
    assert "2000" in check_problem(response, 413, "too_large")["detail"]


def test_a_form_of_too_many_parts_is_told_the_limit(client: FlaskClient) -> None:
    form = {f"field{i}": "x" for i in range(101)}
    response = client.post("/v1/summaries", data=form, content_type="multipart/form-data")
    assert "100 parts" in check_problem(response, 413, "too_large")["detail"]


def test_a_text_over_the_limit_is_told_the_limit(pipeline: Pipeline) -> None:
    client = create_app(Settings(max_characters=100), pipeline).test_client()
    response = client.post("/v1/summaries", json={"text": "a" * 101})
    assert "100" in check_problem(response, 413, "too_large")["detail"]


def test_too_many_targets_are_told_the_limit(pipeline: Pipeline) -> None:
    client = create_app(Settings(max_targets=1), pipeline).test_client()
    response = client.post("/v1/summaries", json={"text": ARTICLE, "targets": ["fr", "de"]})
    assert "1" in check_problem(response, 422, "invalid_values")["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/nothing", 404), ("GET", "/v1/summaries", 405), ("DELETE", "/livez", 405)],
)
def test_unknown_paths_and_methods_are_problems_too(client, method, path, status) -> None:
    response = client.open(path, method=method)
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert status == 404 or response.headers["Allow"]


def test_a_failure_inside_says_nothing_of_the_inside(store, models) -> None:
    class Broken:
        card = models.summariser.card

        def summarise(self, *_args, **_options):
            raise RuntimeError("secret path and article text")

    broken = type(models)(models.reader, Broken(), models.translator)
    app = create_app(Settings(), Pipeline(lambda: broken, store, SingleFlight(store)))
    response = app.test_client().post("/v1/summaries", json={"text": ARTICLE})
    problem = check_problem(response, 500, "internal")
    assert "secret" not in json.dumps(problem)


@pytest.mark.parametrize("size", [2000, 2001])
def test_a_body_without_a_length_is_read_whole_or_refused(pipeline: Pipeline, size: int) -> None:
    client = create_app(Settings(max_body_bytes=2000), pipeline).test_client()
    response = client.post(
        "/v1/summaries",
        input_stream=io.BytesIO(b"The bridge was closed. " * 86 + b"a" * (size - 1978)),
        content_type="text/plain",
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    if size > 2000:
        assert "2000" in check_problem(response, 413, "too_large")["detail"]
    else:
        assert response.get_json()["source"]["characters"] == size


@pytest.mark.parametrize("error", [RuntimeError("invalid chunk size"), OSError("no more data")])
def test_a_body_that_breaks_off_is_400(client: FlaskClient, error: Exception) -> None:
    class BrokenChunks(io.BytesIO):
        def readinto(self, buffer):
            raise error

        read = readinto

    response = client.post(
        "/v1/summaries",
        input_stream=BrokenChunks(),
        content_type="text/plain",
        environ_overrides={"wsgi.input_terminated": True},
    )
    check_problem(response, 400, "malformed_body")


def test_a_body_shorter_than_its_length_is_400(client: FlaskClient) -> None:
    response = client.post(
        "/v1/summaries",
        input_stream=io.BytesIO(ARTICLE.encode()),
        content_type="text/plain",
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": "10000"},
    )
    assert "10000" in check_problem(response, 400, "malformed_body")["detail"]


def test_an_encoded_body_is_415(client: FlaskClient) -> None:
    response = client.post(
        "/v1/summaries",
        data=gzip.compress(ARTICLE.encode()),
        content_type="text/plain",
        headers={"Content-Encoding": "gzip"},
    )
    check_problem(response, 415, "unsupported_media_type")


@pytest.mark.parametrize("text", [7, None, {}, [], ["a", 7], " "])
def test_texts_that_are_none_are_told_by_their_field(client: FlaskClient, text: object) -> None:
    response = client.post("/v1/translations", json={"text": text, "targets": ["fr"]})
    problem = check_problem(response, 422, "invalid_values")
    assert [error["field"] for error in problem["errors"]] == ["text"]


def test_the_answer_to_much_that_is_wrong_stays_small(client: FlaskClient) -> None:
    fields = {"text": ARTICLE, "targets": ["klingon"] * 5000, "k" * 5000: 1}
    response = client.post("/v1/summaries", json=fields)
    check_problem(response, 422, "invalid_values")
    assert len(response.data) < 10_000


def test_a_failure_is_logged_with_the_id_that_was_told(store, caplog) -> None:
    def open_models():
        raise RuntimeError

    app = create_app(Settings(), Pipeline(open_models, store, SingleFlight(store)))
    response = app.test_client().post("/v1/summaries", json={"text": ARTICLE})
    problem = check_problem(response, 500, "internal")
    (record,) = [r for r in caplog.records if r.name == "service.errors"]
    assert vars(record)["request_id"] == problem["request_id"]


def test_a_wrong_value_from_the_inside_is_not_the_clients_fault(store, models) -> None:
    class Confused:
        card = models.summariser.card

        def summarise(self, article, lengths, *_args):
            sentence = SummarySentence("A.", "guessed", ())
            return {length: Summary((sentence,), "A.") for length in lengths}

    confused = type(models)(models.reader, Confused(), models.translator)
    app = create_app(Settings(), Pipeline(lambda: confused, store, SingleFlight(store)))
    response = app.test_client().post("/v1/summaries", json={"text": ARTICLE})
    check_problem(response, 500, "internal")
