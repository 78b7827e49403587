"""Sends a basket that our people filled to its shop, whose yes alone makes it an order."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from core.actor import Actor
from core.events import BasketYesAsked
from core.orders import basket
from core.orders.access import lock_order
from core.orders.errors import NothingInBasket, NotYetCustomer
from core.orders.models import Order
from core.outbox.service import record
from core.parties import queries as parties
from core.parties.models import Approval
from core.refs import ContactId, RetailerId


def ask_for_yes(
    session: Session, retailer_id: RetailerId, *, contact_id: ContactId, actor: Actor, now: dt.datetime
) -> Order:
    """Ask this person of the shop whether to order its basket as it stands. Asked twice about one version, they hear it once.

    Raises NothingInBasket, and NotYetCustomer where no yes could order anything.
    """
    found = basket.find_basket(session, retailer_id)
    if found is None:
        raise NothingInBasket(retailer_id=retailer_id)
    order = lock_order(session, found.id, actor)
    if not basket.lines_of(session, order.id):
        raise NothingInBasket(retailer_id=retailer_id)
    if parties.get_retailer(session, retailer_id).approval is not Approval.APPROVED:
        raise NotYetCustomer(retailer_id=retailer_id)
    asked = BasketYesAsked(
        order_id=order.id, retailer_id=retailer_id, contact_id=contact_id, version=order.version
    )
    record(session, asked, actor=actor, now=now)
    return order
