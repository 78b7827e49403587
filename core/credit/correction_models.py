"""Write-offs and discounts that one admin asked for and another has to approve."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.credit.kinds import CorrectionKind, CorrectionStatus
from core.db.base import Base, one_of, primary_key


class CorrectionRequest(Base):
    """Nothing is posted until somebody else approves it. Whoever asked may still take it back."""

    __tablename__ = "correction_requests"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        CheckConstraint("(kind = 'write_off') = (invoice_id IS NOT NULL)", name="write_off_has_invoice"),
        CheckConstraint(
            "(status = 'open') = (answered_by_id IS NULL) AND (status = 'open') = (answered_at IS NULL)",
            name="answered_by_somebody",
        ),
        CheckConstraint("(status = 'approved') = (posting_id IS NOT NULL)", name="approved_is_posted"),
        CheckConstraint("status <> 'approved' OR answered_by_id <> asked_by_id", name="four_eyes"),
        Index("ix_correction_requests_open", "id", postgresql_where=text("status = 'open'")),
        Index(None, "retailer_id", "id"),
    )

    id: Mapped[int] = primary_key()
    kind: Mapped[CorrectionKind] = mapped_column(one_of(CorrectionKind))
    retailer_id: Mapped[int] = mapped_column(ForeignKey("retailers.id"))
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoices.id"))
    amount_minor: Mapped[int]
    reason: Mapped[str]
    status: Mapped[CorrectionStatus] = mapped_column(one_of(CorrectionStatus), default=CorrectionStatus.OPEN)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[dt.datetime]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[dt.datetime | None]
    refuse_reason: Mapped[str | None]
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("postings.id"), unique=True)
    idempotency_key: Mapped[str] = mapped_column(unique=True)
