"""Keep each retailer's scores: a row whenever one changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from core.risk.models import CreditScoreRow, RiskScoreRow
from core.risk.policy.credit_score import CreditScore, Raise, Reason, credit_score
from core.risk.policy.facts import RetailerFacts
from core.risk.policy.risk_score import RiskScore, risk_score
from core.risk.queries.facts import gather_facts
from core.risk.queries.kept import newest_credit_scores, newest_risk_scores
from core.risk.settings import CreditScoreSettings, RiskThresholds, RiskWeights
from core.settings.service import Versioned, current


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """A retailer's facts today and what they come to."""

    facts: RetailerFacts
    credit: CreditScore
    risk: RiskScore


def judge(session: Session, retailer_ids: Collection[int], *, now: dt.datetime) -> list[Judged]:
    """Both scores of the approved ones among these retailers, as of now; nothing is written."""
    window = current(session, CreditScoreSettings).values
    weights, thresholds = current(session, RiskWeights).values, current(session, RiskThresholds).values
    return [
        Judged(
            facts=facts,
            credit=credit_score(facts, window),
            risk=risk_score(facts, weights, thresholds),
        )
        for facts in gather_facts(session, retailer_ids, window, now=now)
    ]


def keep_credit_scores(session: Session, judged: Sequence[Judged], *, now: dt.datetime) -> int:
    """Add a row for each credit score that changed, or whose reasons did. Returns how many."""
    rules = current(session, CreditScoreSettings)
    before = newest_credit_scores(session, [one.facts.retailer_id for one in judged])
    rows = [
        _credit_row(one, rules, now=now)
        for one in judged
        if _has_credit_changed(before.get(one.facts.retailer_id), one.credit)
    ]
    if rows:
        session.execute(insert(CreditScoreRow), rows)
    return len(rows)


def keep_risk_scores(session: Session, judged: Sequence[Judged], *, now: dt.datetime) -> int:
    """Add a row for each risk score that changed. Returns how many."""
    versions = {
        kind.CATEGORY: current(session, kind).version
        for kind in (RiskWeights, RiskThresholds, CreditScoreSettings)
    }
    before = newest_risk_scores(session, [one.facts.retailer_id for one in judged])
    rows = [
        {
            "retailer_id": one.facts.retailer_id,
            "score": one.risk.score,
            "level": one.risk.level,
            "parts": {part.value: str(value) for part, value in one.risk.parts.items()},
            "settings_versions": versions,
            "calculated_at": now,
        }
        for one in judged
        if (kept := before.get(one.facts.retailer_id)) is None
        or (kept.score, kept.level) != (one.risk.score, one.risk.level)
    ]
    if rows:
        session.execute(insert(RiskScoreRow), rows)
    return len(rows)


def recalculate_credit(session: Session, retailer_ids: Collection[int], *, now: dt.datetime) -> int:
    """Credit scores of a slice of retailers, kept where they changed. Returns how many changed."""
    return keep_credit_scores(session, judge(session, retailer_ids, now=now), now=now)


def as_kept(found: Reason | Raise) -> dict[str, Any]:
    """A reason as it is stored, and shown by the API."""
    kept: dict[str, Any] = {"code": found.code.value, "facts": dict(found.facts or {})}
    return {**kept, "points": found.points} if isinstance(found, Raise) else kept


def _credit_row(one: Judged, rules: Versioned[CreditScoreSettings], *, now: dt.datetime) -> dict[str, Any]:
    return {
        "retailer_id": one.facts.retailer_id,
        "score": one.credit.score,
        "tier": one.credit.tier,
        "parts": {part.value: str(value) for part, value in one.credit.parts.items()},
        "reasons": [as_kept(reason) for reason in one.credit.reasons],
        "raises": [as_kept(found) for found in one.credit.raises],
        "settings_version": rules.version,
        "calculated_at": now,
    }


def _has_credit_changed(kept: CreditScoreRow | None, found: CreditScore) -> bool:
    """A part moves every day with the account's age, which alone is no news."""
    if kept is None or kept.score != found.score:
        return True
    return [reason["code"] for reason in kept.reasons] != [reason.code.value for reason in found.reasons]
