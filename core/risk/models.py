"""Scores as they were when they changed, what risk control did by itself, and the festivals in which it stays quiet."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, one_of, primary_key
from core.risk.kinds import ActionKind, CreditTier, RiskLevel


class CreditScoreRow(Base):
    """A retailer's credit score from `calculated_at` on, until the next row. Append-only."""

    __tablename__ = "credit_scores"
    __table_args__ = (
        Index(None, "retailer_id", "id"),
        CheckConstraint("score BETWEEN 300 AND 900", name="score_within_its_ends"),
    )

    id: Mapped[int] = primary_key()
    retailer_id: Mapped[int] = mapped_column(ForeignKey("retailers.id"))
    score: Mapped[int]
    tier: Mapped[CreditTier] = mapped_column(one_of(CreditTier))
    parts: Mapped[dict[str, Any]]
    reasons: Mapped[list[Any]]
    raises: Mapped[list[Any]]
    settings_version: Mapped[int]
    calculated_at: Mapped[dt.datetime]


class RiskScoreRow(Base):
    """A retailer's risk score from `calculated_at` on, until the next row. Append-only."""

    __tablename__ = "risk_scores"
    __table_args__ = (
        Index(None, "retailer_id", "id"),
        Index(None, "calculated_at"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score_within_its_ends"),
    )

    id: Mapped[int] = primary_key()
    retailer_id: Mapped[int] = mapped_column(ForeignKey("retailers.id"))
    score: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    level: Mapped[RiskLevel] = mapped_column(one_of(RiskLevel))
    parts: Mapped[dict[str, Any]]
    # By rule category.
    settings_versions: Mapped[dict[str, Any]]
    calculated_at: Mapped[dt.datetime]


class RiskAction(Base):
    """One thing that risk control did to a retailer by itself, once for each cause.

    A block is over, and a cut taken back, once `ended_at` is set: by time, by payment, or by an admin's undo.
    """

    __tablename__ = "risk_actions"
    __table_args__ = (
        UniqueConstraint("retailer_id", "cause"),
        Index("ix_risk_actions_standing", "retailer_id", "kind", postgresql_where=text("ended_at IS NULL")),
        # Credit stops once, however many invoices are late.
        Index(
            "uq_risk_actions_blocked_once",
            "retailer_id",
            unique=True,
            postgresql_where=text("kind = 'credit_blocked' AND ended_at IS NULL"),
        ),
        CheckConstraint(
            "(kind IN ('limit_cut', 'limit_restored')) = (before_minor IS NOT NULL AND after_minor IS NOT NULL)",
            name="limit_has_amounts",
        ),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
    )

    id: Mapped[int] = primary_key()
    retailer_id: Mapped[int] = mapped_column(ForeignKey("retailers.id"))
    kind: Mapped[ActionKind] = mapped_column(one_of(ActionKind))
    # What it was done for, for example `delays:12,15,19` or `overdue:15`.
    cause: Mapped[str]
    rule: Mapped[str]
    settings_version: Mapped[int]
    before_minor: Mapped[int | None]
    after_minor: Mapped[int | None]
    facts: Mapped[dict[str, Any]]
    actor: Mapped[str]
    at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    ended_by: Mapped[str | None]
    end_reason: Mapped[str | None]


class Festival(Base):
    """Days around which many shops order much more than usual, by Bikram Sambat year."""

    __tablename__ = "festivals"
    __table_args__ = (
        UniqueConstraint("name", "bs_year"),
        CheckConstraint("first_day <= last_day", name="days_in_order"),
    )

    id: Mapped[int] = primary_key()
    name: Mapped[str]
    bs_year: Mapped[int]
    first_day: Mapped[dt.date]
    last_day: Mapped[dt.date]


class PaymentPromise(Base):
    """What a shop said of when it will pay. It pays nothing; it only stops reminders, up to `quiet_until` included."""

    __tablename__ = "payment_promises"
    __table_args__ = (
        Index(None, "retailer_id", "quiet_until"),
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint("quiet_until <= promised_on", name="quiet_no_longer_than_promised"),
    )

    id: Mapped[int] = primary_key()
    retailer_id: Mapped[int] = mapped_column(ForeignKey("retailers.id"))
    promised_on: Mapped[dt.date]
    quiet_until: Mapped[dt.date]
    amount_minor: Mapped[int | None]
    actor: Mapped[str]
    at: Mapped[dt.datetime]


class PaymentReminder(Base):
    """What a shop was reminded of on a day: one total for what is late, and for what is due that day and the next."""

    __tablename__ = "payment_reminders"
    __table_args__ = (UniqueConstraint("retailer_id", "on_date"),)

    id: Mapped[int] = primary_key()
    retailer_id: Mapped[int] = mapped_column(ForeignKey("retailers.id"))
    on_date: Mapped[dt.date]
    late_minor: Mapped[int]
    oldest_days_late: Mapped[int]
    due_today_minor: Mapped[int]
    due_tomorrow_minor: Mapped[int]
    at: Mapped[dt.datetime]


class RiskAppeal(Base):
    """What a shop objects to, in its own words, and what a person answered."""

    __tablename__ = "risk_appeals"
    __table_args__ = (
        CheckConstraint(
            "(answered_at IS NULL) = (answer IS NULL) AND (answered_at IS NULL) = (answered_by IS NULL)",
            name="answered_by_somebody",
        ),
        # More words about the same matter belong to the same appeal.
        Index(
            "uq_risk_appeals_one_open",
            "retailer_id",
            unique=True,
            postgresql_where=text("answered_at IS NULL"),
        ),
        Index(None, "retailer_id", "id"),
    )

    id: Mapped[int] = primary_key()
    retailer_id: Mapped[int] = mapped_column(ForeignKey("retailers.id"))
    words: Mapped[str]
    score: Mapped[int | None]
    actor: Mapped[str]
    at: Mapped[dt.datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[dt.datetime | None]
    answered_by: Mapped[str | None]
