"""What people wrote is kept as long as the settings say; what waits for an answer is kept whatever its age."""

import datetime as dt

import pytest
from sqlalchemy import select

from core import reactions
from core.jobs.handlers import Handler
from core.messaging import retention
from core.messaging.models import InboundMessage
from core.messaging.retention import RetentionSettings, apply_retention
from core.outbox.models import Queue
from core.outbox.service import add_job
from tests.running_jobs import run_due

from .conftest import NOW

RULES = RetentionSettings(raw_days=30, message_days=60)


def kept(session, recorded, *, days, handled=True):
    row = session.get(InboundMessage, recorded.inbound_id)
    row.raw, row.handled_at = {"Body": "x"}, NOW if handled else None
    session.flush()
    apply_retention(session, RULES, now=NOW + dt.timedelta(days=days))
    session.expire_all()
    row = session.get(InboundMessage, recorded.inbound_id)
    return row.raw, row.text, row.provider_message_id


@pytest.mark.parametrize(
    ("days", "raw", "text"), [(29, {"Body": "x"}, "chini"), (31, {}, "chini"), (61, {}, "")]
)
def test_a_message_is_emptied_by_age_and_its_row_stays(session, write, days, raw, text):
    assert kept(session, write("chini", sid="SM9"), days=days) == (raw, text, "SM9")


def test_what_nobody_answered_is_kept_whole(session, write):
    assert kept(session, write("chini", sid="SM9"), days=900, handled=False) == (
        {"Body": "x"},
        "chini",
        "SM9",
    )


def test_messages_are_kept_at_least_as_long_as_their_raw_form():
    with pytest.raises(ValueError, match="at least as long"):
        RetentionSettings(raw_days=31, message_days=30)


def test_more_than_one_run_takes_is_emptied_in_the_same_night(session, database, write, monkeypatch):
    monkeypatch.setattr(retention, "MOST_AT_ONCE", 1)
    for number in range(3):
        row = session.get(InboundMessage, write("chini", sid=f"SM{number}").inbound_id)
        row.raw, row.handled_at, row.received_at = {"Body": "x"}, NOW, NOW - dt.timedelta(days=40)
    session.flush()
    add_job(session, "apply_retention", queue=Queue.ORDER_PROCESSING, arguments={}, dedup_key="a", now=NOW)

    run_due(
        database,
        {"apply_retention": Handler(act=reactions.ACTS["apply_retention"])},
        queues=[Queue.ORDER_PROCESSING],
        at_most=9,
    )

    session.expire_all()
    assert [row.raw for row in session.scalars(select(InboundMessage))] == [{}, {}, {}]
