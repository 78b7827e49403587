"""How long messages are kept: the provider's raw form for a short time, what people wrote for as long as books may be asked about."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar, Final, cast

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from core.messaging.models import InboundMessage, StatusReport

# One run of the job takes this many rows of each kind, and asks for the next while a slice was full.
MOST_AT_ONCE: Final = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionSettings:
    """`raw_days` for raw webhooks and status reports, `message_days` for what people wrote."""

    CATEGORY: ClassVar[str] = "retention"

    raw_days: int = 30
    message_days: int = 730

    def __post_init__(self) -> None:
        if not 1 <= self.raw_days <= self.message_days:
            raise ValueError("raw webhooks are kept for a day at least, and messages at least as long")


def apply_retention(session: Session, rules: RetentionSettings, *, now: dt.datetime) -> bool:
    """Empty what is older, and say whether a slice was full, so that there may be more. The rows stay, so that a redelivery is still known and a conversation keeps its order.

    What nobody has answered yet, or waits for a person, is kept whole whatever its age.
    """
    raw_before = now - dt.timedelta(days=rules.raw_days)
    text_before = now - dt.timedelta(days=rules.message_days)
    settled = InboundMessage.handled_at.is_not(None) & ~InboundMessage.needs_person
    with_raw = select(InboundMessage.id).where(
        settled, InboundMessage.received_at < raw_before, InboundMessage.raw != {}
    )
    emptied = session.execute(
        update(InboundMessage)
        .where(InboundMessage.id.in_(with_raw.limit(MOST_AT_ONCE)))
        .values(raw={})
        .execution_options(synchronize_session=False)
    )
    with_text = select(InboundMessage.id).where(
        settled,
        InboundMessage.received_at < text_before,
        (InboundMessage.text != "") | (InboundMessage.content != {}),
    )
    forgotten = session.execute(
        update(InboundMessage)
        .where(InboundMessage.id.in_(with_text.limit(MOST_AT_ONCE)))
        .values(text="", content={})
        .execution_options(synchronize_session=False)
    )
    old_reports = select(StatusReport.id).where(StatusReport.received_at < raw_before).limit(MOST_AT_ONCE)
    dropped = session.execute(delete(StatusReport).where(StatusReport.id.in_(old_reports)))
    counts = (cast("CursorResult[Any]", result).rowcount for result in (emptied, forgotten, dropped))
    return any(count >= MOST_AT_ONCE for count in counts)
