"""The panel under /admin: pages for admins, by the same use cases and permissions as the API."""

from __future__ import annotations

import logging
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path

from flask import Blueprint, Flask, Response, request, send_file
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from werkzeug.exceptions import HTTPException

from admin_api.panel import cookies, doors
from admin_api.panel.doors import FormRefused, SignInNeeded, refusal_page
from admin_api.panel.pages import (
    alerts,
    claims,
    conversations,
    database,
    desk,
    imports,
    media,
    orders,
    prices,
    queues,
    reports,
    retailers,
    rules,
    search,
    signing,
    today,
    vendors,
)
from admin_api.problems import Problem, of_refusal
from core.config import Settings
from core.db.session import is_lock_taken
from core.errors import DomainError

PAGES = (
    alerts,
    claims,
    conversations,
    database,
    desk,
    imports,
    media,
    orders,
    prices,
    queues,
    reports,
    retailers,
    rules,
    search,
    signing,
    today,
    vendors,
)

_FONT = files("fontpkg_noto_sans_devanagari") / "files" / "NotoSansDevanagari[wdth,wght].ttf"
_STATIC = Path(__file__).parent / "static"
_A_DAY, _A_YEAR = 86_400, 31_536_000
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

logger = logging.getLogger(__name__)


def register(app: Flask, settings: Settings) -> None:
    cookies.configure(app, settings)
    panel = Blueprint("panel", __name__, url_prefix="/admin", static_folder=str(_STATIC))
    for pages in PAGES:
        pages.add(panel)
    panel.add_url_rule("/devanagari.ttf", "devanagari", _devanagari)
    panel.add_url_rule("/<path:rest>", "nowhere", _nowhere)
    panel.before_request(doors.check_address)
    panel.after_request(lambda response: _with_headers(response, is_production=settings.is_production))
    panel.register_error_handler(SignInNeeded, lambda _: doors.to_sign_in())
    panel.register_error_handler(FormRefused, lambda _: refusal_page(HTTPStatus.FORBIDDEN, "form_refused"))
    panel.register_error_handler(Problem, lambda problem: refusal_page(problem.status, problem.code))
    panel.register_error_handler(DomainError, _answer_refusal)
    panel.register_error_handler(HTTPException, _answer_http)
    for silent in (OperationalError, InterfaceError, PoolExhausted):
        panel.register_error_handler(silent, _answer_silence)
    app.register_blueprint(panel)


def _answer_refusal(refused: DomainError) -> Response:
    return refusal_page(of_refusal(refused).status, refused.code)


def _answer_http(raised: HTTPException) -> Response | HTTPException:
    if raised.response is not None or (raised.code or 500) < HTTPStatus.BAD_REQUEST:
        return raised
    status = HTTPStatus(raised.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    code = "not_found" if status is HTTPStatus.NOT_FOUND else "unexpected"
    return refusal_page(status, code)


def _answer_silence(raised: Exception) -> Response:
    if is_lock_taken(raised):
        logger.warning("a row was held for too long", exc_info=raised)
        return refusal_page(HTTPStatus.SERVICE_UNAVAILABLE, "busy")
    logger.error("the database does not answer", exc_info=raised)
    return refusal_page(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable")


def _nowhere(rest: str) -> Response:  # noqa: ARG001 - only that there is no such page
    return refusal_page(HTTPStatus.NOT_FOUND, "not_found")


def _devanagari() -> Response:
    """The font of the printed documents, for readers whose system has none."""
    return send_file(str(_FONT), mimetype="font/ttf", max_age=_A_YEAR)


def _with_headers(response: Response, *, is_production: bool) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if is_production:
        response.headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
    if request.endpoint == "panel.static":
        response.headers["Cache-Control"] = f"public, max-age={_A_DAY}"
    elif request.endpoint != "panel.devanagari":
        response.headers["Cache-Control"] = "no-store"
    return response
