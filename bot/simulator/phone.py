"""A simulated phone. What it sends and reports are webhooks, signed like Twilio's."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import requests

from bot.channels.twilio.signature import HEADER, sign
from core.config import Settings

MESSAGES: Final = "/webhooks/whatsapp"
STATUSES: Final = "/webhooks/whatsapp/status"
# Nothing is fetched from here: `media` answers for it.
PHOTO_URL: Final = "https://media.invalid/note.png"
_TIMEOUT_SECONDS: Final = 10


class WebhookRefused(Exception):
    """The endpoint refused the webhook with `status`."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the webhook answered {status}")
        self.status = status


@dataclass(frozen=True, kw_only=True, slots=True)
class Phone:
    """One person's WhatsApp. *base_url* is where the application listens; the signature is over its public URL."""

    settings: Settings
    base_url: str
    address: str
    profile_name: str

    def write(self, text: str, *, replied_to: str | None = None) -> str:
        return self._send({"Body": text, "MessageType": "text"}, replied_to=replied_to)

    def tap_button(self, choice_id: str, title: str, *, replied_to: str) -> str:
        fields = {"Body": title, "ButtonText": title, "ButtonPayload": choice_id, "MessageType": "button"}
        return self._send(fields, replied_to=replied_to)

    def pick_row(self, choice_id: str, title: str, *, replied_to: str) -> str:
        fields = {"Body": title, "ListId": choice_id, "ListTitle": title, "MessageType": "interactive"}
        return self._send(fields, replied_to=replied_to)

    def send_pin(self, latitude: str, longitude: str) -> str:
        return self._send(
            {"Body": "", "Latitude": latitude, "Longitude": longitude, "MessageType": "location"}
        )

    def send_photo(self, caption: str = "") -> str:
        media = {
            "NumMedia": "1",
            "MediaUrl0": PHOTO_URL,
            "MediaContentType0": "image/png",
        }
        return self._send({"Body": caption, "MessageType": "image"} | media)

    def report(self, provider_message_id: str, status: str, *, outbox_ref: str) -> None:
        """Report one of our messages as delivered or read, like Twilio's status callback."""
        account = self.settings.webhook_account
        form = {
            "MessageSid": provider_message_id,
            "SmsSid": provider_message_id,
            "MessageStatus": status,
            "SmsStatus": status,
            "AccountSid": account.account_sid,
            "From": account.whatsapp_from,
            "To": self.address,
        }
        self._post(f"{STATUSES}?oid={outbox_ref}", form)

    def _send(self, fields: Mapping[str, str], *, replied_to: str | None = None) -> str:
        account = self.settings.webhook_account
        sid = "SM" + secrets.token_hex(16)
        bare = self.address.removeprefix("whatsapp:")
        form = {
            "MessageSid": sid,
            "SmsMessageSid": sid,
            "SmsSid": sid,
            "SmsStatus": "received",
            "AccountSid": account.account_sid,
            "ApiVersion": "2010-04-01",
            "From": self.address,
            "To": account.whatsapp_from,
            "ProfileName": self.profile_name,
            "NumMedia": "0",
            "NumSegments": "1",
            **(
                {"WaId": bare.removeprefix("+")} if bare.startswith("+") else {"ExternalUserId": self.address}
            ),
            **({"OriginalRepliedMessageSid": replied_to} if replied_to else {}),
            **fields,
        }
        self._post(MESSAGES, form)
        return sid

    def _post(self, path: str, form: Mapping[str, str]) -> None:
        signature = sign(self.settings.public_url + path, form, self.settings.webhook_account.auth_token)
        answer = requests.post(
            self.base_url + path, data=form, headers={HEADER: signature}, timeout=_TIMEOUT_SECONDS
        )
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            raise WebhookRefused(answer.status_code)
