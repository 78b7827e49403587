"""Reading orders: views for the chat and the API, each with a fixed number of statements."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.catalog import queries as catalog
from core.catalog.models import Product
from core.errors import NotFound
from core.money import Money, total
from core.orders.kinds import FulfillmentStatus, OrderStatus, Terms
from core.orders.models import (
    Fulfillment,
    FulfillmentLine,
    FulfillmentTransition,
    Order,
    OrderLine,
    OrderTransition,
)
from core.orders.transitions import LIVE, OPEN, SOUGHT
from core.orders.views import FulfillmentLineView, FulfillmentView, LineView, OrderLineView, OrderView
from core.parties.models import Retailer, Vendor
from core.pricing.policy import price_line
from core.quantity import ZERO_QUANTITY, Said
from core.refs import ProductId


@dataclass(frozen=True, kw_only=True, slots=True)
class TransitionView:
    """One transition of an order or of one of its parts."""

    at: dt.datetime
    subject: str
    from_status: str | None
    to_status: str
    reason: str | None
    facts: dict[str, Any]
    actor: str
    via: str


def get_order(session: Session, order_id: int, *, retailer_id: int | None = None) -> Order:
    """The order; with *retailer_id* only when it belongs to that shop. Raises NotFound."""
    order = session.get(Order, order_id)
    if order is None or (retailer_id is not None and order.retailer_id != retailer_id):
        raise NotFound(kind="order", id=order_id)
    return order


def order_view(session: Session, order_id: int) -> OrderView:
    """One order with its lines and parts. Raises NotFound."""
    views = order_views(session, [get_order(session, order_id)])
    return views[0]


def fulfillment_view(session: Session, fulfillment_id: int) -> FulfillmentView:
    """One part with its lines. Raises NotFound."""
    views = fulfillment_views(session, select(Fulfillment).where(Fulfillment.id == fulfillment_id))
    if not views:
        raise NotFound(kind="fulfillment", id=fulfillment_id)
    return views[0]


def total_less(session: Session, fulfillment_id: int, short: Mapping[int, Decimal]) -> Money:
    """What the part comes to when so much of its order lines is missing at the handover."""
    lines = session.scalars(select(FulfillmentLine).where(FulfillmentLine.fulfillment_id == fulfillment_id))
    return total(
        price_line(
            Money(line.unit_price_minor),
            line.quantity - short.get(line.order_line_id, ZERO_QUANTITY),
            line.vat_basis_points,
        ).total
        for line in lines
    )


def find_by_short_code(
    session: Session, short_code: int, *, retailer_id: int | None = None, vendor_id: int | None = None
) -> Order:
    """The order people call by *short_code*, as far as it is theirs. Another's is answered like none: NotFound."""
    found = select(Order).where(Order.short_code == short_code)
    if retailer_id is not None:
        found = found.where(Order.retailer_id == retailer_id)
    if vendor_id is not None:
        theirs = select(Fulfillment.order_id).where(Fulfillment.vendor_id == vendor_id)
        found = found.where(Order.id.in_(theirs))
    order = session.scalar(found)
    if order is None:
        raise NotFound(kind="order", id=short_code)
    return order


def open_orders(session: Session, retailer_id: int) -> list[OrderView]:
    """All of the shop's orders that are under way or wait for the receipt, newest first."""
    orders = session.scalars(
        select(Order)
        .where(Order.retailer_id == retailer_id, Order.status.in_([*OPEN, OrderStatus.DELIVERED]))
        .order_by(Order.id.desc())
    ).all()
    return order_views(session, orders)


def parcels_of_vendor(
    session: Session, vendor_id: int, *, statuses: Sequence[FulfillmentStatus]
) -> list[FulfillmentView]:
    """What the vendor promised, oldest first: to pack (`accepted`) or on the way (`dispatched`)."""
    return fulfillment_views(
        session,
        select(Fulfillment)
        .where(Fulfillment.vendor_id == vendor_id, Fulfillment.status.in_(statuses))
        .order_by(Fulfillment.id),
    )


def purchase_counts(session: Session, retailer_id: int) -> dict[str, int]:
    """In how many placed orders of the shop each product was, by SKU: its habits, for ranking choices."""
    rows = session.execute(
        select(Product.sku, func.count())
        .join(OrderLine, OrderLine.product_id == Product.id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.retailer_id == retailer_id, Order.placed_at.is_not(None))
        .group_by(Product.sku)
    )
    return dict(rows.all())


def transitions(session: Session, order_id: int) -> list[TransitionView]:
    """Every transition of the order and its fulfillments, in the order in which they happened."""
    of_order = session.scalars(select(OrderTransition).where(OrderTransition.order_id == order_id)).all()
    of_parts = session.scalars(
        select(FulfillmentTransition)
        .join(Fulfillment, Fulfillment.id == FulfillmentTransition.fulfillment_id)
        .where(Fulfillment.order_id == order_id)
    ).all()
    rows = [("order", row) for row in of_order] + [
        (f"fulfillment:{row.fulfillment_id}", row) for row in of_parts
    ]
    rows_of_all = [
        TransitionView(
            at=row.at,
            subject=subject,
            from_status=row.from_status,
            to_status=row.to_status,
            reason=row.reason,
            facts=row.facts,
            actor=row.actor,
            via=row.via,
        )
        for subject, row in rows
    ]
    return sorted(rows_of_all, key=lambda row: row.at)


def order_views(session: Session, orders: Sequence[Order]) -> list[OrderView]:
    """Views of *orders* in their order, read together."""
    ids = [order.id for order in orders]
    parts: dict[int, list[FulfillmentView]] = defaultdict(list)
    for part in fulfillment_views(
        session, select(Fulfillment).where(Fulfillment.order_id.in_(ids)).order_by(Fulfillment.id)
    ):
        parts[part.order_id].append(part)
    lines: dict[int, list[OrderLine]] = defaultdict(list)
    for line in session.scalars(
        select(OrderLine).where(OrderLine.order_id.in_(ids)).order_by(OrderLine.position)
    ):
        lines[line.order_id].append(line)
    products = catalog.products_by_ids(
        session, {ProductId(line.product_id) for some in lines.values() for line in some}
    )
    shops = _shop_names(session, {order.retailer_id for order in orders})
    return [
        OrderView(
            order_id=order.id,
            short_code=order.short_code,
            retailer_id=order.retailer_id,
            shop_name=shops[order.retailer_id],
            status=order.status,
            terms=order.terms,
            lines=tuple(
                OrderLineView(
                    line=_line_view(line, products[ProductId(line.product_id)]),
                    promised=line.promised_quantity,
                    unfulfilled=line.unfulfilled_quantity,
                )
                for line in lines[order.id]
            ),
            fulfillments=tuple(parts[order.id]),
            total=_total(order, parts[order.id]),
            placed_at=order.placed_at,
            ended_at=order.ended_at,
            end_reason=order.end_reason,
            asked=order.asked,
            asked_facts=order.asked_facts or {},
            asked_at=order.asked_at,
        )
        for order in orders
    ]


def fulfillment_views(session: Session, wanted: Select[Fulfillment]) -> list[FulfillmentView]:
    """Views of the fulfillments that *wanted* selects, in its order."""
    parts = session.scalars(wanted).all()
    lines = _fulfillment_lines(session, [part.id for part in parts])
    orders = {
        order.id: order
        for order in session.scalars(select(Order).where(Order.id.in_({part.order_id for part in parts})))
    }
    shops = _shop_names(session, {order.retailer_id for order in orders.values()})
    vendors = _vendor_names(session, {part.vendor_id for part in parts})
    return [
        FulfillmentView(
            fulfillment_id=part.id,
            order_id=part.order_id,
            short_code=orders[part.order_id].short_code or 0,
            vendor_id=part.vendor_id,
            vendor_name=vendors[part.vendor_id],
            retailer_id=orders[part.order_id].retailer_id,
            shop_name=shops[orders[part.order_id].retailer_id],
            status=part.status,
            terms=orders[part.order_id].terms or Terms.CREDIT,
            lines=tuple(lines[part.id]),
            total=Money(part.total_minor),
            delivery_code=part.delivery_code,
            eta_at=part.eta_at,
            accepted_at=part.accepted_at,
            dispatched_at=part.dispatched_at,
            delivered_at=part.delivered_at,
        )
        for part in parts
    ]


def _fulfillment_lines(session: Session, ids: Sequence[int]) -> dict[int, list[FulfillmentLineView]]:
    """The lines of each fulfillment in the order in which the shop said them, priced by what was handed over."""
    rows = session.execute(
        select(FulfillmentLine, OrderLine)
        .join(OrderLine, OrderLine.id == FulfillmentLine.order_line_id)
        .where(FulfillmentLine.fulfillment_id.in_(ids))
        .order_by(OrderLine.position)
    ).all()
    products = catalog.products_by_ids(session, {ProductId(line.product_id) for line, _ in rows})
    lines: dict[int, list[FulfillmentLineView]] = defaultdict(list)
    for line, order_line in rows:
        handed = line.quantity if line.delivered_quantity is None else line.delivered_quantity
        lines[line.fulfillment_id].append(
            FulfillmentLineView(
                line=_line_view(order_line, products[ProductId(line.product_id)], quantity_of=line),
                delivered=line.delivered_quantity,
                unit_price=Money(line.unit_price_minor),
                price=price_line(Money(line.unit_price_minor), handed, line.vat_basis_points),
            )
        )
    return lines


def _total(order: Order, parts: Iterable[FulfillmentView]) -> Money:
    """The promised total once nothing is sought any more, the ceiling before."""
    if order.status is OrderStatus.DRAFT or order.status in SOUGHT:
        return Money(order.ceiling_minor or order.shown_total_minor or 0)
    return total(part.total for part in parts if part.status in LIVE)


def said_in_lines(session: Session, order_line_ids: Iterable[int]) -> dict[int, Said]:
    """How the quantities of order lines were said, where that wasn't in base pieces."""
    lines = session.scalars(select(OrderLine).where(OrderLine.id.in_(set(order_line_ids))))
    return {line.id: line.said for line in lines if line.said is not None}


def _line_view(line: OrderLine, product: Product, *, quantity_of: FulfillmentLine | None = None) -> LineView:
    quantity = quantity_of.quantity if quantity_of else line.quantity
    return LineView(
        order_line_id=line.id,
        product_id=product.id,
        sku=product.sku,
        name=product.name,
        name_ne=product.name_ne,
        short_label=product.short_label,
        unit=product.unit,
        position=line.position,
        quantity=quantity,
        said=line.said.of(quantity) if line.said else None,
    )


def _shop_names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    rows = session.execute(select(Retailer.id, Retailer.shop_name).where(Retailer.id.in_(set(ids))))
    return dict(rows.all())


def _vendor_names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    rows = session.execute(select(Vendor.id, Vendor.business_name).where(Vendor.id.in_(set(ids))))
    return dict(rows.all())
