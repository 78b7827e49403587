"""Whom a changed rule would have hit in the last 90 days, beside whom it hits as it is. Nothing is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.clock import business_date
from core.credit.policy import OverdueBlocking
from core.money import Money
from core.risk.kinds import ActionKind, RiskPart
from core.risk.models import RiskAction, RiskScoreRow
from core.risk.policy.actions import delays_in_a_row, limit_after_cut
from core.risk.policy.facts import RetailerFacts
from core.risk.policy.risk_score import weighted
from core.risk.queries.facts import approved_ids, gather_facts
from core.risk.settings import (
    CreditScoreSettings,
    DelayRule,
    LimitRules,
    RiskThresholds,
    RiskWeights,
    UnusualOrders,
)
from core.settings.service import Category, current

DAYS: Final = 90
_SLICE: Final = 500

# At each order: how many came in the 7 days that end with it, and in the 28 days before those.
_SPIKES: Final = text("""
    SELECT DISTINCT retailer_id FROM (
        SELECT retailer_id, placed_at,
               count(*) OVER week AS last_week, count(*) OVER before AS four_weeks_before
        FROM orders
        WHERE placed_at > :since - interval '35 days' AND placed_at <= :now
        WINDOW week AS (PARTITION BY retailer_id ORDER BY placed_at
                        RANGE BETWEEN interval '7 days' PRECEDING AND CURRENT ROW),
               before AS (PARTITION BY retailer_id ORDER BY placed_at
                          RANGE BETWEEN interval '35 days' PRECEDING AND interval '7 days' PRECEDING)
    ) counted
    WHERE placed_at > :since AND four_weeks_before >= :least AND last_week * 4 >= :factor * four_weeks_before
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class DryRun:
    """Retailers by id: hit by the rule as it is, and as it would be."""

    before: frozenset[int]
    after: frozenset[int]


def dry_run(session: Session, changed: Category, *, now: dt.datetime) -> DryRun:
    """Compare the rule in force with *changed*, a value of the same category.

    Delays and overdue debts are looked up in the last fifty due invoices of each retailer, scores in those that were
    kept, cuts in those that were made.
    """
    find = _FINDERS[type(changed)]
    present = current(session, type(changed)).values
    return DryRun(before=frozenset(find(session, present, now)), after=frozenset(find(session, changed, now)))


def _everybody(session: Session, now: dt.datetime) -> Iterator[RetailerFacts]:
    window, after = current(session, CreditScoreSettings).values, 0
    while ids := approved_ids(session, after=after, limit=_SLICE):
        yield from gather_facts(session, ids, window, now=now)
        after = ids[-1]


def _delayed(session: Session, rule: DelayRule, now: dt.datetime) -> Iterator[int]:
    since = business_date(now) - dt.timedelta(days=DAYS)
    for facts in _everybody(session, now):
        newest = facts.payments.newest
        starts = (place for place, invoice in enumerate(newest) if invoice.due_on >= since)
        if any(delays_in_a_row(newest[place:], counted=(), rule=rule) for place in starts):
            yield facts.retailer_id


def _stopped(session: Session, rule: OverdueBlocking, now: dt.datetime) -> Iterator[int]:
    today = business_date(now)
    late_by = dt.timedelta(days=rule.block_after_days)
    since = today - dt.timedelta(days=DAYS)
    for facts in _everybody(session, now):
        was_late = any(
            invoice.days_late >= rule.block_after_days and invoice.due_on + late_by >= since
            for invoice in facts.payments.newest
        )
        if was_late or facts.oldest_days_past_due >= rule.block_after_days:
            yield facts.retailer_id


def _critical(session: Session, rule: RiskThresholds, now: dt.datetime) -> Iterator[int]:
    kept = select(RiskScoreRow.retailer_id).where(RiskScoreRow.calculated_at > now - dt.timedelta(days=DAYS))
    highest = kept.group_by(RiskScoreRow.retailer_id).having(
        func.max(RiskScoreRow.score) >= rule.critical_from
    )
    yield from session.scalars(highest)


def _weighed(session: Session, weights: RiskWeights, now: dt.datetime) -> Iterator[int]:
    critical_from = current(session, RiskThresholds).values.critical_from
    kept = select(RiskScoreRow.retailer_id, RiskScoreRow.parts).where(
        RiskScoreRow.calculated_at > now - dt.timedelta(days=DAYS)
    )
    for retailer_id, parts in session.execute(kept.execution_options(yield_per=1000)):
        if weighted(_parts(parts), weights) >= critical_from:
            yield retailer_id


def _parts(kept: Mapping[str, Any]) -> dict[RiskPart, Decimal]:
    return {part: Decimal(kept[part.value]) for part in RiskPart}


def _cut_further(session: Session, bounds: LimitRules, now: dt.datetime) -> Iterator[int]:
    """Retailers whose cuts of the time would have ended at another limit than they did."""
    rule = current(session, DelayRule).values
    cuts = session.scalars(
        select(RiskAction).where(
            RiskAction.kind == ActionKind.LIMIT_CUT, RiskAction.at > now - dt.timedelta(days=DAYS)
        )
    )
    for cut in cuts:
        before, after = Money(cut.before_minor or 0), Money(cut.after_minor or 0)
        would_be = limit_after_cut(before, [], rule, bounds)
        if would_be is not None and would_be != after:
            yield cut.retailer_id


def _spiking(session: Session, rule: UnusualOrders, now: dt.datetime) -> Iterator[int]:
    facts = {
        "since": now - dt.timedelta(days=DAYS),
        "now": now,
        "least": rule.least_orders_before,
        "factor": rule.factor,
    }
    yield from session.scalars(_SPIKES, facts)


_FINDERS: Final[Mapping[type[Category], Callable[[Session, Any, dt.datetime], Iterator[int]]]] = {
    DelayRule: _delayed,
    OverdueBlocking: _stopped,
    RiskThresholds: _critical,
    RiskWeights: _weighed,
    LimitRules: _cut_further,
    UnusualOrders: _spiking,
}
