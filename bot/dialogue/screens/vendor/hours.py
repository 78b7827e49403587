"""A vendor's opening hours: said for the week, for some weekdays, and whether a day is closed every week."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

from bot.dialogue.machine import Ask, InputKind, Outcome, PromptKind, State, Step, Turn, does
from bot.dialogue.reading.opening_hours import asks_hours, read_week
from bot.wording.say import Say
from core.clock import KATHMANDU, business_date
from core.intake.acts.types import ActKind
from core.messaging.models import Prompt
from core.parties import queries as parties
from core.parties import service as party_service
from core.parties.models import Vendor
from core.parties.opening import by_weekday

WEEKLY = "weekly_day"
# As a calendar in Nepal prints it.
_SUNDAY_FIRST = (7, 1, 2, 3, 4, 5, 6)


def says_week(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and read_week(turn.text) is not None


def set_week(turn: Turn) -> Outcome:
    """Set the hours, of the named weekdays or of all that are worked, or close the weekdays for every week."""
    said = read_week(turn.text)
    if said is None:
        return tell_hours(turn)
    if said.hours is not None:
        party_service.set_hours(
            turn.session,
            turn.vendor_id,
            said.hours,
            weekdays=said.weekdays or None,
            actor=turn.actor,
            now=turn.now,
        )
    else:
        for weekday in said.weekdays:
            _set_day(turn, weekday, is_open=False)
    return _told(turn, is_changed=True)


def asks(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and asks_hours(turn.text)


def tell_hours(turn: Turn) -> Outcome:
    """Show the week as it stands, and how to change it."""
    return _told(turn, is_changed=False)


def ask_weekly(turn: Turn, day: dt.date, *, is_open: bool) -> Ask:
    """Whether the weekday of *day* is to be open, or closed, every week."""
    return Ask(
        kind=WEEKLY,
        subject_id=turn.vendor_id,
        facts={"weekday": day.isoweekday(), "is_open": is_open},
    )


def answer_weekly(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Change the week, or leave it: the single day was changed already."""
    if choice == "yes":
        _set_day(turn, prompt.facts["weekday"], is_open=prompt.facts["is_open"])
    return _told(turn, prompt, is_changed=choice == "yes")


def stale_weekly(turn: Turn, _prompt: Prompt, _choice: str) -> Outcome:
    return tell_hours(turn)


def works_on(turn: Turn, day: dt.date) -> bool:
    """Whether the vendor works on this weekday every week."""
    return day.isoweekday() in parties.get_vendor(turn.session, turn.vendor_id).working_days


def _set_day(turn: Turn, weekday: int, *, is_open: bool) -> None:
    party_service.set_working_day(
        turn.session, turn.vendor_id, weekday, is_open=is_open, actor=turn.actor, now=turn.now
    )


def _told(turn: Turn, *closes: Prompt, is_changed: bool) -> Outcome:
    vendor = parties.get_vendor(turn.session, turn.vendor_id)
    view = {
        "rows": _rows(vendor, business_date(turn.now)),
        "closed": _closed(vendor),
        "is_changed": is_changed,
    }
    return Outcome(goto=State.VENDOR, say=Say("vendor/hours", view), closes=closes)


def _rows(vendor: Vendor, today: dt.date) -> list[dict[str, Any]]:
    """The week from Sunday, weekdays in a row with the same hours as one line."""
    week = by_weekday(vendor.opening)
    days = [day for day in _SUNDAY_FIRST if day in week]
    rows: list[list[int]] = [days[:1]] if days else []
    for before, day in pairwise(days):
        if week[before] == week[day] and day == before % 7 + 1:
            rows[-1].append(day)
        else:
            rows.append([day])
    return [
        {
            "first": str(row[0]),
            "last": str(row[-1]),
            "opens": dt.datetime.combine(today, week[row[0]].opens_at, KATHMANDU),
            "closes": dt.datetime.combine(today, week[row[0]].closes_at, KATHMANDU),
        }
        for row in rows
    ]


def _closed(vendor: Vendor) -> list[str]:
    return [str(day) for day in _SUNDAY_FIRST if day not in vendor.working_days]


STEPS: tuple[Step, ...] = (
    Step(name="week", matches=says_week, handler=set_week),
    Step(name="hours_asked", matches=asks, handler=tell_hours),
)
# Hours that are not certain, or not of a week: the week is shown, with how to say it.
UNSURE_STEPS: tuple[Step, ...] = (
    Step(
        name="hours",
        matches=does(ActKind.HOURS),
        handler=tell_hours,
        takes=frozenset({ActKind.HOURS}),
    ),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=WEEKLY, answer=answer_weekly, stale=stale_weekly, yes="yes", no="no"),
)
