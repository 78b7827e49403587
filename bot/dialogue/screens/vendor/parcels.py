"""A vendor packs, dispatches, delivers with the shop's code, or cannot deliver after all."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bot.dialogue.machine import Ask, InputKind, Outcome, PromptKind, State, Step, Turn
from bot.dialogue.reading.days import promised_by
from bot.dialogue.reading.line_numbers import line_figures
from bot.dialogue.reading.words import begins_with, codes, is_said, mentions
from bot.dialogue.screens.vendor.offers import DISPATCH
from bot.wording.say import Say
from core.credit import service as credit
from core.errors import NotFound
from core.messaging.models import Prompt
from core.orders import delivery, offers, queries
from core.orders.codes import is_code
from core.orders.kinds import FulfillmentStatus, Terms
from core.orders.views import FulfillmentView, WrongCode

CASH_TAKEN, WITHDRAW = "cash_taken", "withdraw"
# As many parcels as one packing list names.
_LISTED = 50


def speaks_of(turn: Turn, group: str) -> bool:
    if turn.input.kind is not InputKind.TEXT:
        return False
    return is_said(turn.text, group) or (begins_with(turn.text, group) and bool(codes(turn.text)))


# Packing


def asks_packing(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and is_said(turn.text, "packing")


def tell_packing(turn: Turn) -> Outcome:
    """What is promised and not yet sent, line by line, and what is on its way."""
    to_pack = _parcels(turn, FulfillmentStatus.ACCEPTED)[:_LISTED]
    on_the_way = _parcels(turn, FulfillmentStatus.DISPATCHED)[:_LISTED]
    if not to_pack and not on_the_way:
        return Outcome(goto=State.VENDOR, say=Say("vendor/nothing_to_pack"))
    return Outcome(
        goto=State.VENDOR, say=Say("vendor/packing", {"to_pack": to_pack, "on_the_way": on_the_way})
    )


# Dispatch


def dispatches(turn: Turn) -> bool:
    """A word of sending, alone, with the order's number, or with the day ("1042 pathaye, bholi pugcha")."""
    return speaks_of(turn, "dispatch") or (
        turn.input.kind is InputKind.TEXT and mentions(turn.text, "dispatch") and bool(codes(turn.text))
    )


def dispatch_named(turn: Turn) -> Outcome:
    """As in "dispatch 1042", or the only parcel there is to send."""
    waiting = _parcels(turn, FulfillmentStatus.ACCEPTED)
    named = _named(turn, waiting)
    if named is not None:
        return _dispatch(turn, named.fulfillment_id)
    if found := codes(turn.text):
        order = queries.find_by_short_code(turn.session, int(found[0]), vendor_id=turn.vendor_id)
        sent = [p for p in _parcels(turn, FulfillmentStatus.DISPATCHED) if p.order_id == order.id]
        return _deliver_asked(sent[0]) if sent else tell_packing(turn)
    if not waiting:
        return tell_packing(turn)
    return Outcome(goto=State.VENDOR, say=Say("vendor/dispatch_which", {"parcels": waiting}))


def _dispatch(turn: Turn, fulfillment_id: int, *closes: Prompt) -> Outcome:
    parcel = delivery.dispatch(
        turn.session,
        fulfillment_id,
        eta_at=promised_by(turn.text, now=turn.now),
        actor=turn.actor,
        now=turn.now,
    )
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/dispatched", {"parcel": parcel}),
        closes=closes,
        order_id=parcel.order_id,
    )


# Delivery with the code


def gives_code(turn: Turn) -> bool:
    """A delivery code while something is on its way: alone, or beside a word of delivery, cash or shortage."""
    if turn.input.kind is not InputKind.TEXT or not _typed_code(turn):
        return False
    if not any(character.isalpha() for character in turn.text):
        return True
    return any(mentions(turn.text, group) for group in ("deliver", "cash", "short"))


def deliver(turn: Turn) -> Outcome:
    """Check the code; a cash order asks whether the money was handed over, a shortage which lines."""
    on_the_way = _parcels(turn, FulfillmentStatus.DISPATCHED)
    code = _typed_code(turn)
    meant = _named(turn, on_the_way)
    parcel = next((p for p in on_the_way if p.delivery_code == code), None)
    if parcel is None or (meant is not None and parcel.fulfillment_id != meant.fulfillment_id):
        return _hand_over(turn, code or "", meant.fulfillment_id if meant else None, cash=None, short=None)
    if mentions(turn.text, "short"):
        return _ask_short(turn, parcel, code or "")
    return _ask_cash_or_finish(turn, parcel, code or "", short={})


def _ask_short(turn: Turn, parcel: FulfillmentView, code: str) -> Outcome:
    return Outcome(
        goto=State.SHORT_PARCEL,
        say=Say("vendor/short_asked", {"parcel": parcel}),
        slots={"parcel": parcel.fulfillment_id, "code": code, "cash": mentions(turn.text, "cash")},
        order_id=parcel.order_id,
    )


def names_short_lines(turn: Turn) -> bool:
    parcel = _parcel_in_hand(turn)
    return parcel is not None and bool(line_figures(turn.text, len(parcel.lines)))


def deliver_short(turn: Turn) -> Outcome:
    """Deliver less than was promised: the invoice is for what was handed over."""
    parcel = _parcel_in_hand(turn)
    if parcel is None:
        return tell_packing(turn)
    figures = line_figures(turn.text, len(parcel.lines))
    short = {
        parcel.lines[position].line.order_line_id: missing for position, missing in figures.items() if missing
    }
    return _ask_cash_or_finish(turn, parcel, str(turn.slots["code"]), short=short)


def says_something(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and bool(turn.text.strip())


def ask_short_again(turn: Turn) -> Outcome:
    """Those were no lines and quantities."""
    parcel = _parcel_in_hand(turn)
    if parcel is None:
        return tell_packing(turn)
    return _ask_short(turn, parcel, str(turn.slots["code"]))


def _parcel_in_hand(turn: Turn) -> FulfillmentView | None:
    fulfillment_id = turn.slots.get("parcel")
    on_the_way = _parcels(turn, FulfillmentStatus.DISPATCHED)
    return next((parcel for parcel in on_the_way if parcel.fulfillment_id == fulfillment_id), None)


def _ask_cash_or_finish(
    turn: Turn, parcel: FulfillmentView, code: str, *, short: dict[int, Decimal]
) -> Outcome:
    has_cash = bool(turn.slots.get("cash")) or mentions(turn.text, "cash")
    if parcel.terms is Terms.CASH and not has_cash:
        facts = {
            "code": code,
            "short": {str(line_id): str(missing) for line_id, missing in short.items()},
            "about": {"short_code": parcel.short_code, "total_minor": parcel.total.minor},
        }
        return Outcome(
            goto=State.VENDOR,
            say=Say("vendor/cash_asked", {"parcel": parcel, "is_short": bool(short)}),
            ask=Ask(kind=CASH_TAKEN, subject_id=parcel.fulfillment_id, facts=facts),
            slots={"parcel": None, "code": None, "cash": None},
            order_id=parcel.order_id,
        )
    return _hand_over(turn, code, parcel.fulfillment_id, cash=credit.ALL_CASH, short=short)


def answer_cash(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """The money was handed over, or it was not and becomes a debt."""
    short = {int(line_id): Decimal(missing) for line_id, missing in prompt.facts["short"].items()}
    return _hand_over(
        turn,
        prompt.facts["code"],
        prompt.subject_id,
        prompt,
        cash=credit.ALL_CASH if choice == "yes" else credit.NO_CASH,
        short=short,
    )


def _hand_over(
    turn: Turn,
    code: str,
    fulfillment_id: int | None,
    *closes: Prompt,
    cash: credit.Cash | None,
    short: dict[int, Decimal] | None,
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
    forgotten = {"parcel": None, "code": None, "cash": None}
    if isinstance(done, WrongCode):
        return Outcome(
            goto=State.VENDOR, say=Say("vendor/wrong_code", {"tries_left": done.tries_left}), slots=forgotten
        )
    return Outcome(
        goto=State.VENDOR,
        say=Say(
            "vendor/delivered", {"delivered": done, "parcel": done.fulfillment, "cash": done.cash_received}
        ),
        closes=closes,
        slots=forgotten,
        order_id=done.fulfillment.order_id,
    )


def asks_to_deliver(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and speaks_of(turn, "deliver")


def ask_code(turn: Turn) -> Outcome:
    """As in "delivered" without the code: ask for it."""
    on_the_way = _parcels(turn, FulfillmentStatus.DISPATCHED)
    named = _named(turn, on_the_way)
    if named is not None:
        return _deliver_asked(named)
    return tell_packing(turn)


def _deliver_asked(parcel: FulfillmentView) -> Outcome:
    return Outcome(
        goto=State.VENDOR, say=Say("vendor/code_asked", {"parcel": parcel}), order_id=parcel.order_id
    )


def names_own_order(turn: Turn) -> bool:
    """The bare number of an order that this vendor promised, sent or delivered."""
    found = codes(turn.text)
    if turn.input.kind is not InputKind.TEXT or len(found) != 1 or any(c.isalpha() for c in turn.text):
        return False
    return _is_own_order(turn, found[0])


def speaks_of_own_order(turn: Turn) -> bool:
    """Words that nothing else understood, with the number of an order of this vendor."""
    found = codes(turn.text)
    return turn.input.kind is InputKind.TEXT and bool(found) and _is_own_order(turn, found[0])


def tell_own_order(turn: Turn) -> Outcome:
    """How that order stands at this vendor."""
    order = queries.find_by_short_code(turn.session, int(codes(turn.text)[0]), vendor_id=turn.vendor_id)
    to_pack = [p for p in _parcels(turn, FulfillmentStatus.ACCEPTED) if p.order_id == order.id]
    on_the_way = [p for p in _parcels(turn, FulfillmentStatus.DISPATCHED) if p.order_id == order.id]
    if to_pack or on_the_way:
        return Outcome(
            goto=State.VENDOR,
            say=Say("vendor/packing", {"to_pack": to_pack, "on_the_way": on_the_way}),
            order_id=order.id,
        )
    facts = {"short_code": order.short_code, "status": order.status}
    return Outcome(goto=State.VENDOR, say=Say("errors/already_done", {"facts": facts}), order_id=order.id)


# Cannot deliver


def withdraws(turn: Turn) -> bool:
    return speaks_of(turn, "withdraw")


def ask_withdraw(turn: Turn) -> Outcome:
    """Taking back a promise costs the vendor reliability: ask once."""
    waiting = _parcels(turn, FulfillmentStatus.ACCEPTED)
    named = _named(turn, waiting)
    if named is None:
        return tell_packing(turn)
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/withdraw_asked", {"parcel": named}),
        ask=Ask(
            kind=WITHDRAW,
            subject_id=named.fulfillment_id,
            facts={"about": {"short_code": named.short_code}},
        ),
        order_id=named.order_id,
    )


def answer_withdraw(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Withdrawn, or kept after all."""
    if choice != "yes":
        return Outcome(goto=State.VENDOR, say=Say("vendor/kept"), closes=[prompt])
    offers.withdraw(turn.session, prompt.subject_id, reason="vendor_withdrew", actor=turn.actor, now=turn.now)
    parcel = queries.fulfillment_view(turn.session, prompt.subject_id)
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/withdrawn", {"parcel": parcel}),
        closes=[prompt],
        order_id=parcel.order_id,
    )


def answer_dispatch(turn: Turn, prompt: Prompt, _choice: str) -> Outcome:
    """The button under an accepted order."""
    return _dispatch(turn, prompt.subject_id, prompt)


def stale_parcel(turn: Turn, _prompt: Prompt, _choice: str) -> Outcome:
    return tell_packing(turn)


def _typed_code(turn: Turn) -> str | None:
    """The delivery code in the text: by its form it is no order's number."""
    if not _parcels(turn, FulfillmentStatus.DISPATCHED):
        return None
    return next((code for code in codes(turn.text) if is_code(code)), None)


def _is_own_order(turn: Turn, number: str) -> bool:
    if is_code(number):
        return False
    try:
        queries.find_by_short_code(turn.session, int(number), vendor_id=turn.vendor_id)
    except NotFound:
        return False
    return True


def _named(turn: Turn, parcels: Sequence[FulfillmentView]) -> FulfillmentView | None:
    """The parcel whose order number was written, else the only one there is."""
    found = codes(turn.text)
    for parcel in parcels:
        if str(parcel.short_code) in found:
            return parcel
    own_numbers = [code for code in found if code != _typed_code(turn)]
    return parcels[0] if len(parcels) == 1 and not own_numbers else None


def _parcels(turn: Turn, *statuses: FulfillmentStatus) -> list[FulfillmentView]:
    return queries.parcels_of_vendor(turn.session, turn.vendor_id, statuses=statuses)


STEPS: tuple[Step, ...] = (
    Step(name="own_order", matches=names_own_order, handler=tell_own_order),
    Step(name="code", matches=gives_code, handler=deliver),
    Step(name="packing", matches=asks_packing, handler=tell_packing),
    Step(name="withdraw", matches=withdraws, handler=ask_withdraw),
    Step(name="dispatch", matches=dispatches, handler=dispatch_named),
    Step(name="ask_code", matches=asks_to_deliver, handler=ask_code),
)
LAST_STEPS: tuple[Step, ...] = (
    Step(name="own_order_words", matches=speaks_of_own_order, handler=tell_own_order),
)
SHORT_STEPS: tuple[Step, ...] = (Step(name="short_lines", matches=names_short_lines, handler=deliver_short),)
SHORT_AGAIN_STEPS: tuple[Step, ...] = (
    Step(name="short_again", matches=says_something, handler=ask_short_again),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=DISPATCH, answer=answer_dispatch, stale=stale_parcel, is_shortcut=True),
    PromptKind(name=CASH_TAKEN, answer=answer_cash, stale=stale_parcel, yes="yes", no="no"),
    PromptKind(name=WITHDRAW, answer=answer_withdraw, stale=stale_parcel, yes="yes", no="no"),
)
