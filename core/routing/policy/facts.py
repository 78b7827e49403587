"""What routing decides from: what is wanted, the market for it, and every vendor as it is now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import NamedTuple

from core.money import ZERO, Money
from core.parties.opening import ALL_DAY, Hours, Opening
from core.pricing.policy import NO_SPECIAL_PRICES, SpecialPrices, apply_price

ZERO_QUANTITY = Decimal(0)


class Exclusion(StrEnum):
    """Why a vendor gets no offer. Stored; `templates/` words it."""

    NOT_APPROVED = "not_approved"
    INACTIVE = "inactive"
    STOPPED = "stopped"  # nobody there listens: STOP was sent
    NOT_WORKING_TODAY = "not_working_today"
    CLOSED_TODAY = "closed_today"
    OPENS_TOO_LATE = "opens_too_late"
    OUTSIDE_RADIUS = "outside_radius"
    DECLINED = "declined"
    LAPSED = "lapsed"
    UNDELIVERED = "undelivered"  # nobody there could be told of it
    WITHDREW = "withdrew"
    TOOK_A_PART = "took_a_part"  # accepted less than it was offered for this order
    HAS_OPEN_OFFER = "has_open_offer"
    LISTS_NOTHING = "lists_nothing"
    NO_STOCK = "no_stock"
    PACK_MULTIPLE = "pack_multiple"
    BELOW_MINIMUM_QUANTITY = "below_minimum_quantity"
    BELOW_MINIMUM_ORDER = "below_minimum_order"
    PAIR_LIMIT_FULL = "pair_limit_full"
    ABOVE_CEILING = "above_ceiling"


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """So much of a product is wanted, for an order line or (in a basket preview) for none yet."""

    product_id: int
    quantity: Decimal
    order_line_id: int | None = None
    # The rest of a line, of which another part is promised, on offer or given up.
    is_part: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    province: str | None = None
    district: str | None = None
    municipality: str | None = None
    ward: int | None = None


class ListingSnapshot(NamedTuple):
    """One vendor's way of selling one product. A tuple with plain paisa: a decision may look at tens of thousands."""

    listing_id: int
    product_id: int
    # What everybody pays for one piece; `price_for` says what this shop does.
    price_minor: int
    available: Decimal
    # None where any quantity is sold.
    minimum_quantity: Decimal | None = None
    # None where it is not sold by the pack: loose goods are sold by the gram.
    pack_multiple: Decimal | None = None
    special: SpecialPrices = NO_SPECIAL_PRICES

    @property
    def price(self) -> Money:
        return Money(self.price_minor)

    def price_for(self, quantity: Decimal) -> Money:
        """What one piece costs the shop that asks, when so many come from this vendor."""
        if self.special is NO_SPECIAL_PRICES:
            return self.price
        return apply_price(self.price, quantity, self.special).price

    def price_towards(self, wanted: Decimal) -> Money:
        """What one piece costs when as much of *wanted* is ordered here as this listing can give."""
        if self.special is NO_SPECIAL_PRICES:
            return self.price
        return self.price_for(self.fillable(wanted))

    def fillable(self, wanted: Decimal) -> Decimal:
        """How much of *wanted* this listing can give: whole packs, within the stock, not below its minimum."""
        given = min(wanted, self.available)
        if self.pack_multiple is not None:
            packs = (given / self.pack_multiple).to_integral_value(ROUND_FLOOR)
            given = packs * self.pack_multiple
        if given <= 0 or (self.minimum_quantity is not None and given < self.minimum_quantity):
            return ZERO_QUANTITY
        return given

    def blocked_by(self, wanted: Decimal) -> Exclusion | None:
        """Why it cannot give all of *wanted*; None when it can."""
        if self.fillable(wanted) == wanted:
            return None
        if self.minimum_quantity is not None and wanted < self.minimum_quantity:
            return Exclusion.BELOW_MINIMUM_QUANTITY
        if self.available < wanted:
            return Exclusion.NO_STOCK
        return Exclusion.PACK_MULTIPLE


@dataclass(frozen=True, kw_only=True, slots=True)
class VendorSnapshot:
    vendor_id: int
    listings: Mapping[int, ListingSnapshot]  # by product
    place: Place = field(default_factory=Place)
    is_approved: bool = True
    is_active: bool = True
    has_stopped: bool = False
    working_days: frozenset[int] = frozenset({1, 2, 3, 4, 5, 6, 7})
    closed_days: frozenset[dt.date] = frozenset()
    # The shift of each weekday, Monday first.
    hours: tuple[Hours, ...] = (ALL_DAY,) * 7
    # How long until it is open and can be asked; None when that is longer than an order waits.
    waits_minutes: int | None = 0
    radius_km: Decimal = Decimal(50)
    minimum_order: Money = ZERO  # before VAT, like its prices
    open_fulfillments: int = 0
    reliability: Decimal = Decimal(60)
    # What is left of the credit limit between this retailer and this vendor; None where there is no such limit.
    pair_available: Money | None = None
    # What already became of this order with this vendor.
    history: Exclusion | None = None
    # What it has accepted of late, before VAT; only known where equals take turns.
    recent: Money = ZERO

    @property
    def opening(self) -> Opening:
        return Opening(hours=self.hours, working_days=self.working_days, closed_days=self.closed_days)


@dataclass(frozen=True, kw_only=True, slots=True)
class Market:
    """Everything a decision is made from."""

    needs: tuple[Need, ...]
    place: Place
    vendors: tuple[VendorSnapshot, ...]
    averages: Mapping[int, Money]  # by product, before VAT
    vat_basis_points: Mapping[int, int]  # by product
    today: dt.date
    # Scores within so many points of each other are equal, and the vendor with less business of late goes first; 0: no turns.
    fairness_points: int = 0

    def __post_init__(self) -> None:
        if len({need.product_id for need in self.needs}) != len(self.needs):
            raise ValueError("a product is wanted once: its lines are one need")
