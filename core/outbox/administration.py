"""What an admin does to jobs by hand: try again, drop, clean up, and pause a queue. Each is written into the audit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.actor import Actor
from core.alerts import service as alerts
from core.alerts.kinds import AlertKind
from core.audit.service import record_action
from core.db.constraints import refusals
from core.errors import DomainError, NotFound
from core.outbox.models import Job, JobStatus, Queue, QueuePause
from core.outbox.service import ring_after_commit


class JobBusy(DomainError):
    """The job runs, or is done: there is nothing to try again or to drop."""

    code = "job_busy"


class JobWaitsAlready(DomainError):
    """The same work waits as another job."""

    code = "job_waits_already"


class QueueNotPausable(DomainError):
    """Deadlines hang on this queue: offers would lapse while their answers wait."""

    code = "queue_not_pausable"


# What waits here costs nobody an order. Deadlines run on while a queue is paused.
PAUSABLE: Final = frozenset({Queue.CREDIT_SCORE, Queue.PAYMENT_REMINDERS, Queue.REPORT_GENERATION})


def retry(session: Session, queue: Queue, job_id: int, *, actor: Actor, now: dt.datetime) -> Job:
    """Let a failed job begin anew, or a waiting one at once. Raises NotFound, JobBusy, JobWaitsAlready."""
    job = _lock(session, queue, job_id)
    if job.status not in (JobStatus.FAILED, JobStatus.PENDING):
        raise JobBusy(job_id=job_id, status=job.status)
    with refusals(session, job_id=job_id, dedup_key=job.dedup_key):
        job.status = JobStatus.PENDING
        job.attempts = 0
        job.due_at, job.finished_at = now, None
    _resolve_alerts(session, [job.id], now=now)
    _audit(session, "job_retried", job, actor=actor, now=now)
    ring_after_commit(session, queue)
    return job


def drop(session: Session, queue: Queue, job_id: int, *, actor: Actor, now: dt.datetime) -> None:
    """Forget a job that does not run. Raises NotFound, JobBusy."""
    job = _lock(session, queue, job_id)
    if job.status is JobStatus.RUNNING:
        raise JobBusy(job_id=job_id, status=job.status)
    _resolve_alerts(session, [job.id], now=now)
    _audit(session, "job_dropped", job, actor=actor, now=now)
    session.delete(job)
    session.flush()


def clean(
    session: Session,
    queue: Queue,
    *,
    status: JobStatus,
    ended_before: dt.datetime,
    actor: Actor,
    now: dt.datetime,
) -> int:
    """Forget the queue's ended jobs of this status. Returns how many."""
    if status not in (JobStatus.DONE, JobStatus.FAILED):
        raise JobBusy(status=status)
    dropped = session.scalars(
        delete(Job)
        .where(Job.queue == queue, Job.status == status, Job.finished_at <= ended_before)
        .returning(Job.id)
    ).all()
    _resolve_alerts(session, dropped, now=now)
    _audit_queue(session, "queue_cleaned", queue, actor=actor, now=now, status=status, dropped=len(dropped))
    return len(dropped)


def pause(session: Session, queue: Queue, *, reason: str, actor: Actor, now: dt.datetime) -> QueuePause:
    """Let no job of the queue begin until `resume`; those that run are finished. Of a paused queue, the first pause stands.

    Raises QueueNotPausable.
    """
    if queue not in PAUSABLE:
        raise QueueNotPausable(queue=queue)
    added: QueuePause | None = session.scalar(
        insert(QueuePause)
        .values(queue=queue, paused_at=now, paused_by=actor.label, reason=reason)
        .on_conflict_do_nothing()
        .returning(QueuePause)
    )
    if added is not None:
        _audit_queue(session, "queue_paused", queue, actor=actor, now=now, reason=reason)
        return added
    paused: QueuePause = session.get_one(QueuePause, queue, populate_existing=True)
    return paused


def resume(session: Session, queue: Queue, *, actor: Actor, now: dt.datetime) -> None:
    """Let the queue's jobs begin again; nothing happens to one that isn't paused."""
    if (
        session.scalar(delete(QueuePause).where(QueuePause.queue == queue).returning(QueuePause.queue))
        is None
    ):
        return
    _audit_queue(session, "queue_resumed", queue, actor=actor, now=now)
    ring_after_commit(session, queue)


def _audit_queue(
    session: Session, action: str, queue: Queue, *, actor: Actor, now: dt.datetime, **facts: object
) -> None:
    after = {"queue": queue, **facts}
    record_action(session, action, subject_kind="queue", subject_id=0, actor=actor, now=now, after=after)


def _resolve_alerts(session: Session, job_ids: Sequence[int], *, now: dt.datetime) -> None:
    alerts.resolve(session, AlertKind.JOB_GIVEN_UP, subject_kind="job", subject_ids=job_ids, now=now)


def _lock(session: Session, queue: Queue, job_id: int) -> Job:
    job = session.get(Job, job_id, with_for_update=True, populate_existing=True)
    if job is None or job.queue is not queue:
        raise NotFound(kind="jobs", id=job_id)
    return job


def _audit(session: Session, action: str, job: Job, *, actor: Actor, now: dt.datetime) -> None:
    after: dict[str, object] = {"queue": job.queue, "kind": job.kind, "attempts": job.attempts}
    record_action(session, action, subject_kind="job", subject_id=job.id, actor=actor, now=now, after=after)
