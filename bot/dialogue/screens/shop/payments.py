"""A shop's payments: what it says it paid, and what it promises to pay."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from bot.dialogue.machine import CLAIM, InputKind, Outcome, PromptKind, State, Step, Turn, does
from bot.dialogue.reading.days import named_day
from bot.dialogue.reading.line_numbers import plain_digits, unit_named
from bot.dialogue.reading.words import ShortKind, is_said
from bot.dialogue.screens.shop import begun, taken_back
from bot.dialogue.screens.shop.account import tell_balance
from bot.dialogue.screens.shop.basket import BASKET, CLEAR_ORDER
from bot.dialogue.screens.shop.begun import METHOD, METHODS, PAID, Said
from bot.dialogue.screens.shop.claiming import claimed_row, facts_of, go_on, note_or_ask
from bot.dialogue.screens.shop.taken_back import not_paid
from bot.dialogue.screens.shop.whom_paid import payee_beside, payee_put_right, with_payee
from bot.wording.say import Say
from core.clock import business_date
from core.credit import queries as credit
from core.credit.models import PaymentClaim
from core.errors import NotFound
from core.intake.acts.chunks import read_chunks
from core.intake.acts.types import Act, ActKind, Mood, OnTerms
from core.messaging import service as messaging
from core.messaging.models import Prompt
from core.money import Money, rupees
from core.orders import queries as orders
from core.risk.service import collections

_NONE = "none"
_SUM = re.compile(
    r"(?:rs\.?|npr|रु\.?)?\s*(\d[\d,]*(?:\.\d{1,2})?)\s*(?:rs\.?|rupees|rupaiya|rupaye|रुपैयाँ|/-)?"
)
_SMALLEST_SUM = rupees(10)
_SHORTEST_REFERENCE = 4
# How the reader of acts may classify a lone reference.
_MAY_BE_REFERENCE = frozenset({ActKind.UNREAD, ActKind.CODE, ActKind.CHOICE, ActKind.ORDER, ActKind.NUMBER})


def says_paid(turn: Turn) -> bool:
    """A payment message, or the reference that was asked for."""
    return does(ActKind.PAY)(turn) or _completes(turn)


def _completes(turn: Turn) -> bool:
    """Whether the text is the reference that we asked for: one or two words with a digit, and no other act or goods."""
    return turn.input.kind is InputKind.TEXT and _completed(turn) is not None


def _completed(turn: Turn) -> Said | None:
    """The newest payment whose number the text can be."""
    if any(act.kind not in _MAY_BE_REFERENCE for act in turn.acts) or _counts(turn):
        return None
    words = _reference_words(turn.text)
    has_digit = any(character.isdecimal() for character in turn.text)
    if len(words) > 2 or not has_digit or len("".join(words)) < _SHORTEST_REFERENCE:
        return None
    waiting = [
        one for one in begun.all_of(turn)[::-1] if one.get("amount_minor") and not one.get("reference")
    ]
    is_number = "".join(words).isdecimal()
    return next((one for one in waiting if one.get("method") is not None or not is_number), None)


def _reference_words(text: str) -> list[str]:
    """The words of a reference, without "code" or "id" before it."""
    chunks = [
        chunk for chunk in read_chunks(text) if not chunk.has("is.code", "is.reference", "small.number_word")
    ]
    first = min((chunk.start for chunk in chunks), default=0)
    return text[first:].split()


def _counts(turn: Turn) -> bool:
    is_counted = any(unit_named(word) for word in turn.text.split())
    is_sum = not turn.text.strip().isdecimal() and sum_in(turn.text) is not None
    # A word that is no goods we know may well be a reference.
    names_goods = turn.reading.lines or any(question.candidates for question in turn.reading.questions)
    return bool(names_goods) or is_counted or is_sum


def says_amount(turn: Turn) -> bool:
    """A sum and nothing else, where we asked how much was paid."""
    waiting = turn.slots.get(CLAIM)
    is_asked = waiting is not None and not waiting.get("amount_minor")
    return is_asked and turn.input.kind is InputKind.TEXT and sum_in(turn.text) is not None


def sum_in(text: str) -> Money | None:
    found = _SUM.fullmatch(plain_digits(text).casefold().strip())
    amount = rupees(found[1].replace(",", "")) if found else None
    return amount if amount is not None and amount >= _SMALLEST_SUM else None


def sum_meant(text: str) -> Money | None:
    """The sum in a text of a sum and words such as "only" and "it is"; None for a bare number, which may be anything."""
    words = text.split()
    left = [word for word in words if not is_said(word.strip(".,!"), "around_a_sum")]
    return sum_in(" ".join(left)) if len(left) < len(words) else None


def claim_amount(turn: Turn) -> Outcome:
    """Take the amount that was asked for."""
    amount = sum_in(turn.text)
    if amount is None:
        raise AssertionError("matched without a sum")
    asked = turn.slots[CLAIM]
    return go_on(turn, {**asked, "amount_minor": amount.minor}, rest=begun.without(turn, asked))


def answers_neither(turn: Turn) -> bool:
    """A bare yes or no where an amount or a reference was asked for."""
    return (
        bool(turn.slots.get(CLAIM))
        and turn.short is not None
        and turn.short.kind in (ShortKind.YES, ShortKind.NO)
    )


def ask_claim_again(turn: Turn) -> Outcome:
    """A no leaves the payment; after a yes, ask once more for what is missing."""
    asked = turn.slots[CLAIM]
    if turn.short is not None and turn.short.kind is ShortKind.NO:
        return not_paid(turn, asked)
    return go_on(turn, asked, rest=begun.without(turn, asked))


def says_sum_again(turn: Turn) -> bool:
    """A yes or a no with another sum, "ho 2500", where a payment was asked about last: an order's number is none."""
    asked, act = begun.asked_last(turn), turn.act
    if asked is None or act is None or len(turn.acts) > 1 or not _is_asked_last(turn, asked):
        return False
    if act.kind is ActKind.UNREAD and not act.left:
        # "haan 600 hi tha"
        return sum_meant(turn.text) is not None
    if act.kind not in (ActKind.YES, ActKind.NO):
        return False
    if not act.moves or len(act.orders) != 1 or act.lines:
        return False
    if act.kind is ActKind.NO and rupees(act.orders[0]).minor == asked.get("amount_minor"):
        # "nahi 3000 nahi kiya abhi" denies the sum that was asked about.
        return False
    return not is_own_order(turn, act.orders[0])


def is_own_order(turn: Turn, number: str) -> bool:
    try:
        orders.find_by_short_code(turn.session, int(number), retailer_id=turn.retailer_id)
    except NotFound:
        return False
    return True


def gives_number_like_an_order(turn: Turn) -> bool:
    """The reference that was asked for last, though it reads like an order's number: "KH5566"."""
    asked, act = begun.asked_last(turn), turn.act
    if asked is None or act is None or not act.orders or len(turn.acts) > 1 or not _completes(turn):
        return False
    return _is_asked_last(turn, asked) and not is_own_order(turn, act.orders[0])


def put_sum_right(turn: Turn) -> Outcome:
    """Put the sum of the payment right that was asked about last."""
    asked, act = turn.slots[CLAIM], turn.act
    if act is None:
        raise AssertionError("matched without a sum")
    amount = rupees(act.orders[0]) if act.orders else sum_meant(turn.text)
    if amount is None:
        raise AssertionError("matched without a sum")
    said = {**asked, "amount_minor": amount.minor}
    return go_on(turn, said, rest=begun.without(turn, asked))


def _is_asked_last(turn: Turn, asked: Said) -> bool:
    asked_at = dt.datetime.fromisoformat(asked["asked_at"])
    return not messaging.has_turned_since(turn.session, turn.conversation_id, asked_at)


def claim(turn: Turn) -> Outcome:
    """Record a payment claim. Asks for a missing amount, method or reference, one at a time.

    "Not paid yet", "shall I pay?" and "he said he paid" claim nothing: ask whether it was paid, with a button.
    """
    act = turn.act
    if act is None or act.kind is not ActKind.PAY:
        found = _completed(turn)
        if found is None:
            raise AssertionError("matched without a payment that waits")
        said = {**found, "reference": "".join(_reference_words(turn.text))}
        return go_on(turn, said, rest=begun.without(turn, found))
    act, payee = with_payee(turn, act)
    payee = payee or payee_put_right(turn)
    if act.mood is Mood.DENIED:
        return taken_back.deny(turn, act)
    earlier = begun.gone_on_with(turn, act)
    said = {**(earlier or {}), **facts_of(act), **payee, "said_at": turn.now.isoformat()}
    # Told in other words, a payment of that sum is doubted no more.
    said["is_doubted"] = not act.moves or (bool(said.get("is_doubted")) and act.amount is None)
    rest = begun.without(turn, earlier)
    asked = begun.asked_last(turn)
    if asked is not None and asked is not earlier and asked.get("asked_at") == turn.now.isoformat():
        # Another payment of the same message is asked about first.
        kept = begun.slots([*rest[:-1], said], asked)
        return Outcome(say=Say("account/begun", {"begun": begun.named([said])}), slots=kept, is_aside=True)
    return go_on(turn, said, rest=rest)


def says_paid_in_full_words(turn: Turn) -> bool:
    """A payment of which nothing has to be asked."""
    return turn.act is not None and _is_whole(turn.act)


def _is_whole(act: Act) -> bool:
    if act.kind is not ActKind.PAY or not act.moves or act.amount is None or act.method not in METHODS:
        return False
    return act.method == "cash" or act.reference is not None


def claim_each(turn: Turn) -> Outcome:
    """Record every payment of the text that is told in full; one that is told in part is asked about by itself."""
    whole = [act for act in turn.acts if _is_whole(act)]
    # What waited of the same sum is told in full now.
    told = [found for act in whole if (found := begun.of_sum(turn, act.amount)) is not None]
    rest = [one for one in begun.all_of(turn) if one not in told]
    facts = [facts_of(act) | payee_beside(turn) for act in whole]
    if len(facts) == 1:
        return note_or_ask(turn, facts[0], rest=rest)
    rows = [claimed_row(turn, said) for said in facts]
    standing = credit.standing(turn.session, turn.retailer_id, now=turn.now)
    view = {
        "rows": rows,
        "owed": standing.owed if turn.party.sees_debt else None,
        "begun": begun.named(rest),
    }
    return Outcome(
        goto=State.SHOP,
        say=Say("account/claimed_several", view),
        slots=begun.slots_of_next(turn, rest),
        closes=begun.prompts(turn),
    )


def answer_paid(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Record the claim after all, or not. A yes after other words is asked for once more."""
    asked = turn.slots.get(CLAIM)
    if not asked or asked.get("amount_minor") != prompt.facts["about"]["amount_minor"]:
        return replace(stale_method(turn, prompt, choice), closes=[prompt])
    rest = begun.without(turn, asked)
    if choice == "no":
        return not_paid(turn, asked)
    return go_on(turn, {**asked, "is_doubted": choice != "yes"}, rest=rest)


def promise(turn: Turn) -> Outcome:
    """Thank for a promise to pay. It claims nothing, and stops reminders until its day."""
    act = turn.act
    day = named_day(act.when, now=turn.now) if act and act.when else None
    quiet_until = None
    if act is not None and day is not None and day >= business_date(turn.now) and act.mood is not Mood.ASKED:
        quiet_until = collections.note_promise(
            turn.session,
            turn.retailer_id,
            promised_on=day,
            amount=act.amount,
            actor=turn.actor,
            now=turn.now,
        )
    view = {"amount": act.amount if act else None, "quiet_until": quiet_until}
    return Outcome(goto=State.SHOP, say=Say("account/promised", view))


def own_wallet(_turn: Turn) -> Outcome:
    """Say that money loaded into one's own wallet hasn't been paid to anybody."""
    return Outcome(goto=State.SHOP, say=Say("account/own_wallet"))


def correct(turn: Turn) -> Outcome:
    """Replace the newest open claim by one with another amount, method or reference; the payee is asked again."""
    act = turn.act
    opened = credit.open_claims_of_retailer(turn.session, turn.retailer_id)
    begun_one = _begun_to_correct(turn, act, opened) if act is not None else None
    if act is not None and begun_one is not None:
        said = {**begun_one, **facts_of(act), "said_at": turn.now.isoformat()}
        if act.method == "cash":
            said["reference"] = None
        return go_on(turn, said, rest=begun.without(turn, begun_one))
    if act is None or not opened:
        return tell_balance(turn) if turn.party.sees_debt else not_paid(turn, None)
    denied = [one for one in opened if act.corrected and one.amount_minor == act.corrected.minor]
    named = [one for one in opened if act.names_method and one.method is METHODS.get(act.method or "")]
    newest = max(denied or named or opened, key=lambda one: one.id)
    said = {
        "amount_minor": newest.amount_minor,
        "method": newest.method.value,
        "reference": None if act.method == "cash" else newest.reference,
        **facts_of(act),
    }
    rest = begun.all_of(turn)
    if not act.moves or (act.corrected and not denied):
        return go_on(turn, {**said, "is_doubted": True}, rest=rest)
    return note_or_ask(turn, said, rest=rest, corrects=newest.id)


def _begun_to_correct(turn: Turn, act: Act, opened: Sequence[PaymentClaim]) -> Said | None:
    """The payment that waits for something and is put right: that of the denied sum, else what was spoken of last."""
    waiting = begun.all_of(turn)
    if act.corrected is not None:
        return begun.of_sum(turn, act.corrected)
    if act.names_method:
        return next((one for one in waiting[::-1] if one.get("method") == act.method), None)
    if act.reference is not None and act.amount is None and any(one.get("reference") for one in waiting):
        waiting = [one for one in waiting if one.get("reference")]
    newest = max(waiting, key=begun.spoken_of_at, default=None)
    last_told = max((one.claimed_at for one in opened), default=None)
    if newest is None or (last_told is not None and last_told > begun.spoken_of_at(newest)):
        return None
    return newest


def answer_method(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Take the payment method; a no leaves the payment."""
    asked = turn.slots.get(CLAIM)
    if not asked or asked.get("amount_minor") != prompt.facts["about"]["amount_minor"]:
        return replace(stale_method(turn, prompt, choice), closes=[prompt])
    if choice == _NONE:
        return not_paid(turn, asked)
    return go_on(turn, {**asked, "method": choice}, rest=begun.without(turn, asked))


def stale_method(turn: Turn, _prompt: Prompt, _choice: str) -> Outcome:
    return tell_balance(turn) if turn.party.sees_debt else not_paid(turn, None)


def says_it_was_cash(turn: Turn) -> bool:
    """Whether only "cash nai ho" answers how a payment was made: that is asked, and no basket was shown since."""
    waiting = turn.slots.get(CLAIM)
    act = turn.act
    if not waiting or act is None or act.kind is not ActKind.PLACE or act.terms is not OnTerms.CASH:
        return False
    asked_at = dt.datetime.fromisoformat(waiting["asked_at"]) if "asked_at" in waiting else None
    baskets = [prompt.opened_at for prompt in turn.prompts if prompt.kind in (BASKET, CLEAR_ORDER)]
    return act.moves and asked_at is not None and max(baskets, default=asked_at) <= asked_at


def claim_cash(turn: Turn) -> Outcome:
    """Take the payment that is asked about for one in cash."""
    asked = turn.slots[CLAIM]
    said = {**asked, "method": "cash", "reference": None, "is_doubted": False}
    return go_on(turn, said, rest=begun.without(turn, asked))


# Before a word about cash is taken for the terms of a basket, and a sum for an order's number.
FIRST_STEPS: tuple[Step, ...] = (
    Step(name="paid_amount", matches=says_amount, handler=claim_amount),
    Step(name="paid_neither", matches=answers_neither, handler=ask_claim_again),
    Step(name="paid_reference", matches=gives_number_like_an_order, handler=claim),
    Step(name="paid_sum_again", matches=says_sum_again, handler=put_sum_right),
    Step(
        name="paid_in_cash",
        matches=says_it_was_cash,
        handler=claim_cash,
        takes=frozenset({ActKind.PLACE, ActKind.YES}),
    ),
)
STEPS: tuple[Step, ...] = (
    Step(name="payments", matches=says_paid_in_full_words, handler=claim_each, takes=_is_whole),
    Step(name="payment", matches=says_paid, handler=claim, takes=frozenset()),
    Step(
        name="payment_taken_back",
        matches=does(ActKind.TAKE_BACK_PAYMENT),
        handler=taken_back.take_back,
        takes=frozenset({ActKind.TAKE_BACK_PAYMENT}),
    ),
    Step(
        name="payment_corrected",
        matches=does(ActKind.CORRECT_PAYMENT),
        handler=correct,
        takes=frozenset({ActKind.CORRECT_PAYMENT}),
    ),
    Step(name="promise", matches=does(ActKind.PROMISE), handler=promise, takes=frozenset({ActKind.PROMISE})),
    Step(
        name="own_wallet",
        matches=does(ActKind.WALLET_LOAD),
        handler=own_wallet,
        takes=frozenset({ActKind.WALLET_LOAD}),
    ),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=METHOD, answer=answer_method, stale=stale_method, no=_NONE, fades=True),
    *taken_back.PROMPT_KINDS,
    PromptKind(
        name=PAID, answer=answer_paid, stale=stale_method, yes="yes", no="no", late_yes="again", fades=True
    ),
)
