"""Choose vendors: for a basket's prices without a trace, for an order with every reason written down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor, ActorKind
from core.audit.service import record_action
from core.catalog.models import Product
from core.errors import NotAllowed
from core.money import ZERO, Money, total
from core.parties.models import Approval
from core.parties.opening import AnswerTime, answer_time
from core.parties.queries import get_vendor
from core.refs import ProductId, VendorId
from core.routing import market as facts
from core.routing.errors import OverrideRefused, ReasonMissing
from core.routing.models import OfferStatus, RoundCause, RoutingRound
from core.routing.policy.ceiling import Ceiling
from core.routing.policy.facts import Exclusion, Market, Need
from core.routing.policy.missing import Missing
from core.routing.policy.planning import (
    Plan,
    PlanPart,
    cheapest_total,
    covers_as_much,
    is_within,
    part_for,
    plan,
    whole_order,
)
from core.routing.policy.ranking import Candidate, rank, total_filled
from core.routing.service import recording
from core.routing.service.answering import close_offers
from core.routing.settings import RoutingSettings
from core.settings.service import current


class RoundOutcome(StrEnum):
    OFFERED = "offered"
    ONLY_DEARER = "only_dearer"  # somebody has it, above the ceiling: the retailer decides
    NOBODY = "nobody"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    round_id: int
    offer_ids: tuple[int, ...]
    outcome: RoundOutcome
    # What the offers come to, VAT included. Of vendors asked together for the same lines: the dearest.
    total: Money
    # With `only_dearer`: the ceiling to which the retailer would have to agree.
    cheapest_total: Money | None
    # What no offer covers.
    missing: tuple[Missing, ...]
    # With `only_dearer` after an override: the vendor that the admin chose, who is asked once the retailer agrees.
    chosen_by_admin: int | None = None
    # When the first of those that are asked opens, and by when it answers; None when one of them is open already.
    rings: AnswerTime | None = None


def preview(
    session: Session,
    *,
    retailer_id: int,
    needs: Sequence[Need],
    now: dt.datetime,
    workloads: Mapping[int, int] | None = None,
    on_credit: bool = True,
) -> Plan:
    """Who would deliver what at which price if the basket were ordered now. Writes nothing.

    Give it the same *workloads* as `decide`, or the shown price may come from another vendor than the order's.
    """
    if not needs:
        return Plan(parts=(), missing=(), total=ZERO)
    market = facts.gather(
        session,
        retailer_id=retailer_id,
        needs=needs,
        workloads=workloads or {},
        history={},
        on_credit=on_credit,
        now=now,
    )
    return plan_in(session, market)


def look_at_market(
    session: Session,
    *,
    retailer_id: int,
    needs: Sequence[Need],
    workloads: Mapping[int, int],
    on_credit: bool,
    products: Mapping[ProductId, Product],
    now: dt.datetime,
) -> Market:
    """What the vendors have of the *needs* now, for a plan and, in the same transaction, a decision that follows it.

    *products* are those of the needs.
    """
    return facts.gather(
        session,
        retailer_id=retailer_id,
        needs=needs,
        workloads=workloads,
        history={},
        on_credit=on_credit,
        products=products,
        now=now,
    )


def plan_in(session: Session, market: Market) -> Plan:
    """Who would deliver what at which price. Writes nothing."""
    weights = current(session, RoutingSettings).values.weights
    return plan(market, rank(market, weights))


def decide(
    session: Session,
    *,
    order_id: int,
    retailer_id: int,
    needs: Sequence[Need],
    cause: RoundCause,
    ceiling: Money | None,
    spare: Money = ZERO,
    workloads: Mapping[int, int],
    actor: Actor,
    now: dt.datetime,
    on_credit: bool = True,
    market: Market | None = None,
) -> Decision:
    """Look for vendors for what an order still *needs*, write down why, and open their offers.

    *ceiling* is for these needs alone: what the retailer agreed to, less what is already promised; the roundings of
    lines that come in parts may lead above it, up to *spare*. When it rules
    out the fullest plan nothing is offered and the outcome is `only_dearer`. Vendors that declined, lapsed,
    withdrew or took only a part of this order are left out. *market* is what this transaction has read for these
    needs, if it has.
    """
    settings = current(session, RoutingSettings)
    history = facts.history_of_order(session, order_id)
    if market is None:
        market = facts.gather(
            session,
            retailer_id=retailer_id,
            needs=needs,
            workloads=workloads,
            history=history,
            on_credit=on_credit,
            now=now,
        )
    else:
        market = facts.narrowed(market, needs=needs, history=history)
    candidates = rank(market, settings.values.weights)
    chosen = plan(market, candidates, ceiling=ceiling, spare=spare)
    cheapest = None
    if ceiling is not None and not covers_as_much(market, chosen, unbound := plan(market, candidates)):
        cheapest = cheapest_total(market, candidates)
        chosen = Plan(parts=(), missing=unbound.missing, total=ZERO)
    together = whole_order(market, candidates, ceiling=ceiling, spare=spare)[: settings.values.offers_at_once]
    is_together = cheapest is None and len(together) > 1
    parts = (
        tuple(part_for(market, candidate, candidate.fills) for candidate in together)
        if is_together
        else chosen.parts
    )
    outcome = _outcome(parts, cheapest)
    row = recording.write_round(
        session,
        recording.Round(
            order_id=order_id,
            cause=cause,
            settings_version=settings.version,
            weights=settings.values.weights,
            market=market,
            candidates=_set_aside(market, candidates, parts, ceiling, spare),
            parts=parts,
            missing=chosen.missing,
            outcome=outcome,
            explanation=_explanation(outcome, parts, is_together=is_together),
            ceiling=ceiling,
            spare=spare,
            fairness_days=settings.values.fairness_days,
            cheapest_total=cheapest,
            is_together=is_together,
            reason=None,
        ),
        actor=actor,
        now=now,
    )
    times = _answer_times(market, parts, settings.values.offer_minutes, now=now)
    offer_ids = recording.open_offers(
        session,
        row,
        parts,
        answer_times=times,
        is_override=False,
        actor=actor,
        now=now,
    )
    return Decision(
        round_id=row.id,
        offer_ids=offer_ids,
        outcome=outcome,
        total=_most(parts) if is_together else chosen.total,
        cheapest_total=cheapest,
        missing=chosen.missing,
        rings=_first_to_ring(times.values(), now=now),
    )


def override(
    session: Session,
    *,
    order_id: int,
    retailer_id: int,
    needs: Sequence[Need],
    vendor_id: int,
    reason: str,
    actor: Actor,
    now: dt.datetime,
    ceiling: Money | None = None,
    spare: Money = ZERO,
    workloads: Mapping[int, int] | None = None,
    on_credit: bool = True,
) -> Decision:
    """An admin asks this vendor, whatever the ranking says; the order's other open offers end as beaten.

    It may be far, closed, full or have declined before; what it does not have in stock, or what is beyond the shop's
    limit with it, cannot be asked of it.
    *needs* is all that is still unpromised, the ended offers' lines included. Above the *ceiling* nothing is
    offered (`only_dearer`): the retailer's agreed price binds admins too.
    Raises NotAllowed, ReasonMissing, OverrideRefused.
    """
    _admins_with_a_reason(actor, reason)
    decision = _force(
        session,
        order_id=order_id,
        retailer_id=retailer_id,
        needs=needs,
        vendor_id=vendor_id,
        reason=reason,
        actor=actor,
        now=now,
        ceiling=ceiling,
        spare=spare,
        workloads=workloads or {},
        on_credit=on_credit,
    )
    record_action(
        session,
        "routing.override",
        subject_kind="orders",
        subject_id=order_id,
        actor=actor,
        now=now,
        after={
            "vendor_id": vendor_id,
            "round_id": decision.round_id,
            "outcome": decision.outcome.value,
        },
        reason=reason,
    )
    return decision


def carry_out_override(
    session: Session,
    *,
    order_id: int,
    retailer_id: int,
    needs: Sequence[Need],
    vendor_id: int,
    ceiling: Money,
    spare: Money = ZERO,
    workloads: Mapping[int, int],
    on_credit: bool,
    actor: Actor,
    now: dt.datetime,
) -> Decision:
    """Ask the vendor that an admin chose, now that the retailer agreed to its price. The reason is the admin's.

    The admin's choice was audited when it was made; that *actor* agreed is in the new round.
    Raises OverrideRefused when that vendor cannot be asked any more.
    """
    reason = session.scalars(
        select(RoutingRound.facts["reason"].astext)
        .where(RoutingRound.order_id == order_id, RoutingRound.cause == RoundCause.OVERRIDE)
        .order_by(RoutingRound.sequence.desc())
        .limit(1)
    ).one()
    return _force(
        session,
        order_id=order_id,
        retailer_id=retailer_id,
        needs=needs,
        vendor_id=vendor_id,
        reason=reason,
        actor=actor,
        now=now,
        ceiling=ceiling,
        spare=spare,
        workloads=workloads,
        on_credit=on_credit,
    )


def _force(
    session: Session,
    *,
    order_id: int,
    retailer_id: int,
    needs: Sequence[Need],
    vendor_id: int,
    reason: str,
    actor: Actor,
    now: dt.datetime,
    ceiling: Money | None,
    spare: Money,
    workloads: Mapping[int, int],
    on_credit: bool,
) -> Decision:
    settings = current(session, RoutingSettings)
    market = facts.gather(
        session,
        retailer_id=retailer_id,
        needs=needs,
        workloads=workloads,
        history={},
        on_credit=on_credit,
        now=now,
    )
    candidates = rank(market, settings.values.weights)
    forced = _forced(session, candidates, needs, vendor_id)
    if (
        forced.vendor.pair_available is not None
        and total_filled(market, forced) > forced.vendor.pair_available
    ):
        raise OverrideRefused(reason=Exclusion.PAIR_LIMIT_FULL.value, vendor_id=vendor_id)
    part = part_for(market, forced, forced.fills)
    is_dearer = ceiling is not None and not is_within(market, forced, Ceiling(amount=ceiling, spare=spare))
    parts = () if is_dearer else (part,)
    cheapest = part.total if is_dearer else None
    missing = _left(needs, part, is_dearer=is_dearer)
    outcome = _outcome(parts, cheapest)
    row = recording.write_round(
        session,
        recording.Round(
            order_id=order_id,
            cause=RoundCause.OVERRIDE,
            settings_version=settings.version,
            weights=settings.values.weights,
            market=market,
            candidates=candidates,
            parts=parts,
            missing=missing,
            outcome=outcome,
            explanation="only_dearer" if is_dearer else "override",
            ceiling=ceiling,
            spare=spare,
            fairness_days=settings.values.fairness_days,
            cheapest_total=cheapest,
            is_together=False,
            reason=reason,
        ),
        actor=actor,
        now=now,
    )
    if not is_dearer:
        close_offers(session, order_id, status=OfferStatus.BEATEN, now=now)
    offer_ids = recording.open_offers(
        session,
        row,
        parts,
        answer_times=_answer_times(market, parts, settings.values.offer_minutes, now=now),
        is_override=True,
        actor=actor,
        now=now,
    )
    return Decision(
        round_id=row.id,
        offer_ids=offer_ids,
        outcome=outcome,
        total=total(part.total for part in parts),
        cheapest_total=cheapest,
        missing=missing,
        chosen_by_admin=vendor_id if is_dearer else None,
    )


def _outcome(parts: Sequence[PlanPart], cheapest: Money | None) -> RoundOutcome:
    if parts:
        return RoundOutcome.OFFERED
    return RoundOutcome.NOBODY if cheapest is None else RoundOutcome.ONLY_DEARER


def _explanation(outcome: RoundOutcome, parts: Sequence[PlanPart], *, is_together: bool) -> str:
    if outcome is not RoundOutcome.OFFERED:
        return outcome.value
    if is_together:
        return "asked_together"
    return "one_vendor" if len(parts) == 1 else "split"


def _set_aside(
    market: Market,
    candidates: Sequence[Candidate],
    parts: Sequence[PlanPart],
    ceiling: Money | None,
    spare: Money,
) -> list[Candidate]:
    """The candidates as they are recorded: one that the ceiling kept out says so, and keeps its scores."""
    if ceiling is None:
        return list(candidates)
    chosen = {part.vendor_id for part in parts}
    return [
        replace(candidate, exclusion=Exclusion.ABOVE_CEILING)
        if candidate.exclusion is None
        and candidate.vendor.vendor_id not in chosen
        and not is_within(market, candidate, Ceiling(amount=ceiling, spare=spare))
        else candidate
        for candidate in candidates
    ]


def _answer_times(
    market: Market, parts: Sequence[PlanPart], minutes: int, *, now: dt.datetime
) -> dict[int, AnswerTime]:
    """When each vendor that is asked is told, and until when it may answer, in its opening time.

    One that doesn't open in the next weeks was chosen by an admin, who knows that somebody is there: the clock counts.
    """
    at_once = AnswerTime(rings_at=now, expires_at=now + dt.timedelta(minutes=minutes))
    asked = {part.vendor_id for part in parts}
    return {
        vendor.vendor_id: answer_time(vendor.opening, now, minutes) or at_once
        for vendor in market.vendors
        if vendor.vendor_id in asked
    }


def _first_to_ring(times: Collection[AnswerTime], *, now: dt.datetime) -> AnswerTime | None:
    if any(time.rings_at <= now for time in times):
        return None
    return min(times, key=lambda time: (time.rings_at, time.expires_at), default=None)


def _most(parts: Sequence[PlanPart]) -> Money:
    return max((part.total for part in parts), default=ZERO)


def _admins_with_a_reason(actor: Actor, reason: str) -> None:
    if actor.kind is not ActorKind.ADMIN:
        raise NotAllowed(action="routing.override", actor=actor.label)
    if not reason.strip():
        raise ReasonMissing(action="routing.override")


def _forced(
    session: Session, candidates: Sequence[Candidate], needs: Sequence[Need], vendor_id: int
) -> Candidate:
    vendor = get_vendor(session, VendorId(vendor_id))
    if vendor.approval is not Approval.APPROVED:
        raise OverrideRefused(reason=Exclusion.NOT_APPROVED.value, vendor_id=vendor_id)
    if not vendor.is_active:
        raise OverrideRefused(reason=Exclusion.INACTIVE.value, vendor_id=vendor_id)
    found = [candidate for candidate in candidates if candidate.vendor.vendor_id == vendor_id]
    fills = {
        need.product_id: min(need.quantity, listing.available)
        for candidate in found
        for need in needs
        if (listing := candidate.vendor.listings.get(need.product_id)) and listing.available > 0
    }
    if not fills:
        raise OverrideRefused(reason=Exclusion.NO_STOCK.value, vendor_id=vendor_id)
    return replace(found[0], fills=fills, total=None)


def _left(needs: Sequence[Need], part: PlanPart, *, is_dearer: bool) -> tuple[Missing, ...]:
    """What the forced vendor cannot give; everything while the retailer has not agreed to its price."""
    given = {} if is_dearer else {line.product_id: line.quantity for line in part.lines}
    return tuple(
        Missing(
            product_id=need.product_id,
            order_line_id=need.order_line_id,
            quantity=left,
            reason=Exclusion.ABOVE_CEILING if is_dearer else Exclusion.NO_STOCK,
        )
        for need in needs
        if (left := need.quantity - given.get(need.product_id, 0))
    )
