"""Fulfillments: dispatch, delivery with the code, withdrawal, return."""

from __future__ import annotations

from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Literal

from flask import Blueprint
from pydantic import Field, StringConstraints, field_validator
from sqlalchemy import select

from admin_api import paging
from admin_api.endpoints import ADMIN, ADMIN_OR_VENDOR, EVERYBODY, VENDOR, Call, endpoint
from admin_api.fields import Given, Instant, Quantity, Reason, ReasonGiven, RowId, Rupees, View, once
from admin_api.paging import Cut, PageQuery, PageView, narrow
from admin_api.problems import Problem
from admin_api.resources.invoice_views import InvoiceSummary, invoice_summary
from admin_api.resources.order_views import FulfillmentOut, fulfillment_out
from core.credit import queries as credit
from core.credit import service as money
from core.credit.models import Invoice
from core.errors import NotFound
from core.orders import delivery, ending, offers, queries
from core.orders.kinds import FulfillmentStatus
from core.orders.models import Fulfillment, Order
from core.orders.views import Delivered, WrongCode

blueprint = Blueprint("api_fulfillments", __name__)

_CONFLICT = [HTTPStatus.CONFLICT]

Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{4,6}$"), Field(examples=["04711"])]


class FulfillmentFilter(PageQuery):
    status: FulfillmentStatus | None = None
    vendor_id: RowId | None = None
    retailer_id: RowId | None = None
    order_id: RowId | None = None
    sort: Literal["id", "-id", "accepted_at", "-accepted_at"] = "-id"


class FulfillmentPage(PageView):
    items: list[FulfillmentOut]


class DispatchGiven(Given):
    eta_at: Instant | None = None


class ShortGiven(Given):
    order_line_id: RowId
    quantity: Quantity = Field(description="How much of the line is missing.")


class HandedOver(Given):
    """What was handed over, less `short`.

    For a cash order, how much of the cash came: all or none of it (`cash_received`), or a part (`cash_amount`).
    """

    short: list[ShortGiven] = Field(default_factory=list, max_length=200)
    cash_received: bool | None = None
    cash_amount: Rupees | None = None

    @field_validator("short")
    @classmethod
    def _each_line_once(cls, lines: list[ShortGiven]) -> list[ShortGiven]:
        once(lines, by="order_line_id")
        return lines


class DeliverGiven(HandedOver):
    """`code` is the one that the retailer got at dispatch.

    For a cash order, say how much of the cash came: all or none of it (`cash_received`), or a part (`cash_amount`).
    """

    code: Code


class StatedGiven(HandedOver):
    """An admin records the delivery, for example after five wrong codes."""

    reason: Reason


class DeliveredOut(View):
    fulfillment: FulfillmentOut
    invoice: InvoiceSummary
    cash_received: bool
    cash_due: Rupees


@blueprint.get("/fulfillments")
@endpoint(tag="fulfillments", roles=EVERYBODY, answer=FulfillmentPage, query=FulfillmentFilter)
def list_fulfillments(call: Call, query: FulfillmentFilter) -> FulfillmentPage:
    """Fulfillments. A vendor sees its own, a shop those of its orders."""
    wanted = select(Fulfillment)
    wanted = narrow(wanted, (Fulfillment.vendor_id, call.vendor_id), (Fulfillment.vendor_id, query.vendor_id))
    shops = {owner for owner in (call.retailer_id, query.retailer_id) if owner is not None}
    for owner in sorted(shops):
        theirs = select(Order.id).where(Order.retailer_id == owner)
        wanted = wanted.where(Fulfillment.order_id.in_(theirs))
    wanted = narrow(wanted, (Fulfillment.status, query.status), (Fulfillment.order_id, query.order_id))
    sorts = {"accepted_at": Fulfillment.accepted_at}
    found = paging.cut(call.session, wanted, key=Fulfillment.id, page=query, sorts=sorts, sort=query.sort)
    return fulfillment_page(call, found, shows_codes=call.retailer_id is not None)


@blueprint.get("/fulfillments/<id:fulfillment_id>")
@endpoint(tag="fulfillments", roles=EVERYBODY, answer=FulfillmentOut)
def get_fulfillment(call: Call, fulfillment_id: int) -> FulfillmentOut:
    """One fulfillment."""
    view = queries.fulfillment_view(call.session, fulfillment_id)
    call.must_own(
        retailer_id=view.retailer_id, vendor_id=view.vendor_id, kind="fulfillment", row_id=fulfillment_id
    )
    return fulfillment_out(view, shows_code=call.retailer_id is not None)


@blueprint.post("/fulfillments/<id:fulfillment_id>/dispatch")
@endpoint(
    tag="fulfillments",
    roles=ADMIN_OR_VENDOR,
    answer=FulfillmentOut,
    body=DispatchGiven,
    is_keyed=True,
    refusals=_CONFLICT,
)
def dispatch_fulfillment(call: Call, fulfillment_id: int, body: DispatchGiven) -> FulfillmentOut:
    """Mark the goods as dispatched. The retailer gets the delivery code."""
    view = delivery.dispatch(call.session, fulfillment_id, eta_at=body.eta_at, actor=call.actor, now=call.now)
    return fulfillment_out(view, shows_code=False)


@blueprint.post("/fulfillments/<id:fulfillment_id>/deliver")
@endpoint(
    tag="fulfillments",
    roles=VENDOR,
    answer=DeliveredOut,
    body=DeliverGiven,
    is_keyed=True,
    refusals=_CONFLICT,
)
def deliver_fulfillment(call: Call, fulfillment_id: int, body: DeliverGiven) -> DeliveredOut | Problem:
    """Record the delivery with the retailer's code. Wrong codes are counted; after five, an admin has to step in."""
    part = call.session.get(Fulfillment, fulfillment_id)
    if part is None or part.vendor_id != call.vendor_id:
        raise NotFound(kind="fulfillment", id=fulfillment_id)
    done = delivery.deliver(
        call.session,
        vendor_id=part.vendor_id,
        code=body.code,
        fulfillment_id=fulfillment_id,
        short=_short(body.short),
        cash=_cash(body),
        actor=call.actor,
        now=call.now,
    )
    if isinstance(done, WrongCode):
        return Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "wrong_code",
            title="No dispatched parcel has this code.",
            facts={"tries_left": done.tries_left},
        )
    return _delivered(call, done)


@blueprint.post("/fulfillments/<id:fulfillment_id>/state-delivered")
@endpoint(
    tag="fulfillments", roles=ADMIN, answer=DeliveredOut, body=StatedGiven, is_keyed=True, refusals=_CONFLICT
)
def state_delivered(call: Call, fulfillment_id: int, body: StatedGiven) -> DeliveredOut:
    """Record a delivery without the code."""
    done = delivery.deliver_without_code(
        call.session,
        fulfillment_id,
        short=_short(body.short),
        cash=_cash(body),
        reason=body.reason,
        actor=call.actor,
        now=call.now,
    )
    return _delivered(call, done)


@blueprint.post("/fulfillments/<id:fulfillment_id>/withdraw")
@endpoint(
    tag="fulfillments",
    roles=ADMIN_OR_VENDOR,
    answer=FulfillmentOut,
    body=ReasonGiven,
    is_keyed=True,
    refusals=_CONFLICT,
)
def withdraw_fulfillment(call: Call, fulfillment_id: int, body: ReasonGiven) -> FulfillmentOut:
    """Withdraw a fulfillment before dispatch. The order looks for other vendors."""
    offers.withdraw(call.session, fulfillment_id, reason=body.reason, actor=call.actor, now=call.now)
    return fulfillment_out(queries.fulfillment_view(call.session, fulfillment_id), shows_code=False)


@blueprint.post("/fulfillments/<id:fulfillment_id>/return")
@endpoint(
    tag="fulfillments",
    roles=ADMIN_OR_VENDOR,
    answer=FulfillmentOut,
    body=ReasonGiven,
    is_keyed=True,
    refusals=_CONFLICT,
)
def return_fulfillment(call: Call, fulfillment_id: int, body: ReasonGiven) -> FulfillmentOut:
    """Record that everything came back: the stock is on hand again and the hold is released."""
    ending.mark_returned(call.session, fulfillment_id, reason=body.reason, actor=call.actor, now=call.now)
    return fulfillment_out(queries.fulfillment_view(call.session, fulfillment_id), shows_code=False)


def fulfillment_page(call: Call, found: Cut[Fulfillment], *, shows_codes: bool) -> FulfillmentPage:
    ids = [part.id for part in found.items]
    views = queries.fulfillment_views(call.session, select(Fulfillment).where(Fulfillment.id.in_(ids)))
    by_id = {view.fulfillment_id: view for view in views}
    items = [fulfillment_out(by_id[row_id], shows_code=shows_codes) for row_id in ids]
    return FulfillmentPage(items=items, total=found.total, next=found.next)


def _short(lines: list[ShortGiven]) -> dict[int, Decimal]:
    return {line.order_line_id: line.quantity for line in lines}


def _cash(body: HandedOver) -> money.Cash | None:
    if body.cash_amount is not None:
        return money.part_of_cash(body.cash_amount.money)
    if body.cash_received is None:
        return None
    return money.ALL_CASH if body.cash_received else money.NO_CASH


def _delivered(call: Call, done: Delivered) -> DeliveredOut:
    invoice = call.session.get_one(Invoice, done.invoice_id)
    owed = credit.outstanding(call.session, [invoice.id])
    return DeliveredOut(
        fulfillment=fulfillment_out(done.fulfillment, shows_code=False),
        invoice=invoice_summary(invoice, owed[invoice.id]),
        cash_received=done.cash_received,
        cash_due=Rupees.of(done.cash_due),
    )
