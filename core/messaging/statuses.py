"""What providers report about our messages. Reports repeat and overtake each other; a message only moves forward."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.messaging.models import OutboundMessage, OutboundStatus, StatusReport
from core.refs import ConversationId

# A failure ends what was sent, and gives way to a proof that the person has it.
RANKS: Final = {
    OutboundStatus.QUEUED: 0,
    OutboundStatus.LATER: 0,
    OutboundStatus.SENDING: 1,
    OutboundStatus.UNKNOWN: 1,
    OutboundStatus.SENT: 2,
    OutboundStatus.CANCELED: 3,
    OutboundStatus.FAILED: 4,
    OutboundStatus.DELIVERED: 5,
    OutboundStatus.READ: 6,
}
_REF: Final = re.compile(r"(\d{1,18})-(\d{1,4})")


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusChange:
    """A message that a report moved on."""

    message_id: int
    conversation_id: ConversationId
    status: OutboundStatus


def outbox_ref(message: OutboundMessage) -> str:
    """Names one attempt to send one message. It travels to the provider and comes back with status callbacks."""
    return f"{message.id}-{message.attempts}"


def apply_status(
    session: Session,
    *,
    provider_message_id: str,
    outbox_ref: str | None,
    reported: str,
    status: OutboundStatus | None,
    error_code: str | None,
    now: dt.datetime,
) -> StatusChange | None:
    """Keep a report, and move its message forward, never back. None when nothing moved.

    *reported* is the provider's word, *status* what it means to us; None for a new word, which is only kept. The
    reference finds a message whose id we never learned because the answer to its sending was lost.
    """
    is_new = session.scalar(
        insert(StatusReport)
        .values(
            provider_message_id=provider_message_id, status=reported, error_code=error_code, received_at=now
        )
        .on_conflict_do_nothing(index_elements=["provider_message_id", "status"])
        .returning(StatusReport.id)
    )
    if is_new is None or status is None:
        return None
    moved = session.execute(
        update(OutboundMessage)
        .where(_named(provider_message_id, outbox_ref), _rank(OutboundMessage.status) < RANKS[status])
        .values(
            status=status,
            provider_message_id=provider_message_id,
            sent_at=func.coalesce(OutboundMessage.sent_at, now),
            error_code=error_code,
        )
        .returning(OutboundMessage.id, OutboundMessage.conversation_id)
        .execution_options(synchronize_session=False)
    ).first()
    if moved is None:
        return None
    session.execute(
        update(StatusReport).where(StatusReport.id == is_new).values(outbound_message_id=moved.id)
    )
    return StatusChange(
        message_id=moved.id, conversation_id=ConversationId(moved.conversation_id), status=status
    )


def _named(provider_message_id: str, outbox_ref: str | None) -> ColumnElement[bool]:
    by_id: ColumnElement[bool] = OutboundMessage.provider_message_id == provider_message_id
    found = _REF.fullmatch(outbox_ref or "")
    if found is None:
        return by_id
    by_ref = and_(
        OutboundMessage.id == int(found[1]),
        OutboundMessage.attempts == int(found[2]),
        OutboundMessage.provider_message_id.is_(None),
    )
    return or_(by_id, by_ref)


def _rank(status: Any) -> ColumnElement[int]:
    return case(RANKS, value=status)
