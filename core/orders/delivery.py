"""From the vendor to the shop: dispatch, delivery with the code, receipt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.actor import SYSTEM, Actor, ActorKind
from core.catalog import queries as catalog
from core.catalog import stock
from core.credit import service as credit
from core.errors import NotAllowed
from core.events import FulfillmentDelivered, FulfillmentDispatched, OrderCompleted
from core.money import Money
from core.orders import codes, moves, progress, queries
from core.orders.access import check_event, check_part_event, lock_fulfillment, lock_order
from core.orders.errors import CashNotStated, ShortMoreThanPromised
from core.orders.kinds import FulfillmentStatus, OrderStatus, ShortageStatus, Terms
from core.orders.models import Fulfillment, FulfillmentLine, Order, OrderTransition, Shortage
from core.orders.outcomes import ORDER, OrderEvent, PartEvent
from core.orders.settings import OrderSettings
from core.orders.views import Delivered, FulfillmentView, WrongCode
from core.outbox.service import record
from core.outcomes import states_changed_by
from core.parties import queries as parties
from core.quantity import ZERO_QUANTITY
from core.refs import ListingId, ProductId, RetailerId, VendorId
from core.settings import service as settings
from core.vendors import service as vendors
from core.vendors.models import ObservationKind

_CODE_TAKEN: Final = "uq_fulfillments_code_on_the_way"
_DRAWS: Final = 20


def dispatch(
    session: Session,
    fulfillment_id: int,
    *,
    eta_at: dt.datetime | None = None,
    actor: Actor,
    now: dt.datetime,
) -> FulfillmentView:
    """Dispatch the part: stock leaves, and the retailer gets the code that proves delivery.

    Raises NotFound, PartyInactive, AlreadyDone, TooLate.
    """
    order, fulfillment = lock_fulfillment(session, fulfillment_id, actor)
    check_part_event(order, fulfillment, PartEvent.DISPATCH)
    fulfillment.eta_at = eta_at or fulfillment.eta_at
    _send_off(session, fulfillment, actor=actor, now=now)
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
    cash: credit.Cash | None = None,
    actor: Actor,
    now: dt.datetime,
) -> Delivered | WrongCode:
    """Mark the parcel with this code as handed over, less what is *short* (by order line).

    Without *fulfillment_id* the code finds the parcel among all that are on the way. *cash* is what came of an order
    for cash; the code alone never says that it came. Raises CodeLocked, AlreadyDone, CashNotStated, NotFound,
    ShortMoreThanPromised, QuantityNotWhole (catalog).
    """
    found = codes.find_parcel(session, vendor_id, code, fulfillment_id=fulfillment_id, actor=actor, now=now)
    if found is None:
        return codes.count_wrong(session, vendor_id, fulfillment_id=fulfillment_id, actor=actor, now=now)
    order, fulfillment = lock_fulfillment(session, found, actor)
    return _hand_over(session, order, fulfillment, short=short or {}, cash=cash, actor=actor, now=now)


def deliver_without_code(
    session: Session,
    fulfillment_id: int,
    *,
    short: Mapping[int, Decimal] | None = None,
    cash: credit.Cash | None = None,
    reason: str,
    actor: Actor,
    now: dt.datetime,
) -> Delivered:
    """Mark the parcel as handed over on an admin's word, for example after five wrong codes.

    Raises NotAllowed to others, NotFound, AlreadyDone, TooLate, CashNotStated, ShortMoreThanPromised, QuantityNotWhole.
    """
    if actor.kind is not ActorKind.ADMIN:
        raise NotAllowed(action="deliver_without_code", actor=actor.label)
    order, fulfillment = lock_fulfillment(session, fulfillment_id, actor)
    return _hand_over(
        session, order, fulfillment, short=short or {}, cash=cash, actor=actor, now=now, reason=reason
    )


def confirm_receipt(session: Session, order_id: int, *, actor: Actor, now: dt.datetime) -> Order:
    """Complete the order on its retailer's word. Raises NotFound, PartyInactive, AlreadyDone, TooLate."""
    order = lock_order(session, order_id, actor)
    check_event(order, OrderEvent.CONFIRM_RECEIPT)
    moves.move(session, order, OrderStatus.COMPLETED, actor=actor, now=now, reason="confirmed")
    record(session, OrderCompleted(order_id=order.id), actor=actor, now=now)
    return order


def complete_due(session: Session, *, now: dt.datetime) -> int:
    """Complete orders whose last delivery is `receipt_hours` (48) old and without an open complaint. Returns how many."""
    waited = dt.timedelta(hours=settings.current(session, OrderSettings).values.receipt_hours)
    delivered_at = (
        select(func.max(OrderTransition.at))
        .where(OrderTransition.order_id == Order.id, OrderTransition.to_status == OrderStatus.DELIVERED)
        .scalar_subquery()
    )
    due = session.scalars(
        select(Order)
        .where(
            Order.status.in_(states_changed_by(ORDER, OrderEvent.RECEIPT_DUE)),
            delivered_at <= now - waited,
        )
        .order_by(Order.id)
        .with_for_update(skip_locked=True)
    ).all()
    # Behind the locks: whoever reported before them has committed, whoever reports now waits.
    complained = _open_complaints(session, [order.id for order in due])
    settled = [order for order in due if order.id not in complained]
    for order in settled:
        moves.move(session, order, OrderStatus.COMPLETED, actor=SYSTEM, now=now, reason="no_complaint")
        record(session, OrderCompleted(order_id=order.id), actor=SYSTEM, now=now)
    return len(settled)


def _open_complaints(session: Session, order_ids: Sequence[int]) -> set[int]:
    """Those of the orders of which something is reported short and not yet answered."""
    return set(
        session.scalars(
            select(Fulfillment.order_id)
            .join(Shortage, Shortage.fulfillment_id == Fulfillment.id)
            .where(Shortage.status == ShortageStatus.OPEN, Fulfillment.order_id.in_(order_ids))
        )
    )


def _hand_over(
    session: Session,
    order: Order,
    fulfillment: Fulfillment,
    *,
    short: Mapping[int, Decimal],
    cash: credit.Cash | None,
    actor: Actor,
    now: dt.datetime,
    reason: str | None = None,
) -> Delivered:
    check_part_event(order, fulfillment, PartEvent.DELIVER)
    if order.terms is Terms.CASH and cash is None:
        raise CashNotStated(
            order_id=order.id, short_code=order.short_code, total=Money(fulfillment.total_minor)
        )
    lines = _lines(session, fulfillment.id)
    kept_back = _take_off_short(session, lines, short)
    moves.move_fulfillment(
        session, fulfillment, FulfillmentStatus.DELIVERED, actor=actor, now=now, reason=reason
    )
    invoice = credit.post_delivery(
        session,
        _delivery(session, order, fulfillment, lines, cash=cash),
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
    progress.shrink_hold_with_vendor(session, order, fulfillment.vendor_id, now=now)
    if kept_back:
        cause = f"short:fulfillment:{fulfillment.id}"
        stock.put_back(session, kept_back, cause=cause, actor=actor, now=now)
    return Delivered(
        fulfillment=queries.fulfillment_view(session, fulfillment.id),
        invoice_id=invoice.id,
        invoice_number=invoice.number,
        total=Money(invoice.total_minor),
        cash_taken=(
            None
            if order.terms is not Terms.CASH or cash is None
            else credit.cash_taken(cash, Money(invoice.total_minor))
        ),
    )


def _send_off(session: Session, fulfillment: Fulfillment, *, actor: Actor, now: dt.datetime) -> None:
    """Dispatch the parcel under a code of its own.

    Two parcels of one vendor that leave at once may draw the same code; the unique index lets one have it and the
    other draws again.
    """
    for _ in range(_DRAWS):
        try:
            with session.begin_nested():
                fulfillment.delivery_code = codes.new_code(session, fulfillment.vendor_id, now=now)
                moves.move_fulfillment(
                    session, fulfillment, FulfillmentStatus.DISPATCHED, actor=actor, now=now
                )
        except IntegrityError as taken:
            if _CODE_TAKEN not in str(taken.orig):
                raise
            session.refresh(fulfillment)
        else:
            return
    raise AssertionError("no free delivery code was drawn")


def _take_off_short(
    session: Session, lines: list[FulfillmentLine], short: Mapping[int, Decimal]
) -> dict[ListingId, Decimal]:
    """Set what was delivered of each line. Returns what the vendor kept, by listing."""
    kept_back: dict[ListingId, Decimal] = {}
    by_order_line = {line.order_line_id: line for line in lines}
    for order_line_id, missing in short.items():
        line = by_order_line.get(order_line_id)
        if line is None or not ZERO_QUANTITY <= missing <= line.quantity:
            raise ShortMoreThanPromised(order_line_id=order_line_id, short=missing)
    catalog.check_taken_off(
        session,
        (
            (ProductId(line.product_id), short[line.order_line_id], line.quantity)
            for line in lines
            if line.order_line_id in short
        ),
    )
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
    cash: credit.Cash | None,
) -> credit.Delivery:
    products = catalog.products_by_ids(session, [ProductId(line.product_id) for line in lines])
    said = queries.said_in_lines(session, [line.order_line_id for line in lines])
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
                said=said[line.order_line_id].of(line.delivered_quantity)
                if line.order_line_id in said
                else None,
            )
            for line in lines
            if line.delivered_quantity
        ),
        on_credit=order.terms is Terms.CREDIT,
        cash=cash or credit.NO_CASH,
        commission_basis_points=parties.get_vendor(
            session, VendorId(fulfillment.vendor_id)
        ).commission_basis_points,
        terms_days=parties.get_retailer(session, RetailerId(order.retailer_id)).terms_days,
    )


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
