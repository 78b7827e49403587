"""A shop's usual basket: what most of its last orders had, in their middle quantity."""

from __future__ import annotations

from collections import defaultdict
from statistics import median_low
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.orders.kinds import OrderStatus
from core.orders.models import Order, OrderLine
from core.orders.views import NewLine

_ORDERS_SEEN: Final = 6
_FEWEST_ORDERS: Final = 2


def usual_lines(session: Session, retailer_id: int) -> list[NewLine]:
    """The goods of at least half of the last six orders that weren't canceled; none after fewer than two orders."""
    last = session.scalars(
        select(Order.id)
        .where(
            Order.retailer_id == retailer_id,
            Order.placed_at.is_not(None),
            Order.status != OrderStatus.CANCELED,
        )
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(_ORDERS_SEEN)
    ).all()
    if len(last) < _FEWEST_ORDERS:
        return []
    lines = session.scalars(
        select(OrderLine)
        .where(OrderLine.order_id.in_(last))
        .order_by(OrderLine.order_id.desc(), OrderLine.position)
    )
    by_product: dict[int, list[OrderLine]] = defaultdict(list)
    for line in lines:
        by_product[line.product_id].append(line)
    fewest = max(_FEWEST_ORDERS, (len(last) + 1) // 2)
    return [_usual(found) for found in by_product.values() if len(found) >= fewest]


def _usual(lines: list[OrderLine]) -> NewLine:
    """The middle quantity, said as in the newest order if that divides."""
    quantity = median_low(line.quantity for line in lines)
    said = next((line.said for line in lines if line.said), None)
    return NewLine(
        product_id=lines[0].product_id, quantity=quantity, said=said.of(quantity) if said else None
    )
