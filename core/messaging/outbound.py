"""Messages on their way out: queued once for each cause, and claimed by their sender.

Answers of a conversation leave in order, one at a time. Notices have a job and a claim of their own (`notices`), so that
no answer ever waits for one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from core.messaging.models import Conversation, InboundMessage, OutboundMessage, OutboundStatus
from core.outbox.models import Queue
from core.outbox.service import add_job
from core.refs import ConversationId

SEND: Final = "send_message"
SEND_NOTICES: Final = "send_notices"
SETTLE: Final = "settle_message"
# How long a status callback may take to tell that an unanswered send went out.
SETTLE_AFTER: Final = dt.timedelta(seconds=90)
# A sender that died waits for no response any more, so the provider is asked soon.
SETTLE_AFTER_DEATH: Final = dt.timedelta(seconds=5)
# An answer that is tried again this soon still leaves before those after it; with a longer pause they overtake it.
ORDER_KEPT_FOR: Final = dt.timedelta(seconds=15)
_WAITING: Final = (OutboundStatus.QUEUED, OutboundStatus.LATER, OutboundStatus.SENDING)


@dataclass(frozen=True, kw_only=True, slots=True)
class PendingMessages:
    """The messages of one conversation that wait, locked and in order, with what decides how they may go out."""

    messages: list[OutboundMessage]
    address: str
    # When the person last wrote: the service window counts from then.
    last_inbound_at: dt.datetime | None
    # An answer is due that nobody has begun to send.
    answer_is_leaving: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A message that its sender must send now."""

    message: OutboundMessage
    address: str
    last_inbound_at: dt.datetime | None


def queue_outbound(
    session: Session,
    *,
    conversation_id: ConversationId,
    say: str,
    language: str,
    body: str,
    content: Mapping[str, Any],
    now: dt.datetime,
    turn_id: int | None = None,
    dedup_key: str | None = None,
    order_id: int | None = None,
    send_after: dt.datetime | None = None,
    is_notice: bool = False,
    event_id: int | None = None,
) -> OutboundMessage | None:
    """Queue a message. None when its turn, or the cause that its key names, already has one.

    A notice tells of something that this person did not just ask for; *event_id* names what it tells of.
    """
    message: OutboundMessage | None = session.scalar(
        insert(OutboundMessage)
        .values(
            conversation_id=conversation_id,
            turn_id=turn_id,
            dedup_key=dedup_key,
            order_id=order_id,
            is_notice=is_notice,
            event_id=event_id,
            waits_for_window=False,
            say=say,
            language=language,
            body=body,
            content=dict(content),
            status=OutboundStatus.QUEUED,
            attempts=0,
            queued_at=now,
            send_after=send_after or now,
        )
        .on_conflict_do_nothing()
        .returning(OutboundMessage)
    )
    if message is None:
        return None
    schedule_sending(session, conversation_id, is_notice=is_notice, now=now, due_at=send_after)
    return message


def schedule_sending(
    session: Session,
    conversation_id: ConversationId,
    *,
    is_notice: bool,
    now: dt.datetime,
    due_at: dt.datetime | None = None,
) -> None:
    """Have the conversation's answers sent, or its notices. One job for each, so that answers keep their order."""
    add_job(
        session,
        SEND_NOTICES if is_notice else SEND,
        queue=Queue.WHATSAPP,
        arguments={"conversation_id": conversation_id},
        dedup_key=conversation_key(conversation_id),
        now=now,
        due_at=due_at,
    )


def conversation_key(conversation_id: int) -> str:
    """The key of jobs that are done one at a time in a conversation."""
    return f"conversation:{conversation_id}"


def message_key(message_id: int) -> str:
    """The key of jobs about one message."""
    return f"message:{message_id}"


def settle_later(
    session: Session, message_id: int, *, now: dt.datetime, after: dt.timedelta = SETTLE_AFTER
) -> None:
    """Add the job that finds out whether a message with an unknown outcome went out."""
    add_job(
        session,
        SETTLE,
        queue=Queue.WHATSAPP,
        arguments={"message_id": message_id},
        dedup_key=message_key(message_id),
        now=now,
        due_at=now + after,
    )


def claim_next(
    session: Session, conversation_id: ConversationId, *, now: dt.datetime
) -> Claimed | dt.datetime | None:
    """The answer that must go out next; or when the sender must come again; or None when no answer waits.

    Called by one sender at a time. A message that is found being sent was therefore left by a sender that died: it may
    have gone out, and becomes *unknown*. An answer that is tried again soon holds back those after it; one that was
    ordered for a later time, or must wait longer, does not.
    """
    found = lock_waiting(session, conversation_id, is_notice=False, now=now)
    come_again: list[dt.datetime] = []
    for message in found.messages:
        if message.status is OutboundStatus.SENDING:
            left_by_dead_sender(session, message, now=now)
        elif message.send_after <= now:
            begin(message, now=now)
            session.flush()
            return Claimed(message=message, address=found.address, last_inbound_at=found.last_inbound_at)
        else:
            come_again.append(message.send_after)
            if _keeps_order(message):
                break
    session.flush()
    return min(come_again, default=None)


def begin(message: OutboundMessage, *, now: dt.datetime) -> None:
    """Note that the message is being sent, before it is."""
    message.status = OutboundStatus.SENDING
    message.attempts += 1
    message.claimed_at = now


def left_by_dead_sender(session: Session, message: OutboundMessage, *, now: dt.datetime) -> None:
    """Nobody knows whether it went out: ask the provider before it is sent again."""
    message.status = OutboundStatus.UNKNOWN
    message.error_code = "sender_died"
    settle_later(session, message.id, now=now, after=SETTLE_AFTER_DEATH)


def _keeps_order(message: OutboundMessage) -> bool:
    if message.status is not OutboundStatus.LATER:
        return False
    return message.send_after - (message.claimed_at or message.queued_at) <= ORDER_KEPT_FOR


def mark_sent(
    session: Session, message_id: int, *, attempt: int, provider_message_id: str, now: dt.datetime
) -> None:
    """The provider took it. A status callback may have told more by now, and that stands."""
    session.execute(
        update(OutboundMessage)
        .where(*_unsettled(message_id, attempt))
        .values(
            status=OutboundStatus.SENT, provider_message_id=provider_message_id, sent_at=now, error_code=None
        )
    )


def mark_refused(session: Session, message_id: int, *, attempt: int, error_code: str) -> None:
    """It was certainly not sent, and will not be."""
    session.execute(
        update(OutboundMessage)
        .where(*_unsettled(message_id, attempt))
        .values(status=OutboundStatus.FAILED, error_code=error_code)
    )


def mark_unknown(
    session: Session, message_id: int, *, attempt: int, error_code: str, now: dt.datetime
) -> None:
    """It may have been sent: nothing is sent again before that is settled."""
    settle_later(session, message_id, now=now)
    session.execute(
        update(OutboundMessage)
        .where(*_unsettled(message_id, attempt))
        .values(status=OutboundStatus.UNKNOWN, error_code=error_code)
    )


def send_again(
    session: Session,
    message: OutboundMessage,
    *,
    now: dt.datetime,
    send_after: dt.datetime | None = None,
    status: OutboundStatus = OutboundStatus.QUEUED,
    by_template: bool = False,
    waits_for_window: bool = False,
) -> None:
    """Queue a message once more that certainly did not arrive, or probably not. Its old id is no longer its own.

    With *waits_for_window* it goes out before *send_after* when the person writes.
    """
    message.status = status
    message.waits_for_window = waits_for_window
    message.provider_message_id = None
    message.send_after = send_after or now
    if by_template:
        message.content = {**message.content, "by_template": True}
    session.flush()
    conversation_id = ConversationId(message.conversation_id)
    schedule_sending(session, conversation_id, is_notice=message.is_notice, now=now, due_at=send_after)


def lock_outbound(session: Session, message_id: int) -> OutboundMessage:
    """The message, nobody else's until the transaction ends."""
    return session.get_one(OutboundMessage, message_id, with_for_update=True, populate_existing=True)


def split(
    session: Session,
    message: OutboundMessage,
    parts: Sequence[tuple[str, Mapping[str, Any]]],
    *,
    send_rest_after: dt.datetime,
) -> None:
    """Let a message that is being sent say its first part only; the others follow it, one after another.

    What was queued in the meantime may come between.
    """
    (message.body, first), *rest = parts
    message.content = dict(first)
    for number, (body, content) in enumerate(rest, start=2):
        session.add(
            OutboundMessage(
                conversation_id=message.conversation_id,
                turn_id=None,
                dedup_key=f"part:{message.id}:{number}",
                order_id=message.order_id,
                is_notice=message.is_notice,
                event_id=message.event_id,
                waits_for_window=False,
                say=message.say,
                language=message.language,
                body=body,
                content=dict(content),
                # Holds back what will be queued from now on.
                status=OutboundStatus.LATER,
                attempts=0,
                queued_at=message.claimed_at or message.queued_at,
                send_after=send_rest_after,
            )
        )
    session.flush()


def lock_waiting(
    session: Session, conversation_id: ConversationId, *, is_notice: bool, now: dt.datetime
) -> PendingMessages:
    """What waits to be sent in a conversation, with the person's address and the time of their last message."""
    newest = (
        select(InboundMessage.received_at)
        .where(InboundMessage.conversation_id == conversation_id)
        .order_by(InboundMessage.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    answer = aliased(OutboundMessage)
    leaving = exists().where(
        answer.conversation_id == conversation_id,
        answer.is_notice.is_(False),
        answer.status == OutboundStatus.QUEUED,
        answer.send_after <= now,
    )
    rows = session.execute(
        select(
            OutboundMessage,
            Conversation.address,
            func.greatest(newest, Conversation.last_inbound_at),
            leaving,
        )
        .join(Conversation, Conversation.id == OutboundMessage.conversation_id)
        .where(
            OutboundMessage.conversation_id == conversation_id,
            OutboundMessage.is_notice.is_(is_notice),
            OutboundMessage.status.in_(_WAITING),
        )
        .order_by(OutboundMessage.id)
        .with_for_update(of=OutboundMessage)
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        return PendingMessages(messages=[], address="", last_inbound_at=None, answer_is_leaving=False)
    _, address, last_inbound_at, answer_is_leaving = rows[0]
    return PendingMessages(
        messages=[row[0] for row in rows],
        address=address,
        last_inbound_at=last_inbound_at,
        answer_is_leaving=answer_is_leaving,
    )


def _unsettled(message_id: int, attempt: int) -> tuple[Any, ...]:
    return (
        OutboundMessage.id == message_id,
        OutboundMessage.attempts == attempt,
        OutboundMessage.status.in_((OutboundStatus.SENDING, OutboundStatus.UNKNOWN)),
    )
