"""What a shop reports short or damaged after a delivery, and the word of the vendor that makes it a credit note."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit.service import record_action
from core.catalog import queries as catalog
from core.credit import queries as credit_queries
from core.credit import service as credit
from core.db.locks import LockRank, lock
from core.errors import NotFound
from core.events import ShortageAgreed, ShortageRefused, ShortageReported
from core.money import Money, total
from core.orders import queries
from core.orders.access import lock_fulfillment, lock_order
from core.orders.errors import ShortageAnswered, ShortageOpen, ShortageTooLate, ShortMoreThanPromised
from core.orders.kinds import FulfillmentStatus, ShortageStatus
from core.orders.models import Fulfillment, FulfillmentLine, Order, Shortage, ShortageLine
from core.orders.settings import OrderSettings
from core.orders.views import FulfillmentView, LineView, OrderView
from core.outbox.service import record
from core.parties.naming import clean_note, clean_reason
from core.pricing.policy import price_line
from core.quantity import ZERO_QUANTITY
from core.refs import ProductId
from core.settings import service as settings


@dataclass(frozen=True, kw_only=True, slots=True)
class ShortageLineView:
    line: LineView
    quantity: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportableLine:
    fulfillment_id: int
    line: LineView
    quantity: Decimal
    # What the vendor said was missing at the handover: the invoice is without it.
    is_off: Decimal = ZERO_QUANTITY

    @property
    def sku(self) -> str:
        return self.line.sku


@dataclass(frozen=True, kw_only=True, slots=True)
class ShortageView:
    """A report as both sides see it. `worth` is what comes off the invoice: once agreed, the credit note's amount."""

    shortage_id: int
    parcel: FulfillmentView
    status: ShortageStatus
    lines: tuple[ShortageLineView, ...]
    words: str | None
    worth: Money
    reported_by: str
    reported_at: dt.datetime
    answered_by: str | None
    answered_at: dt.datetime | None


def report(
    session: Session,
    fulfillment_id: int,
    *,
    short: Mapping[int, Decimal],
    words: str | None,
    actor: Actor,
    now: dt.datetime,
) -> Shortage:
    """Keep what is missing or damaged of a delivery, by order line, until its vendor answers.

    Raises ShortageTooLate after 48 hours, ShortageOpen while an earlier report waits, ShortMoreThanPromised for more
    than was delivered, earlier agreed reports included, QuantityNotWhole (catalog) for a part of a packet.
    """
    order, fulfillment = _lock_delivered(session, fulfillment_id, actor)
    hours = settings.current(session, OrderSettings).values.receipt_hours
    delivered_at = fulfillment.delivered_at
    if delivered_at is None or now > delivered_at + dt.timedelta(hours=hours):
        raise ShortageTooLate(order_id=order.id, short_code=order.short_code, hours=hours)
    if _find_open(session, fulfillment_id) is not None:
        raise ShortageOpen(order_id=order.id, short_code=order.short_code)
    lines = _checked(session, fulfillment_id, short)
    shortage = Shortage(
        fulfillment_id=fulfillment_id, words=clean_note(words), reported_by=actor.label, reported_at=now
    )
    session.add(shortage)
    session.flush()
    session.add_all(
        ShortageLine(shortage_id=shortage.id, fulfillment_line_id=line.id, quantity=quantity)
        for line, quantity in lines
    )
    session.flush()
    event = ShortageReported(
        shortage_id=shortage.id, order_id=order.id, vendor_id=fulfillment.vendor_id, by=actor.label
    )
    record(session, event, actor=actor, now=now)
    return shortage


def agree(session: Session, shortage_id: int, *, actor: Actor, now: dt.datetime) -> Money:
    """Agree, as the vendor or an admin: a credit note takes what is short off the invoice, once. Raises NotFound, ShortageAnswered."""
    shortage, order, fulfillment = _lock_open(session, shortage_id, actor)
    invoice = credit_queries.invoice_of_fulfillment(session, fulfillment.id)
    position_of = {
        line.product_id: line.position for line in credit_queries.invoice_lines(session, invoice.id)
    }
    amount = credit.credit_note(
        session,
        invoice.id,
        lines={
            position_of[line.product_id]: quantity
            for line, quantity in _lines(session, [shortage_id])[shortage_id]
        },
        reason="reported_short",
        idempotency_key=f"shortage:{shortage_id}",
        approver=actor,
        now=now,
    )
    shortage.credited_minor = amount.minor
    _answer(shortage, ShortageStatus.AGREED, actor=actor, now=now)
    event = ShortageAgreed(
        shortage_id=shortage_id,
        order_id=order.id,
        vendor_id=fulfillment.vendor_id,
        credited_minor=amount.minor,
    )
    record(session, event, actor=actor, now=now)
    return amount


def refuse(
    session: Session, shortage_id: int, *, actor: Actor, now: dt.datetime, reason: str | None = None
) -> None:
    """Refuse, as the vendor or an admin: the invoice stays as it is. Raises NotFound, ShortageAnswered.

    A *reason* is kept in the audit, for whoever settles the quarrel; a button in the chat has none.
    """
    shortage, order, fulfillment = _lock_open(session, shortage_id, actor)
    _answer(shortage, ShortageStatus.REFUSED, actor=actor, now=now)
    if reason is not None:
        record_action(
            session,
            "shortage_refused",
            subject_kind="shortage",
            subject_id=shortage_id,
            actor=actor,
            now=now,
            reason=clean_reason(reason),
        )
    event = ShortageRefused(shortage_id=shortage_id, order_id=order.id, vendor_id=fulfillment.vendor_id)
    record(session, event, actor=actor, now=now)


def reportable_orders(session: Session, retailer_id: int, *, now: dt.datetime) -> list[OrderView]:
    """The shop's orders of which something was delivered so lately that it may be reported, newest first."""
    hours = settings.current(session, OrderSettings).values.receipt_hours
    lately = select(Fulfillment.order_id).where(
        Fulfillment.status == FulfillmentStatus.DELIVERED,
        Fulfillment.delivered_at >= now - dt.timedelta(hours=hours),
    )
    found = session.scalars(
        select(Order).where(Order.retailer_id == retailer_id, Order.id.in_(lately)).order_by(Order.id.desc())
    )
    return queries.order_views(session, found.all())


def reportable_lines(session: Session, order_id: int) -> list[ReportableLine]:
    """What was handed over of the order and may still be reported: no line of a report that is open, none agreed."""
    parcels = [
        part
        for part in queries.order_view(session, order_id).fulfillments
        if part.status is FulfillmentStatus.DELIVERED and _find_open(session, part.fulfillment_id) is None
    ]
    agreed = {part.fulfillment_id: _agreed(session, part.fulfillment_id) for part in parcels}
    rows = [
        ReportableLine(
            fulfillment_id=part.fulfillment_id,
            line=row.line,
            quantity=(row.delivered or ZERO_QUANTITY)
            - agreed[part.fulfillment_id].get(row.line.order_line_id, ZERO_QUANTITY),
            is_off=row.line.quantity - (row.delivered or ZERO_QUANTITY),
        )
        for part in parcels
        for row in part.lines
    ]
    return [row for row in rows if row.quantity > ZERO_QUANTITY]


def shortage_view(session: Session, shortage_id: int, *, vendor_id: int | None = None) -> ShortageView:
    """The report; with *vendor_id* only when that vendor delivered. Raises NotFound."""
    shortage = session.get(Shortage, shortage_id)
    if shortage is None:
        raise NotFound(kind="shortage", id=shortage_id)
    view = shortage_views(session, [shortage])[0]
    if vendor_id not in (None, view.parcel.vendor_id):
        raise NotFound(kind="shortage", id=shortage_id)
    return view


def shortage_views(session: Session, shortages: Sequence[Shortage]) -> list[ShortageView]:
    """Views of *shortages* in their order, read together."""
    delivered = select(Fulfillment).where(Fulfillment.id.in_({row.fulfillment_id for row in shortages}))
    parcels = {part.fulfillment_id: part for part in queries.fulfillment_views(session, delivered)}
    lines = _lines(session, [row.id for row in shortages])
    return [_view(row, parcels[row.fulfillment_id], lines[row.id]) for row in shortages]


def open_shortages_of_order(session: Session, order_id: int) -> list[ShortageView]:
    """The reports about this order that wait for a vendor's word, oldest first."""
    found = (
        select(Shortage)
        .join(Fulfillment, Fulfillment.id == Shortage.fulfillment_id)
        .where(Fulfillment.order_id == order_id, Shortage.status == ShortageStatus.OPEN)
    )
    return shortage_views(session, session.scalars(found.order_by(Shortage.id)).all())


def open_shortages_of_vendor(session: Session, vendor_id: int) -> list[int]:
    """The reports that wait for this vendor's word, oldest first."""
    found = (
        select(Shortage.id)
        .join(Fulfillment, Fulfillment.id == Shortage.fulfillment_id)
        .where(Fulfillment.vendor_id == vendor_id, Shortage.status == ShortageStatus.OPEN)
    )
    return list(session.scalars(found.order_by(Shortage.id)))


def _lock_delivered(session: Session, fulfillment_id: int, actor: Actor) -> tuple[Order, Fulfillment]:
    found = session.get(Fulfillment, fulfillment_id)
    if found is None:
        raise NotFound(kind="fulfillment", id=fulfillment_id)
    order = lock_order(session, found.order_id, actor)
    return order, lock(session, Fulfillment, fulfillment_id, LockRank.FULFILLMENT)


def _lock_open(session: Session, shortage_id: int, actor: Actor) -> tuple[Shortage, Order, Fulfillment]:
    """The report under the lock of its fulfillment, for the vendor who delivered or an admin."""
    shortage = session.get(Shortage, shortage_id)
    if shortage is None:
        raise NotFound(kind="shortage", id=shortage_id)
    try:
        order, fulfillment = lock_fulfillment(session, shortage.fulfillment_id, actor)
    except NotFound as others:
        # In the words for a report that does not exist: somebody else must not learn of the delivery.
        raise NotFound(kind="shortage", id=shortage_id) from others
    session.refresh(shortage)
    if shortage.status is not ShortageStatus.OPEN:
        raise ShortageAnswered(order_id=order.id, short_code=order.short_code, status=shortage.status)
    return shortage, order, fulfillment


def _answer(shortage: Shortage, status: ShortageStatus, *, actor: Actor, now: dt.datetime) -> None:
    shortage.status = status
    shortage.answered_by = actor.label
    shortage.answered_at = now


def _find_open(session: Session, fulfillment_id: int) -> Shortage | None:
    waiting = select(Shortage).where(
        Shortage.fulfillment_id == fulfillment_id, Shortage.status == ShortageStatus.OPEN
    )
    return session.scalar(waiting)


def _checked(
    session: Session, fulfillment_id: int, short: Mapping[int, Decimal]
) -> list[tuple[FulfillmentLine, Decimal]]:
    delivered = session.scalars(
        select(FulfillmentLine)
        .where(FulfillmentLine.fulfillment_id == fulfillment_id)
        .order_by(FulfillmentLine.id)
    )
    by_order_line = {line.order_line_id: line for line in delivered}
    agreed = _agreed(session, fulfillment_id)
    lines, taken = [], []
    for order_line_id, quantity in sorted(short.items()):
        line = by_order_line.get(order_line_id)
        left = (
            ZERO_QUANTITY
            if line is None
            else (line.delivered_quantity or ZERO_QUANTITY) - agreed.get(order_line_id, ZERO_QUANTITY)
        )
        if line is None or not ZERO_QUANTITY < quantity <= left:
            raise ShortMoreThanPromised(order_line_id=order_line_id, short=quantity)
        lines.append((line, quantity))
        taken.append((ProductId(line.product_id), quantity, left))
    if not lines:
        raise ShortMoreThanPromised(order_line_id=None, short=ZERO_QUANTITY)
    catalog.check_taken_off(session, taken)
    return lines


def _agreed(session: Session, fulfillment_id: int) -> dict[int, Decimal]:
    """By order line, the quantity that agreed reports already took off the invoice."""
    rows = session.execute(
        select(FulfillmentLine.order_line_id, func.sum(ShortageLine.quantity))
        .join(ShortageLine, ShortageLine.fulfillment_line_id == FulfillmentLine.id)
        .join(Shortage, Shortage.id == ShortageLine.shortage_id)
        .where(Shortage.fulfillment_id == fulfillment_id, Shortage.status == ShortageStatus.AGREED)
        .group_by(FulfillmentLine.order_line_id)
    )
    return {row[0]: row[1] for row in rows}


def _lines(session: Session, shortage_ids: Sequence[int]) -> dict[int, list[tuple[FulfillmentLine, Decimal]]]:
    """By report, what was delivered and how much of it is short."""
    rows = session.execute(
        select(ShortageLine.shortage_id, FulfillmentLine, ShortageLine.quantity)
        .join(FulfillmentLine, FulfillmentLine.id == ShortageLine.fulfillment_line_id)
        .where(ShortageLine.shortage_id.in_(shortage_ids))
        .order_by(FulfillmentLine.id)
    )
    lines: dict[int, list[tuple[FulfillmentLine, Decimal]]] = defaultdict(list)
    for shortage_id, line, quantity in rows:
        lines[shortage_id].append((line, quantity))
    return lines


def _view(
    shortage: Shortage, parcel: FulfillmentView, lines: Sequence[tuple[FulfillmentLine, Decimal]]
) -> ShortageView:
    line_of = {row.line.order_line_id: row.line for row in parcel.lines}
    expected = total(
        price_line(Money(line.unit_price_minor), quantity, line.vat_basis_points).total
        for line, quantity in lines
    )
    return ShortageView(
        shortage_id=shortage.id,
        parcel=parcel,
        status=shortage.status,
        lines=tuple(
            ShortageLineView(line=line_of[line.order_line_id], quantity=quantity) for line, quantity in lines
        ),
        words=shortage.words,
        worth=expected if shortage.credited_minor is None else Money(shortage.credited_minor),
        reported_by=shortage.reported_by,
        reported_at=shortage.reported_at,
        answered_by=shortage.answered_by,
        answered_at=shortage.answered_at,
    )
