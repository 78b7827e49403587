"""Look for vendors again for an order that is being sought, because an admin asks."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from core.actor import Actor
from core.orders import progress
from core.orders.access import check_event, lock_order, question_of
from core.orders.errors import TooLate
from core.orders.models import Order
from core.orders.outcomes import OrderEvent, Question
from core.orders.parts import unplaced
from core.routing.models import RoundCause


def seek_again(session: Session, order_id: int, *, actor: Actor, now: dt.datetime) -> Order:
    """Start another round for what nobody was asked for yet. Where everything is offered there is nothing to do.

    Whether a part is taken is asked on, unless a vendor is found meanwhile. Raises TooLate when the order needs no vendor
    any more, or waits for its retailer's word on a higher price.
    """
    order = lock_order(session, order_id, actor)
    check_event(order, OrderEvent.SEEK_AGAIN)
    if question_of(order) is Question.DEARER:
        raise TooLate(order_id=order.id, short_code=order.short_code, status=order.status)
    if unplaced(session, order):
        progress.seek_vendors(session, order, cause=RoundCause.RETRY, actor=actor, now=now)
    return order
