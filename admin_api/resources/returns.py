"""What came back, and the yes that did not become an order."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from flask import Blueprint
from sqlalchemy import select

from admin_api import paging
from admin_api.endpoints import ADMIN_OR_RETAILER, EVERYBODY, Call, endpoint
from admin_api.fields import Instant, RowId, Text, View
from admin_api.paging import PageQuery, PageView
from admin_api.problems import json_safe
from admin_api.resources.fulfillments import FulfillmentPage
from admin_api.resources.order_views import fulfillment_out
from core.orders import queries
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
    """Why a basket did not become an order, with the facts, for example the shortfall."""

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
    """Deliveries that came back whole. A vendor sees its own, a shop those of its orders."""
    wanted = select(Fulfillment).where(Fulfillment.status == FulfillmentStatus.RETURNED)
    for vendor_id in sorted({owner for owner in (call.vendor_id, query.vendor_id) if owner is not None}):
        wanted = wanted.where(Fulfillment.vendor_id == vendor_id)
    for owner in sorted({owner for owner in (call.retailer_id, query.retailer_id) if owner is not None}):
        theirs = select(Order.id).where(Order.retailer_id == owner)
        wanted = wanted.where(Fulfillment.order_id.in_(theirs))
    found = paging.cut(call.session, wanted, key=Fulfillment.id, page=query, sort=query.sort)
    ids = [part.id for part in found.items]
    views = queries.fulfillment_views(call.session, select(Fulfillment).where(Fulfillment.id.in_(ids)))
    by_id = {view.fulfillment_id: view for view in views}
    items = [fulfillment_out(by_id[row_id], shows_code=False) for row_id in ids]
    return FulfillmentPage(items=items, total=found.total, next=found.next)


@blueprint.get("/refusals")
@endpoint(tag="refusals", roles=ADMIN_OR_RETAILER, answer=RefusalPage, query=RefusalFilter)
def list_refusals(call: Call, query: RefusalFilter) -> RefusalPage:
    """Orders that were not placed, and why; a shop sees its own."""
    wanted = select(OrderRefusal)
    for owner in sorted({owner for owner in (call.retailer_id, query.retailer_id) if owner is not None}):
        wanted = wanted.where(OrderRefusal.retailer_id == owner)
    if query.code:
        wanted = wanted.where(OrderRefusal.code == query.code)
    if query.at_from:
        wanted = wanted.where(OrderRefusal.at >= query.at_from)
    if query.at_before:
        wanted = wanted.where(OrderRefusal.at < query.at_before)
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
