"""Write a decision down so that it can be explained and replayed, and open the offers it led to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, Numeric, Text, cast, func, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from core.actor import Actor
from core.events import OfferOpened
from core.money import Money, total
from core.outbox.service import record
from core.parties.opening import AnswerTime
from core.routing.documents import document_of
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
    spare: Money
    fairness_days: int
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
                "is_part": need.is_part,
            }
            for need in decided.market.needs
        ],
        outcome=str(decided.outcome),
        facts=_facts(session, decided),
        market=document_of(decided.candidates),
        actor=actor.label,
        decided_at=now,
    )
    session.add(row)
    session.flush()
    _write_candidates(session, row.id, decided)
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
        "spare_minor": decided.spare.minor,
        "cheapest_total_minor": _minor(decided.cheapest_total),
        "fairness": _fairness(decided, chosen),
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


def _fairness(decided: Round, chosen: Sequence[int]) -> dict[str, Any] | None:
    """How equals took turns: before whom the first that is asked went, though that one's score was higher. None: off."""
    points = decided.market.fairness_points
    if not points:
        return None
    ranked = [candidate for candidate in decided.candidates if candidate.exclusion is None]
    first = next((one for one in ranked if one.vendor.vendor_id in chosen[:1]), None)
    instead_of = [
        one
        for one in ranked
        if first is not None
        and one.score > first.score
        and (one.rank or 0) > (first.rank or 0)
        and (one.fills_everything or not first.fills_everything)
    ]
    best = max(instead_of, key=lambda one: one.score, default=None)
    return {
        "points": points,
        "days": decided.fairness_days,
        "instead_of": None if best is None else best.vendor.vendor_id,
    }


def _missing(line: Missing) -> dict[str, Any]:
    return {
        "product_id": line.product_id,
        "order_line_id": line.order_line_id,
        "quantity": str(line.quantity),
        "reason": line.reason.value,
        "least_quantity": _text(line.least_quantity),
        "least_order_minor": _minor(line.least_order),
    }


def _write_candidates(session: Session, round_id: int, decided: Round) -> None:
    """A row for each candidate, in one statement with a parameter for each column."""
    candidates = decided.candidates
    columns: dict[str, tuple[TypeEngine[Any], list[Any]]] = {
        "vendor_id": (BigInteger(), [one.vendor.vendor_id for one in candidates]),
        "rank": (BigInteger(), [one.rank for one in candidates]),
        "excluded_reason": (Text(), [one.exclusion for one in candidates]),
        "score": (Numeric(), [None if one.scores is None else one.score for one in candidates]),
        "fills_everything": (Boolean(), [one.fills_everything for one in candidates]),
        "total_minor": (
            BigInteger(),
            [total_filled(decided.market, one).minor if one.fills else None for one in candidates],
        ),
    }
    for part in SCORE_PARTS:
        scores = [None if one.scores is None else getattr(one.scores, part) for one in candidates]
        columns[part] = (Numeric(), scores)
    arrays = (cast(literal(_array(values), Text()), ARRAY(kind)) for kind, values in columns.values())
    rows = func.unnest(*arrays).table_valued(*columns, name="candidate").render_derived()
    session.execute(
        insert(RoutingCandidate).from_select(
            ["round_id", *columns], select(literal(round_id, BigInteger()), *rows.c)
        )
    )


def _array(values: Iterable[object]) -> str:
    """PostgreSQL's spelling of an array of numbers or codes, which need no quotes. A list is ten times as slow to send."""
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"


def _minor(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
