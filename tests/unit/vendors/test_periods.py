import datetime as dt
from itertools import pairwise

import pytest

from core.clock import business_date
from core.vendors.periods import Period, slice_before, slice_of


@pytest.mark.parametrize(
    ("period", "day", "first", "following"),
    [
        ("day", "2026-11-23", "2026-11-23", "2026-11-24"),
        ("day", "2026-12-31", "2026-12-31", "2027-01-01"),
        ("week", "2026-11-23", "2026-11-23", "2026-11-30"),
        ("week", "2026-11-29", "2026-11-23", "2026-11-30"),
        # 2027 begins on a Friday: its first days belong to the last week of 2026.
        ("week", "2027-01-03", "2026-12-28", "2027-01-04"),
        ("month", "2028-02-29", "2028-02-01", "2028-03-01"),
        ("month", "2026-12-31", "2026-12-01", "2027-01-01"),
        ("month", "2026-12-01", "2026-12-01", "2027-01-01"),
        ("quarter", "2026-01-01", "2026-01-01", "2026-04-01"),
        ("quarter", "2026-06-30", "2026-04-01", "2026-07-01"),
        ("quarter", "2026-07-01", "2026-07-01", "2026-10-01"),
        ("quarter", "2026-12-31", "2026-10-01", "2027-01-01"),
    ],
)
def test_slice_begins_and_ends_where_its_calendar_says(period, day, first, following):
    found = slice_of(Period(period), dt.date.fromisoformat(day))

    assert (found.first_day.isoformat(), found.next_day.isoformat()) == (first, following)


def test_slice_begins_and_ends_at_midnight_in_kathmandu():
    found = slice_of(Period.DAY, dt.date(2026, 11, 23))

    assert found.starts_at == dt.datetime(2026, 11, 22, 18, 15, tzinfo=dt.UTC)
    assert found.ends_at == dt.datetime(2026, 11, 23, 18, 15, tzinfo=dt.UTC)
    assert business_date(found.starts_at) == found.first_day
    assert business_date(found.ends_at) == found.next_day


@pytest.mark.parametrize("period", list(Period))
def test_slices_follow_each_other_without_gap_or_overlap(period):
    days = [dt.date(2023, 12, 25) + dt.timedelta(days=count) for count in range(1500)]
    slices = sorted({slice_of(period, day) for day in days}, key=lambda one: one.first_day)

    assert all(sooner.next_day == later.first_day for sooner, later in pairwise(slices))
    assert all(slice_before(later) == sooner for sooner, later in pairwise(slices))
    assert all(
        one.first_day <= day < one.next_day for day in days for one in slices if one == slice_of(period, day)
    )
