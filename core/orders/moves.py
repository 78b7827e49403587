"""Take an order or a part to its next status, with the row that says who did it and why."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import SYSTEM, Actor
from core.events import QuestionEnded
from core.orders.errors import TooLate
from core.orders.kinds import FulfillmentStatus, OrderStatus
from core.orders.models import Fulfillment, FulfillmentTransition, Order, OrderTransition
from core.orders.transitions import (
    ENDED,
    FULFILLMENT_MOVES,
    LIVE,
    ORDER_MOVES,
)
from core.outbox.service import record


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
    # A change of status cancels what was asked of an owner. What its retailer is asked, who moves it has ended before.
    order.awaiting_owner_since = None
    if to in ENDED:
        order.ended_at, order.end_reason = now, reason
    session.flush()
    earlier = select(func.count()).where(OrderTransition.order_id == order.id)
    session.add(
        OrderTransition(
            order_id=order.id,
            sequence=earlier.scalar_subquery() + 1,
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
    earlier = select(func.count()).where(FulfillmentTransition.fulfillment_id == fulfillment.id)
    session.add(
        FulfillmentTransition(
            fulfillment_id=fulfillment.id,
            sequence=earlier.scalar_subquery() + 1,
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


def end_question(session: Session, order: Order, *, now: dt.datetime) -> None:
    """The retailer's answer is not waited for any more, in any chat."""
    if order.asked is not None:
        close_question(order)
        record(session, QuestionEnded(order_id=order.id), actor=SYSTEM, now=now)


def close_question(order: Order) -> None:
    """Take the question off the order, for one that is asked instead."""
    order.asked = order.asked_at = order.asked_facts = None
