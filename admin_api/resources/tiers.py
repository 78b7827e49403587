"""Tier prices of a listing. Its vendor or an admin sets them; a shop sees those that apply to it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from flask import Blueprint
from pydantic import Field
from sqlalchemy import select

from admin_api import paging
from admin_api.endpoints import ADMIN_OR_VENDOR, EVERYBODY, Call, endpoint
from admin_api.fields import (
    Given,
    QuantityOut,
    RowId,
    Rupees,
    SomeQuantity,
    View,
    quantity_text,
    quantity_text_or_none,
    rupees_or_none,
)
from admin_api.paging import PageQuery, PageView
from admin_api.resources.listings import own_listing
from core.catalog.models import Listing, Product
from core.clock import business_date
from core.errors import NotFound
from core.money import Money
from core.parties.models import Approval, Vendor
from core.pricing import queries
from core.pricing import service as pricing
from core.pricing.models import SpecialPriceChange
from core.pricing.policy import PriceBasis, SpecialPrices, Tier, apply_price
from core.quantity import quantity

blueprint = Blueprint("api_tiers", __name__)

MOST_TIERS = 20


class PriceTierGiven(Given):
    """The price of one base piece, before VAT, from this quantity on."""

    from_quantity: SomeQuantity
    price: Rupees


class TiersGiven(Given):
    """All tiers of the listing, each cheaper than the price without it.

    Changing what a shop pays for some quantity by more than half is a 409 until you repeat it with `is_confirmed`.
    """

    items: Annotated[list[PriceTierGiven], Field(max_length=MOST_TIERS)]
    is_confirmed: bool = False


class PriceTierView(View):
    from_quantity: QuantityOut
    price: Rupees


class TiersView(View):
    """The price from the first piece on, and the tiers.

    A shop sees what applies to it today; with an own price (`basis` is `own`), no tier does.
    """

    listing_id: RowId
    price: Rupees
    basis: PriceBasis
    items: list[PriceTierView]


class SpecialPriceChangeFilter(PageQuery):
    sort: Literal["id", "-id"] = "-id"


class SpecialPriceChangeView(View):
    """A tier (`from_quantity`) or a shop's own price (`retailer_id` and days) that was added, changed or removed."""

    id: RowId
    listing_id: int
    from_quantity: QuantityOut | None
    retailer_id: int | None
    starts_on: dt.date | None
    ends_on: dt.date | None
    old: Rupees | None = Field(description="Null if there was no such price.")
    new: Rupees | None = Field(description="Null if the price was removed.")
    actor: str
    at: dt.datetime


class SpecialPriceChangePage(PageView):
    items: list[SpecialPriceChangeView]


@blueprint.get("/listings/<id:listing_id>/tiers")
@endpoint(tag="listings", roles=EVERYBODY, answer=TiersView, has_etag=True)
def get_tiers(call: Call, listing_id: int) -> TiersView:
    """The listing's price and tiers."""
    if call.retailer_id is not None:
        listing = _on_offer(call, listing_id)
        own = queries.own_prices(call.session, call.retailer_id, [listing_id], on=business_date(call.now))
        return _for_shop(call, listing, own.get(listing_id))
    return _view(call, own_listing(call, listing_id))


@blueprint.put("/listings/<id:listing_id>/tiers")
@endpoint(
    tag="listings",
    roles=ADMIN_OR_VENDOR,
    answer=TiersView,
    body=TiersGiven,
    is_keyed=True,
    has_etag=True,
    needs_match=True,
)
def set_tiers(call: Call, listing_id: int, body: TiersGiven) -> TiersView:
    """Replace all tiers of the listing; an empty list removes them. Open offers keep their prices."""
    listing = own_listing(call, listing_id, locked=True)
    call.must_match(_view(call, listing))
    wanted = [Tier(from_quantity=quantity(tier.from_quantity), price=tier.price.money) for tier in body.items]
    pricing.set_tiers(
        call.session, listing_id, wanted, is_confirmed=body.is_confirmed, actor=call.actor, now=call.now
    )
    return _view(call, listing)


@blueprint.get("/listings/<id:listing_id>/special-price-changes")
@endpoint(
    tag="listings",
    roles=ADMIN_OR_VENDOR,
    answer=SpecialPriceChangePage,
    query=SpecialPriceChangeFilter,
)
def list_special_price_changes(
    call: Call, listing_id: int, query: SpecialPriceChangeFilter
) -> SpecialPriceChangePage:
    """Changes of the listing's tiers and own prices, newest first."""
    own_listing(call, listing_id)
    wanted = select(SpecialPriceChange).where(SpecialPriceChange.listing_id == listing_id)
    found = paging.cut(call.session, wanted, key=SpecialPriceChange.id, page=query, sort=query.sort)
    items = [
        SpecialPriceChangeView(
            id=row.id,
            listing_id=row.listing_id,
            from_quantity=quantity_text_or_none(row.from_quantity),
            retailer_id=row.retailer_id,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            old=rupees_or_none(row.old_minor),
            new=rupees_or_none(row.new_minor),
            actor=row.actor,
            at=row.at,
        )
        for row in found.items
    ]
    return SpecialPriceChangePage(items=items, total=found.total, next=found.next)


def _on_offer(call: Call, listing_id: int) -> Listing:
    """A listing that shops can buy from today. Raises NotFound for any other."""
    listing = call.session.scalar(
        select(Listing)
        .join(Product, Product.id == Listing.product_id)
        .join(Vendor, Vendor.id == Listing.vendor_id)
        .where(
            Listing.id == listing_id,
            Listing.is_available,
            Product.is_active,
            Vendor.is_active,
            Vendor.approval == Approval.APPROVED,
        )
    )
    if listing is None:
        raise NotFound(kind="listings", id=listing_id)
    return listing


def _for_shop(call: Call, listing: Listing, own: Money | None) -> TiersView:
    price = Money(listing.price_minor)
    tiers = queries.tiers_of(call.session, listing.id)
    special = SpecialPrices(tiers=tiers, own=own)
    applied = [(tier, apply_price(price, tier.from_quantity, special)) for tier in tiers]
    return TiersView(
        listing_id=listing.id,
        price=Rupees.of(own or price),
        basis=PriceBasis.OWN if own else PriceBasis.LISTING,
        items=[
            _tier_view(tier) for tier, at in applied if at.basis is PriceBasis.TIER and at.price == tier.price
        ],
    )


def _view(call: Call, listing: Listing) -> TiersView:
    return TiersView(
        listing_id=listing.id,
        price=Rupees.of_minor(listing.price_minor),
        basis=PriceBasis.LISTING,
        items=[_tier_view(tier) for tier in queries.tiers_of(call.session, listing.id)],
    )


def _tier_view(tier: Tier) -> PriceTierView:
    return PriceTierView(from_quantity=quantity_text(tier.from_quantity), price=Rupees.of(tier.price))
