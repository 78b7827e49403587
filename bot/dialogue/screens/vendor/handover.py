"""Handing a parcel over to the shop: the code, and what was short."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.dialogue.machine import Ask, Outcome, PromptKind, State, Step, Turn
from bot.dialogue.reading.came_back import goods_back, speaks_of_return, tells_all
from bot.dialogue.reading.line_amounts import amounts_of, line_in_parts, settle_amounts
from bot.dialogue.reading.line_numbers import plain_digits
from bot.dialogue.reading.words import mentions, without
from bot.dialogue.screens.vendor.cash import (
    ALL,
    CASH_AMOUNT,
    CASH_PART,
    CASH_TAKEN,
    HANDED_OVER,
    NO_PARCEL,
    NONE,
    SOME,
    ask_cash_or_finish,
    deliver,
    delivery_facts,
    parcel_of,
    short_in,
    take_cash_words,
)
from bot.dialogue.screens.vendor.offers import show_offer
from bot.dialogue.screens.vendor.open_work import (
    nothing_of_that,
    open_work,
    those_named,
    unknown_numbers,
)
from bot.dialogue.screens.vendor.parcels import ask_code, stale_parcel, tell_order, tell_packing
from bot.dialogue.screens.vendor.returns import RETURNED, ask_return_of, is_all_of
from bot.wording.say import Say
from core.errors import NotFound
from core.intake.acts.handover import may_deny_handover
from core.intake.acts.reader import read_acts
from core.intake.acts.types import Act, ActKind, CashShare, LineAmount, Mood
from core.messaging.models import Prompt
from core.orders import codes, delivery, queries
from core.orders.errors import AlreadyDone, CodeLocked
from core.orders.kinds import Terms
from core.orders.views import Delivered, FulfillmentView, LineView, WrongCode
from core.quantity import ZERO_QUANTITY

SHORT_ASKED = "short_asked"
# Questions about one parcel on its way; delivering or returning it settles them.
DELIVERY_PROMPTS = (CASH_TAKEN, CASH_AMOUNT, CASH_PART, HANDED_OVER, RETURNED, SHORT_ASKED)
# Beside "yes, less what came back": all of it was handed over.
EVERYTHING = "all"
_NUMBERS_ONLY = re.compile(r"\s*(?:\d{1,2}[\s:.=-]+)?(\d+)\s*")
_SPELT_CODE = re.compile(r"\s*(?:code|kod|कोड)?\s*0(?:[\s.\-]+\d){4}\s*", re.IGNORECASE)
_DELIVERY_ACTS = frozenset({ActKind.DELIVER, ActKind.CASH, ActKind.SHORT, ActKind.DAMAGED})
_SHORT_ACTS = frozenset({ActKind.SHORT, ActKind.DAMAGED})
# "The code came", "the code will come": the shop has it, or will have it.
_HAS_CODE = frozenset({Mood.DONE, Mood.FUTURE, Mood.CONDITIONAL})
_SHORT_AMOUNT_ACTS = frozenset(
    {*_SHORT_ACTS, ActKind.PART, ActKind.CHOICE, ActKind.NUMBER, ActKind.SOLD_OUT, ActKind.UNREAD}
)


def tells_delivery(turn: Turn) -> bool:
    """A code, or words about delivery or cash. A shortage without code or number is one that a shop reported.

    What came, and that the money came or didn't, is of the parcel when a code follows it: "1 bora matra pugyo, code 04222".
    """
    act = turn.act
    if act is None:
        return False
    if _is_closed_shop(act):
        return any(one.codes or one.kind is ActKind.DELIVER for one in turn.acts)
    if act.kind not in _DELIVERY_ACTS:
        has_code = any(one.codes for one in turn.acts)
        is_about_it = _is_money_at_door(act) or (act.kind is ActKind.PART and bool(amounts_of(act)))
        return bool(_spaced_codes(turn)) or (has_code and is_about_it)
    return act.kind not in _SHORT_ACTS or any(one.codes or one.orders for one in turn.acts)


def belongs_to_delivery(act: Act) -> bool:
    """Whether an act beside a code is of that parcel: "06277 tel 6 matra thiyo" tells how much came."""
    if act.kind in _DELIVERY_ACTS or _is_money_at_door(act) or _is_closed_shop(act):
        return True
    if act.orders:
        return False
    if act.kind in (ActKind.RETURNED, ActKind.WITHDRAW):
        return True
    if act.kind is ActKind.DISPATCH:
        return speaks_of_return(act.text)
    return act.kind is ActKind.PART and bool(amounts_of(act))


def _is_closed_shop(act: Act) -> bool:
    """Whether it may be the customer's shop that is closed: "code 04246 but shop closed"."""
    return act.kind is ActKind.CLOSED and not act.is_certain and act.when is None


def _is_money_at_door(act: Act) -> bool:
    """Whether the act may be about the cash of a parcel: it names no transfer, no reference and nobody."""
    is_word = act.kind in (ActKind.CONFIRM_PAYMENT, ActKind.REJECT_PAYMENT)
    return is_word and act.is_certain and act.reference is None and act.method in (None, "cash")


def _as_cash(act: Act) -> Act:
    """Beside a delivery code "paisa aako chaina" is about that parcel's cash, never about another shop's payment."""
    if not _is_money_at_door(act):
        return act
    if act.kind is ActKind.REJECT_PAYMENT:
        return replace(act, kind=ActKind.CASH, share=CashShare.NONE, amount=None)
    share = CashShare.FULL if act.amount is None else CashShare.PART
    return replace(act, kind=ActKind.CASH, share=share)


def _spaced_codes(turn: Turn) -> list[str]:
    """The code of a message that spells it: "0 8 0 8 8"."""
    spelt = _SPELT_CODE.fullmatch(plain_digits(turn.text))
    return ["".join(letter for letter in spelt.group() if letter.isdigit())] if spelt else []


def hand_over(turn: Turn) -> Outcome:
    """Check the code. Ask for the cash of a cash order, and for the lines of a shortage, unless the text has them."""
    turn = replace(turn, acts=tuple(_as_cash(act) for act in turn.acts))
    typed = list(dict.fromkeys(code for act in turn.acts for code in act.codes)) or _spaced_codes(turn)
    if not typed:
        return _without_code(turn)
    if _not_yet(turn):
        return _not_delivered(turn, typed[0])
    if len(typed) > 1:
        return _deliver_several(turn, typed)
    return _with_code(turn, typed[0])


def _not_yet(turn: Turn) -> Act | None:
    """The act that says the delivery hasn't happened, or leaves it open; beside a denial or an unread rest each does."""
    said = [act for act in turn.acts if act.kind is ActKind.DELIVER]
    if any(may_deny_handover(act) for act in read_acts(turn.text, role=turn.role)):
        return next(iter(said), None)
    return next((act for act in said if act.mood not in (Mood.DONE, Mood.NOW)), None)


# Without the code


def _without_code(turn: Turn) -> Outcome:
    """Words about the cash answer that question; anything else needs the code."""
    act = next((one for one in turn.acts if one.kind in _DELIVERY_ACTS), turn.acts[0])
    asked = [prompt for prompt in turn.prompts if prompt.kind in (CASH_TAKEN, CASH_PART)]
    if act.kind is ActKind.CASH and len(asked) == 1 and not act.orders:
        return take_cash_words(turn, asked[0], act)
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


# With the code


def _with_code(turn: Turn, code: str) -> Outcome:
    found = open_work(turn)
    named = [parcel for act in turn.acts for parcel in those_named(act, found.on_the_way)]
    meant = named[0].fulfillment_id if len(named) == 1 else None
    parcel_id = codes.find_parcel(
        turn.session, turn.vendor_id, code, fulfillment_id=meant, actor=turn.actor, now=turn.now
    )
    if parcel_id is None:
        return deliver(turn, code, meant, cash=None, short={})
    parcel = parcel_of(turn, parcel_id)
    if standing := _still_asked(turn, parcel, code):
        return standing
    return _without_short(turn, parcel, code, _short_of_parcel(turn, parcel))


def _without_short(
    turn: Turn, parcel: FulfillmentView, code: str, short: dict[int, Decimal] | None
) -> Outcome:
    """Hand over all but what is *short*; ask where that isn't clear, or is a part of a packet."""
    if short is None:
        return _ask_short(parcel, code)
    taken = [
        (row.line, short[row.line.order_line_id]) for row in parcel.lines if row.line.order_line_id in short
    ]
    if in_parts := line_in_parts(turn.session, taken):
        return _ask_short(parcel, code, in_parts=in_parts)
    return ask_cash_or_finish(turn, parcel, code, short)


def _short_of_parcel(turn: Turn, parcel: FulfillmentView) -> dict[int, Decimal] | None:
    """By order line, what the text beside the code says is missing. None where that isn't clear."""
    if _tells_nothing_short(" ".join(act.text for act in turn.acts if not act.codes)):
        return {}
    missing = [act for act in turn.acts if act.kind in _SHORT_ACTS]
    came = [act for act in turn.acts if act.kind is ActKind.PART and amounts_of(act)]
    if missing:
        is_sure = not came and all(act.moves for act in missing)
        return _short_lines(turn, parcel, missing) if is_sure else None
    if came:
        return _rest_of_lines(turn, parcel, came) if all(act.moves for act in came) else None
    return {}


def _rest_of_lines(turn: Turn, parcel: FulfillmentView, acts: Sequence[Act]) -> dict[int, Decimal] | None:
    """What is missing where only so much came: "tel 6 matra thiyo" of 10."""
    lines = [row.line for row in parcel.lines]
    found = settle_amounts(turn.session, [amount for act in acts for amount in amounts_of(act)], lines)
    if found is None or any(pieces > lines[at].quantity for at, pieces in found.items()):
        return None
    return {
        lines[at].order_line_id: missing
        for at, pieces in found.items()
        if (missing := lines[at].quantity - pieces)
    }


def _short_lines(turn: Turn, parcel: FulfillmentView, acts: Sequence[Act]) -> dict[int, Decimal] | None:
    """By order line, how many pieces are missing. None when the words don't fit the parcel's lines."""
    lines = [row.line for row in parcel.lines]
    if not _are_amounts(acts):
        return None
    missing: dict[int, Decimal] = {}
    for act in acts:
        found = settle_amounts(turn.session, [_counted(amount) for amount in amounts_of(act)], lines)
        if found is None:
            return None
        for position, pieces in found.items():
            missing[lines[position].order_line_id] = pieces or _all_or_none(act, lines[position])
    return {line_id: pieces for line_id, pieces in missing.items() if pieces} or None


def _are_amounts(acts: Sequence[Act]) -> bool:
    """Whether the acts name amounts, and none below zero."""
    amounts = [amount for act in acts for amount in amounts_of(act)]
    return bool(amounts) and all((amount.count or 0) >= 0 for amount in amounts)


def _all_or_none(act: Act, line: LineView) -> Decimal:
    """What a zero means: "2 chaina" is all of line 2, while a typed number 0 is nothing missing."""
    is_typed = act.kind in (ActKind.CHOICE, ActKind.UNREAD)
    return ZERO_QUANTITY if is_typed else line.quantity


def _counted(amount: LineAmount) -> LineAmount:
    """An amount that is missing is taken as it stands, with or without a word for "less"."""
    return replace(amount, is_less=False)


def _deliver_several(turn: Turn, typed: Sequence[str]) -> Outcome:
    """Deliver the codes that need no question. Cash and shortages need a message of their own.

    Each code is judged like one that comes alone, so a wrong one counts. After the last try nothing is judged any more,
    and the answer is the same whatever the codes are. More codes than parcels can only be guesses: none is judged.
    """
    on_the_way = {parcel.fulfillment_id: parcel for parcel in open_work(turn).on_the_way}
    if len(typed) > len(on_the_way):
        return _more_codes_than_parcels(turn, len(on_the_way))
    plain = all(act.kind is ActKind.DELIVER for act in turn.acts)
    done: list[Delivered] = []
    wrong: list[str] = []
    left: list[str] = []
    for at, code in enumerate(typed):
        try:
            parcel_id = codes.find_parcel(
                turn.session, turn.vendor_id, code, fulfillment_id=None, actor=turn.actor, now=turn.now
            )
        except CodeLocked:
            if not done and not wrong:
                raise
            left += typed[at:]
            break
        except (AlreadyDone, NotFound):
            left.append(code)
            continue
        if parcel_id is None:
            codes.count_wrong(
                turn.session, turn.vendor_id, fulfillment_id=None, actor=turn.actor, now=turn.now
            )
            wrong.append(code)
        elif not plain or on_the_way[parcel_id].terms is Terms.CASH:
            left.append(code)
        else:
            outcome = delivery.deliver(
                turn.session,
                vendor_id=turn.vendor_id,
                code=code,
                fulfillment_id=parcel_id,
                actor=turn.actor,
                now=turn.now,
            )
            # Its code was found a moment ago, under the lock of this vendor's codes.
            (left.append(code) if isinstance(outcome, WrongCode) else done.append(outcome))
    view = {"delivered": done, "wrong": wrong, "left": left}
    return Outcome(goto=State.VENDOR, say=Say("vendor/delivered_several", view))


def _more_codes_than_parcels(turn: Turn, parcels: int) -> Outcome:
    if not parcels:
        return nothing_of_that(turn, "parcel")
    return Outcome(goto=State.VENDOR, say=Say("vendor/too_many_codes", {"parcels": parcels}))


def _not_delivered(turn: Turn, code: str) -> Outcome:
    """A code beside words that deny the handover: change nothing, and offer a button to deliver."""
    parcel_id = codes.find_parcel(
        turn.session, turn.vendor_id, code, fulfillment_id=None, actor=turn.actor, now=turn.now
    )
    if parcel_id is None:
        return deliver(turn, code, None, cash=None, short={})
    parcel = parcel_of(turn, parcel_id)
    back = goods_back(turn.session, turn.text, [row.line for row in parcel.lines])
    if back is None:
        return _ask_short(parcel, code)
    lines = {parcel.lines[at].line.order_line_id: pieces for at, pieces in back.items()}
    if is_all_of(parcel, back):
        # All of it came back: nothing is handed over, and the parcel's return is asked about.
        return ask_return_of(parcel)
    return _ask_handed_over(turn, parcel, code, lines, stands=speaks_of_return(turn.text))


def _ask_handed_over(
    turn: Turn, parcel: FulfillmentView, code: str, back: dict[int, Decimal], *, stands: bool
) -> Outcome:
    """Ask whether it was handed over, less what came *back*. While that *stands*, the code alone bills nothing."""
    taken = [
        (row.line, back[row.line.order_line_id]) for row in parcel.lines if row.line.order_line_id in back
    ]
    if in_parts := line_in_parts(turn.session, taken):
        return _ask_short(parcel, code, in_parts=in_parts)
    view = {
        "parcel": parcel,
        "back": [{"line": line, "quantity": pieces} for line, pieces in taken],
        "bill": queries.total_less(turn.session, parcel.fulfillment_id, back),
        "may_be_part": stands,
    }
    facts = {**delivery_facts(parcel, code, back), "stands": stands}
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/not_delivered", view),
        ask=Ask(kind=HANDED_OVER, subject_id=parcel.fulfillment_id, facts=facts),
        slots=NO_PARCEL,
        order_id=parcel.order_id,
    )


def _still_asked(turn: Turn, parcel: FulfillmentView, code: str) -> Outcome | None:
    """The question about what came back, once more: the code alone doesn't answer it."""
    if any(act.kind is not ActKind.DELIVER for act in turn.acts) or tells_all(turn.text):
        return None
    if turn.slots.get("parcel") == parcel.fulfillment_id and turn.slots.get("code") == code:
        return _ask_short(parcel, code)
    asked = [
        one for one in turn.prompts if one.kind == HANDED_OVER and one.subject_id == parcel.fulfillment_id
    ]
    standing = next((one for one in asked if one.facts.get("stands")), None)
    if standing is None:
        return None
    return _ask_handed_over(turn, parcel, code, short_in(standing.facts), stands=True)


def answer_handed_over(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Deliver less what came back, or all, or say what came back; or leave the parcel on its way."""
    if choice == NONE:
        return Outcome(goto=State.VENDOR, say=Say("vendor/kept"), closes=[prompt])
    parcel, code = parcel_of(turn, prompt.subject_id), prompt.facts["code"]
    if choice == SOME:
        asked = _ask_short(parcel, code)
        return replace(asked, closes=[prompt])
    short = {} if choice == EVERYTHING else short_in(prompt.facts)
    return ask_cash_or_finish(turn, parcel, code, short)


# What was short at the handover


def _ask_short(parcel: FulfillmentView, code: str, *, in_parts: LineView | None = None) -> Outcome:
    return Outcome(
        goto=State.SHORT_PARCEL,
        say=Say("vendor/short_asked", {"parcel": parcel, "in_parts": in_parts}),
        ask=Ask(
            kind=SHORT_ASKED,
            subject_id=parcel.fulfillment_id,
            facts={"code": code, "about": {"short_code": parcel.short_code}},
        ),
        slots={"parcel": parcel.fulfillment_id, "code": code},
        order_id=parcel.order_id,
    )


def answer_short(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Deliver all of the parcel, or leave it on its way."""
    parcel = parcel_of(turn, prompt.subject_id)
    if choice == NONE:
        return _left_on_its_way(parcel)
    return _without_short(turn, parcel, prompt.facts["code"], {})


def says_nothing_short(turn: Turn) -> bool:
    """That all was handed over: "nothing", "purai diye kehi napugeko chaina", "1 0"."""
    if turn.act is None or any(act.codes for act in turn.acts):
        return False
    return _tells_nothing_short(turn.text) or _are_zeros(turn.text)


def _tells_nothing_short(text: str) -> bool:
    """Whether it is said without a number or another denial, which would be of what is missing."""
    has_number = any(letter.isdigit() for letter in plain_digits(text))
    if has_number or not mentions(text, "nothing_short"):
        return False
    return not mentions(without(text, "nothing_short"), "line_not_given")


def _are_zeros(text: str) -> bool:
    """A zero alone, or behind the number of a line."""
    numbers = _NUMBERS_ONLY.fullmatch(plain_digits(text))
    return numbers is not None and not numbers[1].strip("0")


def deliver_all(turn: Turn) -> Outcome:
    parcel = _parcel_in_hand(turn)
    if parcel is None:
        return tell_packing(turn)
    return _without_short(turn, parcel, str(turn.slots["code"]), {})


def names_short_lines(turn: Turn) -> bool:
    return bool(_acts_of_short(turn))


def deliver_short(turn: Turn) -> Outcome:
    """Deliver less than promised. The invoice is for what was handed over."""
    parcel = _parcel_in_hand(turn)
    if parcel is None:
        return tell_packing(turn)
    code = str(turn.slots["code"])
    acts = _acts_of_short(turn)
    short = _short_lines(turn, parcel, acts)
    is_sure = all(act.moves or act.kind is ActKind.UNREAD for act in acts)
    return _without_short(turn, parcel, code, short if is_sure else None)


def _acts_of_short(turn: Turn) -> Sequence[Act]:
    """The acts that name what is missing; words that take so much off are read as such: "1 kg ghataideu"."""
    act = turn.act
    if act is None or act.kind not in _SHORT_AMOUNT_ACTS or act.codes:
        return ()
    if amounts_of(act):
        return turn.acts
    less = read_acts(f"{without(turn.text, 'lessens')} kam", role=turn.role)
    is_less = mentions(turn.text, "lessens") and all(
        one.kind is ActKind.SHORT and amounts_of(one) for one in less
    )
    return less if is_less else ()


def ask_short_again(turn: Turn) -> Outcome:
    """The text had no lines and quantities: ask again."""
    parcel = _parcel_in_hand(turn)
    return tell_packing(turn) if parcel is None else _ask_short(parcel, str(turn.slots["code"]))


def leaves_short(turn: Turn) -> bool:
    return turn.act is not None and turn.act.kind in (ActKind.CANCEL, ActKind.NO)


def leave_short(turn: Turn) -> Outcome:
    """It wasn't handed over after all: ask for the code again."""
    parcel = _parcel_in_hand(turn)
    return tell_packing(turn) if parcel is None else _left_on_its_way(parcel)


def _left_on_its_way(parcel: FulfillmentView) -> Outcome:
    asked = ask_code(parcel)
    return Outcome(goto=State.VENDOR, say=asked.say, slots=NO_PARCEL, order_id=parcel.order_id)


def _parcel_in_hand(turn: Turn) -> FulfillmentView | None:
    fulfillment_id = turn.slots.get("parcel")
    return next((one for one in open_work(turn).on_the_way if one.fulfillment_id == fulfillment_id), None)


# The shop has no code


def asks_for_code(turn: Turn) -> bool:
    """A word about a code; also behind money, which is then of a parcel and no shop's payment: "paisa aayena, code 11111"."""
    act = turn.act
    if act is None or act.kind is ActKind.ASK_CODE:
        return act is not None
    return _is_money_at_door(act) and any(one.kind is ActKind.ASK_CODE and one.orders for one in turn.acts)


def help_with_code(turn: Turn) -> Outcome:
    """Send the shop its code again, unless the words only say that it has come; nothing is delivered by that."""
    act = next(one for one in turn.acts if one.kind is ActKind.ASK_CODE)
    on_the_way = open_work(turn).on_the_way
    named = those_named(act, on_the_way) if act.orders else list(on_the_way)
    if len(named) > 1:
        return tell_packing(turn)
    if not named:
        return tell_order(turn, act.orders[0]) if act.orders else nothing_of_that(turn, "parcel")
    parcel = named[0]
    if act.mood in _HAS_CODE:
        return ask_code(parcel)
    is_sent = codes.send_again(turn.session, parcel.fulfillment_id, actor=turn.actor, now=turn.now)
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/code_help", {"parcel": parcel, "is_sent": is_sent}),
        order_id=parcel.order_id,
    )


STEPS: tuple[Step, ...] = (
    Step(name="hand_over", matches=tells_delivery, handler=hand_over, takes=belongs_to_delivery),
    Step(
        name="missing_code",
        matches=asks_for_code,
        handler=help_with_code,
        takes=frozenset({ActKind.ASK_CODE}),
    ),
)
SHORT_STEPS: tuple[Step, ...] = (
    Step(name="nothing_short", matches=says_nothing_short, handler=deliver_all),
    Step(name="short_lines", matches=names_short_lines, handler=deliver_short, takes=_SHORT_AMOUNT_ACTS),
    Step(name="leave", matches=leaves_short, handler=leave_short, takes=frozenset()),
)
SHORT_AGAIN_STEPS: tuple[Step, ...] = (
    Step(name="short_again", matches=lambda turn: bool(turn.text.strip()), handler=ask_short_again),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(
        name=HANDED_OVER, subject="parcel", answer=answer_handed_over, stale=stale_parcel, yes=ALL, no=NONE
    ),
    PromptKind(name=SHORT_ASKED, subject="parcel", answer=answer_short, stale=stale_parcel),
)
