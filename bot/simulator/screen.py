"""What a phone shows: the messages of one conversation, newest last, and the people to choose from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.channels.types import Document, Message
from core.messaging.models import Conversation, InboundMessage, OutboundMessage, OutboundStatus
from core.parties.models import ChannelAddress, Contact, Membership, Retailer, Vendor

_SHOWN = {OutboundStatus.SENT, OutboundStatus.DELIVERED, OutboundStatus.READ}
_NEWEST = 80


def cast(session: Session) -> list[dict[str, Any]]:
    """Everybody with an address, retailers before vendors, oldest first."""
    rows = session.execute(
        select(
            ChannelAddress.address,
            Contact.name,
            Membership.position,
            Retailer.shop_name,
            Vendor.business_name,
        )
        .join(Contact, Contact.id == ChannelAddress.contact_id)
        .outerjoin(Membership, Membership.contact_id == Contact.id)
        .outerjoin(Retailer, Retailer.id == Membership.retailer_id)
        .outerjoin(Vendor, Vendor.id == Membership.vendor_id)
        .order_by(Retailer.id.nulls_last(), Vendor.id.nulls_last(), ChannelAddress.id)
    )
    return [
        {
            "address": address,
            "name": name,
            "position": position,
            "party": shop or business,
            "role": "retailer" if shop else "vendor" if business else None,
        }
        for address, name, position, shop, business in rows
    ]


def messages(session: Session, address: str) -> list[dict[str, Any]]:
    """The newest messages in both directions."""
    conversation = session.scalar(
        select(Conversation)
        .join(ChannelAddress, ChannelAddress.contact_id == Conversation.contact_id)
        .where(ChannelAddress.address == address)
    )
    if conversation is None:
        return []
    written = session.scalars(
        select(InboundMessage)
        .where(InboundMessage.conversation_id == conversation.id)
        .order_by(InboundMessage.id.desc())
        .limit(_NEWEST)
    ).all()
    received = session.scalars(
        select(OutboundMessage)
        .where(OutboundMessage.conversation_id == conversation.id, OutboundMessage.status.in_(_SHOWN))
        .order_by(OutboundMessage.id.desc())
        .limit(_NEWEST)
    ).all()
    tapped = {(message.replied_to, message.choice_id) for message in written if message.choice_id}
    shown = [(message.received_at, 0, message.id, _written(message)) for message in written]
    shown += [(message.queued_at, 1, message.id, _received(message, tapped)) for message in received]
    return [entry for *_, entry in sorted(shown, key=lambda row: row[:3])][-_NEWEST:]


def unseen(session: Session, address: str) -> Sequence[OutboundMessage]:
    """Messages that reached this phone and are unread."""
    return session.scalars(
        select(OutboundMessage)
        .join(Conversation, Conversation.id == OutboundMessage.conversation_id)
        .join(ChannelAddress, ChannelAddress.contact_id == Conversation.contact_id)
        .where(
            ChannelAddress.address == address,
            OutboundMessage.status.in_([OutboundStatus.SENT, OutboundStatus.DELIVERED]),
            OutboundMessage.provider_message_id.is_not(None),
        )
        .order_by(OutboundMessage.id)
    ).all()


def waiting(session: Session) -> list[dict[str, Any]]:
    """The phones with unread messages, and how many each has."""
    rows = session.execute(
        select(ChannelAddress.address, Contact.name, func.count())
        .join(Contact, Contact.id == ChannelAddress.contact_id)
        .join(Conversation, Conversation.contact_id == Contact.id)
        .join(OutboundMessage, OutboundMessage.conversation_id == Conversation.id)
        .where(OutboundMessage.status.in_([OutboundStatus.SENT, OutboundStatus.DELIVERED]))
        .group_by(ChannelAddress.id, Contact.id)
        .order_by(ChannelAddress.id)
    )
    return [{"address": address, "name": name or address, "messages": count} for address, name, count in rows]


def _written(message: InboundMessage) -> dict[str, Any]:
    return {
        "id": f"in{message.id}",
        "mine": True,
        "kind": message.kind,
        "text": message.text,
        "pin": message.content.get("location"),
        "at": _at(message.received_at),
        "ticks": "read" if message.handled_at else "delivered",
    }


def _received(message: OutboundMessage, tapped: Collection[tuple[str | None, str | None]]) -> dict[str, Any]:
    def choice(stored: dict[str, str]) -> dict[str, Any]:
        return stored | {"tapped": (message.provider_message_id, stored["id"]) in tapped}

    return {
        "id": f"out{message.id}",
        "mine": False,
        "sid": message.provider_message_id,
        "text": message.body,
        "buttons": [choice(button) for button in message.content.get("buttons") or ()],
        "rows": [choice(row) for row in message.content.get("rows") or ()],
        "list_button": message.content.get("list_button"),
        "files": [
            {"name": one["name"], "url": f"/simulator/files/{message.id}/{place}"}
            for place, one in enumerate(message.content.get("documents") or ())
        ],
        "at": _at(message.queued_at),
        "say": message.say,
    }


def document(session: Session, message_id: int, place: int) -> Document | None:
    """A file that came with a message, as it was sent."""
    message = session.get(OutboundMessage, message_id)
    documents = Message.from_json(message.content).documents if message else ()
    return documents[place] if place < len(documents) else None


def _at(instant: dt.datetime) -> str:
    return instant.isoformat()
