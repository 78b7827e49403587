"""Which backups are kept: the newest of each of the last 7 days, 4 weeks and 12 months that have one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from typing import Final

from core.clock import KATHMANDU

DAILY: Final = 7
WEEKLY: Final = 4
MONTHLY: Final = 12

_Period = tuple[int, ...]


def kept(made_at: Collection[dt.datetime]) -> frozenset[dt.datetime]:
    """The moments whose backups stay. Days begin at midnight in Kathmandu, weeks on Monday.

    Periods without a backup don't count, so an installation that stood still for a month loses nothing by it.
    """
    return (
        _newest_of(made_at, _day, DAILY)
        | _newest_of(made_at, _week, WEEKLY)
        | _newest_of(made_at, _month, MONTHLY)
    )


def _newest_of(
    made_at: Collection[dt.datetime], period: Callable[[dt.date], _Period], count: int
) -> frozenset[dt.datetime]:
    newest: dict[_Period, dt.datetime] = {}
    for moment in sorted(made_at):
        newest[period(moment.astimezone(KATHMANDU).date())] = moment
    return frozenset(sorted(newest.values())[-count:])


def _day(day: dt.date) -> _Period:
    return (day.year, day.month, day.day)


def _week(day: dt.date) -> _Period:
    return tuple(day.isocalendar()[:2])


def _month(day: dt.date) -> _Period:
    return (day.year, day.month)
