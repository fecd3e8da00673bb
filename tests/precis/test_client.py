"""The typed client, against a running service."""

from __future__ import annotations

import socket
import threading
from typing import get_type_hints

import pytest
from pydantic import BaseModel

from models.protocols import DeadlineExceeded
from models.stubs import StubTranslator
from precis import Address, Client, Document, Problem, Unreachable, answers
from service import schemas
from service.jobs import JobAnswer
from tests.precis.conftest import Open
from tests.redis_server import free_port
from tests.service.conftest import ARTICLE


@pytest.mark.parametrize(
    ("typed", "schema"),
    [
        (answers.Span, schemas.EvidenceSpan),
        (answers.Sentence, schemas.SummarySentenceAnswer),
        (answers.Translation, schemas.SummaryTranslation),
        (answers.Summary, schemas.SummaryAnswer),
        (answers.Source, schemas.SourceFacts),
        (answers.Model, schemas.ModelFacts),
        (answers.DocumentFacts, schemas.DocumentFacts),
        (answers.Summaries, schemas.SummariesAnswer),
        (answers.Translations, schemas.TranslationsAnswer),
        (answers.Language, schemas.LanguageAnswer),
        (answers.Job, JobAnswer),
    ],
    ids=lambda kind: kind.__name__,
)
def test_the_types_have_the_fields_of_the_schemas(typed: type, schema: type[BaseModel]) -> None:
    assert list(get_type_hints(typed)) == list(schema.model_fields)


def test_summaries_come_whole_or_part_by_part(open_service: Open) -> None:
    client = Client(open_service())
    *parts, done = client.stream(ARTICLE, targets=["fr"], lengths=["short"])
    answer = client.summarise(ARTICLE, targets=["fr"], lengths=["short"])
    assert [part.name for part in parts] == ["source", "summary", "translation"]
    assert done.data | {"cache": "hit"} == answer
    assert list(answer["summaries"]) == ["short"]


def test_a_document_is_sent_as_it_is_with_its_options_beside_it(open_service: Open) -> None:
    client = Client(open_service())
    document = Document(ARTICLE.encode(), "text/plain")
    answer = client.summarise(document, targets=["fr", "de"], lengths=["short"])
    assert (
        answer["summaries"]
        == client.summarise(ARTICLE, targets=["fr", "de"], lengths=["short"])["summaries"]
    )


TERMS = {"glossary": {"fr": {"harbour bridge": "pont"}}, "keep": ("Port Ellery",)}


@pytest.mark.parametrize("article", [ARTICLE, Document(ARTICLE.encode(), "text/plain")])
def test_terms_are_sent_with_an_article(open_service: Open, article: str | Document) -> None:
    answer = Client(open_service()).summarise(article, targets=["fr"], lengths=["short"], **TERMS)
    french = answer["summaries"]["short"]["translations"]["fr"]
    assert "the pont" in french["text"]
    assert "Port Ellery" in french["text"]


def test_terms_and_the_format_are_sent_with_a_text(open_service: Open) -> None:
    client = Client(open_service())
    text = "<p>The harbour bridge, <code>the harbour bridge</code>.</p>"
    made = client.translate(text, ["fr"], format="html", **TERMS)["translations"]["fr"]
    assert made == "<p>[fr] The pont, <code>the harbour bridge</code>.</p>"


def test_the_text_of_a_document_is_told_where_it_is_asked_for(open_service: Open) -> None:
    document = Document(b"<p>It rains.</p>", "text/html")
    answer = Client(open_service()).summarise(document, include=["text"])
    assert answer["source"]["text"] == "It rains."


def test_an_address_is_for_the_service_to_fetch(open_service: Open) -> None:
    address = Address("http://127.0.0.1/article")
    for settings, reason in (({}, "PRECIS_FETCH_URLS"), ({"fetch_urls": True}, "public")):
        with pytest.raises(Problem, match=reason):
            Client(open_service(**settings)).summarise(address)


def test_a_text_and_a_list_are_translated_in_their_own_shape(open_service: Open) -> None:
    client = Client(open_service())
    assert isinstance(client.translate("It rains.", ["fr"])["translations"]["fr"], str)
    both = client.translate(["It rains.", "It snows."], ["fr"])["translations"]["fr"]
    assert len(both) == 2


def test_languages_are_listed(open_service: Open) -> None:
    rows = {row["code"]: row for row in Client(open_service()).languages()}
    assert rows["en"]["translate_to"] == ["fr", "de", "es"]


def test_a_refusal_is_raised_with_its_code(open_service: Open) -> None:
    client = Client(open_service())
    for call in (client.summarise, lambda text: list(client.stream(text))):
        with pytest.raises(Problem, match="white space") as caught:
            call(" ")
        assert (caught.value.status, caught.value.code) == (422, "invalid_values")


def test_a_problem_on_the_way_is_raised_after_what_had_come(open_service: Open) -> None:
    class Late(StubTranslator):
        def translate(self, *_args):
            raise DeadlineExceeded("too late")

    seen = []
    with pytest.raises(Problem) as caught:
        seen += (
            event.name for event in Client(open_service(Late())).stream(ARTICLE, targets=["fr"])
        )
    assert caught.value.code == "deadline_exceeded"


def test_the_key_is_sent(open_service: Open) -> None:
    url = open_service(api_keys="hush")
    with pytest.raises(Problem) as caught:
        Client(url).languages()
    assert caught.value.status == 401
    assert Client(url, key="hush").languages()


def test_no_service_is_told_from_a_refusal() -> None:
    with pytest.raises(Unreachable):
        Client(f"http://127.0.0.1:{free_port()}").languages()
    with pytest.raises(ValueError, match="ftp"):
        Client("ftp://example.org")


@pytest.mark.parametrize(
    "sent", [b"", b'event: source\ndata: {"language": "en"}\n\n', b"event: so"]
)
def test_a_lost_connection_is_no_answer(sent: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + sent)

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(Unreachable):
            list(Client(f"http://127.0.0.1:{listener.getsockname()[1]}").stream(ARTICLE))
        thread.join()
