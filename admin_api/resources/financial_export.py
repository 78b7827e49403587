"""The financial export: four reports about retailers as JSON, CSV, XLSX or PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from http import HTTPStatus
from typing import IO, Annotated, Final

from flask import Blueprint, Response
from pydantic import Field, StringConstraints, model_validator

from admin_api.attachments import CSV, PDF, XLSX, attachment, saved_as
from admin_api.endpoints import ADMIN, JSON, Call, endpoint, wiring
from admin_api.fields import Day, Given, RowId
from core.clock import business_date
from core.db.session import Database
from core.parties import queries as parties
from core.parties.models import Language
from core.refs import RetailerId
from core.reports.files.csv_file import csv_parts
from core.reports.files.heading import Heading
from core.reports.files.json_file import json_parts
from core.reports.files.pdf_file import write_pdf
from core.reports.files.xlsx_file import write_xlsx
from core.reports.kinds import Calendar, ReportFormat, ReportKind
from core.reports.periods import LONGEST, Period, fiscal_year_so_far, read_period
from core.reports.queries import Asked, Value, report_rows

blueprint = Blueprint("api_financial_export", __name__)

_KINDS: Final = (JSON, CSV, XLSX, PDF)
_REFUSALS: Final = (HTTPStatus.NOT_FOUND,)

Rows = Iterable[Sequence[Value]]
# Sent while the rows are still being read: the totals are known at the end.
_STREAMED: Final[dict[ReportFormat, tuple[str, Callable[[Heading, Rows], Iterator[bytes]]]]] = {
    ReportFormat.JSON: (JSON, json_parts),
    ReportFormat.CSV: (CSV, csv_parts),
}
_WRITTEN: Final[dict[ReportFormat, tuple[str, Callable[[IO[bytes], Heading, Rows], None]]]] = {
    ReportFormat.XLSX: (XLSX, write_xlsx),
    ReportFormat.PDF: (PDF, write_pdf),
}


class ReportQuery(Given):
    """A period by its days, or by name; without one, the fiscal year so far. Both days count."""

    format: ReportFormat = ReportFormat.JSON
    startDate: Day | None = None  # noqa: N815 - named by the contract
    endDate: Day | None = None  # noqa: N815
    period: Annotated[str, StringConstraints(max_length=20)] | None = Field(
        default=None,
        description="A fiscal year (Shrawan to Ashadh) or a month of the Bikram Sambat calendar, instead of startDate and endDate.",
        examples=["2083/84", "2083-05"],
    )
    retailerId: RowId | None = None  # noqa: N815
    language: Language = Field(default=Language.ENGLISH, description="Of the headings of XLSX and PDF.")

    @model_validator(mode="after")
    def _one_period(self) -> ReportQuery:
        if self.period is not None and (self.startDate or self.endDate):
            raise ValueError("give a period or dates, not both")
        return self


class PurchaseQuery(ReportQuery):
    calendar: Calendar = Field(
        default=Calendar.GREGORIAN, description="By whose months purchases are grouped."
    )


@blueprint.get("/financial-export/credit-summary")
@endpoint(
    tag="financial-export",
    roles=ADMIN,
    query=ReportQuery,
    raw_answer=_KINDS,
    refusals=_REFUSALS,
    is_heavy=True,
)
def export_credit_summary(call: Call, query: ReportQuery) -> Response:
    """What each retailer may use, owes and paid. Balances are today's; payments and the on-time rate are the period's."""
    return report(call, ReportKind.CREDIT_SUMMARY, query)


@blueprint.get("/financial-export/purchase-volume")
@endpoint(
    tag="financial-export",
    roles=ADMIN,
    query=PurchaseQuery,
    raw_answer=_KINDS,
    refusals=_REFUSALS,
    is_heavy=True,
)
def export_purchase_volume(call: Call, query: PurchaseQuery) -> Response:
    """What each retailer ordered in each month. `value` is what was delivered and billed of those orders, with VAT."""
    return report(call, ReportKind.PURCHASE_VOLUME, query, calendar=query.calendar)


@blueprint.get("/financial-export/payment-discipline")
@endpoint(
    tag="financial-export",
    roles=ADMIN,
    query=ReportQuery,
    raw_answer=_KINDS,
    refusals=_REFUSALS,
    is_heavy=True,
)
def export_payment_discipline(call: Call, query: ReportQuery) -> Response:
    """How the invoices on credit that fell due in the period were paid. `discipline_score` is the share paid in time."""
    return report(call, ReportKind.PAYMENT_DISCIPLINE, query)


@blueprint.get("/financial-export/outstanding-liability")
@endpoint(
    tag="financial-export",
    roles=ADMIN,
    query=ReportQuery,
    raw_answer=_KINDS,
    refusals=_REFUSALS,
    is_heavy=True,
)
def export_outstanding_liability(call: Call, query: ReportQuery) -> Response:
    """What was owed at the end of `endDate`, by age, the worst first. `startDate` leaves older invoices out."""
    return report(call, ReportKind.OUTSTANDING_LIABILITY, query)


def report(
    call: Call, kind: ReportKind, query: ReportQuery, *, calendar: Calendar = Calendar.GREGORIAN
) -> Response:
    asked = asked_in(call, kind, query, calendar=calendar)
    heading = Heading(kind=kind, period=asked.period, made_at=call.now, language=query.language)
    name = f"{kind}-{asked.period.end}.{query.format}"
    if query.format in _WRITTEN:
        media_type, write = _WRITTEN[query.format]
        rows = report_rows(call.session, asked, now=call.now)
        return attachment(lambda file: write(file, heading, rows), media_type=media_type, name=name)
    media_type, parts = _STREAMED[query.format]
    response = Response(_stream(wiring().database, asked, heading, parts), mimetype=media_type)
    if query.format is not ReportFormat.JSON:
        saved_as(response, name)
    return response


def asked_in(call: Call, kind: ReportKind, query: ReportQuery, *, calendar: Calendar) -> Asked:
    """What a request asks for. Raises NotFound, PeriodNotUnderstood, PeriodBackwards, PeriodTooLong."""
    if query.retailerId is not None:
        parties.get_retailer(call.session, RetailerId(query.retailerId))
    return Asked(
        kind=kind, period=_period(call, kind, query), retailer_id=query.retailerId, calendar=calendar
    )


def _period(call: Call, kind: ReportKind, query: ReportQuery) -> Period:
    """Raises PeriodNotUnderstood, PeriodBackwards, PeriodTooLong."""
    if query.period is not None:
        return read_period(query.period)
    end = query.endDate or business_date(call.now)
    if query.startDate is not None:
        return Period(query.startDate, end)
    if kind is ReportKind.OUTSTANDING_LIABILITY:
        return Period(end - LONGEST, end)
    return fiscal_year_so_far(end)


def _stream(
    database: Database, asked: Asked, heading: Heading, parts: Callable[[Heading, Rows], Iterator[bytes]]
) -> Iterator[bytes]:
    """Read and send side by side, in a transaction of their own: the request's ends before its answer does."""
    with database.transaction() as session:
        yield from parts(heading, report_rows(session, asked, now=heading.made_at))
