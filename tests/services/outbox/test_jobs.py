import datetime as dt
from threading import Barrier, Thread

import pytest
from sqlalchemy import select, text

from core.actor import SYSTEM
from core.alerts.models import Alert
from core.events import OrderCompleted, OrderPlaced
from core.outbox import administration, claims, queries, service
from core.outbox.claims import Ending
from core.outbox.models import Event, Job, JobRun, JobStatus, Queue, ScheduleRun
from core.outbox.service import Reaction, add_job, record

NOW = dt.datetime(2026, 11, 22, 6, 0, tzinfo=dt.UTC)
WORKER = "here-1-77"


@pytest.fixture
def rung():
    """The queues whose bells rang, with an order's placing answered by one job."""
    rung = []
    before = (service._wiring.reactions, service._wiring.ring)
    service.wire(reactions={OrderPlaced: [Reaction(kind="tell", queue=Queue.WHATSAPP)]}, ring=rung.append)
    yield rung
    service.wire(reactions=before[0], ring=before[1])


def add(session, kind="work", *, key="k", queue=Queue.WHATSAPP, due_at=None, now=NOW):
    return add_job(session, kind, queue=queue, arguments={"id": 1}, dedup_key=key, now=now, due_at=due_at)


def claim(session, *, now=NOW, worker=WORKER, queue=Queue.WHATSAPP):
    return claims.claim(session, queue, worker=worker, now=now)


def job(session, job_id):
    return session.get(Job, job_id, populate_existing=True)


def test_event_is_written_with_one_job_for_each_reaction(session, rung):
    record(session, OrderPlaced(order_id=7), actor=SYSTEM, now=NOW)
    record(session, OrderCompleted(order_id=7), actor=SYSTEM, now=NOW)

    placed, completed = session.scalars(select(Event).order_by(Event.id))
    (tell,) = session.scalars(select(Job))
    assert (placed.name, completed.name) == ("OrderPlaced", "OrderCompleted")
    assert (tell.kind, tell.queue, tell.event_id) == ("tell", Queue.WHATSAPP, placed.id)
    assert tell.arguments == {"order_id": 7, "event": "OrderPlaced", "event_id": placed.id}


def test_a_paused_queue_gives_no_job_until_it_goes_on(session, rung):
    add(session, queue=Queue.REPORT_GENERATION)
    add(session, key="other", queue=Queue.CREDIT_SCORE)
    paused = administration.pause(
        session, Queue.REPORT_GENERATION, reason="a bad release", actor=SYSTEM, now=NOW
    )

    assert claim(session, queue=Queue.REPORT_GENERATION) is None
    assert claim(session, queue=Queue.CREDIT_SCORE) is not None
    again = administration.pause(session, Queue.REPORT_GENERATION, reason="another", actor=SYSTEM, now=NOW)
    assert again.reason == paused.reason
    counts = {one.queue: one for one in queries.queue_counts(session, now=NOW)}
    assert (counts[Queue.REPORT_GENERATION].due, counts[Queue.REPORT_GENERATION].pause) == (1, paused)

    administration.resume(session, Queue.REPORT_GENERATION, actor=SYSTEM, now=NOW)
    administration.resume(session, Queue.REPORT_GENERATION, actor=SYSTEM, now=NOW)
    assert claim(session, queue=Queue.REPORT_GENERATION) is not None


@pytest.mark.parametrize("queue", [Queue.WHATSAPP, Queue.ORDER_ROUTING, Queue.ORDER_PROCESSING])
def test_a_queue_on_which_deadlines_hang_is_never_paused(session, rung, queue):
    with pytest.raises(administration.QueueNotPausable):
        administration.pause(session, queue, reason="the provider is down", actor=SYSTEM, now=NOW)

    add(session, queue=queue)
    assert claim(session, queue=queue) is not None


def test_bell_rings_once_for_each_queue_and_only_after_the_commit(database, rung):
    with database.transaction() as session:
        add(session, key="a")
        add(session, key="b")
        add(session, key="c", queue=Queue.CREDIT_SCORE)
        assert rung == []

    assert rung == [Queue.WHATSAPP, Queue.CREDIT_SCORE]


def test_bell_does_not_ring_for_what_was_rolled_back(database, rung):
    def add_and_fail():
        with database.transaction() as session:
            add(session)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        add_and_fail()

    assert rung == []


def test_pending_job_of_the_same_kind_and_key_is_not_added_twice_and_the_sooner_time_wins(session):
    first = add(session, due_at=NOW + dt.timedelta(seconds=9))
    second = add(session, due_at=NOW + dt.timedelta(seconds=3))
    third = add(session, due_at=NOW + dt.timedelta(seconds=6))

    assert first == second == third
    assert job(session, first).due_at == NOW + dt.timedelta(seconds=3)


def test_jobs_without_a_key_are_all_kept(session):
    assert add(session, key=None) != add(session, key=None)


def test_longest_due_job_is_claimed_first_and_what_is_not_due_is_not(session):
    later = add(session, key="later", due_at=NOW + dt.timedelta(seconds=5))
    newer = add(session, key="newer", due_at=NOW - dt.timedelta(seconds=1))
    older = add(session, key="older", due_at=NOW - dt.timedelta(seconds=2))

    taken = [claim(session), claim(session), claim(session)]

    assert [found and found.job_id for found in taken] == [older, newer, None]
    assert claims.next_due(session, Queue.WHATSAPP, now=NOW) == NOW + dt.timedelta(seconds=5)
    assert claim(session, now=NOW + dt.timedelta(seconds=5)).job_id == later


def test_duplicate_of_a_running_job_waits_until_it_has_ended(session):
    add(session)
    running = claim(session)
    duplicate = add(session)

    assert duplicate != running.job_id
    assert claim(session) is None

    claims.finish(session, running, now=NOW)
    assert claim(session).job_id == duplicate


def test_finished_job_is_done_with_its_run(session):
    add(session)
    attempt = claim(session)

    assert claims.hold(session, attempt)
    claims.finish(session, attempt, now=NOW + dt.timedelta(seconds=1))

    done = job(session, attempt.job_id)
    (run,) = session.scalars(select(JobRun))
    assert (done.status, done.attempts, done.claimed_by, done.error) == (JobStatus.DONE, 1, None, None)
    assert (run.attempt, run.worker, run.started_at, run.error) == (1, WORKER, NOW, None)
    assert run.finished_at == NOW + dt.timedelta(seconds=1)


def test_failed_job_is_tried_again_after_five_and_ten_seconds_and_then_given_up(session):
    add(session)
    now, waits = NOW, []
    for _ in range(2):
        attempt = claim(session, now=now)
        assert claims.fail(session, attempt, error="boom", now=now) is Ending.TO_BE_TRIED_AGAIN
        due_at = job(session, attempt.job_id).due_at
        waits.append((due_at - now).total_seconds())
        now = due_at

    assert claims.fail(session, claim(session, now=now), error="boom", now=now) is Ending.GIVEN_UP

    assert waits == [5, 10]
    (given_up,) = session.scalars(select(Job).execution_options(populate_existing=True))
    assert (given_up.status, given_up.error, given_up.attempts) == (JobStatus.FAILED, "boom", 3)
    assert [run.attempt for run in session.scalars(select(JobRun).order_by(JobRun.id))] == [1, 2, 3]


def test_failed_job_leaves_the_work_to_a_newer_one_with_its_key(session):
    add(session)
    attempt = claim(session)
    duplicate = add(session)

    assert claims.fail(session, attempt, error="boom", now=NOW) is Ending.LEFT_TO_DUPLICATE

    assert job(session, attempt.job_id).status is JobStatus.DONE
    assert claim(session).job_id == duplicate


def test_attempt_that_was_taken_back_changes_nothing(session):
    add(session)
    attempt = claim(session)
    claims.take_back(session, now=NOW)
    claim(session, worker="there-2-78")

    assert not claims.hold(session, attempt)
    assert claims.fail(session, attempt, error="late", now=NOW) is Ending.NOT_OURS
    assert job(session, attempt.job_id).claimed_by == "there-2-78"


def test_attempt_that_was_taken_back_and_claimed_by_the_same_worker_again_changes_nothing(session):
    add(session)
    attempt = claim(session)
    claims.take_back(session, now=NOW)
    again = claim(session)

    assert not claims.hold(session, attempt)
    assert claims.fail(session, attempt, error="late", now=NOW) is Ending.NOT_OURS
    assert (job(session, attempt.job_id).status, again.attempt) == (JobStatus.RUNNING, 2)


def test_only_dead_workers_jobs_are_taken_back(fresh_database):
    with fresh_database.engine.connect() as life, fresh_database.database.transaction() as session:
        life.execute(text(f"SELECT pg_advisory_lock({claims.LIVING_WORKERS}, 501)"))
        alive, dead = add(session, key="alive"), add(session, key="dead")
        claim(session, worker="here-1-501")
        claim(session, worker="here-1-502")

        assert claims.take_back(session, now=NOW) == 1

        assert job(session, alive).status is JobStatus.RUNNING
        assert job(session, dead).status is JobStatus.PENDING
        life.execute(text("SELECT pg_advisory_unlock_all()"))
    with fresh_database.database.transaction() as session:
        assert claims.take_back(session, now=NOW) == 1


def test_job_that_killed_three_workers_is_given_up(session):
    add(session)
    for _ in range(3):
        claim(session)
        claims.take_back(session, now=NOW)

    (given_up,) = session.scalars(select(Job).execution_options(populate_existing=True))
    assert (given_up.status, given_up.error) == (JobStatus.FAILED, "the worker died")
    assert session.scalars(select(JobRun.error)).all() == ["the worker died"] * 3
    (alert,) = session.scalars(select(Alert))
    assert (alert.subject_id, alert.facts) == (given_up.id, {"kind": "work", "queue": "whatsapp"})


def test_job_that_is_taken_back_rings_its_own_queue(database, rung):
    with database.transaction() as session:
        add(session, queue=Queue.CREDIT_SCORE)
        claim(session, queue=Queue.CREDIT_SCORE)
    rung.clear()

    with database.transaction() as session:
        claims.take_back(session, now=NOW)

    assert rung == [Queue.CREDIT_SCORE]


def test_job_whose_work_is_being_committed_is_not_waited_for_and_not_taken_back(fresh_database):
    database = fresh_database.database
    with database.transaction() as session:
        add(session)
    with database.transaction() as session:
        attempt = claim(session)

    with database.transaction() as running:
        assert claims.hold(running, attempt)
        with database.transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '1s'"))
            assert claims.take_back(session, now=NOW) == 0


def test_bells_ring_again_only_for_what_is_due(database, rung):
    with database.transaction() as session:
        add(session, key="a", queue=Queue.CREDIT_SCORE)
        add(session, key="b", due_at=NOW + dt.timedelta(minutes=1))
    rung.clear()

    with database.transaction() as session:
        claims.ring_for_due(session, now=NOW)

    assert rung == [Queue.CREDIT_SCORE]


def test_adding_a_job_does_not_wait_for_its_running_duplicate(fresh_database):
    database = fresh_database.database
    with database.transaction() as session:
        add(session)
    with database.transaction() as session:
        attempt = claim(session)

    with database.transaction() as running:
        assert claims.hold(running, attempt)
        with database.transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '1s'"))
            duplicate = add(session)

    assert duplicate != attempt.job_id


def test_many_workers_share_the_jobs_without_taking_one_twice(fresh_database):
    database = fresh_database.database
    with database.transaction() as session:
        jobs = {add(session, key=str(number)) for number in range(40)}
    taken, barrier = [], Barrier(8)

    def work(number):
        barrier.wait()
        while True:
            with database.transaction() as session:
                found = claim(session, worker=f"here-1-{number}")
            if found is None:
                return
            taken.append(found.job_id)

    threads = [Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(taken) == 40
    assert set(taken) == jobs


def test_counts_tell_what_waits_and_since_when(session):
    add(session, key="a", due_at=NOW - dt.timedelta(minutes=2))
    add(session, key="b", due_at=NOW - dt.timedelta(minutes=1))
    add(session, key="c", due_at=NOW + dt.timedelta(minutes=1))
    claim(session)

    counts = {count.queue: count for count in queries.queue_counts(session, now=NOW)}

    assert set(counts) == set(Queue)
    whatsapp = counts[Queue.WHATSAPP]
    assert (whatsapp.due, whatsapp.later, whatsapp.running, whatsapp.failed) == (1, 1, 1, 0)
    assert whatsapp.waiting_since == NOW - dt.timedelta(minutes=1)
    assert counts[Queue.CREDIT_SCORE].waiting_since is None


def test_rate_counts_what_was_done_in_the_last_five_minutes(session):
    for minutes in (6, 4, 3, 1):
        add(session, key=f"k{minutes}", due_at=NOW - dt.timedelta(minutes=10))
        done = claim(session)
        claims.finish(session, done, now=NOW - dt.timedelta(minutes=minutes))
    add(session, key="broken", due_at=NOW - dt.timedelta(minutes=10))
    claims.fail(session, claim(session), error="boom", now=NOW - dt.timedelta(minutes=1))

    rates = queries.done_per_minute(session, now=NOW)

    assert set(rates) == set(Queue)
    assert (rates[Queue.WHATSAPP], rates[Queue.CREDIT_SCORE]) == (0.6, 0)


def test_prune_keeps_the_runs_of_the_timetable_for_a_month_so_that_none_is_started_twice(session):
    for days in (0, 29, 31):
        session.add(ScheduleRun(name="sweep", requested_by="clock", due_at=NOW - dt.timedelta(days=days)))
    session.flush()

    claims.prune(session, now=NOW)

    kept = session.scalars(select(ScheduleRun.due_at).order_by(ScheduleRun.due_at.desc())).all()
    assert kept == [NOW, NOW - dt.timedelta(days=29)]


def test_prune_forgets_old_done_jobs_and_keeps_failed_ones(session):
    for key in ("done", "failed"):
        add(session, key=key)
    claims.finish(session, claim(session), now=NOW)
    for _ in range(3):
        attempt = claim(session, now=NOW + dt.timedelta(minutes=5))
        claims.fail(session, attempt, error="boom", now=NOW)

    claims.prune(session, now=NOW + dt.timedelta(days=31))

    (kept,) = session.scalars(select(Job).execution_options(populate_existing=True))
    assert (kept.dedup_key, kept.status) == ("failed", JobStatus.FAILED)
