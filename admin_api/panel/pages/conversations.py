"""Conversations: read both sides, take over from the bot, reply, hand back; and the clerk's desk for what it couldn't read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, request
from sqlalchemy import CompoundSelect, ScalarSelect, exists, func, or_, select, union

from admin_api.endpoints import Call
from admin_api.panel.doors import Done, Shown, action, cause, page
from admin_api.panel.forms import required
from admin_api.panel.lists import listed
from admin_api.panel.pages.media import media_of
from admin_api.panel.routes import act, show
from core.messaging import by_hand, queries, service
from core.messaging.acting import shop_of_writer, wholesaler_of_writer
from core.messaging.models import Conversation, InboundMessage, OutboundMessage
from core.parties.models import Contact, Language, Retailer, Vendor
from core.refs import ConversationId

_LAST_MESSAGES = 60


def add(panel: Blueprint) -> None:
    show(panel, "/conversations", conversations)
    show(panel, "/conversations/<id:conversation_id>", conversation)
    act(panel, "/conversations/<id:conversation_id>/take-over", take_over)
    act(panel, "/conversations/<id:conversation_id>/hand-back", hand_back)
    act(panel, "/conversations/<id:conversation_id>/reply", reply)


@page
def conversations(call: Call) -> Shown:
    wanted = select(Conversation)
    kind, words = request.args.get("show", ""), request.args.get("q", "").strip()[:100]
    shop = request.args.get("retailer", "")
    if shop.isascii() and shop.isdigit() and len(shop) < 18:
        wanted = wanted.where(shop_of_writer() == int(shop))
    inbound = exists().where(InboundMessage.conversation_id == Conversation.id)
    if kind == "taken":
        wanted = wanted.where(Conversation.taken_over_at.is_not(None))
    elif kind == "unread":
        wanted = wanted.where(inbound.where(InboundMessage.handled_at.is_(None)))
    elif kind == "person":
        wanted = wanted.where(inbound.where(InboundMessage.needs_person))
    if words:
        wanted = wanted.where(Conversation.id.in_(_with(words)))
    found = listed(
        call.session,
        wanted,
        key=Conversation.id,
        sorts={"last": func.coalesce(_last_written(), Conversation.created_at)},
        sort="-last",
    )
    return Shown(
        template="conversations.html",
        facts={
            "found": found,
            "whose": _whose(call, found.items),
            "waiting": _waiting(call, found.items),
            "wrote": _wrote(call, found.items),
            "show": kind,
            "words": words,
        },
    )


def _wrote(call: Call, chats: Sequence[Conversation]) -> dict[int, dt.datetime]:
    """When the person of each chat wrote last."""
    rows = call.session.execute(
        select(Conversation.id, _last_written()).where(Conversation.id.in_([chat.id for chat in chats]))
    )
    return {chat_id: moment for chat_id, moment in rows if moment is not None}


def _last_written() -> ScalarSelect[dt.datetime]:
    """When the person wrote last. The conversation's own column stands still while somebody has taken it over."""
    newest = select(InboundMessage.received_at).where(InboundMessage.conversation_id == Conversation.id)
    return newest.order_by(InboundMessage.id.desc()).limit(1).correlate(Conversation).scalar_subquery()


@page
def conversation(call: Call, conversation_id: int) -> Shown:
    row = queries.get_conversation(call.session, ConversationId(conversation_id))
    return Shown(
        template="conversation.html",
        facts={
            "chat": row,
            "who": _whose(call, [row])[row.id],
            "messages": _last_messages(call, conversation_id),
            "is_mine": row.taken_over_by == call.actor.label,
        },
    )


@action
def take_over(call: Call, conversation_id: int) -> Done:
    service.take_over(call.session, ConversationId(conversation_id), actor=call.actor, now=call.now)
    return Done(say="taken_over", undo=(f"/admin/conversations/{conversation_id}/hand-back", {}))


@action
def hand_back(call: Call, conversation_id: int) -> Done:
    service.hand_back(call.session, ConversationId(conversation_id), actor=call.actor, now=call.now)
    return Done(say="handed_back", undo=(f"/admin/conversations/{conversation_id}/take-over", {}))


@action
def reply(call: Call, conversation_id: int) -> Done:
    found = queries.get_conversation(call.session, ConversationId(conversation_id))
    person = call.session.get_one(Contact, found.contact_id)
    by_hand.write(
        call.session,
        ConversationId(conversation_id),
        required("text", longest=4000),
        language=person.language or Language.ENGLISH,
        cause=cause(call),
        actor=call.actor,
        now=call.now,
    )
    return Done(say="replied")


def _with(words: str) -> CompoundSelect[int]:
    """The chats in which somebody wrote *words*, or is called so: two searches that each may use its index."""
    return union(
        select(InboundMessage.conversation_id).where(InboundMessage.text.icontains(words, autoescape=True)),
        select(Conversation.id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(
            or_(
                Contact.name.icontains(words, autoescape=True),
                Contact.phone.icontains(words, autoescape=True),
            )
        ),
    )


def _waiting(call: Call, rows: list[Conversation]) -> set[int]:
    """The chats in which a message waits for a person."""
    return set(
        call.session.scalars(
            select(InboundMessage.conversation_id).where(
                InboundMessage.conversation_id.in_([row.id for row in rows]), InboundMessage.needs_person
            )
        )
    )


def _whose(call: Call, rows: list[Conversation]) -> dict[int, tuple[Contact, Retailer | None, Vendor | None]]:
    found = call.session.execute(
        select(Conversation.id, Contact, Retailer, Vendor)
        .join(Contact, Contact.id == Conversation.contact_id)
        .outerjoin(Retailer, Retailer.id == shop_of_writer())
        .outerjoin(Vendor, Vendor.id == wholesaler_of_writer())
        .where(Conversation.id.in_([row.id for row in rows]))
    )
    return {row_id: (contact, retailer, vendor) for row_id, contact, retailer, vendor in found}


def _last_messages(call: Call, conversation_id: int) -> list[dict[str, Any]]:
    """The last of both sides, oldest first: two statements, whatever the length of the chat."""
    inbound = call.session.scalars(
        select(InboundMessage)
        .where(InboundMessage.conversation_id == conversation_id)
        .order_by(InboundMessage.id.desc())
        .limit(_LAST_MESSAGES)
    )
    outbound = call.session.scalars(
        select(OutboundMessage)
        .where(OutboundMessage.conversation_id == conversation_id)
        .order_by(OutboundMessage.id.desc())
        .limit(_LAST_MESSAGES)
    )
    found: list[dict[str, Any]] = [
        {
            "us": False,
            "at": row.received_at,
            "received_at": row.received_at,
            "media": media_of(row),
            "text": row.text,
            "kind": row.kind,
            "state": "",
            "person": row.needs_person,
        }
        for row in inbound
    ] + [
        {
            "us": True,
            "at": row.queued_at,
            "media": [],
            "text": row.body,
            "kind": row.say,
            "state": row.status,
            "person": False,
        }
        for row in outbound
    ]
    return sorted(found, key=lambda one: one["at"])[-_LAST_MESSAGES:]
