"""Offers, and the decisions behind them, in responses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from pydantic import Field

from admin_api.fields import QuantityOut, RowId, Rupees, View, quantity_text, rupees_or_none
from admin_api.problems import json_safe
from core.routing.models import Offer, OfferLine, OfferStatus, RoundCause
from core.routing.queries import CandidateView, DecisionView


class OfferLineOut(View):
    order_line_id: int
    listing_id: int
    product_id: int
    quantity: QuantityOut
    accepted_quantity: QuantityOut
    unit_price: Rupees
    vat_basis_points: int


class OfferOut(View):
    """An offer to one vendor. Its id is the `routingId` of the accept and reject actions."""

    id: RowId
    order_id: int
    vendor_id: int
    round_id: int
    status: OfferStatus
    is_override: bool
    opened_at: dt.datetime
    rings_at: dt.datetime | None = Field(
        description="When its vendor opens and is told; null where it was open."
    )
    expires_at: dt.datetime
    answered_at: dt.datetime | None
    decline_reason: str | None
    lines: list[OfferLineOut]


class ScoresOut(View):
    """Each from 0 to 100."""

    availability: str | None = Field(examples=["100.000"])
    proximity: str | None = Field(examples=["80.500"])
    workload: str | None = Field(examples=["100.000"])
    price: str | None = Field(examples=["90.000"])
    reliability: str | None = Field(examples=["60.000"])


class CandidateOut(View):
    """One vendor in a decision: ranked, or excluded with a reason."""

    vendor_id: int
    rank: int | None
    excluded_reason: str | None
    score: str | None = Field(examples=["87.250"])
    scores: ScoresOut
    fills_everything: bool
    total: Rupees | None
    facts: dict[str, Any]


class DecisionOut(View):
    """One routing round: what it knew, which vendors it weighed, and which it chose and why."""

    round_id: int
    sequence: int
    cause: RoundCause
    decided_at: dt.datetime
    actor: str
    settings_version: int
    weights: dict[str, int]
    needed: list[Any]
    outcome: str
    explanation: str
    facts: dict[str, Any]
    chosen_vendor_ids: list[int]
    runner_up_vendor_id: int | None
    candidates: list[CandidateOut]


def offer_out(offer: Offer, lines: Sequence[OfferLine]) -> OfferOut:
    return OfferOut(
        id=offer.id,
        order_id=offer.order_id,
        vendor_id=offer.vendor_id,
        round_id=offer.round_id,
        status=offer.status,
        is_override=offer.is_override,
        opened_at=offer.opened_at,
        rings_at=offer.rings_at,
        expires_at=offer.expires_at,
        answered_at=offer.answered_at,
        decline_reason=offer.decline_reason,
        lines=[
            OfferLineOut(
                order_line_id=line.order_line_id,
                listing_id=line.listing_id,
                product_id=line.product_id,
                quantity=quantity_text(line.quantity),
                accepted_quantity=quantity_text(line.accepted_quantity),
                unit_price=Rupees.of_minor(line.unit_price_minor),
                vat_basis_points=line.vat_basis_points,
            )
            for line in lines
        ],
    )


def decision_out(decision: DecisionView) -> DecisionOut:
    return DecisionOut(
        round_id=decision.round_id,
        sequence=decision.sequence,
        cause=decision.cause,
        decided_at=decision.decided_at,
        actor=decision.actor,
        settings_version=decision.settings_version,
        weights=decision.weights,
        needed=json_safe(decision.needed),
        outcome=decision.outcome,
        explanation=decision.explanation,
        facts=json_safe(decision.facts),
        chosen_vendor_ids=[candidate.vendor_id for candidate in decision.chosen],
        runner_up_vendor_id=decision.runner_up.vendor_id if decision.runner_up else None,
        candidates=[candidate_out(candidate) for candidate in decision.candidates],
    )


def candidate_out(candidate: CandidateView) -> CandidateOut:
    scores = {name: None if score is None else str(score) for name, score in candidate.scores.items()}
    return CandidateOut(
        vendor_id=candidate.vendor_id,
        rank=candidate.rank,
        excluded_reason=candidate.excluded_reason,
        score=None if candidate.score is None else str(candidate.score),
        scores=ScoresOut(**scores),
        fills_everything=candidate.fills_everything,
        total=rupees_or_none(candidate.total_minor),
        facts=json_safe(candidate.facts),
    )
