"""Questions about prices and stock, greetings, and text that we don't understand."""

from __future__ import annotations

from typing import Any, Final

from bot.dialogue.machine import SILENCE, InputKind, Outcome, Step, Turn, always, does
from bot.dialogue.reading import order_reader
from bot.dialogue.reading.words import mentions
from bot.wording.say import Say
from core.intake.acts.types import ActKind
from core.intake.reading import Intent
from core.money import ZERO
from core.orders.limits import open_terms

_GREETINGS: Final = frozenset({ActKind.GREETING, ActKind.CHAT})


def asks_price(turn: Turn) -> bool:
    if turn.input.kind is not InputKind.TEXT:
        return False
    return does(ActKind.ASK_PRICE, ActKind.ASK_STOCK)(turn) or turn.reading.intent is Intent.QUERY


def ask_price(turn: Turn) -> Outcome:
    """Answer a question about prices or stock with what we know of the goods, and whether there is credit if asked."""
    facts: dict[str, Any] = {"goods": order_reader.goods_asked_about(turn)}
    if mentions(turn.text, "credit"):
        can = open_terms(turn.session, turn.retailer_id, ZERO, now=turn.now)
        facts |= {"can": can, "sees_debt": turn.party.sees_debt}
    return Outcome(say=Say("ordering/prices", facts))


def greets(turn: Turn) -> bool:
    if turn.act is not None and turn.act.kind in _GREETINGS:
        return True
    return turn.input.kind is InputKind.TEXT and turn.reading.intent in (Intent.GREETING, Intent.SMALLTALK)


def greet(turn: Turn) -> Outcome:
    """Greet back, and say what the shop can do here. A greeting beside something else needs no answer."""
    if len(turn.acts) > 1:
        return SILENCE
    return Outcome(say=Say("ordering/help", {"name": called(turn)}))


def called(turn: Turn) -> str:
    """The name for greetings: the person's first name, or the shop's."""
    return next(iter(turn.person.name.split()), "") or turn.party.name


def not_understood(turn: Turn) -> Outcome:
    """Repeat what wasn't understood, and say what works."""
    words = " … ".join(act.text for act in turn.acts) if turn.acts else turn.text
    return Outcome(say=Say("ordering/not_understood", {"words": words or turn.text}), is_aside=True)


STEPS: tuple[Step, ...] = (
    Step(
        name="prices",
        matches=asks_price,
        handler=ask_price,
        takes=frozenset({ActKind.ASK_PRICE, ActKind.ASK_STOCK}),
    ),
    Step(name="greeting", matches=greets, handler=greet, takes=_GREETINGS),
)
LAST_STEPS: tuple[Step, ...] = (
    Step(name="not_understood", matches=always, handler=not_understood, takes=frozenset({ActKind.UNREAD})),
)
