"""A shop puts off what is asked: no money now, later, tomorrow I'll see. Nothing is removed, and nothing is asked."""

from __future__ import annotations

from typing import Final

from bot.dialogue.deciding import open_lines
from bot.dialogue.machine import Outcome, State, Step, Turn
from bot.dialogue.reading.words import phrases, plain_words
from bot.dialogue.screens.shop import begun, tracking
from bot.dialogue.screens.shop.basket import earlier
from bot.dialogue.screens.shop.taken_back import not_paid
from bot.wording.say import Say
from core.intake.acts.types import ActKind
from core.orders import basket

_BESIDE: Final = frozenset(
    {ActKind.LATER, ActKind.YES, ActKind.NO, ActKind.PLACE, ActKind.THANKS, ActKind.GREETING, ActKind.CHAT}
)


def puts_off(turn: Turn) -> bool:
    """Nothing but that it is not for now, with a yes or a no at most."""
    is_put_off = any(act.kind is ActKind.LATER for act in turn.acts)
    return is_put_off and all(act.kind in _BESIDE and not act.orders for act in turn.acts)


def keep(turn: Turn) -> Outcome:
    """Say that nothing was done and that the basket stays. A payment that was asked about isn't noted.

    After "not now" a later yes is one to something else; after "yes, but tomorrow" the list still waits for it.
    """
    if (asked := begun.asked_last(turn)) is not None:
        return not_paid(turn, asked)
    order = basket.find_basket(turn.session, turn.retailer_id)
    has_basket = order is not None and bool(basket.lines_of(turn.session, order.id))
    has_questions = bool(open_lines.kept(turn.slots))
    if not (has_basket or has_questions) and any(prompt.kind == tracking.ASKED for prompt in turn.prompts):
        return tracking.tell_status(turn)
    view = {"has_basket": has_basket or has_questions}
    closes = [] if _begins_with_yes(turn.text) else earlier(turn)
    return Outcome(goto=State.SHOP, say=Say("ordering/put_off", view), closes=closes)


def _begins_with_yes(text: str) -> bool:
    words = plain_words(text)
    return any(words.startswith(f"{phrase} ") for phrase in phrases("yes"))


STEPS: tuple[Step, ...] = (Step(name="put_off", matches=puts_off, handler=keep, takes=_BESIDE),)
