"""Events that happened, jobs that must be done, and each run of a job. PostgreSQL is the truth; Redis only rings."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, one_of, primary_key


class Queue(StrEnum):
    WHATSAPP = "whatsapp"
    CREDIT_SCORE = "credit-score"
    ORDER_ROUTING = "order-routing"
    PAYMENT_REMINDERS = "payment-reminders"
    REPORT_GENERATION = "report-generation"
    ORDER_PROCESSING = "order-processing"


class JobStatus(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Event(Base):
    """Something that happened, written in the same transaction as the change itself."""

    __tablename__ = "events"

    id: Mapped[int] = primary_key()
    name: Mapped[str] = mapped_column(index=True)
    payload: Mapped[dict[str, Any]]
    actor: Mapped[str]
    at: Mapped[dt.datetime]


class Job(Base):
    """Work to be done at least once, its database effects exactly once. Arguments are ids."""

    __tablename__ = "jobs"
    __table_args__ = (
        # One pending job for one key; a running one does not count, so what arrives meanwhile is not lost.
        Index(
            "uq_jobs_dedup_key_pending",
            "kind",
            "dedup_key",
            unique=True,
            postgresql_where=text("status = 'pending'"),
        ),
        Index("ix_jobs_due", "queue", "due_at", "id", postgresql_where=text("status = 'pending'")),
        Index("ix_jobs_running", "claimed_at", postgresql_where=text("status = 'running'")),
        Index("ix_jobs_queue_status_id", "queue", "status", "id"),
        CheckConstraint("(status = 'running') = (claimed_at IS NOT NULL)", name="claimed_while_running"),
    )

    id: Mapped[int] = primary_key()
    queue: Mapped[Queue] = mapped_column(one_of(Queue))
    kind: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    dedup_key: Mapped[str | None]
    status: Mapped[JobStatus] = mapped_column(one_of(JobStatus), default=JobStatus.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[dt.datetime]
    created_at: Mapped[dt.datetime]
    claimed_at: Mapped[dt.datetime | None]
    claimed_by: Mapped[str | None]
    finished_at: Mapped[dt.datetime | None]
    error: Mapped[str | None]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    # The span that asked for it, as W3C's traceparent.
    trace: Mapped[str | None]


class JobRun(Base):
    """One attempt at one job."""

    __tablename__ = "job_runs"
    __table_args__ = (
        UniqueConstraint("job_id", "attempt"),
        # Runs are written in the order of their ends: a few bytes for each megabyte say which of them are recent.
        Index("ix_job_runs_finished_at", "finished_at", postgresql_using="brin"),
    )

    id: Mapped[int] = primary_key()
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    attempt: Mapped[int]
    worker: Mapped[str]
    started_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
    error: Mapped[str | None]


class QueuePause(Base):
    """A queue from which workers take no job until an admin lets it go on."""

    __tablename__ = "queue_pauses"

    queue: Mapped[Queue] = mapped_column(one_of(Queue), primary_key=True)
    paused_at: Mapped[dt.datetime]
    paused_by: Mapped[str]
    reason: Mapped[str]


class ScheduleRun(Base):
    """One due time of one timetable entry. Unique, so two clocks cannot run it twice."""

    __tablename__ = "schedule_runs"
    __table_args__ = (UniqueConstraint("name", "due_at"),)

    id: Mapped[int] = primary_key()
    name: Mapped[str]
    due_at: Mapped[dt.datetime]
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))
    requested_by: Mapped[str]
