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
    present = current(session, type(changed)).values
    if type(changed) in _OF_EACH:
        before, after = _hit(session, present, changed, now)
        return DryRun(before=before, after=after)
    find = _FINDERS[type(changed)]
    return DryRun(before=frozenset(find(session, present, now)), after=frozenset(find(session, changed, now)))


def _hit(
    session: Session, present: Category, changed: Category, now: dt.datetime
) -> tuple[frozenset[int], frozenset[int]]:
    """Whom either rule hits: the facts of everybody are gathered once for both."""
    is_hit, on = _OF_EACH[type(changed)], business_date(now)
    before, after = set[int](), set[int]()
    for facts in _everybody(session, now):
        for rule, hit in ((present, before), (changed, after)):
            if is_hit(facts, rule, on):
                hit.add(facts.retailer_id)
    return frozenset(before), frozenset(after)


def _everybody(session: Session, now: dt.datetime) -> Iterator[RetailerFacts]:
    window, after = current(session, CreditScoreSettings).values, 0
    while ids := approved_ids(session, after=after, limit=_SLICE):
        yield from gather_facts(session, ids, window, now=now)
        after = ids[-1]


def _is_delayed(facts: RetailerFacts, rule: DelayRule, today: dt.date) -> bool:
    since = today - dt.timedelta(days=DAYS)
    newest = facts.payments.newest
    starts = (place for place, invoice in enumerate(newest) if invoice.due_on >= since)
    return any(delays_in_a_row(newest[place:], counted=(), rule=rule) for place in starts)


def _is_stopped(facts: RetailerFacts, rule: OverdueBlocking, today: dt.date) -> bool:
    late_by = dt.timedelta(days=rule.block_after_days)
    since = today - dt.timedelta(days=DAYS)
    was_late = any(
        invoice.days_late >= rule.block_after_days and invoice.due_on + late_by >= since
        for invoice in facts.payments.newest
    )
    return was_late or facts.oldest_days_past_due >= rule.block_after_days


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


_OF_EACH: Final[Mapping[type[Category], Callable[[RetailerFacts, Any, dt.date], bool]]] = {
    DelayRule: _is_delayed,
    OverdueBlocking: _is_stopped,
}
_FINDERS: Final[Mapping[type[Category], Callable[[Session, Any, dt.datetime], Iterator[int]]]] = {
    RiskThresholds: _critical,
    RiskWeights: _weighed,
    LimitRules: _cut_further,
    UnusualOrders: _spiking,
}
