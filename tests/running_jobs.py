"""Runs due jobs in the test's own thread, claim by claim, as a worker would."""

from collections.abc import Iterable

from core.db.session import Database
from core.jobs.handlers import Handlers
from core.jobs.runner import run
from core.outbox import claims
from core.outbox.claims import Claim
from core.outbox.models import Queue

WORKER = "inline-0-0"


def run_due(
    database: Database, handlers: Handlers, *, queues: Iterable[Queue] = tuple(Queue), at_most: int = 1_000
) -> int:
    """Run what is due until nothing is. Returns how many jobs ran."""
    count = 0
    for queue in queues:
        while count < at_most and (claim := _claim(database, queue)):
            run(database, handlers, claim)
            count += 1
    return count


def _claim(database: Database, queue: Queue) -> Claim | None:
    with database.transaction() as session:
        return claims.claim(session, queue, worker=WORKER)
