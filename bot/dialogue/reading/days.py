"""The day that words like "bholi" name, as a promise to be there by the evening."""

from __future__ import annotations

import datetime as dt
from typing import Final

from bot.dialogue.reading.words import mentions
from core.clock import KATHMANDU, business_date

_EVENING: Final = dt.time(18, 0)
_DAYS: Final = {"day_after": 2, "tomorrow": 1, "today": 0}


def promised_by(text: str, *, now: dt.datetime) -> dt.datetime | None:
    """The evening in Kathmandu of the day that *text* names; None when it names none."""
    for word, days in _DAYS.items():
        if mentions(text, word):
            day = business_date(now) + dt.timedelta(days=days)
            return max(dt.datetime.combine(day, _EVENING, tzinfo=KATHMANDU), now)
    return None
