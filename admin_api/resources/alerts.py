"""Alerts: what an admin should look at, in one list for the whole business."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Any, Literal

from flask import Blueprint
from pydantic import Field
from sqlalchemy import case, select

from admin_api import paging
from admin_api.endpoints import ADMIN, Call, endpoint
from admin_api.fields import Given, Instant, RowId, Text, View
from admin_api.paging import PageQuery, PageView, narrow, within
from admin_api.problems import json_safe
from core.alerts import queries
from core.alerts.kinds import AlertKind, AlertState, Severity
from core.alerts.models import Alert
from core.messaging import service as messaging

blueprint = Blueprint("api_alerts", __name__)

_URGENCY = case({severity.value: rank for rank, severity in enumerate(Severity)}, value=Alert.severity)


class AlertFilter(PageQuery):
    kind: AlertKind | None = None
    severity: Severity | None = None
    state: AlertState | None = None
    subject_kind: Text | None = None
    subject_id: RowId | None = None
    raised_from: Instant | None = None
    raised_before: Instant | None = None
    sort: Literal["id", "-id", "urgency"] = Field(
        default="-id", description="`urgency` sorts the most severe first."
    )


class NoteGiven(Given):
    note: Text | None = Field(default=None, examples=["Called the shop; the goods arrived."])


class AlertView(View):
    """`times` counts how often the same cause came up while the alert was open."""

    id: RowId
    kind: AlertKind
    severity: Severity
    subject_kind: str
    subject_id: int
    facts: dict[str, Any]
    state: AlertState
    raised_at: dt.datetime
    last_at: dt.datetime
    times: int
    expires_at: dt.datetime | None
    ended_at: dt.datetime | None
    ended_by: str | None
    note: str | None


class AlertPage(PageView):
    items: list[AlertView]


def alert_view(alert: Alert) -> AlertView:
    return AlertView(
        id=alert.id,
        kind=alert.kind,
        severity=alert.severity,
        subject_kind=alert.subject_kind,
        subject_id=alert.subject_id,
        facts=json_safe(alert.facts) or {},
        state=alert.state,
        raised_at=alert.raised_at,
        last_at=alert.last_at,
        times=alert.times,
        expires_at=alert.expires_at,
        ended_at=alert.ended_at,
        ended_by=alert.ended_by,
        note=alert.note,
    )


@blueprint.get("/alerts")
@endpoint(tag="alerts", roles=ADMIN, answer=AlertPage, query=AlertFilter)
def list_alerts(call: Call, query: AlertFilter) -> AlertPage:
    """All alerts, newest first. Use `state=open` for those that still wait."""
    wanted = select(Alert)
    wanted = narrow(
        wanted,
        (Alert.kind, query.kind),
        (Alert.severity, query.severity),
        (Alert.state, query.state),
        (Alert.subject_kind, query.subject_kind),
        (Alert.subject_id, query.subject_id),
    )
    wanted = within(wanted, Alert.raised_at, query.raised_from, query.raised_before)
    found = paging.cut(
        call.session, wanted, key=Alert.id, page=query, sorts={"urgency": _URGENCY}, sort=query.sort
    )
    return AlertPage(items=[alert_view(row) for row in found.items], total=found.total, next=found.next)


@blueprint.get("/alerts/<id:alert_id>")
@endpoint(tag="alerts", roles=ADMIN, answer=AlertView)
def get_alert(call: Call, alert_id: int) -> AlertView:
    """One alert."""
    return alert_view(queries.get_alert(call.session, alert_id))


@blueprint.post("/alerts/<id:alert_id>/acknowledge")
@endpoint(
    tag="alerts",
    roles=ADMIN,
    answer=AlertView,
    body=NoteGiven,
    is_keyed=True,
    refusals=[HTTPStatus.CONFLICT],
)
def acknowledge_alert(call: Call, alert_id: int, body: NoteGiven) -> AlertView:
    """Acknowledge an alert, with a note for your colleagues."""
    return alert_view(
        messaging.acknowledge_alert(call.session, alert_id, note=body.note, actor=call.actor, now=call.now)
    )
