"""The numbers that the business decides by: their versions, who a change would have hit, and the change itself."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import Any

from flask import Blueprint, request
from sqlalchemy import select

from admin_api.endpoints import Call
from admin_api.panel.doors import Done, Shown, action, page
from admin_api.panel.forms import FieldNotUnderstood, required, whole
from admin_api.panel.routes import act, show
from admin_api.resources.risk_control import RULES
from admin_api.resources.settings import CATEGORIES, check_values
from core.errors import NotFound
from core.parties.models import Retailer
from core.risk.service import dry_run
from core.settings import service
from core.settings.models import SettingVersion
from core.settings.service import Category, SettingsRefused

_VERSIONS = 20
_MOST_NAMED = 50
_LATIN = str.maketrans("०१२३४५६७८९", "0123456789")


def add(panel: Blueprint) -> None:
    show(panel, "/rules", rules)
    show(panel, "/rules/<category>", rule)
    show(panel, "/rules/<category>/dry-run", try_rule)
    act(panel, "/rules/<category>/change", change)


@page
def rules(call: Call) -> Shown:
    present = {name: service.current(call.session, kind) for name, kind in CATEGORIES.items()}
    return Shown(template="rules.html", facts={"present": present, "risk_rules": list(RULES)})


@page
def rule(call: Call, category: str) -> Shown:
    kind = _kind(category)
    present = service.current(call.session, kind)
    versions = call.session.scalars(
        select(SettingVersion)
        .where(SettingVersion.category == category)
        .order_by(SettingVersion.version.desc())
        .limit(_VERSIONS)
    ).all()
    return Shown(
        template="rule.html",
        facts={
            "category": category,
            "present": present,
            "values": asdict(present.values),
            "defaults": asdict(kind()),
            "versions": versions,
            "has_dry_run": category in RULES,
        },
    )


@page
def try_rule(call: Call, category: str) -> Shown:
    """Whom the numbers in the address would have hit in the last 90 days. Nothing is changed."""
    if category not in RULES:
        raise NotFound(kind="rules", id=category)
    kind = RULES[category]
    values = _changed(kind, request.args.to_dict())
    check_values(kind, values)
    try:
        tried = replace(service.current(call.session, kind).values, **values)
    except (TypeError, ValueError) as odd:
        raise SettingsRefused(category=category, problem=str(odd)) from odd
    found = dry_run.dry_run(call.session, tried, now=call.now)
    newly, no_longer = sorted(found.after - found.before), sorted(found.before - found.after)
    named = newly[:_MOST_NAMED] + no_longer[:_MOST_NAMED]
    shops = {row.id: row for row in call.session.scalars(select(Retailer).where(Retailer.id.in_(named)))}
    return Shown(
        template="dry_run.html",
        facts={
            "days": dry_run.DAYS,
            "before": len(found.before),
            "after": len(found.after),
            "newly": [shops[one] for one in newly[:_MOST_NAMED]],
            "no_longer": [shops[one] for one in no_longer[:_MOST_NAMED]],
        },
    )


@action
def change(call: Call, category: str) -> Done:
    kind = _kind(category)
    values = _changed(kind, request.form.to_dict())
    seen, reason = whole("version"), required("reason")
    before = asdict(service.current(call.session, kind).values)
    values = {name: value for name, value in values.items() if before[name] != value}
    if not values:
        return Done(say="nothing")
    check_values(kind, values)
    after = service.change(
        call.session, kind, values, seen_version=seen, reason=reason, actor=call.actor, now=call.now
    )
    old = {name: _typed(before[name]) for name in values}
    return Done(
        say="rule_changed",
        facts={"what": ", ".join(f"{name} {_typed(before[name])} → {values[name]}" for name in values)},
        undo=(
            f"/admin/rules/{category}/change",
            {**old, "version": str(after.version), "reason": "undone"},
        ),
    )


def _kind(category: str) -> type[Category]:
    if category not in CATEGORIES:
        raise NotFound(kind="settings", id=category)
    return CATEGORIES[category]


def _changed(kind: type[Category], given: dict[str, str]) -> dict[str, Any]:
    """The given fields of the category, each as the type of its default."""
    found: dict[str, Any] = {}
    for field in fields(kind):
        if field.name not in given:
            continue
        text = given[field.name].strip().translate(_LATIN)
        if isinstance(field.default, bool):
            found[field.name] = text == "true"
        elif isinstance(field.default, int):
            if not text.isascii() or not text.isdigit() or len(text) > 12:
                raise FieldNotUnderstood(field=field.name)
            found[field.name] = int(text)
        else:
            found[field.name] = text
    return found


def _typed(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
