"""What a delivery posts: invoice, ledger, captured credit; or cash, handed over or still due."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import business_date
from core.credit import policy
from core.credit.errors import NothingDelivered
from core.credit.kinds import PostingKind
from core.credit.models import Invoice
from core.credit.policy import Cash, DeliveredLine, PricedDelivery
from core.credit.service import holds, invoices, ledger, payments
from core.credit.service.accounts import lock_account
from core.money import ZERO


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """What was handed over, and on which terms."""

    fulfillment_id: int
    order_id: int
    retailer_id: int
    vendor_id: int
    lines: tuple[DeliveredLine, ...]
    on_credit: bool
    # Of an order for cash; on credit no cash is paid on delivery.
    cash: Cash
    commission_basis_points: int
    terms_days: int


def post_delivery(session: Session, delivery: Delivery, *, actor: Actor, now: dt.datetime) -> Invoice:
    """Invoice what was delivered. A second call for the fulfillment returns its invoice.

    On credit, the hold is captured for the invoice's total; releasing the rest is the caller's, who knows whether
    more is to come. For cash, what was handed over is posted together with the invoice; the rest stays due as cash.
    What the retailer paid ahead is used for what is left. Raises NothingDelivered, HoldTooSmall, AmountTooLarge.
    """
    lock_account(session, delivery.retailer_id, now=now)
    if invoice := find_invoice_of(session, delivery.fulfillment_id):
        return invoice
    priced = policy.price_delivery(delivery.lines, delivery.commission_basis_points)
    if priced.total <= ZERO:
        raise NothingDelivered(fulfillment_id=delivery.fulfillment_id)
    if delivery.on_credit:
        holds.capture(
            session,
            order_id=delivery.order_id,
            vendor_id=delivery.vendor_id,
            amount=priced.total,
            cause=f"fulfillment:{delivery.fulfillment_id}",
            now=now,
        )
    terms = dt.timedelta(days=delivery.terms_days if delivery.on_credit else 0)
    invoice = invoices.issue(
        session,
        priced=priced,
        retailer_id=delivery.retailer_id,
        vendor_id=delivery.vendor_id,
        fulfillment_id=delivery.fulfillment_id,
        order_id=delivery.order_id,
        on_credit=delivery.on_credit,
        commission_basis_points=delivery.commission_basis_points,
        issued_at=now,
        due_on=business_date(now) + terms,
    )
    _post(session, delivery, priced, invoice, actor=actor, now=now)
    taken = ZERO if delivery.on_credit else policy.cash_taken(delivery.cash, priced.total)
    if taken:
        payments.post_cash_on_delivery(session, invoice, taken, actor=actor, now=now)
    if taken < priced.total:
        payments.use_prepayment(
            session, delivery.retailer_id, cause=f"invoice:{invoice.id}", actor=actor, now=now
        )
    return invoice


def find_invoice_of(session: Session, fulfillment_id: int) -> Invoice | None:
    """The invoice of a delivery that was posted before."""
    return session.scalar(select(Invoice).where(Invoice.fulfillment_id == fulfillment_id))


def _post(
    session: Session,
    delivery: Delivery,
    priced: PricedDelivery,
    invoice: Invoice,
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    owing = ledger.debt(delivery.retailer_id, on_credit=delivery.on_credit)
    ledger.post(
        session,
        f"delivery:fulfillment:{delivery.fulfillment_id}",
        kind=PostingKind.DELIVERY,
        lines=[
            ledger.debit(owing, priced.total, invoice.id),
            ledger.credit(ledger.payable(delivery.vendor_id), priced.total - priced.commission),
            ledger.credit(ledger.COMMISSION, priced.commission),
        ],
        memo={"invoice_id": invoice.id, "invoice": invoice.number, "order_id": delivery.order_id},
        actor=actor,
        now=now,
    )
