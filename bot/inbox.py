"""Stores an inbound message with its sender, and schedules the answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from bot.channels.types import Inbound, InboundKind, Location
from bot.turns import UnreadMessage, answer_at
from core.catalog import queries as catalog
from core.messaging import service as messaging
from core.messaging.service import Recorded
from core.parties import queries as people
from core.parties import service as parties
from core.refs import ContactId


def receive(session: Session, inbound: Inbound, *, now: dt.datetime) -> Recorded:
    """Store a message and schedule its answer. Idempotent: a duplicate changes nothing."""
    inbound = _with_cart_in_words(session, inbound)
    recorded = store(session, inbound, now=now)
    if recorded.is_new:
        waiting = UnreadMessage(kind=inbound.kind, text=inbound.text, received_at=now)
        messaging.schedule_answer(session, recorded.conversation_id, now=now, due_at=answer_at([waiting]))
    return recorded


def store(session: Session, inbound: Inbound, *, now: dt.datetime) -> Recorded:
    """Store a message without scheduling an answer; the sweep does that."""
    inbound = _with_cart_in_words(session, inbound)
    sender = inbound.sender
    addresses = [address for address in (sender.phone_address, sender.user_id_address) if address]
    contact_id = people.find_known_contact(session, channel=inbound.channel, addresses=addresses)
    if contact_id is None:
        contact = parties.contact_for(
            session,
            channel=inbound.channel,
            addresses=addresses,
            profile_name=sender.profile_name or None,
            phone=(sender.phone_address or "").partition(":")[2] or None,
            now=now,
        )
        contact_id = ContactId(contact.id)
    return messaging.record_inbound(
        session,
        contact_id=contact_id,
        channel=inbound.channel,
        address=sender.reply_to,
        provider_message_id=inbound.provider_message_id,
        kind=inbound.kind,
        text=inbound.text,
        choice_id=inbound.choice_id,
        replied_to=inbound.replied_to_sid,
        content=_content(inbound),
        raw=inbound.raw,
        now=now,
    )


def _with_cart_in_words(session: Session, inbound: Inbound) -> Inbound:
    """A catalogue cart as the text of an order: what was chosen, line by line, by our names and in base pieces.

    Goods that we don't know keep their id, and the order reader names them back.
    """
    if inbound.kind is not InboundKind.CART:
        return inbound
    products = catalog.products_by_skus(session, {item.sku.upper() for item in inbound.cart})
    lines = [inbound.text.strip()] if inbound.text.strip() else []
    for item in inbound.cart:
        product = products.get(item.sku.upper())
        if product is None:
            lines.append(f"{item.sku} {item.quantity}")
        else:
            lines.append(f"{product.name} - {item.quantity} {product.unit}")
    return replace(inbound, kind=InboundKind.TEXT, text="\n".join(lines))


def _content(inbound: Inbound) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if inbound.choice_title:
        content["choice_title"] = inbound.choice_title
    if inbound.location:
        content["location"] = _location(inbound.location)
    if inbound.cart:
        content["cart"] = [{"sku": item.sku, "quantity": item.quantity} for item in inbound.cart]
    if inbound.media:
        content["media"] = [{"url": media.url, "content_type": media.content_type} for media in inbound.media]
    return content


def _location(location: Location) -> dict[str, str]:
    return {
        "latitude": str(location.latitude),
        "longitude": str(location.longitude),
        "label": location.label,
        "address": location.address,
    }
