"""What stands around our sender in the tests: an account, a store of contents, and a receiver of callbacks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, urlsplit

from bot.channels.twilio.client import build_client
from bot.channels.twilio.inbound import parse_status
from bot.channels.twilio.sender import TwilioSender
from bot.channels.twilio.signature import HEADER, is_signed
from bot.channels.twilio.templates import parse_templates
from bot.channels.types import StatusUpdate
from core.config import TwilioAccount
from tests.contract.fake_twilio import serving
from tests.contract.peer import ACCOUNT_SID, AUTH_TOKEN, SENDER

TEMPLATES = parse_templates("""
[offer_new]
category = "utility"
variables = { order = "KH-1042", amount = "Rs. 1,200.00" }
en.body = "A new order {{1}} for {{2}} waits for your answer, until this evening."
ne.body = "नयाँ अर्डर {{1}} रकम {{2}} को छ, आज साँझसम्म जवाफ दिनुहोला।"
""")


class Contents(dict):
    """What the database does in the real program."""

    find = dict.get

    def remember(self, name: str, sid: str) -> None:
        self[name] = sid

    def forget(self, name: str) -> None:
        self.pop(name, None)


class Callbacks:
    """Receives status callbacks as our webhook does, and keeps them in the order of arrival."""

    def __init__(self) -> None:
        self.url = ""
        self.updates: list[StatusUpdate] = []
        self._arrived = threading.Condition()

    def take(self, url: str, body: str, signature: str | None) -> int:
        form = dict(parse_qsl(body, keep_blank_values=True))
        if not is_signed(url, form, signature, [AUTH_TOKEN]):
            return 403
        oid = dict(parse_qsl(urlsplit(url).query)).get("oid")
        with self._arrived:
            self.updates.append(parse_status(form, account_sid=ACCOUNT_SID, outbox_ref=oid))
            self._arrived.notify_all()
        return 204

    def wait_for(self, count: int) -> list[StatusUpdate]:
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.updates) >= count, timeout=20), self.updates
            return list(self.updates)


@contextmanager
def receiving_callbacks() -> Iterator[Callbacks]:
    received = Callbacks()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.send_response(received.take(received.url + self.path, body, self.headers.get(HEADER)))
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with serving(Handler) as base_url:
        received.url = base_url
        yield received


def an_account(*, api_url: str, auth_token: str = AUTH_TOKEN) -> TwilioAccount:
    return TwilioAccount(
        account_sid=ACCOUNT_SID, auth_token=auth_token, whatsapp_from=SENDER, api_url=api_url
    )


def a_sender(
    account: TwilioAccount, callbacks: Callbacks, contents: Contents, *, timeout_seconds: int = 10
) -> TwilioSender:
    return TwilioSender(
        build_client(account, timeout_seconds=timeout_seconds),
        from_address=account.whatsapp_from,
        status_url=f"{callbacks.url}/webhooks/whatsapp/status",
        contents=contents,
        templates=TEMPLATES,
        link_of=lambda document: f"https://bot.example.com/api/v1/files/signed/{document.name}",
    )
