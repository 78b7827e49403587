"""Parses Twilio's webhooks. Every field is optional, except those that identify the message, its sender and account."""

import json
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from bot.channels.types import (
    WHATSAPP,
    CartItem,
    DeliveryStatus,
    Inbound,
    InboundKind,
    Location,
    Media,
    SenderAddress,
    StatusUpdate,
)

PREFIX: Final = "whatsapp:"
OUTBOX_REF: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MESSAGE_SID: Final = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}")
_PHONE: Final = re.compile(r"\+?[0-9]{5,15}")
_USER_ID: Final = re.compile(r"[!-~]{1,140}")  # today `NP.1349…`; other formats are accepted too
_CODE: Final = re.compile(r"[0-9]{1,6}")
_QUANTITY: Final = re.compile(r"[1-9][0-9]{0,5}")
_MOST_ITEMS: Final = 100
_LONGEST_NAME: Final = 100
_MOST_MEDIA: Final = 10

_STATUSES: Final = {
    "queued": DeliveryStatus.QUEUED,
    "accepted": DeliveryStatus.QUEUED,
    "scheduled": DeliveryStatus.QUEUED,
    "sending": DeliveryStatus.SENDING,
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "partially_delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "undelivered": DeliveryStatus.UNDELIVERED,
    "failed": DeliveryStatus.FAILED,
    "canceled": DeliveryStatus.CANCELED,
}


class Flaw(StrEnum):
    """Why a webhook can't be parsed."""

    NO_MESSAGE = "no_message"
    NO_SENDER = "no_sender"
    NO_RECIPIENT = "no_recipient"
    NOT_OUR_ACCOUNT = "not_our_account"


class MalformedWebhook(ValueError):
    """The form doesn't say which message it is, from whom, or for which account."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


def parse_message(form: Mapping[str, str], *, account_sid: str) -> Inbound:
    """Parse one inbound message. Unknown kinds and fields are kept. Raises MalformedWebhook.

    Verify the signature of *form* before: parsing replaces characters that the database can't store.
    """
    fields = _cleaned(form)
    sid = _message_sid(fields, account_sid=account_sid)
    sender = _sender(fields)
    if not fields.get("To", "").startswith(PREFIX):
        raise MalformedWebhook(Flaw.NO_RECIPIENT)
    location = _location(fields)
    media = _media(fields)
    cart = _cart(fields)
    kind = InboundKind.CART if cart else _kind(fields, location=location, media=media)
    text = fields.get("Body", "")
    is_choice = kind is InboundKind.CHOICE
    return Inbound(
        channel=WHATSAPP,
        provider_message_id=sid,
        sender=sender,
        kind=kind,
        text=text,
        choice_id=_first(fields, "ButtonPayload", "ListId") if is_choice else None,
        choice_title=(_first(fields, "ButtonText", "ListTitle") or text or None) if is_choice else None,
        location=location,
        media=media,
        cart=cart,
        replied_to_sid=fields.get("OriginalRepliedMessageSid") or None,
        raw=fields,
    )


def parse_status(form: Mapping[str, str], *, account_sid: str, outbox_ref: str | None) -> StatusUpdate:
    """Parse one status callback. *outbox_ref* comes from its URL, and is ignored unless it has our format."""
    fields = _cleaned(form)
    code = fields.get("ErrorCode", "")
    word = _first(fields, "MessageStatus", "SmsStatus") or ""
    return StatusUpdate(
        provider_message_id=_message_sid(fields, account_sid=account_sid),
        status=status_of(word),
        outbox_ref=outbox_ref if outbox_ref and OUTBOX_REF.fullmatch(outbox_ref) else None,
        error_code=int(code) if _CODE.fullmatch(code) and int(code) else None,
        raw=fields,
    )


def status_of(word: str) -> DeliveryStatus:
    """Our status for Twilio's; UNKNOWN, which changes nothing, for a new one."""
    return _STATUSES.get(word.strip().lower(), DeliveryStatus.UNKNOWN)


def _cleaned(form: Mapping[str, str]) -> dict[str, str]:
    """The first value of every field, without characters that PostgreSQL or JSON can't hold (NUL, lone surrogates)."""
    return {_storable(name): _storable(form[name]) for name in form}


def _storable(value: str) -> str:
    if "\x00" not in value and value.isascii():
        return value
    return "".join("\ufffd" if c == "\x00" or unicodedata.category(c) == "Cs" else c for c in value)


def _message_sid(fields: Mapping[str, str], *, account_sid: str) -> str:
    if fields.get("AccountSid") != account_sid:
        raise MalformedWebhook(Flaw.NOT_OUR_ACCOUNT)
    sid = _first(fields, "MessageSid", "SmsSid", "SmsMessageSid") or ""
    if not _MESSAGE_SID.fullmatch(sid):
        raise MalformedWebhook(Flaw.NO_MESSAGE)
    return sid


def _sender(fields: Mapping[str, str]) -> SenderAddress:
    """The sender's addresses: `From` is the phone or the user id; `WaId` and `ExternalUserId` may add the other."""
    named = fields.get("From", "").strip()
    wa_id = fields.get("WaId", "").strip()
    phone = _phone_address(named) or (_phone_address(f"{PREFIX}+{wa_id}") if wa_id.isdecimal() else None)
    user_id = _user_id_address(named) or _user_id_address(fields.get("ExternalUserId", "").strip())
    if not named.startswith(PREFIX) or not (phone or user_id):
        raise MalformedWebhook(Flaw.NO_SENDER)
    return SenderAddress(
        phone_address=phone,
        user_id_address=user_id,
        profile_name=" ".join(fields.get("ProfileName", "").split())[:_LONGEST_NAME],
    )


def _phone_address(address: str) -> str | None:
    return address if _PHONE.fullmatch(address.removeprefix(PREFIX)) else None


def _user_id_address(address: str) -> str | None:
    bare = address.removeprefix(PREFIX)
    return PREFIX + bare if _USER_ID.fullmatch(bare) and not _PHONE.fullmatch(bare) else None


def _kind(fields: Mapping[str, str], *, location: Location | None, media: tuple[Media, ...]) -> InboundKind:
    hint = fields.get("MessageType", "").strip().lower()
    if hint == "reaction":
        return InboundKind.REACTION
    if _first(fields, "InteractiveData", "FlowData"):
        return InboundKind.FORM
    if _first(fields, "ButtonPayload", "ButtonText", "ListId", "ListTitle"):
        return InboundKind.CHOICE
    if location:
        return InboundKind.LOCATION
    if hint in {"contact", "contacts"} or any("vcard" in item.content_type for item in media):
        return InboundKind.CONTACT
    if media:
        return InboundKind.MEDIA
    if not fields.get("Body", "").strip():
        return InboundKind.UNKNOWN
    # Without ListId and ListTitle, only the message type shows that it is a tap.
    return InboundKind.CHOICE if hint in {"interactive", "button"} else InboundKind.TEXT


def _location(fields: Mapping[str, str]) -> Location | None:
    latitude = _degrees(fields.get("Latitude", ""), limit=90)
    longitude = _degrees(fields.get("Longitude", ""), limit=180)
    if latitude is None or longitude is None:
        return None
    return Location(
        latitude=latitude,
        longitude=longitude,
        label=fields.get("Label", ""),
        address=fields.get("Address", ""),
    )


def _degrees(value: str, *, limit: int) -> Decimal | None:
    try:
        degrees = Decimal(value.strip())
    except InvalidOperation:
        return None
    return degrees if degrees.is_finite() and abs(degrees) <= limit else None


def _media(fields: Mapping[str, str]) -> tuple[Media, ...]:
    """Every media URL in the form: NumMedia may be missing or wrong."""
    found = [
        Media(url=url, content_type=fields.get(f"MediaContentType{index}", "").strip().lower())
        for index in range(_MOST_MEDIA)
        if (url := fields.get(f"MediaUrl{index}", "").strip())
    ]
    return tuple(found)


def _cart(fields: Mapping[str, str]) -> tuple[CartItem, ...]:
    """The goods of a catalogue cart: Meta's `product_items`, wherever in the JSON the provider puts them."""
    if fields.get("MessageType", "").strip().lower() != "order":
        return ()
    try:
        data = json.loads(_first(fields, "InteractiveData", "OrderData", "Order") or "null")
    except (ValueError, RecursionError):
        return ()
    items = [_cart_item(item) for item in _product_items(data)[:_MOST_ITEMS]]
    return tuple(item for item in items if item is not None)


def _product_items(data: object, depth: int = 3) -> list[object]:
    if not isinstance(data, dict) or depth == 0:
        return []
    items = data.get("product_items")
    if isinstance(items, list):
        return items
    return next((found for value in data.values() if (found := _product_items(value, depth - 1))), [])


def _cart_item(item: object) -> CartItem | None:
    if not isinstance(item, dict):
        return None
    sku, quantity = item.get("product_retailer_id"), str(item.get("quantity", ""))
    if not isinstance(sku, str) or not sku.strip() or not _QUANTITY.fullmatch(quantity):
        return None
    return CartItem(sku=" ".join(sku.split()), quantity=int(quantity))


def _first(fields: Mapping[str, str], *names: str) -> str | None:
    """The first of these fields that isn't blank."""
    return next((value for name in names if (value := fields.get(name, "")).strip()), None)
