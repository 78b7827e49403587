"""When a vendor says that a promised parcel will come."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import business_date
from core.orders import queries
from core.orders.access import lock_fulfillment
from core.orders.errors import TooLate
from core.orders.transitions import TO_COME
from core.orders.views import FulfillmentView

# The day after the lead time of the goods is as usual: an order of this evening leaves tomorrow.
_USUAL_DAYS: Final = 1


def is_later_than_usual(eta_at: dt.datetime, *, lead_days: int, now: dt.datetime) -> bool:
    """Whether a promised day is later than such goods usually come, so that the vendor is asked once more."""
    usual_by = business_date(now) + dt.timedelta(days=lead_days + _USUAL_DAYS)
    return business_date(eta_at) > usual_by


def set_eta(session: Session, fulfillment_id: int, *, eta_at: dt.datetime, actor: Actor) -> FulfillmentView:
    """Keep the time as the parcel's ETA, which the shop sees with its order. Raises TooLate once it ended."""
    order, fulfillment = lock_fulfillment(session, fulfillment_id, actor)
    if fulfillment.status not in TO_COME:
        raise TooLate(order_id=order.id, short_code=order.short_code, status=fulfillment.status)
    fulfillment.eta_at = eta_at
    session.flush()
    return queries.fulfillment_view(session, fulfillment.id)
