"""What risk control does by itself: cut a limit, give it back, say that credit stopped, notice a spike of orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.money import ZERO, Money
from core.risk.policy.facts import DueInvoice, OrderFacts, RetailerFacts
from core.risk.settings import BASIS_POINTS, DelayRule, LimitRules, UnusualOrders

WEEK = dt.timedelta(days=7)
WEEKS_BEFORE = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """An automatic cut that stands: the limit before and after, and the delays that caused it."""

    action_id: int
    before: Money
    after: Money
    invoice_ids: tuple[int, ...]
    at: dt.datetime


def delays_in_a_row(
    newest: Sequence[DueInvoice], *, counted: Collection[int], rule: DelayRule
) -> tuple[int, ...] | None:
    """The invoices of the last delays in a row, or None. *counted* are those that caused a cut before.

    *newest* are the invoices past due, the newest first: one that was paid in time among the last ends the row.
    """
    last = newest[: rule.consecutive_delays]
    if len(last) < rule.consecutive_delays:
        return None
    if any(not one.days_late or one.invoice_id in counted for one in last):
        return None
    return tuple(sorted(one.invoice_id for one in last))


def limit_after_cut(limit: Money, cuts: Sequence[Cut], rule: DelayRule, bounds: LimitRules) -> Money | None:
    """The limit after one more cut; None when it is as low as automatic cuts go.

    In all at most the largest cut is taken off the limit that stood before the first, and never below the floor.
    """
    original = original_limit(limit, cuts)
    lowest = max(original.share(BASIS_POINTS - bounds.largest_cut_basis_points), Money(bounds.floor_minor))
    after = max(limit.share(BASIS_POINTS - rule.cut_basis_points), lowest)
    return after if after < limit else None


def original_limit(limit: Money, cuts: Sequence[Cut]) -> Money:
    """The limit before the first of the *cuts* that still make today's. An admin's new limit ends their row.

    *cuts* are those that stand, the oldest first.
    """
    original = limit
    for cut in reversed(cuts):
        if cut.after != original:
            break
        original = cut.before
    return original


def standing_cuts(limit: Money, cuts: Sequence[Cut]) -> list[Cut]:
    """The *cuts* that still make today's limit, the oldest first."""
    standing: list[Cut] = []
    reached = limit
    for cut in reversed(cuts):
        if cut.after != reached:
            break
        standing.insert(0, cut)
        reached = cut.before
    return standing


def may_restore(
    facts: RetailerFacts, cuts: Sequence[Cut], *, risk: Decimal, now: dt.datetime, bounds: LimitRules
) -> bool:
    """Whether the last cut was long enough ago, with no new delay since and little risk."""
    standing = standing_cuts(facts.limit, cuts)
    if not standing:
        return False
    last = standing[-1].at
    is_old = now >= last + dt.timedelta(days=bounds.restore_after_days)
    delayed = facts.payments.last_delay_on
    has_new_delay = facts.overdue > ZERO or (delayed is not None and delayed >= last.date())
    return is_old and not has_new_delay and risk < bounds.restore_below_risk


def is_spike(orders: OrderFacts, rule: UnusualOrders) -> bool:
    """Whether the orders of the last 7 days are at least `factor` times the weekly mean of the 4 weeks before."""
    if orders.four_weeks_before < rule.least_orders_before:
        return False
    return orders.last_week * WEEKS_BEFORE >= rule.factor * orders.four_weeks_before


@dataclass(frozen=True, kw_only=True, slots=True)
class FestivalDays:
    """The days of one festival, both ends included."""

    first: dt.date
    last: dt.date


def is_festive(today: dt.date, festivals: Iterable[FestivalDays]) -> bool:
    """Whether a festival falls into the 7 days that end today, or into the 7 that follow, when shops stock up."""
    return any(one.first <= today + WEEK and one.last >= today - WEEK for one in festivals)
