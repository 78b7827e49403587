"""From what day to what day: by Gregorian days, or by a fiscal year or month of the Bikram Sambat calendar. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import nepali_datetime

from core.clock import KATHMANDU
from core.reports.errors import PeriodBackwards, PeriodNotUnderstood, PeriodTooLong
from core.reports.kinds import Calendar

LONGEST: Final = dt.timedelta(days=10 * 366)
_SHRAWAN: Final = 4
_MONTHS: Final = 12
_FISCAL_YEAR: Final = re.compile(r"(?P<year>2\d{3})/(?P<next>\d{2})", re.ASCII)
_BS_MONTH: Final = re.compile(r"(?P<year>2\d{3})-(?P<month>0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """From *start* to *end*, both days included. Raises PeriodBackwards, PeriodTooLong."""

    start: dt.date
    end: dt.date

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise PeriodBackwards(start=self.start, end=self.end)
        if self.end - self.start > LONGEST:
            raise PeriodTooLong(most_days=LONGEST.days)

    @property
    def first(self) -> dt.datetime:
        return dt.datetime.combine(self.start, dt.time(), KATHMANDU)

    @property
    def after(self) -> dt.datetime:
        """The first instant that is past."""
        return dt.datetime.combine(self.end + dt.timedelta(days=1), dt.time(), KATHMANDU)


def read_period(text: str) -> Period:
    """The fiscal year `2083/84` (Shrawan to Ashadh) or the month `2083-05`. Raises PeriodNotUnderstood."""
    if found := _FISCAL_YEAR.fullmatch(text):
        year = int(found["year"])
        if (year + 1) % 100 != int(found["next"]):
            raise PeriodNotUnderstood(period=text)
        return _between(text, (year, _SHRAWAN), (year + 1, _SHRAWAN))
    if found := _BS_MONTH.fullmatch(text):
        month = (int(found["year"]), int(found["month"]))
        return _between(text, month, _next(month))
    raise PeriodNotUnderstood(period=text)


def fiscal_year_so_far(today: dt.date) -> Period:
    bs = nepali_datetime.date.from_datetime_date(today)
    year = bs.year if bs.month >= _SHRAWAN else bs.year - 1
    return Period(_first_day((year, _SHRAWAN)), today)


@dataclass(frozen=True, slots=True)
class Month:
    """`label` is `2026-11` or, by the Bikram Sambat calendar, `2083-08`."""

    label: str
    period: Period


def months_of(period: Period, calendar: Calendar) -> Iterator[Month]:
    """The months of *period*, the first and the last cut to it."""
    start = period.start
    while start <= period.end:
        label, after = _gregorian(start) if calendar is Calendar.GREGORIAN else _bikram_sambat(start)
        end = min(after - dt.timedelta(days=1), period.end)
        yield Month(label, Period(start, end))
        start = end + dt.timedelta(days=1)


def _gregorian(day: dt.date) -> tuple[str, dt.date]:
    after = (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return f"{day:%Y-%m}", after


def _bikram_sambat(day: dt.date) -> tuple[str, dt.date]:
    bs = nepali_datetime.date.from_datetime_date(day)
    return f"{bs.year}-{bs.month:02d}", _first_day(_next((bs.year, bs.month)))


def _between(text: str, first: tuple[int, int], after: tuple[int, int]) -> Period:
    try:
        return Period(_first_day(first), _first_day(after) - dt.timedelta(days=1))
    except ValueError as unknown:
        # The calendar is published for some years only.
        raise PeriodNotUnderstood(period=text) from unknown


def _next(month: tuple[int, int]) -> tuple[int, int]:
    year, number = month
    return (year + 1, 1) if number == _MONTHS else (year, number + 1)


def _first_day(month: tuple[int, int]) -> dt.date:
    found: dt.date = nepali_datetime.date(*month, 1).to_datetime_date()
    return found
