"""A shop asks what it owes, gets its statement, and says what it has paid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from bot.dialogue.machine import Ask, InputKind, Outcome, PromptKind, State, Step, Turn
from bot.dialogue.reading.words import is_said
from bot.wording.say import Say
from core.clock import business_date
from core.credit import queries as credit
from core.credit import service as claims
from core.credit.kinds import ClaimStatus, PaymentMethod
from core.credit.queries import StatementLine
from core.intake.reading import Intent, Slots
from core.messaging.models import Prompt
from core.money import Money
from core.parties import queries as parties
from core.refs import VendorId

METHOD = "pay_method"
STATEMENT_DAYS = 30
_MOST_LINES = 15
_MOST_INVOICES = 5
_METHODS = {
    "cash": PaymentMethod.CASH,
    "bank": PaymentMethod.BANK_TRANSFER,
    "bank_transfer": PaymentMethod.BANK_TRANSFER,
    "cheque": PaymentMethod.CHEQUE,
    "esewa": PaymentMethod.ESEWA,
    "khalti": PaymentMethod.KHALTI,
    "fonepay": PaymentMethod.FONEPAY,
}
_CLAIM = "claim"


def asks_balance(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and turn.reading.intent is Intent.BALANCE


def tell_balance(turn: Turn) -> Outcome:
    """What is owed, what may still be ordered on credit, and what is due when."""
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


def asks_statement(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and is_said(turn.text, "statement")


def tell_statement(turn: Turn) -> Outcome:
    """The last thirty days, to the paisa; older lines than fit are in the opening balance."""
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
    """Each line with its invoice's number and vendor, where it has one: numbers count per vendor."""
    invoice_ids = {line.facts["invoice_id"] for line in lines if "invoice_id" in line.facts}
    vendor_of = credit.vendors_of_invoices(turn.session, invoice_ids)
    vendors = parties.vendors_by_ids(turn.session, {VendorId(vendor_id) for vendor_id in vendor_of.values()})
    rows = []
    for line in lines:
        vendor_id = vendor_of.get(line.facts.get("invoice_id", 0))
        vendor = None if vendor_id is None else vendors[VendorId(vendor_id)].business_name
        rows.append({"line": line, "number": line.facts.get("invoice"), "vendor_name": vendor})
    return rows


def says_paid(turn: Turn) -> bool:
    """A payment message, or the reference that was asked for."""
    if turn.input.kind is not InputKind.TEXT:
        return False
    return turn.reading.intent is Intent.PAYMENT or _completes(turn)


def _completes(turn: Turn) -> bool:
    """One word with a figure in it is the reference we asked for; a whole sentence is something else."""
    waiting = turn.slots.get(_CLAIM)
    if not waiting or not waiting.get("method"):
        return False
    words = turn.text.split()
    return len(words) <= 2 and any(character.isdecimal() for character in turn.text)


def claim(turn: Turn) -> Outcome:
    """Note the claim; what is missing of amount, method and reference is asked, one thing at a time."""
    said = dict(turn.slots.get(_CLAIM) or {})
    if turn.reading.intent is Intent.PAYMENT:
        said.update(_facts(turn.reading.slots))
    elif _completes(turn):
        said["reference"] = turn.text.split()[-1]
    return _claim(turn, said)


def answer_method(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """How the money went."""
    outcome = _claim(turn, {**(turn.slots.get(_CLAIM) or {}), "method": choice})
    return Outcome(goto=outcome.goto, say=outcome.say, ask=outcome.ask, slots=outcome.slots, closes=[prompt])


def stale_method(turn: Turn, _prompt: Prompt, _choice: str) -> Outcome:
    return tell_balance(turn)


def _claim(turn: Turn, said: dict[str, Any]) -> Outcome:
    kept = {_CLAIM: said}
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
    noted = claims.claim_payment(
        turn.session,
        retailer_id=turn.retailer_id,
        method=method,
        reference=said.get("reference"),
        amount=amount,
        actor=turn.actor,
        now=turn.now,
    )
    view = {"amount": amount, "method": method.value, "reference": noted.reference}
    if noted.status is ClaimStatus.CONTESTED:
        return Outcome(goto=State.SHOP, say=Say("account/claim_contested", view), slots={_CLAIM: None})
    standing = credit.standing(turn.session, turn.retailer_id, now=turn.now)
    return Outcome(
        goto=State.SHOP, say=Say("account/claimed", {**view, "owed": standing.owed}), slots={_CLAIM: None}
    )


def _facts(slots: Slots) -> dict[str, Any]:
    said = {"amount_minor": slots.amount_minor, "method": slots.method, "reference": slots.reference}
    return {key: value for key, value in said.items() if value}


STEPS: tuple[Step, ...] = (
    Step(name="statement", matches=asks_statement, handler=tell_statement),
    Step(name="payment", matches=says_paid, handler=claim),
    Step(name="balance", matches=asks_balance, handler=tell_balance),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (PromptKind(name=METHOD, answer=answer_method, stale=stale_method),)
