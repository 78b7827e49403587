"""The page with the phones. The composition root registers it in development only."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.wrappers import Response as WerkzeugResponse

from bot.file_links import linking
from bot.simulator import books, screen
from bot.simulator.phone import Phone, WebhookRefused
from core.config import PROJECT_ROOT, Settings, is_from_this_machine
from core.db.clock import business_now, move_clock
from core.db.session import Database
from core.messaging.models import OutboundStatus

_MOST_PHONES = 6
_LARGEST_ID = 2**63 - 1


class Written(BaseModel):
    """What the person sent: exactly one of text, choice, pin and photo."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(default="", max_length=100)
    text: str = Field(default="", max_length=65_000)
    choice: str | None = Field(default=None, max_length=256)
    row: bool = False
    replied_to: str | None = Field(default=None, max_length=64)
    pin: tuple[str, str] | None = None
    photo: bool = False


class ClockMove(BaseModel):
    model_config = ConfigDict(extra="forbid")

    minutes: int = Field(gt=0, le=60 * 24 * 60)


def blueprint(settings: Settings, database: Database) -> Blueprint:  # noqa: C901 - a list of routes
    pages = Blueprint(
        "simulator",
        __name__,
        url_prefix="/simulator",
        template_folder=str(PROJECT_ROOT / "templates"),
        static_folder=str(Path(__file__).parent / "static"),
    )

    link_of = linking(settings)

    pages.before_request(_refuse_others)
    pages.before_request(_refuse_impossible)

    def phone(address: str, name: str = "") -> Phone:
        base_url = f"http://127.0.0.1:{settings.port}"
        return Phone(settings=settings, base_url=base_url, address=address, profile_name=name)

    @pages.get("/")
    def show() -> str:
        return render_template("simulator/simulator.html")

    @pages.get("/cast")
    def cast() -> Response:
        with database.transaction() as session:
            return jsonify(cast=screen.cast(session), now=business_now(session).isoformat())

    @pages.get("/phones")
    def phones() -> Response:
        """The screens of the phones named by `address`, who else has unread messages, and the business time."""
        addresses = request.args.getlist("address")[:_MOST_PHONES]
        with database.transaction() as session:
            screens = {address: screen.messages(session, address) for address in addresses}
            waiting = screen.waiting(session)
            now = business_now(session)
        return jsonify(screens=screens, waiting=waiting, now=now.isoformat())

    @pages.post("/phones/<address>/messages")
    def write(address: str) -> tuple[Response, int]:
        try:
            written = Written.model_validate(request.get_json(silent=True))
        except ValidationError as problem:
            return jsonify(code="unreadable", errors=problem.error_count()), HTTPStatus.BAD_REQUEST
        try:
            sid = _send(phone(address, written.name), written)
        except WebhookRefused as refused:
            return jsonify(code="webhook_refused", status=refused.status), HTTPStatus.BAD_GATEWAY
        return jsonify(sid=sid), HTTPStatus.CREATED

    @pages.post("/phones/<address>/seen")
    def seen(address: str) -> tuple[str, int]:
        """Report the person's messages as delivered and read, as WhatsApp would when they look at the phone."""
        with database.transaction() as session:
            waiting = [
                (str(message.provider_message_id), str(message.id), message.status)
                for message in screen.unseen(session, address)
            ]
        for sid, outbox_ref, status in waiting:
            if status is OutboundStatus.SENT:
                phone(address).report(sid, "delivered", outbox_ref=outbox_ref)
            phone(address).report(sid, "read", outbox_ref=outbox_ref)
        return "", HTTPStatus.NO_CONTENT

    @pages.get("/files/<int:message_id>/<int:place>")
    def open_file(message_id: int, place: int) -> WerkzeugResponse:
        """The signed link that WhatsApp's servers would fetch, made anew, because this page may stay open for days."""
        with database.transaction() as session:
            document = screen.document(session, message_id, place)
        if document is None:
            abort(HTTPStatus.NOT_FOUND)
        return redirect(link_of(document).removeprefix(settings.public_url))

    @pages.get("/books")
    def show_books() -> Response:
        """Account, holds and latest postings of the party with this address."""
        with database.transaction() as session:
            return jsonify(
                books.of_address(session, request.args.get("address", ""), now=business_now(session))
            )

    @pages.post("/clock")
    def clock() -> tuple[Response, int]:
        try:
            moved = ClockMove.model_validate(request.get_json(silent=True))
        except ValidationError as problem:
            return jsonify(code="unreadable", errors=problem.error_count()), HTTPStatus.BAD_REQUEST
        with database.transaction() as session:
            now = move_clock(session, to=business_now(session) + dt.timedelta(minutes=moved.minutes))
        return jsonify(now=now.isoformat()), HTTPStatus.OK

    return pages


def _refuse_others() -> None:
    if not is_from_this_machine(request.host, request.headers.keys()):
        abort(HTTPStatus.NOT_FOUND)


def _refuse_impossible() -> None:
    """No address holds a NUL, and no row has a number beyond a bigint: the database would refuse to look."""
    texts = [request.path, *(value for _, values in request.args.lists() for value in values)]
    numbers = [value for value in (request.view_args or {}).values() if isinstance(value, int)]
    if any("\x00" in text for text in texts) or any(number > _LARGEST_ID for number in numbers):
        abort(HTTPStatus.NOT_FOUND)


def _send(phone: Phone, written: Written) -> str:
    if written.choice is not None:
        tap: Any = phone.pick_row if written.row else phone.tap_button
        return str(tap(written.choice, written.text, replied_to=written.replied_to or ""))
    if written.pin is not None:
        return phone.send_pin(*written.pin)
    if written.photo:
        return phone.send_photo(written.text)
    return phone.write(written.text, replied_to=written.replied_to)
