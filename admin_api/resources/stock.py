"""Stock, and every movement of it with its reason."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Literal

from flask import Blueprint
from sqlalchemy import select

from admin_api import paging
from admin_api.endpoints import ADMIN_OR_VENDOR, Call, endpoint
from admin_api.fields import Given, Quantity, QuantityOut, Reason, RowId, View, quantity_text
from admin_api.paging import PageQuery, PageView, narrow
from admin_api.resources.listings import own_listing, stock_of
from core.catalog import stock
from core.catalog.models import Listing, MovementKind, Stock, StockMovement
from core.quantity import ZERO_QUANTITY
from core.refs import ListingId

blueprint = Blueprint("api_stock", __name__)


class StockFilter(PageQuery):
    vendor_id: RowId | None = None
    product_id: RowId | None = None
    is_out: bool | None = None
    sort: Literal["id", "-id"] = "id"


class MovementFilter(PageQuery):
    kind: MovementKind | None = None
    sort: Literal["id", "-id"] = "-id"


class CountGiven(Given):
    """The count on the shelf, including what is promised to orders."""

    on_hand: Quantity
    reason: Reason


class StockView(View):
    """`available` is what can be promised: on hand less reserved."""

    listing_id: RowId
    vendor_id: int
    product_id: int
    on_hand: QuantityOut
    reserved: QuantityOut
    available: QuantityOut


class StockPage(PageView):
    items: list[StockView]


class MovementView(View):
    id: RowId
    listing_id: int
    kind: MovementKind
    on_hand_change: QuantityOut
    reserved_change: QuantityOut
    cause: str
    reason: str | None
    actor: str
    at: dt.datetime


class MovementPage(PageView):
    items: list[MovementView]


@blueprint.get("/stock")
@endpoint(tag="stock", roles=ADMIN_OR_VENDOR, answer=StockPage, query=StockFilter)
def list_stock(call: Call, query: StockFilter) -> StockPage:
    """Stock by listing; a vendor sees its own."""
    wanted = select(Listing).join(Stock, Stock.listing_id == Listing.id)
    wanted = narrow(
        wanted,
        (Listing.vendor_id, call.vendor_id),
        (Listing.vendor_id, query.vendor_id),
        (Listing.product_id, query.product_id),
    )
    if query.is_out is not None:
        is_out = Stock.on_hand <= Stock.reserved
        wanted = wanted.where(is_out if query.is_out else ~is_out)
    found = paging.cut(call.session, wanted, key=Listing.id, page=query, sort=query.sort)
    rows = stock_of(call, found.items)
    items = [_view(listing, rows[listing.id]) for listing in found.items]
    return StockPage(items=items, total=found.total, next=found.next)


@blueprint.get("/stock/<id:listing_id>")
@endpoint(tag="stock", roles=ADMIN_OR_VENDOR, answer=StockView, has_etag=True)
def get_stock(call: Call, listing_id: int) -> StockView:
    """The stock of one listing."""
    listing = own_listing(call, listing_id)
    return _view(listing, call.session.get(Stock, listing_id))


@blueprint.put("/stock/<id:listing_id>")
@endpoint(
    tag="stock",
    roles=ADMIN_OR_VENDOR,
    answer=StockView,
    body=CountGiven,
    is_keyed=True,
    has_etag=True,
    needs_match=True,
    refusals=[HTTPStatus.CONFLICT],
)
def count_stock(call: Call, listing_id: int, body: CountGiven) -> StockView:
    """Set the count. It is refused if it is below what is promised to orders."""
    listing = own_listing(call, listing_id)
    stock.lock_stock(call.session, [ListingId(listing_id)])
    call.must_match(_view(listing, call.session.get(Stock, listing_id)))
    stock.count(
        call.session,
        ListingId(listing_id),
        body.on_hand,
        cause=call.cause,
        reason=body.reason,
        actor=call.actor,
        now=call.now,
    )
    return _view(listing, call.session.get(Stock, listing_id))


@blueprint.get("/stock/<id:listing_id>/movements")
@endpoint(tag="stock", roles=ADMIN_OR_VENDOR, answer=MovementPage, query=MovementFilter)
def list_movements(call: Call, listing_id: int, query: MovementFilter) -> MovementPage:
    """Stock movements, newest first."""
    own_listing(call, listing_id)
    wanted = select(StockMovement).where(StockMovement.listing_id == listing_id)
    wanted = narrow(wanted, (StockMovement.kind, query.kind))
    found = paging.cut(call.session, wanted, key=StockMovement.id, page=query, sort=query.sort)
    items = [
        MovementView(
            id=row.id,
            listing_id=row.listing_id,
            kind=row.kind,
            on_hand_change=quantity_text(row.on_hand_change),
            reserved_change=quantity_text(row.reserved_change),
            cause=row.cause,
            reason=row.reason,
            actor=row.actor,
            at=row.at,
        )
        for row in found.items
    ]
    return MovementPage(items=items, total=found.total, next=found.next)


def _view(listing: Listing, row: Stock | None) -> StockView:
    on_hand = row.on_hand if row else ZERO_QUANTITY
    reserved = row.reserved if row else ZERO_QUANTITY
    return StockView(
        listing_id=listing.id,
        vendor_id=listing.vendor_id,
        product_id=listing.product_id,
        on_hand=quantity_text(on_hand),
        reserved=quantity_text(reserved),
        available=quantity_text(on_hand - reserved),
    )
