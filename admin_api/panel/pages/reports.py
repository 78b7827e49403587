"""The reports to take away, and what messages were sent: how many an order takes."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Response, request
from pydantic import ValidationError
from sqlalchemy import func, select

from admin_api.endpoints import Call
from admin_api.panel import cookies
from admin_api.panel.doors import Shown, page
from admin_api.panel.forms import FieldNotUnderstood
from admin_api.panel.routes import show
from admin_api.resources.financial_export import ReportQuery, report
from core.clock import business_date, fiscal_year
from core.errors import NotFound
from core.messaging.models import OutboundMessage, OutboundStatus
from core.reports.kinds import ReportFormat, ReportKind

_WENT_OUT = (OutboundStatus.SENT, OutboundStatus.DELIVERED, OutboundStatus.READ)
_DAYS = 14
_MOST = 20


def add(panel: Blueprint) -> None:
    show(panel, "/exports", exports)
    show(panel, "/exports/<kind>", export)
    show(panel, "/costs", costs)


@page
def exports(call: Call) -> Shown:
    return Shown(
        template="exports.html",
        facts={
            "kinds": list(ReportKind),
            "formats": [ReportFormat.XLSX, ReportFormat.PDF, ReportFormat.CSV],
            "year": fiscal_year(business_date(call.now)),
        },
    )


@page
def export(call: Call, kind: str) -> Response:
    """The same report as `/financial-export`, in the language of the reader."""
    if kind not in set(ReportKind):
        raise NotFound(kind="reports", id=kind)
    given = {name: value for name, value in request.args.to_dict().items() if value}
    try:
        query = ReportQuery.model_validate({"language": cookies.language(), **given})
    except ValidationError as odd:
        raise FieldNotUnderstood(fields=[error["loc"] for error in odd.errors()]) from odd
    return report(call, ReportKind(kind), query)


@page
def costs(call: Call) -> Shown:
    """What went out in the last two weeks, by day and by what was said; and how many messages an order took."""
    since = call.now - dt.timedelta(days=_DAYS)
    went = (OutboundMessage.queued_at >= since, OutboundMessage.status.in_(_WENT_OUT))
    day = func.date(func.timezone("Asia/Kathmandu", OutboundMessage.queued_at))
    days = call.session.execute(
        select(day.label("day"), func.count().label("n")).where(*went).group_by(day).order_by(day)
    ).all()
    says = call.session.execute(
        select(OutboundMessage.say, func.count().label("n"))
        .where(*went)
        .group_by(OutboundMessage.say)
        .order_by(func.count().desc())
        .limit(_MOST)
    ).all()
    messages, orders = call.session.execute(
        select(func.count(), func.count(OutboundMessage.order_id.distinct())).where(
            *went, OutboundMessage.order_id.is_not(None)
        )
    ).one()
    return Shown(
        template="costs.html",
        facts={
            "days": days,
            "says": says,
            "sent": sum(row.n for row in days),
            "orders": orders,
            "per_order": messages / orders if orders else None,
        },
    )
