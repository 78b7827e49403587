"""When a vendor says that a promised parcel will come."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from core.actor import Actor
from core.orders import queries
from core.orders.access import lock_fulfillment
from core.orders.errors import TooLate
from core.orders.transitions import TO_COME
from core.orders.views import FulfillmentView


def set_eta(session: Session, fulfillment_id: int, *, eta_at: dt.datetime, actor: Actor) -> FulfillmentView:
    """Keep the time as the parcel's ETA, which the shop sees with its order. Raises TooLate once it ended."""
    order, fulfillment = lock_fulfillment(session, fulfillment_id, actor)
    if fulfillment.status not in TO_COME:
        raise TooLate(order_id=order.id, short_code=order.short_code, status=fulfillment.status)
    fulfillment.eta_at = eta_at
    session.flush()
    return queries.fulfillment_view(session, fulfillment.id)
