"""Coming by a wholesaler's link or QR: whose introduction a new shop is, and the link for the wholesaler who asks."""

from __future__ import annotations

from typing import Any

from bot.dialogue.machine import Ask, InputKind, Outcome, PartyKind, State, Step, Turn, does
from bot.dialogue.reading import order_reader
from bot.dialogue.screens.everybody import anywhere, onboarding
from bot.wording.say import Say
from core.intake.acts.types import ActKind
from core.parties import joining
from core.parties import queries as people
from core.parties import service as parties
from core.refs import VendorId


def comes_by_link(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and joining.code_in(turn.text) is not None


def welcome(turn: Turn) -> Outcome:
    """Keep whose introduction the new shop is, and what was ordered beside the link; ask for the shop's name."""
    introducer = joining.find_introducer(turn.session, joining.code_in(turn.text) or "")
    beside = joining.without_code(turn.text)
    is_order = bool(beside) and bool(order_reader.read_text(turn, beside).lines)
    slots: dict[str, Any] = {"times": 1}
    if introducer is not None:
        slots["introduced_by"] = introducer.id
    if is_order:
        slots["first_order"] = beside
    view = {
        **onboarding.nothing_new(),
        "keeps_order": is_order,
        "introducer": introducer.business_name if introducer else None,
    }
    return Outcome(
        goto=State.SHOP_NAME,
        say=Say("onboarding/welcome", view),
        slots=slots,
        ask=Ask(kind=onboarding.LANGUAGE, subject_id=turn.conversation_id),
    )


def keep_and_ask_area(turn: Turn) -> Outcome:
    """Keep whose introduction the new shop is, and ask for its place again."""
    introducer = joining.find_introducer(turn.session, joining.code_in(turn.text) or "")
    asked = onboarding.ask_area_again(turn)
    kept = {} if introducer is None else {"introduced_by": introducer.id}
    return Outcome(goto=asked.goto, say=asked.say, slots={**asked.slots, **kept})


def keep_while_waiting(turn: Turn) -> Outcome:
    """Keep whose introduction the waiting shop is, if nobody's yet, and say that it waits."""
    introducer = joining.find_introducer(turn.session, joining.code_in(turn.text) or "")
    if introducer is not None:
        parties.keep_introduction(
            turn.session, turn.retailer_id, VendorId(introducer.id), actor=turn.actor, now=turn.now
        )
    return onboarding.wait(turn)


def is_here_already(turn: Turn) -> Outcome:
    """Somebody who is here already came by a link: say what can be done here."""
    return anywhere.help_(turn)


def tell_link(turn: Turn) -> Outcome:
    """Give the wholesaler its link for new shops, and the address of its QR."""
    code = people.get_vendor(turn.session, turn.vendor_id).code
    links = joining.links()
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/link", {"link": links.link(code), "picture": links.picture(code)}),
    )


def _is_newcomer(turn: Turn) -> bool:
    return turn.party.kind is PartyKind.NOBODY and comes_by_link(turn)


NEWCOMER_STEPS: tuple[Step, ...] = (Step(name="introduced", matches=_is_newcomer, handler=welcome),)
AREA_STEPS: tuple[Step, ...] = (Step(name="introduced", matches=_is_newcomer, handler=keep_and_ask_area),)
WAITING_STEPS: tuple[Step, ...] = (
    Step(name="introduced", matches=comes_by_link, handler=keep_while_waiting),
)
SHOP_STEPS: tuple[Step, ...] = (Step(name="here_already", matches=comes_by_link, handler=is_here_already),)
VENDOR_STEPS: tuple[Step, ...] = (
    *SHOP_STEPS,
    Step(name="link", matches=does(ActKind.LINK), handler=tell_link, takes=frozenset({ActKind.LINK})),
)
