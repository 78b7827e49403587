"""Orders that end early: canceled, taken back into a basket, or returned at the door."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.catalog import stock
from core.credit import service as credit
from core.events import FulfillmentCanceled, OrderCanceled
from core.orders import basket, progress
from core.orders.access import lock_fulfillment, lock_order
from core.orders.errors import AlreadyDone, TooLate
from core.orders.kinds import FulfillmentStatus, OrderStatus, Terms
from core.orders.models import Fulfillment, FulfillmentLine, Order, OrderLine
from core.outbox.service import record
from core.refs import ListingId
from core.routing import service as routing
from core.routing.models import OfferStatus


def cancel(session: Session, order_id: int, *, reason: str, actor: Actor, now: dt.datetime) -> Order:
    """End the order before anything is on its way: offers close, goods and credit are free again.

    Raises AlreadyDone when it is canceled, TooLate when goods have left or the order has ended.
    """
    order = lock_order(session, order_id, actor)
    if order.status is OrderStatus.CANCELED:
        raise AlreadyDone(order_id=order.id, short_code=order.short_code, status=order.status)
    parts = progress.fulfillments_of(session, order.id)
    gone = {FulfillmentStatus.DISPATCHED, FulfillmentStatus.DELIVERED}
    if any(part.status in gone for part in parts):
        raise TooLate(order_id=order.id, short_code=order.short_code, status=order.status)
    was_draft = order.status is OrderStatus.DRAFT
    routing.close_offers(session, order.id, status=OfferStatus.CLOSED)
    promised = [part for part in parts if part.status is FulfillmentStatus.ACCEPTED]
    freed: dict[ListingId, Decimal] = defaultdict(Decimal)
    for part in promised:
        progress.move_fulfillment(
            session, part, FulfillmentStatus.CANCELED, actor=actor, now=now, reason=reason
        )
        for line in free_lines(session, part):
            freed[ListingId(line.listing_id)] += line.quantity
        record(
            session,
            FulfillmentCanceled(fulfillment_id=part.id, order_id=order.id, vendor_id=part.vendor_id),
            actor=actor,
            now=now,
        )
    progress.move(session, order, OrderStatus.CANCELED, actor=actor, now=now, reason=reason)
    if not was_draft:
        record(session, OrderCanceled(order_id=order.id, reason=reason, by=actor.kind), actor=actor, now=now)
        if order.terms is Terms.CREDIT:
            credit.release_hold(session, order_id=order.id, cause="order:canceled", now=now)
    stock.release(session, freed, cause=f"order:{order.id}:canceled", actor=actor, now=now)
    return order


def reopen_as_basket(session: Session, order_id: int, *, actor: Actor, now: dt.datetime) -> Order:
    """Change a placed order: it is canceled and its lines lie in the basket again. Raises TooLate once accepted."""
    order = lock_order(session, order_id, actor)
    if order.status not in (OrderStatus.PLACED, OrderStatus.OFFERED):
        raise TooLate(order_id=order.id, short_code=order.short_code, status=order.status)
    reopened = basket.copy_lines(session, order, actor=actor, now=now)
    cancel(session, order_id, reason="changed", actor=actor, now=now)
    return reopened


def mark_returned(
    session: Session, fulfillment_id: int, *, reason: str, actor: Actor, now: dt.datetime
) -> Order:
    """The goods came back whole: they are on hand again and the vendor's part of the order ends."""
    order, fulfillment = lock_fulfillment(session, fulfillment_id, actor)
    progress.move_fulfillment(
        session, fulfillment, FulfillmentStatus.RETURNED, actor=actor, now=now, reason=reason
    )
    lines = free_lines(session, fulfillment)
    progress.give_up_rest(session, order)
    progress.settle(session, order, actor=actor, now=now, ended_as=OrderStatus.CANCELED, reason=reason)
    back = {ListingId(line.listing_id): line.quantity for line in lines}
    stock.put_back(session, back, cause=f"returned:fulfillment:{fulfillment.id}", actor=actor, now=now)
    return order


def free_lines(session: Session, fulfillment: Fulfillment) -> list[FulfillmentLine]:
    """Take the fulfillment's promise off the order's lines. Returns its lines; their stock is the caller's to move."""
    lines = list(
        session.scalars(select(FulfillmentLine).where(FulfillmentLine.fulfillment_id == fulfillment.id))
    )
    for line in lines:
        session.get_one(OrderLine, line.order_line_id).promised_quantity -= line.quantity
    session.flush()
    return lines
