"""Who gets what: the whole order to the best vendor that fills it, else its lines to the fewest vendors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from core.money import ZERO, Money, total
from core.pricing.policy import LinePrice, price_line
from core.routing.policy.ceiling import Ceiling, roundings
from core.routing.policy.facts import ListingSnapshot, Market, Need
from core.routing.policy.missing import Missing, missing_line
from core.routing.policy.ranking import Candidate, net_filled, total_filled

ZERO_QUANTITY = Decimal(0)
# All subsets of so many vendors are tried: 255 at most.
EXACT_VENDORS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanLine:
    product_id: int
    order_line_id: int | None
    listing_id: int
    quantity: Decimal
    unit_price: Money
    vat_basis_points: int
    price: LinePrice


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanPart:
    """What one vendor would be asked to deliver."""

    vendor_id: int
    lines: tuple[PlanLine, ...]
    total: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    parts: tuple[PlanPart, ...]
    missing: tuple[Missing, ...]
    total: Money


Assignment = dict[int, dict[int, Decimal]]  # vendor → product → quantity
SortKey = tuple[int, ...]
Preference = Callable[[Candidate, int, Decimal], SortKey]  # for so much of a product; the lower the earlier
Choice = tuple[Decimal, int, int, list[int]]


def plan(
    market: Market, candidates: Sequence[Candidate], *, ceiling: Money | None = None, spare: Money = ZERO
) -> Plan:
    """The best plan that costs no more than *ceiling*, or above it only the roundings of split lines, up to *spare*.

    A vendor that fills everything comes before any split; a split covers as much as can be had, by market value,
    over as few vendors as that takes, the better ranked first.
    """
    ranked = [candidate for candidate in candidates if candidate.exclusion is None]
    if wholes := whole_order(market, ranked, ceiling=ceiling, spare=spare):
        assignment: Assignment = {wholes[0].vendor.vendor_id: dict(wholes[0].fills)}
    else:
        assignment = _split(market, ranked, None if ceiling is None else Ceiling(amount=ceiling, spare=spare))
    return _priced(market, candidates, assignment)


def whole_order(
    market: Market, candidates: Sequence[Candidate], *, ceiling: Money | None = None, spare: Money = ZERO
) -> list[Candidate]:
    """Those that could take the whole order within the ceiling, best first."""
    return [
        candidate
        for candidate in candidates
        if candidate.exclusion is None
        and candidate.fills_everything
        and (ceiling is None or is_within(market, candidate, Ceiling(amount=ceiling, spare=spare)))
    ]


def is_within(market: Market, candidate: Candidate, ceiling: Ceiling) -> bool:
    """Whether all that the vendor can give is within the ceiling."""
    cost = total_filled(market, candidate)
    if cost <= ceiling.amount:
        return True
    together = {candidate.vendor.vendor_id: candidate.fills}
    return ceiling.allows(cost, roundings=roundings(market, together))


def part_for(market: Market, candidate: Candidate, fills: Mapping[int, Decimal]) -> PlanPart:
    """The part that *candidate* delivers, in the order in which the lines were wanted."""
    lines = []
    for need in market.needs:
        if quantity := fills.get(need.product_id):
            listing = candidate.vendor.listings[need.product_id]
            unit_price = listing.price_for(quantity)
            basis_points = market.vat_basis_points[need.product_id]
            lines.append(
                PlanLine(
                    product_id=need.product_id,
                    order_line_id=need.order_line_id,
                    listing_id=listing.listing_id,
                    quantity=quantity,
                    unit_price=unit_price,
                    vat_basis_points=basis_points,
                    price=price_line(unit_price, quantity, basis_points),
                )
            )
    return PlanPart(
        vendor_id=candidate.vendor.vendor_id,
        lines=tuple(lines),
        total=total(line.price.total for line in lines),
    )


def cheapest_total(market: Market, candidates: Sequence[Candidate]) -> Money | None:
    """The least that the fullest plan would cost: a ceiling of this amount finds a plan. None when nobody has anything."""
    unbound = plan(market, candidates)
    if not unbound.parts:
        return None
    ranked = [candidate for candidate in candidates if candidate.exclusion is None]
    totals = [unbound.total, *(total_filled(market, whole) for whole in whole_order(market, ranked))]
    cheap = _assign(market, ranked, _cheapest_first)
    if covered(market, cheap) == covered(market, _of(unbound)):
        totals.append(_total(market, ranked, cheap))
    return min(totals)


def covers_as_much(market: Market, some: Plan, other: Plan) -> bool:
    return covered(market, _of(some)) >= covered(market, _of(other))


def covered(market: Market, assignment: Assignment) -> Decimal:
    """What the assigned goods are worth on the market: the measure by which plans are compared."""
    worth = _worths(market)
    return sum(
        (
            worth[product_id] * quantity
            for fills in assignment.values()
            for product_id, quantity in fills.items()
        ),
        ZERO_QUANTITY,
    )


def _split(market: Market, ranked: Sequence[Candidate], ceiling: Ceiling | None) -> Assignment:
    best: tuple[Choice, Assignment] | None = None
    most = -_most_coverable(market, ranked)
    for subset in _subsets(market, ranked):
        if best and best[0][:2] < (most, len(subset)):
            break  # it covers all that can be had, and what follows takes more vendors
        # Who is alone gets what it has, whichever line comes first.
        preferences = (_best_first, _cheapest_first) if len(subset) > 1 else (_best_first,)
        best = _best_within(market, best, subset, preferences, ceiling, ranked)
    # Perhaps only every line from its cheapest vendor fits, however many vendors that takes.
    best = _best_within(market, best, ranked, (_cheapest_first,), ceiling, ranked)
    return best[1] if best else {}


def _better(
    market: Market,
    best: tuple[Choice, Assignment] | None,
    assignment: Assignment,
    ranked: Sequence[Candidate],
) -> tuple[Choice, Assignment] | None:
    if not assignment:
        return best
    ranks = sorted(_rank(candidate) for candidate in ranked if candidate.vendor.vendor_id in assignment)
    choice = (-covered(market, assignment), len(ranks), sum(ranks), ranks)
    return (choice, assignment) if best is None or choice < best[0] else best


def _subsets(market: Market, ranked: Sequence[Candidate]) -> Iterator[Sequence[Candidate]]:
    """The groups of vendors to try, small ones first: all of a shortlist's, or one large group when it takes many."""
    shortlist = _shortlist(market, ranked)
    if len(shortlist) > EXACT_VENDORS:
        yield shortlist
        return
    for size in range(1, len(shortlist) + 1):
        yield from combinations(shortlist, size)


def _most_coverable(market: Market, ranked: Sequence[Candidate]) -> Decimal:
    """What all vendors together have of the wanted goods, by market value: no plan covers more."""
    worth = _worths(market)
    return sum(
        (
            worth[need.product_id]
            * min(
                need.quantity,
                sum(
                    (candidate.fills.get(need.product_id, ZERO_QUANTITY) for candidate in ranked),
                    ZERO_QUANTITY,
                ),
            )
            for need in market.needs
        ),
        ZERO_QUANTITY,
    )


def _best_within(
    market: Market,
    best: tuple[Choice, Assignment] | None,
    subset: Sequence[Candidate],
    preferences: Iterable[Preference],
    ceiling: Ceiling | None,
    ranked: Sequence[Candidate],
) -> tuple[Choice, Assignment] | None:
    """The best so far, or one of the subset's assignments where that is better and within the ceiling.

    Whatever the ceiling, the same ones are tried: it only takes choices away, so the plan that was shown without it is
    chosen under it too.
    """
    for prefer in preferences:
        assignment = _assign(market, subset, prefer)
        if ceiling is None or ceiling.allows(
            _total(market, subset, assignment), roundings=roundings(market, assignment)
        ):
            best = _better(market, best, assignment, ranked)
    return best


def _shortlist(market: Market, ranked: Sequence[Candidate]) -> list[Candidate]:
    """The vendors among which every subset is tried: all when they are few, else a greedy cover and the best ranked."""
    if len(ranked) <= EXACT_VENDORS:
        return list(ranked)
    chosen = _greedy_cover(market, ranked)
    for candidate in ranked:
        if len(chosen) >= EXACT_VENDORS:
            break
        if all(candidate is not already for already in chosen):
            chosen.append(candidate)
    return sorted(chosen, key=_rank)


def _greedy_cover(market: Market, ranked: Sequence[Candidate]) -> list[Candidate]:
    """Again and again the vendor that adds most, until nobody adds anything. At most one round for each line's unit."""
    worth = _worths(market)
    left = {need.product_id: need.quantity for need in market.needs}
    chosen: list[Candidate] = []
    others = list(ranked)
    while left and others:
        gains = [(_gain(candidate, left, worth), candidate) for candidate in others]
        gain, best = min(gains, key=lambda pair: (-pair[0], _rank(pair[1])))
        if not gain:
            break
        chosen.append(best)
        others.remove(best)
        for product_id, quantity in _gives(best, left).items():
            left[product_id] -= quantity
        left = {product_id: quantity for product_id, quantity in left.items() if quantity}
    return chosen


def _gain(candidate: Candidate, left: Mapping[int, Decimal], worth: Mapping[int, Decimal]) -> Decimal:
    gives = _gives(candidate, left)
    if _is_too_small(candidate, gives):
        return ZERO_QUANTITY
    return sum((worth[product_id] * quantity for product_id, quantity in gives.items()), ZERO_QUANTITY)


def _gives(candidate: Candidate, left: Mapping[int, Decimal]) -> dict[int, Decimal]:
    gives = {}
    for product_id in candidate.fills:
        if (wanted := left.get(product_id)) and (
            quantity := candidate.vendor.listings[product_id].fillable(wanted)
        ):
            gives[product_id] = quantity
    return gives


def _best_first(candidate: Candidate, _product_id: int, _quantity: Decimal) -> SortKey:
    return (_rank(candidate),)


def _cheapest_first(candidate: Candidate, product_id: int, quantity: Decimal) -> SortKey:
    return (candidate.vendor.listings[product_id].price_for(quantity).minor, _rank(candidate))


def _assign(market: Market, subset: Sequence[Candidate], prefer: Preference) -> Assignment:
    """Each line to the preferred vendor that has all of it, else in the largest pieces; nobody below its minimum order."""
    assignment = _deal(market, subset, prefer)
    if not (short := _below_minimum(subset, assignment)):
        return assignment
    # Perhaps it reaches its minimum when it is served first; else the others do without it.
    favored = _deal(
        market,
        subset,
        lambda candidate, product, quantity: (
            int(candidate is not short),
            *prefer(candidate, product, quantity),
        ),
    )
    if not _below_minimum(subset, favored):
        return favored
    return _assign(market, [candidate for candidate in subset if candidate is not short], prefer)


def _deal(market: Market, subset: Iterable[Candidate], prefer: Preference) -> Assignment:
    assignment: Assignment = {}
    for need in market.needs:
        sellers = [candidate for candidate in subset if need.product_id in candidate.fills]
        for seller, quantity in _pieces(need, sellers, prefer):
            assignment.setdefault(seller.vendor.vendor_id, {})[need.product_id] = quantity
    return assignment


def _pieces(need: Need, sellers: Sequence[Candidate], prefer: Preference) -> list[tuple[Candidate, Decimal]]:
    """Who gives how much of a line.

    Where the largest pieces leave a rest that nobody sells, the line is perhaps filled without one of the sellers: 40 are
    24 and 16 of two, though a third has 36 and nobody sells 4.
    """
    pieces = _largest_first(need, sellers, prefer)
    has_enough = sum((seller.fills[need.product_id] for seller in sellers), ZERO_QUANTITY) >= need.quantity
    if not has_enough or _sum(pieces) == need.quantity:
        return pieces
    others = (
        _largest_first(need, [one for one in sellers if one is not left_out], prefer) for left_out in sellers
    )
    return max((pieces, *others), key=_sum)


def _largest_first(
    need: Need, sellers: Sequence[Candidate], prefer: Preference
) -> list[tuple[Candidate, Decimal]]:
    pieces: list[tuple[Candidate, Decimal]] = []
    others, left = list(sellers), need.quantity
    while left and others:
        seller = min(others, key=lambda seller: _priority(seller, need, left, prefer))
        quantity = _listing(seller, need).fillable(left)
        if not quantity:
            break
        pieces.append((seller, quantity))
        others.remove(seller)
        left -= quantity
    return pieces


def _sum(pieces: Iterable[tuple[Candidate, Decimal]]) -> Decimal:
    return sum((quantity for _seller, quantity in pieces), ZERO_QUANTITY)


def _priority(seller: Candidate, need: Need, left: Decimal, prefer: Preference) -> tuple[Decimal, SortKey]:
    """The largest piece first, which is all of it where somebody has all."""
    piece = _listing(seller, need).fillable(left)
    return -piece, prefer(seller, need.product_id, piece)


def _listing(candidate: Candidate, need: Need) -> ListingSnapshot:
    return candidate.vendor.listings[need.product_id]


def _below_minimum(subset: Iterable[Candidate], assignment: Assignment) -> Candidate | None:
    """The worst ranked vendor whose part is smaller than it accepts."""
    short = [
        candidate
        for candidate in subset
        if (fills := assignment.get(candidate.vendor.vendor_id)) and _is_too_small(candidate, fills)
    ]
    return max(short, key=_rank, default=None)


def _is_too_small(candidate: Candidate, fills: Mapping[int, Decimal]) -> bool:
    minimum = candidate.vendor.minimum_order
    return bool(minimum) and net_filled(candidate.vendor, fills) < minimum


def _rank(candidate: Candidate) -> int:
    return candidate.rank or 0


def _worths(market: Market) -> dict[int, Decimal]:
    """One unit of each wanted product on the market, in paisa; the cheapest listing's price where there is no average."""
    worth = {}
    for need in market.needs:
        average = market.averages.get(need.product_id) or min(
            (listing.price for vendor in market.vendors if (listing := vendor.listings.get(need.product_id))),
            default=ZERO,
        )
        worth[need.product_id] = Decimal(average.minor)
    return worth


def _of(some: Plan) -> Assignment:
    return {part.vendor_id: {line.product_id: line.quantity for line in part.lines} for part in some.parts}


def _total(market: Market, candidates: Iterable[Candidate], assignment: Assignment) -> Money:
    return total(
        part_for(market, candidate, fills).total
        for candidate in candidates
        if (fills := assignment.get(candidate.vendor.vendor_id))
    )


def _priced(market: Market, candidates: Sequence[Candidate], assignment: Assignment) -> Plan:
    parts = tuple(
        part_for(market, candidate, fills)
        for candidate in candidates
        if (fills := assignment.get(candidate.vendor.vendor_id))
    )
    given: dict[int, Decimal] = {}
    for part in parts:
        for line in part.lines:
            given[line.product_id] = given.get(line.product_id, ZERO_QUANTITY) + line.quantity
    missing = tuple(
        missing_line(need, left, candidates)
        for need in market.needs
        if (left := need.quantity - given.get(need.product_id, ZERO_QUANTITY))
    )
    return Plan(parts=parts, missing=missing, total=total(part.total for part in parts))
