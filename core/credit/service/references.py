"""References of payments: one transfer is booked once, however its reference is signed ("T17", "#T-17")."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.credit.kinds import PaymentMethod, PaymentStatus
from core.credit.models import Payment, bare_column


def wait_for_others(session: Session, method: PaymentMethod, bare: str | None) -> None:
    """Whoever names such a reference at the same moment goes before or after: their keys may differ by a sign."""
    if bare is not None:
        named = func.hashtextextended(f"reference {method} {bare}", 0)
        session.execute(select(func.pg_advisory_xact_lock(named)))


def payer_of(
    session: Session, method: PaymentMethod, bare: str | None, *, besides: str | None = None
) -> int | None:
    """The retailer for whom money with this reference was booked, *besides* under one idempotency key."""
    if bare is None:
        return None
    booked = select(Payment.retailer_id).where(
        Payment.method == method,
        bare_column(Payment.reference_key) == bare,
        Payment.status != PaymentStatus.BOUNCED,
    )
    if besides is not None:
        booked = booked.where(Payment.idempotency_key != besides)
    return session.scalar(booked.order_by(Payment.id).limit(1))
