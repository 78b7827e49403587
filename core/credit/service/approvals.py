"""Four eyes: what one admin may not give up alone, another approves. Both are in the posting and in the audit."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.actor import Actor, ActorKind
from core.audit.service import record_action
from core.credit.correction_models import CorrectionRequest
from core.credit.errors import (
    AmountNotPositive,
    CorrectionAnswered,
    IdempotencyKeyReused,
    SecondPersonNeeded,
)
from core.credit.kinds import CorrectionKind, CorrectionStatus
from core.credit.models import Invoice
from core.credit.service import corrections
from core.db.locks import LockRank, lock
from core.errors import NotAllowed, NotFound
from core.money import ZERO, Money
from core.parties.queries import get_retailer
from core.refs import RetailerId, UserId


def ask_write_off(
    session: Session,
    invoice_id: int,
    *,
    amount: Money,
    reason: str,
    idempotency_key: str,
    asker: Actor,
    now: dt.datetime,
) -> CorrectionRequest:
    """Ask another admin to give up *amount* of an invoice. Idempotent by key. Raises NotAllowed, NotFound, AmountNotPositive."""
    invoice = session.get(Invoice, invoice_id)
    if invoice is None:
        raise NotFound(kind="invoices", id=invoice_id)
    return _ask(
        session,
        CorrectionKind.WRITE_OFF,
        retailer_id=invoice.retailer_id,
        invoice_id=invoice_id,
        amount=amount,
        reason=reason,
        idempotency_key=idempotency_key,
        asker=asker,
        now=now,
    )


def ask_discount(
    session: Session,
    retailer_id: int,
    *,
    amount: Money,
    reason: str,
    idempotency_key: str,
    asker: Actor,
    now: dt.datetime,
) -> CorrectionRequest:
    """Ask another admin to lower a retailer's debt at our cost. Idempotent by key. Raises as `ask_write_off` does."""
    get_retailer(session, RetailerId(retailer_id))
    return _ask(
        session,
        CorrectionKind.DISCOUNT,
        retailer_id=retailer_id,
        invoice_id=None,
        amount=amount,
        reason=reason,
        idempotency_key=idempotency_key,
        asker=asker,
        now=now,
    )


def approve_correction(
    session: Session, request_id: int, *, approver: Actor, now: dt.datetime
) -> CorrectionRequest:
    """Post what another admin asked for.

    Raises NotAllowed, NotFound, CorrectionAnswered, SecondPersonNeeded to whoever asked, and AmountTooLarge when less is
    owed by now.
    """
    request = _lock_open(session, request_id, approver, "approve_correction")
    if approver.user_id == request.asked_by_id:
        raise SecondPersonNeeded(id=request_id)
    asker = Actor(kind=ActorKind.ADMIN, via=approver.via, user_id=UserId(request.asked_by_id))
    facts: dict[str, Any] = {
        "amount": Money(request.amount_minor),
        "reason": request.reason,
        "idempotency_key": f"request:{request_id}",
    }
    if request.invoice_id is not None:
        posting_id = corrections.write_off(
            session, request.invoice_id, **facts, approver=approver, asker=asker, now=now
        )
    else:
        posting_id = corrections.allow_discount(
            session, request.retailer_id, **facts, approver=approver, asker=asker, now=now
        )
    request.posting_id = posting_id
    _answer(session, request, CorrectionStatus.APPROVED, actor=approver, reason=None, now=now)
    return request


def refuse_correction(
    session: Session, request_id: int, *, reason: str, actor: Actor, now: dt.datetime
) -> CorrectionRequest:
    """Answer no, or take back what oneself asked for. Raises NotAllowed, NotFound, CorrectionAnswered."""
    request = _lock_open(session, request_id, actor, "refuse_correction")
    request.refuse_reason = reason
    _answer(session, request, CorrectionStatus.REFUSED, actor=actor, reason=reason, now=now)
    return request


def _ask(
    session: Session,
    kind: CorrectionKind,
    *,
    retailer_id: int,
    invoice_id: int | None,
    amount: Money,
    reason: str,
    idempotency_key: str,
    asker: Actor,
    now: dt.datetime,
) -> CorrectionRequest:
    user_id = _admin(asker, "ask_correction")
    if amount <= ZERO:
        raise AmountNotPositive(amount=amount)
    asked = {
        "kind": kind,
        "retailer_id": retailer_id,
        "invoice_id": invoice_id,
        "amount_minor": amount.minor,
        "asked_by_id": user_id,
    }
    request_id = session.scalar(
        insert(CorrectionRequest)
        .values(
            **asked,
            reason=reason,
            status=CorrectionStatus.OPEN,
            asked_at=now,
            idempotency_key=idempotency_key,
        )
        .on_conflict_do_nothing(index_elements=["idempotency_key"])
        .returning(CorrectionRequest.id)
    )
    if request_id is None:
        before = session.scalars(
            select(CorrectionRequest).where(CorrectionRequest.idempotency_key == idempotency_key)
        ).one()
        if any(getattr(before, name) != value for name, value in asked.items()):
            raise IdempotencyKeyReused(key=idempotency_key)
        return before
    record_action(
        session,
        "correction_asked",
        subject_kind="correction_request",
        subject_id=request_id,
        after={"kind": kind, "amount_minor": amount.minor, "invoice_id": invoice_id},
        reason=reason,
        actor=asker,
        now=now,
    )
    return session.get_one(CorrectionRequest, request_id)


def _lock_open(session: Session, request_id: int, actor: Actor, action: str) -> CorrectionRequest:
    _admin(actor, action)
    request = lock(session, CorrectionRequest, request_id, LockRank.CORRECTION_REQUEST)
    if request.status is not CorrectionStatus.OPEN:
        raise CorrectionAnswered(id=request_id, status=request.status)
    return request


def _answer(
    session: Session,
    request: CorrectionRequest,
    status: CorrectionStatus,
    *,
    actor: Actor,
    reason: str | None,
    now: dt.datetime,
) -> None:
    request.status = status
    request.answered_by_id = actor.user_id
    request.answered_at = now
    session.flush()
    record_action(
        session,
        f"correction_{status}",
        subject_kind="correction_request",
        subject_id=request.id,
        after={"posting_id": request.posting_id},
        reason=reason,
        actor=actor,
        now=now,
    )


def _admin(actor: Actor, action: str) -> UserId:
    """The user who acts: two admins are told apart by their sign-ins."""
    if actor.kind is not ActorKind.ADMIN or actor.user_id is None:
        raise NotAllowed(actor=actor.label, action=action)
    return actor.user_id
