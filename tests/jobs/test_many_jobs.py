"""Two clocks and three workers on thousands of jobs that are asked for twice, one of them killed on the way.

`MANY_JOBS=10000 python -m pytest -s -n 0 tests/jobs/test_many_jobs.py` prints figures; docs/reliability.md has them.
"""

import datetime as dt
import signal
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text

from core.audit.models import AuditEntry
from core.config import environment
from core.db.clock import business_now
from core.outbox.models import Job, JobRun, JobStatus, Queue, ScheduleRun
from core.outbox.service import add_job
from tests.platform.processes import Processes, wait_until

COUNT = int(environment().get("MANY_JOBS", "1000"))
AT_ONCE = 250
PATIENCE = 60 + COUNT / 10
QUEUES = (Queue.WHATSAPP, Queue.ORDER_PROCESSING, Queue.ORDER_ROUTING, Queue.CREDIT_SCORE)


@pytest.fixture
def processes():
    started = Processes(life_seconds=60 + 2 * PATIENCE)
    yield started
    started.end()


def ask_for(floor, numbers, *, due_at):
    with floor.database.transaction() as session:
        now = business_now(session)
        for number in numbers:
            add_job(
                session,
                "note",
                queue=QUEUES[number % len(QUEUES)],
                arguments={"id": number},
                dedup_key=f"note:{number}",
                now=now,
                due_at=due_at,
            )


def done(floor):
    with floor.database.transaction() as session:
        return session.scalar(select(func.count()).where(Job.kind == "note", Job.status == JobStatus.DONE))


def test_two_clocks_and_three_workers_do_each_of_many_jobs_once(floor):
    for what in ("clock", "clock"):
        floor.start(what)
    workers = [floor.start() for _ in range(3)]
    parts = [range(start, min(start + AT_ONCE, COUNT)) for start in range(0, COUNT, AT_ONCE)]
    with floor.database.transaction() as session:
        # They wait until all have been asked for, because what is done already may be asked for anew.
        far = business_now(session) + dt.timedelta(days=1)
    with ThreadPoolExecutor(3) as people:
        # Each three times: at once in the same order, as repeated webhooks come.
        list(
            people.map(
                lambda part: ask_for(floor, part, due_at=far), [part for part in parts for _ in range(3)]
            )
        )
    with floor.database.transaction() as session:
        asked = session.scalar(select(func.count()).where(Job.kind == "note"))
        session.execute(text("UPDATE jobs SET due_at = created_at WHERE kind = 'note'"))
    began = time.monotonic()

    wait_until(lambda: done(floor) > COUNT // 3, "a third is done", seconds=PATIENCE)
    workers[0].send_signal(signal.SIGKILL)
    workers[0].wait()
    floor.start()
    wait_until(lambda: done(floor) == COUNT, "all are done", seconds=PATIENCE)

    took = time.monotonic() - began
    with floor.database.transaction() as session:
        noted = Counter(session.scalars(select(AuditEntry.subject_id).where(AuditEntry.action == "noted")))
        pids = Counter(session.scalars(select(AuditEntry.reason).where(AuditEntry.action == "noted")))
        taken_back = session.scalar(select(func.count()).where(JobRun.error == "the worker died"))
        finished = session.scalars(
            select(JobRun.job_id)
            .join(Job, Job.id == JobRun.job_id)
            .where(JobRun.error.is_(None), Job.kind == "note")
        ).all()
        due_times = session.execute(select(ScheduleRun.name, ScheduleRun.due_at)).all()
    assert asked == COUNT
    assert noted == Counter(range(COUNT))
    assert len(finished) == len(set(finished)) == COUNT
    assert len(due_times) == len(set(due_times)) > 0
    sys.stderr.write(
        f"{COUNT} jobs, each asked for three times, in {took:.1f} s ({COUNT / took:.0f} a second);"
        f" by process: {sorted(pids.values())}; taken back from the killed one: {taken_back};"
        f" due times started by two clocks: {len(due_times)}\n"
    )
