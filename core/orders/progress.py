"""Moving orders and fulfillments along their life cycles, with the row that says who did it and why."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import SYSTEM, Actor
from core.credit import service as credit
from core.events import OrderAccepted, OrderCanceled, OrderUnfulfilled, RetailerAsked
from core.money import Money, total
from core.orders.errors import TooLate
from core.orders.kinds import FulfillmentStatus, OrderStatus, Terms
from core.orders.lifecycle import ENDED, FULFILLMENT_MOVES, LIVE, ORDER_MOVES, roll_up
from core.orders.models import Fulfillment, FulfillmentTransition, Order, OrderLine, OrderTransition
from core.outbox.service import record
from core.pricing.policy import price_line
from core.quantity import ZERO_QUANTITY
from core.routing import queries as routing_queries
from core.routing import service as routing
from core.routing.models import OfferLine, RoundCause


def move(
    session: Session,
    order: Order,
    to: OrderStatus,
    *,
    actor: Actor,
    now: dt.datetime,
    reason: str | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Take the order to *to* and write the transition. The caller holds the order's lock. Raises TooLate."""
    if to not in ORDER_MOVES[order.status]:
        raise TooLate(order_id=order.id, short_code=order.short_code, status=order.status)
    previous, order.status = order.status, to
    if to in ENDED:
        order.ended_at, order.end_reason, order.asked = now, reason, None
    session.flush()
    sequence = session.scalar(select(func.count()).where(OrderTransition.order_id == order.id)) or 0
    session.add(
        OrderTransition(
            order_id=order.id,
            sequence=sequence + 1,
            from_status=previous,
            to_status=to,
            reason=reason,
            facts=facts or {},
            actor=actor.label,
            via=actor.via,
            at=now,
        )
    )
    session.flush()


def move_fulfillment(
    session: Session,
    fulfillment: Fulfillment,
    to: FulfillmentStatus,
    *,
    actor: Actor,
    now: dt.datetime,
    reason: str | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Take the fulfillment to *to* and write the transition. The caller holds the order's lock. Raises TooLate."""
    if to not in FULFILLMENT_MOVES[fulfillment.status]:
        raise TooLate(order_id=fulfillment.order_id, fulfillment_id=fulfillment.id, status=fulfillment.status)
    previous, fulfillment.status = fulfillment.status, to
    if to not in LIVE:
        fulfillment.ended_at, fulfillment.end_reason = now, reason
    if to is FulfillmentStatus.DISPATCHED:
        fulfillment.dispatched_at = now
    if to is FulfillmentStatus.DELIVERED:
        fulfillment.delivered_at = now
    session.flush()
    note_fulfillment(session, fulfillment, previous, actor=actor, now=now, reason=reason, facts=facts)


def note_fulfillment(
    session: Session,
    fulfillment: Fulfillment,
    previous: FulfillmentStatus | None,
    *,
    actor: Actor,
    now: dt.datetime,
    reason: str | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Write the transition row of a fulfillment that is already in its new status."""
    sequence = (
        session.scalar(select(func.count()).where(FulfillmentTransition.fulfillment_id == fulfillment.id))
        or 0
    )
    session.add(
        FulfillmentTransition(
            fulfillment_id=fulfillment.id,
            sequence=sequence + 1,
            from_status=previous,
            to_status=fulfillment.status,
            reason=reason,
            facts=facts or {},
            actor=actor.label,
            via=actor.via,
            at=now,
        )
    )
    session.flush()


def fulfillments_of(session: Session, order_id: int) -> list[Fulfillment]:
    return list(
        session.scalars(select(Fulfillment).where(Fulfillment.order_id == order_id).order_by(Fulfillment.id))
    )


def promised_total(session: Session, order_id: int) -> Money:
    """What the live fulfillments of the order come to."""
    return Money(sum(part.total_minor for part in fulfillments_of(session, order_id) if part.status in LIVE))


def undelivered_total(session: Session, order_id: int) -> Money:
    """What is promised and not yet handed over: as much as the hold still has to cover."""
    to_come = (FulfillmentStatus.ACCEPTED, FulfillmentStatus.DISPATCHED)
    return Money(
        sum(part.total_minor for part in fulfillments_of(session, order_id) if part.status in to_come)
    )


def unplaced(session: Session, order: Order) -> list[routing.Need]:
    """What nobody has promised, given up or been asked for: ordered − promised − unfulfilled − in open offers."""
    # Of vendors that were asked together for the same goods each counts: nothing is sought while one of them thinks.
    in_offers: dict[int, Decimal] = defaultdict(Decimal)
    for offered in _open_offer_lines(session, order.id):
        in_offers[offered.order_line_id] += offered.quantity
    needs = []
    for line in session.scalars(
        select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.position)
    ):
        rest = line.quantity - line.promised_quantity - line.unfulfilled_quantity - in_offers[line.id]
        if rest > ZERO_QUANTITY:
            needs.append(routing.Need(product_id=line.product_id, quantity=rest, order_line_id=line.id))
    return needs


def seek_vendors(
    session: Session, order: Order, *, cause: RoundCause, actor: Actor, now: dt.datetime
) -> None:
    """Offer what is unplaced to the next best vendors; ask the retailer or end the order when that is not possible."""
    needs = unplaced(session, order)
    if needs:
        decision = routing.decide(
            session,
            order_id=order.id,
            retailer_id=order.retailer_id,
            needs=needs,
            cause=cause,
            ceiling=room_under_ceiling(session, order),
            workloads=open_work(session),
            on_credit=order.terms is Terms.CREDIT,
            actor=actor,
            now=now,
        )
        follow_decision(session, order, decision, now=now)
    settle(session, order, actor=actor, now=now, ended_as=OrderStatus.UNFULFILLED, end_reason="no_vendor")


def follow_decision(session: Session, order: Order, decision: routing.Decision, *, now: dt.datetime) -> None:
    """When nobody was asked: the retailer decides about a dearer vendor or a part, or the order ends.

    While a vendor still thinks nothing is decided: what that vendor leaves is sought again with the answer.
    """
    if _has_open_offer(session, order.id):
        return
    if decision.outcome is routing.Outcome.ONLY_DEARER and decision.cheapest_total is not None:
        _ask(session, order, "dearer", facts={"rest_minor": decision.cheapest_total.minor}, now=now)
    elif any(part.status in LIVE for part in fulfillments_of(session, order.id)):
        promised = promised_total(session, order.id)
        _ask(session, order, "part", facts={"promised_minor": promised.minor}, now=now)
    else:
        give_up_rest(session, order)


def room_under_ceiling(session: Session, order: Order) -> Money:
    """What the rest may cost: the ceiling less what is promised and what open offers come to."""
    offered = total(
        price_line(Money(line.unit_price_minor), line.quantity, line.vat_basis_points).total
        for line in _open_offer_lines(session, order.id)
    )
    return Money(order.ceiling_minor or 0) - promised_total(session, order.id) - offered


def give_up_rest(session: Session, order: Order) -> None:
    """Count everything that is still unplaced as unfulfilled."""
    rest = {need.order_line_id: need.quantity for need in unplaced(session, order)}
    for line in session.scalars(select(OrderLine).where(OrderLine.order_id == order.id)):
        line.unfulfilled_quantity += rest.get(line.id, ZERO_QUANTITY)
    order.asked = order.asked_at = order.asked_facts = None
    session.flush()


def settle(
    session: Session,
    order: Order,
    *,
    actor: Actor,
    now: dt.datetime,
    ended_as: OrderStatus,
    reason: str | None = None,
    end_reason: str | None = None,
) -> None:
    """Bring the order's status and its hold in line with its parts; with no live part it ends as *ended_as*.

    *reason* is why it moves; *end_reason* only tells why it ended, should it.
    """
    parts = fulfillments_of(session, order.id)
    has_open_offer = _has_open_offer(session, order.id)
    has_unplaced = bool(unplaced(session, order))
    status = roll_up(
        [part.status for part in parts], has_open_offer=has_open_offer, has_unplaced=has_unplaced
    )
    if status is None:
        _end(session, order, ended_as, actor=actor, now=now, reason=end_reason or reason or "no_vendor")
        return
    if not has_open_offer and not has_unplaced:
        _shrink_to_promised(session, order, now=now)
    if status is order.status:
        return
    for step in _steps(order.status, status):
        move(session, order, step, actor=actor, now=now, reason=reason)
    if status is OrderStatus.ACCEPTED:
        promised = promised_total(session, order.id)
        record(session, OrderAccepted(order_id=order.id, total_minor=promised.minor), actor=actor, now=now)


def open_work(session: Session) -> dict[int, int]:
    """How many fulfillments each vendor still has to deliver."""
    rows = session.execute(
        select(Fulfillment.vendor_id, func.count())
        .where(Fulfillment.status.in_([FulfillmentStatus.ACCEPTED, FulfillmentStatus.DISPATCHED]))
        .group_by(Fulfillment.vendor_id)
    )
    return dict(rows.all())


def _steps(start: OrderStatus, goal: OrderStatus) -> list[OrderStatus]:
    """The moves from *start* to *goal*: one, or through one between (a part withdrawn while another is on its way)."""
    if goal in ORDER_MOVES[start]:
        return [goal]
    return [next(between for between in ORDER_MOVES[start] if goal in ORDER_MOVES[between]), goal]


def _end(
    session: Session, order: Order, ended_as: OrderStatus, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    move(session, order, ended_as, actor=actor, now=now, reason=reason)
    if order.terms is Terms.CREDIT:
        credit.release_hold(session, order_id=order.id, cause=f"order:{ended_as}", now=now)
    event = (
        OrderUnfulfilled(order_id=order.id, reason=reason)
        if ended_as is OrderStatus.UNFULFILLED
        else OrderCanceled(order_id=order.id, reason=reason, by=actor.kind)
    )
    record(session, event, actor=actor, now=now)


def _shrink_to_promised(session: Session, order: Order, *, now: dt.datetime) -> None:
    """Everything that will come is promised: the order needs no more credit, and may cost no more, than that."""
    promised = promised_total(session, order.id)
    if order.ceiling_minor is not None and promised.minor < order.ceiling_minor:
        order.ceiling_minor = promised.minor
        if order.terms is Terms.CREDIT:
            to_come = undelivered_total(session, order.id)
            cause = f"settled:{promised.minor}:{to_come.minor}"
            credit.shrink_hold(session, order_id=order.id, to=to_come, cause=cause, now=now)
        session.flush()


def _ask(session: Session, order: Order, question: str, *, facts: dict[str, Any], now: dt.datetime) -> None:
    order.asked, order.asked_at, order.asked_facts = question, now, facts
    session.flush()
    record(session, RetailerAsked(order_id=order.id, question=question), actor=SYSTEM, now=now)


def _open_offer_lines(session: Session, order_id: int) -> list[OfferLine]:
    offers = routing_queries.open_offers(session, order_id)
    return [
        line
        for lines in routing_queries.offer_lines(session, [o.id for o in offers]).values()
        for line in lines
    ]


def _has_open_offer(session: Session, order_id: int) -> bool:
    return bool(routing_queries.open_offers(session, order_id))
