"""Reads what a wholesaler says of its week: "7 dekhi 8 samma khulla", "open 6-21 on Saturdays", "har shanibar banda".

The whole message must be about that. A single day ("bholi banda") is read elsewhere: it changes no week.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from bot.dialogue.reading.words import phrases, plain_words
from core.parties.opening import Hours

_WEEKDAYS: Final = {
    1: "monday",
    2: "tuesday",
    3: "wednesday",
    4: "thursday",
    5: "friday",
    6: "saturday",
    7: "sunday",
}
# Between figures a colon or a full stop parts hours from minutes; a dash stands for "to".
_CLOCK: Final = re.compile(r"(?<!\d)(\d{1,2})\s*[:.]\s*(\d{2})(?!\d)")
_DASH: Final = re.compile(r"(?<=[\w.])\s*[-–—]\s*(?=\w)")
_TIME: Final = re.compile(r"(\d{1,2})(?:h(\d{2}))?(am|pm)?")
_NOON: Final = 12
# A wholesaler that says "7 to 8" is open for thirteen hours, not for one.
_FEWEST_HOURS: Final = 4
# "2 dekhi 8" begins in the afternoon.
_FIRST_HOUR: Final = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class WeekSaid:
    """Open at `hours`, or closed without them, on these ISO weekdays every week; without any on all that are worked."""

    hours: Hours | None
    weekdays: frozenset[int] = frozenset()


@dataclass(slots=True)
class _Read:
    times: list[tuple[int, int, str | None]]
    days: list[int | str]
    said: set[str]
    # "time", "open" and "closed" in the order in which they were said.
    order: list[str] = field(default_factory=list)

    @property
    def is_opening_and_closing(self) -> bool:
        """Each of two times with its own word: "7 baje khulcha, 8 baje banda huncha", "opens at 7, closes at 8"."""
        opening = [one for one in self.order if one != "time"] == ["open", "closed"]
        return opening and len(self.times) == 2 and not self.days and self.order.count("time") == 2


def read_week(text: str) -> WeekSaid | None:
    """What the message says of every week; None when it is about something else, or only asks."""
    read = _tokens(text)
    if read is None:
        return None
    weekdays = _weekdays(read.days)
    is_span = "closed" not in read.said and (read.said & {"open", "hours"} or weekdays)
    if len(read.times) == 2 and (is_span or read.is_opening_and_closing):
        hours = _hours(*read.times)
        return None if hours is None else WeekSaid(hours=hours, weekdays=weekdays)
    if not read.times and weekdays and "closed" in read.said and "weekly" in read.said:
        return WeekSaid(hours=None, weekdays=weekdays)
    return None


def asks_hours(text: str) -> bool:
    """Whether the message is only about when the vendor is open, without saying when."""
    read = _tokens(text.replace("?", " "))
    return read is not None and not read.times and not read.days and read.said == {"hours"}


def _tokens(text: str) -> _Read | None:
    if "?" in text:
        return None
    plain = plain_words(_DASH.sub(" to ", _CLOCK.sub(r"\1h\2", _digits(text))))
    plain = re.sub(r"(\d)\s*(am|pm)\b", r"\1\2", re.sub(r"\b([ap]) m\b", r"\1m", plain))
    # "7baje" and "8samma"
    plain = re.sub(r"(\d)(?!\d|h\d|am\b|pm\b)(?=[^\W\d])", r"\1 ", plain)
    read = _Read([], [], set())
    part: str | None = None
    for before, token in pairwise(["", *_joined(plain).split()]):
        if time := _TIME.fullmatch(token):
            read.times.append((int(time[1]), int(time[2] or 0), time[3] or part))
            read.order.append("time")
            part = None
            continue
        group = _GROUPS.get(token)
        if group is None:
            return None
        if group in ("am", "pm"):
            part = _mark(read, group, is_after=before in ("in", "the"))
        elif group.startswith("day:"):
            read.days.append(int(group[4:].rstrip("s")))
            read.said |= {"weekly"} if group.endswith("s") else set()
        elif group == "to":
            read.days.append("to")
        else:
            read.said.add(group)
            read.order += [group] if group in ("open", "closed") else []
    return read


def _digits(text: str) -> str:
    return "".join(str(int(one)) if one.isdecimal() else one for one in text)


def _mark(read: _Read, part: str, *, is_after: bool) -> str | None:
    """A part of the day belongs to the time after it ("bihana 7"), except in English ("7 in the morning")."""
    if not is_after or not read.times:
        return part
    hour, minute, _part = read.times[-1]
    read.times[-1] = (hour, minute, part)
    return None


def _weekdays(days: list[int | str]) -> frozenset[int]:
    found: set[int] = set()
    for at, day in enumerate(days):
        if not isinstance(day, int):
            continue
        before = days[at - 2] if at >= 2 and days[at - 1] == "to" else None
        if isinstance(before, int):
            while before != day:
                found.add(before)
                before = before % 7 + 1
        found.add(day)
    return frozenset(found)


def _hours(first: tuple[int, int, str | None], last: tuple[int, int, str | None]) -> Hours | None:
    opens = _clock(first, is_pm=first[2] is None and 1 <= first[0] < _FIRST_HOUR)
    closes = _clock(last, is_pm=False)
    if opens is None or closes is None:
        return None
    later = closes.replace(hour=closes.hour + _NOON) if closes.hour < _NOON else closes
    is_short = (closes.hour - opens.hour) * 60 + closes.minute - opens.minute < _FEWEST_HOURS * 60
    if last[2] is None and closes.hour and is_short and later > opens:
        closes = later
    return Hours.between(opens, closes)


def _clock(said: tuple[int, int, str | None], *, is_pm: bool) -> dt.time | None:
    hour, minute, part = said
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    if (part == "pm" or is_pm) and 1 <= hour < _NOON:
        hour += _NOON
    if part == "am" and hour == _NOON:
        hour = 0
    return dt.time(hour % 24, minute)


def _joined(plain: str) -> str:
    """The text with each phrase of several words as one token."""
    padded = f" {plain} "
    for phrase in _LONG:
        padded = padded.replace(f" {phrase} ", f" {phrase.replace(' ', '_')} ")
    return padded


def _groups() -> dict[str, str]:
    groups = {
        name: group
        for group, names in (
            ("am", "hours_am"), ("pm", "hours_pm"), ("to", "hours_to"), ("open", "hours_open"), ("closed", "hours_closed"),
            ("weekly", "hours_weekly"), ("hours", "hours_name"), ("small", "hours_small_words"),
        )
        for name in phrases(names)
    }  # fmt: skip
    found = {plain_words(name).replace(" ", "_"): group for name, group in groups.items()}
    for number, day in _WEEKDAYS.items():
        for name in phrases(f"weekday_{day}"):
            plain = plain_words(name).replace(" ", "_")
            found[plain] = f"day:{number}"
            found[f"{plain}s"] = f"day:{number}s"
    return found


_GROUPS: Final = _groups()
_LONG: Final = sorted((one.replace("_", " ") for one in _GROUPS if "_" in one), key=len, reverse=True)
