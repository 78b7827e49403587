"""Twilio's three webhooks: messages, statuses, and the fallback, which only stores.

Refused, with nothing written: too large (413), not signed for our public URL or not for our account (403), unreadable
(400). If storing fails, the answer is 503, so that Twilio sends it again.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, abort, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from bot import inbox, sending
from bot.channels.twilio.inbound import Flaw, MalformedWebhook, parse_message, parse_status
from bot.channels.twilio.signature import HEADER, is_signed, signed_url
from core import trace
from core.config import Settings
from core.db.session import Database

# The 4,096 characters of a WhatsApp message are 49 kB as a form at most; ten pictures and a name take some more.
MOST_BYTES: Final = 64 * 1024
EMPTY_TWIML: Final = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

Now = Callable[[Session], dt.datetime]
Keep = Callable[[Session, MultiDict[str, str], dt.datetime], None]

logger = logging.getLogger(__name__)


def blueprint(settings: Settings, database: Database, *, now: Now) -> Blueprint:
    """The webhooks, for the account whose signature *settings* trusts: Twilio's, or the simulator's own."""
    webhook = Blueprint("whatsapp", __name__, url_prefix="/webhooks/whatsapp")
    account = settings.webhook_account

    def receive(session: Session, form: MultiDict[str, str], at: dt.datetime) -> None:
        inbox.receive(session, parse_message(form, account_sid=account.account_sid), now=at)

    def store(session: Session, form: MultiDict[str, str], at: dt.datetime) -> None:
        inbox.store(session, parse_message(form, account_sid=account.account_sid), now=at)

    def follow(session: Session, form: MultiDict[str, str], at: dt.datetime) -> None:
        update = parse_status(form, account_sid=account.account_sid, outbox_ref=request.args.get("oid"))
        sending.receive_status(session, update, now=at)

    def keep(with_form: Keep) -> None:
        """Verify, read and commit, or abort."""
        form = _verified_form(settings)
        try:
            with trace.span("webhook", webhook=with_form.__name__), database.transaction() as session:
                with_form(session, form, now(session))
        except MalformedWebhook as malformed:
            logger.warning("unreadable webhook", extra={"flaw": malformed.flaw})
            abort(HTTPStatus.FORBIDDEN if malformed.flaw is Flaw.NOT_OUR_ACCOUNT else HTTPStatus.BAD_REQUEST)
        except SQLAlchemyError as problem:
            logger.exception("a webhook could not be stored", extra={"problem": type(problem).__name__})
            abort(HTTPStatus.SERVICE_UNAVAILABLE)

    @webhook.post("")
    def messages() -> Response:
        keep(receive)
        return _nothing_to_say()

    @webhook.post("/fallback")
    def fallback() -> Response:
        keep(store)
        return _nothing_to_say()

    @webhook.post("/status")
    def status() -> tuple[str, int]:
        keep(follow)
        return "", HTTPStatus.NO_CONTENT

    return webhook


def _verified_form(settings: Settings) -> MultiDict[str, str]:
    request.max_content_length = MOST_BYTES
    if request.mimetype != "application/x-www-form-urlencoded":
        abort(HTTPStatus.FORBIDDEN)
    if request.content_length is None:
        # Without a length, nothing is read, so there is nothing to check the signature against.
        abort(HTTPStatus.LENGTH_REQUIRED)
    form = request.form
    url = signed_url(settings.public_url, request.path, request.query_string)
    if not is_signed(url, form, request.headers.get(HEADER), [settings.webhook_account.auth_token]):
        logger.warning("a webhook was not signed by our provider")
        abort(HTTPStatus.FORBIDDEN)
    return form


def _nothing_to_say() -> Response:
    return Response(EMPTY_TWIML, mimetype="text/xml")
