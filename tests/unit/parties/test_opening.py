"""Opening time worked out by hand, and against a clock that walks minute by minute."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.clock import KATHMANDU
from core.parties.opening import (
    ALL_DAY,
    HORIZON_DAYS,
    MINUTES_PER_DAY,
    USUAL_HOURS,
    Hours,
    Opening,
    answer_time,
    opens_next,
)

SUNDAY_TO_FRIDAY = frozenset({7, 1, 2, 3, 4, 5})
NIGHT = Hours(18 * 60, 26 * 60)


def at(day, hour, minute=0):
    """November 2026: the 23rd is a Monday, the 28th a Saturday."""
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=KATHMANDU)


@pytest.mark.parametrize(
    ("_case", "opening", "made", "rings", "expires"),
    [
        ("in the morning", Opening(), at(23, 10), at(23, 10), at(23, 12)),
        ("at midnight", Opening(), at(24, 0, 15), at(24, 7), at(24, 9)),
        ("at closing", Opening(), at(23, 20), at(24, 7), at(24, 9)),
        ("half an hour before closing", Opening(), at(23, 19, 30), at(23, 19, 30), at(24, 8, 30)),
        ("ends with the day", Opening(), at(23, 18), at(23, 18), at(23, 20)),
        (
            "over Saturday",
            Opening(working_days=SUNDAY_TO_FRIDAY),
            at(27, 19),
            at(27, 19),
            at(29, 8),
        ),
        ("over a closed day", Opening(closed_days=frozenset({at(24, 0).date()})), at(23, 21), at(25, 7), at(25, 9)),
        ("a night shift", Opening(hours=(NIGHT,) * 7), at(24, 1), at(24, 1), at(24, 19)),
        ("the night of a closed day", Opening(hours=(NIGHT,) * 7, closed_days=frozenset({at(23, 0).date()})),
         at(24, 1), at(24, 18), at(24, 20)),
        ("round the clock", Opening(hours=(ALL_DAY,) * 7), at(23, 23), at(23, 23), at(24, 1)),
        (
            "an hour a day",
            Opening(hours=(Hours(600, 660),) * 7),
            at(23, 10, 30),
            at(23, 10, 30),
            at(25, 10, 30),
        ),
    ],
)  # fmt: skip
def test_two_hours_of_opening_time(_case, opening, made, rings, expires):
    found = answer_time(opening, made, 120)

    assert (found.rings_at, found.expires_at) == (rings, expires)


@pytest.mark.parametrize(
    "never",
    [
        Opening(working_days=frozenset()),
        Opening(
            closed_days=frozenset(at(22, 0).date() + dt.timedelta(days=n) for n in range(HORIZON_DAYS + 2))
        ),
    ],
)
def test_vendor_that_never_opens_has_no_deadline(never):
    assert opens_next(never, at(23, 10)) is None
    assert answer_time(never, at(23, 10), 120) is None


@pytest.mark.parametrize(("opens", "closes"), [(-1, 60), (1440, 1500), (60, 60), (0, 1441), (600, 500)])
def test_shift_that_is_none_is_refused(opens, closes):
    with pytest.raises(ValueError, match="no shift"):
        Hours(opens, closes)


def test_hours_that_end_before_they_begin_end_on_the_next_day():
    assert Hours.between(dt.time(18), dt.time(2)) == NIGHT
    assert Hours.between(dt.time(7), dt.time(20)) == USUAL_HOURS
    assert Hours.between(dt.time(0), dt.time(0)) == ALL_DAY
    assert (NIGHT.opens_at, NIGHT.closes_at) == (dt.time(18), dt.time(2))


shifts = st.builds(
    lambda opens, length: Hours(opens, opens + length),
    st.integers(0, MINUTES_PER_DAY - 1),
    st.integers(1, MINUTES_PER_DAY),
)
openings = st.builds(
    Opening,
    hours=st.tuples(*[shifts] * 7),
    working_days=st.frozensets(st.integers(1, 7), min_size=1),
    closed_days=st.frozensets(
        st.integers(0, 12).map(lambda n: at(22, 0).date() + dt.timedelta(days=n)), max_size=4
    ),
)
instants = st.integers(0, 7 * MINUTES_PER_DAY).map(lambda n: at(23, 0) + dt.timedelta(minutes=n))
examples = settings(max_examples=150, deadline=None)


def is_open(opening, instant):
    """By the words of the rule: in the shift of today or of yesterday."""
    here = instant.astimezone(KATHMANDU)
    minute = here.hour * 60 + here.minute
    today, yesterday = here.date(), here.date() - dt.timedelta(days=1)
    return any(
        opening.works_on(day)
        and opening.hours[day.isoweekday() - 1].opens <= late < opening.hours[day.isoweekday() - 1].closes
        for day, late in ((today, minute), (yesterday, minute + MINUTES_PER_DAY))
    )


@given(openings, instants, st.integers(1, 240))
@examples
def test_deadline_is_where_a_walking_clock_has_counted_the_minutes(opening, made, minutes):
    found = answer_time(opening, made, minutes)

    counted, now, first = 0, made, None
    while counted < minutes and now < made + dt.timedelta(days=25):
        if is_open(opening, now):
            first = first or now
            counted += 1
        now += dt.timedelta(minutes=1)
    if counted == minutes:
        assert (found.rings_at, found.expires_at) == (first, now)
        assert opens_next(opening, made) == first
    else:
        assert found is None or found.expires_at > now


@given(openings, instants, st.integers(1, 240), st.integers(0, 600))
@examples
def test_later_offer_never_ends_earlier_and_more_time_never_ends_sooner(opening, made, minutes, later):
    first = answer_time(opening, made, minutes)
    second = answer_time(opening, made + dt.timedelta(minutes=later), minutes)
    longer = answer_time(opening, made, minutes + later)

    if first and second:
        assert first.rings_at <= second.rings_at
        assert first.expires_at <= second.expires_at
    if first and longer:
        assert first.rings_at == longer.rings_at
        assert first.expires_at <= longer.expires_at
    if first:
        assert made <= first.rings_at < first.expires_at
        assert first.expires_at - first.rings_at >= dt.timedelta(minutes=minutes)
