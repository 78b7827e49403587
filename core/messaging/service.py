"""The record of a conversation: what came in, the turns that answered it, the questions that wait for an answer."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import Executable, Table, bindparam, exists, false, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.attributes import set_committed_value

from core.actor import Actor
from core.alerts import service as alerts
from core.alerts.kinds import AlertKind
from core.audit.service import record_action
from core.db.locks import LockRank, lock
from core.messaging.errors import AlreadyTakenOver
from core.messaging.models import Conversation, InboundMessage, OutboundMessage, Prompt, Turn
from core.messaging.notices import release
from core.messaging.outbound import (
    claim_next,
    conversation_key,
    mark_refused,
    mark_sent,
    mark_unknown,
    queue_outbound,
    send_again,
)
from core.messaging.queries import was_said
from core.messaging.statuses import StatusChange, apply_status
from core.outbox.models import Queue
from core.outbox.service import add_job
from core.refs import ContactId, ConversationId

__all__ = [
    "ANSWER",
    "FIRST_STATE",
    "Recorded",
    "StatusChange",
    "Unread",
    "apply_status",
    "claim_next",
    "close_prompt",
    "close_turn",
    "conversation_for",
    "conversation_key",
    "find_prompt",
    "give_up_unread",
    "hand_back",
    "lock_conversation",
    "look_at_unread",
    "mark_refused",
    "mark_sent",
    "mark_unknown",
    "open_prompt",
    "open_prompts",
    "queue_outbound",
    "record_inbound",
    "release",
    "ring_conversation",
    "send_again",
    "take_over",
    "unread",
    "void_prompts",
    "was_said",
]

ANSWER: Final = "answer_conversation"
FIRST_STATE: Final = "new"
PROMPTS_LIVE: Final = dt.timedelta(hours=24)
# 72 bits: short enough for a button's id beside the choice, too long to guess.
_TOKEN_BYTES: Final = 9


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
    """Keep a message, exactly once. Never waits for a turn that is being taken in the conversation.

    *address* becomes the one that is answered to when the message is read.
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


def ring_conversation(
    session: Session, conversation_id: ConversationId, *, now: dt.datetime, due_at: dt.datetime | None = None
) -> None:
    """Have the conversation's unread messages answered, at *due_at* or at once."""
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
    """What nobody has answered yet, in the order in which it was stored."""
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


def close_turn(
    session: Session,
    conversation: Conversation,
    messages: Sequence[InboundMessage],
    *,
    state_after: str,
    slots: Mapping[str, Any],
    steps: Sequence[Any],
    now: dt.datetime,
) -> int:
    """Keep what a turn did with *messages*; they are read now, and the conversation stands where the turn left it.

    Returns the turn's id.
    """
    standing: dict[str, Any] = {
        "state": state_after,
        "slots": dict(slots),
        "address": conversation.address,
        "last_inbound_at": conversation.last_inbound_at,
    }
    for message in messages:
        standing["address"] = message.content.get("reply_to", standing["address"])
        standing["last_inbound_at"] = max(
            message.received_at, standing["last_inbound_at"] or message.received_at
        )
    session.flush()
    # One statement, because it ends every turn; the rows that the session knows are told what it wrote.
    turn_id = session.connection().scalar(
        _CLOSE_TURN,
        {
            "of_conversation": conversation.id,
            "state_before": conversation.state,
            "steps": list(steps),
            "now": now,
            "read": [message.id for message in messages],
            **{f"new_{name}": value for name, value in standing.items()},
        },
    )
    for name, value in standing.items():
        set_committed_value(conversation, name, value)
    for message in messages:
        set_committed_value(message, "handled_at", now)
        set_committed_value(message, "turn_id", turn_id)
    return int(turn_id)


def _close_turn() -> Executable:
    conversations = cast("Table", Conversation.__table__)
    turns, inbound = cast("Table", Turn.__table__), cast("Table", InboundMessage.__table__)
    turn = (
        insert(turns)
        .values(
            conversation_id=bindparam("of_conversation"),
            state_before=bindparam("state_before"),
            state_after=bindparam("new_state"),
            steps=bindparam("steps"),
            at=bindparam("now"),
        )
        .returning(turns.c.id)
        .cte("turn")
    )
    turn_id = select(turn.c.id).scalar_subquery()
    read = (
        update(inbound)
        .where(inbound.c.id.in_(bindparam("read", expanding=True)))
        .values(handled_at=bindparam("now"), turn_id=turn_id)
        .returning(inbound.c.id)
        .cte("read_messages")
    )
    names = ("state", "slots", "address", "last_inbound_at")
    return (
        update(conversations)
        .where(conversations.c.id == bindparam("of_conversation"))
        .values({name: bindparam(f"new_{name}", type_=conversations.c[name].type) for name in names})
        .add_cte(read)
        .returning(turn_id)
    )


_CLOSE_TURN: Final = _close_turn()


def open_prompt(
    session: Session,
    *,
    conversation_id: ConversationId,
    kind: str,
    subject_id: int,
    facts: Mapping[str, Any],
    now: dt.datetime,
    expires_in: dt.timedelta = PROMPTS_LIVE,
    kinds_replaced: Collection[str] = (),
) -> Prompt:
    """Ask something. A question of this kind, or of *kinds_replaced*, about this subject that was open here is replaced."""
    _close_open(
        session,
        (
            Prompt.conversation_id == conversation_id,
            Prompt.kind.in_({kind, *kinds_replaced}),
            Prompt.subject_id == subject_id,
        ),
        outcome="replaced",
        now=now,
    )
    prompt = Prompt(
        conversation_id=conversation_id,
        token=secrets.token_urlsafe(_TOKEN_BYTES),
        kind=kind,
        subject_id=subject_id,
        facts=dict(facts),
        opened_at=now,
        expires_at=now + expires_in,
    )
    session.add(prompt)
    session.flush()
    return prompt


def open_prompts(session: Session, conversation_id: ConversationId, *, now: dt.datetime) -> list[Prompt]:
    """The questions that may still be answered, oldest first."""
    return list(
        session.scalars(
            select(Prompt)
            .where(
                Prompt.conversation_id == conversation_id,
                Prompt.closed_at.is_(None),
                Prompt.expires_at > now,
            )
            .order_by(Prompt.id)
        )
    )


def find_prompt(session: Session, conversation_id: ConversationId, token: str) -> Prompt | None:
    """The question that a button belongs to, open or closed; a token from another conversation finds nothing."""
    return session.scalar(
        select(Prompt).where(Prompt.conversation_id == conversation_id, Prompt.token == token)
    )


def close_prompt(session: Session, prompt: Prompt, outcome: str, *, now: dt.datetime) -> None:
    """End a question. The first ending stands."""
    if prompt.closed_at is None:
        prompt.closed_at = now
        prompt.outcome = outcome
        session.flush()


def void_prompts(session: Session, *, kind: str, subject_id: int, now: dt.datetime) -> None:
    """End the questions about a subject in all conversations: there is nothing left to decide."""
    _close_open(session, (Prompt.kind == kind, Prompt.subject_id == subject_id), outcome="void", now=now)


def take_over(
    session: Session, conversation_id: ConversationId, *, actor: Actor, now: dt.datetime
) -> Conversation:
    """Let a person answer instead of the bot. Raises AlreadyTakenOver when another has."""
    conversation = lock_conversation(session, conversation_id)
    if conversation.taken_over_at is not None and conversation.taken_over_by != actor.label:
        raise AlreadyTakenOver(by=conversation.taken_over_by, at=conversation.taken_over_at)
    if conversation.taken_over_at is None:
        conversation.taken_over_at = now
        conversation.taken_over_by = actor.label
        alerts.resolve(
            session,
            AlertKind.PERSON_ASKED,
            subject_kind="conversation",
            subject_ids=[conversation_id],
            now=now,
        )
        _audit(session, "conversation_taken_over", conversation_id, actor=actor, now=now)
    return conversation


def hand_back(
    session: Session, conversation_id: ConversationId, *, actor: Actor, now: dt.datetime
) -> Conversation:
    """Let the bot answer again, from the next message on: what came meanwhile was the person's to act on."""
    conversation = lock_conversation(session, conversation_id)
    if conversation.taken_over_at is None:
        return conversation
    messages = unread(session, conversation_id)
    if messages:
        close_turn(
            session,
            conversation,
            messages,
            state_after=conversation.state,
            slots=conversation.slots,
            steps=["taken_over"],
            now=now,
        )
    conversation.taken_over_at = conversation.taken_over_by = None
    _audit(session, "conversation_handed_back", conversation_id, actor=actor, now=now)
    session.flush()
    return conversation


def _close_open(session: Session, where: Iterable[Any], *, outcome: str, now: dt.datetime) -> None:
    for prompt in session.scalars(
        select(Prompt).where(*where, Prompt.closed_at.is_(None)).order_by(Prompt.id).with_for_update()
    ):
        prompt.closed_at = now
        prompt.outcome = outcome
    session.flush()


def _audit(session: Session, action: str, conversation_id: int, *, actor: Actor, now: dt.datetime) -> None:
    record_action(
        session, action, subject_kind="conversation", subject_id=conversation_id, actor=actor, now=now
    )
