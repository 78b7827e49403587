"""Who may be asked, and in which order: exclusions with their reason, scores, deterministic ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from core.money import ZERO, Money, total
from core.pricing.policy import NO_SPECIAL_PRICES, THOUSANDTHS, line_total_minor
from core.routing.policy import scores as criteria
from core.routing.policy.facts import Exclusion, Market, Need, VendorSnapshot
from core.routing.policy.scores import Scores


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One vendor as a decision sees it: excluded for a reason, or scored and ranked from 1."""

    vendor: VendorSnapshot
    # How much of each product it can give, where it can give any.
    fills: Mapping[int, Decimal]
    distance_km: Decimal | None
    price_ratio: Decimal
    fills_everything: bool = False
    exclusion: Exclusion | None = None
    scores: Scores | None = None
    score: Decimal = Decimal(0)
    rank: int | None = None


def rank(market: Market, weights: Mapping[str, int]) -> tuple[Candidate, ...]:
    """All vendors: the eligible first, best first, then the excluded by id. Input order never matters.

    Equal scores: who can answer sooner first, then the cheaper, then the more reliable, then the older vendor.
    """
    considered = [_consider(market, vendor, weights) for vendor in market.vendors]
    return in_order(considered, fairness_points=market.fairness_points)


def in_order(considered: Sequence[Candidate], *, fairness_points: int = 0) -> tuple[Candidate, ...]:
    """The candidates ranked; among equals, which are within *fairness_points* of the best of them, the smaller share first."""
    eligible = sorted(
        (candidate for candidate in considered if candidate.exclusion is None),
        key=lambda candidate: (
            -candidate.score,
            candidate.vendor.waits_minutes or 0,
            candidate.price_ratio,
            -candidate.vendor.reliability,
            candidate.vendor.vendor_id,
        ),
    )
    if fairness_points:
        eligible = _taking_turns(eligible, Decimal(fairness_points))
    excluded = sorted(
        (candidate for candidate in considered if candidate.exclusion is not None),
        key=lambda candidate: candidate.vendor.vendor_id,
    )
    ranked = (replace(candidate, rank=number) for number, candidate in enumerate(eligible, start=1))
    return (*ranked, *excluded)


def _taking_turns(best_first: Sequence[Candidate], points: Decimal) -> list[Candidate]:
    """Group by group of equals. A higher score never lowers the rank: it leads at most into a group that was ahead."""
    order: list[Candidate] = []
    while len(order) < len(best_first):
        rest = best_first[len(order) :]
        equals = [candidate for candidate in rest if candidate.score >= rest[0].score - points]
        order += sorted(equals, key=lambda candidate: candidate.vendor.recent)
    return order


def total_filled(market: Market, candidate: Candidate) -> Money:
    """What everything that this vendor can give would cost, VAT included."""
    return _total_of(market, candidate.vendor, candidate.fills)


def net_filled(vendor: VendorSnapshot, fills: Mapping[int, Decimal]) -> Money:
    """The same before VAT, which is what vendors mean by a minimum."""
    return total(
        vendor.listings[product_id].price_for(quantity).times(quantity)
        for product_id, quantity in fills.items()
    )


def _consider(market: Market, vendor: VendorSnapshot, weights: Mapping[str, int]) -> Candidate:
    distance = criteria.distance_km(market.place, vendor.place)
    ratio = criteria.price_ratio(market.needs, vendor.listings, market.averages)
    barred = _barred(market, vendor, distance)
    fills = {} if barred else _fills(market.needs, vendor)
    exclusion = barred or _kept_out(market, vendor, fills)
    scores = None
    if exclusion is None:
        scores = Scores(
            availability=criteria.availability(market.needs, vendor.listings, market.averages, fills),
            proximity=criteria.proximity(market.place, vendor.place, distance),
            workload=criteria.workload(vendor.open_fulfillments),
            price=criteria.price(ratio),
            reliability=criteria.points(vendor.reliability),
        )
    return Candidate(
        vendor=vendor,
        fills=fills,
        distance_km=distance,
        price_ratio=ratio,
        fills_everything=bool(fills)
        and all(fills.get(need.product_id) == need.quantity for need in market.needs),
        exclusion=exclusion,
        scores=scores,
        score=Decimal(0) if scores is None else scores.weighted(weights),
    )


def _kept_out(market: Market, vendor: VendorSnapshot, fills: Mapping[int, Decimal]) -> Exclusion | None:
    """Why a vendor that may be asked is not, for what it can give."""
    if not fills:
        return _why_nothing(market.needs, vendor)
    if vendor.minimum_order > ZERO and net_filled(vendor, fills) < vendor.minimum_order:
        return Exclusion.BELOW_MINIMUM_ORDER
    if vendor.pair_available is not None and _total_of(market, vendor, fills) > vendor.pair_available:
        return Exclusion.PAIR_LIMIT_FULL
    return None


def _total_of(market: Market, vendor: VendorSnapshot, fills: Mapping[int, Decimal]) -> Money:
    minor = 0
    for product_id, quantity in fills.items():
        listing = vendor.listings[product_id]
        is_plain = listing.special is NO_SPECIAL_PRICES
        price_minor = listing.price_minor if is_plain else listing.price_for(quantity).minor
        vat = market.vat_basis_points[product_id]
        minor += line_total_minor(price_minor, int(quantity * THOUSANDTHS), vat)
    return Money(minor)


def _barred(market: Market, vendor: VendorSnapshot, distance: Decimal | None) -> Exclusion | None:
    """Why this vendor is not asked at all, whatever it sells."""
    if not vendor.is_approved:
        return Exclusion.NOT_APPROVED
    if not vendor.is_active:
        return Exclusion.INACTIVE
    if vendor.has_stopped:
        return Exclusion.STOPPED
    if vendor.history is not None:
        return vendor.history
    if market.today.isoweekday() not in vendor.working_days:
        return Exclusion.NOT_WORKING_TODAY
    if market.today in vendor.closed_days:
        return Exclusion.CLOSED_TODAY
    if vendor.waits_minutes is None:
        return Exclusion.OPENS_TOO_LATE
    if distance is not None and distance > vendor.radius_km:
        return Exclusion.OUTSIDE_RADIUS
    return None


def _fills(needs: Sequence[Need], vendor: VendorSnapshot) -> dict[int, Decimal]:
    fills = {}
    for need in needs:
        listing = vendor.listings.get(need.product_id)
        if listing and (quantity := listing.fillable(need.quantity)):
            fills[need.product_id] = quantity
    return fills


def _why_nothing(needs: Sequence[Need], vendor: VendorSnapshot) -> Exclusion:
    """The reason that a retailer can most easily do something about."""
    reasons = {
        listing.blocked_by(need.quantity)
        for need in needs
        if (listing := vendor.listings.get(need.product_id))
    }
    for reason in (Exclusion.BELOW_MINIMUM_QUANTITY, Exclusion.PACK_MULTIPLE, Exclusion.NO_STOCK):
        if reason in reasons:
            return reason
    return Exclusion.LISTS_NOTHING
