"""Many events at once: each with its own jobs, and one bell."""

import datetime as dt

import pytest
from sqlalchemy import select

from core.actor import SYSTEM
from core.events import ListingPriceChanged, OrderPlaced
from core.outbox import service
from core.outbox.models import Event, Job, Queue
from core.outbox.service import HISTORY, Reaction, record_all

NOW = dt.datetime(2026, 11, 22, 6, 0, tzinfo=dt.UTC)


@pytest.fixture
def rung():
    rung = []
    before = (service._wiring.reactions, service._wiring.ring)
    watch = Reaction(kind="watch", queue=Queue.ORDER_PROCESSING)
    service.wire(reactions={ListingPriceChanged: [watch]}, ring=rung.append)
    yield rung
    service.wire(reactions=before[0], ring=before[1])


def changes(count):
    return [ListingPriceChanged(listing_id=n, vendor_id=1, product_id=2) for n in range(count)]


def test_each_event_has_its_own_job_and_the_bell_rings_once(database, rung):
    with database.transaction() as session:
        record_all(session, changes(3), actor=SYSTEM, now=NOW)
        assert rung == []

    with database.transaction() as session:
        events = session.scalars(select(Event).order_by(Event.id)).all()
        jobs = session.scalars(select(Job).order_by(Job.id)).all()
    assert [event.payload["listing_id"] for event in events] == [0, 1, 2]
    assert [(job.kind, job.event_id, job.arguments["event_id"]) for job in jobs] == [
        ("watch", event.id, event.id) for event in events
    ]
    assert rung == [Queue.ORDER_PROCESSING]


def test_nobody_reacts_to_what_nobody_listens_to_or_what_is_long_past(session, rung):
    record_all(session, [OrderPlaced(order_id=1)], actor=SYSTEM, now=NOW)
    session.info.update(HISTORY)
    record_all(session, changes(2), actor=SYSTEM, now=NOW)
    record_all(session, [], actor=SYSTEM, now=NOW)

    assert len(session.scalars(select(Event)).all()) == 3
    assert session.scalars(select(Job)).all() == []
