"""A wholesaler is told how its week went: once, by day, and not after STOP."""

import datetime as dt

import pytest

from core.clock import KATHMANDU
from core.jobs.schedule import TIMETABLE
from core.outbox import service as outbox
from core.outbox.models import Queue
from tests.bot.dialogue.test_vendor_says import on_the_way, said_to

# The stage's first day is a Monday; this is the next one.
NEXT_MONDAY = dt.datetime(2035, 1, 15, tzinfo=KATHMANDU)


def end_week(stage, *, hour=9, day=0):
    """Run the job of the timetable; returns what Gita reads of her week."""
    stage.now = NEXT_MONDAY + dt.timedelta(days=day, hours=hour)
    stage._set_clock()
    (entry,) = [entry for entry in TIMETABLE if entry.name == "end-vendors-week"]
    with stage.database.transaction() as session:
        outbox.add_job(
            session, entry.kind, queue=Queue.ORDER_ROUTING, arguments={}, dedup_key=entry.name, now=stage.now
        )
    return [text for text in said_to(stage.follow(), "gita") if "हप्ता" in text]


@pytest.fixture
def week(stage):
    """Gita took the one order she was asked for, and delivered it within the hour."""
    code = on_the_way(stage, terms="ho")
    stage.write("gita", code)
    return stage


def test_week_is_told_in_two_sentences_with_four_numbers(week):
    (told,) = end_week(week)

    assert told.count("।") == 2
    assert told.startswith("गएको हप्ता आएका *१* अर्डरमध्ये *१* लिनुभयो, *१* पुर्‍याउनुभयो। अहिले स्कोर १०० मा *")
    assert end_week(week, hour=10) == []
    assert end_week(week, hour=9, day=7) == []


def test_week_without_orders_is_not_told(stage):
    assert end_week(stage) == []


def test_week_is_not_told_after_stop(week):
    week.write("gita", "STOP")

    assert end_week(week) == []


@pytest.mark.parametrize(("hour", "told"), [(6, 0), (7, 1), (19, 1), (20, 0), (23, 0)])
def test_week_is_told_by_day(week, hour, told):
    assert len(end_week(week, hour=hour)) == told


@pytest.mark.parametrize(
    "words",
    [
        "mero score",
        "mero score kati cha?",
        "scorecard",
        "kasto chaliraheko cha",
        "mero kam kasto chaldai cha?",
        "how am i doing?",
        "मेरो स्कोर",
        "मेरो काम कस्तो छ",
        "कस्तो चलिरहेको छ?",
        "kaisa chal raha hai",
    ],
)
def test_scorecard_is_told_on_request(week, words):
    (told,) = said_to(week.write("gita", words), "gita")

    assert told.startswith("*तपाईंको स्कोर*: १०० मा ")
    assert "लिएको अर्डर: १ मा १" in told
