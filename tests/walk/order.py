"""What holds after every step, read in one snapshot of the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.credit.kinds import HoldStatus, PaymentStatus
from core.credit.models import CreditAccount, CreditHold, Payment
from core.orders import checks
from core.orders.kinds import FulfillmentStatus, OrderStatus, Terms
from core.orders.models import Fulfillment, Order, OrderLine
from core.orders.transitions import LIVE, OPEN, TO_COME, roll_up
from core.routing.models import Offer, OfferLine, OfferStatus


def problems(session: Session) -> list[str]:
    """Everything that is not in order; nothing, whatever happened before."""
    session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
    found = [f"{one.checked} {one.subject_id}: {one}" for one in checks.find_differences(session)]
    return [*found, *_orders(session), *_holds(session), *_exposure(session)]


@dataclass
class _Seen:
    """An order with all that belongs to it."""

    order: Order
    parts: list[FulfillmentStatus]
    # By line: what vendors think about, and what is with nobody.
    offered: dict[int, Decimal]
    rest: dict[int, Decimal]


def _orders(session: Session) -> Iterator[str]:
    for seen in _all_orders(session):
        if min(seen.rest.values()) < 0:
            yield f"order {seen.order.id}: more than was ordered is promised, offered and given up: {seen.rest}"
        if seen.order.status in OPEN:
            yield from _underway(seen)
        elif any(seen.rest.values()):
            yield f"order {seen.order.id} is {seen.order.status}, and some of it is with nobody: {seen.rest}"


def _underway(seen: _Seen) -> Iterator[str]:
    order, has_offer = seen.order, bool(seen.offered)
    has_rest = any(quantity > 0 for quantity in seen.rest.values())
    expected = roll_up(seen.parts, has_open_offer=has_offer, has_unplaced=has_rest)
    if order.status is not expected:
        yield f"order {order.id} is {order.status}, its parts make it {expected}"
    if not _has_a_way_to_its_end(seen):
        yield f"order {order.id} is {order.status} and nothing will ever end it"
    yield from _asked(seen, has_rest=has_rest)


def _has_a_way_to_its_end(seen: _Seen) -> bool:
    """A vendor's deadline, a question that silence answers, or a part that its vendor has yet to hand over."""
    asks = seen.order.asked == "part" or (seen.order.asked and seen.order.ceiling_until is not None)
    return bool(seen.offered or asks or any(part in TO_COME for part in seen.parts))


def _asked(seen: _Seen, *, has_rest: bool) -> Iterator[str]:
    order, asked = seen.order, seen.order.asked
    if asked and seen.offered:
        yield f"order {order.id} asks {asked} while a vendor thinks"
    if has_rest and not seen.offered and not asked:
        yield f"order {order.id} leaves something with nobody, and asks nobody: {seen.rest}"


def _all_orders(session: Session) -> Iterator[_Seen]:
    parts: dict[int, list[FulfillmentStatus]] = defaultdict(list)
    for part in session.scalars(select(Fulfillment)):
        parts[part.order_id].append(part.status)
    offered: dict[int, dict[int, Decimal]] = defaultdict(dict)
    rows = session.execute(
        select(Offer.order_id, OfferLine.order_line_id, OfferLine.quantity)
        .join(OfferLine, OfferLine.offer_id == Offer.id)
        .where(Offer.status == OfferStatus.OPEN)
    )
    for order_id, line_id, quantity in rows:
        # Vendors that were asked together for the same goods are asked for them once.
        offered[order_id][line_id] = max(quantity, offered[order_id].get(line_id, Decimal(0)))
    rest: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for line in session.scalars(select(OrderLine)):
        placed = line.promised_quantity + line.unfulfilled_quantity
        in_offers = offered[line.order_id].get(line.id, Decimal(0))
        rest[line.order_id][line.id] = line.quantity - placed - in_offers
    for order in session.scalars(select(Order).where(Order.placed_at.is_not(None))):
        yield _Seen(order=order, parts=parts[order.id], offered=offered[order.id], rest=rest[order.id])


def _holds(session: Session) -> Iterator[str]:
    held: dict[tuple[int, int | None], int] = {}
    rows = session.execute(
        select(CreditHold, CreditAccount.vendor_id)
        .join(CreditAccount, CreditAccount.id == CreditHold.account_id)
        .where(CreditHold.status == HoldStatus.OPEN)
    )
    for hold, vendor_id in rows:
        left = hold.amount_minor - hold.captured_minor - hold.released_minor
        held[hold.order_id, vendor_id] = left
    to_come: dict[tuple[int, int], int] = defaultdict(int)
    delivered: dict[int, int] = defaultdict(int)
    for part in session.scalars(select(Fulfillment).where(Fulfillment.status.in_(LIVE))):
        if part.status is FulfillmentStatus.DELIVERED:
            delivered[part.order_id] += part.total_minor
        else:
            to_come[part.order_id, part.vendor_id] += part.total_minor
    for order in session.scalars(select(Order).where(Order.status.in_(OPEN), Order.terms == Terms.CREDIT)):
        needed = (order.ceiling_minor or 0) - delivered[order.id]
        if held.get((order.id, None), 0) != needed:
            yield f"order {order.id} holds {held.get((order.id, None), 0)} and may still cost {needed}"
    for (order_id, vendor_id), left in held.items():
        if vendor_id is not None and left != to_come[order_id, vendor_id]:
            coming = to_come[order_id, vendor_id]
            yield f"order {order_id} holds {left} with vendor {vendor_id}, of which {coming} is to come"


def _exposure(session: Session) -> Iterator[str]:
    """Only a cheque that bounced may leave more than the limit."""
    bounced = set(session.scalars(select(Payment.retailer_id).where(Payment.status == PaymentStatus.BOUNCED)))
    for account in session.scalars(select(CreditAccount)):
        exposure = account.posted_minor + account.held_minor
        if exposure > account.limit_minor and account.retailer_id not in bounced:
            yield f"account {account.id}: exposure {exposure} above its limit {account.limit_minor}"


def still_open(session: Session) -> list[tuple[int, OrderStatus]]:
    rows = session.execute(
        select(Order.id, Order.status).where(
            Order.status.in_([*OPEN, OrderStatus.DELIVERED]) | Order.awaiting_owner_since.is_not(None)
        )
    )
    return [(order_id, status) for order_id, status in rows]
