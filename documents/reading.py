"""The reader: each document in a process of its own, so that a bomb hurts nothing but itself."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

from documents.protocols import Document, DocumentError, DocumentReader, DocumentsBusy, Limits

_ROOT = Path(__file__).parent.parent


class IsolatedReader(DocumentReader):
    """Starts `documents.process` for each document, with limits on memory and time.

    The child has no environment: what parses files from strangers knows no keys or passwords.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._turns = threading.BoundedSemaphore(limits.at_once)

    def read(self, data: bytes, media_type: str, charset: str | None = None) -> Document:
        """Read one document; see `DocumentReader`."""
        if not data:
            raise DocumentError("document_empty", "The document is empty.")
        if not self._turns.acquire(timeout=self._limits.seconds):
            raise DocumentsBusy("Too many documents are being read.")
        try:
            return self._read(data, media_type, charset)
        finally:
            self._turns.release()

    def _read(self, data: bytes, media_type: str, charset: str | None) -> Document:
        limits = self._limits
        told = [limits.memory_bytes, int(limits.seconds) + 1, limits.pages, limits.characters]
        command = [sys.executable, "-X", "utf8", "-m", "documents.process", media_type]
        try:
            done = subprocess.run(
                [*command, charset or "", *map(str, told)],
                input=data,
                capture_output=True,
                cwd=_ROOT,
                env={},
                timeout=limits.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise DocumentError(
                "document_too_complex",
                f"The document could not be read within {limits.seconds:g} seconds.",
            ) from None
        return _unpack(done.returncode, done.stdout)


def _unpack(code: int, output: bytes) -> Document:
    """Return what the process found; one that ended without a word ran into a limit or crashed."""
    if code != 0:
        raise DocumentError(
            "document_too_complex",
            "The document could not be read: it is damaged, or needs too much memory or time.",
        )
    answer = json.loads(output)
    if "code" in answer:
        raise DocumentError(answer["code"], answer["message"])
    return Document(**answer)
