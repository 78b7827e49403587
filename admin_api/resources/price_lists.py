"""Price lists: prices that a vendor agrees with one shop for some days. Each party sees its own."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Annotated, Literal

from flask import Blueprint
from pydantic import Field, field_validator
from sqlalchemy import func, select

from admin_api import paging
from admin_api.endpoints import ADMIN_OR_VENDOR, EVERYBODY, Call, endpoint
from admin_api.fields import Day, Given, RowId, Rupees, View, given
from admin_api.paging import PageQuery, PageView, narrow
from core.catalog.models import Listing
from core.clock import business_date
from core.errors import NotAllowed, NotFound
from core.parties import queries as parties
from core.pricing import queries
from core.pricing import service as pricing
from core.pricing.models import PriceList, PriceListLine
from core.pricing.service import PriceListFacts
from core.refs import VendorId

blueprint = Blueprint("api_price_lists", __name__)

MOST_LINES = 1_000


class PriceListFilter(PageQuery):
    vendor_id: RowId | None = None
    retailer_id: RowId | None = None
    listing_id: RowId | None = None
    on: Annotated[Day | None, Field(description="Only lists in force on that business day.")] = None
    sort: Literal["id", "-id"] = "id"


class OwnPriceGiven(Given):
    """What the shop pays for one base piece, before VAT, whatever the quantity."""

    listing_id: RowId
    price: Rupees


class PriceListChange(Given):
    """The list's new content. A list that is in force keeps its first day.

    Changing what the shop pays by more than half is a 409 until you repeat it with `is_confirmed`.
    """

    starts_on: Annotated[
        Day | None, Field(description="The first business day; by default today, or unchanged.")
    ] = None
    ends_on: Annotated[Day | None, Field(description="The last business day; null for no end.")] = None
    lines: Annotated[list[OwnPriceGiven], Field(min_length=1, max_length=MOST_LINES)]
    is_confirmed: bool = False

    @field_validator("lines")
    @classmethod
    def _each_listing_once(cls, lines: list[OwnPriceGiven]) -> list[OwnPriceGiven]:
        if len({line.listing_id for line in lines}) != len(lines):
            raise ValueError("a list has one price per listing")
        return lines


class PriceListGiven(PriceListChange):
    """`vendor_id` is for admins."""

    vendor_id: RowId | None = None
    retailer_id: RowId


class EndQuery(Given):
    is_confirmed: bool = False


class OwnPriceView(View):
    listing_id: int
    product_id: int
    price: Rupees


class PriceListSummary(View):
    id: RowId
    vendor_id: int
    retailer_id: int
    starts_on: dt.date
    ends_on: dt.date | None
    listings: int = Field(description="How many own prices it has.")
    created_at: dt.datetime
    updated_at: dt.datetime


class PriceListPage(PageView):
    items: list[PriceListSummary]


class PriceListView(View):
    id: RowId
    vendor_id: int
    retailer_id: int
    starts_on: dt.date
    ends_on: dt.date | None
    lines: list[OwnPriceView]
    created_at: dt.datetime
    updated_at: dt.datetime


@blueprint.get("/price-lists")
@endpoint(tag="price-lists", roles=EVERYBODY, answer=PriceListPage, query=PriceListFilter)
def list_price_lists(call: Call, query: PriceListFilter) -> PriceListPage:
    """Price lists. A vendor and a shop see their own."""
    wanted = select(PriceList)
    wanted = narrow(
        wanted,
        (PriceList.vendor_id, call.vendor_id),
        (PriceList.retailer_id, call.retailer_id),
        (PriceList.vendor_id, query.vendor_id),
        (PriceList.retailer_id, query.retailer_id),
    )
    if query.listing_id:
        lines = select(PriceListLine.price_list_id).where(PriceListLine.listing_id == query.listing_id)
        wanted = wanted.where(PriceList.id.in_(lines))
    if query.on:
        wanted = wanted.where(PriceList.during.contains(query.on))
    found = paging.cut(call.session, wanted, key=PriceList.id, page=query, sort=query.sort)
    counts = dict(
        call.session.execute(
            select(PriceListLine.price_list_id, func.count())
            .where(PriceListLine.price_list_id.in_([row.id for row in found.items]))
            .group_by(PriceListLine.price_list_id)
        ).all()
    )
    items = [
        PriceListSummary(
            id=row.id,
            vendor_id=row.vendor_id,
            retailer_id=row.retailer_id,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            listings=counts.get(row.id, 0),
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in found.items
    ]
    return PriceListPage(items=items, total=found.total, next=found.next)


@blueprint.post("/price-lists")
@endpoint(
    tag="price-lists",
    roles=ADMIN_OR_VENDOR,
    answer=PriceListView,
    status=HTTPStatus.CREATED,
    body=PriceListGiven,
    is_keyed=True,
    refusals=[HTTPStatus.NOT_FOUND],
)
def create_price_list(call: Call, body: PriceListGiven) -> PriceListView:
    """Agree prices with an approved shop. Lists for one shop may not overlap in both listings and days."""
    vendor_id = given(call.vendor_id, body.vendor_id)
    if vendor_id is None or body.vendor_id not in {None, vendor_id}:
        raise NotAllowed(field="vendor_id")
    parties.get_vendor(call.session, VendorId(vendor_id))
    row = pricing.create_price_list(
        call.session,
        _facts(body, business_date(call.now)),
        vendor_id=vendor_id,
        retailer_id=body.retailer_id,
        is_confirmed=body.is_confirmed,
        actor=call.actor,
        now=call.now,
    )
    call.headers["Location"] = f"/api/v1/price-lists/{row.id}"
    return _view(call, row)


@blueprint.get("/price-lists/<id:price_list_id>")
@endpoint(tag="price-lists", roles=EVERYBODY, answer=PriceListView, has_etag=True)
def get_price_list(call: Call, price_list_id: int) -> PriceListView:
    """One list with its prices."""
    row = queries.get_price_list(call.session, price_list_id)
    call.must_own(
        retailer_id=row.retailer_id, vendor_id=row.vendor_id, kind="price_lists", row_id=price_list_id
    )
    return _view(call, row)


@blueprint.put("/price-lists/<id:price_list_id>")
@endpoint(
    tag="price-lists",
    roles=ADMIN_OR_VENDOR,
    answer=PriceListView,
    body=PriceListChange,
    is_keyed=True,
    has_etag=True,
    needs_match=True,
)
def change_price_list(call: Call, price_list_id: int, body: PriceListChange) -> PriceListView:
    """Replace the list's content. Open offers keep their prices; a list that has ended can't be changed."""
    row = _own(call, price_list_id)
    call.must_match(_view(call, row))
    pricing.change_price_list(
        call.session,
        price_list_id,
        _facts(body, row.starts_on),
        is_confirmed=body.is_confirmed,
        actor=call.actor,
        now=call.now,
    )
    return _view(call, row)


@blueprint.delete("/price-lists/<id:price_list_id>")
@endpoint(tag="price-lists", roles=ADMIN_OR_VENDOR, query=EndQuery, refusals=[HTTPStatus.CONFLICT])
def end_price_list(call: Call, price_list_id: int, query: EndQuery) -> None:
    """End the list as of today. A list that has been in force remains visible, ended yesterday."""
    _own(call, price_list_id)
    pricing.end_price_list(
        call.session, price_list_id, is_confirmed=query.is_confirmed, actor=call.actor, now=call.now
    )


def _own(call: Call, price_list_id: int) -> PriceList:
    """The list under its lock, for its vendor or an admin. Raises NotFound."""
    row = call.session.get(PriceList, price_list_id, with_for_update=True)
    if row is None:
        raise NotFound(kind="price_lists", id=price_list_id)
    call.must_own(vendor_id=row.vendor_id, kind="price_lists", row_id=price_list_id)
    return row


def _facts(body: PriceListChange, starts_on: dt.date) -> PriceListFacts:
    return PriceListFacts(
        starts_on=given(body.starts_on, starts_on),
        ends_on=body.ends_on,
        prices={line.listing_id: line.price.money for line in body.lines},
    )


def _view(call: Call, row: PriceList) -> PriceListView:
    prices = queries.prices_of_lists(call.session, [row.id])[row.id]
    products = dict(
        call.session.execute(select(Listing.id, Listing.product_id).where(Listing.id.in_(prices))).all()
    )
    return PriceListView(
        id=row.id,
        vendor_id=row.vendor_id,
        retailer_id=row.retailer_id,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        lines=[
            OwnPriceView(listing_id=listing_id, product_id=products[listing_id], price=Rupees.of(price))
            for listing_id, price in prices.items()
        ],
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
