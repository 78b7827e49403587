"""Write a decision down so that it can be explained and replayed, and open the offers it led to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.events import OfferOpened
from core.money import Money, total
from core.outbox.service import record
from core.parties.opening import AnswerTime
from core.pricing.policy import NO_SPECIAL_PRICES, SpecialPrices
from core.routing.market import vendors_without_listing
from core.routing.models import Offer, OfferLine, RoundCause, RoutingCandidate, RoutingRound
from core.routing.policy.facts import Market
from core.routing.policy.missing import Missing
from core.routing.policy.planning import PlanPart
from core.routing.policy.ranking import Candidate, total_filled
from core.routing.policy.scores import SCORE_PARTS
from core.vendors.models import ObservationKind
from core.vendors.service import observe


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """All that one decision was made from and came to."""

    order_id: int
    cause: RoundCause
    settings_version: int
    weights: Mapping[str, int]
    market: Market
    candidates: Sequence[Candidate]
    parts: Sequence[PlanPart]
    missing: Sequence[Missing]
    outcome: str
    explanation: str
    ceiling: Money | None
    cheapest_total: Money | None
    is_together: bool
    reason: str | None


def write_round(session: Session, decided: Round, *, actor: Actor, now: dt.datetime) -> RoutingRound:
    """The round and all its candidates. The order's lock makes the sequence gapless."""
    last = select(func.max(RoutingRound.sequence)).where(RoutingRound.order_id == decided.order_id)
    row = RoutingRound(
        order_id=decided.order_id,
        sequence=func.coalesce(last.scalar_subquery(), 0) + 1,
        cause=decided.cause,
        settings_version=decided.settings_version,
        weights=dict(decided.weights),
        needed=[
            {
                "order_line_id": need.order_line_id,
                "product_id": need.product_id,
                "quantity": str(need.quantity),
            }
            for need in decided.market.needs
        ],
        outcome=str(decided.outcome),
        facts=_facts(session, decided),
        actor=actor.label,
        decided_at=now,
    )
    session.add(row)
    session.flush()
    session.add_all(_candidate(row.id, decided.market, candidate) for candidate in decided.candidates)
    session.flush()
    return row


def open_offers(
    session: Session,
    row: RoutingRound,
    parts: Sequence[PlanPart],
    *,
    answer_times: Mapping[int, AnswerTime],
    is_override: bool,
    actor: Actor,
    now: dt.datetime,
) -> tuple[int, ...]:
    """One open offer for each part, its lines at today's prices, an event and an observation each.

    *answer_times* are the vendors'.
    """
    offers = [
        Offer(
            round_id=row.id,
            order_id=row.order_id,
            vendor_id=part.vendor_id,
            is_override=is_override,
            opened_at=now,
            rings_at=rings_at if (rings_at := answer_times[part.vendor_id].rings_at) > now else None,
            expires_at=answer_times[part.vendor_id].expires_at,
        )
        for part in parts
    ]
    session.add_all(offers)
    session.flush()
    session.add_all(
        OfferLine(
            offer_id=offer.id,
            order_line_id=line.order_line_id,
            listing_id=line.listing_id,
            product_id=line.product_id,
            quantity=line.quantity,
            unit_price_minor=line.unit_price.minor,
            vat_basis_points=line.vat_basis_points,
        )
        for offer, part in zip(offers, parts, strict=True)
        for line in part.lines
    )
    session.flush()
    for offer in offers:
        observe(
            session,
            ObservationKind.OFFERED,
            vendor_id=offer.vendor_id,
            offer_id=offer.id,
            order_id=offer.order_id,
            is_override=is_override,
            now=now,
        )
        event = OfferOpened(offer_id=offer.id, order_id=offer.order_id, vendor_id=offer.vendor_id)
        record(session, event, actor=actor, now=now)
    return tuple(offer.id for offer in offers)


def _facts(session: Session, decided: Round) -> dict[str, Any]:
    """What belongs to no single candidate. Vendors without any of the lines are one list, not a row each."""
    chosen = [part.vendor_id for part in decided.parts]
    return {
        "explanation": decided.explanation,
        "chosen": chosen,
        "runner_up": _runner_up(decided, chosen),
        "is_together": decided.is_together,
        "total_minor": total(part.total for part in decided.parts).minor,
        "ceiling_minor": _minor(decided.ceiling),
        "cheapest_total_minor": _minor(decided.cheapest_total),
        "missing": [_missing(line) for line in decided.missing],
        "market": {
            "averages_minor": {
                str(product_id): average.minor for product_id, average in decided.market.averages.items()
            },
            "vat_basis_points": {
                str(product_id): share for product_id, share in decided.market.vat_basis_points.items()
            },
            "today": decided.market.today.isoformat(),
        },
        "lists_nothing": vendors_without_listing(
            session, [candidate.vendor.vendor_id for candidate in decided.candidates]
        ),
        "reason": decided.reason,
    }


def _runner_up(decided: Round, chosen: Sequence[int]) -> int | None:
    others = (
        candidate.vendor.vendor_id
        for candidate in decided.candidates
        if candidate.exclusion is None and candidate.vendor.vendor_id not in chosen
    )
    return next(others, None)


def _missing(line: Missing) -> dict[str, Any]:
    return {
        "product_id": line.product_id,
        "order_line_id": line.order_line_id,
        "quantity": str(line.quantity),
        "reason": line.reason.value,
        "least_quantity": _text(line.least_quantity),
        "least_order_minor": _minor(line.least_order),
    }


def _scores(candidate: Candidate) -> dict[str, Decimal | None]:
    """The columns of the five scores and their sum; a vendor excluded before scoring has none."""
    if candidate.scores is None:
        return {}
    parts = {name: getattr(candidate.scores, name) for name in SCORE_PARTS}
    return {"score": candidate.score, **parts}


def _candidate(round_id: int, market: Market, candidate: Candidate) -> RoutingCandidate:
    vendor = candidate.vendor
    return RoutingCandidate(
        round_id=round_id,
        vendor_id=vendor.vendor_id,
        rank=candidate.rank,
        excluded_reason=None if candidate.exclusion is None else candidate.exclusion.value,
        **_scores(candidate),
        fills_everything=candidate.fills_everything,
        total_minor=total_filled(market, candidate).minor if candidate.fills else None,
        facts={
            "distance_km": _text(candidate.distance_km),
            "open_fulfillments": vendor.open_fulfillments,
            "waits_minutes": vendor.waits_minutes,
            "price_ratio": str(candidate.price_ratio),
            "reliability": str(vendor.reliability),
            "minimum_order_minor": vendor.minimum_order.minor,
            "pair_available_minor": _minor(vendor.pair_available),
            # product, listing, price, available, minimum, pack: short, because there is one for each line and vendor
            "listings": [
                [
                    listing.product_id,
                    listing.listing_id,
                    listing.price.minor,
                    str(listing.available),
                    str(listing.minimum_quantity),
                    str(listing.pack_multiple),
                ]
                for listing in vendor.listings.values()
            ],
            "special": {
                str(listing.listing_id): _special(listing.special)
                for listing in vendor.listings.values()
                if listing.special != NO_SPECIAL_PRICES
            },
        },
    )


def _special(special: SpecialPrices) -> dict[str, Any]:
    return {
        "own_minor": _minor(special.own),
        "tiers": [[str(tier.from_quantity), tier.price.minor] for tier in special.tiers],
    }


def _minor(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
