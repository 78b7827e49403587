"""When a wholesaler is open, and what an hour of opening time is on the clock. Pure.

The week has a shift for each weekday; one that ends after midnight belongs to the day on which it began. A weekday that
is not worked, or a date that is closed, has no shift, the hours after its midnight included.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.clock import KATHMANDU, business_date

MINUTES_PER_DAY = 24 * 60
WEEK = 7
# Beyond this nothing is looked for: a vendor that is closed for so long is as good as gone.
HORIZON_DAYS = 60


@dataclass(frozen=True, order=True, slots=True)
class Hours:
    """The shift of a weekday, in minutes after its midnight. One that ends past 1440 ends on the next day."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not (
            0 <= self.opens < MINUTES_PER_DAY and self.opens < self.closes <= self.opens + MINUTES_PER_DAY
        ):
            raise ValueError(f"no shift of a day: {self.opens} to {self.closes}")

    @classmethod
    def between(cls, opens: dt.time, closes: dt.time) -> Hours:
        """From one time to the other; past midnight when the second is not after the first."""
        first, last = _minutes(opens), _minutes(closes)
        return cls(first, last if last > first else last + MINUTES_PER_DAY)

    @property
    def opens_at(self) -> dt.time:
        return _time(self.opens)

    @property
    def closes_at(self) -> dt.time:
        """Midnight at the end of a day is 00:00."""
        return _time(self.closes)


@lru_cache(maxsize=1024)
def week_of(opens_minutes: tuple[int, ...], closes_minutes: tuple[int, ...]) -> tuple[Hours, ...]:
    """The shifts of a week as it is stored; most wholesalers keep one of few."""
    return tuple(Hours(opens, closes) for opens, closes in zip(opens_minutes, closes_minutes, strict=True))


USUAL_HOURS = Hours(7 * 60, 20 * 60)
ALL_DAY = Hours(0, MINUTES_PER_DAY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """A vendor's week and the dates on which it is closed. Weekdays are ISO, 1 = Monday."""

    hours: tuple[Hours, ...] = (USUAL_HOURS,) * WEEK  # Monday first
    working_days: frozenset[int] = frozenset(range(1, WEEK + 1))
    closed_days: frozenset[dt.date] = frozenset()

    def works_on(self, day: dt.date) -> bool:
        return day.isoweekday() in self.working_days and day not in self.closed_days


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerTime:
    """When an offer rings, and until when it may be answered."""

    rings_at: dt.datetime
    expires_at: dt.datetime


def opens_next(opening: Opening, at: dt.datetime) -> dt.datetime | None:
    """*at* when it is open then, else when it opens next; None when it doesn't within sixty days."""
    for start, end in _shifts(opening, at):
        if end > at:
            return max(start, at)
    return None


def answer_time(opening: Opening, at: dt.datetime, minutes: int) -> AnswerTime | None:
    """An offer made at *at* with so many minutes of opening time. None when there aren't so many within sixty days."""
    rings_at = None
    left = dt.timedelta(minutes=minutes)
    for start, end in _shifts(opening, at):
        if end <= at:
            continue
        begins = max(start, at)
        if rings_at is None:
            rings_at = begins
        if end - begins >= left:
            return AnswerTime(rings_at=rings_at, expires_at=begins + left)
        left -= end - begins
    return None


def same_hours(weekdays: Collection[int], hours: Hours, instead_of: Sequence[Hours]) -> tuple[Hours, ...]:
    """The week with these hours on these weekdays."""
    return tuple(hours if day in weekdays else old for day, old in enumerate(instead_of, start=1))


def by_weekday(opening: Opening) -> Mapping[int, Hours]:
    """The shifts of the weekdays that are worked."""
    return {day: hours for day, hours in enumerate(opening.hours, start=1) if day in opening.working_days}


def _shifts(opening: Opening, at: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """The shifts from yesterday's on, in order, an instant belonging to one at most."""
    today = business_date(at)
    free_from = None
    for ahead in range(-1, HORIZON_DAYS):
        day = today + dt.timedelta(days=ahead)
        if not opening.works_on(day):
            continue
        hours = opening.hours[day.isoweekday() - 1]
        midnight = dt.datetime.combine(day, dt.time(), KATHMANDU).astimezone(dt.UTC)
        start = midnight + dt.timedelta(minutes=hours.opens)
        end = midnight + dt.timedelta(minutes=hours.closes)
        if free_from is not None:
            # Yesterday's night may run into today's morning.
            start = max(start, free_from)
        if start < end:
            free_from = end
            yield start, end


def _minutes(time: dt.time) -> int:
    return time.hour * 60 + time.minute


def _time(minutes: int) -> dt.time:
    return dt.time(minutes // 60 % 24, minutes % 60)
