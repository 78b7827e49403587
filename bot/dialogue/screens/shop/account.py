"""A shop's account: what it owes, its statement and invoices, and its payments."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from bot.dialogue.machine import CLAIM, Ask, InputKind, Outcome, PromptKind, State, Step, Turn, does
from bot.dialogue.reading.days import named_day
from bot.dialogue.reading.line_numbers import plain_digits, unit_named
from bot.dialogue.reading.words import ShortKind
from bot.dialogue.screens.shop.basket import BASKET, CLEAR_ORDER
from bot.wording.say import Say
from core.clock import business_date
from core.credit import queries as credit
from core.credit import service as claims
from core.credit.errors import ReferenceTaken
from core.credit.kinds import ClaimStatus, PaymentMethod
from core.credit.models import Invoice, PaymentClaim
from core.credit.queries import StatementLine
from core.intake.acts.types import Act, ActKind, Mood, OnTerms
from core.messaging.models import Prompt
from core.money import Money, rupees
from core.orders import queries as orders
from core.parties import queries as parties
from core.parties import service as people
from core.parties.models import Position
from core.parties.naming import clean_reference
from core.refs import ContactId, VendorId
from core.risk.service import collections
from core.risk.service.scores import judge

METHOD, PAID, SEES_DEBT = "pay_method", "paid", "sees_debt"
_NONE = "none"
STATEMENT_DAYS = 30
_MOST_LINES = 15
_MOST_INVOICES = 5
_INVOICES_READ = 200
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


_SHOWS_DEBT = (ActKind.BALANCE, ActKind.STATEMENT, ActKind.INVOICE, ActKind.PAY_HOW, ActKind.SCORECARD)


def asks_unallowed(turn: Turn) -> bool:
    return not turn.party.sees_debt and does(*_SHOWS_DEBT)(turn)


def hide_debt(turn: Turn) -> Outcome:
    """Hide the shop's debt from a helper, and ask the owner to allow it."""
    contact_id = ContactId(turn.person.contact_id)
    people.ask_to_see_debt(
        turn.session, contact_id, retailer_id=turn.retailer_id, actor=turn.actor, now=turn.now
    )
    return Outcome(goto=State.SHOP, say=Say("account/debt_hidden"))


def answer_sees_debt(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """The owner allows a helper to see what the shop owes, or not."""
    if turn.party.position is not Position.OWNER:
        return Outcome(say=Say("errors/not_allowed", {"facts": {}}))
    helper = ContactId(prompt.subject_id)
    people.let_see_debt(
        turn.session,
        helper,
        retailer_id=turn.retailer_id,
        is_allowed=choice == "yes",
        actor=turn.actor,
        now=turn.now,
    )
    view = {"helper": parties.get_contact(turn.session, helper).name, "is_allowed": choice == "yes"}
    return Outcome(goto=State.SHOP, say=Say("account/debt_decided", view), closes=[prompt])


def tell_balance(turn: Turn) -> Outcome:
    """Show what is owed, the available credit, and what is due when."""
    invoices = credit.open_invoices(turn.session, turn.retailer_id)
    shown = invoices[:_MOST_INVOICES]
    vendors = parties.vendors_by_ids(turn.session, {VendorId(invoice.vendor_id) for invoice in shown})
    view = {
        "standing": credit.standing(turn.session, turn.retailer_id, now=turn.now),
        "invoices": [
            {"invoice": invoice, "vendor_name": vendors[VendorId(invoice.vendor_id)].business_name}
            for invoice in shown
        ],
        "more": len(invoices) - len(shown),
        "today": business_date(turn.now),
    }
    return Outcome(goto=State.SHOP, say=Say("account/balance", view))


def tell_score(turn: Turn) -> Outcome:
    """Show the credit score with its reasons, and what would raise it."""
    judged = judge(turn.session, [turn.retailer_id], now=turn.now)
    view = {"credit": judged[0].credit if judged else None}
    return Outcome(goto=State.SHOP, say=Say("account/score", view))


def tell_statement(turn: Turn) -> Outcome:
    """Show the last thirty days. Lines that don't fit are part of the opening balance."""
    end = business_date(turn.now)
    statement = credit.statement(
        turn.session, turn.retailer_id, start=end - dt.timedelta(days=STATEMENT_DAYS), end=end
    )
    lines = statement.lines[-_MOST_LINES:]
    earlier = statement.lines[: -len(lines)] if lines else ()
    opening = earlier[-1].balance if earlier else statement.opening
    return Outcome(
        goto=State.SHOP,
        say=Say(
            "account/statement",
            {"statement": statement, "opening": opening, "lines": _with_vendors(turn, lines)},
        ),
    )


def _with_vendors(turn: Turn, lines: Sequence[StatementLine]) -> list[dict[str, Any]]:
    """Each line with its invoice's number and vendor, if any. Invoice numbers are per vendor."""
    invoice_ids = {line.facts["invoice_id"] for line in lines if "invoice_id" in line.facts}
    vendor_of = credit.vendors_of_invoices(turn.session, invoice_ids)
    vendors = parties.vendors_by_ids(turn.session, {VendorId(vendor_id) for vendor_id in vendor_of.values()})
    rows = []
    for line in lines:
        vendor_id = vendor_of.get(line.facts.get("invoice_id", 0))
        vendor = None if vendor_id is None else vendors[VendorId(vendor_id)].business_name
        rows.append({"line": line, "number": line.facts.get("invoice"), "vendor_name": vendor})
    return rows


def tell_invoices(turn: Turn) -> Outcome:
    """Show the invoices that were named by number or order; without a number, the balance with open invoices."""
    numbers = {number for act in turn.acts for number in act.invoices}
    order_numbers = {int(number) for act in turn.acts for number in act.orders}
    if not numbers and not order_numbers:
        return tell_balance(turn)
    order_ids = _order_ids(turn, order_numbers)
    found = [
        invoice
        for invoice in credit.list_invoices(turn.session, retailer_id=turn.retailer_id, limit=_INVOICES_READ)
        if invoice.number in numbers or invoice.order_id in order_ids
    ][:_MOST_INVOICES]
    if not found:
        return Outcome(goto=State.SHOP, say=Say("errors/not_found", {"facts": {}}))
    return Outcome(goto=State.SHOP, say=Say("account/invoices", {"invoices": _invoice_rows(turn, found)}))


def _order_ids(turn: Turn, numbers: Collection[int]) -> list[int]:
    found = [
        orders.find_by_short_code(turn.session, number, retailer_id=turn.retailer_id) for number in numbers
    ]
    return [order.id for order in found if order]


def _invoice_rows(turn: Turn, invoices: Sequence[Invoice]) -> list[dict[str, Any]]:
    vendors = parties.vendors_by_ids(turn.session, {VendorId(invoice.vendor_id) for invoice in invoices})
    owed = credit.outstanding(turn.session, [invoice.id for invoice in invoices])
    return [
        {
            "number": invoice.number,
            "vendor_name": vendors[VendorId(invoice.vendor_id)].business_name,
            "total": Money(invoice.total_minor),
            "vat": Money(invoice.vat_minor),
            "issued_at": invoice.issued_at,
            "due_on": invoice.due_on,
            "owed": owed.get(invoice.id, Money(0)),
        }
        for invoice in invoices
    ]


def tell_where_to_pay(turn: Turn) -> Outcome:
    """Say whom to pay first, by the oldest invoice, and how to report the payment."""
    invoices = credit.open_invoices(turn.session, turn.retailer_id)[:1]
    vendors = parties.vendors_by_ids(turn.session, {VendorId(invoice.vendor_id) for invoice in invoices})
    view = {
        "invoice": invoices[0] if invoices else None,
        "vendor_name": vendors[VendorId(invoices[0].vendor_id)].business_name if invoices else None,
    }
    return Outcome(goto=State.SHOP, say=Say("account/pay_how", view))


# What was paid


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
        return _not_paid(turn)
    return _claim(turn, dict(turn.slots[CLAIM]))


def claim(turn: Turn) -> Outcome:
    """Record a payment claim. Asks for a missing amount, method or reference, one at a time.

    "Not paid yet", "shall I pay?" and "he said he paid" claim nothing: ask whether it was paid, with a button.
    """
    waiting = dict(turn.slots.get(CLAIM) or {})
    act = turn.act
    if act is None or act.kind is not ActKind.PAY:
        return _claim(turn, {**waiting, "reference": "".join(turn.text.split())})
    if act.mood is Mood.DENIED:
        return _not_paid(turn)
    said = _facts(act)
    if not act.moves:
        return _ask_whether_paid(turn, said)
    if waiting.get("asked_at") == turn.now.isoformat():
        # Another payment of the same message is asked about.
        return Outcome(say=Say("anywhere/later", {"said": [act.text], "more": 0}), is_aside=True)
    is_another = (
        "amount_minor" in said and waiting.get("amount_minor", said["amount_minor"]) != said["amount_minor"]
    )
    return _claim(turn, said if is_another else {**waiting, **said})


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


def _not_paid(turn: Turn) -> Outcome:
    standing = credit.standing(turn.session, turn.retailer_id, now=turn.now)
    view = {"owed": standing.owed if turn.party.sees_debt else None}
    return Outcome(goto=State.SHOP, say=Say("account/not_paid", view), slots={CLAIM: None})


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
    outcome = _claim(turn, dict(prompt.facts["said"])) if choice == "yes" else _not_paid(turn)
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
        return tell_balance(turn) if turn.party.sees_debt else _not_paid(turn)
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
        return replace(_not_paid(turn), closes=[prompt])
    outcome = _claim(turn, {**(turn.slots.get(CLAIM) or {}), "method": choice})
    return replace(outcome, closes=[*outcome.closes, prompt])


def stale_method(turn: Turn, _prompt: Prompt, _choice: str) -> Outcome:
    return tell_balance(turn) if turn.party.sees_debt else _not_paid(turn)


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
    Step(name="debt_hidden", matches=asks_unallowed, handler=hide_debt, takes=frozenset(_SHOWS_DEBT)),
    Step(name="payments", matches=says_paid_in_full_words, handler=claim_each, takes=_is_whole),
    Step(name="payment", matches=says_paid, handler=claim, takes=frozenset()),
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
    Step(
        name="where_to_pay",
        matches=does(ActKind.PAY_HOW),
        handler=tell_where_to_pay,
        takes=frozenset({ActKind.PAY_HOW}),
    ),
    Step(
        name="statement",
        matches=does(ActKind.STATEMENT),
        handler=tell_statement,
        takes=frozenset({ActKind.STATEMENT}),
    ),
    Step(
        name="invoices",
        matches=does(ActKind.INVOICE),
        handler=tell_invoices,
        takes=frozenset({ActKind.INVOICE}),
    ),
    Step(
        name="score",
        matches=does(ActKind.SCORECARD),
        handler=tell_score,
        takes=frozenset({ActKind.SCORECARD}),
    ),
    Step(
        name="balance",
        matches=does(ActKind.BALANCE),
        handler=tell_balance,
        takes=frozenset({ActKind.BALANCE}),
    ),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=METHOD, answer=answer_method, stale=stale_method, no=_NONE),
    PromptKind(
        name=SEES_DEBT,
        answer=answer_sees_debt,
        stale=answer_sees_debt,
        yes="yes",
        no="no",
        settles_itself=True,
    ),
    PromptKind(name=PAID, answer=answer_paid, stale=stale_method, yes="yes", no="no"),
)
