"""Fiscal years begin on 1 Shrawan; months of both calendars cover a period without a gap."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import fiscal_year
from core.reports.errors import PeriodBackwards, PeriodNotUnderstood, PeriodTooLong
from core.reports.kinds import Calendar
from core.reports.periods import Period, fiscal_year_so_far, months_of, read_period

DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2033, 1, 1))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2083/84", dt.date(2026, 7, 17), dt.date(2027, 7, 16)),
        ("2083-04", dt.date(2026, 7, 17), dt.date(2026, 8, 16)),
        ("2083-12", dt.date(2027, 3, 15), dt.date(2027, 4, 13)),
    ],
)
def test_named_periods(text, start, end):
    assert read_period(text) == Period(start, end)


@pytest.mark.parametrize(
    "text",
    [
        "2083/85",
        "2083/83",
        "2083-13",
        "2083-00",
        "2083",
        "83/84",
        "2999/00",
        "२०८३/८४",
        "2083-5",
        " 2083-05",
        "",
    ],
)
def test_what_is_no_period_is_refused(text):
    with pytest.raises(PeriodNotUnderstood):
        read_period(text)


def test_backwards_and_endless_periods_are_refused():
    with pytest.raises(PeriodBackwards):
        Period(dt.date(2026, 2, 1), dt.date(2026, 1, 31))
    with pytest.raises(PeriodTooLong):
        Period(dt.date(2010, 1, 1), dt.date(2026, 1, 1))


@given(day=DAYS)
def test_the_fiscal_year_so_far_is_all_of_one_fiscal_year(day):
    so_far = fiscal_year_so_far(day)

    assert {fiscal_year(so_far.start), fiscal_year(so_far.end)} == {fiscal_year(day)}
    assert fiscal_year(so_far.start - dt.timedelta(days=1)) != fiscal_year(day)


@given(start=DAYS, length=st.integers(0, 1200), calendar=st.sampled_from(Calendar))
def test_months_cover_a_period_without_gap_or_overlap(start, length, calendar):
    period = Period(start, start + dt.timedelta(days=length))

    months = list(months_of(period, calendar))

    assert (months[0].period.start, months[-1].period.end) == (period.start, period.end)
    assert all(
        after.period.start == before.period.end + dt.timedelta(days=1) for before, after in pairwise(months)
    )
    assert len({month.label for month in months}) == len(months)
    assert all((month.period.end - month.period.start).days < 32 for month in months)
