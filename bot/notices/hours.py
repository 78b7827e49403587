"""The hours in which people may be told what can wait."""

from __future__ import annotations

import datetime as dt
from typing import Final

from core.clock import KATHMANDU

FIRST: Final = dt.time(7)
LAST: Final = dt.time(20)


def next_civil_hour(now: dt.datetime) -> dt.datetime:
    """*now* between 07:00 and 20:00 in Kathmandu, else the next 07:00."""
    here = now.astimezone(KATHMANDU)
    if FIRST <= here.time() < LAST:
        return now
    day = here.date() if here.time() < FIRST else here.date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, FIRST, KATHMANDU)
