"""Invoices, and what reduces them without a payment: credit notes and write-offs."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from flask import Blueprint, Response
from pydantic import Field, field_validator
from sqlalchemy import select

from admin_api import paging
from admin_api.attachments import PDF, attachment
from admin_api.endpoints import ADMIN, ADMIN_OR_VENDOR, EVERYBODY, Call, endpoint
from admin_api.fields import (
    Given,
    QuantityOut,
    Reason,
    RowId,
    Rupees,
    SaidOut,
    SomeQuantity,
    View,
    once,
    quantity_text,
)
from admin_api.paging import PageQuery, PageView, narrow
from admin_api.resources.invoice_views import InvoiceSummary, invoice_summary
from core.clock import business_date
from core.credit import queries as credit
from core.credit import service
from core.credit.kinds import PaidState
from core.credit.models import Invoice
from core.reports.documents import write_invoice

blueprint = Blueprint("api_invoices", __name__)


class InvoiceFilter(PageQuery):
    retailer_id: RowId | None = None
    vendor_id: RowId | None = None
    order_id: RowId | None = None
    on_credit: bool | None = None
    sort: Literal["id", "-id", "due_on", "-due_on", "issued_at", "-issued_at"] = "-id"


class InvoicePage(PageView):
    items: list[InvoiceSummary]


class InvoiceLineOut(View):
    position: int
    product_id: int
    description: str
    quantity: QuantityOut
    said_as: SaidOut | None
    unit_price: Rupees
    net: Rupees
    vat: Rupees
    total: Rupees


class InvoiceOut(InvoiceSummary):
    lines: list[InvoiceLineOut]
    payment_status: PaidState
    vendor_pan: str | None
    retailer_pan: str | None


class CreditedLineGiven(Given):
    position: int = Field(ge=1, le=1000, description="The line of the invoice.")
    quantity: SomeQuantity


class CreditNoteGiven(Given):
    """What was missing or damaged, by the invoice's lines."""

    lines: list[CreditedLineGiven] = Field(min_length=1, max_length=200)
    reason: Reason

    @field_validator("lines")
    @classmethod
    def _each_line_once(cls, lines: list[CreditedLineGiven]) -> list[CreditedLineGiven]:
        once(lines, by="position")
        return lines


class WriteOffGiven(Given):
    amount: Rupees
    reason: Reason


class CreditedOut(View):
    """The amount taken off, and the invoice afterwards."""

    amount: Rupees
    invoice: InvoiceOut


@blueprint.get("/invoices")
@endpoint(tag="invoices", roles=EVERYBODY, answer=InvoicePage, query=InvoiceFilter)
def list_invoices(call: Call, query: InvoiceFilter) -> InvoicePage:
    """Invoices with what is still owed. A shop and a vendor see their own."""
    wanted = select(Invoice)
    wanted = narrow(
        wanted,
        (Invoice.retailer_id, call.retailer_id),
        (Invoice.retailer_id, query.retailer_id),
        (Invoice.vendor_id, call.vendor_id),
        (Invoice.vendor_id, query.vendor_id),
        (Invoice.order_id, query.order_id),
        (Invoice.on_credit, query.on_credit),
    )
    sorts = {"due_on": Invoice.due_on, "issued_at": Invoice.issued_at}
    found = paging.cut(call.session, wanted, key=Invoice.id, page=query, sorts=sorts, sort=query.sort)
    owed = credit.outstanding(call.session, [invoice.id for invoice in found.items])
    items = [invoice_summary(invoice, owed[invoice.id]) for invoice in found.items]
    return InvoicePage(items=items, total=found.total, next=found.next)


@blueprint.get("/invoices/<id:invoice_id>")
@endpoint(tag="invoices", roles=EVERYBODY, answer=InvoiceOut)
def get_invoice(call: Call, invoice_id: int) -> InvoiceOut:
    """One invoice with its lines."""
    return _invoice(call, credit.get_invoice(call.session, invoice_id, actor=call.actor))


@blueprint.get("/invoices/<id:invoice_id>/pdf")
@endpoint(tag="invoices", roles=EVERYBODY, raw_answer=(PDF,), is_heavy=True)
def print_invoice(call: Call, invoice_id: int) -> Response:
    """The bill as a PDF: a tax invoice where the seller has a PAN."""
    invoice = credit.get_invoice(call.session, invoice_id, actor=call.actor)
    return attachment(
        lambda file: write_invoice(call.session, invoice, file),
        media_type=PDF,
        name=f"invoice-{invoice.number.replace('/', '-')}.pdf",
    )


@blueprint.post("/invoices/<id:invoice_id>/credit-notes")
@endpoint(
    tag="invoices",
    roles=ADMIN_OR_VENDOR,
    answer=CreditedOut,
    status=HTTPStatus.CREATED,
    body=CreditNoteGiven,
    is_keyed=True,
)
def create_credit_note(call: Call, invoice_id: int, body: CreditNoteGiven) -> CreditedOut:
    """Credit what was missing or damaged, at the invoice's prices. For its vendor or an admin."""
    amount = service.credit_note(
        call.session,
        invoice_id,
        lines={line.position: line.quantity for line in body.lines},
        reason=body.reason,
        idempotency_key=call.cause,
        approver=call.actor,
        now=call.now,
    )
    invoice = credit.get_invoice(call.session, invoice_id, actor=call.actor)
    return CreditedOut(amount=Rupees.of(amount), invoice=_invoice(call, invoice))


@blueprint.post("/invoices/<id:invoice_id>/write-offs")
@endpoint(
    tag="invoices",
    roles=ADMIN,
    answer=CreditedOut,
    status=HTTPStatus.CREATED,
    body=WriteOffGiven,
    is_keyed=True,
    refusals=[HTTPStatus.CONFLICT],
)
def write_off_invoice(call: Call, invoice_id: int, body: WriteOffGiven) -> CreditedOut:
    """Write off a part of what is owed. Above what one admin may give up alone, ask with `POST /corrections`."""
    service.write_off(
        call.session,
        invoice_id,
        amount=body.amount.money,
        reason=body.reason,
        idempotency_key=call.cause,
        approver=call.actor,
        now=call.now,
    )
    invoice = credit.get_invoice(call.session, invoice_id, actor=call.actor)
    return CreditedOut(amount=body.amount, invoice=_invoice(call, invoice))


def _invoice(call: Call, invoice: Invoice) -> InvoiceOut:
    owed = credit.outstanding(call.session, [invoice.id])[invoice.id]
    today = business_date(call.now)
    return InvoiceOut(
        **dict(invoice_summary(invoice, owed)),
        lines=[
            InvoiceLineOut(
                position=line.position,
                product_id=line.product_id,
                description=line.description,
                quantity=quantity_text(line.quantity),
                said_as=SaidOut.of(line.said),
                unit_price=Rupees.of_minor(line.unit_price_minor),
                net=Rupees.of_minor(line.net_minor),
                vat=Rupees.of_minor(line.vat_minor),
                total=Rupees.of_minor(line.net_minor + line.vat_minor),
            )
            for line in credit.invoice_lines(call.session, invoice.id)
        ],
        payment_status=credit.paid_state_of_invoice(call.session, invoice, today=today),
        vendor_pan=invoice.vendor_pan,
        retailer_pan=invoice.retailer_pan,
    )
