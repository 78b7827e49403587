"""Listings: how a vendor sells a product (price, terms, availability). A vendor sees and changes its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any, Literal

from flask import Blueprint
from pydantic import Field
from sqlalchemy import Select, select

from admin_api import paging
from admin_api.endpoints import ADMIN_OR_VENDOR, Call, endpoint
from admin_api.fields import (
    Given,
    Quantity,
    QuantityOut,
    RowId,
    Rupees,
    SomeQuantity,
    View,
    given,
    quantity_text,
)
from admin_api.paging import PageQuery, PageView, narrow
from core.catalog import queries as catalog
from core.catalog import service
from core.catalog.models import Listing, Stock
from core.catalog.service import ListingFacts
from core.errors import NotAllowed, NotFound
from core.parties import queries as parties
from core.pricing import service as pricing
from core.quantity import ZERO_QUANTITY
from core.refs import ListingId, ProductId, VendorId

blueprint = Blueprint("api_listings", __name__)

_CONFLICT = [HTTPStatus.CONFLICT]

LeadTime = Annotated[int, Field(ge=0, le=365)]


class ListingFilter(PageQuery):
    vendor_id: RowId | None = None
    product_id: RowId | None = None
    is_available: bool | None = None
    sort: Literal["id", "-id", "price", "-price", "updated_at", "-updated_at"] = "id"


class ListingGiven(Given):
    """`vendor_id` is for admins. The price is before VAT, for one base piece."""

    vendor_id: RowId | None = None
    product_id: RowId
    price: Rupees
    minimum_quantity: Quantity = ZERO_QUANTITY
    pack_multiple: SomeQuantity = Decimal(1)
    lead_time_days: LeadTime = 0
    is_available: bool = True


class ListingChange(Given):
    """Only the given fields change. The price has its own endpoint."""

    minimum_quantity: Quantity | None = None
    pack_multiple: SomeQuantity | None = None
    lead_time_days: LeadTime | None = None
    is_available: bool | None = None


class PriceGiven(Given):
    """A change of more than half the price is a 409 until you repeat it with `is_confirmed`."""

    price: Rupees
    is_confirmed: bool = False


class ListingView(View):
    id: RowId
    vendor_id: int
    product_id: int
    price: Rupees
    minimum_quantity: QuantityOut
    pack_multiple: QuantityOut
    lead_time_days: int
    is_available: bool
    on_hand: QuantityOut
    reserved: QuantityOut
    available: QuantityOut
    updated_at: dt.datetime


class ListingPage(PageView):
    items: list[ListingView]


def listing_view(listing: Listing, stock: Stock | None) -> ListingView:
    on_hand = stock.on_hand if stock else ZERO_QUANTITY
    reserved = stock.reserved if stock else ZERO_QUANTITY
    return ListingView(
        id=listing.id,
        vendor_id=listing.vendor_id,
        product_id=listing.product_id,
        price=Rupees.of_minor(listing.price_minor),
        minimum_quantity=quantity_text(listing.minimum_quantity),
        pack_multiple=quantity_text(listing.pack_multiple),
        lead_time_days=listing.lead_time_days,
        is_available=listing.is_available,
        on_hand=quantity_text(on_hand),
        reserved=quantity_text(reserved),
        available=quantity_text(on_hand - reserved),
        updated_at=listing.updated_at,
    )


@blueprint.get("/listings")
@endpoint(tag="listings", roles=ADMIN_OR_VENDOR, answer=ListingPage, query=ListingFilter)
def list_listings(call: Call, query: ListingFilter) -> ListingPage:
    """Listings with their stock. A vendor sees its own."""
    wanted: Select[Listing] = select(Listing)
    wanted = narrow(
        wanted,
        (Listing.vendor_id, call.vendor_id),
        (Listing.vendor_id, query.vendor_id),
        (Listing.product_id, query.product_id),
        (Listing.is_available, query.is_available),
    )
    sorts = {"price": Listing.price_minor, "updated_at": Listing.updated_at}
    found = paging.cut(call.session, wanted, key=Listing.id, page=query, sorts=sorts, sort=query.sort)
    stock = stock_of(call, found.items)
    items = [listing_view(listing, stock.get(listing.id)) for listing in found.items]
    return ListingPage(items=items, total=found.total, next=found.next)


@blueprint.post("/listings")
@endpoint(
    tag="listings",
    roles=ADMIN_OR_VENDOR,
    answer=ListingView,
    status=HTTPStatus.CREATED,
    body=ListingGiven,
    is_keyed=True,
    refusals=[HTTPStatus.NOT_FOUND],
)
def create_listing(call: Call, body: ListingGiven) -> ListingView:
    """List a product. It starts without stock."""
    vendor_id = given(call.vendor_id, body.vendor_id)
    if vendor_id is None or body.vendor_id not in {None, vendor_id}:
        raise NotAllowed(field="vendor_id")
    parties.get_vendor(call.session, VendorId(vendor_id))
    catalog.get_product(call.session, ProductId(body.product_id))
    facts = ListingFacts(
        vendor_id=VendorId(vendor_id),
        product_id=ProductId(body.product_id),
        price=body.price.money,
        minimum_quantity=body.minimum_quantity,
        pack_multiple=body.pack_multiple,
        lead_time_days=body.lead_time_days,
        is_available=body.is_available,
    )
    listing = service.create_listing(call.session, facts, actor=call.actor, now=call.now)
    call.headers["Location"] = f"/api/v1/listings/{listing.id}"
    return _view(call, listing)


@blueprint.get("/listings/<id:listing_id>")
@endpoint(tag="listings", roles=ADMIN_OR_VENDOR, answer=ListingView, has_etag=True)
def get_listing(call: Call, listing_id: int) -> ListingView:
    """One listing."""
    return _view(call, own_listing(call, listing_id))


@blueprint.patch("/listings/<id:listing_id>")
@endpoint(
    tag="listings",
    roles=ADMIN_OR_VENDOR,
    answer=ListingView,
    body=ListingChange,
    is_keyed=True,
    has_etag=True,
    needs_match=True,
)
def change_listing(call: Call, listing_id: int, body: ListingChange) -> ListingView:
    """Change the terms or the availability."""
    listing = own_listing(call, listing_id, locked=True)
    call.must_match(_view(call, listing))
    terms: dict[str, Any] = {
        "minimum_quantity": given(body.minimum_quantity, listing.minimum_quantity),
        "pack_multiple": given(body.pack_multiple, listing.pack_multiple),
        "lead_time_days": given(body.lead_time_days, listing.lead_time_days),
    }
    if any(getattr(listing, name) != value for name, value in terms.items()):
        service.set_listing_terms(
            call.session, ListingId(listing_id), **terms, actor=call.actor, now=call.now
        )
    if body.is_available is not None:
        service.set_available(
            call.session,
            ListingId(listing_id),
            is_available=body.is_available,
            actor=call.actor,
            now=call.now,
        )
    return _view(call, listing)


@blueprint.put("/listings/<id:listing_id>/price")
@endpoint(
    tag="listings",
    roles=ADMIN_OR_VENDOR,
    answer=ListingView,
    body=PriceGiven,
    is_keyed=True,
    has_etag=True,
    needs_match=True,
)
def set_price(call: Call, listing_id: int, body: PriceGiven) -> ListingView:
    """Change the price. Open offers keep theirs."""
    listing = own_listing(call, listing_id, locked=True)
    call.must_match(_view(call, listing))
    change = pricing.confirm_price if body.is_confirmed else pricing.change_price
    change(call.session, listing_id, body.price.money, actor=call.actor, now=call.now)
    return _view(call, listing)


@blueprint.delete("/listings/<id:listing_id>")
@endpoint(tag="listings", roles=ADMIN_OR_VENDOR)
def remove_listing(call: Call, listing_id: int) -> None:
    """Make the listing unavailable. What it has promised stays promised, so the row remains."""
    own_listing(call, listing_id)
    service.set_available(
        call.session, ListingId(listing_id), is_available=False, actor=call.actor, now=call.now
    )


def own_listing(call: Call, listing_id: int, *, locked: bool = False) -> Listing:
    """The listing, for its vendor or an admin. Raises NotFound."""
    lock = {"key_share": True} if locked else None
    listing = call.session.get(Listing, listing_id, with_for_update=lock)
    if listing is None:
        raise NotFound(kind="listings", id=listing_id)
    call.must_own(vendor_id=listing.vendor_id, kind="listings", row_id=listing_id)
    return listing


def stock_of(call: Call, listings: Sequence[Listing]) -> dict[int, Stock]:
    """The stock of those listings that ever had any, by the listing's id."""
    ids = [listing.id for listing in listings]
    rows = call.session.scalars(select(Stock).where(Stock.listing_id.in_(ids)))
    return {row.listing_id: row for row in rows}


def _view(call: Call, listing: Listing) -> ListingView:
    return listing_view(listing, call.session.get(Stock, listing.id))
