"""A payment that a shop told of and takes back, before the wholesaler has answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.dialogue.machine import Ask, Outcome, PromptKind, State, Turn
from bot.dialogue.screens.shop import begun
from bot.dialogue.screens.shop.begun import Said
from bot.wording.say import Say
from core.credit import queries as credit
from core.credit import service as claims
from core.credit.errors import ClaimAnswered
from core.credit.models import PaymentClaim
from core.identity import reference_key
from core.intake.acts.types import Act
from core.messaging.models import Prompt
from core.money import Money
from core.parties import queries as parties
from core.refs import VendorId

TAKE_BACK = "take_back"
_MOST_CLAIMS = 9
_NO = "no"


def not_paid(turn: Turn, left: Said | None) -> Outcome:
    """Say that no payment is noted, what is owed, and what else was begun. *left* is asked about no more."""
    standing = credit.standing(turn.session, turn.retailer_id, now=turn.now)
    rest = begun.without(turn, left)
    view = {"owed": standing.owed if turn.party.sees_debt else None, "begun": begun.named(rest)}
    return Outcome(
        goto=State.SHOP,
        say=Say("account/not_paid", view),
        slots=begun.slots_of_next(turn, rest),
        closes=begun.prompts(turn),
    )


def take_back(turn: Turn) -> Outcome:
    """Withdraw the open claim that is meant. Asks when it was no command, or when several may be meant."""
    act = turn.act
    found = _meant(turn, act)
    if act is not None and act.moves and (spoken_of := _begun_meant(turn, act, found)) is not None:
        return not_paid(turn, spoken_of)
    if act is None or not found:
        return not_paid(turn, begun.asked_last(turn) if act is not None and act.amount is None else None)
    if act.is_denied:
        # "Payment cancel nagarnus".
        return Outcome(goto=State.SHOP, say=Say("account/claims_kept", {"claims": _rows(turn, found)}))
    if len(found) == 1 and act.moves:
        return _withdraw(turn, found[0])
    return _ask_which(turn, found)


def _begun_meant(turn: Turn, act: Act, found: Sequence[PaymentClaim]) -> Said | None:
    """The payment that was only begun, if it is of that sum and way and was spoken of after all that is noted."""
    asked = begun.of_sum(turn, act.amount) if act.amount is not None else begun.asked_last(turn)
    if asked is None or act.reference is not None or act.method not in (None, asked.get("method")):
        return None
    last_noted = max((one.claimed_at for one in found), default=None)
    return asked if last_noted is None or last_noted <= begun.spoken_of_at(asked) else None


def deny(turn: Turn, act: Act) -> Outcome:
    """Leave the payment that was begun and is denied, or ask whether the open claim of that sum is taken back."""
    left = begun.of_sum(turn, act.amount) if act.amount is not None else begun.asked_last(turn)
    found = _meant(turn, act) if left is None else []
    return _ask_which(turn, found) if found else not_paid(turn, left)


def ask_about(turn: Turn, claim: PaymentClaim) -> Outcome:
    """Ask whether this open claim is taken back."""
    return _ask_which(turn, [claim])


def tell_booked(turn: Turn, claim: PaymentClaim) -> Outcome:
    """A payment that is booked is put right by a person."""
    return Outcome(
        goto=State.SHOP,
        say=Say("account/payment_disputed", _rows(turn, [claim])[0]),
        needs_person="claim_disputed",
    )


def ask_whether(turn: Turn) -> Outcome:
    """Ask whether an open claim is taken back, or which."""
    return _ask_which(turn, _meant(turn, None)[-_MOST_CLAIMS:])


def _meant(turn: Turn, act: Act | None) -> list[PaymentClaim]:
    """The open claims that fit what was said of sum, way and number; what wasn't said fits all."""
    opened = credit.open_claims_of_retailer(turn.session, turn.retailer_id)
    if act is None:
        return opened
    return [
        one
        for one in opened
        if (act.amount is None or one.amount_minor == act.amount.minor)
        and (act.reference is None or one.reference_key == reference_key(act.reference))
        and (act.method is None or one.method.value == act.method)
    ][-_MOST_CLAIMS:]


def _ask_which(turn: Turn, found: Sequence[PaymentClaim]) -> Outcome:
    newest = found[-1]
    return Outcome(
        goto=State.SHOP,
        say=Say("account/take_back_asked", {"claims": _rows(turn, found)}),
        ask=Ask(
            kind=TAKE_BACK,
            subject_id=turn.conversation_id,
            facts={
                "yes": str(newest.id) if len(found) == 1 else None,
                "about": {"amount_minor": newest.amount_minor} if len(found) == 1 else {},
            },
        ),
    )


def answer_take_back(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Withdraw the claim that was chosen, or leave all as they are."""
    if choice == _NO:
        kept = _rows(turn, _meant(turn, None)[-_MOST_CLAIMS:])
        say = Say("account/claims_kept", {"claims": kept})
        return Outcome(goto=State.SHOP, say=say, closes=[prompt])
    claim = credit.get_claim(turn.session, int(choice), actor=turn.actor)
    return _withdraw(turn, claim, closes=[prompt])


def stale_take_back(turn: Turn, _prompt: Prompt, _choice: str) -> Outcome:
    return Outcome(
        goto=State.SHOP, say=Say("account/claims_kept", {"claims": _rows(turn, _meant(turn, None))})
    )


def _withdraw(turn: Turn, claim: PaymentClaim, *, closes: Sequence[Prompt] = ()) -> Outcome:
    try:
        claims.withdraw_claim(turn.session, claim.id, actor=turn.actor, now=turn.now)
    except ClaimAnswered as answered:
        view = {**_rows(turn, [claim])[0], "status": answered.facts["status"]}
        return Outcome(goto=State.SHOP, say=Say("account/claim_answered", view), closes=closes)
    standing = credit.standing(turn.session, turn.retailer_id, now=turn.now)
    view = {**_rows(turn, [claim])[0], "owed": standing.owed if turn.party.sees_debt else None}
    return Outcome(goto=State.SHOP, say=Say("account/claim_withdrawn", view), closes=closes)


def _rows(turn: Turn, found: Sequence[PaymentClaim]) -> list[dict[str, Any]]:
    asked = {VendorId(one.vendor_id) for one in found if one.vendor_id is not None}
    vendors = parties.vendors_by_ids(turn.session, asked)
    return [
        {
            "id": one.id,
            "amount": Money(one.amount_minor),
            "method": one.method.value,
            "reference": one.reference,
            "asked": vendors[VendorId(one.vendor_id)].business_name if one.vendor_id is not None else None,
        }
        for one in found
    ]


PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=TAKE_BACK, answer=answer_take_back, stale=stale_take_back, no=_NO, fades=True),
)
