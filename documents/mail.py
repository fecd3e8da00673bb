"""E-mail into text: what the writer wrote, without the messages quoted and the signature."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from typing import cast

from lxml.etree import XPath
from trafilatura.utils import decode_file

from documents.html import extract_html
from documents.protocols import Document, DocumentError

_SIGNATURE = re.compile(r"^-- ?$.*", re.M | re.S)
_MARK = re.compile(r"^(?:> ?)+", re.M)
_QUOTED = re.compile(r"^>.*\n?", re.M)
# "On …, B wrote:", which programs break where it has an address. No part of a line is read anew
# from each place in it: hostile text costs what its length does.
_INTRODUCTION = re.compile(
    r"^(?:(?=[^\n\d]*\d[^\n])[^\n]*[^\n.!?:]\n[^\n@]*@[^\n]*:|[^\n]{1,200}:)\s*\n(?=>)", re.M
)
# What Outlook puts over the message that it quotes, with no mark before its lines.
_BELOW = re.compile(
    r"^(?:-{3,} ?(?:Original Message|Ursprüngliche Nachricht|Message d'origine|Mensaje original)"
    r" ?-{3,}$|(?:_{5,}\s+)?(?:From|Von|De) ?:[^\n]*\n+"
    r"(?:Sent|Gesendet|Envoyé|Enviado(?: el)?|Date) ?:).*",
    re.M | re.S,
)
_FORWARDED = re.compile(r"\s*(?:fwd?|wg|tr|rv)\s*:", re.I)
_find_quoted = XPath(
    "//blockquote[@type = 'cite' or contains(@class, 'gmail_quote')]"
    " | //*[contains(@class, 'gmail_attr') or contains(@class, 'moz-cite-prefix')]"
    " | //*[@id = 'divRplyFwdMsg'] | //*[@id = 'divRplyFwdMsg']/following-sibling::*"
)


def extract_mail(data: bytes) -> Document:
    """Return the body, plain where there is a plain one, with the subject as title."""
    message = message_from_bytes(data, policy=policy.default)
    if not message.keys():
        raise DocumentError("document_damaged", "The document has no e-mail headers.")
    if message.get_content_type() in ("multipart/encrypted", "application/pkcs7-mime"):
        raise DocumentError("document_encrypted", "The e-mail is encrypted.")
    subject = str(message.get("Subject", ""))
    language = str(message.get("Content-Language", "")).split(",")[0].strip()
    # What somebody forwards is what he wants to be read.
    forwarded = _FORWARDED.match(subject) is not None
    text = _read_plain(message, forwarded)
    if text:
        return Document(text, subject, language)
    page = _read_page(message, forwarded)
    return Document(page.text, subject or page.title, language or page.language)


def _read_plain(message: EmailMessage, forwarded: bool) -> str:
    """Return the plain body; some programs part it around what is attached."""
    body = _find_body(message, "plain")
    if body is None:
        return ""
    beside = message.iter_parts() if message.get_content_type() == "multipart/mixed" else ()
    more = [part for part in beside if part is not body and _is_plain(part)]
    text = "\n\n".join(map(_decode, (body, *more))).replace("\r\n", "\n")
    return _drop_quoted(text, forwarded).strip()


def _find_body(message: EmailMessage, kind: str) -> MIMEPart | None:
    return message.get_body(preferencelist=(kind,))


def _is_plain(part: MIMEPart) -> bool:
    return part.get_content_type() == "text/plain" and "Content-Disposition" not in part


def _decode(part: MIMEPart) -> str:
    """Return the text of a part, whose charset may be none, unknown or wrong."""
    data = cast(bytes, part.get_payload(decode=True))
    with suppress(LookupError, ValueError):
        return data.decode(part.get_content_charset("utf-8"))
    return decode_file(data)


def _drop_quoted(text: str, forwarded: bool) -> str:
    if forwarded:
        return _MARK.sub("", text)
    for furniture in (_BELOW, _SIGNATURE, _INTRODUCTION, _QUOTED):
        text = furniture.sub("", text)
    return text


def _read_page(message: EmailMessage, forwarded: bool) -> Document:
    body = _find_body(message, "html")
    page = "" if body is None else _decode(body)
    if not page.strip():
        return Document("")
    data = page.encode("utf-8", "replace")
    if forwarded:
        return extract_html(data, "utf-8")
    found = extract_html(data, "utf-8", _find_quoted)
    return replace(found, text=_BELOW.sub("", found.text).strip())
