"""The parts as `wsgi.py` puts them together."""

import pytest

import wsgi
from core.events import EVENTS
from core.jobs.schedule import TIMETABLE
from core.messaging import outbound
from core.messaging import service as messaging
from core.outbox import service as outbox
from core.outbox.models import Queue


@pytest.fixture
def wired():
    """The reaction table as every process wires it, with a bell that nobody hears."""

    class NoBell:
        def ring(self, queue: Queue) -> None:
            pass

    before = (outbox._wiring.reactions, outbox._wiring.ring)
    wsgi.wire(NoBell())
    yield outbox._wiring.reactions
    outbox.wire(reactions=before[0], ring=before[1])


@pytest.fixture
def kinds(settings, database):
    return set(wsgi.handlers(settings, database))


def test_everything_the_clock_starts_can_be_done(kinds):
    assert {entry.kind for entry in TIMETABLE} - kinds == set()


def test_every_reaction_can_be_done(kinds, wired):
    assert {reaction.kind for reactions in wired.values() for reaction in reactions} - kinds == set()
    assert {event.name() for event in wired} <= set(EVENTS)


def test_everything_the_conversations_ask_for_can_be_done(kinds):
    assert {messaging.ANSWER, outbound.SEND, outbound.SETTLE} <= kinds


def test_heavy_and_short_queues_do_not_share_a_worker(settings, database):
    runner = wsgi.create_app(settings, database).test_cli_runner()

    refused = runner.invoke(wsgi.worker, ["--queue", "whatsapp", "--queue", "report-generation"])

    assert refused.exit_code == 2
    assert "worker of their own" in refused.output
