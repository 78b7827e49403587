"""Business settings: defaults in the code, changed as versions, each with a reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, fields
from http import HTTPStatus
from typing import Any, Literal

from flask import Blueprint
from pydantic import Field, StrictBool, StrictInt
from sqlalchemy import select

from admin_api import paging
from admin_api.endpoints import ADMIN, Call, endpoint
from admin_api.fields import Given, Reason, RowId, View
from admin_api.paging import PageQuery, PageView
from core.credit.policy import ClaimSettings, CorrectionSettings, OverdueBlocking
from core.errors import NotFound
from core.messaging.retention import RetentionSettings
from core.orders.settings import OrderSettings
from core.pricing.intelligence import IntelligenceSettings
from core.pricing.policy import PricingSettings
from core.risk.policy.collections import ReminderSettings
from core.risk.settings import (
    CreditScoreSettings,
    DelayRule,
    LimitRules,
    RiskThresholds,
    RiskWeights,
    UnusualOrders,
)
from core.routing.settings import RoutingSettings
from core.settings import service
from core.settings.models import SettingVersion
from core.settings.service import Category, SettingsRefused
from core.vendors.policy import VendorSettings

blueprint = Blueprint("api_settings", __name__)

CATEGORIES: dict[str, type[Category]] = {
    category.CATEGORY: category
    for category in (
        ClaimSettings,
        CorrectionSettings,
        CreditScoreSettings,
        DelayRule,
        IntelligenceSettings,
        LimitRules,
        OrderSettings,
        OverdueBlocking,
        PricingSettings,
        ReminderSettings,
        RetentionSettings,
        RiskThresholds,
        RiskWeights,
        RoutingSettings,
        UnusualOrders,
        VendorSettings,
    )
}
LARGEST = 10**12

Number = StrictBool | StrictInt | str


class SettingsView(View):
    """Version 0 is the default in the code. Every decision stores the version that it used."""

    category: str = Field(examples=["order_routing"])
    version: int
    values: dict[str, Number]
    defaults: dict[str, Number]


class AllSettingsView(View):
    items: list[SettingsView]


class SettingsGiven(Given):
    """The values to change. `version` is the one you read, so that nobody overwrites another's change unseen."""

    version: int = Field(ge=0, le=2**31)
    values: dict[str, Number] = Field(min_length=1, max_length=50, examples=[{"offer_minutes": 90}])
    reason: Reason


class VersionFilter(PageQuery):
    sort: Literal["id", "-id"] = "-id"


class VersionView(View):
    id: RowId
    category: str
    version: int
    values: dict[str, Any]
    changed_at: dt.datetime
    changed_by: str
    reason: str


class VersionPage(PageView):
    items: list[VersionView]


@blueprint.get("/settings")
@endpoint(tag="settings", roles=ADMIN, answer=AllSettingsView)
def list_settings(call: Call) -> AllSettingsView:
    """All current settings."""
    return AllSettingsView(items=[settings_view(call, category) for category in CATEGORIES.values()])


@blueprint.get("/settings/<category>")
@endpoint(tag="settings", roles=ADMIN, answer=SettingsView, refusals=[HTTPStatus.NOT_FOUND])
def get_settings(call: Call, category: str) -> SettingsView:
    """One category."""
    return settings_view(call, _category(category))


@blueprint.put("/settings/<category>")
@endpoint(
    tag="settings",
    roles=ADMIN,
    answer=SettingsView,
    body=SettingsGiven,
    is_keyed=True,
    refusals=[HTTPStatus.CONFLICT],
)
def change_settings(call: Call, category: str, body: SettingsGiven) -> SettingsView:
    """Change settings of a category."""
    return change_category(call, _category(category), body)


@blueprint.get("/settings/<category>/versions")
@endpoint(tag="settings", roles=ADMIN, answer=VersionPage, query=VersionFilter)
def list_setting_versions(call: Call, category: str, query: VersionFilter) -> VersionPage:
    """All versions, with who made each and why, newest first."""
    kind = _category(category)
    wanted = select(SettingVersion).where(SettingVersion.category == kind.CATEGORY)
    found = paging.cut(call.session, wanted, key=SettingVersion.id, page=query, sort=query.sort)
    items = [
        VersionView(
            id=row.id,
            category=row.category,
            version=row.version,
            values=row.values,
            changed_at=row.changed_at,
            changed_by=row.changed_by,
            reason=row.reason,
        )
        for row in found.items
    ]
    return VersionPage(items=items, total=found.total, next=found.next)


def _category(name: str) -> type[Category]:
    if name not in CATEGORIES:
        raise NotFound(kind="settings", id=name)
    return CATEGORIES[name]


def check_values(kind: type[Category], values: dict[str, Any]) -> None:
    """Refuse a value of another type than its default, or a negative number. Each category adds its own rules."""
    defaults = {field.name: field.default for field in fields(kind)}
    for name, value in values.items():
        if name not in defaults:
            continue
        is_number = type(value) is int and 0 <= value <= LARGEST
        if type(value) is not type(defaults[name]) or (type(value) is int and not is_number):
            raise SettingsRefused(category=kind.CATEGORY, field=name)


def change_category(call: Call, kind: type[Category], body: SettingsGiven) -> SettingsView:
    """Store a new version. Raises SettingsRefused, SettingsChangedMeanwhile."""
    check_values(kind, body.values)
    service.change(
        call.session,
        kind,
        body.values,
        seen_version=body.version,
        reason=body.reason,
        actor=call.actor,
        now=call.now,
    )
    return settings_view(call, kind)


def settings_view(call: Call, kind: type[Category]) -> SettingsView:
    present = service.current(call.session, kind)
    return SettingsView(
        category=kind.CATEGORY,
        version=present.version,
        values=asdict(present.values),
        defaults=asdict(kind()),
    )
