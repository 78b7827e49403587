"""What the market asks for a product, what departs from a listing's price, and how a price came about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from decimal import Decimal

from sqlalchemy import Numeric, func, null, select, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from core.catalog import queries as catalog
from core.catalog.models import Listing
from core.catalog.queries import ListingView
from core.errors import NotFound
from core.money import Money
from core.parties.models import Approval, Vendor
from core.pricing.models import PriceList, PriceListLine, PriceTier
from core.pricing.policy import SpecialPrices, Tier, average_price
from core.refs import ProductId


def market_averages(session: Session, product_ids: Collection[int]) -> dict[int, Money]:
    """The mean price over the available listings of approved, active vendors. A product nobody offers is absent."""
    rows = session.execute(
        select(Listing.product_id, func.sum(Listing.price_minor), func.count())
        .join(Vendor, Vendor.id == Listing.vendor_id)
        .where(
            Listing.product_id.in_(product_ids),
            Listing.is_available,
            Vendor.is_active,
            Vendor.approval == Approval.APPROVED,
        )
        .group_by(Listing.product_id)
    )
    return {product_id: average_price(int(asked), count) for product_id, asked, count in rows}


def special_prices(
    session: Session, *, retailer_id: int, product_ids: Collection[int], on: dt.date
) -> dict[int, SpecialPrices]:
    """What departs from the prices of these products' listings for one shop on one business day, by listing.

    One statement however many listings; one without anything special is absent.
    """
    tiers = (
        select(PriceTier.listing_id, PriceTier.from_quantity, PriceTier.price_minor)
        .join(Listing, Listing.id == PriceTier.listing_id)
        .where(Listing.product_id.in_(product_ids))
    )
    own_prices = (
        select(PriceListLine.listing_id, null().cast(Numeric), PriceListLine.price_minor)
        .join(Listing, Listing.id == PriceListLine.listing_id)
        .where(
            Listing.product_id.in_(product_ids),
            PriceListLine.retailer_id == retailer_id,
            PriceListLine.during.contains(on),
        )
    )
    found: dict[int, list[Tier]] = {}
    own: dict[int, Money] = {}
    for listing_id, from_quantity, price_minor in session.execute(union_all(tiers, own_prices)):
        if from_quantity is None:
            own[listing_id] = Money(price_minor)
        else:
            tier = Tier(from_quantity=from_quantity, price=Money(price_minor))
            found.setdefault(listing_id, []).append(tier)
    return {
        listing_id: SpecialPrices(tiers=tuple(found.get(listing_id, ())), own=own.get(listing_id))
        for listing_id in found.keys() | own.keys()
    }


def listings_for_shop(
    session: Session, *, retailer_id: int, product_ids: Collection[ProductId], on: dt.date
) -> list[tuple[ListingView, SpecialPrices | None]]:
    """All ways in which these products are sold now, with what is special for this shop on one business day.

    One statement, however many listings.
    """
    tier = (
        select(
            func.array_agg(aggregate_order_by(PriceTier.from_quantity, PriceTier.from_quantity)),
            func.array_agg(aggregate_order_by(PriceTier.price_minor, PriceTier.from_quantity)),
        )
        .where(PriceTier.listing_id == Listing.id)
        .correlate(Listing)
    )
    own = (
        select(PriceListLine.price_minor)
        .where(
            PriceListLine.listing_id == Listing.id,
            PriceListLine.retailer_id == retailer_id,
            PriceListLine.during.contains(on),
        )
        .correlate(Listing)
    )
    beside = (
        *(tier.with_only_columns(column).scalar_subquery() for column in tier.selected_columns),
        own.scalar_subquery(),
    )
    return [
        (view, _special(*special))
        for view, special in catalog.find_listings_beside(session, product_ids, *beside)
    ]


def _special(
    from_quantities: Sequence[Decimal] | None, prices: Sequence[int] | None, own_price: int | None
) -> SpecialPrices | None:
    if prices is None and own_price is None:
        return None
    tiers = tuple(
        Tier(from_quantity=from_quantity, price=Money(price))
        for from_quantity, price in zip(from_quantities or (), prices or (), strict=True)
    )
    return SpecialPrices(tiers=tiers, own=None if own_price is None else Money(own_price))


def own_prices(
    session: Session, retailer_id: int, listing_ids: Collection[int], *, on: dt.date
) -> dict[int, Money]:
    """The shop's own price of each listing that has one in force on that business day."""
    rows = session.execute(
        select(PriceListLine.listing_id, PriceListLine.price_minor).where(
            PriceListLine.retailer_id == retailer_id,
            PriceListLine.listing_id.in_(listing_ids),
            PriceListLine.during.contains(on),
        )
    )
    return {listing_id: Money(price) for listing_id, price in rows}


def tiers_of(session: Session, listing_id: int) -> tuple[Tier, ...]:
    """The listing's tiers, the smallest quantity first."""
    rows = session.scalars(
        select(PriceTier).where(PriceTier.listing_id == listing_id).order_by(PriceTier.from_quantity)
    )
    return tuple(Tier(from_quantity=row.from_quantity, price=Money(row.price_minor)) for row in rows)


def get_price_list(session: Session, price_list_id: int) -> PriceList:
    row = session.get(PriceList, price_list_id)
    if row is None:
        raise NotFound(kind="price_lists", id=price_list_id)
    return row


def prices_of_lists(session: Session, price_list_ids: Collection[int]) -> dict[int, dict[int, Money]]:
    """The own prices of each list, by listing, in the order of listings."""
    prices: dict[int, dict[int, Money]] = {price_list_id: {} for price_list_id in price_list_ids}
    rows = session.execute(
        select(PriceListLine.price_list_id, PriceListLine.listing_id, PriceListLine.price_minor)
        .where(PriceListLine.price_list_id.in_(price_list_ids))
        .order_by(PriceListLine.listing_id)
    )
    for price_list_id, listing_id, price_minor in rows:
        prices[price_list_id][listing_id] = Money(price_minor)
    return prices
