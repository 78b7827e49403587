"""Posts as Twilio does: a form, signed over our public URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from bot.channels.twilio.signature import HEADER, sign
from core.config import TwilioAccount

PUBLIC_URL = "https://bot.example.com"
ACCOUNT = TwilioAccount(
    account_sid="AC" + "a" * 32, auth_token="12345", whatsapp_from="whatsapp:+14155238886"
)
ASHA = "whatsapp:+9779841000001"
MESSAGES, STATUS, FALLBACK = (
    "/webhooks/whatsapp",
    "/webhooks/whatsapp/status",
    "/webhooks/whatsapp/fallback",
)


def sid(number: int) -> str:
    return f"SM{number:032x}"


def message(
    text: str = "chini 5 kg ra tel 2", /, *, number: int = 1, sender: str = ASHA, **fields: str
) -> dict[str, str]:
    return {
        "MessageSid": sid(number),
        "AccountSid": ACCOUNT.account_sid,
        "From": sender,
        "To": ACCOUNT.whatsapp_from,
        "Body": text,
        "NumMedia": "0",
        **fields,
    }


@dataclass(frozen=True, kw_only=True)
class Post:
    """One request, ready for any client."""

    path: str
    body: bytes
    headers: dict[str, str]


def signed(
    path: str, form: Mapping[str, str], *, token: str = ACCOUNT.auth_token, url: str = PUBLIC_URL
) -> Post:
    return Post(
        path=path,
        body=urlencode(form).encode(),
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            HEADER: sign(url + path, form, token),
        },
    )
