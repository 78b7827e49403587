"""Reads about offers and the decisions behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from core.errors import NotFound
from core.routing.documents import facts_of_candidates
from core.routing.models import (
    Offer,
    OfferLine,
    OfferStatus,
    RoundCause,
    RoutingCandidate,
    RoutingRound,
)

DUE_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class CandidateView:
    """One vendor as the decision saw it."""

    vendor_id: int
    rank: int | None
    excluded_reason: str | None
    score: Decimal | None
    scores: dict[str, Decimal | None]
    fills_everything: bool
    total_minor: int | None
    facts: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionView:
    """One round, explained by a code and its facts; the sentence is in `templates/`."""

    round_id: int
    sequence: int
    cause: RoundCause
    decided_at: dt.datetime
    actor: str
    settings_version: int
    weights: dict[str, int]
    needed: list[Any]
    outcome: str
    # The code of the explanation: one_vendor, asked_together, split, only_dearer, nobody, override.
    explanation: str
    facts: dict[str, Any]
    chosen: tuple[CandidateView, ...]
    runner_up: CandidateView | None
    candidates: tuple[CandidateView, ...]


def get_offer(session: Session, offer_id: int) -> Offer:
    offer = session.get(Offer, offer_id)
    if offer is None:
        raise NotFound(kind="offers", id=offer_id)
    return offer


def open_offers(session: Session, order_id: int) -> list[Offer]:
    """The order's open offers, oldest first. One with `answered_at` is a partial answer that is being weighed."""
    return list(
        session.scalars(
            select(Offer)
            .where(Offer.order_id == order_id, Offer.status == OfferStatus.OPEN)
            .order_by(Offer.id)
            .execution_options(populate_existing=True)
        )
    )


def open_offer_lines(session: Session, order_id: int) -> tuple[bool, list[OfferLine]]:
    """Whether an offer of the order is open, and the lines of all that are, in one statement."""
    rows = session.execute(
        select(Offer, OfferLine)
        .outerjoin(OfferLine, OfferLine.offer_id == Offer.id)
        .where(Offer.order_id == order_id, Offer.status == OfferStatus.OPEN)
        .order_by(Offer.id, OfferLine.order_line_id)
        .execution_options(populate_existing=True)
    ).all()
    return bool(rows), [line for _, line in rows if line is not None]


def offers_of_order(session: Session, order_id: int) -> list[Offer]:
    return list(session.scalars(select(Offer).where(Offer.order_id == order_id).order_by(Offer.id)))


def offers_of_vendor(
    session: Session, vendor_id: int, *, open_at: dt.datetime | None = None, limit: int = 100
) -> list[Offer]:
    """The vendor's offers, newest first; with *open_at* only those that it may still answer then, most urgent first."""
    statement = select(Offer).where(Offer.vendor_id == vendor_id).limit(limit)
    if open_at is None:
        return list(session.scalars(statement.order_by(Offer.id.desc())))
    still_open = (Offer.status == OfferStatus.OPEN, Offer.expires_at > open_at)
    return list(session.scalars(statement.where(*still_open).order_by(Offer.expires_at, Offer.id)))


def last_closed_offer(
    session: Session, vendor_id: int, *, order_id: int | None = None, since: dt.datetime, now: dt.datetime
) -> Offer | None:
    """The vendor's newest offer whose deadline was after *since*, that it can't answer any more; of that order only, if given."""
    statement = select(Offer).where(
        Offer.vendor_id == vendor_id,
        Offer.expires_at >= since,
        (Offer.status != OfferStatus.OPEN) | (Offer.expires_at <= now),
    )
    if order_id is not None:
        statement = statement.where(Offer.order_id == order_id)
    return session.scalars(statement.order_by(Offer.id.desc()).limit(1)).first()


def expired_offers(session: Session, now: dt.datetime) -> list[tuple[int, int]]:
    """(offer id, order id) of the open offers whose deadline has passed, longest first, at most 500 at a time."""
    rows = session.execute(
        select(Offer.id, Offer.order_id)
        .where(Offer.status == OfferStatus.OPEN, Offer.expires_at <= now)
        .order_by(Offer.expires_at, Offer.id)
        .limit(DUE_AT_ONCE)
    )
    return [(offer_id, order_id) for offer_id, order_id in rows]


def offer_lines(session: Session, offer_ids: Collection[int]) -> dict[int, list[OfferLine]]:
    """The lines of each offer, in the order of the order's lines."""
    lines: dict[int, list[OfferLine]] = {offer_id: [] for offer_id in offer_ids}
    rows = session.scalars(
        select(OfferLine)
        .where(OfferLine.offer_id.in_(offer_ids))
        .order_by(OfferLine.offer_id, OfferLine.order_line_id)
        .execution_options(populate_existing=True)
    )
    for row in rows:
        lines[row.offer_id].append(row)
    return lines


def decisions(session: Session, order_id: int) -> list[DecisionView]:
    """Every round of the order with its candidates, first round first."""
    rounds = session.scalars(
        select(RoutingRound)
        .where(RoutingRound.order_id == order_id)
        .order_by(RoutingRound.sequence)
        .options(undefer(RoutingRound.market))
    ).all()
    candidates: dict[int, list[RoutingCandidate]] = {row.id: [] for row in rounds}
    rows = session.scalars(
        select(RoutingCandidate)
        .where(RoutingCandidate.round_id.in_(candidates))
        .order_by(RoutingCandidate.rank.nulls_last(), RoutingCandidate.vendor_id)
    )
    for row in rows:
        candidates[row.round_id].append(row)
    return [_decision(row, candidates[row.id]) for row in rounds]


def _decision(row: RoutingRound, candidates: Collection[RoutingCandidate]) -> DecisionView:
    facts = facts_of_candidates(row.market)
    views = tuple(_candidate(candidate, facts[candidate.vendor_id]) for candidate in candidates)
    by_vendor = {view.vendor_id: view for view in views}
    return DecisionView(
        round_id=row.id,
        sequence=row.sequence,
        cause=row.cause,
        decided_at=row.decided_at,
        actor=row.actor,
        settings_version=row.settings_version,
        weights=row.weights,
        needed=row.needed,
        outcome=row.outcome,
        explanation=row.facts["explanation"],
        facts=row.facts,
        chosen=tuple(by_vendor[vendor_id] for vendor_id in row.facts["chosen"]),
        runner_up=by_vendor.get(row.facts["runner_up"]),
        candidates=views,
    )


def _candidate(row: RoutingCandidate, facts: dict[str, Any]) -> CandidateView:
    return CandidateView(
        vendor_id=row.vendor_id,
        rank=row.rank,
        excluded_reason=row.excluded_reason,
        score=row.score,
        scores={
            "availability": row.availability,
            "proximity": row.proximity,
            "workload": row.workload,
            "price": row.price,
            "reliability": row.reliability,
        },
        fills_everything=row.fills_everything,
        total_minor=row.total_minor,
        facts=facts,
    )
