"""The timetable: what happens by the clock, as data, and how a due time becomes a job exactly once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import exists, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.actor import Actor
from core.alerts import service as alerts
from core.alerts.causes import Cause
from core.alerts.kinds import AlertKind, AlertState, Severity
from core.clock import KATHMANDU
from core.errors import NotFound
from core.outbox.models import Job, JobStatus, Queue, QueuePause, ScheduleRun
from core.outbox.service import add_job
from core.refs import JobId

CLOCK = "clock"
# A sweep that takes a minute is no reason to call somebody, and a nightly job that hangs is one before the next night.
SHORTEST_SLOT: Final = dt.timedelta(minutes=5)
LONGEST_SLOT: Final = dt.timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class TimetableEntry:
    """`late_by` is how long after its time a run still makes sense, when no clock was there to see it."""

    name: str
    at: CronTrigger
    kind: str
    queue: Queue
    late_by: dt.timedelta


def _every(**fields: str) -> CronTrigger:
    """Times are Kathmandu's."""
    return CronTrigger(timezone=KATHMANDU, **fields)


def _minutes(count: int) -> dt.timedelta:
    return dt.timedelta(minutes=count)


TIMETABLE: tuple[TimetableEntry, ...] = (
    TimetableEntry(
        name="sweep",
        at=_every(second="*/30"),
        kind="sweep",
        queue=Queue.ORDER_PROCESSING,
        late_by=_minutes(1),
    ),
    TimetableEntry(
        name="lapse-offers",
        at=_every(minute="*/15"),
        kind="lapse_offers",
        queue=Queue.ORDER_ROUTING,
        late_by=_minutes(15),
    ),
    TimetableEntry(
        name="end-waiting",
        at=_every(minute="5-59/15"),
        kind="end_waiting",
        queue=Queue.ORDER_PROCESSING,
        late_by=_minutes(15),
    ),
    TimetableEntry(
        name="reconcile-provider",
        at=_every(minute="10-59/15"),
        kind="reconcile_provider",
        queue=Queue.WHATSAPP,
        late_by=_minutes(15),
    ),
    TimetableEntry(
        name="recalculate-vendors",
        at=_every(hour="*/6", minute="20"),
        kind="recalculate_vendors",
        queue=Queue.ORDER_ROUTING,
        late_by=dt.timedelta(hours=6),
    ),
    # After the count of the night, and when people read messages.
    TimetableEntry(
        name="end-vendors-week",
        at=_every(day_of_week="mon", hour="9", minute="0"),
        kind="end_vendors_week",
        queue=Queue.ORDER_ROUTING,
        late_by=dt.timedelta(hours=20),
    ),
    TimetableEntry(
        name="look-at-markets",
        at=_every(hour="*/4", minute="35"),
        kind="ask_for_all_markets",
        queue=Queue.ORDER_PROCESSING,
        late_by=dt.timedelta(hours=4),
    ),
    TimetableEntry(
        name="check-risk",
        at=_every(minute="50"),
        kind="check_all_risks",
        queue=Queue.CREDIT_SCORE,
        late_by=dt.timedelta(hours=1),
    ),
    TimetableEntry(
        name="score-retailers",
        at=_every(hour="2", minute="0"),
        kind="score_all",
        queue=Queue.CREDIT_SCORE,
        late_by=dt.timedelta(hours=20),
    ),
    TimetableEntry(
        name="remind-payments",
        at=_every(hour="10", minute="0"),
        kind="remind_all",
        queue=Queue.PAYMENT_REMINDERS,
        late_by=dt.timedelta(hours=8),
    ),
    TimetableEntry(
        name="check-books",
        at=_every(hour="2", minute="30"),
        kind="check_books",
        queue=Queue.CREDIT_SCORE,
        late_by=dt.timedelta(hours=20),
    ),
    TimetableEntry(
        name="back-up",
        at=_every(hour="3", minute="0"),
        kind="back_up",
        queue=Queue.REPORT_GENERATION,
        late_by=dt.timedelta(hours=20),
    ),
    TimetableEntry(
        name="apply-retention",
        at=_every(hour="3", minute="30"),
        kind="apply_retention",
        queue=Queue.ORDER_PROCESSING,
        late_by=dt.timedelta(hours=20),
    ),
)


def last_due(entry: TimetableEntry, *, now: dt.datetime) -> dt.datetime | None:
    """The newest due time that has come and is not too late. Older ones that were missed are covered by it."""
    found: dt.datetime | None = None
    moment = entry.at.get_next_fire_time(None, now - entry.late_by)
    while moment is not None and moment <= now:
        found = moment.astimezone(dt.UTC)
        moment = entry.at.get_next_fire_time(moment, moment)
    return found


def next_due(*, now: dt.datetime) -> dt.datetime:
    """When the next entry of the timetable is due."""
    moments: list[dt.datetime] = [entry.at.get_next_fire_time(now, now) for entry in TIMETABLE]
    return min(moments)


def keep(session: Session, *, now: dt.datetime) -> list[str]:
    """Add the jobs of all due times that nobody has seen to. Returns their names."""
    due = {
        (entry.name, moment): entry for entry in TIMETABLE if (moment := last_due(entry, now=now)) is not None
    }
    seen = session.execute(
        select(ScheduleRun.name, ScheduleRun.due_at).where(
            tuple_(ScheduleRun.name, ScheduleRun.due_at).in_(due)
        )
    )
    for name, moment in seen:
        del due[name, moment.astimezone(dt.UTC)]
    return [
        entry.name
        for (_, moment), entry in due.items()
        if _start(session, entry, due_at=moment, requested_by=CLOCK, now=now) is not None
    ]


def watch(session: Session, *, now: dt.datetime) -> None:
    """Raise an alert for each job of the timetable that isn't done in its slot, and end those of jobs that are.

    Kept by the clock, because a sweep would wait behind the very jobs that are stuck.
    """
    overdue = {job.id: job for job in _unfinished(session) if _slot_ends(job) <= now}
    open_ones = alerts.subjects(session, AlertKind.JOB_OVERDUE, AlertState.OPEN)
    # Who has acknowledged it knows, and isn't told again.
    known = open_ones | alerts.subjects(session, AlertKind.JOB_OVERDUE, AlertState.ACKNOWLEDGED)
    causes = [
        Cause(
            kind=AlertKind.JOB_OVERDUE,
            subject_kind="job",
            subject_id=job.id,
            severity=Severity.HIGH,
            facts={"kind": job.kind, "queue": job.queue, "status": job.status},
        )
        for job in overdue.values()
        if job.id not in known
    ]
    alerts.raise_alerts(session, causes, now=now)
    if ended := open_ones - overdue.keys():
        alerts.resolve(session, AlertKind.JOB_OVERDUE, subject_kind="job", subject_ids=ended, now=now)


def run_now(session: Session, name: str, *, actor: Actor, now: dt.datetime) -> JobId:
    """Start an entry of the timetable at once. Raises NotFound."""
    entry = next((entry for entry in TIMETABLE if entry.name == name), None)
    if entry is None:
        raise NotFound(kind="schedule", id=name)
    job_id = _start(session, entry, due_at=now, requested_by=actor.label, now=now)
    if job_id is None:
        raise AssertionError("two requests in the same microsecond")
    return job_id


def _unfinished(session: Session) -> list[Job]:
    """Jobs of the timetable that wait or run; those of a paused queue wait because somebody wants them to."""
    is_paused = exists().where(QueuePause.queue == Job.queue)
    ours = tuple_(Job.kind, Job.dedup_key).in_([(entry.kind, _key(entry)) for entry in TIMETABLE])
    waiting = select(Job).where(Job.status == JobStatus.PENDING, ours, ~is_paused)
    running = select(Job).where(Job.status == JobStatus.RUNNING, ours)
    return [*session.scalars(waiting), *session.scalars(running)]


def _slot_ends(job: Job) -> dt.datetime:
    """When somebody should look: after the next due time, but not for a job that is a little slow."""
    entry = next(entry for entry in TIMETABLE if _key(entry) == job.dedup_key)
    following: dt.datetime = entry.at.get_next_fire_time(job.due_at, job.due_at)
    return min(max(following, job.due_at + SHORTEST_SLOT), job.due_at + LONGEST_SLOT)


def _key(entry: TimetableEntry) -> str:
    return f"schedule:{entry.name}"


def _start(
    session: Session, entry: TimetableEntry, *, due_at: dt.datetime, requested_by: str, now: dt.datetime
) -> JobId | None:
    """None when this due time has been seen to: the unique constraint decides between two clocks."""
    run_id = session.scalar(
        insert(ScheduleRun)
        .values(name=entry.name, due_at=due_at, requested_by=requested_by)
        .on_conflict_do_nothing()
        .returning(ScheduleRun.id)
    )
    if run_id is None:
        return None
    job_id = add_job(session, entry.kind, queue=entry.queue, arguments={}, dedup_key=_key(entry), now=now)
    session.execute(update(ScheduleRun).where(ScheduleRun.id == run_id).values(job_id=job_id))
    return job_id
