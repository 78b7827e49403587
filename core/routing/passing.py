"""Why an order went past a vendor, from the decisions as they were stored. Names no other vendor and no price."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.routing.models import Offer, OfferStatus, RoutingCandidate, RoutingRound
from core.routing.policy.explaining import FAIR_SHARE, deciding_criterion
from core.routing.queries import CandidateView, DecisionView, decisions

# How far back a vendor may ask without naming an order.
LOOKS_BACK: Final = dt.timedelta(days=7)
OVERRIDE: Final = "override"
NOBODY: Final = "nobody"


@dataclass(frozen=True, kw_only=True, slots=True)
class PassedBy:
    """An order that a vendor didn't get.

    `offer_status` if it was asked. Otherwise `reason`: why it was left out (an `Exclusion`), the criterion that decided, `override`
    when an admin chose, or `nobody` when no vendor was asked.
    """

    order_id: int
    decided_at: dt.datetime
    offer_status: OfferStatus | None = None
    reason: str | None = None


def why_passed_by(session: Session, vendor_id: int, order_id: int) -> PassedBy | None:
    """Why this vendor didn't get the order; None if it was never weighed for it."""
    weighed = [
        (decision, candidate)
        for decision in decisions(session, order_id)
        for candidate in decision.candidates
        if candidate.vendor_id == vendor_id
    ]
    if not weighed:
        return None
    decision, candidate = weighed[-1]
    offer = session.scalar(
        select(Offer)
        .where(Offer.order_id == order_id, Offer.vendor_id == vendor_id)
        .order_by(Offer.id.desc())
        .limit(1)
    )
    if offer is not None:
        return PassedBy(order_id=order_id, decided_at=offer.opened_at, offer_status=offer.status)
    return PassedBy(order_id=order_id, decided_at=decision.decided_at, reason=_reason(decision, candidate))


def last_passed_by(session: Session, vendor_id: int, *, now: dt.datetime) -> PassedBy | None:
    """The newest order of the last days for which the vendor was weighed and never asked; None if there is none."""
    asked = select(Offer.order_id).where(Offer.vendor_id == vendor_id)
    order_id = session.scalar(
        select(RoutingRound.order_id)
        .join(RoutingCandidate, RoutingCandidate.round_id == RoutingRound.id)
        .where(
            RoutingCandidate.vendor_id == vendor_id,
            RoutingRound.decided_at > now - LOOKS_BACK,
            RoutingRound.order_id.not_in(asked),
        )
        .order_by(RoutingRound.id.desc())
        .limit(1)
    )
    return None if order_id is None else why_passed_by(session, vendor_id, order_id)


def _reason(decision: DecisionView, own: CandidateView) -> str:
    if own.excluded_reason is not None:
        return own.excluded_reason
    if not decision.chosen:
        return NOBODY
    if decision.explanation == OVERRIDE:
        return OVERRIDE
    chosen = decision.chosen[0]
    if _gave_way(decision, own, chosen):
        return FAIR_SHARE
    return deciding_criterion(
        own.scores,
        chosen.scores,
        weights=decision.weights,
        only_chosen_fills=chosen.fills_everything and not own.fills_everything,
    )


def _gave_way(decision: DecisionView, own: CandidateView, chosen: CandidateView) -> bool:
    """Whether equals took turns, and this one had the larger share of late."""
    return bool(
        decision.facts["fairness"]
        and own.score is not None
        and chosen.score is not None
        and own.score >= chosen.score
        and own.facts["recent_minor"] > chosen.facts["recent_minor"]
        and own.fills_everything >= chosen.fills_everything
    )
