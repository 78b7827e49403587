"""Invoices and payments one by one, for those who may see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.credit.kinds import PaymentStatus
from core.credit.models import CreditNoteRow, Invoice, InvoiceLine, Payment, PaymentApplication
from core.credit.queries.access import is_party
from core.errors import NotFound
from core.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class PaidInvoice:
    """The part of a payment that went to one invoice."""

    invoice_id: int
    number: str
    amount: Money


def get_invoice(session: Session, invoice_id: int, *, actor: Actor) -> Invoice:
    """For its retailer, its vendor or an admin. Raises NotFound, to others as well."""
    invoice = session.get(Invoice, invoice_id)
    if invoice is None or not is_party(actor, invoice.retailer_id, invoice.vendor_id):
        raise NotFound(kind="invoices", id=invoice_id)
    return invoice


def invoice_of_fulfillment(session: Session, fulfillment_id: int) -> Invoice:
    """The one invoice of a delivery. Raises NotFound."""
    invoice = session.scalar(select(Invoice).where(Invoice.fulfillment_id == fulfillment_id))
    if invoice is None:
        raise NotFound(kind="invoices", id=None)
    return invoice


def vendors_of_invoices(session: Session, invoice_ids: Iterable[int]) -> dict[int, int]:
    """Whose invoice each of these is: a number says that only together with the vendor."""
    rows = session.execute(select(Invoice.id, Invoice.vendor_id).where(Invoice.id.in_(set(invoice_ids))))
    return {row.id: row.vendor_id for row in rows}


def vendors_who_billed(session: Session, retailer_id: int) -> list[int]:
    """Everybody who ever delivered to this shop, by id."""
    vendors = select(Invoice.vendor_id).where(Invoice.retailer_id == retailer_id).distinct()
    return list(session.scalars(vendors.order_by(Invoice.vendor_id)))


def invoice_lines(session: Session, invoice_id: int) -> list[InvoiceLine]:
    lines = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id)
    return list(session.scalars(lines.order_by(InvoiceLine.position)))


def list_invoices(
    session: Session, *, retailer_id: int | None = None, after_id: int | None = None, limit: int = 20
) -> list[Invoice]:
    """The newest first, older than *after_id*."""
    invoices = select(Invoice).order_by(Invoice.id.desc()).limit(limit)
    if retailer_id is not None:
        invoices = invoices.where(Invoice.retailer_id == retailer_id)
    if after_id is not None:
        invoices = invoices.where(Invoice.id < after_id)
    return list(session.scalars(invoices))


def credit_notes(session: Session, invoice_ids: Iterable[int]) -> list[CreditNoteRow]:
    """The notes on these invoices, the oldest first."""
    notes = select(CreditNoteRow).where(CreditNoteRow.invoice_id.in_(set(invoice_ids)))
    return list(session.scalars(notes.order_by(CreditNoteRow.id)))


def newest_credited(session: Session, retailer_id: int) -> Invoice | None:
    """The shop's invoice with the newest credit note."""
    return session.scalar(
        select(Invoice)
        .join(CreditNoteRow, CreditNoteRow.invoice_id == Invoice.id)
        .where(Invoice.retailer_id == retailer_id)
        .order_by(CreditNoteRow.id.desc())
        .limit(1)
    )


def get_payment(session: Session, payment_id: int, *, actor: Actor) -> Payment:
    """For its retailer, the vendor that took it or an admin. Raises NotFound, to others as well."""
    payment = session.get(Payment, payment_id)
    if payment is None or not is_party(actor, payment.retailer_id, payment.vendor_id):
        raise NotFound(kind="payments", id=payment_id)
    return payment


def last_payment(session: Session, retailer_id: int) -> Payment | None:
    """The newest payment of a shop that was posted."""
    return session.scalar(
        select(Payment)
        .where(Payment.retailer_id == retailer_id, Payment.status == PaymentStatus.POSTED)
        .order_by(Payment.received_at.desc(), Payment.id.desc())
        .limit(1)
    )


def paid_by(session: Session, payment_id: int) -> list[PaidInvoice]:
    """Which invoices the payment has paid by now, the oldest first."""
    rows = session.execute(
        select(Invoice, func.sum(PaymentApplication.amount_minor))
        .join(PaymentApplication, PaymentApplication.invoice_id == Invoice.id)
        .where(PaymentApplication.payment_id == payment_id)
        .group_by(Invoice.id)
        .order_by(Invoice.issued_at, Invoice.id)
    )
    return [
        PaidInvoice(invoice_id=invoice.id, number=invoice.number, amount=Money(int(amount)))
        for invoice, amount in rows
    ]
