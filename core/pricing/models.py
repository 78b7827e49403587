"""Special prices beside a listing's own, and the history of all of them, one row for each change."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, primary_key


class PriceChange(Base):
    __tablename__ = "price_changes"
    __table_args__ = (
        Index(None, "product_id", "at"),
        Index(None, "vendor_id", "product_id", "at"),
        CheckConstraint("new_minor > 0", name="new_price_is_positive"),
    )

    id: Mapped[int] = primary_key()
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    # None for the first price.
    old_minor: Mapped[int | None]
    new_minor: Mapped[int]
    market_average_minor: Mapped[int | None]
    actor: Mapped[str]
    at: Mapped[dt.datetime]


class MarketDay(Base):
    """What the market asked for a product on one business day, as it was last looked at on that day."""

    __tablename__ = "market_days"
    __table_args__ = (
        Index(None, "day", "volatility"),
        CheckConstraint(
            "lowest_minor > 0 AND lowest_minor <= median_minor AND median_minor <= highest_minor"
            " AND lowest_minor <= average_minor AND average_minor <= highest_minor",
            name="in_order",
        ),
        CheckConstraint("vendors >= 1", name="vendors_is_positive"),
        CheckConstraint("volatility BETWEEN 0 AND 100", name="volatility_in_range"),
    )

    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    average_minor: Mapped[int]
    median_minor: Mapped[int]
    lowest_minor: Mapped[int]
    highest_minor: Mapped[int]
    vendors: Mapped[int]
    cheapest_vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"))
    # 0–100 over the days up to this one; None while there are not two days to compare.
    volatility: Mapped[Decimal | None] = mapped_column(Numeric(6, 3))
    calculated_at: Mapped[dt.datetime]


class PriceTier(Base):
    """The price of a listing from a quantity on, for every shop without an own price."""

    __tablename__ = "price_tiers"
    __table_args__ = (
        UniqueConstraint("listing_id", "from_quantity"),
        CheckConstraint("from_quantity > 0", name="starts_above_nothing"),
        CheckConstraint("price_minor > 0", name="price_is_positive"),
    )

    id: Mapped[int] = primary_key()
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"))
    from_quantity: Mapped[Decimal]
    price_minor: Mapped[int]


class PriceList(Base):
    """Own prices that a vendor agreed with one shop, for some business days."""

    __tablename__ = "price_lists"
    __table_args__ = (
        # What the lines point at, so that theirs are always the list's shop and days.
        UniqueConstraint("id", "retailer_id", "during"),
        CheckConstraint("NOT isempty(during) AND NOT lower_inf(during)", name="has_a_first_day"),
        Index(None, "vendor_id"),
        Index(None, "retailer_id"),
    )

    id: Mapped[int] = primary_key()
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"))
    retailer_id: Mapped[int] = mapped_column(ForeignKey("retailers.id"))
    # From the first day up to the day after the last; without an upper bound until it is ended.
    during: Mapped[Range[dt.date]] = mapped_column(DATERANGE)
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]

    @property
    def starts_on(self) -> dt.date:
        if self.during.lower is None:
            raise AssertionError("a price list has a first day")
        return self.during.lower

    @property
    def ends_on(self) -> dt.date | None:
        """The last day on which it applies."""
        return _last_day(self.during)


class PriceListLine(Base):
    """One own price. It repeats the list's shop and days, because on them no two may meet."""

    __tablename__ = "price_list_lines"
    __table_args__ = (
        ForeignKeyConstraint(
            ["price_list_id", "retailer_id", "during"],
            ["price_lists.id", "price_lists.retailer_id", "price_lists.during"],
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        ExcludeConstraint(
            ("retailer_id", "="),
            ("listing_id", "="),
            ("during", "&&"),
            name="ex_price_list_lines_overlap",
        ),
        CheckConstraint("price_minor > 0", name="price_is_positive"),
        Index(None, "listing_id"),
    )

    price_list_id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"), primary_key=True)
    retailer_id: Mapped[int]
    during: Mapped[Range[dt.date]] = mapped_column(DATERANGE)
    price_minor: Mapped[int]


class SpecialPriceChange(Base):
    """A tier or an own price that came, changed or went. Append-only.

    Apart from `price_changes`, which is what the market and its alerts are computed from: a discount for one shop is
    no change of a vendor's price.
    """

    __tablename__ = "special_price_changes"
    __table_args__ = (
        Index(None, "listing_id", "id"),
        CheckConstraint(
            "(from_quantity IS NULL) <> (retailer_id IS NULL) AND (retailer_id IS NULL) = (during IS NULL)",
            name="tier_or_own_price",
        ),
        CheckConstraint("old_minor IS DISTINCT FROM new_minor", name="something_changed"),
    )

    id: Mapped[int] = primary_key()
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"))
    from_quantity: Mapped[Decimal | None]
    retailer_id: Mapped[int | None] = mapped_column(ForeignKey("retailers.id"))
    during: Mapped[Range[dt.date] | None] = mapped_column(DATERANGE)
    # None where there was no such price, or will be none.
    old_minor: Mapped[int | None]
    new_minor: Mapped[int | None]
    actor: Mapped[str]
    at: Mapped[dt.datetime]

    @property
    def starts_on(self) -> dt.date | None:
        return self.during.lower if self.during else None

    @property
    def ends_on(self) -> dt.date | None:
        return _last_day(self.during) if self.during else None


def _last_day(during: Range[dt.date]) -> dt.date | None:
    return None if during.upper is None else during.upper - dt.timedelta(days=1)
