"""The days, ISO weeks, months and quarters in which a vendor's performance is compared. Pure.

Days are Kathmandu's; months and quarters are Gregorian ([ADR 14](../../docs/adr/0014-performance-is-compared-in-gregorian-months.md)).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.clock import KATHMANDU

MONTHS_OF: Final = {"month": 1, "quarter": 3}


class Period(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True, kw_only=True, slots=True)
class Slice:
    """One day, week, month or quarter: from `first_day` on and before `next_day`."""

    period: Period
    first_day: dt.date
    next_day: dt.date

    @property
    def starts_at(self) -> dt.datetime:
        return _midnight(self.first_day)

    @property
    def ends_at(self) -> dt.datetime:
        """The first instant that no longer belongs to it."""
        return _midnight(self.next_day)


def slice_of(period: Period, day: dt.date) -> Slice:
    """The slice that *day* belongs to."""
    match period:
        case Period.DAY:
            return Slice(period=period, first_day=day, next_day=day + dt.timedelta(days=1))
        case Period.WEEK:
            monday = day - dt.timedelta(days=day.weekday())
            return Slice(period=period, first_day=monday, next_day=monday + dt.timedelta(days=7))
        case Period.MONTH | Period.QUARTER:
            months = MONTHS_OF[period]
            first = dt.date(day.year, day.month - (day.month - 1) % months, 1)
            return Slice(period=period, first_day=first, next_day=_months_later(first, months))


def slice_before(later: Slice) -> Slice:
    """The slice that ends where *later* begins."""
    return slice_of(later.period, later.first_day - dt.timedelta(days=1))


def _months_later(first: dt.date, months: int) -> dt.date:
    year, month = divmod(first.month - 1 + months, 12)
    return dt.date(first.year + year, month + 1, 1)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), KATHMANDU)
