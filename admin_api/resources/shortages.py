"""Shortages that shops report after a delivery, and the vendors' answers."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Literal

from flask import Blueprint
from pydantic import Field
from sqlalchemy import select

from admin_api import paging
from admin_api.endpoints import ADMIN_OR_VENDOR, EVERYBODY, Call, endpoint
from admin_api.fields import QuantityOut, ReasonGiven, RowId, Rupees, View, quantity_text
from admin_api.paging import PageQuery, PageView, narrow
from admin_api.resources.order_views import LineOut, line_facts
from core.orders import shortages
from core.orders.kinds import ShortageStatus
from core.orders.models import Fulfillment, Order, Shortage
from core.orders.shortages import ShortageView
from core.refs import order_number

blueprint = Blueprint("api_shortages", __name__)

_CONFLICT = [HTTPStatus.CONFLICT]


class ShortageFilter(PageQuery):
    status: ShortageStatus | None = None
    vendor_id: RowId | None = None
    retailer_id: RowId | None = None
    sort: Literal["id", "-id"] = "-id"


class ShortageLineOut(LineOut):
    """`quantity` is what was promised; `short` is what is missing or damaged."""

    short: QuantityOut


class ShortageOut(View):
    """A report about one delivery. `words` is the shop's own text."""

    id: RowId
    status: ShortageStatus
    fulfillment_id: int
    order_id: int
    order_number: str = Field(examples=["KH-001042"])
    vendor_id: int
    vendor_name: str
    retailer_id: int
    shop_name: str
    lines: list[ShortageLineOut]
    words: str | None
    worth: Rupees = Field(description="What comes off the bill; once agreed, the amount of the credit note.")
    reported_by: str
    reported_at: dt.datetime
    answered_by: str | None
    answered_at: dt.datetime | None


class ShortagePage(PageView):
    items: list[ShortageOut]


@blueprint.get("/shortages")
@endpoint(tag="shortages", roles=EVERYBODY, answer=ShortagePage, query=ShortageFilter)
def list_shortages(call: Call, query: ShortageFilter) -> ShortagePage:
    """Shortages, newest first. A shop sees its own, a vendor those of its deliveries."""
    wanted = select(Shortage)
    for vendor_id in sorted({owner for owner in (call.vendor_id, query.vendor_id) if owner is not None}):
        theirs = select(Fulfillment.id).where(Fulfillment.vendor_id == vendor_id)
        wanted = wanted.where(Shortage.fulfillment_id.in_(theirs))
    for owner in sorted({owner for owner in (call.retailer_id, query.retailer_id) if owner is not None}):
        theirs = (
            select(Fulfillment.id)
            .join(Order, Order.id == Fulfillment.order_id)
            .where(Order.retailer_id == owner)
        )
        wanted = wanted.where(Shortage.fulfillment_id.in_(theirs))
    wanted = narrow(wanted, (Shortage.status, query.status))
    found = paging.cut(call.session, wanted, key=Shortage.id, page=query, sort=query.sort)
    items = [_out(view) for view in shortages.shortage_views(call.session, found.items)]
    return ShortagePage(items=items, total=found.total, next=found.next)


@blueprint.get("/shortages/<id:shortage_id>")
@endpoint(tag="shortages", roles=EVERYBODY, answer=ShortageOut)
def get_shortage(call: Call, shortage_id: int) -> ShortageOut:
    """One shortage."""
    view = shortages.shortage_view(call.session, shortage_id)
    call.must_own(
        retailer_id=view.parcel.retailer_id,
        vendor_id=view.parcel.vendor_id,
        kind="shortage",
        row_id=shortage_id,
    )
    return _out(view)


@blueprint.post("/shortages/<id:shortage_id>/agree")
@endpoint(tag="shortages", roles=ADMIN_OR_VENDOR, answer=ShortageOut, is_keyed=True, refusals=_CONFLICT)
def agree_shortage(call: Call, shortage_id: int) -> ShortageOut:
    """Agree to the shortage. A credit note takes it off the shop's bill."""
    shortages.agree(call.session, shortage_id, actor=call.actor, now=call.now)
    return _out(shortages.shortage_view(call.session, shortage_id))


@blueprint.post("/shortages/<id:shortage_id>/refuse")
@endpoint(
    tag="shortages",
    roles=ADMIN_OR_VENDOR,
    answer=ShortageOut,
    body=ReasonGiven,
    is_keyed=True,
    refusals=_CONFLICT,
)
def refuse_shortage(call: Call, shortage_id: int, body: ReasonGiven) -> ShortageOut:
    """Refuse the shortage. The bill stays as it is, and the shop is told."""
    shortages.refuse(call.session, shortage_id, reason=body.reason, actor=call.actor, now=call.now)
    return _out(shortages.shortage_view(call.session, shortage_id))


def _out(view: ShortageView) -> ShortageOut:
    return ShortageOut(
        id=view.shortage_id,
        status=view.status,
        fulfillment_id=view.parcel.fulfillment_id,
        order_id=view.parcel.order_id,
        order_number=order_number(view.parcel.short_code),
        vendor_id=view.parcel.vendor_id,
        vendor_name=view.parcel.vendor_name,
        retailer_id=view.parcel.retailer_id,
        shop_name=view.parcel.shop_name,
        lines=[
            ShortageLineOut(**line_facts(row.line), short=quantity_text(row.quantity)) for row in view.lines
        ],
        words=view.words,
        worth=Rupees.of(view.worth),
        reported_by=view.reported_by,
        reported_at=view.reported_at,
        answered_by=view.answered_by,
        answered_at=view.answered_at,
    )
