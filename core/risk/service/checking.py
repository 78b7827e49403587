"""The hourly look at every approved retailer: scores, alerts, and what the rules do by themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy.orm import Session

from core.alerts import service as alerts
from core.alerts.causes import Cause
from core.alerts.kinds import AlertKind, Severity
from core.credit import service as credit
from core.outbox.models import Queue
from core.outbox.service import add_job
from core.risk.kinds import RiskLevel
from core.risk.policy.actions import delays_in_a_row, is_festive, is_spike, may_restore
from core.risk.queries.facts import approved_ids
from core.risk.queries.kept import Past, festivals, past_of
from core.risk.service import actions
from core.risk.service.scores import Judged, judge, keep_credit_scores, keep_risk_scores
from core.risk.settings import DelayRule, LimitRules, UnusualOrders
from core.settings.service import current

CHECK_RISK: Final = "check_risk"
SCORE_RETAILERS: Final = "score_retailers"
# How many retailers one job looks at.
SLICE: Final = 500
# An alert to a spike of orders is news for a week.
SPIKE_LIVES: Final = dt.timedelta(days=7)


def ask_for_all(session: Session, kind: str, *, now: dt.datetime) -> int:
    """One job of *kind* for each slice of the approved retailers. Returns how many jobs."""
    after, jobs = 0, 0
    while ids := approved_ids(session, after=after, limit=SLICE):
        ask_for(session, kind, ids, now=now)
        after, jobs = ids[-1], jobs + 1
    return jobs


def ask_for(session: Session, kind: str, retailer_ids: Sequence[int], *, now: dt.datetime) -> None:
    """A job that looks at these retailers; while it waits the same ones are not asked for twice."""
    add_job(
        session,
        kind,
        queue=Queue.CREDIT_SCORE,
        arguments={"retailer_ids": list(retailer_ids)},
        dedup_key=f"retailers:{retailer_ids[0]}-{retailer_ids[-1]}",
        now=now,
    )


def check(session: Session, retailer_ids: Collection[int], *, now: dt.datetime) -> list[Judged]:
    """Judge these retailers, keep both scores, raise and resolve alerts, and apply the rules.

    A fixed number of statements for all, and some more for each limit that changes. Repeating it changes nothing.
    """
    judged = judge(session, retailer_ids, now=now)
    keep_risk_scores(session, judged, now=now)
    keep_credit_scores(session, judged, now=now)
    _alert(session, judged, now=now)
    past = past_of(session, [one.facts.retailer_id for one in judged])
    actions.follow_overdue(session, [one.facts for one in judged], past, now=now)
    delay_rule, bounds = current(session, DelayRule).values, current(session, LimitRules).values
    to_cut = [one.facts.retailer_id for one in judged if _may_cut(one, past, delay_rule)]
    to_restore = [
        one.facts.retailer_id
        for one in judged
        if one.facts.retailer_id not in to_cut
        and may_restore(
            one.facts, past.cuts(one.facts.retailer_id), risk=one.risk.score, now=now, bounds=bounds
        )
    ]
    credit.lock_accounts(session, {*to_cut, *to_restore}, now=now)
    for retailer_id in to_cut:
        actions.cut_limit(session, retailer_id, now=now)
    for retailer_id in to_restore:
        actions.restore_limit(session, retailer_id, now=now)
    return judged


def _may_cut(one: Judged, past: Past, rule: DelayRule) -> bool:
    counted = past.counted(one.facts.retailer_id)
    delays = delays_in_a_row(one.facts.payments.newest, counted=counted, rule=rule)
    return delays is not None and not one.facts.has_open_dispute


def _alert(session: Session, judged: Sequence[Judged], *, now: dt.datetime) -> None:
    critical = [one for one in judged if one.risk.level is RiskLevel.CRITICAL]
    alerts.raise_alerts(
        session,
        [
            Cause(
                kind=AlertKind.HIGH_RISK,
                subject_kind="retailer",
                subject_id=one.facts.retailer_id,
                severity=Severity.CRITICAL,
                facts={
                    "score": str(one.risk.score),
                    **{part.value: str(value) for part, value in one.risk.parts.items()},
                },
            )
            for one in critical
        ],
        now=now,
    )
    calm = [one.facts.retailer_id for one in judged if one.risk.level is not RiskLevel.CRITICAL]
    alerts.resolve(session, AlertKind.HIGH_RISK, subject_kind="retailer", subject_ids=calm, now=now)
    _alert_to_spikes(session, judged, now=now)


def _alert_to_spikes(session: Session, judged: Sequence[Judged], *, now: dt.datetime) -> None:
    rule = current(session, UnusualOrders).values
    spikes = [one.facts for one in judged if is_spike(one.facts.orders, rule)]
    if not spikes or is_festive(spikes[0].today, festivals(session)):
        return
    alerts.raise_alerts(
        session,
        [
            Cause(
                kind=AlertKind.UNUSUAL_ORDERS,
                subject_kind="retailer",
                subject_id=facts.retailer_id,
                facts={
                    "orders_of_week": facts.orders.last_week,
                    "orders_of_four_weeks_before": facts.orders.four_weeks_before,
                },
            )
            for facts in spikes
        ],
        now=now,
        expires_at=now + SPIKE_LIVES,
    )
