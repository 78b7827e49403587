"""Scores of retailers, what risk control did to them by itself, its rules, and the festivals in which it stays quiet."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Literal

from flask import Blueprint
from pydantic import Field, model_validator
from sqlalchemy import select

from admin_api import paging
from admin_api.endpoints import ADMIN, Call, endpoint
from admin_api.fields import Day, Given, Reason, RowId, Rupees, Text, View, rupees_or_none
from admin_api.paging import PageQuery, PageView, narrow
from admin_api.resources.alerts import AlertPage, alert_view
from admin_api.resources.settings import (
    AllSettingsView,
    Number,
    SettingsGiven,
    SettingsView,
    change_category,
    check_values,
    settings_view,
)
from core.alerts.kinds import AlertKind, AlertState
from core.alerts.models import Alert
from core.credit.policy import OverdueBlocking
from core.errors import NotFound
from core.money import Money
from core.parties.queries import get_retailer
from core.refs import RetailerId
from core.risk.errors import RetailerNotJudged
from core.risk.kinds import ActionKind, CreditTier, ReasonCode, RiskLevel
from core.risk.models import CreditScoreRow, Festival, RiskAction
from core.risk.service import checking, dry_run, festivals
from core.risk.service.actions import undo_cut
from core.risk.service.scores import Judged, as_kept, judge
from core.risk.settings import DelayRule, LimitRules, RiskThresholds, RiskWeights, UnusualOrders
from core.settings.service import Category, SettingsRefused, current

blueprint = Blueprint("api_risk_control", __name__)

RISK_ALERTS = (AlertKind.HIGH_RISK, AlertKind.UNUSUAL_ORDERS)
RULES: dict[str, type[Category]] = {
    rule.CATEGORY: rule
    for rule in (DelayRule, OverdueBlocking, RiskThresholds, UnusualOrders, LimitRules, RiskWeights)
}
_MOST_NAMED = 100


class ReasonView(View):
    """Why the score is what it is. `facts` are whole numbers; amounts are in paisa (`…_minor`)."""

    code: ReasonCode
    facts: dict[str, int]


class RaiseView(View):
    """What would raise the score, and by how many points at most."""

    code: ReasonCode
    points: int
    facts: dict[str, int]


class CreditScoreView(View):
    """From 300 to 900. Each part is from 0 to 1."""

    score: int = Field(examples=[640])
    tier: CreditTier
    parts: dict[str, str]
    reasons: list[ReasonView]
    raises: list[RaiseView]


class RiskScoreView(View):
    """From 0 to 100. Each part is from 0 to 100."""

    score: str = Field(examples=["42.50"])
    level: RiskLevel
    parts: dict[str, str]


class ScoresView(View):
    """As of now, from the ledger and the orders."""

    retailer_id: RowId
    credit: CreditScoreView
    risk: RiskScoreView
    overdue: Rupees
    oldest_days_past_due: int
    is_credit_stopped: bool


class CreditHistoryFilter(PageQuery):
    sort: Literal["id", "-id"] = "-id"


class KeptScoreView(View):
    """The credit score from `calculated_at` on. `settings_version` is that of the category `credit_score`."""

    id: RowId
    score: int
    tier: CreditTier
    parts: dict[str, str]
    reasons: list[ReasonView]
    raises: list[RaiseView]
    settings_version: int
    calculated_at: dt.datetime


class KeptScorePage(PageView):
    items: list[KeptScoreView]


class RiskAlertFilter(PageQuery):
    state: AlertState | None = None
    sort: Literal["id", "-id"] = "-id"


class ActionFilter(PageQuery):
    kind: ActionKind | None = None
    sort: Literal["id", "-id"] = "-id"


class ActionView(View):
    """Done once for each `cause`. `before` and `after` are limits; `ended_at` is set once it is undone or over."""

    id: RowId
    retailer_id: int
    kind: ActionKind
    cause: str
    rule: str
    settings_version: int
    before: Rupees | None
    after: Rupees | None
    facts: dict[str, Any]
    actor: str
    at: dt.datetime
    ended_at: dt.datetime | None
    ended_by: str | None
    end_reason: str | None


class ActionPage(PageView):
    items: list[ActionView]


class UndoGiven(Given):
    reason: Reason


class DryRunGiven(Given):
    """Values to try over those in force."""

    values: dict[str, Number] = Field(min_length=1, max_length=50, examples=[{"consecutive_delays": 2}])


class DryRunView(View):
    """Retailers that the rule hit, or would have hit, in the last 90 days; of each list at most 100 ids."""

    category: str
    days: int
    hit: int
    would_hit: int
    newly_hit: list[int]
    no_longer_hit: list[int]


class FestivalGiven(Given):
    name: Text = Field(examples=["Dashain"])
    bs_year: int = Field(ge=2070, le=2199, examples=[2083])
    first_day: Day
    last_day: Day

    @model_validator(mode="after")
    def _in_order(self) -> FestivalGiven:
        if self.first_day > self.last_day:
            raise ValueError("first_day is after last_day")
        if (self.last_day - self.first_day).days > festivals.LONGEST_DAYS:
            raise ValueError(f"a festival has at most {festivals.LONGEST_DAYS} days")
        return self


class FestivalView(View):
    id: RowId
    name: str
    bs_year: int
    first_day: dt.date
    last_day: dt.date


class FestivalsView(View):
    items: list[FestivalView]


@blueprint.get("/risk-control/retailers/<id:retailer_id>/score")
@endpoint(tag="risk control", roles=ADMIN, answer=ScoresView, refusals=[HTTPStatus.CONFLICT])
def get_scores(call: Call, retailer_id: int) -> ScoresView:
    """Credit score and risk score of an approved retailer, with their parts and reasons."""
    get_retailer(call.session, RetailerId(retailer_id))
    return _scores_view(call, _the_one(judge(call.session, [retailer_id], now=call.now), retailer_id))


@blueprint.get("/risk-control/retailers/<id:retailer_id>/score-history")
@endpoint(tag="risk control", roles=ADMIN, answer=KeptScorePage, query=CreditHistoryFilter)
def list_scores(call: Call, retailer_id: int, query: CreditHistoryFilter) -> KeptScorePage:
    """The credit scores that were kept: one whenever the score or its reasons changed."""
    get_retailer(call.session, RetailerId(retailer_id))
    wanted = select(CreditScoreRow).where(CreditScoreRow.retailer_id == retailer_id)
    found = paging.cut(call.session, wanted, key=CreditScoreRow.id, page=query, sort=query.sort)
    items = [
        KeptScoreView(
            id=row.id,
            score=row.score,
            tier=row.tier,
            parts=row.parts,
            reasons=[ReasonView(**reason) for reason in row.reasons],
            raises=[RaiseView(**one) for one in row.raises],
            settings_version=row.settings_version,
            calculated_at=row.calculated_at,
        )
        for row in found.items
    ]
    return KeptScorePage(items=items, total=found.total, next=found.next)


@blueprint.get("/risk-control/retailers/<id:retailer_id>/alerts")
@endpoint(tag="risk control", roles=ADMIN, answer=AlertPage, query=RiskAlertFilter)
def list_risk_alerts(call: Call, retailer_id: int, query: RiskAlertFilter) -> AlertPage:
    """Alerts to this retailer's risk and to unusual orders, newest first."""
    get_retailer(call.session, RetailerId(retailer_id))
    wanted = select(Alert).where(
        Alert.kind.in_(RISK_ALERTS), Alert.subject_kind == "retailer", Alert.subject_id == retailer_id
    )
    wanted = narrow(wanted, (Alert.state, query.state))
    found = paging.cut(call.session, wanted, key=Alert.id, page=query, sort=query.sort)
    return AlertPage(items=[alert_view(row) for row in found.items], total=found.total, next=found.next)


@blueprint.get("/risk-control/retailers/<id:retailer_id>/actions")
@endpoint(tag="risk control", roles=ADMIN, answer=ActionPage, query=ActionFilter)
def list_actions(call: Call, retailer_id: int, query: ActionFilter) -> ActionPage:
    """What risk control did to this retailer by itself, newest first."""
    get_retailer(call.session, RetailerId(retailer_id))
    wanted = select(RiskAction).where(RiskAction.retailer_id == retailer_id)
    wanted = narrow(wanted, (RiskAction.kind, query.kind))
    found = paging.cut(call.session, wanted, key=RiskAction.id, page=query, sort=query.sort)
    return ActionPage(items=[_action_view(row) for row in found.items], total=found.total, next=found.next)


@blueprint.post("/risk-control/check/<id:retailer_id>")
@endpoint(tag="risk control", roles=ADMIN, answer=ScoresView, is_keyed=True, refusals=[HTTPStatus.CONFLICT])
def check_retailer(call: Call, retailer_id: int) -> ScoresView:
    """Look at one retailer now, as the hourly job does: keep both scores, raise alerts, apply the rules."""
    get_retailer(call.session, RetailerId(retailer_id))
    return _scores_view(
        call, _the_one(checking.check(call.session, [retailer_id], now=call.now), retailer_id)
    )


@blueprint.post("/risk-control/actions/<id:action_id>/undo")
@endpoint(
    tag="risk control",
    roles=ADMIN,
    answer=ActionView,
    body=UndoGiven,
    is_keyed=True,
    refusals=[HTTPStatus.CONFLICT],
)
def undo_action(call: Call, action_id: int, body: UndoGiven) -> ActionView:
    """Take back the last automatic cut of a limit. The delays behind it don't cut it again."""
    return _action_view(undo_cut(call.session, action_id, reason=body.reason, actor=call.actor, now=call.now))


@blueprint.get("/risk-control/rules")
@endpoint(tag="risk control", roles=ADMIN, answer=AllSettingsView)
def list_rules(call: Call) -> AllSettingsView:
    """The six categories of rules as they are in force."""
    return AllSettingsView(items=[settings_view(call, rule) for rule in RULES.values()])


@blueprint.get("/risk-control/rules/<category>")
@endpoint(tag="risk control", roles=ADMIN, answer=SettingsView, refusals=[HTTPStatus.NOT_FOUND])
def get_rule(call: Call, category: str) -> SettingsView:
    """One category of rules."""
    return settings_view(call, _rule(category))


@blueprint.put("/risk-control/rules/<category>")
@endpoint(
    tag="risk control",
    roles=ADMIN,
    answer=SettingsView,
    body=SettingsGiven,
    is_keyed=True,
    refusals=[HTTPStatus.CONFLICT],
)
def change_rule(call: Call, category: str, body: SettingsGiven) -> SettingsView:
    """Change rules of a category."""
    return change_category(call, _rule(category), body)


@blueprint.post("/risk-control/rules/<category>/dry-run")
@endpoint(
    tag="risk control",
    roles=ADMIN,
    answer=DryRunView,
    body=DryRunGiven,
    refusals=[HTTPStatus.NOT_FOUND],
)
def try_rule(call: Call, category: str, body: DryRunGiven) -> DryRunView:
    """Whom a changed rule would have hit in the last 90 days. Nothing is changed."""
    rule = _rule(category)
    check_values(rule, body.values)
    present = current(call.session, rule).values
    try:
        changed = replace(present, **body.values)
    except (TypeError, ValueError) as problem:
        raise SettingsRefused(category=category, problem=str(problem)) from problem
    found = dry_run.dry_run(call.session, changed, now=call.now)
    return DryRunView(
        category=category,
        days=dry_run.DAYS,
        hit=len(found.before),
        would_hit=len(found.after),
        newly_hit=sorted(found.after - found.before)[:_MOST_NAMED],
        no_longer_hit=sorted(found.before - found.after)[:_MOST_NAMED],
    )


@blueprint.get("/risk-control/festivals")
@endpoint(tag="risk control", roles=ADMIN, answer=FestivalsView)
def list_festivals(call: Call) -> FestivalsView:
    """The festivals around which unusual orders raise no alert, by day."""
    rows = call.session.scalars(select(Festival).order_by(Festival.first_day, Festival.id))
    return FestivalsView(items=[_festival_view(row) for row in rows])


@blueprint.put("/risk-control/festivals")
@endpoint(tag="risk control", roles=ADMIN, answer=FestivalView, body=FestivalGiven, is_keyed=True)
def set_festival(call: Call, body: FestivalGiven) -> FestivalView:
    """Set the days of a festival in a Bikram Sambat year; the same name and year again replaces them."""
    row = festivals.set_festival(
        call.session,
        name=body.name,
        bs_year=body.bs_year,
        first_day=body.first_day,
        last_day=body.last_day,
        actor=call.actor,
        now=call.now,
    )
    return _festival_view(row)


def _rule(category: str) -> type[Category]:
    if category not in RULES:
        raise NotFound(kind="rules", id=category)
    return RULES[category]


def _the_one(judged: list[Judged], retailer_id: int) -> Judged:
    if not judged:
        raise RetailerNotJudged(retailer_id=retailer_id)
    return judged[0]


def _scores_view(call: Call, one: Judged) -> ScoresView:
    rule = current(call.session, OverdueBlocking).values
    return ScoresView(
        retailer_id=one.facts.retailer_id,
        credit=CreditScoreView(
            score=one.credit.score,
            tier=one.credit.tier,
            parts={part.value: str(value) for part, value in one.credit.parts.items()},
            reasons=[ReasonView(**as_kept(reason)) for reason in one.credit.reasons],
            raises=[RaiseView(**as_kept(found)) for found in one.credit.raises],
        ),
        risk=RiskScoreView(
            score=str(one.risk.score),
            level=one.risk.level,
            parts={part.value: str(value) for part, value in one.risk.parts.items()},
        ),
        overdue=Rupees.of(one.facts.overdue),
        oldest_days_past_due=one.facts.oldest_days_past_due,
        is_credit_stopped=one.facts.oldest_days_past_due >= rule.block_after_days
        and one.facts.overdue > Money(0),
    )


def _action_view(action: RiskAction) -> ActionView:
    return ActionView(
        id=action.id,
        retailer_id=action.retailer_id,
        kind=action.kind,
        cause=action.cause,
        rule=action.rule,
        settings_version=action.settings_version,
        before=rupees_or_none(action.before_minor),
        after=rupees_or_none(action.after_minor),
        facts=action.facts,
        actor=action.actor,
        at=action.at,
        ended_at=action.ended_at,
        ended_by=action.ended_by,
        end_reason=action.end_reason,
    )


def _festival_view(row: Festival) -> FestivalView:
    return FestivalView(
        id=row.id, name=row.name, bs_year=row.bs_year, first_day=row.first_day, last_day=row.last_day
    )
