"""What the order use cases answer with: plain values that the chat and the API word in their own ways."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.money import ZERO, Money
from core.orders.kinds import FulfillmentStatus, OrderStatus, Terms
from core.pricing.policy import LinePrice
from core.quantity import Said
from core.routing.service import Missing


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLine:
    product_id: int
    quantity: Decimal
    # The words the line was read from; kept for the order's history, never shown to others.
    source_text: str | None = None
    # The quantity stands in the place of what is there; otherwise it is added.
    is_set: bool = False
    # None where base pieces were said.
    said: Said | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class BasketLine:
    """A line as the basket shows it. Without a price nobody has it now; `short_by` is what nobody has of it."""

    position: int
    product_id: int
    sku: str
    name: str
    name_ne: str | None
    short_label: str
    unit: str
    case_quantity: int
    quantity: Decimal
    short_by: Decimal
    # None when the line is split over vendors at different prices.
    unit_price: Money | None
    price: LinePrice | None
    added_by: str
    # How `quantity` was said, if not in base pieces.
    said: Said | None = None
    # Why nobody has it, and what could be had instead where a minimum is the reason.
    why_short: Missing | None = None

    @property
    def is_available(self) -> bool:
        return self.price is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class BasketView:
    order_id: int
    retailer_id: int
    version: int
    lines: tuple[BasketLine, ...]
    net: Money
    vat: Money
    total: Money
    # How many vendors would deliver it now.
    vendors: int
    touched_at: dt.datetime

    @property
    def is_empty(self) -> bool:
        return not self.lines

    @property
    def is_placeable(self) -> bool:
        return any(line.is_available for line in self.lines)


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceThen:
    """A line of an earlier order whose price differs now."""

    product_id: int
    name: str
    name_ne: str | None
    then: Money
    now: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class SameAgain:
    """The basket after an earlier order's lines went in, with what is not as it was."""

    basket: BasketView
    from_short_code: int
    prices: tuple[PriceThen, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    order_id: int
    short_code: int
    total: Money
    terms: Terms
    status: OrderStatus
    # Lower than what was last shown, when a cheaper vendor turned up.
    saved: Money
    # When the vendor that is asked opens, and by when it answers; None where it is open now.
    rings_at: dt.datetime | None = None
    answer_by: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """A yes that did not become an order, with a stable code and the facts that explain it."""

    code: str
    facts: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class LineView:
    order_line_id: int
    product_id: int
    sku: str
    name: str
    name_ne: str | None
    short_label: str
    unit: str
    position: int
    quantity: Decimal
    # How `quantity` was said, if not in base pieces, and as far as a part of a line is whole units.
    said: Said | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderLineView:
    line: LineView
    promised: Decimal
    unfulfilled: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class FulfillmentLineView:
    line: LineView
    delivered: Decimal | None
    unit_price: Money
    price: LinePrice


@dataclass(frozen=True, kw_only=True, slots=True)
class FulfillmentView:
    fulfillment_id: int
    order_id: int
    short_code: int
    vendor_id: int
    vendor_name: str
    retailer_id: int
    shop_name: str
    status: FulfillmentStatus
    terms: Terms
    lines: tuple[FulfillmentLineView, ...]
    total: Money
    # Shown to the retailer only.
    delivery_code: str | None
    eta_at: dt.datetime | None
    accepted_at: dt.datetime
    dispatched_at: dt.datetime | None
    delivered_at: dt.datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderView:
    order_id: int
    short_code: int | None
    retailer_id: int
    shop_name: str
    status: OrderStatus
    terms: Terms | None
    lines: tuple[OrderLineView, ...]
    fulfillments: tuple[FulfillmentView, ...]
    # What the order comes to: the promised total once everything is promised, the ceiling before.
    total: Money
    placed_at: dt.datetime | None
    ended_at: dt.datetime | None
    end_reason: str | None
    asked: str | None
    asked_facts: dict[str, Any]
    asked_at: dt.datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    fulfillment: FulfillmentView
    # Less than was offered.
    is_part: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """A part that is weighed when nobody who was asked together can take everything any more."""

    offer_id: int
    order_id: int
    until: dt.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered:
    fulfillment: FulfillmentView
    invoice_id: int
    invoice_number: str
    total: Money
    # What was handed over of an order for cash; the rest is owed as cash. None for an order on credit.
    cash_taken: Money | None = None

    @property
    def cash_received(self) -> bool:
        """Whether all of it came."""
        return self.cash_taken == self.total

    @property
    def cash_due(self) -> Money:
        return ZERO if self.cash_taken is None else self.total - self.cash_taken


@dataclass(frozen=True, kw_only=True, slots=True)
class WrongCode:
    """No parcel of this vendor has that code. At zero tries left an admin looks."""

    tries_left: int
