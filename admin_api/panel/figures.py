"""The figures of the day, beside those of the same weekday a week before up to the same time: one statement."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.clock import start_of_business_day
from core.credit.kinds import PaymentStatus
from core.credit.models import Invoice, Payment
from core.messaging.models import InboundMessage
from core.orders.kinds import OrderStatus
from core.orders.models import Order
from core.parties.models import Retailer

WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """`name` is its word; amounts are in paisa. `change` is in per cent, None where there was nothing before."""

    name: str
    is_money: bool
    value: int
    before: int

    @property
    def change(self) -> int | None:
        return None if not self.before else round((self.value - self.before) * 100 / self.before)


def figures(session: Session, *, now: dt.datetime) -> list[Figure]:
    start = start_of_business_day(now)
    days = ((start, now), (start - WEEK, now - WEEK))
    row = session.execute(
        select(*(part.label(f"{name}_{at}") for at, day in enumerate(days) for name, part in _of(*day)))
    ).one()
    found = row._mapping  # noqa: SLF001 - the columns are named here
    return [
        Figure(
            name=name,
            is_money=name in {"order_value", "delivered_value", "received"},
            value=int(found[f"{name}_0"]),
            before=int(found[f"{name}_1"]),
        )
        for name, _ in _of(*days[0])
    ]


def _of(start: dt.datetime, end: dt.datetime) -> list[tuple[str, ScalarSelect[Any]]]:
    def total(
        what: ColumnElement[Any], at: InstrumentedAttribute[Any], *where: ColumnElement[bool]
    ) -> ScalarSelect[Any]:
        return select(func.coalesce(what, 0)).where(at >= start, at < end, *where).scalar_subquery()

    live = Order.status != OrderStatus.DRAFT
    return [
        ("orders", total(func.count(Order.id), Order.placed_at, live)),
        ("order_value", total(func.sum(Order.ceiling_minor), Order.placed_at, live)),
        ("delivered_value", total(func.sum(Invoice.total_minor), Invoice.issued_at)),
        (
            "received",
            total(
                func.sum(Payment.amount_minor),
                Payment.received_at,
                Payment.status == PaymentStatus.POSTED,
            ),
        ),
        ("messages", total(func.count(InboundMessage.id), InboundMessage.received_at)),
        ("new_shops", total(func.count(Retailer.id), Retailer.created_at)),
    ]
