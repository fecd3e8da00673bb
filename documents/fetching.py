"""Pages from the web: from public addresses alone, checked where the connection is made."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from documents.protocols import MEDIA_TYPES, DocumentError

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 5
_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_ACCEPT = ", ".join([*dict.fromkeys(MEDIA_TYPES), "text/plain;q=0.9"])

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Page:
    """What an address answered with; `url` is where the redirects led to."""

    url: str
    data: bytes
    media_type: str
    charset: str | None


class Fetcher(Protocol):
    """Gets pages."""

    def fetch(self, url: str) -> Page:
        """Return the page; raises `DocumentError` (`url_refused`, `url_failed`)."""
        ...


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the public internet, whichever way it is wrapped."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address.teredo:
            inner = address.teredo[1]
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


class PageFetcher(Fetcher):
    """Gets pages over HTTP and HTTPS within limits of time and size.

    A name is looked up once, every address that it has must be permitted, and the connection goes
    to one of these: a name that changes its mind in between leads nowhere. So does each redirect.
    `hosts` are the only ones that may be asked, all where there are none; "*.example.org" are
    those under it. `ports` of `None` are any.
    """

    def __init__(
        self,
        agent: str,
        seconds: float = 15,
        max_bytes: int = 20_000_000,
        hosts: Sequence[str] = (),
        ports: frozenset[int] | None = frozenset(_PORTS.values()),
        permits: Callable[[Address], bool] = is_public,
        look_up: Callable[[str, int], Sequence[str]] | None = None,
    ) -> None:
        self._agent = agent
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._hosts = tuple(host.lower() for host in hosts)
        self._ports = ports
        self._permits = permits
        self._look_up = look_up or look_up_name
        self._tls = ssl.create_default_context()

    def fetch(self, url: str) -> Page:
        """Get a page; see `Fetcher`."""
        deadline = time.monotonic() + self._seconds
        for _ in range(_MAX_REDIRECTS + 1):
            answer = self._ask(url, deadline)
            if isinstance(answer, Page):
                return answer
            url = answer
        raise _fail("The address redirects too often.")

    def _ask(self, url: str, deadline: float) -> Page | str:
        """Return what an address answers with, or where it sends us."""
        parts = _split(url)
        host, port = self._check(parts)
        try:
            with self._connect(parts.scheme, host, port, deadline) as connection:
                connection.request("GET", _write_path(parts), headers=self._headers(parts, host))
                return self._read(url, connection.getresponse())
        except (OSError, http.client.HTTPException, ValueError):
            late = time.monotonic() >= deadline
            why = f"did not answer within {self._seconds:g} seconds" if late else "did not answer"
            raise _fail(f"The address {why}.") from None

    def _check(self, parts: SplitResult) -> tuple[str, int]:
        try:
            host = (parts.hostname or "").encode("idna").decode().lower().rstrip(".")
            port = parts.port or _PORTS[parts.scheme]
        except (KeyError, ValueError):
            raise _refuse("must be an address of http or https") from None
        if not host or parts.username is not None or parts.password is not None:
            raise _refuse("must name a host, and neither a user nor a password")
        if self._ports is not None and port not in self._ports:
            raise _refuse(f"port {port} is not asked from here")
        if self._hosts and not any(_matches(host, pattern) for pattern in self._hosts):
            raise _refuse("this host is not among those that may be asked from here")
        return host, port

    @contextmanager
    def _connect(
        self, scheme: str, host: str, port: int, deadline: float
    ) -> Iterator[http.client.HTTPConnection]:
        """Open a connection that is cut at the deadline, however slowly bytes come."""
        sock = self._open(host, port, deadline)
        if scheme == "https":
            sock = self._tls.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
        cutting = threading.Timer(max(0.0, deadline - time.monotonic()), _cut, [sock])
        cutting.daemon = True
        cutting.start()
        try:
            if isinstance(sock, ssl.SSLSocket):
                sock.do_handshake()
            connection = http.client.HTTPConnection(host, port)
            connection.sock = sock  # it connects only where there is none
            yield connection
            if time.monotonic() >= deadline:
                raise TimeoutError  # what was cut looks like an end
        finally:
            cutting.cancel()
            sock.close()

    def _open(self, host: str, port: int, deadline: float) -> socket.socket:
        addresses = self._look_up(host, port)
        if not addresses or not all(self._is_permitted(address) for address in addresses):
            raise _refuse("this host has no public address")
        for number, address in enumerate(addresses, 1):
            try:
                left = max(0.001, deadline - time.monotonic())
                sock = socket.create_connection((address, port), timeout=left)
            except OSError:
                if number == len(addresses):
                    raise
                continue
            if self._is_permitted(sock.getpeername()[0]):
                return sock
            sock.close()
        raise _refuse("this host has no public address")

    def _is_permitted(self, address: str) -> bool:
        try:
            return self._permits(ipaddress.ip_address(address.partition("%")[0]))
        except ValueError:
            return False

    def _headers(self, parts: SplitResult, host: str) -> dict[str, str]:
        named = f"[{host}]" if ":" in host else host
        port = f":{parts.port}" if parts.port and parts.port != _PORTS[parts.scheme] else ""
        return {
            "Host": named + port,
            "User-Agent": self._agent,
            "Accept": _ACCEPT,
            "Accept-Encoding": "identity",
            "Connection": "close",
        }

    def _read(self, url: str, response: http.client.HTTPResponse) -> Page | str:
        location = response.headers.get("Location")
        if response.status in _REDIRECTS and location:
            return urljoin(url, location)
        if response.status != 200:
            raise _fail(f"The address answered with status {response.status}.")
        media_type = response.headers.get_content_type()
        if media_type not in MEDIA_TYPES and media_type != "text/plain":
            raise _fail(f"The address answered with {media_type[:80]}, which is not read here.")
        charset = response.headers.get_content_charset()
        known = MEDIA_TYPES.get(media_type, media_type)
        return Page(url, self._read_body(response), known, charset)

    def _read_body(self, response: http.client.HTTPResponse) -> bytes:
        data = response.read(self._max_bytes + 1)
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding == "gzip":  # some send it to those who did not ask
            try:
                data = zlib.decompressobj(wbits=31).decompress(data, self._max_bytes + 1)
            except zlib.error:
                raise _fail("The address answered with damaged gzip.") from None
        elif encoding != "identity":
            raise _fail("The address answered in an encoding that was not asked for.")
        if len(data) > self._max_bytes:
            raise _fail(f"The page is over the limit of {self._max_bytes} bytes.")
        if response.length:  # http.client tells of a body cut short only where it is read whole
            raise _fail("The page ended before its end.")
        return data


def look_up_name(host: str, port: int) -> list[str]:
    """Return the addresses of a name."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise _fail("The host of the address is not known.") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise _refuse("is not an address") from None


def _matches(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:])
    return host == pattern


def _write_path(parts: SplitResult) -> str:
    safe = "/%:=&?~+!$,;'@()*[]-._"
    query = f"?{quote(parts.query, safe)}" if parts.query else ""
    return (quote(parts.path, safe) or "/") + query


def _cut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended by itself


def _refuse(why: str) -> DocumentError:
    return DocumentError("url_refused", f"url: {why}.")


def _fail(why: str) -> DocumentError:
    return DocumentError("url_failed", why)
