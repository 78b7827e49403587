"""The reports to take away, and what messages were sent: how many an order takes."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Response, request
from pydantic import ValidationError
from sqlalchemy import func, select

from admin_api.attachments import saved_as
from admin_api.endpoints import Call, wiring
from admin_api.panel import cookies
from admin_api.panel.doors import Done, Shown, action, page
from admin_api.panel.forms import FieldNotUnderstood
from admin_api.panel.routes import act, show
from admin_api.resources.financial_export import ReportQuery, asked_in, report
from admin_api.resources.report_files import MEDIA
from core.clock import business_date, fiscal_year
from core.errors import NotFound
from core.messaging.models import OutboundMessage, OutboundStatus
from core.reports import service
from core.reports.kinds import Calendar, ReportFormat, ReportKind
from core.reports.models import ReportFile, ReportStatus

_WENT_OUT = (OutboundStatus.SENT, OutboundStatus.DELIVERED, OutboundStatus.READ)
_DAYS = 14
_MOST = 20


def add(panel: Blueprint) -> None:
    show(panel, "/exports", exports)
    show(panel, "/exports/<kind>", export)
    show(panel, "/exports/files/<id:report_id>", file)
    act(panel, "/exports/<kind>/ask", ask)
    show(panel, "/costs", costs)


@page
def exports(call: Call) -> Shown:
    """The reports to ask for, and those that are written in the background: under htmx, these alone."""
    written = call.session.scalars(select(ReportFile).order_by(ReportFile.id.desc()).limit(_MOST)).all()
    unfinished = {ReportStatus.WAITING, ReportStatus.WRITING}
    return Shown(
        template="exports_written.html" if "HX-Request" in request.headers else "exports.html",
        facts={
            "written": [(one, service.asked_of(one).period) for one in written],
            "expected": {
                one.id: service.expected_rows(call.session, one)
                for one in written
                if one.status is ReportStatus.WRITING
            },
            "is_busy": any(one.status in unfinished for one in written),
            "kinds": list(ReportKind),
            "formats": [ReportFormat.XLSX, ReportFormat.PDF, ReportFormat.CSV],
            "year": fiscal_year(business_date(call.now)),
        },
    )


@page
def export(call: Call, kind: str) -> Response:
    """The same report as `/financial-export`, in the language of the reader."""
    return report(call, _kind(kind), _query(request.args.to_dict()))


@action
def ask(call: Call, kind: str) -> Done:
    """Have it written in the background: nobody has to wait for a long one."""
    wanted = {name: value for name, value in request.form.to_dict().items() if name in ("period", "format")}
    query = _query(wanted)
    service.ask_for_report(
        call.session,
        asked_in(call, _kind(kind), query, calendar=Calendar.BIKRAM_SAMBAT),
        file_format=query.format,
        language=query.language,
        user_id=call.signed_in.id,
        now=call.now,
    )
    return Done(say="report_asked", to="/admin/exports")


@page
def file(call: Call, report_id: int) -> Response:
    """The file of a report that is ready, a piece at a time."""
    ready = service.ready_report(call.session, report_id)
    response = Response(
        service.file_parts(wiring().database, report_id), mimetype=MEDIA[ReportFormat(ready.format)]
    )
    response.content_length = ready.size_bytes or 0
    saved_as(response, f"{ready.kind}-{ready.asked['end']}.{ready.format}")
    return response


def _kind(name: str) -> ReportKind:
    if name not in set(ReportKind):
        raise NotFound(kind="reports", id=name)
    return ReportKind(name)


def _query(given: dict[str, str]) -> ReportQuery:
    said = {name: value for name, value in given.items() if value}
    try:
        return ReportQuery.model_validate({"language": cookies.language(), **said})
    except ValidationError as odd:
        raise FieldNotUnderstood(fields=[error["loc"] for error in odd.errors()]) from odd


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
