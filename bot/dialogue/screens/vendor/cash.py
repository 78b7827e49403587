"""Cash on delivery: how much of it the vendor got, and the delivery that is recorded with it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.dialogue.machine import Ask, InputKind, Outcome, PromptKind, State, Step, Turn
from bot.dialogue.reading.cash_sums import cash_received
from bot.dialogue.screens.vendor.offer_views import open_offers
from bot.dialogue.screens.vendor.parcels import stale_parcel, tell_packing
from bot.wording.say import Say
from core.credit import queries as credit_queries
from core.credit import service as credit
from core.intake.acts.reader import read_acts
from core.intake.acts.types import Act, ActKind, CashShare, Mood
from core.messaging.models import Prompt
from core.money import Money, rupees
from core.orders import delivery, queries
from core.orders.kinds import Terms
from core.orders.views import FulfillmentView, WrongCode

CASH_TAKEN, CASH_AMOUNT, CASH_PART = "cash_taken", "cash_amount", "cash_part"
HANDED_OVER = "handed_over"
ALL, NONE, SOME, AGAIN = "yes", "no", "part", "again"
# What an answer is read as when it doesn't say what it is about.
_UNSAID_SUBJECT = frozenset(
    {
        ActKind.CONFIRM_PAYMENT, ActKind.REJECT_PAYMENT, ActKind.PART, ActKind.NUMBER, ActKind.UNREAD, ActKind.ETA, ActKind.SHORT,
        ActKind.SETTLEMENT,
    }
)  # fmt: skip
_ABOUT_CASH = frozenset({CASH_TAKEN, CASH_AMOUNT, CASH_PART})
_SUM_ACTS = _UNSAID_SUBJECT | {ActKind.NO, ActKind.CASH}
# "Half" is read as ½: no sum, so it is asked.
LEAST_SUM = rupees(1)
# Forgets the parcel, the code and the cash that earlier messages left in the conversation.
NO_PARCEL = {"parcel": None, "code": None, "cash": None}


def ask_cash_or_finish(turn: Turn, parcel: FulfillmentView, code: str, short: dict[int, Decimal]) -> Outcome:
    facts = delivery_facts(parcel, code, short)
    said = [act for act in turn.acts if act.kind is ActKind.CASH]
    if parcel.terms is not Terms.CASH:
        return deliver(turn, code, parcel.fulfillment_id, cash=None, short=short, has_said_cash=bool(said))
    if len(said) == 1:
        act = said[0]
        if (amount := _received(act, parcel.total)) is not None:
            return _ask_cash_part(turn, parcel.fulfillment_id, facts, amount)
        if act.moves and act.share is CashShare.FULL:
            return deliver(turn, code, parcel.fulfillment_id, cash=credit.ALL_CASH, short=short)
        if act.share is CashShare.NONE or act.is_denied:
            return _ask_cash(turn, parcel, facts, note="no_cash")
    return _ask_cash(turn, parcel, facts)


def deliver(
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
            slots=NO_PARCEL,
        )
    view = {"delivered": done, "parcel": done.fulfillment, "has_said_cash": has_said_cash}
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/delivered", view),
        closes=closes,
        slots=NO_PARCEL,
        order_id=done.fulfillment.order_id,
    )


def take_cash_words(turn: Turn, prompt: Prompt, act: Act) -> Outcome:
    """Take an answer in words to "did you receive the cash?"."""
    is_none = act.share is CashShare.NONE and act.amount is None
    if is_none and act.is_certain and act.mood in (Mood.DENIED, Mood.DONE, Mood.NOW):
        return _settle_cash(turn, prompt, credit.NO_CASH)
    if act.moves and act.share is CashShare.FULL:
        return _settle_cash(turn, prompt, credit.ALL_CASH)
    parcel = parcel_of(turn, prompt.subject_id)
    if (amount := _received(act, parcel.total)) is not None:
        return _ask_cash_part(turn, prompt.subject_id, prompt.facts, amount)
    return _ask_cash(turn, parcel, _delivery_facts_of(prompt))


def _received(act: Act, bill: Money) -> Money | None:
    """The sum that came, to be read back: "500 aayo", or the bill less "500 kam diyo". None where no one sum is told."""
    if act.amount is None or any(letter.isdigit() for word in act.left for letter in word):
        return None
    if act.share is CashShare.LESS and act.mood in (Mood.DONE, Mood.NOW, Mood.DUE):
        return bill - act.amount
    return act.amount if act.mood in (Mood.DONE, Mood.NOW) else None


def _ask_cash(
    turn: Turn, parcel: FulfillmentView, facts: dict[str, Any], *, note: str | None = None
) -> Outcome:
    bill = queries.total_less(turn.session, parcel.fulfillment_id, short_in(facts))
    view = {"parcel": parcel, "bill": bill, "is_short": bool(facts["short"]), "note": note}
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/cash_asked", view),
        ask=Ask(kind=CASH_TAKEN, subject_id=parcel.fulfillment_id, facts=facts),
        slots=NO_PARCEL,
        order_id=parcel.order_id,
    )


def answer_cash(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """All of the cash came, or a part, or none and it becomes a debt."""
    if choice == AGAIN:
        return _ask_cash(turn, parcel_of(turn, prompt.subject_id), _delivery_facts_of(prompt))
    if choice == SOME:
        parcel = parcel_of(turn, prompt.subject_id)
        return Outcome(
            goto=State.VENDOR,
            say=Say("vendor/cash_amount_asked", {"parcel": parcel}),
            ask=Ask(
                kind=CASH_AMOUNT,
                subject_id=prompt.subject_id,
                facts={**_delivery_facts_of(prompt), "wants_quantity": True},
            ),
            closes=[prompt],
            order_id=parcel.order_id,
        )
    return _settle_cash(turn, prompt, credit.ALL_CASH if choice == ALL else credit.NO_CASH)


def _settle_cash(turn: Turn, prompt: Prompt, cash: credit.Cash) -> Outcome:
    return deliver(
        turn, prompt.facts["code"], prompt.subject_id, prompt, cash=cash, short=short_in(prompt.facts)
    )


def tells_sum(turn: Turn) -> bool:
    """What came, or what is left, in answer to the one open question about cash: "hoina 6085 diyo, 500 baki ho"."""
    return _sum_told(turn) is not None


def take_sum(turn: Turn) -> Outcome:
    """Read the sum back before it is recorded."""
    told = _sum_told(turn)
    if told is None:
        return tell_packing(turn)
    prompt, received = told
    return _ask_cash_part(turn, prompt.subject_id, _delivery_facts_of(prompt), received, prompt)


def _sum_told(turn: Turn) -> tuple[Prompt, Money] | None:
    asked = [prompt for prompt in turn.prompts if prompt.kind in _ABOUT_CASH]
    is_about_it = all(act.kind in _SUM_ACTS and not act.codes and not act.lines for act in turn.acts)
    if turn.input.kind is not InputKind.TEXT or len(asked) != 1 or not is_about_it or _fits_claim(turn):
        return None
    if turn.short is not None or not any(act.kind in _UNSAID_SUBJECT for act in turn.acts):
        return None
    received = cash_received(turn.text, parcel_of(turn, asked[0].subject_id).total)
    return None if received is None else (asked[0], received)


def answers_cash_question(turn: Turn) -> bool:
    """An answer in words to the one open "did you receive the cash?": "500 aayo", "sabai diyo", "half"."""
    prompt = _asked_once(turn, CASH_TAKEN)
    return prompt is not None and _said_of_cash(turn, prompt) is not None


def take_cash_answer(turn: Turn) -> Outcome:
    """Take such an answer. A sum is read back: only the question's own tap, or a plain yes, books all of the cash."""
    prompt = _asked_once(turn, CASH_TAKEN)
    act = None if prompt is None else _said_of_cash(turn, prompt)
    if prompt is None or act is None:
        return tell_packing(turn)
    if act.share is CashShare.PART and (act.amount is None or act.amount < LEAST_SUM):
        return answer_cash(turn, prompt, SOME)
    return take_cash_words(turn, prompt, act)


def _asked_once(turn: Turn, kind: str) -> Prompt | None:
    """The only open prompt of this kind, when the message is text."""
    if turn.input.kind is not InputKind.TEXT:
        return None
    asked = [prompt for prompt in turn.prompts if prompt.kind == kind]
    return asked[0] if len(asked) == 1 else None


def _said_of_cash(turn: Turn, prompt: Prompt) -> Act | None:
    """The message read with the open question's subject before it. None where it is about something else.

    A number that isn't the parcel's is a sum there, however much it looks like an order's; an amount of goods is none.
    """
    plain = turn.act
    if plain is not None and plain.kind is ActKind.ACCEPT and not plain.orders and not _has_offers(turn):
        plain = replace(plain, kind=ActKind.CONFIRM_PAYMENT)
    if plain is None or plain.kind not in _UNSAID_SUBJECT or plain.lines or _fits_claim(turn):
        return None
    if plain.kind is ActKind.SHORT and any(amount.unit or amount.name for amount in plain.amounts):
        return None
    found = read_acts(f"cash {turn.text}", role=turn.role)
    if len(found) != 1 or found[0].kind is not ActKind.CASH:
        return None
    act = found[0]
    others = [order for order in act.orders if order != str(prompt.facts["about"]["short_code"])]
    if act.amount is None and len(others) == 1 and len(act.orders) == 1:
        return replace(act, amount=rupees(others[0]), share=CashShare.PART, orders=())
    has_sum_or_share = act.amount is not None or act.share is not CashShare.FULL
    return act if has_sum_or_share or act.moves else None


def _has_offers(turn: Turn) -> bool:
    return bool(open_offers(turn.session, turn.vendor_id, now=turn.now))


def _fits_claim(turn: Turn) -> bool:
    """Whether a claim of just that sum waits for this vendor: then its confirmation is meant."""
    said = None if turn.act is None else turn.act.amount
    waiting = credit_queries.open_claims_for_vendor(turn.session, turn.vendor_id) if said is not None else []
    return any(Money(claim.amount_minor) == said for claim in waiting)


def names_cash_amount(turn: Turn) -> bool:
    """The amount of cash while we ask for it, even as a bare number, which then isn't an order's."""
    return _named_amount(turn) is not None


def take_cash_amount(turn: Turn) -> Outcome:
    """Take the amount of cash, and read it back before recording it."""
    prompt, amount = _asked_once(turn, CASH_AMOUNT), _named_amount(turn)
    if prompt is None or amount is None:
        return tell_packing(turn)
    return _ask_cash_part(turn, prompt.subject_id, _delivery_facts_of(prompt), amount, prompt)


def _named_amount(turn: Turn) -> Money | None:
    prompt, act = _asked_once(turn, CASH_AMOUNT), turn.act
    if prompt is None or act is None:
        return None
    if act.kind is ActKind.NUMBER and act.number is not None and not act.goods and act.number >= 0:
        return rupees(act.number)
    numbers = [*act.orders, *map(str, act.lines)] if act.kind in (ActKind.CODE, ActKind.CHOICE) else []
    if len(numbers) == 1:
        return rupees(numbers[0])
    said = act if act.amount is not None else _said_of_cash(turn, prompt)
    is_sum = said is not None and not said.is_denied and said.mood is not Mood.ASKED
    return said.amount if said is not None and is_sum else None


def _ask_cash_part(turn: Turn, fulfillment_id: int, facts: Any, amount: Money, *closes: Prompt) -> Outcome:
    """Read back what came and what stays open. The full amount completes it; more than the bill asks again."""
    parcel = parcel_of(turn, fulfillment_id)
    kept = {key: facts[key] for key in ("code", "short", "about")}
    if kept["short"] or amount > parcel.total or amount <= Money(0):
        # The bill isn't known until the missing goods are taken off it.
        is_too_much = not kept["short"] and amount > parcel.total
        return _ask_cash(turn, parcel, kept, note="too_much" if is_too_much else None)
    if amount == parcel.total:
        return deliver(turn, kept["code"], fulfillment_id, *closes, cash=credit.ALL_CASH, short={})
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
        slots=NO_PARCEL,
        order_id=parcel.order_id,
    )


def answer_cash_part(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Record that amount and leave the rest as cash due; a no asks for the cash again."""
    if choice == AGAIN:
        amount = Money(prompt.facts["amount_minor"])
        return _ask_cash_part(turn, prompt.subject_id, _delivery_facts_of(prompt), amount)
    if choice != ALL:
        return _ask_cash(turn, parcel_of(turn, prompt.subject_id), _delivery_facts_of(prompt))
    return _settle_cash(turn, prompt, credit.part_of_cash(Money(prompt.facts["amount_minor"])))


def delivery_facts(parcel: FulfillmentView, code: str, short: dict[int, Decimal]) -> dict[str, Any]:
    return {
        "code": code,
        "short": {str(line_id): str(missing) for line_id, missing in short.items()},
        "about": {"short_code": parcel.short_code, "total_minor": parcel.total.minor},
    }


def _delivery_facts_of(prompt: Prompt) -> dict[str, Any]:
    return {key: prompt.facts[key] for key in ("code", "short", "about")}


def short_in(facts: Any) -> dict[int, Decimal]:
    return {int(line_id): Decimal(missing) for line_id, missing in facts["short"].items()}


def parcel_of(turn: Turn, fulfillment_id: int) -> FulfillmentView:
    return queries.fulfillment_view(turn.session, fulfillment_id)


FIRST_STEPS: tuple[Step, ...] = (
    Step(name="cash_sum", matches=tells_sum, handler=take_sum),
    Step(name="cash_amount", matches=names_cash_amount, handler=take_cash_amount, takes=frozenset()),
    Step(
        name="cash_answer",
        matches=answers_cash_question,
        handler=take_cash_answer,
        takes=frozenset({ActKind.CASH}),
    ),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(
        name=CASH_TAKEN,
        subject="parcel",
        answer=answer_cash,
        stale=stale_parcel,
        yes=ALL,
        no=NONE,
        late_yes=AGAIN,
    ),
    PromptKind(name=CASH_AMOUNT, subject="parcel", answer=answer_cash, stale=stale_parcel),
    PromptKind(
        name=CASH_PART,
        subject="parcel",
        answer=answer_cash_part,
        stale=stale_parcel,
        yes=ALL,
        no=NONE,
        late_yes=AGAIN,
    ),
)
