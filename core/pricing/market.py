"""What the market asks for products: now, day by day, and who sells for least."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from core.catalog.models import Listing, Stock
from core.money import Money, round_half_up
from core.parties.models import Approval, Vendor
from core.pricing.models import MarketDay
from core.refs import VendorId


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductMarket:
    """Prices of one base piece before VAT, over the available listings of approved, active vendors."""

    product_id: int
    average: Money
    median: Money
    lowest: Money
    highest: Money
    vendors: int
    cheapest_vendor_id: VendorId

    @property
    def spread(self) -> Money:
        return self.highest - self.lowest


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """One vendor's price of a product, with what it has to sell."""

    vendor_id: VendorId
    business_name: str
    price: Money
    available: Decimal


def markets(session: Session, product_ids: Collection[int]) -> dict[int, ProductMarket]:
    """The market of each product now, in one statement; a product that nobody offers is absent."""
    price, vendor = Listing.price_minor, Listing.vendor_id
    rows = session.execute(
        _open_listings(
            select(
                Listing.product_id,
                func.avg(price).label("average"),
                func.percentile_cont(0.5).within_group(price).label("median"),
                func.min(price).label("lowest"),
                func.max(price).label("highest"),
                func.count().label("vendors"),
                func.array_agg(aggregate_order_by(vendor, price, vendor)).label("by_price"),
            )
        )
        .where(Listing.product_id.in_(product_ids))
        .group_by(Listing.product_id)
    )
    return {
        row.product_id: ProductMarket(
            product_id=row.product_id,
            average=Money(round_half_up(row.average)),
            median=Money(round_half_up(Decimal(row.median))),
            lowest=Money(row.lowest),
            highest=Money(row.highest),
            vendors=row.vendors,
            cheapest_vendor_id=VendorId(row.by_price[0]),
        )
        for row in rows
    }


def cheapest(session: Session, product_id: int, *, limit: int) -> list[Offered]:
    """Who sells the product for least and has it, cheapest first; of equals the first to join."""
    available = Stock.on_hand - Stock.reserved
    rows = session.execute(
        _open_listings(
            select(Listing.vendor_id, Vendor.business_name, Listing.price_minor, available.label("available"))
        )
        .join(Stock, Stock.listing_id == Listing.id)
        .where(Listing.product_id == product_id, available > 0)
        .order_by(Listing.price_minor, Listing.vendor_id)
        .limit(limit)
    )
    return [
        Offered(
            vendor_id=VendorId(row.vendor_id),
            business_name=row.business_name,
            price=Money(row.price_minor),
            available=row.available,
        )
        for row in rows
    ]


def market_days(session: Session, product_id: int, *, start: dt.date, end: dt.date) -> list[MarketDay]:
    """The product's market on each day of the period that was looked at, oldest first; both ends count."""
    return list(
        session.scalars(
            select(MarketDay)
            .where(MarketDay.product_id == product_id, MarketDay.day >= start, MarketDay.day <= end)
            .order_by(MarketDay.day)
        )
    )


def daily_averages(
    session: Session, product_ids: Iterable[int], *, after: dt.date, before: dt.date
) -> dict[int, list[int]]:
    """The daily averages of each product between the two days (neither counts), oldest first, in one statement."""
    rows = session.execute(
        select(
            MarketDay.product_id, func.array_agg(aggregate_order_by(MarketDay.average_minor, MarketDay.day))
        )
        .where(MarketDay.product_id.in_(product_ids), MarketDay.day > after, MarketDay.day < before)
        .group_by(MarketDay.product_id)
    )
    return {product_id: list(averages) for product_id, averages in rows}


def _open_listings(statement: Select[*tuple[object, ...]]) -> Select[*tuple[object, ...]]:
    return statement.join(Vendor, Vendor.id == Listing.vendor_id).where(
        Listing.is_available, Vendor.is_active, Vendor.approval == Approval.APPROVED
    )
