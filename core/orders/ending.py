"""Orders that end early: canceled, changed back into a basket, or returned on delivery."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.catalog import stock
from core.events import FulfillmentCanceled, FulfillmentReturned, WaitingBasketEnded
from core.orders import basket, moves, progress
from core.orders.access import check_event, check_part_event, lock_fulfillment, lock_order, question_of
from core.orders.errors import TooLate
from core.orders.kinds import FulfillmentStatus, OrderStatus
from core.orders.models import Fulfillment, FulfillmentLine, Order, OrderLine
from core.orders.outcomes import OrderEvent, PartEvent, Question
from core.orders.parts import fulfillments_of
from core.orders.transitions import LIVE
from core.outbox.service import record
from core.parties.naming import clean_reason
from core.refs import ListingId
from core.routing import service as routing
from core.routing.models import OfferStatus


def cancel(session: Session, order_id: int, *, reason: str, actor: Actor, now: dt.datetime) -> Order:
    """Cancel what has not left yet: close offers, release stock and credit.

    Once a part has left, that part stays as it is and only the rest ends; the order is then as far as what is on
    its way. Raises AlreadyDone when the order is canceled, TooLate when everything has left or the order has ended.
    """
    order = lock_order(session, order_id, actor)
    check_event(order, OrderEvent.CANCEL)
    reason = clean_reason(reason)
    if order.status is OrderStatus.DRAFT:
        if order.awaiting_owner_since is not None:
            record(session, WaitingBasketEnded(order_id=order.id, how="canceled"), actor=actor, now=now)
        moves.move(session, order, OrderStatus.CANCELED, actor=actor, now=now, reason=reason)
        return order
    return cancel_rest(session, order, reason=reason, actor=actor, now=now)


def cancel_rest(session: Session, order: Order, *, reason: str, actor: Actor, now: dt.datetime) -> Order:
    """As `cancel`, for an order that was placed and is locked already."""
    routing.close_offers(session, order.id, status=OfferStatus.CLOSED, now=now)
    freed: dict[ListingId, Decimal] = defaultdict(Decimal)
    promised = [
        part for part in fulfillments_of(session, order.id) if part.status is FulfillmentStatus.ACCEPTED
    ]
    for part in promised:
        moves.move_fulfillment(session, part, FulfillmentStatus.CANCELED, actor=actor, now=now, reason=reason)
        for line in free_lines(session, part):
            freed[ListingId(line.listing_id)] += line.quantity
        record(
            session,
            FulfillmentCanceled(fulfillment_id=part.id, order_id=order.id, vendor_id=part.vendor_id),
            actor=actor,
            now=now,
        )
    progress.give_up_rest(session, order, now=now)
    progress.settle(session, order, actor=actor, now=now, ended_as=OrderStatus.CANCELED, reason=reason)
    for part in promised:
        progress.shrink_hold_with_vendor(session, order, part.vendor_id, now=now)
    stock.release(session, freed, cause=f"order:{order.id}:canceled", actor=actor, now=now)
    return order


def reopen_as_basket(session: Session, order_id: int, *, actor: Actor, now: dt.datetime) -> Order:
    """Change a placed order: it is canceled and its lines are added to the basket.

    What lay in the basket already stays there. Raises TooLate once a vendor has accepted a part of it.
    """
    order = lock_order(session, order_id, actor)
    parts = fulfillments_of(session, order.id)
    check_event(order, OrderEvent.CHANGE)
    if any(part.status in LIVE for part in parts):
        raise TooLate(order_id=order.id, short_code=order.short_code, status=order.status)
    # The basket's row is locked before anything of the order's that ranks behind it.
    reopened = basket.add_all_lines(session, order, actor=actor, now=now)
    cancel_rest(session, order, reason="changed", actor=actor, now=now)
    return reopened


def mark_returned(
    session: Session, fulfillment_id: int, *, reason: str, actor: Actor, now: dt.datetime
) -> Order:
    """Take the whole parcel back: the goods are on hand again, and the vendor's part of the order ends.

    A search for other lines of the order goes on, under a ceiling that is lower by the parcel's total.
    """
    order, fulfillment = lock_fulfillment(session, fulfillment_id, actor)
    check_part_event(order, fulfillment, PartEvent.RETURN)
    reason = clean_reason(reason)
    moves.move_fulfillment(
        session, fulfillment, FulfillmentStatus.RETURNED, actor=actor, now=now, reason=reason
    )
    lines = free_lines(session, fulfillment)
    for line in lines:
        session.get_one(OrderLine, line.order_line_id).unfulfilled_quantity += line.quantity
    order.ceiling_minor = max((order.ceiling_minor or 0) - fulfillment.total_minor, 0)
    session.flush()
    is_live = any(part.status in LIVE for part in fulfillments_of(session, order.id))
    if question_of(order) is Question.PART and not is_live:
        progress.give_up_rest(session, order, now=now)
    progress.settle(session, order, actor=actor, now=now, ended_as=OrderStatus.CANCELED, reason=reason)
    progress.shrink_hold_with_vendor(session, order, fulfillment.vendor_id, now=now)
    event = FulfillmentReturned(
        fulfillment_id=fulfillment.id, order_id=order.id, vendor_id=fulfillment.vendor_id
    )
    record(session, event, actor=actor, now=now)
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
