"""What a line costs, which price of several applies, and which price changes nobody takes without asking twice. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, NamedTuple

from core.money import Money, round_half_up

EXEMPT = "exempt"
BASIS_POINTS = 10_000
THOUSANDTHS = 1_000  # as exact as quantities are


@dataclass(frozen=True, kw_only=True, slots=True)
class PricingSettings:
    CATEGORY: ClassVar[str] = "pricing"

    vat_basis_points: int = 1300
    # A vendor's change above this share of the old price, up or down, is held until confirmed.
    held_change_basis_points: int = 5000


@dataclass(frozen=True, kw_only=True, slots=True)
class LinePrice:
    net: Money
    vat: Money

    @property
    def total(self) -> Money:
        return self.net + self.vat

    def __add__(self, other: LinePrice) -> LinePrice:
        return LinePrice(net=self.net + other.net, vat=self.vat + other.vat)


def vat_basis_points(vat_class: str, settings: PricingSettings) -> int:
    return 0 if vat_class == EXEMPT else settings.vat_basis_points


def price_line(unit_price: Money, quantity: Decimal, vat_basis_points: int) -> LinePrice:
    """Net and VAT of one line, each rounded half up to the paisa: a bill's VAT is the sum of its lines'."""
    net = unit_price.times(quantity)
    return LinePrice(net=net, vat=net.share(vat_basis_points))


def line_total_minor(price_minor: int, thousandths: int, vat_basis_points: int) -> int:
    """The total of `price_line` in paisa, for the many lines of a market: its price and quantity are not negative."""
    net = (price_minor * thousandths + THOUSANDTHS // 2) // THOUSANDTHS
    return net + (net * vat_basis_points + BASIS_POINTS // 2) // BASIS_POINTS


def average_price(sum_minor: int, count: int) -> Money:
    """The mean, rounded half up to the paisa."""
    return Money(round_half_up(Decimal(sum_minor) / count))


def change_in_basis_points(old: Money, new: Money) -> int:
    """How much dearer (or, negative, cheaper) *new* is, rounded half up away from zero."""
    return round_half_up(Decimal(new.minor - old.minor) * BASIS_POINTS / old.minor)


def is_change_held(old: Money, new: Money, settings: PricingSettings) -> bool:
    """Whether the change is *more* than the settings let pass; compared exactly, not after rounding."""
    return abs(new.minor - old.minor) * BASIS_POINTS > old.minor * settings.held_change_basis_points


@dataclass(frozen=True, kw_only=True, slots=True)
class Tier:
    """The price of a piece when at least so many are ordered."""

    from_quantity: Decimal
    price: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class SpecialPrices:
    """What departs from a listing's price, for one shop on one day: its own price, and the tiers for everybody."""

    tiers: tuple[Tier, ...] = ()
    own: Money | None = None


NO_SPECIAL_PRICES = SpecialPrices()


class ListingColumn(NamedTuple):
    """All listings of one product side by side: a decision may look at tens of thousands."""

    vendor_ids: Sequence[int]
    listing_ids: Sequence[int]
    prices_minor: Sequence[int]
    available: Sequence[int]  # in thousandths


class PriceBasis(StrEnum):
    """Which of the prices applies."""

    OWN = "own"
    TIER = "tier"
    LISTING = "listing"


@dataclass(frozen=True, kw_only=True, slots=True)
class AppliedPrice:
    price: Money
    basis: PriceBasis


def apply_price(listing_price: Money, quantity: Decimal, special: SpecialPrices) -> AppliedPrice:
    """What one of *quantity* pieces costs this shop today.

    A shop's own price in force applies to any quantity, even when a tier or the listing is cheaper: it is what the two
    agreed, and a list that should follow the tiers leaves the product out. Else the cheapest tier that the quantity
    reaches, else the listing's price. A tier above the listing's price, after that fell, does not apply.
    """
    if special.own is not None:
        return AppliedPrice(price=special.own, basis=PriceBasis.OWN)
    reached = [tier.price for tier in special.tiers if tier.from_quantity <= quantity]
    best = min(reached, default=listing_price)
    if best < listing_price:
        return AppliedPrice(price=best, basis=PriceBasis.TIER)
    return AppliedPrice(price=listing_price, basis=PriceBasis.LISTING)


def find_idle_tier(listing_price: Money, tiers: Iterable[Tier]) -> Tier | None:
    """The first tier, by quantity, that is no cheaper than what applies without it: most likely a slip of the pen."""
    best = listing_price
    for tier in sorted(tiers, key=lambda tier: tier.from_quantity):
        if tier.price >= best:
            return tier
        best = tier.price
    return None


class PeriodRefusal(StrEnum):
    """Why a price list cannot be for that time."""

    ENDS_BEFORE_IT_STARTS = "ends_before_it_starts"
    HAS_BEGUN = "has_begun"
    STARTS_IN_THE_PAST = "starts_in_the_past"
    ENDS_IN_THE_PAST = "ends_in_the_past"


def refusal_of_period(
    starts_on: dt.date, ends_on: dt.date | None, *, began_on: dt.date | None, today: dt.date
) -> PeriodRefusal | None:
    """Why not: what was paid on past days is settled. None when a list may be for that time.

    *began_on* is the first day of a list that is in force already.
    """
    if ends_on is not None and ends_on < starts_on:
        return PeriodRefusal.ENDS_BEFORE_IT_STARTS
    if began_on is not None and starts_on != began_on:
        return PeriodRefusal.HAS_BEGUN
    if began_on is None and starts_on < today:
        return PeriodRefusal.STARTS_IN_THE_PAST
    if ends_on is not None and ends_on < today:
        return PeriodRefusal.ENDS_IN_THE_PAST
    return None
