"""Reports that are too long to wait for: asked for, watched while a worker writes them, and downloaded."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Literal

from flask import Blueprint, Response
from pydantic import ConfigDict, Field
from sqlalchemy import select

from admin_api import paging
from admin_api.attachments import CSV, PDF, XLSX, saved_as
from admin_api.endpoints import ADMIN, JSON, Call, endpoint, wiring
from admin_api.fields import RowId, View
from admin_api.paging import PageQuery, PageView
from admin_api.resources.financial_export import PurchaseQuery, asked_in
from core.reports import service
from core.reports.kinds import ReportFormat, ReportKind
from core.reports.models import ReportFile, ReportStatus

blueprint = Blueprint("api_report_files", __name__)

MEDIA = {ReportFormat.JSON: JSON, ReportFormat.CSV: CSV, ReportFormat.XLSX: XLSX, ReportFormat.PDF: PDF}


class ReportGiven(PurchaseQuery):
    """As the query of a report that is read at once. `calendar` matters to `purchase-volume` only."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"report": "outstanding-liability", "format": "xlsx", "period": "2083/84"}]
        }
    )

    report: ReportKind
    format: ReportFormat = ReportFormat.XLSX


class ReportOut(View):
    id: RowId
    report: ReportKind
    format: ReportFormat
    start_date: dt.date
    end_date: dt.date
    retailer_id: int | None
    status: ReportStatus
    rows_written: int
    rows_expected: int | None = Field(description="At most; null for a report by months.")
    size_bytes: int | None
    error: str | None = Field(description="The code of a refusal, or `unexpected`; the job may try again.")
    file: str | None = Field(description="Where to download it, once it is ready.")
    asked_at: dt.datetime
    finished_at: dt.datetime | None
    expires_at: dt.datetime


class ReportPage(PageView):
    items: list[ReportOut]


class ReportFilter(PageQuery):
    sort: Literal["id", "-id"] = "-id"


@blueprint.post("/financial-export/reports")
@endpoint(
    tag="financial-export",
    roles=ADMIN,
    answer=ReportOut,
    status=HTTPStatus.ACCEPTED,
    body=ReportGiven,
    is_keyed=True,
    refusals=[HTTPStatus.NOT_FOUND],
)
def ask_for_report(call: Call, body: ReportGiven) -> ReportOut:
    """Have a report written in the background. `Location` says where to watch it; the file is kept for a week."""
    asked = asked_in(call, body.report, body, calendar=body.calendar)
    report = service.ask_for_report(
        call.session,
        asked,
        file_format=body.format,
        language=body.language,
        user_id=call.signed_in.id,
        now=call.now,
    )
    call.headers["Location"] = f"/api/v1/financial-export/reports/{report.id}"
    return _out(call, report)


@blueprint.get("/financial-export/reports")
@endpoint(tag="financial-export", roles=ADMIN, answer=ReportPage, query=ReportFilter)
def list_reports(call: Call, query: ReportFilter) -> ReportPage:
    """The reports of the last week, newest first."""
    found = paging.cut(call.session, select(ReportFile), key=ReportFile.id, page=query, sort=query.sort)
    items = [_out(call, report) for report in found.items]
    return ReportPage(items=items, total=found.total, next=found.next)


@blueprint.get("/financial-export/reports/<id:report_id>")
@endpoint(tag="financial-export", roles=ADMIN, answer=ReportOut)
def get_report(call: Call, report_id: int) -> ReportOut:
    """How far a report has got, and where its file is."""
    return _out(call, service.get_report(call.session, report_id))


@blueprint.get("/financial-export/reports/<id:report_id>/file")
@endpoint(
    tag="financial-export",
    roles=ADMIN,
    raw_answer=(JSON, CSV, XLSX, PDF),
    refusals=[HTTPStatus.CONFLICT],
)
def download_report(call: Call, report_id: int) -> Response:
    """The file of a report that is ready."""
    report = service.ready_report(call.session, report_id)
    response = Response(
        service.file_parts(wiring().database, report_id), mimetype=MEDIA[ReportFormat(report.format)]
    )
    response.content_length = report.size_bytes or 0
    saved_as(response, f"{report.kind}-{report.asked['end']}.{report.format}")
    return response


def _out(call: Call, report: ReportFile) -> ReportOut:
    asked = service.asked_of(report)
    is_ready = report.status is ReportStatus.READY
    return ReportOut(
        id=report.id,
        report=report.kind,
        format=report.format,
        start_date=asked.period.start,
        end_date=asked.period.end,
        retailer_id=asked.retailer_id,
        status=report.status,
        rows_written=report.rows_written,
        rows_expected=service.expected_rows(call.session, report),
        size_bytes=report.size_bytes,
        error=report.error,
        file=f"/api/v1/financial-export/reports/{report.id}/file" if is_ready else None,
        asked_at=report.asked_at,
        finished_at=report.finished_at,
        expires_at=report.expires_at,
    )
