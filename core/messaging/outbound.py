"""Messages on their way out: queued once for each cause, sent in order, one at a time in a conversation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.messaging.models import OutboundMessage, OutboundStatus
from core.outbox.models import Queue
from core.outbox.service import add_job
from core.refs import ConversationId

SEND: Final = "send_message"
SETTLE: Final = "settle_message"
# How long a status callback may take to tell that an unanswered send went out.
SETTLE_AFTER: Final = dt.timedelta(seconds=90)
_WAITING: Final = (OutboundStatus.QUEUED, OutboundStatus.LATER, OutboundStatus.SENDING)


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
) -> OutboundMessage | None:
    """Have a message sent. None when its turn, or the cause named by its key, has its message already."""
    message_id = session.scalar(
        insert(OutboundMessage)
        .values(
            conversation_id=conversation_id,
            turn_id=turn_id,
            dedup_key=dedup_key,
            order_id=order_id,
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
        .returning(OutboundMessage.id)
    )
    if message_id is None:
        return None
    ring_sender(session, conversation_id, now=now, due_at=send_after)
    return session.get_one(OutboundMessage, message_id)


def ring_sender(
    session: Session, conversation_id: ConversationId, *, now: dt.datetime, due_at: dt.datetime | None = None
) -> None:
    """Have the conversation's messages sent. One job a conversation, so that none overtakes another."""
    add_job(
        session,
        SEND,
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


def settle_later(session: Session, message_id: int, *, now: dt.datetime) -> None:
    """Have it found out whether an unknown message went out."""
    add_job(
        session,
        SETTLE,
        queue=Queue.WHATSAPP,
        arguments={"message_id": message_id},
        dedup_key=message_key(message_id),
        now=now,
        due_at=now + SETTLE_AFTER,
    )


def claim_next(
    session: Session, conversation_id: ConversationId, *, now: dt.datetime
) -> OutboundMessage | None:
    """Take the message that must go out next, or None when none may go now.

    Called by one sender at a time. A message that is found being sent was therefore left by a sender that died: it may
    have gone out, and becomes *unknown*. One that waits for its next try holds back those after it; one that was
    ordered for a later time does not.
    """
    for message in _waiting(session, conversation_id):
        if message.status is OutboundStatus.SENDING:
            message.status = OutboundStatus.UNKNOWN
            message.error_code = "sender_died"
            settle_later(session, message.id, now=now)
        elif message.send_after <= now:
            message.status = OutboundStatus.SENDING
            message.attempts += 1
            message.claimed_at = now
            session.flush()
            return message
        elif message.status is OutboundStatus.LATER:
            break
    session.flush()
    return None


def next_send_time(session: Session, conversation_id: ConversationId) -> dt.datetime | None:
    """When the sender must come again for what still waits."""
    moments = []
    for message in _waiting(session, conversation_id):
        moments.append(message.send_after)
        if message.status is OutboundStatus.LATER:
            break
    return min(moments, default=None)


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
) -> None:
    """Queue a message once more that certainly did not arrive, or probably not. Its old id is no longer its own.

    As LATER it holds back those after it.
    """
    message.status = status
    message.provider_message_id = None
    message.send_after = send_after or now
    if by_template:
        message.content = {**message.content, "by_template": True}
    session.flush()
    ring_sender(session, ConversationId(message.conversation_id), now=now, due_at=send_after)


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
                say=message.say,
                language=message.language,
                body=body,
                content=dict(content),
                # Holds back what will be queued from now on.
                status=OutboundStatus.LATER,
                attempts=0,
                queued_at=message.queued_at,
                send_after=send_rest_after,
            )
        )
    session.flush()


def _waiting(session: Session, conversation_id: ConversationId) -> list[OutboundMessage]:
    return list(
        session.scalars(
            select(OutboundMessage)
            .where(OutboundMessage.conversation_id == conversation_id, OutboundMessage.status.in_(_WAITING))
            .order_by(OutboundMessage.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def _unsettled(message_id: int, attempt: int) -> tuple[Any, ...]:
    return (
        OutboundMessage.id == message_id,
        OutboundMessage.attempts == attempt,
        OutboundMessage.status.in_((OutboundStatus.SENDING, OutboundStatus.UNKNOWN)),
    )
