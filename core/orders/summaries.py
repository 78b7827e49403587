"""Orders in a list: what one line says of each, in three statements for any number of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.money import Money
from core.orders.kinds import OrderStatus
from core.orders.models import Fulfillment, Order, OrderLine
from core.orders.transitions import LIVE, SOUGHT
from core.parties.models import Retailer


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderSummary:
    order: Order
    shop_name: str
    line_count: int
    # The promised total once nothing is sought any more, the ceiling before, what was shown for a basket.
    total: Money


def summaries(session: Session, orders: Sequence[Order]) -> list[OrderSummary]:
    """One summary for each of *orders*, in their order."""
    ids = [order.id for order in orders]
    shops = dict(
        session.execute(
            select(Retailer.id, Retailer.shop_name).where(
                Retailer.id.in_({order.retailer_id for order in orders})
            )
        ).all()
    )
    lines = dict(
        session.execute(
            select(OrderLine.order_id, func.count())
            .where(OrderLine.order_id.in_(ids))
            .group_by(OrderLine.order_id)
        ).all()
    )
    promised = dict(
        session.execute(
            select(Fulfillment.order_id, func.sum(Fulfillment.total_minor))
            .where(Fulfillment.order_id.in_(ids), Fulfillment.status.in_(LIVE))
            .group_by(Fulfillment.order_id)
        ).all()
    )
    return [
        OrderSummary(
            order=order,
            shop_name=shops[order.retailer_id],
            line_count=lines.get(order.id, 0),
            total=_total(order, int(promised.get(order.id, 0))),
        )
        for order in orders
    ]


def _total(order: Order, promised_minor: int) -> Money:
    if order.status is OrderStatus.DRAFT or order.status in SOUGHT:
        return Money(order.ceiling_minor or order.shown_total_minor or 0)
    return Money(promised_minor)
