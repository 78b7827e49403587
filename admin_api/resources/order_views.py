"""Orders in responses: in a list, with their parts, and with their whole history."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import Field

from admin_api.fields import (
    QuantityOut,
    RowId,
    Rupees,
    SaidOut,
    View,
    quantity_text,
    quantity_text_or_none,
)
from admin_api.problems import json_safe
from core.credit.kinds import PaidState
from core.orders.kinds import FulfillmentStatus, OrderStatus, Terms
from core.orders.queries import TransitionView
from core.orders.summaries import OrderSummary
from core.orders.views import FulfillmentView, LineView, OrderView
from core.refs import order_number


class OrderSummaryOut(View):
    """`total` is the promised total once everything is promised; before that, the ceiling."""

    id: RowId
    number: str | None = Field(examples=["KH-001042"])
    short_code: int | None = Field(examples=[1042])
    retailer_id: int
    shop_name: str
    status: OrderStatus
    terms: Terms | None
    line_count: int
    total: Rupees
    placed_at: dt.datetime | None
    ended_at: dt.datetime | None
    end_reason: str | None
    asked: str | None = Field(description="What waits for the retailer's decision: `dearer` or `part`.")


class LineOut(View):
    order_line_id: int
    product_id: int
    sku: str
    name: str
    name_ne: str | None
    unit: str
    position: int
    quantity: QuantityOut
    said_as: SaidOut | None


class OrderLineOut(LineOut):
    """promised + unfulfilled + what is still sought = quantity."""

    promised: QuantityOut
    unfulfilled: QuantityOut


class FulfillmentLineOut(LineOut):
    delivered: QuantityOut | None
    unit_price: Rupees
    net: Rupees
    vat: Rupees
    total: Rupees


class FulfillmentOut(View):
    """What one vendor promised of an order. Only the retailer sees `delivery_code`."""

    id: RowId
    order_id: int
    order_number: str
    vendor_id: int
    vendor_name: str
    retailer_id: int
    shop_name: str
    status: FulfillmentStatus
    terms: Terms
    lines: list[FulfillmentLineOut]
    total: Rupees
    delivery_code: str | None
    eta_at: dt.datetime | None
    accepted_at: dt.datetime
    dispatched_at: dt.datetime | None
    delivered_at: dt.datetime | None


class TransitionOut(View):
    """`subject` is `order`, or `fulfillment:<id>`."""

    at: dt.datetime
    subject: str
    from_status: str | None
    to_status: str
    reason: str | None
    facts: dict[str, Any]
    actor: str
    via: str


class OrderOut(OrderSummaryOut):
    version: int
    lines: list[OrderLineOut]
    fulfillments: list[FulfillmentOut]
    asked_facts: dict[str, Any]
    asked_at: dt.datetime | None = Field(description="Which question it is: its answer names this time.")
    payment_status: PaidState | None = Field(description="From the ledger; null before the first delivery.")


def order_summary(summary: OrderSummary) -> OrderSummaryOut:
    order = summary.order
    return OrderSummaryOut(
        id=order.id,
        number=None if order.short_code is None else order_number(order.short_code),
        short_code=order.short_code,
        retailer_id=order.retailer_id,
        shop_name=summary.shop_name,
        status=order.status,
        terms=order.terms,
        line_count=summary.line_count,
        total=Rupees.of(summary.total),
        placed_at=order.placed_at,
        ended_at=order.ended_at,
        end_reason=order.end_reason,
        asked=order.asked,
    )


def order_facts(
    order: OrderView, *, version: int, payment_status: PaidState | None, shows_codes: bool
) -> dict[str, Any]:
    return {
        **_summary(order),
        "version": version,
        "lines": [
            OrderLineOut(
                **line_facts(row.line),
                promised=quantity_text(row.promised),
                unfulfilled=quantity_text(row.unfulfilled),
            )
            for row in order.lines
        ],
        "fulfillments": [fulfillment_out(part, shows_code=shows_codes) for part in order.fulfillments],
        "asked_facts": json_safe(order.asked_facts),
        "asked_at": order.asked_at,
        "payment_status": payment_status,
    }


def fulfillment_out(part: FulfillmentView, *, shows_code: bool) -> FulfillmentOut:
    return FulfillmentOut(
        id=part.fulfillment_id,
        order_id=part.order_id,
        order_number=order_number(part.short_code),
        vendor_id=part.vendor_id,
        vendor_name=part.vendor_name,
        retailer_id=part.retailer_id,
        shop_name=part.shop_name,
        status=part.status,
        terms=part.terms,
        lines=[
            FulfillmentLineOut(
                **line_facts(row.line),
                delivered=quantity_text_or_none(row.delivered),
                unit_price=Rupees.of(row.unit_price),
                net=Rupees.of(row.price.net),
                vat=Rupees.of(row.price.vat),
                total=Rupees.of(row.price.total),
            )
            for row in part.lines
        ],
        total=Rupees.of(part.total),
        delivery_code=part.delivery_code if shows_code else None,
        eta_at=part.eta_at,
        accepted_at=part.accepted_at,
        dispatched_at=part.dispatched_at,
        delivered_at=part.delivered_at,
    )


def transition_out(moved: TransitionView) -> TransitionOut:
    return TransitionOut(
        at=moved.at,
        subject=moved.subject,
        from_status=moved.from_status,
        to_status=moved.to_status,
        reason=moved.reason,
        facts=json_safe(moved.facts),
        actor=moved.actor,
        via=moved.via,
    )


def line_facts(line: LineView) -> dict[str, Any]:
    return {
        "order_line_id": line.order_line_id,
        "product_id": line.product_id,
        "sku": line.sku,
        "name": line.name,
        "name_ne": line.name_ne,
        "unit": line.unit,
        "position": line.position,
        "quantity": quantity_text(line.quantity),
        "said_as": SaidOut.of(line.said),
    }


def _summary(order: OrderView) -> dict[str, Any]:
    return {
        "id": order.order_id,
        "number": None if order.short_code is None else order_number(order.short_code),
        "short_code": order.short_code,
        "retailer_id": order.retailer_id,
        "shop_name": order.shop_name,
        "status": order.status,
        "terms": order.terms,
        "line_count": len(order.lines),
        "total": Rupees.of(order.total),
        "placed_at": order.placed_at,
        "ended_at": order.ended_at,
        "end_reason": order.end_reason,
        "asked": order.asked,
    }
