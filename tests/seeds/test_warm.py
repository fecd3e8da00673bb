"""Warming: the articles are posted to a real HTTP server, and failures are told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from seeds.warm import ARTICLES, main

Received = list[tuple[str, str | None, Any]]


class Service(ThreadingHTTPServer):
    """Answers as the service does, and refuses what has the word "forbidden" in it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.received: Received = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Service

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.received.append((self.path, self.headers["Authorization"], body))
        if "forbidden" in body["text"]:
            self._answer(422, {"title": "Unprocessable", "detail": "No such language."})
        elif "proxy" in body["text"]:
            self._answer(502, None)
        else:
            self._answer(200, {"source": {"language": "eo"}, "cache": "miss"})

    def _answer(self, status: int, value: Any) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as service:
        threading.Thread(target=service.serve_forever, daemon=True).start()
        yield service
        service.shutdown()


def _article(folder: Path, text: str) -> str:
    path = folder / f"eo-{len(list(folder.iterdir()))}.txt"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_every_article_of_the_seeds_is_posted(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without files named, all that ship are posted, a line each."""
    assert main(["--url", service.url]) == 0
    texts = {body["text"] for _, _, body in service.received}
    assert texts == {path.read_text(encoding="utf-8") for path in ARTICLES.glob("*.txt")}
    assert capsys.readouterr().out.count(" words, miss, ") == len(texts)


def test_targets_and_key_are_sent(service: Service, tmp_path: Path) -> None:
    """The options of the command arrive at the service."""
    path = _article(tmp_path, "Saluton")
    assert main(["--url", f"{service.url}/", "--targets", "fr, es", "--api-key", "k", path]) == 0
    expected = ("/v1/summaries", "Bearer k", {"text": "Saluton", "targets": ["fr", "es"]})
    assert service.received == [expected]


def test_a_refused_article_fails_the_command_and_the_others_go_on(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Title and detail of the problem are printed."""
    paths = [_article(tmp_path, text) for text in ("forbidden", "proxy", "fine")]
    assert main(["--url", service.url, *paths]) == 1
    printed = capsys.readouterr().out
    assert "failed: Unprocessable: No such language." in printed
    assert "failed: HTTP status 502" in printed
    assert "eo, 1 words, miss" in printed


def test_a_service_that_is_away_fails_the_command(tmp_path: Path) -> None:
    """Nobody listens on port 9 of loopback."""
    assert main(["--url", "http://127.0.0.1:9", _article(tmp_path, "a")]) == 1


def test_the_articles_have_a_title_and_paragraphs_in_many_languages() -> None:
    """At least ten articles, in at least eight languages."""
    paths = sorted(ARTICLES.glob("*.txt"))
    for path in paths:
        title, blank, *rest = path.read_text(encoding="utf-8").splitlines()
        assert title, path
        assert not blank, path
        assert any(rest), path
    assert len(paths) >= 10
    assert len({path.name.partition("-")[0] for path in paths}) >= 8
