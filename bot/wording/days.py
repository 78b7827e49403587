"""Days and times as people say them in Nepal: "tomorrow", "Mangsir 27", "2:53 pm". In Bikram Sambat, Kathmandu time.

The year is written only if it isn't the current one. Documents (PDF, XLSX) write full dates; a chat doesn't.
"""

from __future__ import annotations

import datetime as dt

import nepali_datetime

from bot.wording.labels import labels
from bot.wording.numbers import digits
from core.clock import KATHMANDU, business_date


def day_name(when: dt.date | dt.datetime, *, today: dt.date | None, language: str) -> str:
    """`today`, `tomorrow`, `yesterday`, or the date. Without *today*, always the date."""
    day = local_day(when)
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if today is not None and (word := near.get((day - today).days)):
        return str(labels(language)["day"][word])
    return date_name(day, today=today, language=language)


def date_name(when: dt.date | dt.datetime, *, today: dt.date | None, language: str) -> str:
    """`Mangsir 27`, or `Mangsir 27, 2084` if the year isn't *today*'s."""
    year, month, number = bikram_sambat(local_day(when))
    named = f"{labels(language)['months']['bs'][month - 1]} {digits(number, language=language)}"
    if today is None or bikram_sambat(today)[0] == year:
        return named
    return f"{named}, {digits(year, language=language)}"


def clock_time(when: dt.datetime, *, language: str) -> str:
    """The time of day in Kathmandu: `2:53 pm`, `दिउँसो २:५३`."""
    local = when.astimezone(KATHMANDU)
    time = digits(f"{local.hour % 12 or 12}:{local.minute:02d}", language=language)
    parts = labels(language)["day_part"]
    if not parts:
        return f"{time} {'am' if local.hour < 12 else 'pm'}"
    begun = max(int(hour) for hour in parts if int(hour) <= local.hour)
    return f"{parts[str(begun)]} {time}"


def moment_name(when: dt.datetime, *, today: dt.date | None, language: str) -> str:
    """A deadline: only the time if it is today or *today* is None, otherwise with its day."""
    clock = clock_time(when, language=language)
    if today is None or local_day(when) == today:
        return clock
    day = day_name(when, today=today, language=language)
    return f"{clock} {day}" if language == "en" else f"{day} {clock}"


def local_day(when: dt.date | dt.datetime) -> dt.date:
    return business_date(when) if isinstance(when, dt.datetime) else when


def bikram_sambat(day: dt.date) -> tuple[int, int, int]:
    bs = nepali_datetime.date.from_datetime_date(day)
    return bs.year, bs.month, bs.day
