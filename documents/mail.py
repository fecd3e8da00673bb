"""E-mail into text: what the writer wrote, without the messages quoted and the signature."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from documents.html import extract_html
from documents.protocols import Document, DocumentError

_SIGNATURE = re.compile(r"^-- ?$.*", re.M | re.S)
_QUOTED = re.compile(r"^>.*\n?", re.M)
_INTRODUCTION = re.compile(r"^[^\n]{1,200}:\s*\n+(?=>)", re.M)


def extract_mail(data: bytes) -> Document:
    """Return the body, plain where there is a plain one, with the subject as title."""
    message = message_from_bytes(data, policy=policy.default)
    if not message.keys():
        raise DocumentError("document_damaged", "The document has no e-mail headers.")
    if message.get_content_type() in ("multipart/encrypted", "application/pkcs7-mime"):
        raise DocumentError("document_encrypted", "The e-mail is encrypted.")
    subject = str(message.get("Subject", ""))
    language = str(message.get("Content-Language", "")).split(",")[0].strip()
    return _read_body(message, subject, language)


def _read_body(message: EmailMessage, subject: str, language: str) -> Document:
    part = cast("EmailMessage | None", message.get_body(preferencelist=("plain", "html")))
    if part is None:
        return Document("", subject, language)
    if part.get_content_type() == "text/html":
        page = extract_html(part.get_content().encode("utf-8", "replace"), "utf-8")
        return Document(page.text, subject or page.title, language or page.language)
    text = part.get_content().replace("\r\n", "\n")
    for furniture in (_SIGNATURE, _INTRODUCTION, _QUOTED):
        text = furniture.sub("", text)
    return Document(text.strip(), subject, language)
