"""Real workers in real processes: killed, stopped, without Redis, and in the middle of things."""

import signal
from threading import Event

import redis
from sqlalchemy import select

from core.jobs.worker import THREADS
from core.outbox.models import Job, JobStatus, Queue, ScheduleRun
from tests.platform.processes import wait_until


def test_job_is_done_as_soon_as_it_is_committed(floor):
    floor.start()
    floor.add(number=1)
    wait_until(floor.noted, "the worker is up")

    job_id = floor.add(number=2)

    wait_until(lambda: len(floor.noted()) == 2, "the second job is done")
    done = floor.job(job_id)
    assert (done.finished_at - done.created_at).total_seconds() < 1


def test_job_that_is_due_soon_is_done_at_its_time(floor):
    floor.start()
    floor.add(number=1)
    wait_until(floor.noted, "the worker is up")

    job_id = floor.add(number=2, seconds=1.5)

    wait_until(lambda: len(floor.noted()) == 2, "the job is done")
    done = floor.job(job_id)
    assert 0 <= (done.finished_at - done.due_at).total_seconds() < 0.5


def test_killed_worker_s_job_is_done_once_by_the_next(floor):
    gate = floor.close_gate()
    killed = floor.start()
    job_id = floor.add("note_behind_gate")
    wait_until(lambda: floor.wait_behind_gate() == 1, "the job is in the middle of its transaction")

    killed.send_signal(signal.SIGKILL)
    killed.wait()
    gate.close()
    next_one = floor.start()

    wait_until(lambda: floor.job(job_id).status is JobStatus.DONE, "the job is done")
    ((_, process, _),) = floor.noted()
    assert process == next_one.pid
    assert floor.job(job_id).attempts == 2


def test_living_worker_s_job_is_not_taken_from_it(floor):
    gate = floor.close_gate()
    first = floor.start()
    job_id = floor.add("note_behind_gate")
    wait_until(lambda: floor.wait_behind_gate() == 1, "the job is in the middle of its transaction")

    floor.start()
    floor.add(number=2, queue=Queue.CREDIT_SCORE)
    wait_until(lambda: len(floor.noted()) == 1, "another job is done")
    assert floor.job(job_id).status is JobStatus.RUNNING
    gate.close()

    wait_until(lambda: floor.job(job_id).status is JobStatus.DONE, "the job is done")
    assert floor.job(job_id).attempts == 1
    assert [process for number, process, _ in floor.noted() if number == 1] == [first.pid]


def test_job_whose_bell_a_flush_of_redis_loses_is_done_nonetheless(floor, redis_url):
    worker = floor.start()
    floor.add(number=1)
    wait_until(floor.noted, "the worker is up")
    # Frozen, it has no thread that would look by itself after a job: only the lost bell would have told it.
    worker.send_signal(signal.SIGSTOP)
    lost = floor.add(number=2)
    with redis.from_url(redis_url) as client:
        client.flushdb()
    assert floor.job(lost).status is JobStatus.PENDING

    worker.send_signal(signal.SIGCONT)

    wait_until(lambda: floor.job(lost).status is JobStatus.DONE, "the job is done")
    assert [number for number, _, _ in floor.noted()] == [1, 2]


def test_jobs_that_wait_for_a_thread_outlive_a_flush_of_redis(floor, redis_url):
    floor.start()
    floor.add(number=1)
    wait_until(floor.noted, "the worker is up")
    gate = floor.close_gate()
    busy = THREADS[Queue.WHATSAPP]
    for number in range(busy):
        floor.add("note_behind_gate", number=2 + number)
    wait_until(lambda: floor.wait_behind_gate() == busy, "all threads of the queue are busy")
    waiting = [floor.add(number=100 + number) for number in range(10)]

    with redis.from_url(redis_url) as client:
        client.flushdb()
        left = client.keys("khaacho:rung:*"), client.llen("rq:queue:whatsapp")
    assert left == ([], 0)
    assert {floor.job(job_id).status for job_id in waiting} == {JobStatus.PENDING}
    gate.close()

    wait_until(lambda: len(floor.noted()) == 1 + busy + 10, "all jobs are done")
    expected = [1, *range(2, 2 + busy), *range(100, 110)]
    assert sorted(number for number, _, _ in floor.noted()) == expected


def test_worker_that_cannot_end_its_job_ends_hard_and_hands_it_back(floor):
    gate = floor.close_gate()
    worker = floor.start()
    job_id = floor.add("note_behind_gate")
    wait_until(lambda: floor.wait_behind_gate() == 1, "the job runs")

    worker.send_signal(signal.SIGTERM)
    assert worker.wait(90) == 1
    gate.close()
    assert floor.noted() == []
    another = floor.start()

    wait_until(lambda: floor.job(job_id).status is JobStatus.DONE, "another worker has done it")
    assert floor.job(job_id).attempts == 2
    assert [process for _, process, _ in floor.noted()] == [another.pid]


def test_workers_do_without_redis(floor):
    floor.urls = (floor.urls[0], "redis://127.0.0.1:9/0")
    floor.start()

    floor.add(number=1)
    floor.add(number=2, seconds=1)

    wait_until(lambda: len(floor.noted()) == 2, "both jobs are done")


def test_worker_outlives_the_loss_of_all_its_connections(floor):
    gate = floor.close_gate()
    worker = floor.start()
    job_id = floor.add("note_behind_gate")
    wait_until(lambda: floor.wait_behind_gate() == 1, "a job runs")

    floor.cut_connections()
    gate.close()
    floor.add(number=2)

    wait_until(lambda: len(floor.noted()) == 2, "the job is tried again and the other is done")
    assert floor.job(job_id).status is JobStatus.DONE
    assert {process for _, process, _ in floor.noted()} == {worker.pid}


def test_running_job_ends_before_a_stopped_worker_does(floor):
    gate = floor.close_gate()
    worker = floor.start()
    job_id = floor.add("note_behind_gate")
    wait_until(lambda: floor.wait_behind_gate() == 1, "the job runs")

    worker.send_signal(signal.SIGTERM)
    assert any("claims no more jobs" in line for line in worker.stdout)
    left_waiting = floor.add(number=2)
    assert worker.poll() is None
    gate.close()

    assert worker.wait(15) == 0
    assert floor.job(job_id).status is JobStatus.DONE
    assert floor.job(left_waiting).status is JobStatus.PENDING


def test_what_waited_while_all_workers_were_away_is_done_when_they_come(floor):
    for number in range(20):
        floor.add(number=number)

    floor.start()
    floor.start()

    wait_until(lambda: len(floor.noted()) == 20, "all jobs are done")
    assert sorted(number for number, _, _ in floor.noted()) == list(range(20))


def test_jobs_with_one_key_run_one_after_another(floor):
    gate = floor.close_gate()
    floor.start()
    floor.add("note_behind_gate", number=1, key="same")
    wait_until(lambda: floor.wait_behind_gate() == 1, "the first runs")
    floor.add("note_behind_gate", number=2, key="same")
    floor.add("note_behind_gate", number=3, key="other")
    wait_until(lambda: floor.wait_behind_gate() == 2, "the one with another key runs beside it")
    gate.close()

    wait_until(lambda: len(floor.noted()) == 3, "all are done")


def test_heavy_work_is_done_in_a_process_of_its_own(floor):
    worker = floor.start("heavy")
    floor.add(number=1, queue=Queue.REPORT_GENERATION)
    floor.add("note_outside", number=2, queue=Queue.REPORT_GENERATION)

    wait_until(lambda: len(floor.noted()) == 2, "both reports are done")

    assert worker.pid not in {process for _, process, _ in floor.noted()}


def test_two_clocks_start_each_due_time_once(floor):
    floor.start("clock")
    floor.start("clock")
    wait_until(lambda: _started_by_clock(floor), "the timetable is kept")
    Event().wait(2)

    runs = _started_by_clock(floor)
    assert len(runs) == len({(run.name, run.due_at) for run in runs})
    assert all(run.job_id for run in runs)
    with floor.database.transaction() as session:
        kinds = list(session.scalars(select(Job.kind)))
    assert sorted(kinds) == sorted(set(kinds))


def _started_by_clock(floor):
    with floor.database.transaction() as session:
        return list(session.scalars(select(ScheduleRun)))
