"""Pages come from public addresses alone, within limits, whatever a stranger asks for."""

from __future__ import annotations

import gzip
import ipaddress
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from documents.fetching import Address, PageFetcher, is_public
from documents.protocols import DocumentError

LOOPBACK = ipaddress.ip_address("127.0.0.1")
PAGE = b"<p>It rains.</p>"


class Handler(BaseHTTPRequestHandler):
    """Answers by path."""

    asked: list[tuple[str, str]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["User-Agent"]))
        name, _, rest = self.path[1:].partition("?")
        answer = getattr(self, f"_answer_{name}", None)
        if answer is None:
            self.send_error(404)
        else:
            answer(rest)

    def _send(self, data: bytes, media_type: str = "text/html; charset=latin-1", **more) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def _answer_page(self, _: str) -> None:
        self._send(PAGE)

    def _answer_to(self, location: str) -> None:
        self.send_response(302)
        self.send_header("Location", location)
        self.end_headers()

    def _answer_picture(self, _: str) -> None:
        self._send(b"", "image/png")

    def _answer_large(self, _: str) -> None:
        self._send(b"a" * 2000)

    def _answer_gzip(self, _: str) -> None:
        self._send(gzip.compress(PAGE), Content_Encoding="gzip")

    def _answer_bomb(self, _: str) -> None:
        self._send(gzip.compress(b"a" * 10_000_000), Content_Encoding="gzip")

    def _answer_short(self, _: str) -> None:
        self._send(PAGE, Content_Length="100")

    def _answer_slow(self, _: str) -> None:
        self._send(b"a")
        for _n in range(100):
            time.sleep(0.05)
            self.wfile.write(b"a")

    def log_message(self, *_: object) -> None:
        pass

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            return  # the fetcher has gone


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def permit_one(address: Address) -> bool:
    return address == LOOPBACK


def make(**options: object) -> PageFetcher:
    settings = {"ports": None, "permits": permit_one, "max_bytes": 1000, "seconds": 5, **options}
    return PageFetcher("Precis/test", **settings)  # type: ignore[arg-type]


def refuse(fetcher: PageFetcher, url: str, code: str) -> str:
    with pytest.raises(DocumentError) as caught:
        fetcher.fetch(url)
    assert caught.value.code == code, str(caught.value)
    return str(caught.value)


def test_a_page_comes_with_its_type_and_charset(port: int) -> None:
    page = make().fetch(f"http://127.0.0.1:{port}/page")
    assert (page.data, page.media_type, page.charset) == (PAGE, "text/html", "latin-1")
    assert Handler.asked[-1] == ("/page", "Precis/test")


def test_redirects_are_followed_and_told(port: int) -> None:
    page = make().fetch(f"http://127.0.0.1:{port}/to?/to?/page")
    assert page.url == f"http://127.0.0.1:{port}/page"


def test_gzip_that_nobody_asked_for_is_unpacked(port: int) -> None:
    assert make().fetch(f"http://127.0.0.1:{port}/gzip").data == PAGE


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://0/",
        "http://0.0.0.0/",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::127.0.0.1]/",
        "http://[2002:7f00:1::]/",
        "http://10.0.0.1/",
        "http://172.16.0.1/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://[fec0::1]/",
        "http://224.0.0.1/",
        "http://240.0.0.1/",
        "http://255.255.255.255/",
        "http://127.0.0.1。/",
        "http://①②⑦.0.0.1/",
    ],
)
def test_what_is_not_public_is_refused_in_every_spelling(url: str) -> None:
    """Numbers are read by the system's own resolver, and what it makes of them is checked."""
    fetcher = PageFetcher("Precis/test", seconds=5)
    with pytest.raises(DocumentError) as caught:
        fetcher.fetch(url)
    assert caught.value.code in ("url_refused", "url_failed")
    assert "answer" not in str(caught.value)  # nothing was asked


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::8.8.8.8", True),
        ("::ffff:10.0.0.1", False),
        ("2002:a00:1::", False),
        ("2001:0:7f00:1::", False),
        ("64:ff9b::a00:1", False),
        ("192.0.2.1", False),
        ("2001:db8::1", False),
    ],
)
def test_wrapped_addresses_are_what_is_wrapped_in_them(address: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is public


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "//example.org/",
        "example.org",
        "http://",
        "http:///path",
        "http://user:secret@example.org/",
        "http://example.org:22/",
        "http://example.org:99999/",
        "http://[::1",
        "http://" + "a" * 300 + "/",
        "http://exa mple.org\r\nX: y/",
        "",
    ],
)
def test_other_schemes_users_and_ports_are_refused(url: str) -> None:
    fetcher = PageFetcher("Precis/test", look_up=lambda *_: [])
    refuse(fetcher, url, "url_refused")


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.2:{port}/page", "http://[::1]:{port}/page", "file:///etc/passwd", "http://0/"],
)
def test_a_redirect_is_checked_like_an_address(port: int, target: str) -> None:
    url = f"http://127.0.0.1:{port}/to?" + target.format(port=port)
    refuse(make(), url, "url_refused")


def test_a_name_with_one_address_that_is_not_public_is_refused(port: int) -> None:
    look_up = {"mixed.example": ["127.0.0.1", "127.0.0.2"]}
    fetcher = make(look_up=lambda host, _: look_up[host])
    refuse(fetcher, f"http://mixed.example:{port}/page", "url_refused")


def test_a_name_is_looked_up_once_and_that_address_is_asked(port: int) -> None:
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])
    fetcher = make(look_up=lambda *_: next(answers))
    assert fetcher.fetch(f"http://rebinding.example:{port}/page").data == PAGE
    refuse(fetcher, f"http://rebinding.example:{port}/page", "url_refused")


def test_where_the_connection_ends_up_is_checked_too(port: int) -> None:
    permitted = iter([True, False])
    fetcher = make(permits=lambda _: next(permitted))
    refuse(fetcher, f"http://127.0.0.1:{port}/page", "url_refused")


def test_only_hosts_on_the_list_are_asked(port: int) -> None:
    fetcher = make(hosts=["*.example.org", "Example.com"], look_up=lambda *_: ["127.0.0.1"])
    for host in ("news.example.org", "example.com", "EXAMPLE.com."):
        assert fetcher.fetch(f"http://{host}:{port}/page").data == PAGE
    for host in ("example.org", "badexample.org", "example.com.evil.net"):
        refuse(fetcher, f"http://{host}:{port}/page", "url_refused")


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("nothing", "404"),
        ("picture", "image/png"),
        ("large", "1000 bytes"),
        ("bomb", "1000 bytes"),
        ("short", "before its end"),
        ("to?/" + "to?/" * 10, "too often"),
    ],
)
def test_what_cannot_be_used_is_told(port: int, path: str, word: str) -> None:
    assert word in refuse(make(), f"http://127.0.0.1:{port}/{path}", "url_failed")


def test_a_page_that_drips_is_cut_at_the_deadline(port: int) -> None:
    refuse(make(seconds=0.5), f"http://127.0.0.1:{port}/slow", "url_failed")


def test_nobody_there_is_told() -> None:
    refuse(make(), "http://127.0.0.1:1/", "url_failed")


def test_a_server_without_a_known_certificate_is_not_believed(port: int) -> None:
    refuse(make(), f"https://127.0.0.1:{port}/page", "url_failed")
