from collections.abc import Iterator

import pytest
from sqlalchemy import select, text

from core.audit.models import AuditEntry
from core.db.clock import business_now
from core.jobs.bell import Bell
from core.outbox import service as outbox
from core.outbox.models import Job, Queue
from core.outbox.service import add_job
from tests.jobs.composition import GATE
from tests.platform.processes import Processes


class Floor:
    """The machine room of one test: real processes, a database and a Redis of its own."""

    def __init__(self, fresh_database, redis_url, processes):
        self.database = fresh_database.database
        self.engine = fresh_database.engine
        self.urls = (fresh_database.url, redis_url)
        self.processes = processes

    def start(self, what="worker"):
        return self.processes.python("-m", "tests.jobs.composition", what, *self.urls)

    def add(self, kind="note", *, number=1, queue=Queue.WHATSAPP, key=None, seconds=0.0):
        with self.database.transaction() as session:
            now = business_now(session)
            due_at = session.scalar(
                text("SELECT CAST(:now AS timestamptz) + :s * interval '1 second'").bindparams(
                    now=now, s=seconds
                )
            )
            return add_job(
                session, kind, queue=queue, arguments={"id": number}, dedup_key=key, now=now, due_at=due_at
            )

    def noted(self):
        """(subject, process, time) of each trace that was committed."""
        with self.database.transaction() as session:
            rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
            return [(row.subject_id, int(row.reason), row.at) for row in rows]

    def job(self, job_id):
        with self.database.transaction() as session:
            return session.get(Job, job_id)

    def close_gate(self):
        """Jobs behind the gate stop inside their transaction until the returned connection is closed."""
        gate = self.engine.connect()
        gate.detach()
        gate.execute(text(f"SELECT pg_advisory_lock({GATE})"))
        gate.commit()
        return gate

    def cut_connections(self):
        """As when the database restarts."""
        with self.database.transaction() as session:
            session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )

    def wait_behind_gate(self):
        """How many jobs stand behind the gate."""
        with self.database.transaction() as session:
            return session.scalar(
                text(
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :gate AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                ).bindparams(gate=GATE)
            )


@pytest.fixture
def processes() -> Iterator[Processes]:
    started = Processes()
    yield started
    started.end()


@pytest.fixture
def bell(redis_url) -> Iterator[Bell]:
    """A bell that rings for what this process commits."""
    bell = Bell(redis_url)
    before = (outbox._wiring.reactions, outbox._wiring.ring)
    outbox.wire(reactions={}, ring=bell.ring)
    yield bell
    outbox.wire(reactions=before[0], ring=before[1])


@pytest.fixture
def floor(fresh_database, redis_url, processes, bell) -> Floor:
    return Floor(fresh_database, redis_url, processes)
