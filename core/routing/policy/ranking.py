"""Who may be asked, and in which order: exclusions with their reason, scores, deterministic ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from core.money import ZERO, Money, total
from core.pricing.policy import price_line
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
    return in_order(considered)


def in_order(considered: Sequence[Candidate]) -> tuple[Candidate, ...]:
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
    excluded = sorted(
        (candidate for candidate in considered if candidate.exclusion is not None),
        key=lambda candidate: candidate.vendor.vendor_id,
    )
    ranked = (replace(candidate, rank=number) for number, candidate in enumerate(eligible, start=1))
    return (*ranked, *excluded)


def total_filled(market: Market, candidate: Candidate) -> Money:
    """What everything that this vendor can give would cost, VAT included."""
    return total(
        price_line(
            candidate.vendor.listings[product_id].price_for(quantity),
            quantity,
            market.vat_basis_points[product_id],
        ).total
        for product_id, quantity in candidate.fills.items()
    )


def net_filled(vendor: VendorSnapshot, fills: Mapping[int, Decimal]) -> Money:
    """The same before VAT, which is what vendors mean by a minimum."""
    return total(
        vendor.listings[product_id].price_for(quantity).times(quantity)
        for product_id, quantity in fills.items()
    )


def _consider(market: Market, vendor: VendorSnapshot, weights: Mapping[str, int]) -> Candidate:
    distance = criteria.distance_km(market.place, vendor.place)
    candidate = Candidate(
        vendor=vendor,
        fills={},
        distance_km=distance,
        price_ratio=criteria.price_ratio(market.needs, vendor.listings, market.averages),
    )
    if reason := _barred(market, vendor, distance):
        return replace(candidate, exclusion=reason)
    fills = _fills(market.needs, vendor)
    if not fills:
        return replace(candidate, exclusion=_why_nothing(market.needs, vendor))
    candidate = replace(
        candidate,
        fills=fills,
        fills_everything=all(fills.get(need.product_id) == need.quantity for need in market.needs),
    )
    if vendor.minimum_order > ZERO and net_filled(vendor, fills) < vendor.minimum_order:
        return replace(candidate, exclusion=Exclusion.BELOW_MINIMUM_ORDER)
    if vendor.pair_available is not None and total_filled(market, candidate) > vendor.pair_available:
        return replace(candidate, exclusion=Exclusion.PAIR_LIMIT_FULL)
    scores = Scores(
        availability=criteria.availability(market.needs, vendor.listings, market.averages),
        proximity=criteria.proximity(market.place, vendor.place, distance),
        workload=criteria.workload(vendor.open_fulfillments),
        price=criteria.price(candidate.price_ratio),
        reliability=criteria.points(vendor.reliability),
    )
    return replace(candidate, scores=scores, score=scores.weighted(weights))


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
