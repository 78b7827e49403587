"""A worker and a clock as processes, with handlers of their own that tests can watch: `python -m tests.jobs.composition`."""

import logging
import os
import sys

from sqlalchemy import text

from core.actor import SYSTEM
from core.audit.service import record_action
from core.db.session import Database, make_engine
from core.jobs.bell import Bell
from core.jobs.clock import run_clock
from core.jobs.handlers import Handler, OutsideHandler
from core.jobs.schedule import TIMETABLE
from core.jobs.worker import SHORT_WORK, end_hard, work_heavy, work_short
from core.outbox import service as outbox
from core.outbox.models import Queue

GATE = 42


def note(session, arguments, now):
    """Leaves a trace that names the process."""
    record_action(
        session,
        "noted",
        subject_kind="job",
        subject_id=arguments["id"],
        actor=SYSTEM,
        now=now,
        reason=str(os.getpid()),
    )


def note_behind_gate(session, arguments, now):
    """Leaves its trace, then waits inside the transaction until the test opens the gate."""
    note(session, arguments, now)
    session.flush()
    session.execute(text(f"SELECT pg_advisory_xact_lock_shared({GATE})"))


def note_outside(database, arguments, now):
    with database.transaction() as session:
        note(session, arguments, now)


def do_nothing(session, arguments, now):
    """What the clock starts here."""


HANDLERS = {
    **{entry.kind: Handler(act=do_nothing) for entry in TIMETABLE},
    "note": Handler(act=note),
    "note_behind_gate": Handler(act=note_behind_gate),
    "note_outside": OutsideHandler(act=note_outside),
}


def main(what, database_url, redis_url):
    logging.basicConfig(level=logging.INFO)
    engine = make_engine(database_url, pooled=what != "heavy")
    bell = Bell(redis_url)
    outbox.wire(reactions={}, ring=bell.ring)
    if what == "clock":
        run_clock(Database(engine))
    elif what == "heavy":
        work_heavy([Queue.REPORT_GENERATION], engine=engine, handlers=HANDLERS, redis_url=redis_url)
    elif not work_short(SHORT_WORK, engine=engine, handlers=HANDLERS, redis_url=redis_url, our_bell=bell):
        end_hard()


if __name__ == "__main__":
    main(*sys.argv[1:])
