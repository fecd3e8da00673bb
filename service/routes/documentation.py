"""`/openapi.json` and `/docs`: the API's description, and a page to try it, without a network."""

from __future__ import annotations

from importlib.resources import files

from flask import Blueprint, Response, current_app, jsonify, send_from_directory

# The package brings Swagger UI as plain files; its own page takes its script from inside the
# HTML, which a strict Content-Security-Policy forbids, so the page here is our own.
_SWAGGER = str(files("flask_openapi3_swagger") / "templates" / "swagger")
_STATIC = str(files("service") / "static")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

pages = Blueprint("documentation", __name__)


@pages.get("/openapi.json")
def openapi() -> Response:
    """Return the OpenAPI document."""
    return jsonify(current_app.api_doc)  # type: ignore[attr-defined]  # of flask-openapi3


@pages.get("/docs")
def docs() -> Response:
    """Return the page that shows the OpenAPI document."""
    response = send_from_directory(_STATIC, "docs.html")
    response.headers["Content-Security-Policy"] = _POLICY
    return response


@pages.get("/docs/static/<path:name>")
def docs_file(name: str) -> Response:
    """Return a file of the page."""
    return send_from_directory(_STATIC if name.startswith("docs.") else _SWAGGER, name)
