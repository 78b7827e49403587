"""Reads about conversations: what waits, and since when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.messaging.models import Conversation, InboundMessage, OutboundMessage, OutboundStatus
from core.refs import ContactId, ConversationId

_UNDELIVERED = (
    OutboundStatus.QUEUED,
    OutboundStatus.SENDING,
    OutboundStatus.LATER,
    OutboundStatus.UNKNOWN,
)


def get_conversation(session: Session, conversation_id: ConversationId) -> Conversation:
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        raise NotFound(kind="conversation", id=conversation_id)
    return conversation


def conversations_of(session: Session, contact_ids: Collection[ContactId]) -> dict[ContactId, Conversation]:
    """The conversation of each contact that has one; with several channels, the one that was used last."""
    rows = session.scalars(
        select(Conversation)
        .where(Conversation.contact_id.in_(contact_ids))
        .order_by(Conversation.last_inbound_at.nulls_first(), Conversation.id)
    )
    return {ContactId(row.contact_id): row for row in rows}


def oldest_unanswered(session: Session) -> dt.datetime | None:
    """Since when the longest-waiting message waits for the bot. What a person has taken over does not count."""
    return session.scalar(
        select(func.min(InboundMessage.received_at))
        .join(Conversation, Conversation.id == InboundMessage.conversation_id)
        .where(InboundMessage.handled_at.is_(None), Conversation.taken_over_at.is_(None))
    )


def oldest_undelivered(session: Session, *, now: dt.datetime) -> dt.datetime | None:
    """Since when the longest-waiting message of ours should have gone out."""
    return session.scalar(
        select(func.min(OutboundMessage.send_after)).where(
            OutboundMessage.status.in_(_UNDELIVERED), OutboundMessage.send_after <= now
        )
    )


def last_inbound_at(session: Session, conversation_id: ConversationId) -> dt.datetime | None:
    """When the person last wrote, answered or not: the service window counts from then."""
    newest = session.scalar(
        select(InboundMessage.received_at)
        .where(InboundMessage.conversation_id == conversation_id)
        .order_by(InboundMessage.id.desc())
        .limit(1)
    )
    stored = get_conversation(session, conversation_id).last_inbound_at
    return max((moment for moment in (newest, stored) if moment), default=None)


def was_said(session: Session, conversation_id: ConversationId, say: str, *, since: dt.datetime) -> bool:
    """Whether this was said in the conversation at *since* or later."""
    found = session.scalar(
        select(OutboundMessage.id)
        .where(
            OutboundMessage.conversation_id == conversation_id,
            OutboundMessage.say == say,
            OutboundMessage.queued_at >= since,
        )
        .limit(1)
    )
    return found is not None


def unread_since(session: Session, *, before: dt.datetime) -> dict[ConversationId, dt.datetime]:
    """Conversations with messages that have been unread since before *before*, and since when."""
    rows = session.execute(
        select(InboundMessage.conversation_id, func.min(InboundMessage.received_at))
        .join(Conversation, Conversation.id == InboundMessage.conversation_id)
        .where(InboundMessage.handled_at.is_(None), Conversation.taken_over_at.is_(None))
        .group_by(InboundMessage.conversation_id)
        .having(func.min(InboundMessage.received_at) < before)
        .order_by(InboundMessage.conversation_id)
    )
    return {ConversationId(conversation_id): since for conversation_id, since in rows}


def unsent_since(session: Session, *, is_notice: bool, before: dt.datetime) -> list[ConversationId]:
    """Conversations with notices, or answers, of ours that should have gone out before *before*."""
    rows = session.scalars(
        select(OutboundMessage.conversation_id)
        .where(
            OutboundMessage.is_notice.is_(is_notice),
            OutboundMessage.status.in_((OutboundStatus.QUEUED, OutboundStatus.LATER, OutboundStatus.SENDING)),
            OutboundMessage.send_after < before,
        )
        .distinct()
        .order_by(OutboundMessage.conversation_id)
    )
    return [ConversationId(conversation_id) for conversation_id in rows]


def unknown_since(session: Session, *, before: dt.datetime) -> list[int]:
    """Messages of ours that may have gone out and were not settled since before *before*."""
    return list(
        session.scalars(
            select(OutboundMessage.id)
            .where(OutboundMessage.status == OutboundStatus.UNKNOWN, OutboundMessage.claimed_at < before)
            .order_by(OutboundMessage.id)
        )
    )


def provider_ids(session: Session, *, conversation_ids: Collection[int]) -> frozenset[str]:
    """The provider's ids of our messages in these conversations."""
    rows = session.scalars(
        select(OutboundMessage.provider_message_id).where(
            OutboundMessage.conversation_id.in_(conversation_ids),
            OutboundMessage.provider_message_id.is_not(None),
        )
    )
    return frozenset(found for found in rows if found)


def sent_and_silent(session: Session, *, before: dt.datetime, after: dt.datetime, at_most: int) -> list[str]:
    """The provider's ids of messages that it took between these times, and of whose arrival nothing was heard."""
    rows = session.scalars(
        select(OutboundMessage.provider_message_id)
        .where(
            OutboundMessage.status == OutboundStatus.SENT,
            OutboundMessage.sent_at.between(after, before),
            OutboundMessage.provider_message_id.is_not(None),
        )
        # At random: phones that are off stay silent for a day, and would be asked about again before all others.
        .order_by(func.random())
        .limit(at_most)
    )
    return [found for found in rows if found]
