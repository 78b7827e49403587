"""Look for vendors again for an order that is being sought, because somebody with power asks."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from core.actor import Actor
from core.orders import progress
from core.orders.access import lock_order, refuse_event
from core.orders.life import Event
from core.orders.models import Order
from core.routing.models import RoundCause


def seek_again(session: Session, order_id: int, *, actor: Actor, now: dt.datetime) -> Order:
    """Start another round for what nobody was asked for yet. Where everything is offered there is nothing to do.

    A question to the retailer closes when a vendor is found meanwhile, and goes on when it is still the same.
    Raises TooLate when the order needs no vendor any more.
    """
    order = lock_order(session, order_id, actor)
    refuse_event(order, Event.SEEK_AGAIN)
    if progress.unplaced(session, order):
        progress.seek_vendors(session, order, cause=RoundCause.RETRY, actor=actor, now=now)
    return order
