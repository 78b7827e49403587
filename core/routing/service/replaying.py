"""What a past decision would have been under other weights, from nothing but what was stored then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from core.errors import NotFound
from core.money import Money
from core.routing.documents import facts_in, listings_in
from core.routing.errors import WeightsRefused
from core.routing.models import RoutingCandidate, RoutingRound
from core.routing.policy.facts import Exclusion, ListingSnapshot, Market, Need, Place, VendorSnapshot
from core.routing.policy.planning import Plan, plan
from core.routing.policy.ranking import Candidate, in_order
from core.routing.policy.scores import SCORE_PARTS, Scores


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
    return _replayed(row, stored, weights)


def _replayed(row: RoutingRound, stored: Sequence[RoutingCandidate], weights: Mapping[str, int]) -> Replay:
    tried = _tried(row.weights, weights)
    facts, listings, needs = facts_in(row.market), listings_in(row.market), _needs(row)
    ranking = in_order(
        [_candidate(one, facts[one.vendor_id], listings[one.vendor_id], needs, tried) for one in stored],
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


def _candidate(
    stored: RoutingCandidate,
    facts: Mapping[str, Any],
    listings: Mapping[int, ListingSnapshot],
    needs: Sequence[Need],
    weights: Mapping[str, int],
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
    candidate = Candidate(
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
    )
    scores = _scores(stored)
    if scores is None:
        return candidate
    return replace(candidate, scores=scores, score=scores.weighted(weights))


def _exclusion(stored: RoutingCandidate) -> Exclusion | None:
    """Why the vendor was left out then, except for the ceiling, which decides again."""
    if stored.excluded_reason in (None, Exclusion.ABOVE_CEILING):
        return None
    return Exclusion(stored.excluded_reason)


def _scores(stored: RoutingCandidate) -> Scores | None:
    """The five scores as they were; None for a vendor that was excluded before it was scored."""
    parts = {name: getattr(stored, name) for name in SCORE_PARTS}
    return None if None in parts.values() else Scores(**parts)
