import datetime as dt
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, OperationalError

from core.actor import SYSTEM
from core.audit.models import AuditEntry
from core.audit.service import record_action
from core.db.clock import business_now, move_clock
from core.db.session import Database
from core.jobs import runner
from core.jobs.handlers import Handler, OutsideHandler
from core.outbox import claims
from core.outbox.models import Job, JobRun, JobStatus, Queue
from core.outbox.service import add_job
from tests.running_jobs import run_due


def note(session, arguments, now):
    record_action(session, "noted", subject_kind="job", subject_id=arguments["id"], actor=SYSTEM, now=now)


def note_and_fail(session, arguments, now):
    note(session, arguments, now)
    raise ValueError("the first line\nwhat somebody wrote")


def add(database, kind, *, key="k"):
    with database.transaction() as session:
        now = business_now(session)
        return add_job(session, kind, queue=Queue.WHATSAPP, arguments={"id": 5}, dedup_key=key, now=now)


def notes(session):
    return list(session.scalars(select(AuditEntry.subject_id)))


@pytest.fixture
def only_job(session):
    def find():
        session.expire_all()
        return session.scalars(select(Job)).one()

    return find


def test_work_and_its_being_done_are_one_transaction(database, session, only_job):
    add(database, "note")

    assert run_due(database, {"note": Handler(act=note)}) == 1

    assert notes(session) == [5]
    assert only_job().status is JobStatus.DONE


def test_failed_work_leaves_nothing_but_its_failure(database, session, only_job):
    add(database, "note")

    run_due(database, {"note": Handler(act=note_and_fail)})

    assert notes(session) == []
    assert (only_job().status, only_job().error) == (JobStatus.PENDING, "ValueError: the first line")
    (run,) = session.scalars(select(JobRun))
    assert run.error == "ValueError: the first line"


def test_what_follows_a_failure_is_kept_with_it(database, session):
    followed = []

    def follow(session, arguments, error, now):
        note(session, arguments, now)
        followed.append(type(error))

    add(database, "note")
    handlers = {"note": Handler(act=note_and_fail, after_failure=follow)}

    run_due(database, handlers)
    with database.transaction() as later:
        move_clock(later, to=business_now(later) + dt.timedelta(seconds=5))
    run_due(database, handlers)

    assert followed == [ValueError, ValueError]
    assert notes(session) == [5, 5]


def test_failing_follow_up_does_not_hide_the_failure(database, session, only_job):
    add(database, "note")

    def follow(session, arguments, _error, now):
        note_and_fail(session, arguments, now)

    run_due(database, {"note": Handler(act=note_and_fail, after_failure=follow)})

    assert (only_job().status, only_job().attempts) == (JobStatus.PENDING, 1)
    assert notes(session) == []


def test_unknown_kind_is_a_failure(database, only_job):
    add(database, "from_the_future")

    run_due(database, {})

    assert only_job().error == "UnknownKind: from_the_future"


def test_work_outside_a_transaction_is_marked_done_after_it(database, session, only_job):
    seen = []

    def act(database, arguments, now):
        with database.transaction() as own:
            seen.append(own.get(Job, only_job().id).status)
            note(own, arguments, now)

    add(database, "call")

    run_due(database, {"call": OutsideHandler(act=act)})

    assert seen == [JobStatus.RUNNING]
    assert notes(session) == [5]
    assert only_job().status is JobStatus.DONE


def test_work_is_told_the_business_time(database):
    told = []
    with database.transaction() as session:
        moved = move_clock(session, to=business_now(session) + dt.timedelta(days=3))
    add(database, "tell")

    run_due(database, {"tell": Handler(act=lambda _session, _arguments, now: told.append(now))})

    assert len(told) == 1
    assert told[0] >= moved


def test_attempt_that_is_no_longer_ours_does_nothing(database, session):
    add(database, "note")
    with database.transaction() as own:
        claim = claims.claim(own, Queue.WHATSAPP, worker="here-1-3", now=business_now(own))
    with database.transaction() as own:
        claims.take_back(own, now=business_now(own))

    runner.run(database, {"note": Handler(act=note)}, claim)

    assert notes(session) == []


class LosesItsConnections(Database):
    """Each transaction commits, and then nobody hears of it."""

    def __init__(self, sessions, *, times):
        super().__init__(sessions)
        self.times = times

    @contextmanager
    def transaction(self):
        with super().transaction() as session:
            yield session
        if self.times:
            self.times -= 1
            raise OperationalError("COMMIT", {}, psycopg.OperationalError("server closed the connection"))


def test_job_whose_commit_nobody_heard_of_is_not_done_again(database, session, only_job):
    add(database, "note")
    claim = claims.claim(session, Queue.WHATSAPP, worker="here-1-3", now=business_now(session))

    runner.run(LosesItsConnections(database.sessions, times=1), {"note": Handler(act=note)}, claim)

    assert notes(session) == [5]
    assert (only_job().status, only_job().attempts) == (JobStatus.DONE, 1)


@pytest.mark.parametrize(
    ("error", "is_lost"),
    [
        (psycopg.OperationalError("the connection is closed"), True),
        (psycopg.errors.DeadlockDetected(), False),
        (psycopg.errors.QueryCanceled(), False),
        (psycopg.errors.UniqueViolation(), False),
        (ValueError("the connection is closed"), False),
    ],
)
def test_only_a_lost_connection_is_a_reason_to_try_at_once(database, error, is_lost):
    tries = []

    def act(_session):
        tries.append(len(tries))
        if len(tries) == 1 and isinstance(error, psycopg.Error):
            raise DBAPIError.instance("SELECT", {}, error, psycopg.Error)
        if len(tries) == 1:
            raise error
        return "done"

    if is_lost:
        assert database.run(act) == "done"
    else:
        with pytest.raises((DBAPIError, ValueError)):
            database.run(act)
    assert len(tries) == 1 + is_lost
