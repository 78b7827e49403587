"""The job queues and the timetable: what waits, runs or was given up, and what happens by the clock."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint
from sqlalchemy import func, select

from admin_api.endpoints import Call
from admin_api.panel.doors import Done, Shown, action, page
from admin_api.panel.forms import required
from admin_api.panel.lists import chosen, listed
from admin_api.panel.routes import act, show
from core.errors import NotFound
from core.jobs.schedule import TIMETABLE, run_now
from core.outbox import administration
from core.outbox.models import Job, JobStatus, Queue, ScheduleRun
from core.outbox.queries import done_per_minute, queue_counts


def add(panel: Blueprint) -> None:
    show(panel, "/queues", queues)
    show(panel, "/schedule", schedule)
    act(panel, "/queues/<name>/jobs/<id:job_id>/retry", retry)
    act(panel, "/queues/<name>/jobs/<id:job_id>/drop", drop)
    act(panel, "/queues/<name>/pause", pause)
    act(panel, "/queues/<name>/resume", resume)
    act(panel, "/schedule/<name>/run", run)


@page
def queues(call: Call) -> Shown:
    queue, status = chosen("queue", Queue), chosen("show", JobStatus)
    wanted = (
        select(Job).where(Job.status == status) if status else select(Job).where(Job.status != JobStatus.DONE)
    )
    if queue is not None:
        wanted = wanted.where(Job.queue == queue)
    return Shown(
        template="queues.html",
        facts={
            "counts": queue_counts(call.session, now=call.now),
            "rates": done_per_minute(call.session, now=call.now),
            "found": listed(call.session, wanted, key=Job.id),
            "queue": queue or "",
            "show": status or "",
            "statuses": list(JobStatus),
            "pausable": administration.PAUSABLE,
        },
    )


@page
def schedule(call: Call) -> Shown:
    last = dict(
        call.session.execute(
            select(ScheduleRun.name, func.max(ScheduleRun.due_at)).group_by(ScheduleRun.name)
        ).all()
    )
    entries = [
        (entry, entry.at.get_next_fire_time(None, call.now).astimezone(dt.UTC), last.get(entry.name))
        for entry in TIMETABLE
    ]
    return Shown(template="schedule.html", facts={"entries": sorted(entries, key=lambda one: one[1])})


@action
def retry(call: Call, name: str, job_id: int) -> Done:
    administration.retry(call.session, _queue(name), job_id, actor=call.actor, now=call.now)
    return Done(say="job_retried")


@action
def drop(call: Call, name: str, job_id: int) -> Done:
    administration.drop(call.session, _queue(name), job_id, actor=call.actor, now=call.now)
    return Done(say="job_dropped")


@action
def pause(call: Call, name: str) -> Done:
    administration.pause(
        call.session, _queue(name), reason=required("reason"), actor=call.actor, now=call.now
    )
    return Done(say="queue_paused", facts={"queue": name})


@action
def resume(call: Call, name: str) -> Done:
    administration.resume(call.session, _queue(name), actor=call.actor, now=call.now)
    return Done(say="queue_resumed", facts={"queue": name})


@action
def run(call: Call, name: str) -> Done:
    run_now(call.session, name, actor=call.actor, now=call.now)
    return Done(say="schedule_started", facts={"name": name})


def _queue(name: str) -> Queue:
    if name not in set(Queue):
        raise NotFound(kind="queues", id=name)
    return Queue(name)
