"""Claims that wait for an answer, and who may see them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.credit.kinds import ClaimStatus
from core.credit.models import PaymentClaim
from core.credit.queries.access import is_party
from core.errors import NotFound


def get_claim(session: Session, claim_id: int, *, actor: Actor) -> PaymentClaim:
    """The claim, for its retailer, its payee or an admin. Raises NotFound, to others as well."""
    claim = session.get(PaymentClaim, claim_id)
    if claim is None or not is_party(actor, claim.retailer_id, claim.vendor_id):
        raise NotFound(kind="payment_claims", id=claim_id)
    return claim


def open_claims_for_vendor(session: Session, vendor_id: int) -> list[PaymentClaim]:
    """What this vendor should confirm or reject, the oldest first."""
    return list(session.scalars(_open().where(PaymentClaim.vendor_id == vendor_id)))


def answered_claims_of_vendor(session: Session, vendor_id: int, *, since: dt.datetime) -> list[PaymentClaim]:
    """What was confirmed to this vendor or rejected after *since*, the newest answer first."""
    answered = select(PaymentClaim).where(
        PaymentClaim.vendor_id == vendor_id,
        PaymentClaim.status.in_((ClaimStatus.CONFIRMED, ClaimStatus.REJECTED)),
        PaymentClaim.answered_at >= since,
    )
    return list(session.scalars(answered.order_by(PaymentClaim.answered_at.desc(), PaymentClaim.id.desc())))


def confirmed_claims_of_retailer(
    session: Session, retailer_id: int, *, since: dt.datetime
) -> list[PaymentClaim]:
    """What this shop told of and was confirmed after *since*, the newest answer first."""
    confirmed = select(PaymentClaim).where(
        PaymentClaim.retailer_id == retailer_id,
        PaymentClaim.status == ClaimStatus.CONFIRMED,
        PaymentClaim.answered_at >= since,
    )
    return list(session.scalars(confirmed.order_by(PaymentClaim.answered_at.desc(), PaymentClaim.id.desc())))


def open_claims_of_retailer(session: Session, retailer_id: int) -> list[PaymentClaim]:
    return list(session.scalars(_open().where(PaymentClaim.retailer_id == retailer_id)))


def list_claims(
    session: Session, *, status: ClaimStatus | None = None, after_id: int | None = None, limit: int = 20
) -> list[PaymentClaim]:
    """For admins: the newest first, older than *after_id*."""
    claims = select(PaymentClaim).order_by(PaymentClaim.id.desc()).limit(limit)
    if status is not None:
        claims = claims.where(PaymentClaim.status == status)
    if after_id is not None:
        claims = claims.where(PaymentClaim.id < after_id)
    return list(session.scalars(claims))


def _open() -> Select[PaymentClaim]:
    return select(PaymentClaim).where(PaymentClaim.status == ClaimStatus.OPEN).order_by(PaymentClaim.id)
