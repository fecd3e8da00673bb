"""`/`: the page for people, plain files that ask the API like any other client."""

from __future__ import annotations

from importlib.resources import files

from flask import Blueprint, Response, send_from_directory

_FOLDER = str(files("service") / "static" / "page")
# Everything comes from here, nothing is written into the page as markup, no form is sent and no
# other page may frame it.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)

page = Blueprint("page", __name__)


@page.get("/")
def show() -> Response:
    """Return the page."""
    return send_from_directory(_FOLDER, "index.html")


@page.get("/page/<path:name>")
def send(name: str) -> Response:
    """Return a file of the page."""
    return send_from_directory(_FOLDER, name)


@page.after_request
def protect(response: Response) -> Response:
    """Let the browser hold the page to what it is made of."""
    response.headers["Content-Security-Policy"] = _POLICY
    return response
