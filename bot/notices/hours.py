"""When people are told: at once, by day, or when they open."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from sqlalchemy.orm import Session

from core import events
from core.clock import KATHMANDU
from core.routing import queries as routing

FIRST: Final = dt.time(7)
LAST: Final = dt.time(20)


def next_civil_hour(now: dt.datetime) -> dt.datetime:
    """*now* between 07:00 and 20:00 in Kathmandu, else the next 07:00."""
    here = now.astimezone(KATHMANDU)
    if FIRST <= here.time() < LAST:
        return now
    day = here.date() if here.time() < FIRST else here.date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, FIRST, KATHMANDU)


def at_once(_session: Session, _event: Any, now: dt.datetime) -> dt.datetime:
    return now


def by_day(_session: Session, _event: Any, now: dt.datetime) -> dt.datetime:
    return next_civil_hour(now)


def when_vendor_opens(session: Session, event: events.OfferOpened, now: dt.datetime) -> dt.datetime:
    """An offer made outside the vendor's opening hours rings when it opens."""
    return max(routing.get_offer(session, event.offer_id).rings_at or now, now)
