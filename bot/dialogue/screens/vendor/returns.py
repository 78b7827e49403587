"""Parcels that came back whole, or weren't taken: asked about, because that ends this part of the order."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from bot.dialogue.machine import Ask, Outcome, PromptKind, State, Step, Turn
from bot.dialogue.reading.came_back import goods_back
from bot.dialogue.screens.vendor.cash import ALL, NONE, parcel_of
from bot.dialogue.screens.vendor.open_work import nothing_of_that, open_work, those_named
from bot.dialogue.screens.vendor.parcels import ask_code, stale_parcel, tell_order, tell_packing
from bot.wording.say import Say
from core.intake.acts.types import ActKind, Mood
from core.messaging.models import Prompt
from core.orders import ending
from core.orders.views import FulfillmentView

RETURNED = "returned"
_RETURN_ACTS = frozenset({ActKind.RETURNED, ActKind.DECLINE, ActKind.WITHDRAW})
_NOT_RETURNED = frozenset({Mood.DENIED, Mood.FUTURE, Mood.CONDITIONAL, Mood.DUE})


def tells_return(turn: Turn) -> bool:
    """A parcel that came back or wasn't taken, also in the words of a no: "shop refused 1042", "1042 firta"."""
    act = turn.act
    if act is None or act.kind not in _RETURN_ACTS:
        return False
    return act.kind is ActKind.RETURNED or bool(those_named(act, open_work(turn).on_the_way))


def ask_returned(turn: Turn) -> Outcome:
    """Ask whether the parcel came back, because that ends this part of the order; anything else shows what there is."""
    told = next((act for act in turn.acts if act.orders), turn.acts[0])
    on_the_way = list(open_work(turn).on_the_way)
    named = those_named(told, on_the_way) if told.orders else on_the_way
    if not named and told.orders:
        return tell_order(turn, told.orders[0])
    if len(named) != 1:
        return tell_packing(turn) if on_the_way else nothing_of_that(turn, "parcel")
    is_asked = turn.acts[0].kind is not ActKind.RETURNED and turn.acts[0].mood is Mood.ASKED
    if is_asked or turn.acts[0].mood in _NOT_RETURNED:
        return ask_code(named[0])
    back = goods_back(turn.session, turn.text, [row.line for row in named[0].lines])
    if back is None or (back and not is_all_of(named[0], back)):
        # "1001 ko chini firta aayo": the rest is handed over, with its code.
        return ask_code(named[0], note="some_back")
    return ask_return_of(named[0])


def ask_return_of(parcel: FulfillmentView) -> Outcome:
    """Ask whether all of the parcel came back."""
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/returned_asked", {"parcel": parcel}),
        ask=Ask(
            kind=RETURNED,
            subject_id=parcel.fulfillment_id,
            facts={"about": {"short_code": parcel.short_code}},
        ),
        order_id=parcel.order_id,
    )


def answer_returned(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Record the return, or leave the parcel on its way."""
    if choice != ALL:
        return Outcome(goto=State.VENDOR, say=Say("vendor/kept"), closes=[prompt])
    ending.mark_returned(turn.session, prompt.subject_id, reason="returned", actor=turn.actor, now=turn.now)
    parcel = parcel_of(turn, prompt.subject_id)
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/returned", {"parcel": parcel}),
        closes=[prompt],
        order_id=parcel.order_id,
    )


def is_all_of(parcel: FulfillmentView, back: Mapping[int, Decimal]) -> bool:
    """Whether so much *back*, by the position of the line, is all of the parcel."""
    return all(row.line.quantity == back.get(at) for at, row in enumerate(parcel.lines))


STEPS: tuple[Step, ...] = (
    Step(
        name="returned",
        matches=tells_return,
        handler=ask_returned,
        takes=lambda act: act.kind is ActKind.RETURNED and not act.orders,
    ),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=RETURNED, subject="parcel", answer=answer_returned, stale=stale_parcel, yes=ALL, no=NONE),
)
