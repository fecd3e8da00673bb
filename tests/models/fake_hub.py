"""A hub on the loopback: serves one folder of files as the hub's API does, with ranges."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlparse

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class FakeHub:
    """The files of `folder` as the model `name`.

    `break_after_bytes` cuts each answer that is longer, so that a download has to be resumed;
    `requests` records path and range of each.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.break_after_bytes = 0
        self.requests: list[tuple[str, str]] = []
        self.lies = False

    def list_files(self) -> list[dict[str, object]]:
        return [self.describe(path) for path in sorted(self.folder.iterdir()) if path.is_file()]

    def describe(self, path: Path) -> dict[str, object]:
        data = path.read_bytes()
        facts = {"type": "file", "path": path.name, "rfilename": path.name, "size": len(data)}
        git = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
        if path.suffix not in (".safetensors", ".bin"):
            return facts | {"oid": git}
        sha256 = self.digest(data)
        lfs = {"oid": sha256, "sha256": sha256, "size": len(data), "pointerSize": 134}
        return facts | {"oid": git, "lfs": lfs}

    def digest(self, data: bytes) -> str:
        return hashlib.sha256(b"something else" if self.lies else data).hexdigest()


@contextmanager
def serve(hub: FakeHub) -> Iterator[str]:
    """Serve until the block ends; yields the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            path = unquote(urlparse(self.path).path)
            hub.requests.append((f"{self.command} {path}", self.headers.get("Range", "")))
            if path.startswith(f"/api/models/{hub.name}/tree/"):
                self.answer_json(hub.list_files())
            elif path.startswith(f"/api/models/{hub.name}"):
                self.answer_json({"id": hub.name, "sha": COMMIT, "siblings": hub.list_files()})
            elif path.startswith(f"/{hub.name}/resolve/"):
                self.answer_file(hub.folder / path.rpartition("/")[2])
            else:
                self.refuse("RepoNotFound")

        def refuse(self, code: str) -> None:
            self.send_response(404)
            self.send_header("X-Error-Code", code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def answer_json(self, value: object) -> None:
            data = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def answer_file(self, path: Path) -> None:
            if not path.is_file():
                self.refuse("EntryNotFound")
                return
            data = path.read_bytes()
            facts = hub.describe(path)
            lfs = facts.get("lfs")
            etag = lfs["oid"] if isinstance(lfs, dict) else facts["oid"]
            start = int(self.headers.get("Range", "bytes=0-")[6:].split("-")[0])
            part = data[start:]
            self.send_response(206 if start else 200)
            self.send_header("ETag", f'"{etag}"')
            self.send_header("X-Linked-Etag", f'"{etag}"')
            self.send_header("X-Linked-Size", str(len(data)))
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(len(part)))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            self.end_headers()
            if self.command == "HEAD":
                return
            if hub.break_after_bytes and len(part) > hub.break_after_bytes:
                self.wfile.write(part[: hub.break_after_bytes])
                self.wfile.flush()
                self.connection.close()
            else:
                self.wfile.write(part)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
