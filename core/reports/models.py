"""Reports that are written in the background, and their files, kept in the database for a week."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, one_of, primary_key
from core.reports.kinds import ReportFormat, ReportKind


class ReportStatus(StrEnum):
    WAITING = "waiting"
    WRITING = "writing"
    READY = "ready"
    FAILED = "failed"  # for good, or until the job's next attempt


class ReportFile(Base):
    """One report that somebody asked for: how far it has got, and what its file is."""

    __tablename__ = "report_files"
    __table_args__ = (
        CheckConstraint("(status = 'ready') = (size_bytes IS NOT NULL)", name="ready_has_size"),
        CheckConstraint("status <> 'failed' OR error IS NOT NULL", name="failed_says_why"),
        Index(None, "expires_at"),
    )

    id: Mapped[int] = primary_key()
    kind: Mapped[ReportKind] = mapped_column(one_of(ReportKind))
    format: Mapped[ReportFormat] = mapped_column(one_of(ReportFormat))
    # Period, retailer, calendar, language.
    asked: Mapped[dict[str, Any]]
    status: Mapped[ReportStatus] = mapped_column(one_of(ReportStatus), default=ReportStatus.WAITING)
    rows_written: Mapped[int] = mapped_column(default=0)
    size_bytes: Mapped[int | None]
    error: Mapped[str | None]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
    expires_at: Mapped[dt.datetime]


class ReportPart(Base):
    """A piece of a file, at most a megabyte, so that no process holds all of it."""

    __tablename__ = "report_parts"

    report_id: Mapped[int] = mapped_column(
        ForeignKey("report_files.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes]
