"""What a shop is told and may ask about its credit score, its limit and its late debts."""

import datetime as dt

import pytest

from bot.notices.hours import next_civil_hour
from core.clock import KATHMANDU
from core.outbox import service as outbox
from core.outbox.models import Queue
from tests.bot.dialogue.test_vendor_says import on_the_way, said_to


@pytest.mark.parametrize(
    "words",
    [
        "mero score kati cha?",
        "my credit score",
        "score kati ho",
        "मेरो स्कोर कति छ",
        "score kasari badhaune",
        "credit score please",
    ],
)
def test_a_shop_is_told_its_score_and_why(stage, words):
    arrived = stage.write("asha", words)

    assert "500" in said_to(arrived, "asha")[0]
    assert "no delivery yet" in said_to(arrived, "asha")[0]


def test_a_debt_that_is_late_is_told_by_day_and_once(stage):
    code = on_the_way(stage, terms="ho")
    stage.write("gita", code)
    terms_and_warning = dt.timedelta(days=30 + 15)

    def hour(**later):
        stage.now += dt.timedelta(**later)
        with stage.database.transaction() as session:
            outbox.add_job(
                session,
                "check_all_risks",
                queue=Queue.CREDIT_SCORE,
                arguments={},
                dedup_key="test",
                now=stage.now,
            )
        return said_to(stage.follow(), "asha")

    stage.now = dt.datetime.combine((stage.now + terms_and_warning).date(), dt.time(2), KATHMANDU)
    assert not [text for text in hour() if "late" in text]
    (warning,) = [text for text in hour(hours=6) if "late" in text]
    assert "15 days" in warning
    assert not [text for text in hour(hours=1) if "late" in text]

    (stopped,) = [text for text in hour(days=15) if "stopped" in text]
    assert "30 days" in stopped

    stage.write("asha", "paid 1983.72 esewa ref AB12")
    lifted = said_to(stage.write("gita", "aayo"), "asha")
    assert any("on credit again" in text for text in lifted)


def test_a_reminder_stops_with_a_promise_and_comes_back_after_its_day(stage):
    code = on_the_way(stage, terms="ho")
    stage.write("gita", code)

    def morning(**later):
        stage.now = dt.datetime.combine((stage.now + dt.timedelta(**later)).date(), dt.time(10), KATHMANDU)
        with stage.database.transaction() as session:
            outbox.add_job(
                session,
                "remind_all",
                queue=Queue.PAYMENT_REMINDERS,
                arguments={},
                dedup_key="test",
                now=stage.now,
            )
        return [text for text in said_to(stage.follow(), "asha") if "reminder" in text]

    assert "due tomorrow" in morning(days=29)[0]
    answered = said_to(stage.write("asha", "I will pay in 4 days"), "asha")
    assert "won't remind you before" in answered[0]
    assert [morning(days=1), morning(days=3)] == [[], []]
    assert "7 days" in morning(days=4)[0]


@pytest.mark.parametrize(
    ("hour", "told"),
    [(0, "07:00"), (6, "07:00"), (7, "07:00"), (12, "12:00"), (19, "19:00"), (20, "07:00"), (23, "07:00")],
)
def test_what_can_wait_is_told_between_seven_and_eight(hour, told):
    now = dt.datetime(2026, 11, 26, hour, tzinfo=KATHMANDU)

    found = next_civil_hour(now)

    assert found.astimezone(KATHMANDU).strftime("%H:%M") == told
    assert dt.timedelta() <= found - now < dt.timedelta(hours=12)
