"""The five criteria, each 0–100 with three decimals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from core.money import Money
from core.pricing.policy import NO_SPECIAL_PRICES
from core.routing.policy.facts import ListingSnapshot, Need, Place
from core.vendors.policy import price_score

HUNDRED = Decimal(100)
ZERO_QUANTITY = Decimal(0)
NEAR_KM = Decimal(2)
FAR_KM = Decimal(50)
EARTH_RADIUS_KM = 6371.0088
WORKLOAD_STEPS = ((5, Decimal(100)), (10, Decimal(80)), (20, Decimal(60)), (30, Decimal(40)))
OVERLOADED = Decimal(20)
STOCK_ENOUGH = Decimal(70)

_LN_NEAR = NEAR_KM.ln()
_LN_FAR = FAR_KM.ln()


@dataclass(frozen=True, kw_only=True, slots=True)
class Scores:
    availability: Decimal
    proximity: Decimal
    workload: Decimal
    price: Decimal
    reliability: Decimal

    def weighted(self, weights: Mapping[str, int]) -> Decimal:
        """One score 0–100. Weights count in proportion, so a replay may use any that are not all zero."""
        whole = sum(weights.values())
        score = (
            self.availability * weights["availability"]
            + self.proximity * weights["proximity"]
            + self.workload * weights["workload"]
            + self.price * weights["price"]
            + self.reliability * weights["reliability"]
        )
        return points(score / whole)


SCORE_PARTS = tuple(field.name for field in fields(Scores))


def line_availability(available: Decimal, wanted: Decimal) -> Decimal:
    """0–100 for one line (DOMAIN.md, section 6)."""
    if available >= 2 * wanted:
        return HUNDRED
    if available >= wanted:
        return STOCK_ENOUGH
    return STOCK_ENOUGH * max(available, ZERO_QUANTITY) / wanted


def availability(
    needs: Sequence[Need],
    listings: Mapping[int, ListingSnapshot],
    averages: Mapping[int, Money],
    fills: Mapping[int, Decimal],
) -> Decimal:
    """The lines' availability, weighted by what each line is worth on the market.

    A line that the vendor does not list, or cannot sell in this quantity, has nothing available.
    """
    value = ZERO_QUANTITY
    earned = ZERO_QUANTITY
    for need in needs:
        listing = listings.get(need.product_id)
        average = averages.get(need.product_id)
        if average is None:
            if listing is None:
                continue
            average = listing.price
        worth = average.minor * need.quantity
        value += worth
        if listing is not None and need.product_id in fills:
            earned += worth * line_availability(listing.available, need.quantity)
    return points(earned / value) if value else ZERO_QUANTITY


def distance_km(one: Place, other: Place) -> Decimal | None:
    """The great-circle distance, or None when either has no point."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    latitude, other_latitude = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    haversine = (
        math.sin((other_latitude - latitude) / 2) ** 2
        + math.cos(latitude) * math.cos(other_latitude) * math.sin(across / 2) ** 2
    )
    return points(Decimal(2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, haversine)))))


def proximity(retailer: Place, vendor: Place, distance: Decimal | None) -> Decimal:
    """By distance where both have a point, else by how much of the address they share (DOMAIN.md, section 6)."""
    if distance is None:
        return _shared_address(retailer, vendor)
    if distance <= NEAR_KM:
        return HUNDRED
    if distance >= FAR_KM:
        return ZERO_QUANTITY
    return _from_near_to_far(distance)


@lru_cache(maxsize=1 << 16)
def _from_near_to_far(distance: Decimal) -> Decimal:
    """Kept, because there are only so many metres and an exact logarithm takes as long as all else about a vendor."""
    return points(HUNDRED * (_LN_FAR - distance.ln()) / (_LN_FAR - _LN_NEAR))


@lru_cache(maxsize=1024)
def workload(open_fulfillments: int) -> Decimal:
    """0–100 by how many parts the vendor still has to deliver (DOMAIN.md, section 6)."""
    return next((score for most, score in WORKLOAD_STEPS if open_fulfillments <= most), OVERLOADED)


def price_ratio(
    needs: Sequence[Need], listings: Mapping[int, ListingSnapshot], averages: Mapping[int, Money]
) -> Decimal:
    """What the vendor asks for the lines it lists, divided by what the market asks for the same; 1 without a market.

    The vendor's side is the price of this basket: the shop's own prices and the tiers that the vendor's part reaches
    count. The market's side is the average of the listings: it says what goods cost, whoever buys how much of them.
    """
    asked = market = ZERO_QUANTITY
    for need in needs:
        if listing := listings.get(need.product_id):
            average = averages.get(need.product_id)
            average_minor = listing.price_minor if average is None else average.minor
            price_minor = (
                listing.price_minor
                if listing.special is NO_SPECIAL_PRICES
                else listing.price_towards(need.quantity).minor
            )
            asked += price_minor * need.quantity
            market += average_minor * need.quantity
    return asked / market if market else Decimal(1)


def price(ratio: Decimal) -> Decimal:
    """0–100 for a basket that costs *ratio* of the market average (DOMAIN.md, section 6)."""
    return price_score(ratio)


def points(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)


def _shared_address(one: Place, other: Place) -> Decimal:
    """Names repeat in Nepal, so a level counts only while no level above it differs; an unknown level is skipped."""
    score = Decimal(20)
    for level, shared in (
        ((one.province, other.province), Decimal(40)),
        ((one.district, other.district), Decimal(60)),
        ((one.municipality, other.municipality), Decimal(80)),
    ):
        name, other_name = (_plain(part) for part in level)
        if name and other_name:
            if name != other_name:
                return score
            score = shared
    in_one_municipality = score == Decimal(80)
    return HUNDRED if in_one_municipality and one.ward and one.ward == other.ward else score


def _plain(name: str | None) -> str:
    return " ".join((name or "").casefold().split())
