"""What past decisions would have been under other weights, from nothing but what was stored then."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, undefer

from core.clock import KATHMANDU
from core.errors import NotFound
from core.money import Money
from core.routing.documents import facts_in, listings_in
from core.routing.errors import TooManyDecisions, WeightsRefused
from core.routing.models import RoundCause, RoutingCandidate, RoutingRound
from core.routing.policy.facts import Exclusion, ListingSnapshot, Market, Need, Place, VendorSnapshot
from core.routing.policy.planning import Plan, plan
from core.routing.policy.ranking import Candidate, in_order
from core.routing.policy.scores import SCORE_PARTS, Scores
from core.routing.settings import RoutingSettings

# What is replayed at once, so that the answer takes seconds.
MOST_DECISIONS = 1_000
MOST_CANDIDATES = 20_000
READ_AT_ONCE = 100
# The days that are replayed unless others are named.
DAYS_REPLAYED = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    """The ranking and the plan under other weights, beside the vendors that were chosen then."""

    round_id: int
    weights: dict[str, int]
    ranking: tuple[Candidate, ...]
    plan: Plan
    chosen: tuple[int, ...]
    chosen_then: tuple[int, ...]

    @property
    def is_different(self) -> bool:
        return self.chosen != self.chosen_then


def what_if(session: Session, round_id: int, weights: Mapping[str, int]) -> Replay:
    """Replay a round. Weights left out are as they were; they count in proportion. Raises NotFound, WeightsRefused."""
    row = session.get(RoutingRound, round_id, options=[undefer(RoutingRound.market)])
    if row is None:
        raise NotFound(kind="routing_rounds", id=round_id)
    stored = session.scalars(select(RoutingCandidate).where(RoutingCandidate.round_id == round_id)).all()
    return _replayed(row, _candidates(row, stored), weights)


@dataclass(frozen=True, kw_only=True, slots=True)
class VendorShare:
    """What a vendor would be asked for under the weights of then, and under the others."""

    vendor_id: int
    orders_before: int
    orders_after: int
    total_before: Money
    total_after: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class ManyReplays:
    """The first decision of each order of some days under other weights: how orders, price and shares would have moved.

    Only the first, because what was decided after a no or a silence would not have been decided at all had the order gone
    elsewhere. Both sides are planned for one vendor at a time from what was stored, so they differ by the weights alone.
    """

    starts_on: dt.date
    ends_on: dt.date
    orders: int
    moved: int
    total_before: Money
    total_after: Money
    vendors: tuple[VendorShare, ...]  # the largest first


def what_if_over(
    session: Session, weights: Mapping[str, int], *, starts_on: dt.date, ends_on: dt.date
) -> ManyReplays:
    """Replay the decisions of these business days. Weights left out are as they were.

    Raises WeightsRefused, TooManyDecisions.
    """
    _tried(RoutingSettings().weights, weights)
    is_asked = and_(
        RoutingRound.cause == RoundCause.PLACED,
        RoutingRound.decided_at >= _midnight(starts_on),
        RoutingRound.decided_at < _midnight(ends_on + dt.timedelta(days=1)),
    )
    _refuse_too_many(session, is_asked)
    before, after, moved, orders = _Tally(), _Tally(), 0, 0
    for row, stored in _recorded(session, is_asked):
        known = _candidates(row, stored)
        then, now = (_replayed(row, known, tried) for tried in (row.weights, weights))
        before.add(then.plan)
        after.add(now.plan)
        moved += set(then.chosen) != set(now.chosen)
        orders += 1
    shares = [
        VendorShare(
            vendor_id=vendor_id,
            orders_before=before.orders[vendor_id],
            orders_after=after.orders[vendor_id],
            total_before=Money(before.minor[vendor_id]),
            total_after=Money(after.minor[vendor_id]),
        )
        for vendor_id in before.orders.keys() | after.orders.keys()
    ]
    return ManyReplays(
        starts_on=starts_on,
        ends_on=ends_on,
        orders=orders,
        moved=moved,
        total_before=Money(before.minor.total()),
        total_after=Money(after.minor.total()),
        vendors=tuple(sorted(shares, key=lambda share: (-share.total_before.minor, share.vendor_id))),
    )


def share_of(part: Money, whole: Money) -> Decimal:
    """In per cent, with two decimals; nothing of nothing is nothing."""
    share = Decimal(100 * part.minor) / whole.minor if whole else Decimal(0)
    return share.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), KATHMANDU)


class _Tally:
    """Orders and paisa by vendor."""

    def __init__(self) -> None:
        self.orders: Counter[int] = Counter()
        self.minor: Counter[int] = Counter()

    def add(self, planned: Plan) -> None:
        for part in planned.parts:
            self.orders[part.vendor_id] += 1
            self.minor[part.vendor_id] += part.total.minor


def _refuse_too_many(session: Session, is_asked: ColumnElement[bool]) -> None:
    counted = (
        select(func.count(RoutingRound.id.distinct()), func.count())
        .join(RoutingCandidate, RoutingCandidate.round_id == RoutingRound.id)
        .where(is_asked)
    )
    decisions, candidates = session.execute(counted).one()
    if decisions > MOST_DECISIONS or candidates > MOST_CANDIDATES:
        raise TooManyDecisions(
            decisions=decisions,
            vendors_weighed=candidates,
            most_decisions=MOST_DECISIONS,
            most_vendors_weighed=MOST_CANDIDATES,
        )


def _recorded(
    session: Session, is_asked: ColumnElement[bool]
) -> Iterator[tuple[RoutingRound, Sequence[RoutingCandidate]]]:
    """The decisions with their candidates, in two statements for every hundred."""
    last_id = 0
    while rows := session.scalars(
        select(RoutingRound)
        .where(is_asked, RoutingRound.id > last_id)
        .order_by(RoutingRound.id)
        .limit(READ_AT_ONCE)
        .options(undefer(RoutingRound.market))
    ).all():
        last_id = rows[-1].id
        candidates: dict[int, list[RoutingCandidate]] = {row.id: [] for row in rows}
        for candidate in session.scalars(
            select(RoutingCandidate).where(RoutingCandidate.round_id.in_(candidates))
        ):
            candidates[candidate.round_id].append(candidate)
        yield from ((row, candidates[row.id]) for row in rows)


def _replayed(row: RoutingRound, known: Sequence[Candidate], weights: Mapping[str, int]) -> Replay:
    tried = _tried(row.weights, weights)
    ranking = in_order(
        [one if one.scores is None else replace(one, score=one.scores.weighted(tried)) for one in known],
        fairness_points=row.facts["fairness"]["points"] if row.facts["fairness"] else 0,
    )
    ceiling = row.facts["ceiling_minor"]
    replayed = plan(
        _market(row, ranking),
        ranking,
        ceiling=None if ceiling is None else Money(ceiling),
        spare=Money(row.facts["spare_minor"]),
    )
    return Replay(
        round_id=row.id,
        weights=tried,
        ranking=ranking,
        plan=replayed,
        chosen=tuple(part.vendor_id for part in replayed.parts),
        chosen_then=tuple(row.facts["chosen"]),
    )


def _tried(then: Mapping[str, int], asked: Mapping[str, int]) -> dict[str, int]:
    unknown = sorted(set(asked) - set(then))
    tried = {**then, **asked}
    if unknown or min(tried.values()) < 0 or not sum(tried.values()):
        raise WeightsRefused(unknown=unknown, weights=tried)
    return tried


def _market(row: RoutingRound, ranking: tuple[Candidate, ...]) -> Market:
    stored = row.facts["market"]
    return Market(
        needs=_needs(row),
        place=Place(),
        vendors=tuple(candidate.vendor for candidate in ranking),
        averages={int(product): Money(minor) for product, minor in stored["averages_minor"].items()},
        vat_basis_points={int(product): share for product, share in stored["vat_basis_points"].items()},
        today=dt.date.fromisoformat(stored["today"]),
    )


def _needs(row: RoutingRound) -> tuple[Need, ...]:
    return tuple(
        Need(
            product_id=line["product_id"],
            quantity=Decimal(line["quantity"]),
            order_line_id=line["order_line_id"],
            is_part=line["is_part"],
        )
        for line in row.needed
    )


def _candidates(row: RoutingRound, stored: Sequence[RoutingCandidate]) -> list[Candidate]:
    """The candidates as they were known, not yet weighed."""
    facts, listings, needs = facts_in(row.market), listings_in(row.market), _needs(row)
    return [_candidate(one, facts[one.vendor_id], listings[one.vendor_id], needs) for one in stored]


def _candidate(
    stored: RoutingCandidate,
    facts: Mapping[str, Any],
    listings: Mapping[int, ListingSnapshot],
    needs: Sequence[Need],
) -> Candidate:
    vendor = VendorSnapshot(
        vendor_id=stored.vendor_id,
        listings=listings,
        minimum_order=Money(facts["minimum_order_minor"]),
        open_fulfillments=facts["open_fulfillments"],
        waits_minutes=facts["waits_minutes"],
        reliability=Decimal(facts["reliability"]),
        recent=Money(facts["recent_minor"]),
    )
    distance = facts["distance_km"]
    return Candidate(
        vendor=vendor,
        fills={
            need.product_id: quantity
            for need in needs
            if (listing := listings.get(need.product_id)) and (quantity := listing.fillable(need.quantity))
        },
        distance_km=None if distance is None else Decimal(distance),
        price_ratio=Decimal(facts["price_ratio"]),
        fills_everything=stored.fills_everything,
        exclusion=_exclusion(stored),
        scores=_scores(stored),
    )


def _exclusion(stored: RoutingCandidate) -> Exclusion | None:
    """Why the vendor was left out then, except for the ceiling, which decides again."""
    if stored.excluded_reason in (None, Exclusion.ABOVE_CEILING):
        return None
    return Exclusion(stored.excluded_reason)


def _scores(stored: RoutingCandidate) -> Scores | None:
    """The five scores as they were; None for a vendor that was excluded before it was scored."""
    parts = {name: getattr(stored, name) for name in SCORE_PARTS}
    return None if None in parts.values() else Scores(**parts)
