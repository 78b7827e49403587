"""Returned deliveries, and orders that were refused."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from flask import Blueprint
from sqlalchemy import select

from admin_api import paging
from admin_api.endpoints import ADMIN_OR_RETAILER, EVERYBODY, Call, endpoint
from admin_api.fields import Instant, RowId, Text, View
from admin_api.paging import PageQuery, PageView, narrow, within
from admin_api.problems import json_safe
from admin_api.resources.fulfillments import FulfillmentPage, fulfillment_page
from core.orders.kinds import FulfillmentStatus
from core.orders.models import Fulfillment, Order, OrderRefusal

blueprint = Blueprint("api_returns", __name__)


class ReturnFilter(PageQuery):
    vendor_id: RowId | None = None
    retailer_id: RowId | None = None
    sort: Literal["id", "-id"] = "-id"


class RefusalFilter(PageQuery):
    retailer_id: RowId | None = None
    code: Text | None = None
    at_from: Instant | None = None
    at_before: Instant | None = None
    sort: Literal["id", "-id"] = "-id"


class RefusalView(View):
    """Why a basket didn't become an order, with the facts, such as the shortfall."""

    id: RowId
    retailer_id: int
    order_id: int
    basket_version: int
    code: str
    facts: dict[str, Any]
    actor: str
    at: dt.datetime


class RefusalPage(PageView):
    items: list[RefusalView]


@blueprint.get("/returns")
@endpoint(tag="returns", roles=EVERYBODY, answer=FulfillmentPage, query=ReturnFilter)
def list_returns(call: Call, query: ReturnFilter) -> FulfillmentPage:
    """Deliveries that came back completely. A vendor sees its own, a shop those of its orders."""
    wanted = select(Fulfillment).where(Fulfillment.status == FulfillmentStatus.RETURNED)
    wanted = narrow(wanted, (Fulfillment.vendor_id, call.vendor_id), (Fulfillment.vendor_id, query.vendor_id))
    for owner in sorted({owner for owner in (call.retailer_id, query.retailer_id) if owner is not None}):
        theirs = select(Order.id).where(Order.retailer_id == owner)
        wanted = wanted.where(Fulfillment.order_id.in_(theirs))
    found = paging.cut(call.session, wanted, key=Fulfillment.id, page=query, sort=query.sort)
    return fulfillment_page(call, found, shows_codes=False)


@blueprint.get("/refusals")
@endpoint(tag="refusals", roles=ADMIN_OR_RETAILER, answer=RefusalPage, query=RefusalFilter)
def list_refusals(call: Call, query: RefusalFilter) -> RefusalPage:
    """Orders that weren't placed, and why. A shop sees its own."""
    wanted = select(OrderRefusal)
    wanted = narrow(
        wanted,
        (OrderRefusal.retailer_id, call.retailer_id),
        (OrderRefusal.retailer_id, query.retailer_id),
        (OrderRefusal.code, query.code),
    )
    wanted = within(wanted, OrderRefusal.at, query.at_from, query.at_before)
    found = paging.cut(call.session, wanted, key=OrderRefusal.id, page=query, sort=query.sort)
    items = [
        RefusalView(
            id=row.id,
            retailer_id=row.retailer_id,
            order_id=row.order_id,
            basket_version=row.basket_version,
            code=row.code,
            facts=json_safe(row.facts),
            actor=row.actor,
            at=row.at,
        )
        for row in found.items
    ]
    return RefusalPage(items=items, total=found.total, next=found.next)
