"""Archives: the articles of a folder, of JSON lines or of a sitemap, always in one order."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple, cast
from urllib.parse import urlsplit
from xml.etree import ElementTree

MEDIA_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".eml": "message/rfc822",
}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Fields = dict[str, Any]


class Article(NamedTuple):
    """An article and its id, `None` where it has none.

    `sent` is the line of a job; or a file, or the fields of a request with an address, which the
    service reads itself.
    """

    id: str | None
    sent: bytes | Path | Fields


class Archive(NamedTuple):
    """So many articles; `read` yields them, from the first on at each call."""

    total: int
    read: Callable[[], Iterator[Article]]


class NoArchive(Exception):
    """Nothing can be read there; the message tells why."""


def open_archive(name: str) -> Archive:
    """Return the archive at a path; raises `NoArchive`, and `OSError` while it is read."""
    path = Path(name)
    kind = path.name.lower().removesuffix(".gz")
    if path.is_dir():
        files = _list_files(path)
        archive = Archive(len(files), lambda: (_read_file(path, file) for file in files))
    elif kind.endswith(".xml"):
        addresses = list(_read_sitemap(path))
        archive = Archive(len(addresses), lambda: map(_read_address, addresses))
    else:
        archive = Archive(
            sum(1 for _ in _read_lines(path)), lambda: map(_read_line, _read_lines(path))
        )
    if not archive.total:
        raise NoArchive(f"{name}: no articles in it")
    return archive


def _list_files(folder: Path) -> list[Path]:
    kinds = {".txt", *MEDIA_TYPES}
    found = (path for path in folder.rglob("*") if path.suffix.lower() in kinds and path.is_file())
    return sorted(found, key=lambda path: path.relative_to(folder).parts)


def _read_file(folder: Path, path: Path) -> Article:
    # A name may be in any charset; an id is text.
    name = os.fsencode(path.relative_to(folder).as_posix()).decode(errors="replace")
    if path.suffix.lower() in MEDIA_TYPES:
        return Article(name, path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:  # the service says what is wrong with it, in its place
        return Article(name, path)
    return Article(name, json.dumps({"id": name, "text": text}).encode())


def _open(path: Path) -> IO[bytes]:
    packed = path.name.lower().endswith(".gz")
    return cast(IO[bytes], gzip.open(path) if packed else path.open("rb"))


def _read_lines(path: Path) -> Iterator[bytes]:
    with _open(path) as file:
        for number, line in enumerate(file):
            content = (line if number else line.removeprefix(_BYTE_ORDER_MARK)).strip()
            if content:
                yield content


def _read_line(line: bytes) -> Article:
    """Return the article of a line; what is wrong with it the service tells, in its place."""
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        return Article(None, line)
    own = fields.get("id")
    name = own if isinstance(own, str) else None
    if "url" in fields and "text" not in fields:
        return Article(name, {key: value for key, value in fields.items() if key != "id"})
    return Article(name, line)


def _read_address(address: str) -> Article:
    return Article(address, {"url": address})


def _read_sitemap(path: Path, index: Path | None = None) -> Iterator[str]:
    """Yield the addresses of a sitemap (sitemaps.org, 0.9), or of all that its index names.

    Those are looked for beside it, under their own names: nothing is fetched from here.
    """
    try:
        with _open(path) as file:
            for _, element in ElementTree.iterparse(file):
                kind = element.tag.rpartition("}")[2]
                if kind == "sitemap" and index is None:
                    for location in _find_location(element):
                        yield from _read_sitemap(_find_part(path, location), path)
                elif kind == "url":
                    yield from _find_location(element)
                if kind in ("url", "sitemap"):
                    element.clear()
    except (ElementTree.ParseError, gzip.BadGzipFile, EOFError) as error:
        raise NoArchive(f"{path}: not a sitemap: {error}") from None


def _find_part(index: Path, location: str) -> Path:
    """Return where a sitemap that an index names is on disk."""
    part = index.parent / PurePosixPath(urlsplit(location).path).name
    if not part.is_file() or part.resolve() == index.resolve():
        raise NoArchive(f"{index}: put {location} beside it, which it names (curl -O {location})")
    return part


def _find_location(element: ElementTree.Element) -> Iterator[str]:
    """Yield the address of an element; images and videos in it have addresses of their own."""
    for child in element:
        if child.tag.rpartition("}")[2] == "loc" and (child.text or "").strip():
            yield str(child.text).strip()
            return
