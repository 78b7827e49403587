"""Reports in the background: ask for one, write it a piece at a time, hand its file out, forget it after a week."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.db.clock import business_now
from core.db.session import Database
from core.errors import DomainError, NotFound
from core.outbox.models import Queue
from core.outbox.service import add_job
from core.parties.models import Language, Retailer
from core.reports.errors import ReportNotReady
from core.reports.files.csv_file import csv_parts
from core.reports.files.heading import Heading
from core.reports.files.json_file import json_parts
from core.reports.files.pdf_file import write_pdf
from core.reports.files.xlsx_file import write_xlsx
from core.reports.kinds import Calendar, ReportFormat, ReportKind
from core.reports.models import ReportFile, ReportPart, ReportStatus
from core.reports.periods import Period
from core.reports.queries import Asked, Value, report_rows

WRITE_REPORT: Final = "write_report"
KEPT_FOR: Final = dt.timedelta(days=7)
_PART_BYTES: Final = 1_000_000
# How often the count of rows is written down: each time is a transaction.
_ROWS_BETWEEN_NOTES: Final = 2_000
_UNEXPECTED: Final = "unexpected"

Rows = Iterable[Sequence[Value]]


def ask_for_report(
    session: Session,
    asked: Asked,
    *,
    file_format: ReportFormat,
    language: Language,
    user_id: int,
    now: dt.datetime,
) -> ReportFile:
    """Note that the report is wanted; a worker writes it."""
    report = ReportFile(
        kind=asked.kind,
        format=file_format,
        asked={
            "start": asked.period.start.isoformat(),
            "end": asked.period.end.isoformat(),
            "retailer_id": asked.retailer_id,
            "calendar": asked.calendar.value,
            "language": language.value,
        },
        asked_by_id=user_id,
        asked_at=now,
        expires_at=now + KEPT_FOR,
    )
    session.add(report)
    session.flush()
    add_job(
        session,
        WRITE_REPORT,
        queue=Queue.REPORT_GENERATION,
        arguments={"report_id": report.id},
        dedup_key=f"report:{report.id}",
        now=now,
    )
    return report


def get_report(session: Session, report_id: int) -> ReportFile:
    report = session.get(ReportFile, report_id)
    if report is None:
        raise NotFound(kind="report_files", id=report_id)
    return report


def ready_report(session: Session, report_id: int) -> ReportFile:
    """Raises NotFound, ReportNotReady."""
    report = get_report(session, report_id)
    if report.status is not ReportStatus.READY:
        raise ReportNotReady(status=report.status.value, rows_written=report.rows_written)
    return report


def file_parts(database: Database, report_id: int) -> Iterator[bytes]:
    """The file, a piece at a time, each in a short transaction of its own: a slow reader holds nothing."""
    place = 0
    while True:
        with database.transaction() as session:
            part = session.scalar(
                select(ReportPart.content).where(ReportPart.report_id == report_id, ReportPart.place == place)
            )
        if part is None:
            return
        yield part
        place += 1


def write_report(database: Database, arguments: dict[str, Any], _now: dt.datetime) -> None:
    """The job. It may run again after a crash, and then begins anew; a report that is ready stays as it is."""
    report_id = arguments["report_id"]
    with database.transaction() as session:
        report = session.get(ReportFile, report_id, with_for_update=True)
        if report is None or report.status is ReportStatus.READY:
            return
        session.execute(delete(ReportPart).where(ReportPart.report_id == report_id))
        report.status, report.rows_written, report.error = ReportStatus.WRITING, 0, None
        file_format, asked, heading = report.format, asked_of(report), _heading(report)
    writing = _Writing(database=database, report_id=report_id)
    try:
        with database.transaction() as session:
            rows = writing.counted(report_rows(session, asked, now=heading.made_at))
            for piece in _pieces(file_format, heading, rows):
                writing.take(piece)
        writing.finish()
    except DomainError as refused:
        # Trying again would not help.
        writing.fail(refused.code)
    except Exception:
        writing.fail(_UNEXPECTED)
        raise


def asked_of(report: ReportFile) -> Asked:
    said = report.asked
    return Asked(
        kind=ReportKind(report.kind),
        period=Period(dt.date.fromisoformat(said["start"]), dt.date.fromisoformat(said["end"])),
        retailer_id=said["retailer_id"],
        calendar=Calendar(said["calendar"]),
    )


def _heading(report: ReportFile) -> Heading:
    return Heading(
        kind=ReportKind(report.kind),
        period=asked_of(report).period,
        made_at=report.asked_at,
        language=Language(report.asked["language"]),
    )


def _pieces(file_format: ReportFormat, heading: Heading, rows: Rows) -> Iterator[bytes]:
    match file_format:
        case ReportFormat.JSON:
            yield from json_parts(heading, rows)
        case ReportFormat.CSV:
            yield from csv_parts(heading, rows)
        case ReportFormat.XLSX | ReportFormat.PDF:
            write = write_xlsx if file_format is ReportFormat.XLSX else write_pdf
            with tempfile.TemporaryFile() as file:
                write(file, heading, rows)
                yield from _read(file)


def _read(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PART_BYTES):
        yield piece


@dataclass(kw_only=True)
class _Writing:
    """A file on its way into the database: what isn't written yet, and how far it has got."""

    database: Database
    report_id: int
    rows: int = 0
    size: int = 0
    place: int = 0
    waiting: bytearray = field(default_factory=bytearray)

    def counted(self, rows: Iterator[tuple[Value, ...]]) -> Iterator[tuple[Value, ...]]:
        for row in rows:
            self.rows += 1
            if self.rows % _ROWS_BETWEEN_NOTES == 0:
                with self.database.transaction() as session:
                    self._row(session).rows_written = self.rows
            yield row

    def take(self, piece: bytes) -> None:
        self.waiting += piece
        while len(self.waiting) >= _PART_BYTES:
            self._store(bytes(self.waiting[:_PART_BYTES]))
            del self.waiting[:_PART_BYTES]

    def finish(self) -> None:
        if self.waiting:
            self._store(bytes(self.waiting))
        with self.database.transaction() as session:
            report = self._row(session)
            report.status, report.rows_written = ReportStatus.READY, self.rows
            report.size_bytes, report.finished_at = self.size, business_now(session)

    def fail(self, code: str) -> None:
        with self.database.transaction() as session:
            report = self._row(session)
            report.status, report.error, report.finished_at = ReportStatus.FAILED, code, business_now(session)
            session.execute(delete(ReportPart).where(ReportPart.report_id == self.report_id))

    def _store(self, content: bytes) -> None:
        with self.database.transaction() as session:
            session.add(ReportPart(report_id=self.report_id, place=self.place, content=content))
        self.place += 1
        self.size += len(content)

    def _row(self, session: Session) -> ReportFile:
        return session.get_one(ReportFile, self.report_id, with_for_update=True)


def expected_rows(session: Session, report: ReportFile) -> int | None:
    """How many rows the report will have at most, where that can be told: one a shop. None by months."""
    if report.kind is ReportKind.PURCHASE_VOLUME:
        return None
    if report.asked["retailer_id"] is not None:
        return 1
    return session.scalar(select(func.count()).select_from(Retailer).where(Retailer.approved_at.is_not(None)))
