"""From the vendor's door to the shop: dispatch, delivery with the code, receipt."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import SYSTEM, Actor
from core.catalog import queries as catalog
from core.catalog import stock
from core.credit import service as credit
from core.db.locks import LockRank, lock
from core.errors import NotFound
from core.events import (
    DeliveryCodeExhausted,
    FulfillmentDelivered,
    FulfillmentDispatched,
    OrderCompleted,
)
from core.money import Money
from core.orders import progress, queries
from core.orders.access import lock_fulfillment, lock_order
from core.orders.errors import AlreadyDone, CodeLocked, ShortMoreThanPromised, TooLate
from core.orders.kinds import FulfillmentStatus, OrderStatus, ShortageStatus, Terms
from core.orders.lifecycle import OPEN
from core.orders.models import Fulfillment, FulfillmentLine, Order, OrderTransition, Shortage
from core.orders.settings import OrderSettings
from core.orders.views import Delivered, FulfillmentView, WrongCode
from core.outbox.service import record
from core.parties import queries as parties
from core.quantity import ZERO_QUANTITY
from core.refs import ListingId, ProductId, RetailerId, VendorId
from core.settings import service as settings
from core.vendors import service as vendors
from core.vendors.models import ObservationKind


def dispatch(
    session: Session,
    fulfillment_id: int,
    *,
    eta_at: dt.datetime | None = None,
    actor: Actor,
    now: dt.datetime,
) -> FulfillmentView:
    """Send the goods on their way: stock leaves, and the retailer gets the code that proves delivery."""
    order, fulfillment = lock_fulfillment(session, fulfillment_id, actor)
    if fulfillment.status in (FulfillmentStatus.DISPATCHED, FulfillmentStatus.DELIVERED):
        raise AlreadyDone(order_id=order.id, short_code=order.short_code, status=fulfillment.status)
    fulfillment.delivery_code = _new_code(session, fulfillment.vendor_id)
    fulfillment.eta_at = eta_at or fulfillment.eta_at
    progress.move_fulfillment(session, fulfillment, FulfillmentStatus.DISPATCHED, actor=actor, now=now)
    _observe(session, ObservationKind.DISPATCHED, fulfillment, now=now)
    record(
        session,
        FulfillmentDispatched(
            fulfillment_id=fulfillment.id, order_id=order.id, vendor_id=fulfillment.vendor_id
        ),
        actor=actor,
        now=now,
    )
    progress.settle(session, order, actor=actor, now=now, ended_as=OrderStatus.CANCELED)
    lines = _lines(session, fulfillment.id)
    goods = {ListingId(line.listing_id): line.quantity for line in lines}
    stock.take(session, goods, cause=f"fulfillment:{fulfillment.id}", actor=actor, now=now)
    return queries.fulfillment_view(session, fulfillment.id)


def deliver(
    session: Session,
    *,
    vendor_id: int,
    code: str,
    fulfillment_id: int | None = None,
    short: Mapping[int, Decimal] | None = None,
    cash_received: bool = True,
    actor: Actor,
    now: dt.datetime,
) -> Delivered | WrongCode:
    """Mark the parcel with this code as handed over, less what is *short* (by order line).

    Without *fulfillment_id* the code finds the parcel among those on the way; a wrong one then counts against each
    of them, or guessing would be free. *cash_received* only matters for a cash order. Raises CodeLocked, AlreadyDone.
    """
    parcels = _on_the_way(session, vendor_id, fulfillment_id)
    if not parcels:
        raise _why_nothing_waits(session, vendor_id, code)
    matching = [parcel for parcel in parcels if secrets.compare_digest(parcel.delivery_code or "", code)]
    if not matching:
        return _count_wrong_code(session, parcels, actor=actor, now=now)
    order, fulfillment = lock_fulfillment(session, matching[0].id, actor)
    if fulfillment.wrong_codes >= settings.current(session, OrderSettings).values.wrong_codes_allowed:
        raise CodeLocked(order_id=order.id, short_code=order.short_code)
    return _hand_over(
        session, order, fulfillment, short=short or {}, cash_received=cash_received, actor=actor, now=now
    )


def deliver_without_code(
    session: Session,
    fulfillment_id: int,
    *,
    short: Mapping[int, Decimal] | None = None,
    cash_received: bool,
    reason: str,
    actor: Actor,
    now: dt.datetime,
) -> Delivered:
    """An admin states that the goods were handed over, for example after five wrong codes."""
    order, fulfillment = lock_fulfillment(session, fulfillment_id, actor)
    return _hand_over(
        session,
        order,
        fulfillment,
        short=short or {},
        cash_received=cash_received,
        actor=actor,
        now=now,
        reason=reason,
    )


def confirm_receipt(session: Session, order_id: int, *, actor: Actor, now: dt.datetime) -> Order:
    """The retailer has everything: the order is complete. Raises AlreadyDone, TooLate."""
    order = lock_order(session, order_id, actor)
    if order.status is OrderStatus.COMPLETED:
        raise AlreadyDone(order_id=order.id, short_code=order.short_code, status=order.status)
    if order.status is not OrderStatus.DELIVERED:
        raise TooLate(order_id=order.id, short_code=order.short_code, status=order.status)
    progress.move(session, order, OrderStatus.COMPLETED, actor=actor, now=now, reason="confirmed")
    record(session, OrderCompleted(order_id=order.id), actor=actor, now=now)
    return order


def complete_due(session: Session, *, now: dt.datetime) -> int:
    """Complete what was delivered 48 hours ago without a complaint. Returns how many orders."""
    waited = dt.timedelta(hours=settings.current(session, OrderSettings).values.receipt_hours)
    delivered_at = (
        select(func.max(OrderTransition.at))
        .where(OrderTransition.order_id == Order.id, OrderTransition.to_status == OrderStatus.DELIVERED)
        .scalar_subquery()
    )
    has_complaint = (
        select(Shortage.id)
        .join(Fulfillment, Fulfillment.id == Shortage.fulfillment_id)
        .where(Fulfillment.order_id == Order.id, Shortage.status == ShortageStatus.OPEN)
        .exists()
    )
    due = session.scalars(
        select(Order)
        .where(Order.status == OrderStatus.DELIVERED, delivered_at <= now - waited, ~has_complaint)
        .order_by(Order.id)
        .with_for_update(skip_locked=True)
    ).all()
    for order in due:
        progress.move(session, order, OrderStatus.COMPLETED, actor=SYSTEM, now=now, reason="no_complaint")
        record(session, OrderCompleted(order_id=order.id), actor=SYSTEM, now=now)
    return len(due)


def _hand_over(
    session: Session,
    order: Order,
    fulfillment: Fulfillment,
    *,
    short: Mapping[int, Decimal],
    cash_received: bool,
    actor: Actor,
    now: dt.datetime,
    reason: str | None = None,
) -> Delivered:
    if fulfillment.status is FulfillmentStatus.DELIVERED:
        raise AlreadyDone(order_id=order.id, short_code=order.short_code, status=fulfillment.status)
    lines = _lines(session, fulfillment.id)
    kept_back = _take_off_short(lines, short)
    progress.move_fulfillment(
        session, fulfillment, FulfillmentStatus.DELIVERED, actor=actor, now=now, reason=reason
    )
    invoice = credit.post_delivery(
        session,
        _delivery(session, order, fulfillment, lines, cash_received=cash_received),
        actor=actor,
        now=now,
    )
    fulfillment.total_minor = invoice.total_minor
    _observe(session, ObservationKind.DELIVERED, fulfillment, now=now)
    record(
        session,
        FulfillmentDelivered(
            fulfillment_id=fulfillment.id,
            order_id=order.id,
            vendor_id=fulfillment.vendor_id,
            invoice_id=invoice.id,
        ),
        actor=actor,
        now=now,
    )
    progress.settle(session, order, actor=actor, now=now, ended_as=OrderStatus.CANCELED)
    if order.status is OrderStatus.DELIVERED and order.terms is Terms.CREDIT:
        credit.release_hold(session, order_id=order.id, cause="order:delivered", now=now)
    if kept_back:
        cause = f"short:fulfillment:{fulfillment.id}"
        stock.put_back(session, kept_back, cause=cause, actor=actor, now=now)
    return Delivered(
        fulfillment=queries.fulfillment_view(session, fulfillment.id),
        invoice_id=invoice.id,
        invoice_number=invoice.number,
        total=Money(invoice.total_minor),
        cash_received=cash_received and order.terms is Terms.CASH,
    )


def _take_off_short(lines: list[FulfillmentLine], short: Mapping[int, Decimal]) -> dict[ListingId, Decimal]:
    """Set what was delivered of each line. Returns what the vendor kept, by listing."""
    kept_back: dict[ListingId, Decimal] = {}
    by_order_line = {line.order_line_id: line for line in lines}
    for order_line_id, missing in short.items():
        line = by_order_line.get(order_line_id)
        if line is None or not ZERO_QUANTITY <= missing <= line.quantity:
            raise ShortMoreThanPromised(order_line_id=order_line_id, short=missing)
    for line in lines:
        missing = short.get(line.order_line_id, ZERO_QUANTITY)
        line.delivered_quantity = line.quantity - missing
        if missing:
            kept_back[ListingId(line.listing_id)] = missing
    return kept_back


def _delivery(
    session: Session,
    order: Order,
    fulfillment: Fulfillment,
    lines: list[FulfillmentLine],
    *,
    cash_received: bool,
) -> credit.Delivery:
    products = catalog.products_by_ids(session, [ProductId(line.product_id) for line in lines])
    return credit.Delivery(
        fulfillment_id=fulfillment.id,
        order_id=order.id,
        retailer_id=order.retailer_id,
        vendor_id=fulfillment.vendor_id,
        lines=tuple(
            credit.DeliveredLine(
                product_id=line.product_id,
                description=products[ProductId(line.product_id)].name,
                quantity=line.delivered_quantity,
                unit_price=Money(line.unit_price_minor),
                vat_basis_points=line.vat_basis_points,
            )
            for line in lines
            if line.delivered_quantity
        ),
        on_credit=order.terms is Terms.CREDIT,
        cash_received=cash_received,
        commission_basis_points=parties.get_vendor(
            session, VendorId(fulfillment.vendor_id)
        ).commission_basis_points,
        terms_days=parties.get_retailer(session, RetailerId(order.retailer_id)).terms_days,
    )


def _on_the_way(session: Session, vendor_id: int, fulfillment_id: int | None) -> list[Fulfillment]:
    on_the_way = select(Fulfillment).where(
        Fulfillment.vendor_id == vendor_id, Fulfillment.status == FulfillmentStatus.DISPATCHED
    )
    if fulfillment_id is not None:
        on_the_way = on_the_way.where(Fulfillment.id == fulfillment_id)
    return list(session.scalars(on_the_way.order_by(Fulfillment.id)))


def _why_nothing_waits(session: Session, vendor_id: int, code: str) -> AlreadyDone | NotFound:
    """A repeated right code is answered as done; anything else as unknown."""
    done = session.scalar(
        select(Fulfillment)
        .where(
            Fulfillment.vendor_id == vendor_id,
            Fulfillment.status == FulfillmentStatus.DELIVERED,
            Fulfillment.delivery_code == code,
        )
        .order_by(Fulfillment.delivered_at.desc())
        .limit(1)
    )
    if done is None:
        return NotFound(kind="parcel", id=None)
    order = session.get_one(Order, done.order_id)
    return AlreadyDone(order_id=order.id, short_code=order.short_code, status=done.status)


def _count_wrong_code(
    session: Session, parcels: list[Fulfillment], *, actor: Actor, now: dt.datetime
) -> WrongCode:
    allowed = settings.current(session, OrderSettings).values.wrong_codes_allowed
    tries_left = allowed
    for parcel in parcels:
        locked = lock(session, Fulfillment, parcel.id, LockRank.FULFILLMENT)
        locked.wrong_codes += 1
        tries_left = min(tries_left, max(allowed - locked.wrong_codes, 0))
        if locked.wrong_codes == allowed:
            record(
                session,
                DeliveryCodeExhausted(
                    fulfillment_id=parcel.id, order_id=parcel.order_id, vendor_id=parcel.vendor_id
                ),
                actor=actor,
                now=now,
            )
    session.flush()
    return WrongCode(tries_left=tries_left)


def _new_code(session: Session, vendor_id: int) -> str:
    """Four digits that no parcel of this vendor carries and no open order has as its short code."""
    taken = {
        f"{code:04d}"
        for code in session.scalars(select(Order.short_code).where(Order.status.in_(OPEN)))
        if code is not None
    }
    taken |= {
        parcel.delivery_code for parcel in _on_the_way(session, vendor_id, None) if parcel.delivery_code
    }
    free = [code for code in (f"{number:04d}" for number in range(10_000)) if code not in taken]
    return secrets.choice(free)


def _observe(session: Session, kind: ObservationKind, fulfillment: Fulfillment, *, now: dt.datetime) -> None:
    vendors.observe(
        session,
        kind,
        vendor_id=fulfillment.vendor_id,
        offer_id=fulfillment.offer_id,
        order_id=fulfillment.order_id,
        hours=Decimal((now - fulfillment.accepted_at) // dt.timedelta(seconds=1)) / 3600,
        now=now,
    )


def _lines(session: Session, fulfillment_id: int) -> list[FulfillmentLine]:
    return list(
        session.scalars(
            select(FulfillmentLine)
            .where(FulfillmentLine.fulfillment_id == fulfillment_id)
            .order_by(FulfillmentLine.id)
        )
    )
