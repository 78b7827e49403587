"""Baskets, priced at what routing would pay for them now."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from flask import Blueprint
from pydantic import Field
from sqlalchemy import select

from admin_api import paging
from admin_api.endpoints import ADMIN_OR_RETAILER, Call, endpoint
from admin_api.fields import QuantityOut, RowId, Rupees, SaidOut, View, quantity_text
from admin_api.paging import PageQuery, PageView, narrow
from core.errors import NotFound
from core.orders import basket, queries
from core.orders.kinds import OrderStatus
from core.orders.models import Order
from core.orders.summaries import summaries
from core.orders.views import BasketView

blueprint = Blueprint("api_baskets", __name__)


class BasketFilter(PageQuery):
    retailer_id: RowId | None = None
    awaits_owner: bool | None = None
    sort: Literal["id", "-id", "touched_at", "-touched_at"] = "-id"


class BasketSummary(View):
    """`shown_total` is what the shop saw last; `awaiting_owner_since` is set while a helper's basket waits."""

    id: RowId
    retailer_id: int
    shop_name: str
    version: int
    line_count: int
    shown_total: Rupees
    opened_at: dt.datetime
    touched_at: dt.datetime
    awaiting_owner_since: dt.datetime | None


class BasketPage(PageView):
    items: list[BasketSummary]


class BasketLineOut(View):
    """The price is null if nobody has the product now; `short_by` is the quantity that nobody has."""

    position: int
    product_id: int
    sku: str
    name: str
    name_ne: str | None
    unit: str
    quantity: QuantityOut
    said_as: SaidOut | None
    short_by: QuantityOut
    unit_price: Rupees | None
    net: Rupees | None
    vat: Rupees | None
    total: Rupees | None
    added_by: str


class BasketOut(View):
    """To order, name the `version` you saw. `vendors` is how many would deliver it now."""

    id: RowId
    retailer_id: int
    version: int
    lines: list[BasketLineOut]
    net: Rupees
    vat: Rupees
    total: Rupees
    vendors: int
    touched_at: dt.datetime = Field(description="When a line last changed.")


def basket_out(view: BasketView) -> BasketOut:
    return BasketOut(
        id=view.order_id,
        retailer_id=view.retailer_id,
        version=view.version,
        lines=[
            BasketLineOut(
                position=line.position,
                product_id=line.product_id,
                sku=line.sku,
                name=line.name,
                name_ne=line.name_ne,
                unit=line.unit,
                quantity=quantity_text(line.quantity),
                said_as=SaidOut.of(line.said),
                short_by=quantity_text(line.short_by),
                unit_price=Rupees.of(line.unit_price) if line.unit_price else None,
                net=Rupees.of(line.price.net) if line.price else None,
                vat=Rupees.of(line.price.vat) if line.price else None,
                total=Rupees.of(line.price.total) if line.price else None,
                added_by=line.added_by,
            )
            for line in view.lines
        ],
        net=Rupees.of(view.net),
        vat=Rupees.of(view.vat),
        total=Rupees.of(view.total),
        vendors=view.vendors,
        touched_at=view.touched_at,
    )


@blueprint.get("/baskets")
@endpoint(tag="baskets", roles=ADMIN_OR_RETAILER, answer=BasketPage, query=BasketFilter)
def list_baskets(call: Call, query: BasketFilter) -> BasketPage:
    """Open baskets, and those that wait for their owner. A shop sees its own."""
    wanted = select(Order).where(Order.status == OrderStatus.DRAFT)
    wanted = narrow(wanted, (Order.retailer_id, call.retailer_id), (Order.retailer_id, query.retailer_id))
    if query.awaits_owner is not None:
        waits = Order.awaiting_owner_since
        wanted = wanted.where(waits.is_not(None) if query.awaits_owner else waits.is_(None))
    sorts = {"touched_at": Order.touched_at}
    found = paging.cut(call.session, wanted, key=Order.id, page=query, sorts=sorts, sort=query.sort)
    items = [
        BasketSummary(
            id=summary.order.id,
            retailer_id=summary.order.retailer_id,
            shop_name=summary.shop_name,
            version=summary.order.version,
            line_count=summary.line_count,
            shown_total=Rupees.of(summary.total),
            opened_at=summary.order.opened_at,
            touched_at=summary.order.touched_at,
            awaiting_owner_since=summary.order.awaiting_owner_since,
        )
        for summary in summaries(call.session, found.items)
    ]
    return BasketPage(items=items, total=found.total, next=found.next)


@blueprint.get("/baskets/<id:basket_id>")
@endpoint(tag="baskets", roles=ADMIN_OR_RETAILER, answer=BasketOut)
def get_basket(call: Call, basket_id: int) -> BasketOut:
    """One basket at today's prices. This doesn't count as shown: the shop's yes is still checked against the chat."""
    return basket_out(basket.priced(call.session, own_basket(call, basket_id), now=call.now).view)


def own_basket(call: Call, basket_id: int) -> Order:
    """The order while it is a draft, for its shop or an admin. Raises NotFound."""
    order = queries.get_order(call.session, basket_id, retailer_id=call.retailer_id)
    if order.status is not OrderStatus.DRAFT:
        raise NotFound(kind="basket", id=basket_id)
    return order
