"""What becomes of open orders when an admin deactivates a vendor or a shop, order by order."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import SYSTEM
from core.alerts import service as alerts
from core.alerts.causes import Cause
from core.alerts.kinds import AlertKind, Severity
from core.orders import ending, offers
from core.orders.access import lock_order
from core.orders.kinds import FulfillmentStatus, OrderStatus
from core.orders.locking import lock_whole
from core.orders.models import Fulfillment, Order
from core.orders.outcomes import ORDER, OrderEvent
from core.orders.parts import fulfillments_of
from core.orders.transitions import OPEN, TO_COME
from core.outcomes import changes
from core.parties import queries as parties
from core.refs import RetailerId, VendorId
from core.routing.models import Offer, OfferStatus


def orders_of_vendor(session: Session, vendor_id: int) -> list[int]:
    """The orders of which this vendor was asked, or has promised or sent a part that has not arrived."""
    asked = select(Offer.order_id).where(Offer.vendor_id == vendor_id, Offer.status == OfferStatus.OPEN)
    to_come = select(Fulfillment.order_id).where(
        Fulfillment.vendor_id == vendor_id, Fulfillment.status.in_(TO_COME)
    )
    return sorted({*session.scalars(asked), *session.scalars(to_come)})


def orders_of_retailer(session: Session, retailer_id: int) -> list[int]:
    """The shop's orders that are under way, and its baskets: somebody may be saying yes to one at this moment."""
    wanted = select(Order.id).where(
        Order.retailer_id == retailer_id, Order.status.in_([*OPEN, OrderStatus.DRAFT])
    )
    return list(session.scalars(wanted.order_by(Order.id)))


def stop_vendor(session: Session, order_id: int, vendor_id: int, *, now: dt.datetime) -> None:
    """Ask others for what a deactivated vendor was asked for or has not sent. Does nothing if it is active again."""
    order = lock_order(session, order_id, SYSTEM)
    if parties.get_vendor(session, VendorId(vendor_id)).is_active:
        return
    # It may have promised several parts, and be asked for another.
    lock_whole(session, order, now=now)
    offers.take_back(session, order, vendor_id, reason="vendor_deactivated", now=now)
    for part in fulfillments_of(session, order_id):
        if part.vendor_id == vendor_id and part.status is FulfillmentStatus.DISPATCHED:
            _alert(session, order, part, party="vendor", now=now)


def stop_retailer(session: Session, order_id: int, *, now: dt.datetime) -> None:
    """Cancel what has not left for a deactivated shop. Does nothing if it is active again."""
    order = lock_order(session, order_id, SYSTEM)
    if parties.get_retailer(session, RetailerId(order.retailer_id)).is_active:
        return
    if order.status is not OrderStatus.DRAFT and changes(ORDER, order.status, OrderEvent.CANCEL):
        ending.cancel(session, order_id, reason="shop_deactivated", actor=SYSTEM, now=now)
    for part in fulfillments_of(session, order_id):
        if part.status is FulfillmentStatus.DISPATCHED:
            _alert(session, order, part, party="retailer", now=now)


def _alert(session: Session, order: Order, part: Fulfillment, *, party: str, now: dt.datetime) -> None:
    """Goods on their way from or to somebody who may act no more: an admin delivers them or has them come back."""
    cause = Cause(
        kind=AlertKind.DEACTIVATED_ON_THE_WAY,
        subject_kind="fulfillment",
        subject_id=part.id,
        severity=Severity.HIGH,
        facts={"order_id": order.id, "vendor_id": part.vendor_id, "deactivated": party},
    )
    alerts.raise_alert(session, cause, now=now)
