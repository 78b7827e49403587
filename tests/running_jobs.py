"""Runs due jobs in the test's own thread, claim by claim, as a worker would."""

from collections.abc import Iterable

from sqlalchemy import select

from core.db.clock import business_now
from core.db.session import Database
from core.jobs.handlers import Handlers
from core.jobs.runner import run
from core.outbox import claims
from core.outbox.claims import Claim
from core.outbox.models import Job, JobStatus, Queue

WORKER = "inline-0-0"


def run_due(
    database: Database, handlers: Handlers, *, queues: Iterable[Queue] = tuple(Queue), at_most: int = 1_000
) -> int:
    """Run what is due until nothing is. Returns how many jobs ran."""
    count = 0
    queues = tuple(queues)
    due = _due(database) if len(queues) > 1 else {*queues}
    for queue in queues:
        # Only what ran can have made another queue's job due meanwhile.
        if not count and queue not in due:
            continue
        while count < at_most and (claim := _claim(database, queue)):
            run(database, handlers, claim)
            count += 1
    return count


def _due(database: Database) -> set[Queue]:
    """The queues in which something is due, by one look: most rounds of most tests find none."""
    with database.transaction() as session:
        waiting = select(Job.queue).where(
            Job.status == JobStatus.PENDING, Job.due_at <= business_now(session)
        )
        return set(session.scalars(waiting.distinct()))


def _claim(database: Database, queue: Queue) -> Claim | None:
    with database.transaction() as session:
        return claims.claim(session, queue, worker=WORKER)
