"""Conversations: read them, take them over from the bot, hand them back."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Literal

from flask import Blueprint
from pydantic import Field
from sqlalchemy import exists, select, union_all

from admin_api import paging
from admin_api.endpoints import ADMIN, Call, endpoint
from admin_api.fields import Given, MessageText, RowId, View
from admin_api.paging import PageQuery, PageView, narrow
from core.messaging import by_hand, queries, service
from core.messaging.acting import parties_of_writers, shop_of_writer, wholesaler_of_writer
from core.messaging.models import Conversation, InboundMessage, OutboundMessage, OutboundStatus
from core.parties.models import Contact, Language
from core.refs import ConversationId

blueprint = Blueprint("api_conversations", __name__)


class ConversationFilter(PageQuery):
    """`needs_person` selects those with a photo, a voice note, or a message that failed three times."""

    retailer_id: RowId | None = None
    vendor_id: RowId | None = None
    is_taken_over: bool | None = None
    is_unread: bool | None = None
    needs_person: bool | None = None
    sort: Literal["id", "-id"] = "-id"


class MessageFilter(PageQuery):
    sort: Literal["id", "-id"] = "-id"


class MessageGiven(Given):
    """Delivered only within 24 hours of the person's last message; WhatsApp refuses free text after that."""

    text: MessageText = Field(examples=["Namaste, we are looking into it."])


class ChatMessageOut(View):
    """One message of either side. `by` is `person` or `us`; the id is unique within that side."""

    by: Literal["person", "us"]
    id: RowId
    at: dt.datetime
    text: str
    kind: str = Field(description="The person's kind of message, or the name of what we said.")
    state: str = Field(description="`unread` or `read` for the person's; the delivery status for ours.")


class ChatMessagePage(PageView):
    items: list[ChatMessageOut]


class ConversationView(View):
    id: RowId
    contact_id: int
    contact_name: str | None
    phone: str | None
    channel: str
    retailer_id: int | None
    vendor_id: int | None
    state: str
    last_inbound_at: dt.datetime | None
    taken_over_at: dt.datetime | None
    taken_over_by: str | None
    created_at: dt.datetime


class ConversationPage(PageView):
    items: list[ConversationView]


class InboundOut(View):
    id: RowId
    kind: str
    text: str
    choice_id: str | None
    received_at: dt.datetime
    handled_at: dt.datetime | None
    turn_id: int | None
    attempts: int
    needs_person: bool


class InboundPage(PageView):
    items: list[InboundOut]


class OutboundOut(View):
    id: RowId
    say: str
    language: str
    body: str
    status: OutboundStatus
    error_code: str | None
    attempts: int
    turn_id: int | None
    order_id: int | None
    queued_at: dt.datetime
    sent_at: dt.datetime | None


class OutboundPage(PageView):
    items: list[OutboundOut]


@blueprint.get("/conversations")
@endpoint(tag="conversations", roles=ADMIN, answer=ConversationPage, query=ConversationFilter)
def list_conversations(call: Call, query: ConversationFilter) -> ConversationPage:
    """Conversations, newest first."""
    wanted = select(Conversation)
    wanted = narrow(wanted, (shop_of_writer(), query.retailer_id), (wholesaler_of_writer(), query.vendor_id))
    if query.is_taken_over is not None:
        taken = Conversation.taken_over_at
        wanted = wanted.where(taken.is_not(None) if query.is_taken_over else taken.is_(None))
    inbound = exists().where(InboundMessage.conversation_id == Conversation.id)
    if query.is_unread is not None:
        unread = inbound.where(InboundMessage.handled_at.is_(None))
        wanted = wanted.where(unread if query.is_unread else ~unread)
    if query.needs_person is not None:
        waits = inbound.where(InboundMessage.needs_person)
        wanted = wanted.where(waits if query.needs_person else ~waits)
    found = paging.cut(call.session, wanted, key=Conversation.id, page=query, sort=query.sort)
    return ConversationPage(items=_views(call, found.items), total=found.total, next=found.next)


@blueprint.get("/conversations/<id:conversation_id>")
@endpoint(tag="conversations", roles=ADMIN, answer=ConversationView)
def get_conversation(call: Call, conversation_id: int) -> ConversationView:
    """One conversation."""
    found = queries.get_conversation(call.session, ConversationId(conversation_id))
    return _views(call, [found])[0]


@blueprint.get("/conversations/<id:conversation_id>/inbound")
@endpoint(tag="conversations", roles=ADMIN, answer=InboundPage, query=MessageFilter)
def list_inbound(call: Call, conversation_id: int, query: MessageFilter) -> InboundPage:
    """What the person wrote, newest first."""
    queries.get_conversation(call.session, ConversationId(conversation_id))
    wanted = select(InboundMessage).where(InboundMessage.conversation_id == conversation_id)
    found = paging.cut(call.session, wanted, key=InboundMessage.id, page=query, sort=query.sort)
    items = [
        InboundOut(
            id=row.id,
            kind=row.kind,
            text=row.text,
            choice_id=row.choice_id,
            received_at=row.received_at,
            handled_at=row.handled_at,
            turn_id=row.turn_id,
            attempts=row.attempts,
            needs_person=row.needs_person,
        )
        for row in found.items
    ]
    return InboundPage(items=items, total=found.total, next=found.next)


@blueprint.get("/conversations/<id:conversation_id>/outbound")
@endpoint(tag="conversations", roles=ADMIN, answer=OutboundPage, query=MessageFilter)
def list_outbound(call: Call, conversation_id: int, query: MessageFilter) -> OutboundPage:
    """What we wrote and how far each message got, newest first."""
    queries.get_conversation(call.session, ConversationId(conversation_id))
    wanted = select(OutboundMessage).where(OutboundMessage.conversation_id == conversation_id)
    found = paging.cut(call.session, wanted, key=OutboundMessage.id, page=query, sort=query.sort)
    return OutboundPage(items=[_outbound(row) for row in found.items], total=found.total, next=found.next)


@blueprint.post("/conversations/<id:conversation_id>/take-over")
@endpoint(
    tag="conversations",
    roles=ADMIN,
    answer=ConversationView,
    is_keyed=True,
    refusals=[HTTPStatus.CONFLICT],
)
def take_over(call: Call, conversation_id: int) -> ConversationView:
    """Silence the bot in this conversation, so that an admin can answer."""
    queries.get_conversation(call.session, ConversationId(conversation_id))
    taken = service.take_over(call.session, ConversationId(conversation_id), actor=call.actor, now=call.now)
    return _views(call, [taken])[0]


@blueprint.post("/conversations/<id:conversation_id>/hand-back")
@endpoint(tag="conversations", roles=ADMIN, answer=ConversationView, is_keyed=True)
def hand_back(call: Call, conversation_id: int) -> ConversationView:
    """Let the bot answer again, from the next message on."""
    queries.get_conversation(call.session, ConversationId(conversation_id))
    back = service.hand_back(call.session, ConversationId(conversation_id), actor=call.actor, now=call.now)
    return _views(call, [back])[0]


@blueprint.get("/conversations/<id:conversation_id>/messages")
@endpoint(tag="conversations", roles=ADMIN, answer=ChatMessagePage, query=PageQuery)
def list_messages(call: Call, conversation_id: int, query: PageQuery) -> ChatMessagePage:
    """Both sides of the chat, newest first."""
    queries.get_conversation(call.session, ConversationId(conversation_id))
    sides = union_all(
        select((InboundMessage.id * 2).label("key"), InboundMessage.received_at.label("at")).where(
            InboundMessage.conversation_id == conversation_id
        ),
        select((OutboundMessage.id * 2 + 1).label("key"), OutboundMessage.queued_at.label("at")).where(
            OutboundMessage.conversation_id == conversation_id
        ),
    ).subquery()
    found = paging.cut(
        call.session,
        select(sides.c.key),
        key=sides.c.key,
        page=query,
        sorts={"at": sides.c.at},
        sort="-at",
    )
    messages = _messages_by_key(call, found.items)
    return ChatMessagePage(items=[messages[key] for key in found.items], total=found.total, next=found.next)


@blueprint.post("/conversations/<id:conversation_id>/messages")
@endpoint(
    tag="conversations",
    roles=ADMIN,
    answer=OutboundOut,
    status=HTTPStatus.CREATED,
    body=MessageGiven,
    is_keyed=True,
    refusals=[HTTPStatus.CONFLICT],
)
def write_message(call: Call, conversation_id: int, body: MessageGiven) -> OutboundOut:
    """Write to the person, in a conversation that you have taken over."""
    found = queries.get_conversation(call.session, ConversationId(conversation_id))
    person = call.session.get_one(Contact, found.contact_id)
    message = by_hand.write(
        call.session,
        ConversationId(conversation_id),
        body.text,
        language=person.language or Language.ENGLISH,
        cause=call.cause,
        actor=call.actor,
        now=call.now,
    )
    return _outbound(message)


def _messages_by_key(call: Call, keys: list[int]) -> dict[int, ChatMessageOut]:
    """Messages by key: twice the id, plus one for ours."""
    theirs = select(InboundMessage).where(InboundMessage.id.in_([key // 2 for key in keys if key % 2 == 0]))
    ours = select(OutboundMessage).where(OutboundMessage.id.in_([key // 2 for key in keys if key % 2]))
    messages = {
        row.id * 2: ChatMessageOut(
            by="person",
            id=row.id,
            at=row.received_at,
            text=row.text,
            kind=row.kind,
            state="unread" if row.handled_at is None else "read",
        )
        for row in call.session.scalars(theirs)
    }
    for row in call.session.scalars(ours):
        messages[row.id * 2 + 1] = ChatMessageOut(
            by="us", id=row.id, at=row.queued_at, text=row.body, kind=row.say, state=row.status
        )
    return messages


def _outbound(row: OutboundMessage) -> OutboundOut:
    return OutboundOut(
        id=row.id,
        say=row.say,
        language=row.language,
        body=row.body,
        status=row.status,
        error_code=row.error_code,
        attempts=row.attempts,
        turn_id=row.turn_id,
        order_id=row.order_id,
        queued_at=row.queued_at,
        sent_at=row.sent_at,
    )


def _views(call: Call, conversations: list[Conversation]) -> list[ConversationView]:
    ids = {conversation.contact_id for conversation in conversations}
    people = {row.id: row for row in call.session.scalars(select(Contact).where(Contact.id.in_(ids)))}
    parties = parties_of_writers(call.session, [row.id for row in conversations])
    return [
        ConversationView(
            id=row.id,
            contact_id=row.contact_id,
            contact_name=people[row.contact_id].name,
            phone=people[row.contact_id].phone,
            channel=row.channel,
            retailer_id=parties[row.id][0],
            vendor_id=parties[row.id][1],
            state=row.state,
            last_inbound_at=row.last_inbound_at,
            taken_over_at=row.taken_over_at,
            taken_over_by=row.taken_over_by,
            created_at=row.created_at,
        )
        for row in conversations
    ]
