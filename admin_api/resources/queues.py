"""The job queues: what waits, runs or has failed; retry, drop, clean."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Any, Literal

from flask import Blueprint
from pydantic import Field
from sqlalchemy import select

from admin_api import paging
from admin_api.endpoints import ADMIN, Call, endpoint
from admin_api.fields import Given, RowId, Text, View
from admin_api.paging import PageQuery, PageView, narrow
from admin_api.problems import json_safe
from core.errors import NotFound
from core.outbox import administration, queries
from core.outbox.models import Job, JobRun, JobStatus, Queue, QueuePause
from core.outbox.queries import QueueCount

blueprint = Blueprint("api_queues", __name__)

_CONFLICT = [HTTPStatus.CONFLICT]


class JobFilter(PageQuery):
    status: JobStatus | None = None
    kind: Text | None = None
    sort: Literal["id", "-id"] = "-id"


class CleanGiven(Given):
    """Which ended jobs to drop: those of one status, at least this old."""

    status: Literal["done", "failed"] = "done"
    older_than_seconds: int = Field(default=0, ge=0, le=10 * 366 * 86_400)


class PauseGiven(Given):
    reason: Text = Field(examples=["The provider refuses our messages."])


class PauseView(View):
    paused_at: dt.datetime
    paused_by: str
    reason: str


class QueueView(View):
    queue: Queue
    due: int
    later: int
    running: int
    failed: int
    waiting_since: dt.datetime | None
    done_per_minute: float = Field(description="On average over the last five minutes.")
    pause: PauseView | None = Field(description="Set while no job of the queue begins.")


class QueuesView(View):
    items: list[QueueView]


class JobView(View):
    id: RowId
    queue: Queue
    kind: str
    arguments: dict[str, Any]
    dedup_key: str | None
    status: JobStatus
    attempts: int
    due_at: dt.datetime
    created_at: dt.datetime
    claimed_at: dt.datetime | None
    claimed_by: str | None
    finished_at: dt.datetime | None
    error: str | None


class JobPage(PageView):
    items: list[JobView]


class RunView(View):
    attempt: int
    worker: str
    started_at: dt.datetime
    finished_at: dt.datetime | None
    error: str | None


class JobDetails(JobView):
    runs: list[RunView]


class CleanedView(View):
    dropped: int


@blueprint.get("/queues/stats")
@endpoint(tag="queues", roles=ADMIN, answer=QueuesView)
def list_queue_stats(call: Call) -> QueuesView:
    """Job counts of every queue."""
    return QueuesView(items=_queue_views(call))


@blueprint.get("/queues/<queueName>/stats")
@endpoint(tag="queues", roles=ADMIN, answer=QueueView, refusals=[HTTPStatus.NOT_FOUND])
def get_queue_stats(call: Call, queueName: str) -> QueueView:  # noqa: N803 - spelled as in the path
    """Job counts of one queue."""
    queue = _queue(queueName)
    return next(view for view in _queue_views(call) if view.queue is queue)


@blueprint.post("/queues/<queueName>/pause")
@endpoint(
    tag="queues",
    roles=ADMIN,
    answer=PauseView,
    body=PauseGiven,
    is_keyed=True,
    refusals=[HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT],
)
def pause_queue(call: Call, queueName: str, body: PauseGiven) -> PauseView:  # noqa: N803
    """Let no job of the queue begin until it is resumed; those that run are finished. The first pause stands.

    Messages, routing and orders can't be paused, because their deadlines would run on.
    """
    paused = administration.pause(
        call.session, _queue(queueName), reason=body.reason, actor=call.actor, now=call.now
    )
    return _pause(paused)


@blueprint.post("/queues/<queueName>/resume")
@endpoint(tag="queues", roles=ADMIN, is_keyed=True, refusals=[HTTPStatus.NOT_FOUND])
def resume_queue(call: Call, queueName: str) -> None:  # noqa: N803
    """Let the queue's jobs begin again."""
    administration.resume(call.session, _queue(queueName), actor=call.actor, now=call.now)


@blueprint.get("/queues/<queueName>/jobs")
@endpoint(tag="queues", roles=ADMIN, answer=JobPage, query=JobFilter)
def list_jobs(call: Call, queueName: str, query: JobFilter) -> JobPage:  # noqa: N803
    """The jobs of a queue, newest first."""
    wanted = select(Job).where(Job.queue == _queue(queueName))
    wanted = narrow(wanted, (Job.status, query.status), (Job.kind, query.kind))
    found = paging.cut(call.session, wanted, key=Job.id, page=query, sort=query.sort)
    return JobPage(items=[JobView(**_job(row)) for row in found.items], total=found.total, next=found.next)


@blueprint.get("/queues/<queueName>/jobs/<id:jobId>")
@endpoint(tag="queues", roles=ADMIN, answer=JobDetails)
def get_job(call: Call, queueName: str, jobId: int) -> JobDetails:  # noqa: N803
    """One job with every attempt."""
    job = call.session.get(Job, jobId)
    if job is None or job.queue is not _queue(queueName):
        raise NotFound(kind="jobs", id=jobId)
    runs = call.session.scalars(select(JobRun).where(JobRun.job_id == jobId).order_by(JobRun.attempt))
    return JobDetails(
        **_job(job),
        runs=[
            RunView(
                attempt=run.attempt,
                worker=run.worker,
                started_at=run.started_at,
                finished_at=run.finished_at,
                error=run.error,
            )
            for run in runs
        ],
    )


@blueprint.post("/queues/<queueName>/jobs/<id:jobId>/retry")
@endpoint(tag="queues", roles=ADMIN, answer=JobView, is_keyed=True, refusals=_CONFLICT)
def retry_job(call: Call, queueName: str, jobId: int) -> JobView:  # noqa: N803
    """Retry a failed job with a fresh set of attempts, or run a waiting one now."""
    job = administration.retry(call.session, _queue(queueName), jobId, actor=call.actor, now=call.now)
    return JobView(**_job(job))


@blueprint.delete("/queues/<queueName>/jobs/<id:jobId>")
@endpoint(tag="queues", roles=ADMIN, refusals=_CONFLICT)
def drop_job(call: Call, queueName: str, jobId: int) -> None:  # noqa: N803
    """Drop a job that isn't running."""
    administration.drop(call.session, _queue(queueName), jobId, actor=call.actor, now=call.now)


@blueprint.post("/queues/<queueName>/clean")
@endpoint(
    tag="queues",
    roles=ADMIN,
    answer=CleanedView,
    body=CleanGiven,
    is_keyed=True,
    refusals=[HTTPStatus.NOT_FOUND],
)
def clean_queue(call: Call, queueName: str, body: CleanGiven) -> CleanedView:  # noqa: N803
    """Drop ended jobs."""
    dropped = administration.clean(
        call.session,
        _queue(queueName),
        status=JobStatus(body.status),
        ended_before=call.now - dt.timedelta(seconds=body.older_than_seconds),
        actor=call.actor,
        now=call.now,
    )
    return CleanedView(dropped=dropped)


def _queue(name: str) -> Queue:
    try:
        return Queue(name)
    except ValueError as unknown:
        raise NotFound(kind="queues", id=name) from unknown


def _queue_views(call: Call) -> list[QueueView]:
    rates = queries.done_per_minute(call.session, now=call.now)
    counts = queries.queue_counts(call.session, now=call.now)
    return [_queue_view(count, rate=rates[count.queue]) for count in counts]


def _queue_view(count: QueueCount, *, rate: float) -> QueueView:
    return QueueView(
        queue=count.queue,
        due=count.due,
        later=count.later,
        running=count.running,
        failed=count.failed,
        waiting_since=count.waiting_since,
        done_per_minute=rate,
        pause=_pause(count.pause) if count.pause else None,
    )


def _pause(row: QueuePause) -> PauseView:
    return PauseView(paused_at=row.paused_at, paused_by=row.paused_by, reason=row.reason)


def _job(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "queue": job.queue,
        "kind": job.kind,
        "arguments": json_safe(job.arguments),
        "dedup_key": job.dedup_key,
        "status": job.status,
        "attempts": job.attempts,
        "due_at": job.due_at,
        "created_at": job.created_at,
        "claimed_at": job.claimed_at,
        "claimed_by": job.claimed_by,
        "finished_at": job.finished_at,
        "error": job.error,
    }
