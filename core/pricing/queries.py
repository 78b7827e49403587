"""What the market asks for a product, what departs from a listing's price, and how a price came about."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Function,
    LargeBinary,
    Numeric,
    Select,
    SQLColumnExpression,
    any_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from core.catalog.models import Listing, Stock
from core.errors import NotFound
from core.money import Money
from core.parties.models import Approval, Vendor
from core.pricing.models import PriceList, PriceListLine, PriceTier
from core.pricing.policy import THOUSANDTHS, ListingColumn, SpecialPrices, Tier, average_price
from core.quantity import ZERO_QUANTITY
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
    return _special(session.execute(union_all(*_special_rows(retailer_id, product_ids, on))).all())


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingsForShop:
    """What is for sale now, and what departs from its prices for one shop on one business day."""

    columns: Mapping[int, ListingColumn]  # by product
    # The smallest quantity and the pack of each listing that has one of them, in thousandths; 0 for none.
    limits: Mapping[int, tuple[int, int]]
    special: Mapping[int, SpecialPrices]  # by listing


def listings_for_shop(
    session: Session, *, retailer_id: int, product_ids: Collection[ProductId], on: dt.date
) -> ListingsForShop:
    """All ways in which these products, which the caller knows to be active, are sold now. One statement."""
    minimum, pack = Listing.minimum_quantity, Listing.pack_multiple
    columns = (
        _numbers(Listing.vendor_id),
        _numbers(Listing.id),
        _numbers(Listing.price_minor),
        _numbers(_thousandths(func.coalesce(Stock.on_hand - Stock.reserved, ZERO_QUANTITY))),
    )
    limited = or_(minimum != ZERO_QUANTITY, pack != 1)
    limits = (
        _numbers(column).filter(limited)
        for column in (
            Listing.id,
            _thousandths(minimum),
            _thousandths(func.coalesce(func.nullif(pack, 1), ZERO_QUANTITY)),
        )
    )
    numbers = [*columns, *limits]
    listings = (
        select(Listing.product_id, null().cast(Numeric), null().cast(BigInteger), *numbers)
        .outerjoin(Stock, Stock.listing_id == Listing.id)
        .where(_is_of(product_ids), Listing.is_available)
        .group_by(Listing.product_id)
    )
    beside = [null().cast(LargeBinary) for _ in numbers]
    special = [rows.add_columns(*beside) for rows in _special_rows(retailer_id, product_ids, on)]
    rows = session.execute(union_all(*special, listings)).all()
    # Only the rows of columns have vendors.
    products = {row[0]: [_unpacked(packed) for packed in row[3:]] for row in rows if row[3] is not None}
    return ListingsForShop(
        columns={product_id: ListingColumn(*parts[:4]) for product_id, parts in products.items()},
        limits={
            listing_id: (least, whole)
            for parts in products.values()
            for listing_id, least, whole in zip(*parts[4:], strict=True)
        },
        special=_special([row[:3] for row in rows if row[3] is None]),
    )


def _numbers(column: SQLColumnExpression[Any]) -> Function[bytes]:
    """All numbers of a group as one string of eight bytes each: an array takes both sides several times as long."""
    return func.string_agg(
        func.int8send(cast(column, BigInteger)), literal(b"", LargeBinary), type_=LargeBinary
    )


def _thousandths(quantity: SQLColumnExpression[Decimal]) -> ColumnElement[Decimal]:
    return quantity * THOUSANDTHS


def _unpacked(numbers: bytes | None) -> tuple[int, ...]:
    """None is what a group without any has."""
    return struct.unpack(f">{len(numbers) // 8}q", numbers) if numbers else ()


def _special_rows(
    retailer_id: int, product_ids: Collection[int], on: dt.date
) -> tuple[Select[int, Decimal, int], Select[int, Decimal, int]]:
    """The tiers of the products' listings, and the shop's own prices, which have no quantity from which they hold."""
    tiers = (
        select(PriceTier.listing_id, PriceTier.from_quantity, PriceTier.price_minor)
        .join(Listing, Listing.id == PriceTier.listing_id)
        .where(_is_of(product_ids))
    )
    own_prices = (
        select(PriceListLine.listing_id, null().cast(Numeric), PriceListLine.price_minor)
        .join(Listing, Listing.id == PriceListLine.listing_id)
        .where(
            _is_of(product_ids),
            PriceListLine.retailer_id == retailer_id,
            PriceListLine.during.contains(on),
        )
    )
    return tiers, own_prices


def _is_of(product_ids: Collection[int]) -> ColumnElement[bool]:
    return Listing.product_id == any_(literal(list(product_ids), ARRAY(BigInteger)))


def _special(rows: Iterable[Sequence[Any]]) -> dict[int, SpecialPrices]:
    tiers: dict[int, list[Tier]] = {}
    own: dict[int, Money] = {}
    for listing_id, from_quantity, price_minor in rows:
        if from_quantity is None:
            own[listing_id] = Money(price_minor)
        else:
            tier = Tier(from_quantity=from_quantity, price=Money(price_minor))
            tiers.setdefault(listing_id, []).append(tier)
    return {
        listing_id: SpecialPrices(
            tiers=tuple(sorted(tiers.get(listing_id, ()), key=lambda tier: tier.from_quantity)),
            own=own.get(listing_id),
        )
        for listing_id in tiers.keys() | own.keys()
    }


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
