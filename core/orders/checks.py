"""Whether orders and what belongs to them agree: nothing open behind an ended order, stock reserved as promised.

The database refuses most of it; these checks show what slipped past it, beside the nightly check of the books.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

from core.catalog.models import Listing, Stock
from core.credit import queries as credit
from core.credit.kinds import HoldStatus
from core.credit.models import CreditAccount, CreditHold
from core.credit.queries import Difference
from core.money import ZERO, Money
from core.orders.kinds import FulfillmentStatus, OrderStatus, Terms
from core.orders.models import Fulfillment, FulfillmentLine, Order, OrderLine
from core.orders.transitions import LIVE, SETTLED, TO_COME
from core.routing.models import Offer, OfferLine, OfferStatus


class OrderCheck(StrEnum):
    """What is compared, and whose id a difference names."""

    OPEN_HOLD = "open_hold"  # order: it has ended, and credit is still held for it
    COVERED = "covered"  # order: what is held for it on our account, and what is to come of it on credit
    OPEN_OFFER = "open_offer"  # order: it has ended, and a vendor may still accept
    OPEN_PART = "open_part"  # order: it has ended, and a part is still to come
    OPEN_QUESTION = "open_question"  # order: it waits for an answer in a state in which none is taken
    PROMISED = "promised"  # order line: what is promised, and the live parts with it
    RESERVED = (
        "reserved"  # listing: what is reserved, and the parts that were accepted; both at today's price
    )


def find_differences(session: Session) -> list[Difference]:
    """Everything that does not agree, the books included; an empty list when all is well."""
    return [
        *credit.find_differences(session),
        *_left_open(session, OrderCheck.OPEN_HOLD, _holds()),
        *_uncovered(session),
        *_left_open(session, OrderCheck.OPEN_OFFER, _offers()),
        *_left_open(session, OrderCheck.OPEN_PART, _parts()),
        *_left_open(session, OrderCheck.OPEN_QUESTION, _questions()),
        *_promised(session),
        *_reserved(session),
    ]


def _left_open(session: Session, checked: OrderCheck, found: Select[int, int]) -> list[Difference]:
    """An order that has ended should have nothing open; *found* gives the order and what the open thing is worth."""
    return [
        Difference(checked=checked, subject_id=order_id, cached=ZERO, actual=Money(int(worth)))
        for order_id, worth in session.execute(found)
    ]


def _holds() -> Select[int, int]:
    left = CreditHold.amount_minor - CreditHold.captured_minor - CreditHold.released_minor
    return (
        select(Order.id, func.sum(left))
        .join(CreditHold, CreditHold.order_id == Order.id)
        .where(Order.status.in_(SETTLED), CreditHold.status == HoldStatus.OPEN)
        .group_by(Order.id)
        .order_by(Order.id)
    )


def _uncovered(session: Session) -> list[Difference]:
    """A hold that is smaller than the parcels it is for: the last of them could not be handed over (`hold_too_small`)."""
    left = CreditHold.amount_minor - CreditHold.captured_minor - CreditHold.released_minor
    held = (
        select(CreditHold.order_id, func.sum(left).label("amount"))
        .join(CreditAccount, CreditAccount.id == CreditHold.account_id)
        .where(CreditAccount.vendor_id.is_(None), CreditHold.status == HoldStatus.OPEN)
        .group_by(CreditHold.order_id)
        .subquery()
    )
    covered, needed = func.coalesce(held.c.amount, 0), func.sum(Fulfillment.total_minor)
    rows = session.execute(
        select(Order.id, covered, needed)
        .join(Fulfillment, Fulfillment.order_id == Order.id)
        .outerjoin(held, held.c.order_id == Order.id)
        .where(Order.terms == Terms.CREDIT, Fulfillment.status.in_(TO_COME))
        .group_by(Order.id, covered)
        .having(needed > covered)
        .order_by(Order.id)
    )
    return [
        Difference(
            checked=OrderCheck.COVERED,
            subject_id=order_id,
            cached=Money(int(amount)),
            actual=Money(int(to_come)),
        )
        for order_id, amount, to_come in rows
    ]


def _offers() -> Select[int, int]:
    offered = func.sum(OfferLine.unit_price_minor * OfferLine.quantity)
    return (
        select(Order.id, offered)
        .join(Offer, Offer.order_id == Order.id)
        .join(OfferLine, OfferLine.offer_id == Offer.id)
        .where(Order.status.in_(SETTLED), Offer.status == OfferStatus.OPEN)
        .group_by(Order.id)
        .order_by(Order.id)
    )


def _parts() -> Select[int, int]:
    return (
        select(Order.id, func.sum(Fulfillment.total_minor))
        .join(Fulfillment, Fulfillment.order_id == Order.id)
        .where(Order.status.in_(SETTLED), Fulfillment.status.in_(TO_COME))
        .group_by(Order.id)
        .order_by(Order.id)
    )


def _questions() -> Select[int, int]:
    waits_for_owner = Order.awaiting_owner_since.is_not(None) & (Order.status != OrderStatus.DRAFT)
    waits_for_retailer = Order.asked.is_not(None) & (Order.status != OrderStatus.PLACED)
    return select(Order.id, literal(0)).where(waits_for_owner | waits_for_retailer).order_by(Order.id)


def _promised(session: Session) -> list[Difference]:
    live = func.coalesce(func.sum(FulfillmentLine.quantity), 0)
    rows = session.execute(
        select(OrderLine.id, OrderLine.promised_quantity, live)
        .outerjoin(
            FulfillmentLine.__table__.join(
                Fulfillment.__table__,
                (Fulfillment.id == FulfillmentLine.fulfillment_id) & Fulfillment.status.in_(LIVE),
            ),
            FulfillmentLine.order_line_id == OrderLine.id,
        )
        .group_by(OrderLine.id)
        .having(OrderLine.promised_quantity != live)
        .order_by(OrderLine.id)
    )
    # Quantities: a line has no one price.
    return [
        Difference(checked=OrderCheck.PROMISED, subject_id=line_id, cached=promised, actual=parts)
        for line_id, promised, parts in rows
    ]


def _reserved(session: Session) -> list[Difference]:
    accepted = (
        select(FulfillmentLine.listing_id, func.sum(FulfillmentLine.quantity).label("quantity"))
        .join(Fulfillment, Fulfillment.id == FulfillmentLine.fulfillment_id)
        .where(Fulfillment.status == FulfillmentStatus.ACCEPTED)
        .group_by(FulfillmentLine.listing_id)
        .subquery()
    )
    promised = func.coalesce(accepted.c.quantity, 0)
    rows = session.execute(
        select(Stock.listing_id, Stock.reserved, promised, Listing.price_minor)
        .join(Listing, Listing.id == Stock.listing_id)
        .outerjoin(accepted, accepted.c.listing_id == Stock.listing_id)
        .where(Stock.reserved != promised)
        .order_by(Stock.listing_id)
    )
    return [
        Difference(
            checked=OrderCheck.RESERVED,
            subject_id=listing_id,
            cached=Money(price).times(reserved),
            actual=Money(price).times(parts),
        )
        for listing_id, reserved, parts, price in rows
    ]
