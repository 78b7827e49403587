"""The parcel at the shop's door: the code, what was short, and how much of the cash came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.dialogue.machine import Ask, InputKind, Outcome, PromptKind, State, Step, Turn, does
from bot.dialogue.reading.line_amounts import amounts_of, settle_amounts
from bot.dialogue.screens.vendor.offers import show_offer
from bot.dialogue.screens.vendor.open_work import (
    lock_several,
    nothing_of_that,
    open_work,
    those_named,
    unknown_numbers,
)
from bot.dialogue.screens.vendor.parcels import ask_code, stale_parcel, tell_order, tell_packing
from bot.wording.say import Say
from core.credit import service as credit
from core.intake.acts.types import Act, ActKind, CashShare, LineAmount, Mood
from core.messaging.models import Prompt
from core.money import Money, rupees
from core.orders import codes, delivery, ending, queries
from core.orders.kinds import Terms
from core.orders.views import FulfillmentView, WrongCode

CASH_TAKEN, CASH_AMOUNT, CASH_PART = "cash_taken", "cash_amount", "cash_part"
HANDED_OVER, RETURNED = "handed_over", "returned"
# Questions about one parcel on its way: whatever ends its way settles them.
AT_THE_DOOR = (CASH_TAKEN, CASH_AMOUNT, CASH_PART, HANDED_OVER, RETURNED)
ALL, NONE, SOME = "yes", "no", "part"
_AT_THE_DOOR = frozenset({ActKind.DELIVER, ActKind.CASH, ActKind.SHORT, ActKind.DAMAGED})
_MISSING = frozenset({ActKind.SHORT, ActKind.DAMAGED})
_SHORT_FIGURES = frozenset(
    {*_MISSING, ActKind.PART, ActKind.CHOICE, ActKind.FIGURE, ActKind.SOLD_OUT, ActKind.UNREAD}
)
_NOTHING_IN_HAND = {"parcel": None, "code": None, "cash": None}


def speaks_of_door(turn: Turn) -> bool:
    """A code, or words of delivery or cash; shortages without a code or a number are those that shops report."""
    act = turn.act
    if act is None or act.kind not in _AT_THE_DOOR:
        return False
    return act.kind not in _MISSING or any(one.codes or one.orders for one in turn.acts)


def hand_over(turn: Turn) -> Outcome:
    """Check the code; a cash order asks how much came unless it was said, a shortage which lines."""
    typed = list(dict.fromkeys(code for act in turn.acts for code in act.codes))
    if not typed:
        return _without_code(turn)
    if held := _held_back(turn.acts):
        return _not_delivered(turn, typed[0], held)
    lock_several(turn)
    if len(typed) > 1:
        return _deliver_several(turn, typed)
    return _with_code(turn, typed[0])


def _held_back(acts: Sequence[Act]) -> Act | None:
    """The word of delivery that says it has not happened, or leaves that open."""
    said = [act for act in acts if act.kind is ActKind.DELIVER]
    return next((act for act in said if act.mood not in (Mood.DONE, Mood.NOW)), None)


# Without the code


def _without_code(turn: Turn) -> Outcome:
    """A word about the cash answers the question about it; all else needs the code."""
    act = turn.acts[0]
    asked = [prompt for prompt in turn.prompts if prompt.kind in (CASH_TAKEN, CASH_PART)]
    if act.kind is ActKind.CASH and len(asked) == 1 and not act.orders:
        return _cash_said(turn, asked[0], act)
    found = open_work(turn)
    named = those_named(act, found.on_the_way) if act.orders else list(found.on_the_way)
    if len(named) == 1:
        return ask_code(named[0], note=_note(act))
    if len(named) > 1:
        return tell_packing(turn)
    if offered := those_named(act, found.offers):
        return show_offer(offered[0], note="not_accepted")
    unknown = unknown_numbers(turn, act, found.numbers)
    if act.orders and not unknown:
        return tell_order(turn, act.orders[0])
    return nothing_of_that(turn, "parcel", unknown)


def _note(act: Act) -> str | None:
    if act.kind is ActKind.CASH:
        return "no_cash" if act.share is CashShare.NONE or act.is_denied else "cash"
    return None if act.mood in (Mood.DONE, Mood.NOW) else act.mood.value


def _cash_said(turn: Turn, prompt: Prompt, act: Act) -> Outcome:
    """An answer in words to "did you receive the cash?"."""
    if act.share is CashShare.NONE and act.is_certain and act.mood in (Mood.DENIED, Mood.DONE, Mood.NOW):
        return _settle_cash(turn, prompt, credit.NO_CASH)
    if act.moves and act.share is CashShare.FULL:
        return _settle_cash(turn, prompt, credit.ALL_CASH)
    if act.amount is not None and act.mood in (Mood.DONE, Mood.NOW):
        return _ask_part(turn, prompt.subject_id, prompt.facts, act.amount)
    return _ask_cash(_parcel(turn, prompt.subject_id), _facts_of(prompt))


# With the code


def _with_code(turn: Turn, code: str) -> Outcome:
    found = open_work(turn)
    named = [parcel for act in turn.acts for parcel in those_named(act, found.on_the_way)]
    meant = named[0].fulfillment_id if len(named) == 1 else None
    parcel_id = codes.find_parcel(
        turn.session, turn.vendor_id, code, fulfillment_id=meant, actor=turn.actor, now=turn.now
    )
    if parcel_id is None:
        return _deliver(turn, code, meant, cash=None, short={})
    parcel = _parcel(turn, parcel_id)
    missing = [act for act in turn.acts if act.kind in _MISSING]
    short: dict[int, Decimal] = {}
    if missing:
        settled = _missing(turn, parcel, missing)
        if settled is None or not all(act.moves for act in missing):
            return _ask_short(parcel, code)
        short = settled
    return _ask_cash_or_finish(turn, parcel, code, short)


def _missing(turn: Turn, parcel: FulfillmentView, acts: Sequence[Act]) -> dict[int, Decimal] | None:
    """By order line what is missing of it; "2 chaina" is all of line 2. None when it does not fit the lines."""
    lines = [row.line for row in parcel.lines]
    amounts = [amount for act in acts for amount in amounts_of(act)]
    if not amounts or any(not (amount.figure or 0) >= 0 for amount in amounts):
        return None
    settled: dict[int, Decimal] = {}
    for act in acts:
        found = settle_amounts(turn.session, [_counted(amount) for amount in amounts_of(act)], lines)
        if found is None:
            return None
        for position, pieces in found.items():
            line = lines[position]
            is_none_there = not pieces and act.kind not in (ActKind.CHOICE, ActKind.UNREAD)
            settled[line.order_line_id] = line.quantity if is_none_there else pieces
    return {line_id: pieces for line_id, pieces in settled.items() if pieces} or None


def _counted(amount: LineAmount) -> LineAmount:
    """What is missing is counted as it was said, with or without a word for less."""
    return replace(amount, is_less=False)


def _ask_cash_or_finish(turn: Turn, parcel: FulfillmentView, code: str, short: dict[int, Decimal]) -> Outcome:
    facts = _cash_facts(parcel, code, short)
    said = [act for act in turn.acts if act.kind is ActKind.CASH]
    if parcel.terms is not Terms.CASH:
        return _deliver(turn, code, parcel.fulfillment_id, cash=None, short=short, has_said_cash=bool(said))
    if len(said) == 1:
        act = said[0]
        if act.amount is not None and act.mood in (Mood.DONE, Mood.NOW):
            return _ask_part(turn, parcel.fulfillment_id, facts, act.amount)
        if act.moves and act.share is CashShare.FULL:
            return _deliver(turn, code, parcel.fulfillment_id, cash=credit.ALL_CASH, short=short)
        if act.share is CashShare.NONE or act.is_denied:
            return _ask_cash(parcel, facts, note="no_cash")
    return _ask_cash(parcel, facts)


def _deliver(
    turn: Turn,
    code: str,
    fulfillment_id: int | None,
    *closes: Prompt,
    cash: credit.Cash | None,
    short: dict[int, Decimal],
    has_said_cash: bool = False,
) -> Outcome:
    done = delivery.deliver(
        turn.session,
        vendor_id=turn.vendor_id,
        code=code,
        fulfillment_id=fulfillment_id,
        short=short,
        cash=cash,
        actor=turn.actor,
        now=turn.now,
    )
    if isinstance(done, WrongCode):
        return Outcome(
            goto=State.VENDOR,
            say=Say("vendor/wrong_code", {"tries_left": done.tries_left}),
            slots=_NOTHING_IN_HAND,
        )
    view = {"delivered": done, "parcel": done.fulfillment, "has_said_cash": has_said_cash}
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/delivered", view),
        closes=closes,
        slots=_NOTHING_IN_HAND,
        order_id=done.fulfillment.order_id,
    )


def _deliver_several(turn: Turn, typed: Sequence[str]) -> Outcome:
    """Codes that need no question are delivered; cash, shortages and wrong codes are left for a message of their own."""
    plain = all(act.kind is ActKind.DELIVER for act in turn.acts)
    by_code = {parcel.delivery_code: parcel for parcel in open_work(turn).on_the_way}
    done, left = [], []
    for code in typed:
        parcel = by_code.get(code)
        if parcel is None or parcel.terms is Terms.CASH or not plain:
            left.append(code)
            continue
        outcome = delivery.deliver(
            turn.session,
            vendor_id=turn.vendor_id,
            code=code,
            fulfillment_id=parcel.fulfillment_id,
            actor=turn.actor,
            now=turn.now,
        )
        (left.append(code) if isinstance(outcome, WrongCode) else done.append(outcome))
    return Outcome(goto=State.VENDOR, say=Say("vendor/delivered_several", {"delivered": done, "left": left}))


def _not_delivered(turn: Turn, code: str, act: Act) -> Outcome:
    """A code beside words that say it is not handed over: nothing moves, and the tap that would is offered."""
    parcel_id = codes.find_parcel(
        turn.session, turn.vendor_id, code, fulfillment_id=None, actor=turn.actor, now=turn.now
    )
    if parcel_id is None:
        return _deliver(turn, code, None, cash=None, short={})
    parcel = _parcel(turn, parcel_id)
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/not_delivered", {"parcel": parcel, "mood": act.mood.value}),
        ask=Ask(kind=HANDED_OVER, subject_id=parcel_id, facts=_cash_facts(parcel, code, {})),
        order_id=parcel.order_id,
    )


def answer_handed_over(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Handed over after all, or still on the way."""
    if choice != ALL:
        return Outcome(goto=State.VENDOR, say=Say("vendor/kept"), closes=[prompt])
    parcel = _parcel(turn, prompt.subject_id)
    return _ask_cash_or_finish(turn, parcel, prompt.facts["code"], {})


# The cash


def _cash_facts(parcel: FulfillmentView, code: str, short: dict[int, Decimal]) -> dict[str, Any]:
    return {
        "code": code,
        "short": {str(line_id): str(missing) for line_id, missing in short.items()},
        "about": {"short_code": parcel.short_code, "total_minor": parcel.total.minor},
    }


def _facts_of(prompt: Prompt) -> dict[str, Any]:
    return {key: prompt.facts[key] for key in ("code", "short", "about")}


def _short_of(facts: Any) -> dict[int, Decimal]:
    return {int(line_id): Decimal(missing) for line_id, missing in facts["short"].items()}


def _ask_cash(parcel: FulfillmentView, facts: dict[str, Any], *, note: str | None = None) -> Outcome:
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/cash_asked", {"parcel": parcel, "is_short": bool(facts["short"]), "note": note}),
        ask=Ask(kind=CASH_TAKEN, subject_id=parcel.fulfillment_id, facts=facts),
        slots=_NOTHING_IN_HAND,
        order_id=parcel.order_id,
    )


def answer_cash(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """The money was handed over, or a part of it, or none and it becomes a debt."""
    if choice == SOME:
        parcel = _parcel(turn, prompt.subject_id)
        return Outcome(
            goto=State.VENDOR,
            say=Say("vendor/cash_amount_asked", {"parcel": parcel}),
            ask=Ask(
                kind=CASH_AMOUNT,
                subject_id=prompt.subject_id,
                facts={**_facts_of(prompt), "wants_quantity": True},
            ),
            closes=[prompt],
            order_id=parcel.order_id,
        )
    return _settle_cash(turn, prompt, credit.ALL_CASH if choice == ALL else credit.NO_CASH)


def _settle_cash(turn: Turn, prompt: Prompt, cash: credit.Cash) -> Outcome:
    return _deliver(
        turn, prompt.facts["code"], prompt.subject_id, prompt, cash=cash, short=_short_of(prompt.facts)
    )


def names_cash_amount(turn: Turn) -> bool:
    """The amount, while it is asked for: also as a bare number, which is no order's number then."""
    return _amount_asked(turn) is not None and turn.act is not None and _amount(turn.act) is not None


def take_cash_amount(turn: Turn) -> Outcome:
    """How much of the cash came, read back before it is booked."""
    prompt, amount = _amount_asked(turn), _amount(turn.acts[0])
    if prompt is None or amount is None:
        return tell_packing(turn)
    return _ask_part(turn, prompt.subject_id, _facts_of(prompt), amount, prompt)


def _amount_asked(turn: Turn) -> Prompt | None:
    if turn.input.kind is not InputKind.TEXT:
        return None
    return next((prompt for prompt in turn.prompts if prompt.kind == CASH_AMOUNT), None)


def _amount(act: Act) -> Money | None:
    if act.amount is not None:
        return act.amount
    if act.kind is ActKind.FIGURE and act.figure is not None and not act.goods and act.figure >= 0:
        return rupees(act.figure)
    numbers = [*act.orders, *map(str, act.lines)] if act.kind in (ActKind.CODE, ActKind.CHOICE) else []
    return rupees(numbers[0]) if len(numbers) == 1 else None


def _ask_part(turn: Turn, fulfillment_id: int, facts: Any, amount: Money, *closes: Prompt) -> Outcome:
    """Read back what came and what stays open. The whole is no part, and more than the bill is asked again."""
    parcel = _parcel(turn, fulfillment_id)
    kept = {key: facts[key] for key in ("code", "short", "about")}
    if kept["short"] or amount > parcel.total or amount <= Money(0):
        # The bill is not known before the missing goods are taken off it.
        is_too_much = not kept["short"] and amount > parcel.total
        return _ask_cash(parcel, kept, note="too_much" if is_too_much else None)
    if amount == parcel.total:
        return _deliver(turn, kept["code"], fulfillment_id, *closes, cash=credit.ALL_CASH, short={})
    return Outcome(
        goto=State.VENDOR,
        say=Say(
            "vendor/cash_part_asked", {"parcel": parcel, "amount": amount, "rest": parcel.total - amount}
        ),
        ask=Ask(kind=CASH_PART, subject_id=fulfillment_id, facts={**kept, "amount_minor": amount.minor}),
        closes=[
            *closes,
            *(p for p in turn.prompts if p.kind == CASH_TAKEN and p.subject_id == fulfillment_id),
        ],
        slots=_NOTHING_IN_HAND,
        order_id=parcel.order_id,
    )


def answer_part(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Exactly that is booked and the rest is owed as cash; a no asks for the cash again."""
    if choice != ALL:
        return _ask_cash(_parcel(turn, prompt.subject_id), _facts_of(prompt))
    return _settle_cash(turn, prompt, credit.part_of_cash(Money(prompt.facts["amount_minor"])))


# What was short at the door


def _ask_short(parcel: FulfillmentView, code: str) -> Outcome:
    return Outcome(
        goto=State.SHORT_PARCEL,
        say=Say("vendor/short_asked", {"parcel": parcel}),
        slots={"parcel": parcel.fulfillment_id, "code": code},
        order_id=parcel.order_id,
    )


def names_short_lines(turn: Turn) -> bool:
    act = turn.act
    return act is not None and act.kind in _SHORT_FIGURES and bool(amounts_of(act)) and not act.codes


def deliver_short(turn: Turn) -> Outcome:
    """Deliver less than was promised: the invoice is for what was handed over."""
    parcel = _parcel_in_hand(turn)
    if parcel is None:
        return tell_packing(turn)
    code = str(turn.slots["code"])
    short = _missing(turn, parcel, turn.acts)
    is_sure = all(act.moves or act.kind is ActKind.UNREAD for act in turn.acts)
    if short is None or not is_sure:
        return _ask_short(parcel, code)
    return _ask_cash_or_finish(turn, parcel, code, short)


def ask_short_again(turn: Turn) -> Outcome:
    """Those were no lines and quantities."""
    parcel = _parcel_in_hand(turn)
    return tell_packing(turn) if parcel is None else _ask_short(parcel, str(turn.slots["code"]))


def leaves_short(turn: Turn) -> bool:
    return turn.act is not None and turn.act.kind in (ActKind.CANCEL, ActKind.NO)


def leave_short(turn: Turn) -> Outcome:
    """Nothing was short after all, or not yet handed over: the code is asked for again."""
    parcel = _parcel_in_hand(turn)
    if parcel is None:
        return tell_packing(turn)
    asked = ask_code(parcel)
    return Outcome(goto=State.VENDOR, say=asked.say, slots=_NOTHING_IN_HAND, order_id=parcel.order_id)


def _parcel_in_hand(turn: Turn) -> FulfillmentView | None:
    fulfillment_id = turn.slots.get("parcel")
    return next((one for one in open_work(turn).on_the_way if one.fulfillment_id == fulfillment_id), None)


def _parcel(turn: Turn, fulfillment_id: int) -> FulfillmentView:
    return queries.fulfillment_view(turn.session, fulfillment_id)


# Came back whole


def ask_returned(turn: Turn) -> Outcome:
    """The shop did not take the parcel: asked once, because it ends this part of the order."""
    act = turn.acts[0]
    on_the_way = list(open_work(turn).on_the_way)
    named = those_named(act, on_the_way) if act.orders else on_the_way
    if len(named) != 1:
        return tell_packing(turn) if on_the_way else nothing_of_that(turn, "parcel")
    parcel = named[0]
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
    """Back on the shelf, or still on its way."""
    if choice != ALL:
        return Outcome(goto=State.VENDOR, say=Say("vendor/kept"), closes=[prompt])
    ending.mark_returned(turn.session, prompt.subject_id, reason="returned", actor=turn.actor, now=turn.now)
    parcel = _parcel(turn, prompt.subject_id)
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/returned", {"parcel": parcel}),
        closes=[prompt],
        order_id=parcel.order_id,
    )


FIRST_STEPS: tuple[Step, ...] = (
    Step(name="cash_amount", matches=names_cash_amount, handler=take_cash_amount, takes=frozenset()),
)
STEPS: tuple[Step, ...] = (
    Step(name="hand_over", matches=speaks_of_door, handler=hand_over, takes=_AT_THE_DOOR),
    Step(name="returned", matches=does(ActKind.RETURNED), handler=ask_returned, takes=frozenset()),
)
SHORT_STEPS: tuple[Step, ...] = (
    Step(name="short_lines", matches=names_short_lines, handler=deliver_short, takes=_SHORT_FIGURES),
    Step(name="leave", matches=leaves_short, handler=leave_short, takes=frozenset()),
)
SHORT_AGAIN_STEPS: tuple[Step, ...] = (
    Step(name="short_again", matches=lambda turn: bool(turn.text.strip()), handler=ask_short_again),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=CASH_TAKEN, subject="parcel", answer=answer_cash, stale=stale_parcel, yes=ALL, no=NONE),
    PromptKind(name=CASH_AMOUNT, subject="parcel", answer=answer_cash, stale=stale_parcel),
    PromptKind(name=CASH_PART, subject="parcel", answer=answer_part, stale=stale_parcel, yes=ALL, no=NONE),
    PromptKind(
        name=HANDED_OVER, subject="parcel", answer=answer_handed_over, stale=stale_parcel, yes=ALL, no=NONE
    ),
    PromptKind(name=RETURNED, subject="parcel", answer=answer_returned, stale=stale_parcel, yes=ALL, no=NONE),
)
