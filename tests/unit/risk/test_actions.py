"""What risk control decides by itself: cuts, how far they go, when they are taken back, and spikes of orders."""

import datetime as dt
from decimal import Decimal

import pytest

from core.money import rupees
from core.risk.policy.actions import (
    Cut,
    FestivalDays,
    delays_in_a_row,
    is_festive,
    is_spike,
    limit_after_cut,
    may_restore,
)
from core.risk.policy.facts import DueInvoice, OrderFacts, PaymentFacts
from core.risk.settings import DelayRule, LimitRules, UnusualOrders
from tests.unit.risk.test_credit_score import TODAY, facts

NOW = dt.datetime(2026, 11, 26, 6, tzinfo=dt.UTC)
RULE, BOUNDS = DelayRule(), LimitRules()


def due(*days_late):
    """Invoices 1, 2, … by due day; the newest comes first."""
    made = [
        DueInvoice(
            invoice_id=place,
            due_on=TODAY - dt.timedelta(days=100 - place),
            days_late=late,
        )
        for place, late in enumerate(days_late, start=1)
    ]
    return made[::-1]


def cut(before, after, *, days_ago=0, action_id=1):
    return Cut(
        action_id=action_id,
        before=rupees(before),
        after=rupees(after),
        invoice_ids=(),
        at=NOW - dt.timedelta(days=days_ago),
    )


@pytest.mark.parametrize(
    ("late", "counted", "found"),
    [
        ((0, 1, 1, 1), (), (2, 3, 4)),
        ((1, 1, 1, 1), (), (2, 3, 4)),
        ((1, 1, 0, 1), (), None),
        ((1, 1, 1, 0), (), None),
        ((1, 1), (), None),
        ((1, 1, 1, 1), (3,), None),
        ((1, 1, 1, 2, 2, 2), (1, 2, 3), (4, 5, 6)),
        ((1, 1, 1, 2, 2), (1, 2, 3), None),
    ],
)
def test_the_last_delays_in_a_row_cut_once(late, counted, found):
    assert delays_in_a_row(due(*late), counted=counted, rule=RULE) == found


@pytest.mark.parametrize(
    ("limit", "cuts", "after"),
    [
        (100_000, [], 75_000),
        (75_000, [(100_000, 75_000)], 56_250),
        # Half of the first limit at most.
        (56_250, [(100_000, 75_000), (75_000, 56_250)], 50_000),
        (50_000, [(100_000, 75_000), (75_000, 56_250), (56_250, 50_000)], None),
        # An admin's limit begins a new row.
        (80_000, [(100_000, 75_000)], 60_000),
        # Not below the floor, and a limit below the floor stays.
        (12_000, [], 10_000),
        (10_000, [], None),
        (8_000, [], None),
    ],
)
def test_how_far_a_cut_goes(limit, cuts, after):
    found = limit_after_cut(rupees(limit), [cut(*one) for one in cuts], RULE, BOUNDS)

    assert found == (None if after is None else rupees(after))


@pytest.mark.parametrize(
    ("days_ago", "delayed_days_ago", "overdue", "risk", "limit", "restored"),
    [
        (90, None, 0, "29.99", 75_000, True),
        (89, None, 0, "29.99", 75_000, False),
        (90, 95, 0, "0", 75_000, True),
        (90, 80, 0, "0", 75_000, False),
        (90, None, 1, "0", 75_000, False),
        (90, None, 0, "30", 75_000, False),
        (90, None, 0, "0", 80_000, False),
    ],
)
def test_a_cut_is_given_back_after_ninety_good_days(
    days_ago, delayed_days_ago, overdue, risk, limit, restored
):
    delayed = None if delayed_days_ago is None else TODAY - dt.timedelta(days=delayed_days_ago)
    shop = facts(limit=rupees(limit), overdue=rupees(overdue), payments=PaymentFacts(last_delay_on=delayed))

    found = may_restore(
        shop, [cut(100_000, 75_000, days_ago=days_ago)], risk=Decimal(risk), now=NOW, bounds=BOUNDS
    )

    assert found is restored


@pytest.mark.parametrize(
    ("week", "before", "spikes"), [(6, 8, True), (5, 8, False), (4, 5, True), (3, 5, False), (50, 4, False)]
)
def test_a_spike_is_three_times_the_weekly_mean_of_four_weeks(week, before, spikes):
    assert is_spike(OrderFacts(last_week=week, four_weeks_before=before), UnusualOrders()) is spikes


@pytest.mark.parametrize(("days", "festive"), [(-8, False), (-7, True), (0, True), (22, True), (23, False)])
def test_shops_stock_up_before_and_after_a_festival(days, festive):
    dashain = FestivalDays(first=dt.date(2026, 10, 11), last=dt.date(2026, 10, 26))

    assert is_festive(dt.date(2026, 10, 11) + dt.timedelta(days=days), [dashain]) is festive
