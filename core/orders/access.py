"""Locks an order for those who may act on it; to everybody else it does not exist."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core.actor import Actor, ActorKind
from core.db.locks import LockRank, lock
from core.errors import NotFound
from core.orders.models import Fulfillment, Order
from core.orders.outcomes import ORDER, PART, OrderEvent, PartEvent, Question
from core.outcomes import refusal_of
from core.parties.queries import check_active


def lock_order(session: Session, order_id: int, actor: Actor) -> Order:
    """The order under its lock, for its retailer, an admin or the system. Raises NotFound, PartyInactive."""
    order = lock(session, Order, order_id, LockRank.ORDER)
    is_owner = actor.kind is ActorKind.RETAILER and actor.retailer_id == order.retailer_id
    if not is_owner and actor.kind not in (ActorKind.ADMIN, ActorKind.SYSTEM):
        raise NotFound(kind="order", id=order_id)
    check_active(session, actor)
    return order


def check_event(order: Order, event: OrderEvent) -> None:
    """Raise the error with which the table of outcomes refuses *event* in the order's status, if it does."""
    if error := refusal_of(ORDER, order.status, event):
        raise error(order_id=order.id, short_code=order.short_code, status=order.status)


def check_part_event(order: Order, fulfillment: Fulfillment, event: PartEvent) -> None:
    """As `check_event`, for one vendor's part."""
    if error := refusal_of(PART, fulfillment.status, event):
        raise error(order_id=order.id, short_code=order.short_code, status=fulfillment.status)


def question_of(order: Order) -> Question:
    """What its retailer is asked about the order now."""
    return Question(order.asked or Question.NONE)


def lock_fulfillment(session: Session, fulfillment_id: int, actor: Actor) -> tuple[Order, Fulfillment]:
    """The fulfillment and its order, both locked, for its vendor, an admin or the system. Raises NotFound, PartyInactive."""
    found = session.get(Fulfillment, fulfillment_id)
    is_owner = found is not None and actor.kind is ActorKind.VENDOR and actor.vendor_id == found.vendor_id
    if found is None or not (is_owner or actor.kind in (ActorKind.ADMIN, ActorKind.SYSTEM)):
        raise NotFound(kind="fulfillment", id=fulfillment_id)
    order = lock(session, Order, found.order_id, LockRank.ORDER)
    # After the wait for the lock: who was deactivated meanwhile acts no more.
    check_active(session, actor)
    return order, lock(session, Fulfillment, fulfillment_id, LockRank.FULFILLMENT)
