"""Notices on their way out: what others did that this person should know. They wait for nobody, and nobody for them.

Each notice is looked at on its own: one that must be tried again, or waits for the person to write, holds back no other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Text, cast, literal, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, aliased

from core.actor import SYSTEM
from core.events import NoticeUndelivered
from core.messaging.models import OutboundMessage, OutboundStatus
from core.messaging.outbound import (
    PendingMessages,
    begin,
    left_by_dead_sender,
    lock_waiting,
    schedule_sending,
)
from core.outbox.models import Event
from core.outbox.service import record
from core.refs import ConversationId

# An answer that is just being sent goes first; this long a notice lets it.
ANSWER_FIRST: Final = dt.timedelta(seconds=1)
# Whoever has not written for so long is not told any more what has waited since.
KEPT_FOR: Final = dt.timedelta(hours=72)
# A notice that has not gone out by then did not come in time.
IN_TIME: Final = dt.timedelta(minutes=10)

_ARRIVED: Final = (OutboundStatus.SENT, OutboundStatus.DELIVERED, OutboundStatus.READ)
_NOT_OUT: Final = (
    OutboundStatus.QUEUED,
    OutboundStatus.LATER,
    OutboundStatus.SENDING,
    OutboundStatus.UNKNOWN,
    OutboundStatus.FAILED,
)
# A carrier in one of these has said, or may have said, what it carries; one that failed carries nothing any more.
_MAY_ARRIVE: Final = (*_ARRIVED, OutboundStatus.SENDING, OutboundStatus.UNKNOWN)
_BETWEEN: Final = "\n\n"
# The event that a notice tells of, by its number: its name and payload.
Cause = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class DueNotices:
    """Notices that may go out now, locked and in order, with what each tells of."""

    messages: list[OutboundMessage]
    causes: Mapping[int, Cause]
    address: str
    is_window_open: bool


def find_due(
    session: Session,
    conversation_id: ConversationId,
    *,
    is_open: Callable[[dt.datetime | None], bool],
    now: dt.datetime,
) -> DueNotices | dt.datetime | None:
    """The notices that may go out now; or when to come again; or None when none waits.

    *is_open* says, from the time of the person's last message, whether free text may be sent. Called by one sender at
    a time, like `outbound.claim_next`.
    """
    found = lock_waiting(session, conversation_id, is_notice=True, now=now)
    is_window_open = is_open(found.last_inbound_at)
    due: list[OutboundMessage] = []
    come_again: list[dt.datetime] = []
    for message in found.messages:
        if message.status is OutboundStatus.SENDING:
            left_by_dead_sender(session, message, now=now)
        elif message.queued_at + KEPT_FOR <= now and message.send_after <= now:
            drop(message, "too_old")
        elif message.send_after <= now or (is_window_open and _has_written_since(message, found)):
            due.append(message)
        else:
            come_again.append(message.send_after)
    if due and found.answer_is_leaving:
        come_again.append(now + ANSWER_FIRST)
        due = []
    session.flush()
    if not due:
        return min(come_again, default=None)
    return DueNotices(
        messages=due, causes=_causes(session, due), address=found.address, is_window_open=is_window_open
    )


def _has_written_since(message: OutboundMessage, found: PendingMessages) -> bool:
    """Whether the person has written after the last try: the window that we see open may have been closed for that one."""
    if not message.waits_for_window or found.last_inbound_at is None:
        return False
    return message.claimed_at is None or found.last_inbound_at > message.claimed_at


def drop(message: OutboundMessage, reason: str) -> None:
    """Do not send it any more. The reason stays with it."""
    message.status = OutboundStatus.CANCELED
    message.error_code = reason
    message.waits_for_window = False


def begin_together(carrier: OutboundMessage, others: Sequence[OutboundMessage], *, now: dt.datetime) -> None:
    """Note that *carrier* is being sent with what *others* say; they are not sent themselves."""
    begin(carrier, now=now)
    _say(carrier, together([*others, carrier]))
    for message in others:
        drop(message, "gathered")
        message.carried_by = carrier.id


def together(messages: Sequence[OutboundMessage]) -> str:
    """What the messages say, as one text."""
    return _BETWEEN.join(message.body for message in messages)


def part(session: Session, carrier: OutboundMessage) -> list[OutboundMessage]:
    """Let what *carrier* said for others be messages of their own again, because it did not arrive.

    They wait to be sent, and count as tried when it was. It says its own words only. Returns them.
    """
    carried = list(
        session.scalars(
            select(OutboundMessage)
            .where(OutboundMessage.carried_by == carrier.id)
            .order_by(OutboundMessage.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    if not carried:
        return []
    _say(carrier, carrier.body.removeprefix(together(carried) + _BETWEEN))
    for message in carried:
        message.status = OutboundStatus.QUEUED
        message.error_code = message.carried_by = None
        message.attempts = max(message.attempts, carrier.attempts)
        message.claimed_at = carrier.claimed_at
    session.flush()
    return carried


def _say(message: OutboundMessage, text: str) -> None:
    if text != message.body:
        message.body = text
        message.content = {**message.content, "text": text}


def release(session: Session, conversation_id: ConversationId, *, now: dt.datetime) -> None:
    """The person has written: send, as plain text, the notices that could not go out before."""
    released = session.scalars(
        update(OutboundMessage)
        .where(
            OutboundMessage.conversation_id == conversation_id,
            OutboundMessage.waits_for_window,
            OutboundMessage.status == OutboundStatus.LATER,
        )
        .values(
            content=OutboundMessage.content.op("-", return_type=JSONB())(cast(literal("by_template"), Text))
        )
        .returning(OutboundMessage.id)
        .execution_options(synchronize_session=False)
    ).all()
    if released:
        schedule_sending(session, conversation_id, is_notice=True, now=now)


def find_undelivered(session: Session, *, now: dt.datetime) -> list[NoticeUndelivered]:
    """Record, once for each event, that nobody who was to be told of it was told within ten minutes."""
    late = session.scalars(
        select(OutboundMessage)
        .where(
            OutboundMessage.is_notice,
            OutboundMessage.undelivered_at.is_(None),
            OutboundMessage.event_id.is_not(None),
            OutboundMessage.queued_at <= now - IN_TIME,
            OutboundMessage.status.in_(_NOT_OUT),
        )
        .order_by(OutboundMessage.id)
        .with_for_update(skip_locked=True)
    ).all()
    for message in late:
        message.undelivered_at = now
    session.flush()
    event_ids = {message.event_id for message in late if message.event_id is not None}
    told = _told_or_still_to_come(session, event_ids)
    reasons = {message.event_id: message.error_code or message.status.value for message in late}
    return [
        _record_undelivered(session, cause, reason=reasons[cause.id], now=now)
        for cause in session.scalars(select(Event).where(Event.id.in_(event_ids - told)).order_by(Event.id))
    ]


def note_unreachable(session: Session, event_id: int, *, now: dt.datetime) -> NoticeUndelivered:
    """Record that nobody who was to be told of the event has an address."""
    return _record_undelivered(session, session.get_one(Event, event_id), reason="no_address", now=now)


def was_told(session: Session, event_id: int) -> bool:
    """Whether somebody was told of the event, or may still be: its notice is in the text of one that is on its way."""
    return event_id in _told_or_still_to_come(session, {event_id})


def _record_undelivered(
    session: Session, cause: Event, *, reason: str, now: dt.datetime
) -> NoticeUndelivered:
    ids = {name: cause.payload.get(name) for name in ("offer_id", "order_id", "vendor_id", "retailer_id")}
    event = NoticeUndelivered(cause=cause.name, cause_id=cause.id, reason=reason, **ids)
    record(session, event, actor=SYSTEM, now=now)
    return event


def _told_or_still_to_come(session: Session, event_ids: set[int]) -> set[int]:
    """Events of which somebody was told, also in the text of another message, or whose other notices are not late yet."""
    if not event_ids:
        return set()
    carrier = aliased(OutboundMessage)
    rows = session.scalars(
        select(OutboundMessage.event_id)
        .outerjoin(carrier, carrier.id == OutboundMessage.carried_by)
        .where(
            OutboundMessage.event_id.in_(event_ids),
            or_(
                OutboundMessage.status.in_(_ARRIVED),
                carrier.status.in_(_MAY_ARRIVE),
                OutboundMessage.status.in_(_NOT_OUT) & OutboundMessage.undelivered_at.is_(None),
            ),
        )
    )
    return {found for found in rows if found is not None}


def _causes(session: Session, messages: Sequence[OutboundMessage]) -> dict[int, Cause]:
    event_ids = {message.event_id for message in messages if message.event_id is not None}
    if not event_ids:
        return {}
    rows = session.execute(select(Event.id, Event.name, Event.payload).where(Event.id.in_(event_ids)))
    return {row.id: (row.name, row.payload) for row in rows}
