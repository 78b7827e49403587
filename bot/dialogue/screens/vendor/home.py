"""A vendor's other business: closed days, settlement, scorecard and help."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from bot.dialogue.machine import Ask, Handler, Outcome, PromptKind, State, Step, Turn, always, does
from bot.dialogue.reading.days import named_day
from bot.dialogue.screens.vendor import hours
from bot.dialogue.screens.vendor.offers import tell_closed
from bot.dialogue.screens.vendor.open_work import MOST_LISTED
from bot.wording.say import Say
from core.clock import business_date
from core.credit import queries as credit
from core.errors import NotFound
from core.intake.acts.reader import read_acts
from core.intake.acts.types import Act, ActKind, Mood
from core.messaging.models import Prompt
from core.money import total
from core.orders import queries as orders
from core.parties import queries as parties
from core.parties import service as party_service
from core.refs import RetailerId
from core.routing.passing import PassedBy, last_passed_by, why_passed_by
from core.vendors.standings import standings

CLOSE = "close_day"
_MOST_NAMED = 3


# Open and closed


def change_days(turn: Turn) -> Outcome:
    """Close for the named days, without new offers. Promises stay promised.

    "Closed tomorrow" counts as said now. A question, a condition or a denial is asked about.
    """
    said = [act for act in turn.acts if _is_said(act)]
    days = [_day_of(turn, act) for act in said or turn.acts]
    is_only = len(days) == 1 and turn.acts[0].is_only
    if said:
        if is_only:
            _open(turn, None)
        return _ask_if_weekly(turn, _close(turn, days), said, is_open=False)
    return _ask_to_close(turn, days[0], is_only=is_only)


def open_day(turn: Turn) -> Outcome:
    """Open again on the named day, or on all; "not open" and what isn't sure are asked about."""
    act = turn.acts[0]
    if _is_said(act):
        opened = _open(turn, named_day(act.when, now=turn.now) if act.when else None)
        return _ask_if_weekly(turn, opened, [act], is_open=True)
    return _ask_to_close(turn, _day_of(turn, act), is_only=False)


def _ask_if_weekly(turn: Turn, done: Outcome, said: Sequence[Act], *, is_open: bool) -> Outcome:
    """A weekday by its name ("shanibar banda") is this week's; whether it is every week's is asked where that is new."""
    named = [act.when for act in said if act.when is not None and act.when.weekday is not None]
    day = named_day(named[0], now=turn.now) if len(said) == len(named) == 1 else None
    if day is None or hours.works_on(turn, day) == is_open:
        return done
    view = {"day": day, "weekday": str(day.isoweekday()), "is_open": is_open}
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/weekly_asked", view),
        ask=hours.ask_weekly(turn, day, is_open=is_open),
        closes=done.closes,
    )


def _is_said(act: Act) -> bool:
    return act.is_certain and act.mood in (Mood.DONE, Mood.NOW, Mood.FUTURE)


def _day_of(turn: Turn, act: Act) -> dt.date:
    named = named_day(act.when, now=turn.now) if act.when else None
    return named or business_date(turn.now)


def _ask_to_close(turn: Turn, day: dt.date, *, is_only: bool) -> Outcome:
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/close_asked", {"day": day}),
        ask=Ask(kind=CLOSE, subject_id=turn.vendor_id, facts={"day": day.isoformat(), "only": is_only}),
    )


def _close(turn: Turn, days: Sequence[dt.date], *closes: Prompt) -> Outcome:
    for day in days:
        party_service.close_vendor_for_day(
            turn.session, turn.vendor_id, day=day, actor=turn.actor, now=turn.now
        )
    return Outcome(goto=State.VENDOR, say=Say("vendor/closed", {"days": sorted(set(days))}), closes=closes)


def _open(turn: Turn, day: dt.date | None, *closes: Prompt) -> Outcome:
    party_service.open_vendor_again(turn.session, turn.vendor_id, day=day, actor=turn.actor, now=turn.now)
    return Outcome(goto=State.VENDOR, say=Say("vendor/opened", {"day": day}), closes=closes)


def answer_close(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Close on that day, and on no other where that was said; or stay open."""
    day = dt.date.fromisoformat(prompt.facts["day"])
    if choice == "yes" and prompt.facts.get("only"):
        _open(turn, None)
    return _close(turn, [day], prompt) if choice == "yes" else _open(turn, day, prompt)


def stale_close(turn: Turn, _prompt: Prompt, _choice: str) -> Outcome:
    return tell_help(turn)


# Money


def tell_settlement(turn: Turn) -> Outcome:
    """Show what we owe this vendor this month: delivered, commission, returned, received."""
    today = business_date(turn.now)
    settled = credit.settlement(turn.session, turn.vendor_id, start=today.replace(day=1), end=today)
    return Outcome(goto=State.VENDOR, say=Say("vendor/settlement", {"settlement": settled, "today": today}))


def tell_who_owes(turn: Turn) -> Outcome:
    """Show the shops with open bills for this vendor's goods, the largest first."""
    owing = credit.owed_for_vendor(turn.session, turn.vendor_id)
    shops = [
        {"shop_name": parties.get_retailer(turn.session, RetailerId(row.retailer_id)).shop_name, "row": row}
        for row in owing[:MOST_LISTED]
    ]
    view = {
        "shops": shops,
        "more": max(len(owing) - MOST_LISTED, 0),
        "total": total(row.owed for row in owing),
    }
    return Outcome(goto=State.VENDOR, say=Say("vendor/who_owes", view))


def tell_scorecard(turn: Turn) -> Outcome:
    """Show this vendor's reliability as measured, the counts behind it, and what costs most of it."""
    standing = standings(turn.session, [turn.vendor_id], now=turn.now)[turn.vendor_id].measures
    view = {
        "counts": standing.counts,
        "score": standing.reliability,
        "grade": standing.grade,
        "weakest": standing.weakest,
    }
    return Outcome(goto=State.VENDOR, say=Say("vendor/scorecard", view))


def tell_why_not(turn: Turn) -> Outcome:
    """Say why the named order, or the last one that passed by, went elsewhere: the criterion, no names and no prices."""
    named = turn.acts[0].orders
    found = (
        _passed_by(turn, named[0]) if named else last_passed_by(turn.session, turn.vendor_id, now=turn.now)
    )
    if found is None:
        view: dict[str, object] = {"number": named[0] if named else None, "found": None}
    else:
        order = orders.get_order(turn.session, found.order_id)
        view = {"number": order.short_code, "found": found, "day": business_date(found.decided_at)}
    return Outcome(goto=State.VENDOR, say=Say("vendor/why_not", view))


def _passed_by(turn: Turn, number: str) -> PassedBy | None:
    """An order for which this vendor was never weighed is answered like one that doesn't exist."""
    try:
        order = orders.find_by_short_code(turn.session, int(number))
    except NotFound:
        return None
    return why_passed_by(turn.session, turn.vendor_id, order.id)


# Everything else


def tell_help(turn: Turn) -> Outcome:
    """Say what the vendor can do here."""
    return Outcome(goto=State.VENDOR, say=Say("vendor/help", {"name": turn.party.name}))


def tell_number(turn: Turn) -> Outcome:
    """A number that answers no prompt and no open offer or parcel: say what became of that offer, or show what waits."""
    return tell_closed(turn, turn.acts[0].orders)


def not_understood(turn: Turn) -> Outcome:
    """Repeat briefly what wasn't understood; if nothing was, also say what works."""
    said = [act.text for act in turn.acts] or ([turn.text] if turn.text.strip() else [])
    view = {"said": said[:_MOST_NAMED], "more": max(len(said) - _MOST_NAMED, 0)}
    if len(turn.acts) < len(read_acts(turn.text, role=turn.role)):
        return Outcome(goto=State.VENDOR, say=Say("vendor/unread", view), is_aside=True)
    return Outcome(goto=State.VENDOR, say=Say("vendor/not_understood", view))


def _step(name: str, handler: Handler, *kinds: ActKind) -> Step:
    return Step(name=name, matches=does(*kinds), handler=handler, takes=frozenset(kinds))


STEPS: tuple[Step, ...] = (
    _step("closed_day", change_days, ActKind.CLOSED),
    Step(name="open_day", matches=does(ActKind.OPEN), handler=open_day, takes=frozenset()),
    *hours.UNSURE_STEPS,
    _step("scorecard", tell_scorecard, ActKind.SCORECARD),
    _step("why_not", tell_why_not, ActKind.WHY_NOT),
    _step("who_owes", tell_who_owes, ActKind.WHO_OWES),
    _step("settlement", tell_settlement, ActKind.SETTLEMENT, ActKind.BALANCE, ActKind.STATEMENT),
)
LAST_STEPS: tuple[Step, ...] = (
    Step(name="number", matches=does(ActKind.CHOICE, ActKind.CODE), handler=tell_number, takes=frozenset()),
    _step("greeting", tell_help, ActKind.GREETING, ActKind.CHAT, ActKind.HELP),
    Step(
        name="not_understood",
        matches=always,
        handler=not_understood,
        takes=frozenset({ActKind.UNREAD, ActKind.ORDER, ActKind.EDIT, ActKind.PLACE, ActKind.ASK_STOCK}),
    ),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    *hours.PROMPT_KINDS,
    PromptKind(name=CLOSE, answer=answer_close, stale=stale_close, yes="yes", no="no"),
)
