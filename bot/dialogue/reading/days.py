"""Converts a promised time to an instant: "bholi bihana", "aaune somabar", "in 2 hours"."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from core.clock import KATHMANDU, business_date
from core.intake.acts.types import DayPart, When

# A day without a time means by its evening.
_EVENING: Final = dt.time(18, 0)
_PARTS: Final[Mapping[DayPart, dt.time]] = MappingProxyType(
    {
        DayPart.MORNING: dt.time(10, 0),
        DayPart.NOON: dt.time(13, 0),
        DayPart.EVENING: _EVENING,
        DayPart.NIGHT: dt.time(20, 0),
    }
)
_WEEK: Final = 7
_HALF_A_DAY: Final = dt.timedelta(hours=12)
# Goods are delivered between these hours.
_FIRST_HOUR: Final = 7
_LAST_HOUR: Final = 20
_AM: Final = re.compile(r"\d\s*a\.?m\b", re.IGNORECASE)
_DAY: Final = dt.timedelta(days=1)


def promised_at(when: When | None, *, now: dt.datetime) -> dt.datetime | None:
    """The instant of *when*, in Kathmandu time, never before *now*; None if it names no day or time."""
    if when is None:
        return None
    if when.within is not None:
        return now + when.within
    day = named_day(when, now=now)
    time = _time_of(when)
    if day is None and time is None:
        return None
    at = dt.datetime.combine(day or business_date(now), time or _EVENING, tzinfo=KATHMANDU)
    if at < now and when.time is not None and _may_be_afternoon(when) and at + _HALF_A_DAY <= _end_of_day(at):
        # "8 baje", said at ten in the morning, is this evening's eight.
        at += _HALF_A_DAY
    if day is None and at < now:
        # "at 10" in the afternoon is tomorrow's ten.
        at += dt.timedelta(days=1)
    return max(at, now)


def _time_of(when: When) -> dt.time | None:
    """The time of day. Nobody delivers at five in the morning: "5 baje" is 17:00 unless it says otherwise."""
    if when.time is None:
        return _PARTS[when.part] if when.part else None
    is_early = when.time.hour < _FIRST_HOUR and _may_be_afternoon(when)
    return when.time.replace(hour=when.time.hour + 12) if is_early else when.time


def _may_be_afternoon(when: When) -> bool:
    return (
        when.time is not None
        and 1 <= when.time.hour < 12
        and when.part is not DayPart.MORNING
        and not _AM.search(when.said)
    )


def _end_of_day(at: dt.datetime) -> dt.datetime:
    return at.replace(hour=_LAST_HOUR, minute=0)


def named_day(when: When, *, now: dt.datetime) -> dt.date | None:
    """The day of *when*; a weekday is the next one, including today."""
    today = business_date(now)
    if when.date is not None:
        return when.date
    if when.within is not None and when.within >= _DAY:
        return business_date(now + when.within)
    if when.days is not None:
        return today + dt.timedelta(days=when.days)
    if when.weekday is not None:
        return today + dt.timedelta(days=(when.weekday - today.weekday()) % _WEEK)
    return None
