"""A shop's payments: what it says it paid, what it puts right, and what it promises to pay."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

from bot.dialogue.machine import CLAIM, Ask, InputKind, Outcome, PromptKind, State, Step, Turn, does
from bot.dialogue.reading.days import named_day
from bot.dialogue.reading.line_numbers import plain_digits, unit_named
from bot.dialogue.reading.payees import find_payee, without_words, words_of_names
from bot.dialogue.reading.words import ShortKind
from bot.dialogue.screens.shop import taken_back
from bot.dialogue.screens.shop.account import tell_balance
from bot.dialogue.screens.shop.basket import BASKET, CLEAR_ORDER
from bot.dialogue.screens.shop.taken_back import not_paid
from bot.wording.say import Say
from core.clock import business_date
from core.credit import queries as credit
from core.credit import service as claims
from core.credit.errors import ReferenceTaken
from core.credit.kinds import ClaimStatus, PaymentMethod
from core.credit.models import PaymentClaim
from core.intake.acts.reader import read_acts
from core.intake.acts.types import Act, ActKind, Mood, OnTerms
from core.messaging.models import Prompt
from core.money import Money, rupees
from core.parties import queries as parties
from core.parties.naming import clean_reference
from core.refs import VendorId
from core.risk.service import collections

METHOD, PAID = "pay_method", "paid"
# How long after a payment was told a bare name still says whom it went to.
_SOON = dt.timedelta(days=1)
_LONGEST_PAYEE = 8
_NONE = "none"
_METHODS = {
    "cash": PaymentMethod.CASH,
    "bank": PaymentMethod.BANK_TRANSFER,
    "bank_transfer": PaymentMethod.BANK_TRANSFER,
    # ConnectIPS is a transfer between banks.
    "connectips": PaymentMethod.BANK_TRANSFER,
    "cheque": PaymentMethod.CHEQUE,
    "esewa": PaymentMethod.ESEWA,
    "khalti": PaymentMethod.KHALTI,
    "fonepay": PaymentMethod.FONEPAY,
}
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
    waiting = turn.slots.get(CLAIM)
    if not waiting or not waiting.get("amount_minor") or turn.input.kind is not InputKind.TEXT:
        return False
    if any(act.kind not in _MAY_BE_REFERENCE for act in turn.acts) or _counts(turn):
        return False
    words = turn.text.split()
    has_digit = any(character.isdecimal() for character in turn.text)
    is_plain = waiting.get("method") is not None or not "".join(words).isdecimal()
    return len(words) <= 2 and has_digit and is_plain and len("".join(words)) >= _SHORTEST_REFERENCE


def _counts(turn: Turn) -> bool:
    is_counted = any(unit_named(word) for word in turn.text.split())
    is_sum = not turn.text.strip().isdecimal() and _sum_in(turn.text) is not None
    return bool(turn.reading.lines or turn.reading.questions) or is_counted or is_sum


def says_amount(turn: Turn) -> bool:
    """A sum and nothing else, where we asked how much was paid."""
    waiting = turn.slots.get(CLAIM)
    is_asked = waiting is not None and not waiting.get("amount_minor")
    return is_asked and turn.input.kind is InputKind.TEXT and _sum_in(turn.text) is not None


def _sum_in(text: str) -> Money | None:
    found = _SUM.fullmatch(plain_digits(text).casefold().strip())
    amount = rupees(found[1].replace(",", "")) if found else None
    return amount if amount is not None and amount >= _SMALLEST_SUM else None


def claim_amount(turn: Turn) -> Outcome:
    """Take the amount that was asked for."""
    amount = _sum_in(turn.text)
    if amount is None:
        raise AssertionError("matched without a sum")
    return _claim(turn, {**turn.slots[CLAIM], "amount_minor": amount.minor})


def answers_neither(turn: Turn) -> bool:
    """A bare yes or no where an amount or a reference was asked for."""
    return (
        bool(turn.slots.get(CLAIM))
        and turn.short is not None
        and turn.short.kind in (ShortKind.YES, ShortKind.NO)
    )


def ask_claim_again(turn: Turn) -> Outcome:
    """A no leaves the payment; after a yes, ask once more for what is missing."""
    if turn.short is not None and turn.short.kind is ShortKind.NO:
        return not_paid(turn)
    return _claim(turn, dict(turn.slots[CLAIM]))


def claim(turn: Turn) -> Outcome:
    """Record a payment claim. Asks for a missing amount, method or reference, one at a time.

    "Not paid yet", "shall I pay?" and "he said he paid" claim nothing: ask whether it was paid, with a button.
    """
    waiting = dict(turn.slots.get(CLAIM) or {})
    act = turn.act
    if act is None or act.kind is not ActKind.PAY:
        return _claim(turn, {**waiting, "reference": "".join(turn.text.split())})
    act, payee = _with_payee(turn, act)
    if act.mood is Mood.DENIED:
        return taken_back.ask_of_denied(turn, act) or not_paid(turn)
    said = {**_facts(act), **payee}
    if not act.moves:
        return _ask_whether_paid(turn, said)
    if waiting.get("asked_at") == turn.now.isoformat():
        # Another payment of the same message is asked about.
        return Outcome(say=Say("anywhere/later", {"said": [act.text], "more": 0}), is_aside=True)
    is_another = (
        "amount_minor" in said and waiting.get("amount_minor", said["amount_minor"]) != said["amount_minor"]
    )
    return _claim(turn, said if is_another else {**waiting, **said})


def _with_payee(turn: Turn, act: Act) -> tuple[Act, dict[str, Any]]:
    """The payment without the words that name whom it went to, and the fact who that is.

    What is left over in an act makes it uncertain; a name that is known leaves nothing over.
    """
    payee = find_payee(act.left, _names_of_vendors(turn)) if act.left else None
    if payee is None:
        return act, {}
    read = read_acts(without_words(act.text, act.left), role=turn.role)
    return (read[0], {"payee": payee}) if len(read) == 1 and read[0].kind is act.kind else (act, {})


def _names_of_vendors(turn: Turn) -> dict[VendorId, list[str]]:
    """The names by which this shop may call a wholesaler that has delivered to it: the business and its people."""
    billed = [VendorId(one) for one in credit.vendors_who_billed(turn.session, turn.retailer_id)]
    vendors = parties.vendors_by_ids(turn.session, billed)
    return {
        vendor_id: [vendor.business_name, *parties.names_of_people(turn.session, vendor_id)]
        for vendor_id, vendor in vendors.items()
    }


def names_payee(turn: Turn) -> bool:
    """Only the name of a wholesaler, and words such as "hoina … lai ho", soon after a payment was told."""
    is_unread = any(act.left or act.is_guess for act in turn.acts)
    if not is_unread or len(turn.text.split()) > _LONGEST_PAYEE or "?" in turn.text:
        return False
    return _newest_told(turn) is not None and _payee_said(turn) is not None


def _payee_said(turn: Turn) -> VendorId | None:
    names = _names_of_vendors(turn)
    said = words_of_names(turn.text, names)
    payee = find_payee(said, names)
    rest = without_words(turn.text, said) if payee else ""
    return payee if all(_says_nothing_else(act) for act in read_acts(rest, role=turn.role)) else None


def _says_nothing_else(act: Act) -> bool:
    if act.kind is ActKind.PAY:
        return act.amount is None and act.reference is None and not act.left and not act.is_denied
    return act.kind in (ActKind.YES, ActKind.NO) or (act.kind is ActKind.UNREAD and not act.left)


def _newest_told(turn: Turn) -> PaymentClaim | None:
    opened = credit.open_claims_of_retailer(turn.session, turn.retailer_id)
    told = [one for one in opened if turn.now - one.claimed_at <= _SOON]
    return max(told, key=lambda one: one.id, default=None)


def claim_of_payee(turn: Turn) -> Outcome:
    """Put right whom the newest payment went to; that wholesaler is asked, and the one before is told."""
    newest, payee = _newest_told(turn), _payee_said(turn)
    if newest is None or payee is None:
        raise AssertionError("matched without a payment or a payee")
    said = {
        "amount_minor": newest.amount_minor,
        "method": newest.method.value,
        "reference": newest.reference,
        "payee": payee,
    }
    return _claim(turn, said, corrects=newest.id)


def says_paid_in_full_words(turn: Turn) -> bool:
    """A payment of which nothing has to be asked."""
    return turn.act is not None and _is_whole(turn.act)


def _is_whole(act: Act) -> bool:
    if act.kind is not ActKind.PAY or not act.moves or act.amount is None or act.method not in _METHODS:
        return False
    return act.method == "cash" or act.reference is not None


def claim_each(turn: Turn) -> Outcome:
    """Record every payment of the text that is told in full; one that is told in part is asked about by itself."""
    facts = [_facts(act) for act in turn.acts if _is_whole(act)]
    if len(facts) == 1:
        return _claim(turn, facts[0])
    rows = [_claimed_row(turn, said) for said in facts]
    standing = credit.standing(turn.session, turn.retailer_id, now=turn.now)
    view = {"rows": rows, "owed": standing.owed if turn.party.sees_debt else None}
    return Outcome(goto=State.SHOP, say=Say("account/claimed_several", view), slots={CLAIM: None})


def _claimed_row(turn: Turn, said: dict[str, Any]) -> dict[str, Any]:
    """One payment of several, with what became of it: noted, or its reference is used already."""
    row = {
        "amount": Money(said["amount_minor"]),
        "method": _METHODS[said["method"]].value,
        "reference": clean_reference(said.get("reference")),
        "asked": None,
        "is_taken": True,
    }
    try:
        noted = _note_claim(turn, said)
    except ReferenceTaken:
        # Refused before anything was written.
        return row
    return {**row, "asked": _payee_name(turn, noted), "is_taken": noted.status is ClaimStatus.CONTESTED}


def _ask_whether_paid(turn: Turn, said: dict[str, Any]) -> Outcome:
    if not said.get("amount_minor"):
        return Outcome(goto=State.SHOP, say=Say("account/claim_amount"))
    amount = Money(said["amount_minor"])
    return Outcome(
        goto=State.SHOP,
        say=Say("account/paid_asked", {"amount": amount}),
        ask=Ask(
            kind=PAID,
            subject_id=turn.conversation_id,
            facts={"said": said, "about": {"amount_minor": amount.minor}},
        ),
    )


def answer_paid(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Record the claim after all, or not."""
    outcome = _claim(turn, dict(prompt.facts["said"])) if choice == "yes" else not_paid(turn)
    return replace(outcome, closes=[*outcome.closes, prompt])


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
    waiting = turn.slots.get(CLAIM)
    if act is not None and waiting:
        return _claim(turn, {**waiting, **_facts(act)})
    opened = credit.open_claims_of_retailer(turn.session, turn.retailer_id)
    if act is None or not opened:
        return tell_balance(turn) if turn.party.sees_debt else not_paid(turn)
    denied = [one for one in opened if act.corrected and one.amount_minor == act.corrected.minor]
    newest = max(denied or opened, key=lambda one: one.id)
    said = {
        "amount_minor": newest.amount_minor,
        "method": newest.method.value,
        "reference": None if act.method == "cash" else newest.reference,
        **_facts(act),
    }
    if not act.moves or (act.corrected and not denied):
        return _ask_whether_paid(turn, said)
    return _claim(turn, said, corrects=newest.id)


def answer_method(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Take the payment method; a no leaves the payment."""
    if choice == _NONE:
        return replace(not_paid(turn), closes=[prompt])
    outcome = _claim(turn, {**(turn.slots.get(CLAIM) or {}), "method": choice})
    return replace(outcome, closes=[*outcome.closes, prompt])


def stale_method(turn: Turn, _prompt: Prompt, _choice: str) -> Outcome:
    return tell_balance(turn) if turn.party.sees_debt else not_paid(turn)


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
    asked = [prompt for prompt in turn.prompts if prompt.kind == METHOD]
    outcome = _claim(turn, {**(turn.slots.get(CLAIM) or {}), "method": "cash", "reference": None})
    return replace(outcome, closes=[*outcome.closes, *asked])


def _claim(turn: Turn, said: dict[str, Any], *, corrects: int | None = None) -> Outcome:
    kept = {CLAIM: {**said, "asked_at": turn.now.isoformat()}}
    if not said.get("amount_minor"):
        return Outcome(goto=State.SHOP, say=Say("account/claim_amount"), slots=kept)
    amount = Money(said["amount_minor"])
    if said.get("method") not in _METHODS:
        return Outcome(
            goto=State.SHOP,
            say=Say("account/claim_method", {"amount": amount}),
            ask=Ask(
                kind=METHOD,
                subject_id=turn.conversation_id,
                facts={"about": {"amount_minor": amount.minor}},
            ),
            slots=kept,
        )
    method = _METHODS[said["method"]]
    if method is not PaymentMethod.CASH and not said.get("reference"):
        return Outcome(
            goto=State.SHOP,
            say=Say("account/claim_reference", {"amount": amount, "method": method.value}),
            slots=kept,
        )
    noted = _note_claim(turn, said, corrects=corrects)
    view = {"amount": amount, "method": method.value, "reference": noted.reference}
    if noted.status is ClaimStatus.CONTESTED:
        return Outcome(goto=State.SHOP, say=Say("account/claim_contested", view), slots={CLAIM: None})
    standing = credit.standing(turn.session, turn.retailer_id, now=turn.now)
    view |= {"owed": standing.owed if turn.party.sees_debt else None, "asked": _payee_name(turn, noted)}
    return Outcome(goto=State.SHOP, say=Say("account/claimed", view), slots={CLAIM: None})


def _note_claim(turn: Turn, said: dict[str, Any], *, corrects: int | None = None) -> PaymentClaim:
    return claims.claim_payment(
        turn.session,
        retailer_id=turn.retailer_id,
        method=_METHODS[said["method"]],
        reference=clean_reference(said.get("reference")),
        amount=Money(said["amount_minor"]),
        payee=said.get("payee"),
        corrects=corrects,
        actor=turn.actor,
        now=turn.now,
    )


def _payee_name(turn: Turn, noted: PaymentClaim) -> str | None:
    """The wholesaler who is asked to confirm; None for our own people."""
    if noted.vendor_id is None:
        return None
    return parties.get_vendor(turn.session, VendorId(noted.vendor_id)).business_name


def _facts(act: Act) -> dict[str, Any]:
    said = {
        "amount_minor": act.amount.minor if act.amount is not None else None,
        "method": act.method,
        "reference": act.reference,
    }
    return {key: value for key, value in said.items() if value}


# Before a word about cash is taken for the terms of a basket, and a sum for an order's number.
FIRST_STEPS: tuple[Step, ...] = (
    Step(name="payee_named", matches=names_payee, handler=claim_of_payee),
    Step(name="paid_amount", matches=says_amount, handler=claim_amount),
    Step(name="paid_neither", matches=answers_neither, handler=ask_claim_again),
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
    PromptKind(name=METHOD, answer=answer_method, stale=stale_method, no=_NONE),
    *taken_back.PROMPT_KINDS,
    PromptKind(name=PAID, answer=answer_paid, stale=stale_method, yes="yes", no="no"),
)
