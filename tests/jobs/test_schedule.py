import datetime as dt

import pytest
from sqlalchemy import func, select

from core.actor import Actor, ActorKind, Via
from core.alerts import service as alerts
from core.alerts.kinds import AlertKind, AlertState
from core.alerts.models import Alert
from core.errors import NotFound
from core.jobs import schedule
from core.jobs.clock import _Clock
from core.jobs.schedule import TIMETABLE, last_due
from core.outbox import administration, claims
from core.outbox.models import Job, Queue, ScheduleRun
from core.refs import UserId

ADMIN = Actor(kind=ActorKind.ADMIN, via=Via.API, user_id=UserId(3))
# 02:29:40 in Kathmandu.
NIGHT = dt.datetime(2026, 11, 22, 20, 44, 40, tzinfo=dt.UTC)


def entry(name):
    return next(entry for entry in TIMETABLE if entry.name == name)


def runs(session):
    return sorted(session.execute(select(ScheduleRun.name, ScheduleRun.due_at)).all())


def test_ledger_is_checked_at_half_past_two_in_kathmandu():
    half_past_two = dt.datetime(2026, 11, 22, 20, 45, tzinfo=dt.UTC)

    assert last_due(entry("check-books"), now=NIGHT) is None
    assert last_due(entry("check-books"), now=half_past_two) == half_past_two


@pytest.mark.parametrize(
    ("name", "minute", "expected"),
    [
        ("lapse-offers", "06:14:59", "06:00:00"),
        ("lapse-offers", "06:15:00", "06:15:00"),
        ("sweep", "06:15:29", "06:15:00"),
        ("sweep", "06:15:31", "06:15:30"),
    ],
)
def test_newest_due_time_that_has_come(name, minute, expected):
    def at(text):
        return dt.datetime.fromisoformat(f"2026-11-22T{text}+05:45")

    assert last_due(entry(name), now=at(minute)) == at(expected)


def test_due_time_that_is_long_past_is_not_made_up_for():
    noon = dt.datetime.fromisoformat("2026-11-22T23:00:00+05:45")

    assert last_due(entry("check-books"), now=noon) is None


def test_each_due_time_is_started_once(session):
    first = schedule.keep(session, now=NIGHT)
    again = schedule.keep(session, now=NIGHT + dt.timedelta(seconds=10))
    later = schedule.keep(session, now=NIGHT + dt.timedelta(seconds=20))

    assert "sweep" in first
    assert again == []
    assert sorted(later) == ["check-books", "lapse-offers", "sweep"]


def test_what_still_waits_is_not_added_again_at_the_next_due_time(session):
    schedule.keep(session, now=NIGHT)
    schedule.keep(session, now=NIGHT + dt.timedelta(seconds=30))

    assert session.scalar(select(func.count()).where(Job.kind == "sweep")) == 1
    assert [name for name, _ in runs(session)].count("sweep") == 2


def test_next_look_is_at_the_next_due_time():
    assert schedule.next_due(now=NIGHT) == NIGHT + dt.timedelta(seconds=20)


def test_admin_starts_an_entry_at_once(session):
    job_id = schedule.run_now(session, "lapse-offers", actor=ADMIN, now=NIGHT)

    job = session.get(Job, job_id)
    (run,) = session.scalars(select(ScheduleRun))
    assert (job.kind, job.due_at) == ("lapse_offers", NIGHT)
    assert (run.requested_by, run.due_at, run.job_id) == ("admin:3", NIGHT, job_id)


def test_unknown_entry_is_not_found(session):
    with pytest.raises(NotFound):
        schedule.run_now(session, "tea-break", actor=ADMIN, now=NIGHT)


def overdue(session):
    return [
        (alert.subject_id, alert.facts["kind"], alert.state, alert.times)
        for alert in session.scalars(select(Alert).where(Alert.kind == AlertKind.JOB_OVERDUE))
    ]


def started(session, name):
    job_id = schedule.run_now(session, name, actor=ADMIN, now=NIGHT)
    return session.get(Job, job_id)


def later(**time):
    return NIGHT + dt.timedelta(**time)


@pytest.mark.parametrize(
    ("name", "patience"),
    [
        ("sweep", dt.timedelta(minutes=5)),
        ("lapse-offers", dt.timedelta(minutes=5)),
        ("end-waiting", dt.timedelta(minutes=5, seconds=20)),
        ("back-up", dt.timedelta(minutes=30, seconds=20)),
        ("score-retailers", dt.timedelta(hours=1)),
    ],
)
def test_job_that_is_not_done_in_its_slot_is_an_alert(session, name, patience):
    job = started(session, name)

    schedule.watch(session, now=NIGHT + patience - dt.timedelta(seconds=1))
    in_time = overdue(session)
    schedule.watch(session, now=NIGHT + patience)
    schedule.watch(session, now=NIGHT + patience + dt.timedelta(seconds=30))

    assert in_time == []
    assert overdue(session) == [(job.id, job.kind, AlertState.OPEN, 1)]


def test_alert_of_a_running_job_ends_when_the_job_does(session):
    job = started(session, "sweep")
    claim = claims.claim(session, Queue.ORDER_PROCESSING, worker="here-1-3", now=NIGHT)
    schedule.watch(session, now=later(minutes=6))
    raised = overdue(session)

    claims.finish(session, claim, now=later(minutes=7))
    schedule.watch(session, now=later(minutes=7))

    assert raised == [(job.id, "sweep", AlertState.OPEN, 1)]
    assert overdue(session) == [(job.id, "sweep", AlertState.RESOLVED, 1)]


def test_who_has_acknowledged_an_overdue_job_is_not_told_again(session):
    started(session, "sweep")
    schedule.watch(session, now=later(minutes=6))
    (alert,) = session.scalars(select(Alert))
    alerts.acknowledge(session, alert.id, note=None, actor=ADMIN, now=later(minutes=6))

    schedule.watch(session, now=later(minutes=7))

    assert [state for _, _, state, _ in overdue(session)] == [AlertState.ACKNOWLEDGED]


def test_what_waits_in_a_paused_queue_is_not_overdue(session):
    started(session, "check-risk")
    administration.pause(session, Queue.CREDIT_SCORE, reason="a broken release", actor=ADMIN, now=NIGHT)

    schedule.watch(session, now=later(hours=5))

    assert overdue(session) == []


def test_every_entry_has_its_own_name():
    names = [entry.name for entry in TIMETABLE]
    assert sorted(names) == sorted(set(names))


def test_the_clock_tells_of_a_job_that_is_not_done_in_its_slot(database):
    with database.transaction() as session:
        job_id = started(session, "sweep").id

    _Clock(database).look()

    with database.transaction() as session:
        assert job_id in [subject for subject, *_ in overdue(session)]
