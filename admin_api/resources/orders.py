"""Orders: the list, and one order with its whole history."""

from __future__ import annotations

from typing import Literal

from flask import Blueprint
from pydantic import Field
from sqlalchemy import Select, func, select

from admin_api import paging
from admin_api.endpoints import ADMIN_OR_RETAILER, Call, endpoint
from admin_api.fields import Instant, RowId, View
from admin_api.paging import PageQuery, PageView, narrow, within
from admin_api.resources.credit_accounts import HoldView, hold_view
from admin_api.resources.invoice_views import InvoiceSummary, invoice_summary
from admin_api.resources.order_views import (
    OrderOut,
    OrderSummaryOut,
    TransitionOut,
    order_facts,
    order_summary,
    transition_out,
)
from admin_api.resources.routing_views import DecisionOut, OfferOut, decision_out, offer_out
from core.clock import business_date
from core.credit import queries as credit
from core.credit.models import CreditHold, Invoice
from core.messaging.models import OutboundMessage, OutboundStatus
from core.money import ZERO
from core.orders import queries
from core.orders.kinds import OrderStatus, Terms
from core.orders.models import Fulfillment, Order
from core.orders.summaries import summaries
from core.routing import queries as routing

blueprint = Blueprint("api_orders", __name__)

_WENT_OUT = (OutboundStatus.SENT, OutboundStatus.DELIVERED, OutboundStatus.READ)


class OrderFilter(PageQuery):
    """Drafts are baskets, and left out unless you ask for that status."""

    status: OrderStatus | None = None
    retailer_id: RowId | None = None
    vendor_id: RowId | None = Field(default=None, description="A vendor that has promised a part.")
    terms: Terms | None = None
    short_code: int | None = Field(default=None, ge=1, le=2**62, examples=[1042])
    placed_from: Instant | None = None
    placed_before: Instant | None = None
    sort: Literal["id", "-id", "placed_at", "-placed_at"] = "-id"


class OrderPage(PageView):
    items: list[OrderSummaryOut]


class MessageCounts(View):
    """How many messages the order has taken so far."""

    queued: int
    sent: int


class OrderDetails(OrderOut):
    """Everything that happened. `offers`, `decisions` and `messages` are only for admins."""

    transitions: list[TransitionOut]
    holds: list[HoldView]
    invoices: list[InvoiceSummary]
    offers: list[OfferOut]
    decisions: list[DecisionOut]
    messages: MessageCounts | None


@blueprint.get("/orders")
@endpoint(tag="orders", roles=ADMIN_OR_RETAILER, answer=OrderPage, query=OrderFilter)
def list_orders(call: Call, query: OrderFilter) -> OrderPage:
    """Orders, newest first. A shop sees its own; vendors find theirs under `/fulfillments`."""
    # Short codes are given in the order of placing and are indexed.
    sorts = {
        "placed_at": func.coalesce(Order.short_code, 0)
        if query.status is OrderStatus.DRAFT
        else Order.short_code
    }
    found = paging.cut(
        call.session, _wanted(call, query), key=Order.id, page=query, sorts=sorts, sort=query.sort
    )
    items = [order_summary(summary) for summary in summaries(call.session, found.items)]
    return OrderPage(items=items, total=found.total, next=found.next)


@blueprint.get("/orders/<id:order_id>")
@endpoint(tag="orders", roles=ADMIN_OR_RETAILER, answer=OrderDetails)
def get_order(call: Call, order_id: int) -> OrderDetails:
    """One order: lines, parts, transitions, money, and for admins how its vendors were chosen."""
    return order_details(call, order_id)


def order_details(call: Call, order_id: int) -> OrderDetails:
    """The order as the caller may see it. Raises NotFound for another shop's."""
    order = queries.get_order(call.session, order_id, retailer_id=call.retailer_id)
    session = call.session
    view = queries.order_view(session, order_id)
    holds = session.scalars(select(CreditHold).where(CreditHold.order_id == order_id)).all()
    invoices = session.scalars(select(Invoice).where(Invoice.order_id == order_id).order_by(Invoice.id)).all()
    owed = credit.outstanding(session, [invoice.id for invoice in invoices])
    today = business_date(call.now)
    payment_status = credit.paid_state_of_order(session, order_id, today=today)
    facts = order_facts(
        view, version=order.version, payment_status=payment_status, shows_codes=not call.is_admin
    )
    return OrderDetails(
        **facts,
        transitions=[transition_out(moved) for moved in queries.transitions(session, order_id)],
        holds=[hold_view(hold) for hold in holds],
        invoices=[invoice_summary(invoice, owed.get(invoice.id, ZERO)) for invoice in invoices],
        offers=_offers(call, order_id) if call.is_admin else [],
        decisions=(
            [decision_out(found) for found in routing.decisions(session, order_id)] if call.is_admin else []
        ),
        messages=_messages(call, order_id) if call.is_admin else None,
    )


def _wanted(call: Call, query: OrderFilter) -> Select[Order]:
    wanted = select(Order)
    wanted = narrow(wanted, (Order.status, query.status))
    if query.status is not OrderStatus.DRAFT:
        wanted = wanted.where(Order.placed_at.is_not(None))
    wanted = narrow(wanted, (Order.retailer_id, call.retailer_id), (Order.retailer_id, query.retailer_id))
    if query.vendor_id is not None:
        theirs = select(Fulfillment.order_id).where(Fulfillment.vendor_id == query.vendor_id)
        wanted = wanted.where(Order.id.in_(theirs))
    wanted = narrow(wanted, (Order.terms, query.terms), (Order.short_code, query.short_code))
    return within(wanted, Order.placed_at, query.placed_from, query.placed_before)


def _offers(call: Call, order_id: int) -> list[OfferOut]:
    offers = routing.offers_of_order(call.session, order_id)
    lines = routing.offer_lines(call.session, [offer.id for offer in offers])
    return [offer_out(offer, lines[offer.id]) for offer in offers]


def _messages(call: Call, order_id: int) -> MessageCounts:
    queued, sent = call.session.execute(
        select(
            func.count(OutboundMessage.id), func.count().filter(OutboundMessage.status.in_(_WENT_OUT))
        ).where(OutboundMessage.order_id == order_id)
    ).one()
    return MessageCounts(queued=queued, sent=sent)
