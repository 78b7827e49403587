"""An owner answers in sentences what waits for a helper: "bibek ko order huncha", "bibek lai hisab nadekhaunus"."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.dialogue.machine import InputKind, Outcome, Step, Turn
from bot.dialogue.reading.payees import is_named, without_words
from bot.dialogue.reading.words import mentions, without
from bot.dialogue.screens.shop import account, ordering, placing
from bot.wording.say import Say
from core.intake.acts.reader import read_acts
from core.intake.acts.types import Act, ActKind, Mood
from core.messaging.models import Prompt
from core.orders import basket
from core.parties import queries as parties
from core.parties import service as people
from core.parties.models import Position
from core.parties.queries import Person

_DEBT: Final = frozenset({ActKind.BALANCE, ActKind.STATEMENT, ActKind.INVOICE})
_AGREES: Final = frozenset({ActKind.YES, ActKind.PLACE})
_REFUSES: Final = frozenset({ActKind.NO, ActKind.CANCEL})
_LONGEST = 14


def speaks_of_helper(turn: Turn) -> bool:
    """Whether an owner's words are about a helper: by name, or "don't show the account" while that is asked."""
    is_owner = turn.party.position is Position.OWNER and turn.input.kind is InputKind.TEXT
    if not is_owner or len(turn.text.split()) > _LONGEST or not turn.acts:
        return False
    if _asked_debt(turn) and any(act.kind in _DEBT and act.is_denied for act in turn.acts):
        return True
    if not (_asked_order(turn) or _asked_debt(turn) or any(act.is_denied for act in turn.acts)):
        return False
    helper, acts = _without_name(turn)
    return helper is not None and any(_is_about_helper(turn, act) for act in acts)


def _is_about_helper(turn: Turn, act: Act) -> bool:
    if act.kind in _DEBT:
        return act.is_denied or bool(_asked_debt(turn))
    return bool(_asked_order(turn)) and act.kind is not ActKind.EDIT


def answer(turn: Turn) -> Outcome:
    """Approve or refuse the helper's basket and let the helper see the debt or not; what isn't clear is asked again."""
    helper, acts = _without_name(turn)
    debt = next((act for act in acts if act.kind in _DEBT), None)
    answers = [act for act in acts if act.kind not in _DEBT]
    hidden = None if debt is None else _decide_debt(turn, helper, is_allowed=not debt.is_denied)
    if not answers or not _asked_order(turn):
        return hidden or placing.ask_owner(turn, _asked_order(turn)[-1].subject_id, has_risen=False)
    outcome = _decide_order(turn, answers)
    if hidden is None:
        return outcome
    return replace(outcome, closes=[*outcome.closes, *hidden.closes])


def _decide_order(turn: Turn, answers: list[Act]) -> Outcome:
    waiting = _asked_order(turn)
    said = [act for act in answers if act.kind not in (ActKind.GREETING, ActKind.THANKS)]
    agrees = all(act.kind in _AGREES and act.moves for act in said)
    refuses = all(_refuses(act) or _does_not_want(act) for act in said)
    if len(waiting) == 1 and said and agrees and not any(act.terms for act in said):
        return placing.answer_owner(turn, waiting[0], "yes")
    if len(waiting) == 1 and said and refuses:
        return placing.answer_owner(turn, waiting[0], "no")
    return placing.ask_owner(turn, waiting[-1].subject_id, has_risen=False)


def _refuses(act: Act) -> bool:
    """Whether it is a clear no; "pardaina" says that nothing is due."""
    is_no_need = act.kind is ActKind.NO and act.mood is Mood.DUE and act.is_certain
    return act.kind in _REFUSES and (act.moves or is_no_need)


def _does_not_want(act: Act) -> bool:
    return act.kind in (ActKind.PLACE, ActKind.ORDER) and act.mood is Mood.DENIED and act.is_certain


def _decide_debt(turn: Turn, helper: Person | None, *, is_allowed: bool) -> Outcome | None:
    asked = _asked_debt(turn)
    if helper is not None:
        asked = [prompt for prompt in asked if prompt.subject_id == helper.contact_id]
    if len(asked) == 1:
        return account.answer_sees_debt(turn, asked[0], "yes" if is_allowed else "no")
    if helper is None or is_allowed:
        return None
    people.let_see_debt(
        turn.session,
        helper.contact_id,
        retailer_id=turn.retailer_id,
        is_allowed=False,
        actor=turn.actor,
        now=turn.now,
    )
    return Outcome(say=Say("account/debt_decided", {"helper": helper.name, "is_allowed": False}))


def _asked_order(turn: Turn) -> list[Prompt]:
    return [prompt for prompt in turn.prompts if prompt.kind == placing.OWNER]


def _asked_debt(turn: Turn) -> list[Prompt]:
    return [prompt for prompt in turn.prompts if prompt.kind == account.SEES_DEBT]


def _without_name(turn: Turn) -> tuple[Person | None, tuple[Act, ...]]:
    """The helper who is named, and what the text says without the name."""
    helpers = [
        one
        for one in parties.people_of_retailer(turn.session, turn.retailer_id)
        if one.position is Position.HELPER
    ]
    for helper in helpers:
        said = [word for word in turn.text.split() if is_named(word, helper.name or "")]
        if said:
            return helper, read_acts(without_words(turn.text, said), role=turn.role)
    return None, turn.acts


def changes_waiting(turn: Turn) -> bool:
    """An owner changes the goods that a helper asked for: "ho, tara chini napathau", "chini hataidinus"."""
    asked = _asked_order(turn)
    if turn.party.position is not Position.OWNER or len(asked) != 1:
        return False
    said = [act for act in turn.acts if act.kind not in (ActKind.GREETING, ActKind.THANKS)]
    changes = [act for act in said if _changes_goods(act)]
    is_newest = asked[0].id == max(prompt.id for prompt in turn.prompts)
    is_only_that = all(act in changes or act.kind in (*_AGREES, ActKind.ORDER) for act in said)
    return bool(changes) and is_only_that and is_newest and _has_no_basket(turn)


def _changes_goods(act: Act) -> bool:
    if act.kind is ActKind.UNREAD:
        return mentions(act.text, "refusing")
    return act.kind is ActKind.EDIT or (act.kind is ActKind.ORDER and act.is_denied)


def _change_in(act: Act) -> str:
    """The words of a change, with a plain removal for "no sugar"."""
    return f"remove {without(act.text, 'refusing')}" if act.kind is ActKind.UNREAD else act.text


def _has_no_basket(turn: Turn) -> bool:
    """What is in the owner's own basket may be what is changed."""
    order = basket.find_basket(turn.session, turn.retailer_id)
    return order is None or not basket.lines_of(turn.session, order.id)


def change_waiting(turn: Turn) -> Outcome:
    """Move the helper's lines into the owner's basket, and change them there; nothing is ordered before the owner's yes."""
    taken = placing.take_over(turn, _asked_order(turn)[0])
    words = "\n".join(
        _change_in(act) for act in turn.acts if act.kind is ActKind.ORDER or _changes_goods(act)
    )
    changed = ordering.take_words(turn, words, notes=[{"code": "taken_over"}])
    return replace(changed, closes=[*taken.closes, *changed.closes])


STEPS: Final = (
    Step(name="owner_says", matches=speaks_of_helper, handler=answer),
    Step(
        name="owner_changes",
        matches=changes_waiting,
        handler=change_waiting,
        takes=frozenset({ActKind.EDIT, ActKind.ORDER, ActKind.UNREAD, *_AGREES}),
    ),
)
