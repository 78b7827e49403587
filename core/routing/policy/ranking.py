"""Who may be asked, and in which order: exclusions with their reason, scores, deterministic ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import ge, mul
from typing import NamedTuple

from core.money import ZERO, Money, total
from core.pricing.policy import BASIS_POINTS, NO_SPECIAL_PRICES, THOUSANDTHS, line_total_minor
from core.routing.policy import scores as criteria
from core.routing.policy.facts import Exclusion, Market, Need, VendorSnapshot
from core.routing.policy.scores import HUNDRED, STOCK_ENOUGH, Scores
from core.routing.policy.shelves import Shelf

# The points of `line_availability`, and halves, for sums in whole numbers.
ENOUGH_TWICE, ENOUGH_ONCE = int(HUNDRED), int(STOCK_ENOUGH)
HUNDRED_POINTS = criteria.points(HUNDRED)
HALF_A_THOUSAND, HALF_A_WHOLE = THOUSANDTHS // 2, BASIS_POINTS // 2


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
    # What `fills` comes to, VAT included; None where nobody has worked it out.
    total: Money | None = None


def rank(market: Market, weights: Mapping[str, int]) -> tuple[Candidate, ...]:
    """All vendors: the eligible first, best first, then the excluded by id. Input order never matters.

    Equal scores: who can answer sooner first, then the cheaper, then the more reliable, then the older vendor.
    """
    basket = _basket_of(market)
    considered = [_consider(market, basket, vendor, weights) for vendor in market.vendors]
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
    return (*(_at(number, candidate) for number, candidate in enumerate(eligible, start=1)), *excluded)


def _at(rank: int, candidate: Candidate) -> Candidate:
    """The candidate with its rank. Written out, because `replace` takes a third of the time of all scores."""
    return Candidate(
        vendor=candidate.vendor,
        fills=candidate.fills,
        distance_km=candidate.distance_km,
        price_ratio=candidate.price_ratio,
        fills_everything=candidate.fills_everything,
        exclusion=candidate.exclusion,
        scores=candidate.scores,
        score=candidate.score,
        rank=rank,
        total=candidate.total,
    )


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
    if candidate.total is not None:
        return candidate.total
    return _total_of(market, candidate.vendor, candidate.fills)


def net_filled(vendor: VendorSnapshot, fills: Mapping[int, Decimal]) -> Money:
    """The same before VAT, which is what vendors mean by a minimum."""
    return total(
        vendor.listings[product_id].price_for(quantity).times(quantity)
        for product_id, quantity in fills.items()
    )


class _Look(NamedTuple):
    """What a vendor has of the needs."""

    price_ratio: Decimal
    fills: Mapping[int, Decimal]
    fills_everything: bool
    availability: Decimal
    net: Money
    total: Money


class _Basket(NamedTuple):
    """The needs in whole numbers, worked out once for all vendors: product, thousandths, average in paisa, VAT."""

    product_ids: tuple[int, ...]
    lines: tuple[tuple[int, Decimal, int, int, int], ...]
    thousandths: tuple[int, ...]
    twice: tuple[int, ...]
    everything: Mapping[int, Decimal]
    worth: int


def _basket_of(market: Market) -> _Basket | None:
    """None where nothing is wanted, a product has no average, or is wanted in smaller parts than thousandths."""
    if not market.needs:
        return None
    lines = []
    for need in market.needs:
        average = market.averages.get(need.product_id)
        wanted = need.quantity * THOUSANDTHS
        if not average or wanted != int(wanted):
            return None
        vat = market.vat_basis_points[need.product_id]
        lines.append((need.product_id, need.quantity, int(wanted), average.minor, vat))
    product_ids, quantities, thousandths, averages, _vat = zip(*lines, strict=True)
    return _Basket(
        product_ids=product_ids,
        lines=tuple(lines),
        thousandths=thousandths,
        twice=tuple(2 * wanted for wanted in thousandths),
        everything=dict(zip(product_ids, quantities, strict=True)),
        worth=sum(map(mul, thousandths, averages)),
    )


def _consider(
    market: Market, basket: _Basket | None, vendor: VendorSnapshot, weights: Mapping[str, int]
) -> Candidate:
    distance = criteria.distance_km(market.place, vendor.place)
    barred = _barred(market, vendor, distance)
    shelf = vendor.listings
    if (
        basket is not None
        and isinstance(shelf, Shelf)
        and shelf.product_ids == basket.product_ids
        and shelf.is_plain
    ):
        look = _look_along(basket, shelf)
    else:
        look = _look_at(market, vendor)
    exclusion = barred or _kept_out(market, vendor, look)
    scores = None
    if exclusion is None:
        scores = Scores(
            availability=look.availability,
            proximity=criteria.proximity(market.place, vendor.place, distance),
            workload=criteria.workload(vendor.open_fulfillments),
            price=criteria.price(look.price_ratio),
            reliability=criteria.points(vendor.reliability),
        )
    return Candidate(
        vendor=vendor,
        fills={} if barred else look.fills,
        distance_km=distance,
        price_ratio=look.price_ratio,
        fills_everything=look.fills_everything and not barred,
        exclusion=exclusion,
        scores=scores,
        score=Decimal(0) if scores is None else scores.weighted(weights),
        total=ZERO if barred else look.total,
    )


def _look_at(market: Market, vendor: VendorSnapshot) -> _Look:
    """Listing by listing."""
    fills = _fills(market.needs, vendor)
    return _Look(
        price_ratio=criteria.price_ratio(market.needs, vendor.listings, market.averages),
        fills=fills,
        fills_everything=bool(fills)
        and all(fills.get(need.product_id) == need.quantity for need in market.needs),
        availability=criteria.availability(market.needs, vendor.listings, market.averages, fills),
        net=net_filled(vendor, fills),
        total=_total_of(market, vendor, fills),
    )


def _look_along(basket: _Basket, shelf: Shelf) -> _Look:
    """The same for a vendor that sells any quantity at the usual price, in whole numbers and one walk along its rows."""
    if all(map(ge, shelf.available, basket.twice)) and all(shelf.listing_ids):
        return _look_at_plenty(basket, shelf)
    asked = usual = worth_of_all = earned = nets = totals = 0
    is_everything = True
    fills: dict[int, Decimal] = {}
    for (product_id, wanted, thousandths, average, vat), price, available in zip(
        basket.lines, shelf.prices_minor, shelf.available, strict=True
    ):
        worth = average * thousandths
        worth_of_all += worth
        if not price:
            is_everything = False
            continue
        asked += price * thousandths
        usual += worth
        if available >= thousandths:
            earned += worth * (ENOUGH_TWICE if available >= 2 * thousandths else ENOUGH_ONCE)
            given = thousandths
            fills[product_id] = wanted
        else:
            is_everything = False
            if available <= 0:
                continue
            earned += average * available * ENOUGH_ONCE
            given = available
            fills[product_id] = Decimal(available).scaleb(-3)
        net = (price * given + HALF_A_THOUSAND) // THOUSANDTHS
        nets += net
        totals += net + (net * vat + HALF_A_WHOLE) // BASIS_POINTS
    return _Look(
        price_ratio=Decimal(asked) / usual if usual else Decimal(1),
        fills=fills,
        fills_everything=is_everything,
        availability=criteria.points(Decimal(earned) / worth_of_all),
        net=Money(nets),
        total=Money(totals),
    )


def _look_at_plenty(basket: _Basket, shelf: Shelf) -> _Look:
    """The same for one that has twice of everything, as most have of most baskets."""
    asked = list(map(mul, shelf.prices_minor, basket.thousandths))
    nets = [(minor + HALF_A_THOUSAND) // THOUSANDTHS for minor in asked]
    vats = [
        (net * line[4] + HALF_A_WHOLE) // BASIS_POINTS for net, line in zip(nets, basket.lines, strict=True)
    ]
    net = sum(nets)
    return _Look(
        price_ratio=Decimal(sum(asked)) / basket.worth,
        fills=basket.everything,
        fills_everything=True,
        availability=HUNDRED_POINTS,
        net=Money(net),
        total=Money(net + sum(vats)),
    )


def _kept_out(market: Market, vendor: VendorSnapshot, look: _Look) -> Exclusion | None:
    """Why a vendor that may be asked is not, for what it can give."""
    if not look.fills:
        return _why_nothing(market.needs, vendor)
    if vendor.minimum_order > ZERO and look.net < vendor.minimum_order:
        return Exclusion.BELOW_MINIMUM_ORDER
    if vendor.pair_available is not None and look.total > vendor.pair_available:
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
