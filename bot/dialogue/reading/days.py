"""Converts a promised time to an instant: "bholi bihana", "aaune somabar", "in 2 hours"."""

from __future__ import annotations

import datetime as dt
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
_DAY: Final = dt.timedelta(days=1)


def promised_at(when: When | None, *, now: dt.datetime) -> dt.datetime | None:
    """The instant of *when*, in Kathmandu time, never before *now*; None if it names no day or time."""
    if when is None:
        return None
    if when.within is not None:
        return now + when.within
    day = named_day(when, now=now)
    time = when.time or (_PARTS[when.part] if when.part else None)
    if day is None and time is None:
        return None
    at = dt.datetime.combine(day or business_date(now), time or _EVENING, tzinfo=KATHMANDU)
    if day is None and at < now:
        # "at 10" in the afternoon is tomorrow's ten.
        at += dt.timedelta(days=1)
    return max(at, now)


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
