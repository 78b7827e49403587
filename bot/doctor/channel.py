"""Twilio: the account, the sender, the way in (PUBLIC_URL and its signature), and the templates' approval."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from bot.channels.twilio.approval import APPROVED, MOST_CONTENTS
from bot.channels.twilio.signature import HEADER, sign
from bot.channels.twilio.templates import Template
from bot.doctor.findings import Finding, bad, good, warning
from core.clock import system_now
from core.config import Settings, TwilioAccount, is_loopback

SANDBOX: Final = "whatsapp:+14155238886"
WEBHOOK: Final = "/webhooks/whatsapp"
TOLERATED_SKEW: Final = dt.timedelta(seconds=30)
SECONDS: Final = 10
_GUIDE: Final = "docs/how-to/connect-twilio.md"


def look_at_channel(
    settings: Settings, client: Client | None, templates: Mapping[str, Template]
) -> Iterator[Finding]:
    """Everything between us and a phone."""
    if settings.twilio is None or client is None:
        yield good("channel", "the simulator: no Twilio account is set, so no phone is reached")
        return
    yield from look_at_account(settings.twilio, client)
    yield from look_at_way_in(settings)
    if settings.twilio.whatsapp_from == SANDBOX:
        yield warning(
            "sender",
            "Twilio's sandbox: only phones that joined within three days, and no templates of ours",
            "for production, register a WhatsApp sender and set TWILIO_WHATSAPP_FROM to it",
        )
        return
    yield look_at_sender(settings, client)
    yield look_at_templates(client, templates)


def look_at_account(account: TwilioAccount, client: Client) -> Iterator[Finding]:
    url = f"https://api.twilio.com/2010-04-01/Accounts/{account.account_sid}.json"
    try:
        response = client.request("GET", url)
        shown = _shown(response.text)
    except (requests.RequestException, TwilioException) as silent:
        yield bad(
            "account",
            f"Twilio's API can't be reached ({type(silent).__name__})",
            "let this machine reach https://api.twilio.com (port 443)",
        )
        return
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        yield bad(
            "account",
            "Twilio doesn't know this account with this token",
            "copy Account SID and primary Auth Token from Twilio's console again",
        )
        return
    if response.status_code != HTTPStatus.OK or shown.get("status") != "active":
        yield bad(
            "account",
            f"Twilio says {shown.get('status') or response.status_code}",
            "open Twilio's console: a suspended account sends nothing",
        )
        return
    is_trial = shown.get("type") == "Trial"
    if is_trial:
        yield warning(
            "account",
            "active, on trial: one message in three seconds, fifty a day",
            "upgrade the account before real shops write",
        )
    else:
        yield good("account", "active")
    if date := (response.headers or {}).get("Date"):
        ahead = parsedate_to_datetime(date) - system_now()
        if abs(ahead) > TOLERATED_SKEW:
            yield bad(
                "clock",
                f"Twilio's differs from ours by {abs(ahead).total_seconds():.0f} s",
                "let NTP set this machine's clock (timedatectl set-ntp true)",
            )


def look_at_way_in(settings: Settings) -> Iterator[Finding]:
    """Post to our own public address as Twilio does. The form has no message, so that nothing is written: 400 is good."""
    address = settings.public_url + WEBHOOK + "/status"
    if is_loopback(settings.public_url) or urlsplit(settings.public_url).scheme != "https":
        yield bad(
            "way in",
            f"Twilio can't call {settings.public_url}",
            f"set PUBLIC_URL to the https address that leads here: {_GUIDE}",
        )
        if not is_loopback(settings.public_url):
            return
    account = settings.webhook_account
    form = {"AccountSid": account.account_sid}
    headers = {HEADER: sign(address, form, account.auth_token)}
    try:
        answer = requests.post(address, data=form, headers=headers, timeout=SECONDS, allow_redirects=False)
    except requests.RequestException as silent:
        yield bad(
            "webhook",
            f"{address} can't be reached from here ({type(silent).__name__})",
            "start the web process, and look at DNS, proxy and certificate",
        )
        return
    yield judge_answer(answer.status_code, address)


def judge_answer(status: int, address: str) -> Finding:
    if status == HTTPStatus.BAD_REQUEST:
        return good("webhook", f"{address} takes our signature")
    if status == HTTPStatus.FORBIDDEN:
        return bad(
            "webhook",
            f"{address} refuses a signature made for PUBLIC_URL",
            "the web process has another PUBLIC_URL, token or account: start all processes with the same settings",
        )
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return bad(
            "webhook",
            f"{address} redirects, and a redirect loses the form",
            "give the final address as PUBLIC_URL",
        )
    if status == HTTPStatus.NOT_FOUND:
        return bad(
            "webhook",
            f"{address} isn't Khaacho, or a proxy cuts the path",
            "let the proxy pass the path on unchanged",
        )
    return bad(
        "webhook",
        f"{address} answers {status}",
        "read the web process's log; 502 to 504 come from the proxy before it",
    )


def look_at_sender(settings: Settings, client: Client) -> Finding:
    address = settings.twilio.whatsapp_from if settings.twilio else ""
    try:
        senders = client.messaging.v2.channels_senders.list(channel="whatsapp", limit=100)
    except (requests.RequestException, TwilioException) as silent:
        return warning(
            "sender", f"Twilio doesn't list the senders ({type(silent).__name__})", "look in Twilio's console"
        )
    sender = next((one for one in senders if one.sender_id == address), None)
    if sender is None:
        return bad(
            "sender",
            f"{address} is none of this account's WhatsApp senders",
            "set TWILIO_WHATSAPP_FROM to one of them: Messaging, Senders, WhatsApp",
        )
    if not str(sender.status).upper().startswith("ONLINE"):
        return bad(
            "sender", f"{address} is {sender.status}", "Twilio's console says why, under WhatsApp senders"
        )
    called = str(_webhook_of(sender).get("callback_url") or "").partition("#")[0]
    wanted = settings.public_url + WEBHOOK
    if called and called != wanted:
        return bad(
            "sender",
            f"messages to {address} go to {called}",
            f"set its address for incoming messages to {wanted}",
        )
    return good("sender", f"{address} is online")


def look_at_templates(client: Client, templates: Mapping[str, Template]) -> Finding:
    names = [
        template.friendly_name(language) for template in templates.values() for language in template.wordings
    ]
    try:
        contents = client.content.v1.content_and_approvals.list(limit=MOST_CONTENTS)
    except (requests.RequestException, TwilioException) as silent:
        return warning(
            "templates", f"Twilio doesn't list them ({type(silent).__name__})", "look in Twilio's console"
        )
    states = {
        content.friendly_name: str((content.approval_requests or {}).get("status", "unsubmitted"))
        for content in contents
    }
    return judge_templates({name: states.get(name, "unsubmitted") for name in names})


def judge_templates(states: Mapping[str, str]) -> Finding:
    missing = {name: state for name, state in states.items() if state != APPROVED}
    if not missing:
        return good("templates", f"all {len(states)} are approved")
    shown = ", ".join(f"{name} ({state})" for name, state in sorted(missing.items())[:4])
    more = f" and {len(missing) - 4} more" if len(missing) > 4 else ""
    return warning(
        "templates",
        f"{len(missing)} of {len(states)} aren't approved: {shown}{more}; their notices wait for the person to write",
        "python -m wsgi sync-templates submits what is new and remembers what is approved; reword what was rejected",
    )


def _shown(body: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _webhook_of(sender: Any) -> Mapping[str, Any]:
    return sender.webhook if isinstance(sender.webhook, dict) else {}
