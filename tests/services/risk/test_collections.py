"""Who is reminded of what, on which day, and what stops it."""

import datetime as dt

import pytest
from sqlalchemy import select

from core.credit import service
from core.credit.kinds import PaymentMethod
from core.money import rupees
from core.risk.models import PaymentReminder
from core.risk.policy.collections import Reminder, ReminderSettings, reminder
from core.risk.service import collections
from tests.services.credit.parties import NOW, TODAY, days, deliver, events, pay, retailer_actor, vendor_actor


def remind(session, parties, now=NOW):
    return collections.remind(session, [parties.asha], now=now)


@pytest.mark.parametrize(
    ("days_to_due", "reminded"),
    [(2, 0), (1, 1), (0, 1), (-1, 0), (-2, 0), (-3, 1), (-4, 0), (-7, 1), (-8, 0), (-30, 0)],
)
def test_a_debt_is_told_the_day_before_on_its_day_and_three_and_seven_days_after(
    session, parties, days_to_due, reminded
):
    deliver(session, parties, 1_000, at=NOW + days(days_to_due - 30))

    assert remind(session, parties) == reminded


def test_one_total_a_day_however_many_bills_and_runs(session, parties):
    for days_to_due, amount in ((1, 100), (1, 200), (0, 400), (-7, 800), (-20, 1_600)):
        deliver(session, parties, amount, at=NOW + days(days_to_due - 30))

    assert [remind(session, parties), remind(session, parties)] == [1, 0]

    (row,) = session.scalars(select(PaymentReminder))
    assert (row.due_tomorrow_minor, row.due_today_minor, row.late_minor, row.oldest_days_late) == (
        30_000,
        40_000,
        240_000,
        20,
    )
    assert events(session, "PaymentReminded") == [{"retailer_id": parties.asha, "reminder_id": row.id}]


def test_a_payment_and_a_waiting_claim_stop_it(session, parties):
    deliver(session, parties, 1_000, at=NOW - days(30))
    deliver(session, parties, 500, at=NOW - days(30))
    claim = service.claim_payment(
        session,
        retailer_id=parties.asha,
        method=PaymentMethod.CASH,
        reference=None,
        amount=rupees(1_500),
        actor=retailer_actor(parties.asha),
        now=NOW,
    )
    assert remind(session, parties) == 0

    service.reject_claim(session, claim.id, reason="not there", actor=vendor_actor(parties.everest), now=NOW)
    pay(session, parties.asha, 1_500)

    assert remind(session, parties) == 0


@pytest.mark.parametrize(("promised_in", "reminded"), [(0, 0), (1, 0), (-1, 1)])
def test_a_promise_stops_it_until_its_day(session, parties, promised_in, reminded):
    deliver(session, parties, 1_000, at=NOW - days(30))
    made = NOW - days(5)
    collections.note_promise(
        session,
        parties.asha,
        promised_on=TODAY + dt.timedelta(days=promised_in),
        amount=None,
        actor=retailer_actor(parties.asha),
        now=made,
    )

    assert remind(session, parties) == reminded


def test_a_promise_for_next_year_stops_it_for_two_weeks(session, parties):
    until = collections.note_promise(
        session,
        parties.asha,
        promised_on=TODAY + dt.timedelta(days=400),
        amount=rupees(5),
        actor=retailer_actor(parties.asha),
        now=NOW,
    )

    assert until == TODAY + dt.timedelta(days=14)


def test_nothing_owed_is_a_reminder_of_nothing():
    assert reminder([], today=TODAY).total == rupees(0)
    assert reminder([(TODAY - dt.timedelta(days=3), rupees(7))], today=TODAY) == Reminder(
        late=rupees(7), oldest_days_late=3, due_today=rupees(0), due_tomorrow=rupees(0)
    )


@pytest.mark.parametrize(
    "changed", [{"first_after_days": 7}, {"first_after_days": 0}, {"second_after_days": 2}]
)
def test_days_out_of_order_are_refused(changed):
    with pytest.raises(ValueError, match="second reminder"):
        ReminderSettings(**changed)
