"""How the queues stand: for health, for the admins' pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.outbox.models import Job, JobRun, JobStatus, Queue, QueuePause

RATE_OF: Final = dt.timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueCount:
    """`waiting_since` is the due time of the oldest job that should have run by now."""

    queue: Queue
    due: int
    later: int
    running: int
    failed: int
    waiting_since: dt.datetime | None
    pause: QueuePause | None = None


def queue_counts(session: Session, *, now: dt.datetime) -> list[QueueCount]:
    """One row for each queue, empty ones too."""
    is_due = Job.due_at <= now
    rows = session.execute(
        select(
            Job.queue,
            func.count().filter(Job.status == JobStatus.PENDING, is_due).label("due"),
            func.count().filter(Job.status == JobStatus.PENDING, ~is_due).label("later"),
            func.count().filter(Job.status == JobStatus.RUNNING).label("running"),
            func.count().filter(Job.status == JobStatus.FAILED).label("failed"),
            func.min(Job.due_at).filter(Job.status == JobStatus.PENDING, is_due).label("waiting_since"),
        )
        # Named, not excluded: so the index over queue and status finds them beside a month of done ones.
        .where(
            Job.queue.in_(tuple(Queue)),
            Job.status.in_((JobStatus.PENDING, JobStatus.RUNNING, JobStatus.FAILED)),
        )
        .group_by(Job.queue)
    )
    found = {row.queue: row for row in rows}
    pauses = {row.queue: row for row in session.scalars(select(QueuePause))}
    return [
        QueueCount(
            queue=queue,
            due=found[queue].due,
            later=found[queue].later,
            running=found[queue].running,
            failed=found[queue].failed,
            waiting_since=found[queue].waiting_since,
            pause=pauses.get(queue),
        )
        if queue in found
        else QueueCount(
            queue=queue, due=0, later=0, running=0, failed=0, waiting_since=None, pause=pauses.get(queue)
        )
        for queue in Queue
    ]


def done_per_minute(session: Session, *, now: dt.datetime) -> Mapping[Queue, float]:
    """How many jobs of each queue were done a minute lately: whether a queue that waits is getting shorter."""
    done = dict(
        session.execute(
            select(Job.queue, func.count())
            .join(JobRun, JobRun.job_id == Job.id)
            .where(JobRun.finished_at > now - RATE_OF, JobRun.finished_at <= now, JobRun.error.is_(None))
            .group_by(Job.queue)
        ).all()
    )
    minutes = RATE_OF / dt.timedelta(minutes=1)
    return {queue: round(done.get(queue, 0) / minutes, 1) for queue in Queue}


def open_keys(session: Session, kind: str) -> frozenset[str]:
    """The keys of jobs of this kind that wait or run."""
    rows = session.scalars(
        select(Job.dedup_key).where(
            Job.kind == kind,
            Job.status.in_((JobStatus.PENDING, JobStatus.RUNNING)),
            Job.dedup_key.is_not(None),
        )
    )
    return frozenset(key for key in rows if key)


def was_given_up(session: Session, kind: str, dedup_key: str, *, since: dt.datetime) -> bool:
    """Whether a job of this kind and key has failed for good since then."""
    found = session.scalar(
        select(Job.id)
        .where(
            Job.kind == kind,
            Job.dedup_key == dedup_key,
            Job.status == JobStatus.FAILED,
            Job.finished_at >= since,
        )
        .limit(1)
    )
    return found is not None


def last_done(session: Session, kind: str) -> dt.datetime | None:
    """When a job of this kind was last done."""
    return session.scalar(
        select(func.max(Job.finished_at)).where(Job.kind == kind, Job.status == JobStatus.DONE)
    )
