"""The life of a job: claimed by one worker, finished or tried again, and taken back from a worker that died.

A job runs between two short transactions: the claim, and the one that holds its row, does the work and marks it done.
A worker keeps a session lock on its number for as long as it lives, so the database itself knows who has died: the
lock goes with the connection, however the process ended.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Executable,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.alerts import service as alerts
from core.alerts.causes import Cause
from core.alerts.kinds import AlertKind, Severity
from core.db.clock import business_time, machine_time
from core.db.constraints import constraint_of
from core.outbox.models import Job, JobRun, JobStatus, Queue, QueuePause, ScheduleRun
from core.outbox.service import ring_after_commit
from core.refs import JobId

MAX_ATTEMPTS: Final = 3
BACKOFF_SECONDS: Final = (5, 10)
KEPT_FOR: Final = dt.timedelta(days=30)

# The first half of the advisory locks that living workers hold; the second half is the worker's number.
LIVING_WORKERS: Final = 7_246_002
_PENDING_DUPLICATE: Final = "uq_jobs_dedup_key_pending"
_LONGEST_ERROR: Final = 500


class Ending(StrEnum):
    """What became of a failed attempt."""

    TO_BE_TRIED_AGAIN = "to_be_tried_again"
    LEFT_TO_DUPLICATE = "left_to_duplicate"
    GIVEN_UP = "given_up"
    NOT_OURS = "not_ours"


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """One attempt at one job by one worker."""

    job_id: JobId
    queue: Queue
    kind: str
    arguments: dict[str, Any]
    attempt: int
    worker: str
    claimed_at: dt.datetime
    trace: str | None = None


def worker_name(host: str, process: int, number: int) -> str:
    return f"{host}-{process}-{number}"


def claim(session: Session, queue: Queue, *, worker: str, now: dt.datetime | None = None) -> Claim | None:
    """Take the job that has been due longest, or None, also of a paused queue. Jobs of one kind and key never run side by side.

    Without *now* the statement itself looks at the business clock.
    """
    facts = {"of_queue": queue, "by": worker}
    if now is None:
        row = session.connection().execute(_CLAIM_NOW, facts | machine_time()).first()
    else:
        row = session.connection().execute(_CLAIM, facts | {"now": now}).first()
    if row is None:
        return None
    return Claim(
        job_id=JobId(row.id),
        queue=queue,
        kind=row.kind,
        arguments=row.arguments,
        attempt=row.attempts,
        worker=worker,
        claimed_at=row.claimed_at,
        trace=row.trace,
    )


def next_due(session: Session, queue: Queue, *, now: dt.datetime) -> dt.datetime | None:
    """When the next job that is not due yet will be."""
    return session.scalar(
        select(func.min(Job.due_at)).where(
            Job.queue == queue, Job.status == JobStatus.PENDING, Job.due_at > now
        )
    )


def hold(session: Session, attempt: Claim) -> dt.datetime | None:
    """Lock the job until the transaction ends, and say what time it is for the business.

    None when the attempt is no longer ours and must change nothing.
    """
    ours = {"its_id": attempt.job_id, "by": attempt.worker, "attempt": attempt.attempt}
    return session.connection().scalar(_HOLD, ours | machine_time())


def finish(session: Session, attempt: Claim, *, now: dt.datetime) -> None:
    """Mark the held job done and log its run, in the transaction that did it."""
    session.connection().execute(
        _FINISH,
        {
            "its_id": attempt.job_id,
            "now": now,
            "attempt": attempt.attempt,
            "worker": attempt.worker,
            "started_at": attempt.claimed_at,
        },
    )


def fail(session: Session, attempt: Claim, *, error: str, now: dt.datetime) -> Ending:
    """Put the job back for another try after a while, or give it up after the last one."""
    if hold(session, attempt) is None:
        return Ending.NOT_OURS
    error = error[:_LONGEST_ERROR]
    _log_run(session, attempt, now=now, error=error)
    return _put_back(session, attempt, error=error, now=now)


def take_back(session: Session, *, now: dt.datetime) -> int:
    """Put back what dead workers held. A job whose work is just being committed is locked, and left alone."""
    dead = [worker for worker in _workers_at_work(session) if not _is_alive(session, worker)]
    rows = session.execute(
        select(Job.id, Job.queue, Job.kind, Job.arguments, Job.attempts, Job.claimed_by, Job.claimed_at)
        .where(Job.status == JobStatus.RUNNING, Job.claimed_by.in_(dead))
        .order_by(Job.id)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        attempt = Claim(
            job_id=JobId(row.id),
            queue=row.queue,
            kind=row.kind,
            arguments=row.arguments,
            attempt=row.attempts,
            worker=row.claimed_by,
            claimed_at=row.claimed_at,
        )
        _log_run(session, attempt, now=now, error="the worker died")
        _put_back(session, attempt, error="the worker died", now=now, wait=False)
    return len(rows)


def ring_for_due(session: Session, *, now: dt.datetime) -> None:
    """Ring every queue that has work: bells may have been lost."""
    for queue in session.scalars(
        select(Job.queue).distinct().where(Job.status == JobStatus.PENDING, Job.due_at <= now)
    ):
        ring_after_commit(session, queue)


def prune(session: Session, *, now: dt.datetime) -> None:
    """Forget what was done long ago, with its runs. Failed jobs stay until a person has looked."""
    session.execute(delete(ScheduleRun).where(ScheduleRun.due_at < now - KEPT_FOR))
    session.execute(delete(Job).where(Job.status == JobStatus.DONE, Job.finished_at < now - KEPT_FOR))


def _put_back(session: Session, attempt: Claim, *, error: str, now: dt.datetime, wait: bool = True) -> Ending:
    if attempt.attempt >= MAX_ATTEMPTS:
        _end(session, attempt.job_id, JobStatus.FAILED, now=now, error=error)
        cause = Cause(
            kind=AlertKind.JOB_GIVEN_UP,
            subject_kind="job",
            subject_id=attempt.job_id,
            severity=Severity.HIGH,
            facts={"kind": attempt.kind, "queue": attempt.queue},
        )
        alerts.raise_alert(session, cause, now=now)
        return Ending.GIVEN_UP
    pause = BACKOFF_SECONDS[min(attempt.attempt, len(BACKOFF_SECONDS)) - 1] if wait else 0
    try:
        with session.begin_nested():
            session.execute(
                update(Job)
                .where(Job.id == attempt.job_id)
                .values(
                    status=JobStatus.PENDING,
                    due_at=now + dt.timedelta(seconds=pause),
                    claimed_at=None,
                    claimed_by=None,
                    error=error,
                )
                .execution_options(synchronize_session=False)
            )
    except IntegrityError as conflict:
        if constraint_of(conflict) != _PENDING_DUPLICATE:
            raise
        # The same work was asked for again meanwhile: the newer job does it, with attempts of its own.
        _end(session, attempt.job_id, JobStatus.DONE, now=now, error=f"left to a newer job: {error}")
        ring_after_commit(session, attempt.queue)
        return Ending.LEFT_TO_DUPLICATE
    ring_after_commit(session, attempt.queue)
    return Ending.TO_BE_TRIED_AGAIN


def _end(session: Session, job_id: JobId, status: JobStatus, *, now: dt.datetime, error: str | None) -> None:
    session.connection().execute(_END, {"its_id": job_id, "as": status, "now": now, "why": error})


def _log_run(session: Session, attempt: Claim, *, now: dt.datetime, error: str | None) -> None:
    session.connection().execute(
        _LOG_RUN,
        {
            "job_id": attempt.job_id,
            "attempt": attempt.attempt,
            "worker": attempt.worker,
            "started_at": attempt.claimed_at,
            "finished_at": now,
            "error": error,
        },
    )


def _next_job(now: ColumnElement[dt.datetime]) -> Executable:
    jobs = Job.metadata.tables[Job.__tablename__]
    duplicate = jobs.alias()
    has_running_duplicate = exists().where(
        duplicate.c.status == JobStatus.RUNNING,
        duplicate.c.kind == jobs.c.kind,
        duplicate.c.dedup_key == jobs.c.dedup_key,
    )
    is_paused = exists().where(QueuePause.queue == bindparam("of_queue"))
    next_id = (
        select(jobs.c.id)
        .where(
            ~is_paused,
            jobs.c.queue == bindparam("of_queue"),
            jobs.c.status == JobStatus.PENDING,
            jobs.c.due_at <= now,
            ~has_running_duplicate,
        )
        .order_by(jobs.c.due_at, jobs.c.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=jobs)
        .scalar_subquery()
    )
    return (
        update(jobs)
        .where(jobs.c.id == next_id)
        .values(
            status=JobStatus.RUNNING,
            attempts=jobs.c.attempts + 1,
            claimed_at=now,
            claimed_by=bindparam("by"),
        )
        .returning(jobs.c.id, jobs.c.kind, jobs.c.arguments, jobs.c.attempts, jobs.c.claimed_at, jobs.c.trace)
    )


def _end_and_log() -> Executable:
    jobs, runs = (model.metadata.tables[model.__tablename__] for model in (Job, JobRun))
    ended = (
        update(jobs)
        .where(jobs.c.id == bindparam("its_id"))
        .values(
            status=JobStatus.DONE, claimed_at=None, claimed_by=None, finished_at=bindparam("now"), error=None
        )
        .returning(jobs.c.id, jobs.c.finished_at)
        .cte("ended")
    )
    given = [bindparam(name, type_=runs.c[name].type) for name in ("attempt", "worker", "started_at")]
    return insert(runs).from_select(
        ["job_id", "finished_at", "attempt", "worker", "started_at"],
        select(ended.c.id, ended.c.finished_at, *given),
    )


# Built once: they run for every job, and building them costs more than running them.
_CLAIM: Final = _next_job(bindparam("now", type_=Job.due_at.type))
_CLAIM_NOW: Final = _next_job(business_time())
_FINISH: Final = _end_and_log()
_HOLD: Final = (
    select(business_time())
    .select_from(Job)
    .where(
        Job.id == bindparam("its_id"),
        Job.status == JobStatus.RUNNING,
        Job.claimed_by == bindparam("by"),
        Job.attempts == bindparam("attempt"),
    )
    .with_for_update(of=Job)
)
_END: Final = (
    update(Job.metadata.tables[Job.__tablename__])
    .where(Job.id == bindparam("its_id"))
    .values(
        status=bindparam("as"),
        claimed_at=None,
        claimed_by=None,
        finished_at=bindparam("now"),
        error=bindparam("why"),
    )
)
_LOG_RUN: Final = insert(JobRun.metadata.tables[JobRun.__tablename__])


def _workers_at_work(session: Session) -> list[str]:
    return [
        worker
        for worker in session.scalars(
            select(Job.claimed_by).distinct().where(Job.status == JobStatus.RUNNING)
        )
        if worker
    ]


def _is_alive(session: Session, worker: str) -> bool:
    """Whether somebody holds the lock on the worker's number. Getting it here, until the end of this transaction, says no."""
    number = int(worker.rpartition("-")[2])
    got_it = session.scalar(
        text("SELECT pg_try_advisory_xact_lock(:space, :number)").bindparams(
            space=LIVING_WORKERS, number=number
        )
    )
    return not got_it
