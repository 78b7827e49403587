"""What becomes of a payment that a shop tells of: it is noted as a claim, or asked about until it can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.dialogue.machine import Ask, Outcome, State, Turn
from bot.dialogue.screens.shop import begun
from bot.dialogue.screens.shop.begun import METHOD, METHODS, PAID, Said
from bot.wording.say import Say
from core.credit import queries as credit
from core.credit import service as claims
from core.credit.errors import ReferenceTaken
from core.credit.kinds import ClaimStatus, PaymentMethod
from core.credit.models import PaymentClaim
from core.intake.acts.types import Act
from core.money import Money
from core.parties import queries as parties
from core.parties.naming import clean_reference
from core.refs import VendorId


def go_on(turn: Turn, said: Said, *, rest: Sequence[Said]) -> Outcome:
    """Ask for what a payment lacks, or note it."""
    said = {"said_at": turn.now.isoformat(), **said}
    return (
        _ask_whether_paid(turn, said, rest=rest)
        if begun.lacks(said) == "paid"
        else note_or_ask(turn, said, rest=rest)
    )


def _ask_whether_paid(turn: Turn, said: Said, *, rest: Sequence[Said]) -> Outcome:
    if not said.get("amount_minor"):
        return note_or_ask(turn, said, rest=rest)
    amount = Money(said["amount_minor"])
    asked = {**said, "is_doubted": True, "asked_at": turn.now.isoformat()}
    return Outcome(
        goto=State.SHOP,
        say=Say("account/paid_asked", {"amount": amount, "begun": begun.named(rest)}),
        ask=Ask(kind=PAID, subject_id=turn.conversation_id, facts={"about": {"amount_minor": amount.minor}}),
        slots=begun.slots(rest, asked),
        closes=begun.prompts(turn),
    )


def note_or_ask(turn: Turn, said: Said, *, rest: Sequence[Said], corrects: int | None = None) -> Outcome:
    """Note the payment, or ask for what is missing; the *rest* of those that were begun waits and is named."""
    waiting = {"begun": begun.named(rest)}
    kept = begun.slots(rest, {"said_at": turn.now.isoformat(), **said, "asked_at": turn.now.isoformat()})
    closes = begun.prompts(turn)
    if not said.get("amount_minor"):
        say = Say("account/claim_amount", waiting)
        return Outcome(goto=State.SHOP, say=say, slots=kept, closes=closes)
    amount = Money(said["amount_minor"])
    if said.get("method") not in METHODS:
        return Outcome(
            goto=State.SHOP,
            say=Say("account/claim_method", {"amount": amount, **waiting}),
            ask=Ask(
                kind=METHOD,
                subject_id=turn.conversation_id,
                facts={"about": {"amount_minor": amount.minor}},
            ),
            slots=kept,
            closes=closes,
        )
    method = METHODS[said["method"]]
    if method is not PaymentMethod.CASH and not said.get("reference"):
        return Outcome(
            goto=State.SHOP,
            say=Say("account/claim_reference", {"amount": amount, "method": method.value, **waiting}),
            slots=kept,
            closes=closes,
        )
    noted = _note(turn, said, corrects=corrects)
    done = begun.slots_of_next(turn, rest)
    view = {"amount": amount, "method": method.value, "reference": noted.reference, **waiting}
    if noted.status is ClaimStatus.CONTESTED:
        return Outcome(goto=State.SHOP, say=Say("account/claim_contested", view), slots=done, closes=closes)
    standing = credit.standing(turn.session, turn.retailer_id, now=turn.now)
    view |= {
        "owed": standing.owed if turn.party.sees_debt else None,
        "asked": _vendor_name(turn, noted.vendor_id),
        "named": _vendor_name(turn, noted.named_vendor_id),
    }
    return Outcome(goto=State.SHOP, say=Say("account/claimed", view), slots=done, closes=closes)


def _note(turn: Turn, said: Said, *, corrects: int | None = None) -> PaymentClaim:
    return claims.claim_payment(
        turn.session,
        retailer_id=turn.retailer_id,
        method=METHODS[said["method"]],
        reference=clean_reference(said.get("reference")),
        amount=Money(said["amount_minor"]),
        payee=said.get("payee"),
        corrects=corrects,
        actor=turn.actor,
        now=turn.now,
    )


def _vendor_name(turn: Turn, vendor_id: int | None) -> str | None:
    """A wholesaler's name; None for our own people."""
    return None if vendor_id is None else parties.get_vendor(turn.session, VendorId(vendor_id)).business_name


def facts_of(act: Act) -> dict[str, Any]:
    said = {
        "amount_minor": act.amount.minor if act.amount is not None else None,
        "method": act.method,
        "reference": act.reference,
    }
    return {key: value for key, value in said.items() if value}


def claimed_row(turn: Turn, said: Said) -> dict[str, Any]:
    """One payment of several, with what became of it: noted, or its reference is used already."""
    row = {
        "amount": Money(said["amount_minor"]),
        "method": METHODS[said["method"]].value,
        "reference": clean_reference(said.get("reference")),
        "asked": None,
        "is_taken": True,
    }
    try:
        noted = _note(turn, said)
    except ReferenceTaken:
        # Refused before anything was written.
        return row
    return {
        **row,
        "asked": _vendor_name(turn, noted.vendor_id),
        "is_taken": noted.status is ClaimStatus.CONTESTED,
    }
