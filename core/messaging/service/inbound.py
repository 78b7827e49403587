"""What came in: each message kept once, and what nobody has answered yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Executable, bindparam, exists, false, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from core.db.locks import LockRank, lock
from core.messaging.models import Conversation, InboundMessage, OutboundMessage
from core.messaging.outbound import conversation_key
from core.outbox.models import Queue
from core.outbox.service import add_job
from core.refs import ContactId, ConversationId

ANSWER: Final = "answer_conversation"

FIRST_STATE: Final = "new"


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """`is_new` is False for a message that had come before: the first time stands and nothing was written."""

    conversation_id: ConversationId
    inbound_id: int
    is_new: bool


def record_inbound(
    session: Session,
    *,
    contact_id: ContactId,
    channel: str,
    address: str,
    provider_message_id: str,
    kind: str,
    text: str,
    choice_id: str | None,
    replied_to: str | None,
    content: Mapping[str, Any],
    raw: Mapping[str, Any],
    now: dt.datetime,
) -> Recorded:
    """Store a message exactly once. Never waits for a turn that is running in the conversation.

    Replies go to *address* once the message is read.
    """
    facts = {
        "contact": contact_id,
        "channel": channel,
        "provider_message_id": provider_message_id,
        "kind": kind,
        "text": text,
        "choice_id": choice_id,
        "replied_to": replied_to,
        "content": {**content, "reply_to": address},
        "raw": dict(raw),
        "received_at": now,
    }
    connection = session.connection()
    stored = connection.execute(_STORE, facts).first()
    if stored is None:
        # The conversation's first message, or one that had come before.
        conversation_for(session, contact_id=contact_id, channel=channel, address=address, now=now)
        stored = connection.execute(_STORE, facts).first()
    if stored is not None:
        return Recorded(
            conversation_id=ConversationId(stored.conversation_id), inbound_id=stored.id, is_new=True
        )
    known = session.execute(
        select(InboundMessage.id, InboundMessage.conversation_id).where(
            InboundMessage.channel == channel, InboundMessage.provider_message_id == provider_message_id
        )
    ).one()
    return Recorded(conversation_id=ConversationId(known.conversation_id), inbound_id=known.id, is_new=False)


def _store_in_the_conversation() -> Executable:
    table = InboundMessage.metadata.tables[InboundMessage.__tablename__]
    given = (
        "channel",
        "provider_message_id",
        "kind",
        "text",
        "choice_id",
        "replied_to",
        "content",
        "raw",
        "received_at",
    )
    values = [bindparam(name, type_=table.c[name].type) for name in given]
    found = select(Conversation.id, *values, literal(0), false()).where(
        Conversation.contact_id == bindparam("contact", type_=Conversation.contact_id.type),
        Conversation.channel == bindparam("channel", type_=table.c.channel.type),
    )
    return (
        insert(table)
        .from_select(["conversation_id", *given, "attempts", "needs_person"], found)
        .on_conflict_do_nothing(index_elements=["channel", "provider_message_id"])
        .returning(InboundMessage.id, InboundMessage.conversation_id)
    )


# Built once: it runs for every message, and building it costs more than running it.
_STORE: Final = _store_in_the_conversation()


def conversation_for(
    session: Session, *, contact_id: ContactId, channel: str, address: str, now: dt.datetime
) -> ConversationId:
    """The contact's conversation on *channel*, begun when there is none; two at once agree on one."""
    find = select(Conversation.id).where(
        Conversation.contact_id == contact_id, Conversation.channel == channel
    )
    found = session.scalar(find)
    if found is None:
        found = session.scalar(
            insert(Conversation)
            .values(
                contact_id=contact_id,
                channel=channel,
                address=address,
                state=FIRST_STATE,
                slots={},
                created_at=now,
            )
            .on_conflict_do_nothing(index_elements=["contact_id", "channel"])
            .returning(Conversation.id)
        )
    if found is None:
        found = session.scalars(find).one()
    return ConversationId(found)


def schedule_answer(
    session: Session, conversation_id: ConversationId, *, now: dt.datetime, due_at: dt.datetime | None = None
) -> None:
    """Add the job that answers the conversation's unread messages, at *due_at* or at once."""
    add_job(
        session,
        ANSWER,
        queue=Queue.ORDER_PROCESSING,
        arguments={"conversation_id": conversation_id},
        dedup_key=conversation_key(conversation_id),
        now=now,
        due_at=due_at,
    )


def give_up_unread(session: Session, conversation_id: ConversationId, *, attempts: int) -> None:
    """Note that a job to answer was given up, where those who tried could not note it themselves.

    Messages that were read together are tried one by one from now on; of those the one whose turn it was has had its
    *attempts*.
    """
    messages = unread(session, conversation_id)
    if len(messages) > 1 and any(message.attempts == 0 for message in messages):
        for message in messages:
            message.attempts = max(message.attempts, 1)
    elif messages:
        min(messages, key=lambda message: (message.attempts, message.id)).attempts = attempts
    session.flush()


def lock_conversation(session: Session, conversation_id: ConversationId) -> Conversation:
    """The conversation, nobody else's until the transaction ends. Raises NotFound."""
    return lock(session, Conversation, conversation_id, LockRank.CONVERSATION)


def unread(
    session: Session, conversation_id: ConversationId, *, at_most: int | None = None
) -> list[InboundMessage]:
    """The messages that nobody has answered yet, in the order in which they were stored."""
    return list(
        session.scalars(
            select(InboundMessage)
            .where(InboundMessage.conversation_id == conversation_id, InboundMessage.handled_at.is_(None))
            .order_by(InboundMessage.id)
            .limit(at_most)
        )
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Unread:
    """What waits to be answered, with what decides when it may be.

    *nth_newest_at* says when the n-th newest message of the person came, None when there are fewer.
    """

    messages: list[InboundMessage]
    nth_newest_at: Mapping[int, dt.datetime | None]
    notices_wait: bool


def look_at_unread(
    session: Session, conversation_id: ConversationId, *, at_most: int, nth: Sequence[int]
) -> Unread:
    """What nobody has answered yet, in order, at most so many; in one statement, for it runs at every turn."""
    newest = [_nth_newest(conversation_id, n) for n in nth]
    notices_wait = exists().where(
        OutboundMessage.conversation_id == conversation_id, OutboundMessage.waits_for_window
    )
    rows = session.execute(
        select(InboundMessage, *newest, notices_wait)
        .where(InboundMessage.conversation_id == conversation_id, InboundMessage.handled_at.is_(None))
        .order_by(InboundMessage.id)
        .limit(at_most)
    ).all()
    if not rows:
        return Unread(messages=[], nth_newest_at=dict.fromkeys(nth), notices_wait=False)
    _, *times, waits = rows[0]
    return Unread(
        messages=[row[0] for row in rows],
        nth_newest_at=dict(zip(nth, times, strict=True)),
        notices_wait=waits,
    )


def _nth_newest(conversation_id: ConversationId, n: int) -> Any:
    """When the person's *n*-th newest message came."""
    message = aliased(InboundMessage)
    return (
        select(message.received_at)
        .where(message.conversation_id == conversation_id)
        .order_by(message.id.desc())
        .offset(n - 1)
        .limit(1)
        .scalar_subquery()
    )
