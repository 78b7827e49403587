"""The OpenAPI document, and a page that shows it without loading anything from other hosts."""

from __future__ import annotations

from flask import Blueprint, Response

from admin_api.endpoints import JSON, open_endpoint, wiring

blueprint = Blueprint("api_docs", __name__)

_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


@blueprint.get("/openapi.json")
@open_endpoint(tag="documentation", raw_answer=(JSON,))
def openapi() -> Response:
    """This document."""
    return Response(wiring().document.json(), mimetype=JSON)


@blueprint.get("/docs")
@open_endpoint(tag="documentation", raw_answer=("text/html",))
def docs() -> Response:
    """The document as a page."""
    headers = {"Content-Security-Policy": _PAGE_POLICY}
    return Response(wiring().document.page(), mimetype="text/html", headers=headers)
