"""The types that all channels share: inbound messages, outbound messages, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Protocol

WHATSAPP: Final = "whatsapp"


class InboundKind(StrEnum):
    TEXT = "text"
    CHOICE = "choice"  # a tapped button or list row
    LOCATION = "location"
    MEDIA = "media"  # photo, voice note, sticker, document; `text` is its caption
    CONTACT = "contact"
    REACTION = "reaction"
    FORM = "form"  # a submitted WhatsApp Flow
    CART = "cart"  # goods chosen in the WhatsApp catalogue
    UNKNOWN = "unknown"


class DeliveryStatus(StrEnum):
    """How far a message has got. A later member overrides an earlier one.

    A failure overrides *sent* (nothing else will follow) but not *delivered* and *read* (the person has it, whatever was
    reported before). UNKNOWN stands for a new status of the provider and never changes a message.
    """

    UNKNOWN = "unknown"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    CANCELED = "canceled"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    DELIVERED = "delivered"
    READ = "read"


@dataclass(frozen=True, kw_only=True, slots=True)
class SenderAddress:
    """A person's addresses on the channel, verbatim (`whatsapp:+977…`, `whatsapp:NP.1349…`). At least one is set."""

    phone_address: str | None = None
    user_id_address: str | None = (
        None  # business-scoped user id: the only name of a person who hides the number
    )
    profile_name: str = ""  # chosen by the person, never an identity

    def __post_init__(self) -> None:
        if not (self.phone_address or self.user_id_address):
            raise ValueError("a sender needs a phone or a user id")

    @property
    def reply_to(self) -> str:
        """The address for answers."""
        return self.phone_address or self.user_id_address or ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Location:
    latitude: Decimal
    longitude: Decimal
    label: str = ""
    address: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Media:
    url: str  # needs the account's credentials to be read
    content_type: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CartItem:
    """Goods of a catalogue cart by the id under which they were uploaded, our SKU, and how many of them."""

    sku: str
    quantity: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Inbound:
    """One message from a person."""

    channel: str
    provider_message_id: str  # unique per channel: the key against duplicates
    sender: SenderAddress
    kind: InboundKind
    text: str = ""
    choice_id: str | None = None  # None for a tap whose id the provider left out: then the title decides
    choice_title: str | None = None
    location: Location | None = None
    media: tuple[Media, ...] = ()
    cart: tuple[CartItem, ...] = ()
    replied_to_sid: str | None = None  # our message that was tapped or quoted
    sent_at: datetime | None = None  # only history knows it; webhooks carry no time
    raw: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusUpdate:
    """What the provider reports about one of our messages."""

    provider_message_id: str
    status: DeliveryStatus
    outbox_ref: str | None = (
        None  # ours, carried by the callback: it settles a send whose answer we never saw
    )
    error_code: int | None = None
    raw: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """An option to tap, or to choose by its number."""

    id: str
    title: str
    description: str = ""

    def __post_init__(self) -> None:
        if not self.id or not self.title.strip():
            raise ValueError("a choice needs an id and a title")


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateMessage:
    """An approved template, by our name for it. Nothing else may be sent outside the 24-hour window."""

    name: str
    language: str
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A file of ours that goes with a message. Its link is made when it is sent, so that none waits in the outbox."""

    name: str  # as it should be saved, with its ending
    title: str  # what it is, in the person's language
    names: Mapping[str, Any]  # what the signed link names
    as_link: bool = False  # the channel couldn't send the file: its link goes out as text


MOST_CHOICES: Final = 30  # as many as still fit one numbered text with readable titles


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message to a person, before it is fitted to a channel's limits.

    `text` always says everything; buttons or rows (never both) add something to tap. `template` says the same outside
    the window; after `limits.fit`, it is set only if it is what will be sent.
    """

    text: str
    buttons: tuple[Choice, ...] = ()
    rows: tuple[Choice, ...] = ()
    list_button: str | None = None  # what opens the list; without it rows become numbered text
    template: TemplateMessage | None = None
    documents: tuple[Document, ...] = ()  # after `limits.parts`, one at most, and then nothing else

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("a message needs a text")
        if self.buttons and self.rows:
            raise ValueError("a message has buttons or rows, not both")
        if len(self.choices) > MOST_CHOICES:
            raise ValueError(f"a message offers at most {MOST_CHOICES} choices")
        if len({choice.id for choice in self.choices}) < len(self.choices):
            raise ValueError("choices need different ids")

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The options, in the order of the numbers that can be typed instead."""
        return self.buttons or self.rows

    def to_json(self) -> dict[str, Any]:
        """As plain values for an outbox row; `from_json` reads it back."""
        return {
            "text": self.text,
            "buttons": [_choice_json(choice) for choice in self.buttons],
            "rows": [_choice_json(choice) for choice in self.rows],
            "list_button": self.list_button,
            "template": None
            if self.template is None
            else {
                "name": self.template.name,
                "language": self.template.language,
                "variables": list(self.template.variables),
            },
            "documents": [
                {"name": one.name, "title": one.title, "names": dict(one.names), "as_link": one.as_link}
                for one in self.documents
            ],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Message":
        template = stored.get("template")
        return cls(
            text=stored["text"],
            buttons=tuple(Choice(**choice) for choice in stored.get("buttons", ())),
            rows=tuple(Choice(**choice) for choice in stored.get("rows", ())),
            list_button=stored.get("list_button"),
            template=None
            if template is None
            else TemplateMessage(
                name=template["name"],
                language=template["language"],
                variables=tuple(template["variables"]),
            ),
            documents=tuple(Document(**one) for one in stored.get("documents") or ()),
        )


def _choice_json(choice: Choice) -> dict[str, str]:
    return {"id": choice.id, "title": choice.title, "description": choice.description}


class Failure(StrEnum):
    """Why a message didn't reach its person. `twilio/errors.py` maps Twilio's codes to these."""

    BAD_RECIPIENT = "bad_recipient"  # no such address, or not on WhatsApp
    OPTED_OUT = "opted_out"
    BLOCKED = "blocked"  # the person blocked us
    WINDOW_CLOSED = "window_closed"  # free text outside the 24 hours: send the template instead
    NOT_IN_SANDBOX = "not_in_sandbox"
    REJECTED = "rejected"  # policy, or Meta chose not to deliver
    OUR_BUG = "our_bug"  # we sent something that can never work
    MEDIA = "media"
    CONFIG = "config"  # credentials, sender, template: an operator must act; the message itself may be fine
    BUSY = "busy"  # rate or queue limit
    PROVIDER_FAULT = "provider_fault"
    UNRECOGNIZED = "unrecognized"  # a code we do not know


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """The provider accepted it. That isn't delivery: status callbacks report the rest."""

    provider_message_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SendRefused:
    """Certainly not sent. If `permanent`, trying again is pointless; otherwise, somebody must act first."""

    code: int | None
    failure: Failure
    permanent: bool
    detail: str = ""  # the provider's words, for the operator

    @property
    def needs_operator(self) -> bool:
        return self.failure in (Failure.CONFIG, Failure.OUR_BUG, Failure.UNRECOGNIZED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Later:
    """Certainly not sent; may be tried again."""

    code: int | None
    failure: Failure
    retry_after_seconds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """It may have been sent. Only a status callback with our reference, or the provider's list, can settle it."""

    reason: str


SendResult = Sent | SendRefused | Later | Unknown


class Sender(Protocol):
    """Sends messages through one provider. Called outside any transaction; raises only for programming errors."""

    def send(self, to: str, message: Message, *, outbox_ref: str) -> SendResult:
        """Send a fitted message once. *outbox_ref* is `[A-Za-z0-9_-]{1,64}` and comes back with status callbacks."""
        ...
