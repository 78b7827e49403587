"""All that a person should look at, whichever part of the business noticed it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.alerts.kinds import AlertKind, AlertState, Severity
from core.db.base import Base, one_of, primary_key


class Alert(Base):
    """One cause. While it is open the same cause raises no second alert: `times` counts and `last_at` moves on."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index(
            "uq_alerts_open_cause",
            "kind",
            "subject_kind",
            "subject_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_alerts_subject_kind_subject_id", "subject_kind", "subject_id"),
        Index("ix_alerts_expires_at", "expires_at", postgresql_where=text("state = 'open'")),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="open_or_ended"),
        CheckConstraint("(state = 'acknowledged') = (ended_by IS NOT NULL)", name="acknowledged_by_somebody"),
        CheckConstraint("times >= 1", name="times_is_positive"),
    )

    id: Mapped[int] = primary_key()
    kind: Mapped[AlertKind] = mapped_column(one_of(AlertKind))
    severity: Mapped[Severity] = mapped_column(one_of(Severity))
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    facts: Mapped[dict[str, Any]]
    state: Mapped[AlertState] = mapped_column(one_of(AlertState), default=AlertState.OPEN)
    raised_at: Mapped[dt.datetime]
    last_at: Mapped[dt.datetime]
    times: Mapped[int] = mapped_column(default=1)
    expires_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    ended_by: Mapped[str | None]
    note: Mapped[str | None]
