"""Queries Twilio's records: inbound messages that we missed, statuses of ours, and sends whose response was lost."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from json import JSONDecodeError
from typing import Any, Final

from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from bot.channels.limits import as_numbered_text
from bot.channels.twilio.inbound import MalformedWebhook, parse_message, status_of
from bot.channels.types import Inbound, Message, StatusUpdate

PAGE_SIZE: Final = 100
MOST_MESSAGES: Final = 1_000  # of one sweep; the next one goes on
MOST_TO_ONE_PERSON: Final = 50
MOST_MEDIA: Final = 10
API: Final = "https://api.twilio.com"
CLOCKS_MAY_DIFFER_BY: Final = timedelta(minutes=2)


class HistoryUnavailable(Exception):
    """Twilio can't be queried now. Nothing is known, and nothing has changed."""


class TwilioHistory:
    """Queries with the SDK's client, for our own address."""

    def __init__(self, client: Client, *, from_address: str) -> None:
        self._client = client
        self._from_address = from_address

    def list_inbound(self, *, since: datetime, limit: int = MOST_MESSAGES) -> list[Inbound]:
        """The *limit* newest inbound messages after *since*, oldest first.

        Twilio lists a tap only with its title and a pin only with its text, so both come as text.
        """
        with _asking():
            recent = self._client.messages.list(
                to=self._from_address,
                date_sent_after=since.astimezone(UTC),  # the SDK ignores the time zone and writes UTC
                limit=limit,
                page_size=min(PAGE_SIZE, limit),
            )
            read = [self._inbound(message) for message in reversed(recent) if message.direction == "inbound"]
        return [message for message in read if message is not None]

    def fetch(self, sid: str) -> Inbound | StatusUpdate | None:
        """One message, inbound or ours; None if Twilio doesn't know it."""
        with _asking():
            try:
                message = self._client.messages(sid).fetch()
            except TwilioRestException as refusal:
                if refusal.status == 404:
                    return None
                raise
            return self._inbound(message) if message.direction == "inbound" else _status(message)

    def find_sent(
        self, to: str, message: Message, *, since: datetime, known_sids: Collection[str]
    ) -> StatusUpdate | None:
        """Look for a send whose response was lost: the first message to *to* with this text and an unknown id.

        *known_sids* are the ids of other sends to this person. None means that Twilio doesn't list it; a message that
        it accepted a moment ago may still be missing. For a template, pass its rendered text.
        """
        wanted = {message.text.strip(), as_numbered_text(message).text.strip()}
        with _asking():
            # Not filtered by sent date: a queued message has none yet.
            candidates = self._client.messages.list(to=to, from_=self._from_address, limit=MOST_TO_ONE_PERSON)
            for candidate in reversed(candidates):
                is_recent = candidate.date_created and candidate.date_created >= since - CLOCKS_MAY_DIFFER_BY
                if is_recent and candidate.sid not in known_sids and (candidate.body or "").strip() in wanted:
                    return _status(candidate)
        return None

    def _inbound(self, message: Any) -> Inbound | None:
        """Parse a listed message as its webhook would have been; None if it isn't WhatsApp."""
        form = {
            "MessageSid": message.sid or "",
            "AccountSid": message.account_sid or "",
            "From": message.from_ or "",
            "To": message.to or "",
            "Body": message.body or "",
            "NumMedia": message.num_media or "0",
        }
        try:
            read = parse_message(form, account_sid=self._client.account_sid)
        except MalformedWebhook:
            return None
        if form["NumMedia"] != "0":
            for index, media in enumerate(self._client.messages(message.sid).media.list(limit=MOST_MEDIA)):
                form[f"MediaUrl{index}"] = API + str(media.uri).removesuffix(".json")
                form[f"MediaContentType{index}"] = media.content_type or ""
            read = parse_message(form, account_sid=self._client.account_sid)
        return replace(read, sent_at=message.date_sent or message.date_created)


def _status(message: Any) -> StatusUpdate:
    return StatusUpdate(
        provider_message_id=message.sid,
        status=status_of(message.status or ""),
        error_code=int(message.error_code) if message.error_code else None,
    )


@contextmanager
def _asking() -> Iterator[None]:
    try:
        yield
    except (TwilioException, RequestException, JSONDecodeError) as failure:
        raise HistoryUnavailable(type(failure).__name__) from failure
