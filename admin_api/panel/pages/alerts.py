"""Alerts: all that a person should look at, once per cause."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import select

from admin_api.endpoints import Call
from admin_api.panel.doors import Done, Shown, action, given, page
from admin_api.panel.lists import chosen, listed
from admin_api.panel.routes import act, show
from admin_api.panel.waiting import path_of
from core.alerts.kinds import AlertKind, AlertState
from core.alerts.models import Alert
from core.messaging import service as messaging


def add(panel: Blueprint) -> None:
    show(panel, "/alerts", alerts)
    act(panel, "/alerts/<id:alert_id>/acknowledge", acknowledge)


@page
def alerts(call: Call) -> Shown:
    kind, state = chosen("kind", AlertKind), chosen("show", AlertState)
    wanted = select(Alert)
    if kind is not None:
        wanted = wanted.where(Alert.kind == kind)
    if state is not None:
        wanted = wanted.where(Alert.state == state)
    return Shown(
        template="alerts.html",
        facts={
            "found": listed(call.session, wanted, key=Alert.id),
            "path_of": path_of,
            "show": state or "",
            "kind": kind or "",
            "states": list(AlertState),
        },
    )


@action
def acknowledge(call: Call, alert_id: int) -> Done:
    messaging.acknowledge_alert(
        call.session, alert_id, note=given("note") or None, actor=call.actor, now=call.now
    )
    return Done(say="alert_acknowledged")
