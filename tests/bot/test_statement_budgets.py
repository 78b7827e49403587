"""How many SQL statements the usual things take. A budget that grows is a decision, made here; each may only shrink.

The order reader's index of the catalogue is in the process already, as it is after a worker's first order.
"""

import datetime as dt
import re
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from core.intake import service as intake
from core.outbox.models import Queue
from tests.running_jobs import run_due

from .stage import Stage

# The stage plays inside one transaction, so each of its own transactions is a savepoint.
_SAVEPOINT = re.compile(r"(ROLLBACK TO )?(RELEASE )?SAVEPOINT")


@contextmanager
def counted(stage: Stage):
    statements = []
    engine = stage.database.sessions.kw["bind"]

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        if not _SAVEPOINT.match(statement):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def answer(stage, who, words):
    """The statements of the job that answers."""
    stage.deliver(who, Body=words, MessageType="text")
    stage.now += dt.timedelta(seconds=60)
    stage._set_clock()
    with counted(stage) as statements:
        assert run_due(stage.database, stage.handlers, queues=[Queue.ORDER_PROCESSING]) == 1
    # The last one looks for another job.
    return statements[:-1]


@pytest.fixture
def asha(stage):
    """She has written before and has nothing open."""
    stage.write("asha", "help")
    with stage.database.transaction() as session:
        intake.index_of(session)
    return stage


def test_help(asha):
    assert_within(answer(asha, "asha", "help"), 10)


def test_order_in_words(asha):
    assert_within(answer(asha, "asha", "wai wai chicken 2 carton, chini 1 bora"), 25)


def test_yes_that_places(asha):
    asha.write("asha", "wai wai chicken 2 carton, chini 1 bora")
    assert_within(answer(asha, "asha", "yes"), 48)


def test_one_message_sent(asha):
    answer(asha, "asha", "help")
    with counted(asha) as statements:
        run_due(asha.database, asha.handlers, queues=[Queue.WHATSAPP])
    assert_within(statements, 8)


def test_webhook(asha):
    with counted(asha) as statements:
        asha.deliver("asha", Body="help", MessageType="text")
    # The stage looks at its clock first, and so does the door, which in production does not.
    assert_within(statements[2:], 3)


def assert_within(statements, budget):
    listed = "\n".join(f"{n:3} {' '.join(s.split())[:170]}" for n, s in enumerate(statements, start=1))
    assert len(statements) <= budget, f"{len(statements)} statements, at most {budget}:\n{listed}"
