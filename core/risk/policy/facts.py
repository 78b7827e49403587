"""What is known of a retailer when it is judged."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from core.money import ZERO, Money


@dataclass(frozen=True, kw_only=True, slots=True)
class DueInvoice:
    """An invoice on credit whose due day has passed. `days_late` runs to the day it was paid, or to today."""

    invoice_id: int
    due_on: dt.date
    days_late: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentFacts:
    """Over the invoices on credit that are paid or past due. A claim counts from the day it was made, once confirmed.

    `newest` are the last fifty that are past due, the newest first; the `recent_` counts are over the same.
    """

    invoices: int = 0
    due: Money = ZERO
    paid_in_time: Money = ZERO
    days_late: int = 0
    recent: int = 0
    recent_late: int = 0
    recent_days_late: int = 0
    newest: tuple[DueInvoice, ...] = ()
    # The due day of the newest invoice that was late.
    last_delay_on: dt.date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderFacts:
    """Over the orders placed in the window. Gaps are between deliverable orders, in days."""

    placed: int = 0
    delivered: int = 0
    # Canceled by the shop itself, not to change the order.
    canceled: int = 0
    # Ended because the shop left our question unanswered.
    stale: int = 0
    # Reports of short goods that the vendor or an admin refused.
    disputes_refused: int = 0
    days_observed: int = 0
    days_since_last: int | None = None
    gap_mean_days: Decimal | None = None
    gap_deviation_days: Decimal | None = None
    value_mean_minor: Decimal | None = None
    value_deviation_minor: Decimal | None = None
    # Placed in the last 7 days, and in the 28 days before them.
    last_week: int = 0
    four_weeks_before: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class RetailerFacts:
    """One retailer today. Amounts are of its account on the platform."""

    retailer_id: int
    today: dt.date
    approved_on: dt.date
    has_delivery: bool
    limit: Money
    exposure: Money
    overdue: Money
    oldest_overdue_invoice_id: int | None
    oldest_days_past_due: int
    # A report of short goods or a payment claim that waits for its answer: the delay may not be the shop's.
    has_open_dispute: bool
    payments: PaymentFacts
    orders: OrderFacts
