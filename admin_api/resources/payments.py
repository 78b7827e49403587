"""Payments: recorded by admins, or claimed by shops and confirmed. Cheques clear or bounce."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from flask import Blueprint
from sqlalchemy import select

from admin_api import paging
from admin_api.endpoints import ADMIN, EVERYBODY, Call, endpoint
from admin_api.fields import Given, Instant, ReasonGiven, Reference, RowId, Rupees, View
from admin_api.paging import PageQuery, PageView, narrow, within
from admin_api.resources.payment_views import PaymentView, payment_view
from core.credit import queries as credit
from core.credit import service
from core.credit.kinds import PaymentMethod, PaymentStatus
from core.credit.models import Payment
from core.parties import queries as parties
from core.refs import RetailerId

blueprint = Blueprint("api_payments", __name__)

_CONFLICT = [HTTPStatus.CONFLICT]


class PaymentFilter(PageQuery):
    retailer_id: RowId | None = None
    vendor_id: RowId | None = None
    method: PaymentMethod | None = None
    status: PaymentStatus | None = None
    received_from: Instant | None = None
    received_before: Instant | None = None
    sort: Literal["id", "-id", "received_at", "-received_at"] = "-id"


class PaymentGiven(Given):
    """`vendor_id` is who has the money; by default the platform. It pays `invoice_id` first, then the oldest invoice.

    A payment above the shop's debt plus the ceiling of claims is a 409 until you repeat it with `is_confirmed`.
    """

    retailer_id: RowId
    vendor_id: RowId | None = None
    invoice_id: RowId | None = None
    method: PaymentMethod
    reference: Reference | None = None
    amount: Rupees
    is_confirmed: bool = False


class PaidView(View):
    invoice_id: int
    number: str
    amount: Rupees


class PaymentDetails(PaymentView):
    """The payment with the invoices it has paid so far; the rest is prepaid."""

    paid: list[PaidView]


class PaymentPage(PageView):
    items: list[PaymentView]


@blueprint.get("/payments")
@endpoint(tag="payments", roles=EVERYBODY, answer=PaymentPage, query=PaymentFilter)
def list_payments(call: Call, query: PaymentFilter) -> PaymentPage:
    """Payments. A shop sees its own, a vendor those that it received."""
    wanted = select(Payment)
    wanted = narrow(
        wanted,
        (Payment.retailer_id, call.retailer_id),
        (Payment.retailer_id, query.retailer_id),
        (Payment.vendor_id, call.vendor_id),
        (Payment.vendor_id, query.vendor_id),
        (Payment.method, query.method),
        (Payment.status, query.status),
    )
    wanted = within(wanted, Payment.received_at, query.received_from, query.received_before)
    sorts = {"received_at": Payment.received_at}
    found = paging.cut(call.session, wanted, key=Payment.id, page=query, sorts=sorts, sort=query.sort)
    return PaymentPage(items=[payment_view(row) for row in found.items], total=found.total, next=found.next)


@blueprint.post("/payments")
@endpoint(
    tag="payments",
    roles=ADMIN,
    answer=PaymentView,
    status=HTTPStatus.CREATED,
    body=PaymentGiven,
    is_keyed=True,
    refusals=[HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT],
)
def record_payment(call: Call, body: PaymentGiven) -> PaymentView:
    """Record a payment. A cheque is posted once it has cleared."""
    parties.get_retailer(call.session, RetailerId(body.retailer_id))
    payment = service.record_payment(
        call.session,
        retailer_id=body.retailer_id,
        vendor_id=body.vendor_id,
        invoice_id=body.invoice_id,
        method=body.method,
        reference=body.reference,
        amount=body.amount.money,
        idempotency_key=call.cause,
        is_confirmed=body.is_confirmed,
        actor=call.actor,
        now=call.now,
    )
    call.headers["Location"] = f"/api/v1/payments/{payment.id}"
    return payment_view(payment)


@blueprint.get("/payments/<id:payment_id>")
@endpoint(tag="payments", roles=EVERYBODY, answer=PaymentDetails)
def get_payment(call: Call, payment_id: int) -> PaymentDetails:
    """One payment and what it paid."""
    payment = credit.get_payment(call.session, payment_id, actor=call.actor)
    paid = [
        PaidView(invoice_id=part.invoice_id, number=part.number, amount=Rupees.of(part.amount))
        for part in credit.paid_by(call.session, payment_id)
    ]
    return PaymentDetails(**dict(payment_view(payment)), paid=paid)


@blueprint.post("/payments/<id:payment_id>/clear")
@endpoint(tag="payments", roles=ADMIN, answer=PaymentView, is_keyed=True, refusals=_CONFLICT)
def clear_cheque(call: Call, payment_id: int) -> PaymentView:
    """Record that the bank paid the cheque, and post it."""
    return payment_view(service.clear_cheque(call.session, payment_id, actor=call.actor, now=call.now))


@blueprint.post("/payments/<id:payment_id>/bounce")
@endpoint(
    tag="payments", roles=ADMIN, answer=PaymentView, body=ReasonGiven, is_keyed=True, refusals=_CONFLICT
)
def bounce_cheque(call: Call, payment_id: int, body: ReasonGiven) -> PaymentView:
    """Record that the bank refused the cheque. What it had paid is owed again."""
    bounced = service.bounce_cheque(
        call.session, payment_id, reason=body.reason, actor=call.actor, now=call.now
    )
    return payment_view(bounced)
