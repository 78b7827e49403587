"""A payment that a shop told of and takes back, before the wholesaler has answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.dialogue.machine import CLAIM, Ask, Outcome, PromptKind, State, Turn
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


def not_paid(turn: Turn) -> Outcome:
    """Say that no payment is noted, and what is owed."""
    standing = credit.standing(turn.session, turn.retailer_id, now=turn.now)
    view = {"owed": standing.owed if turn.party.sees_debt else None}
    return Outcome(goto=State.SHOP, say=Say("account/not_paid", view), slots={CLAIM: None})


def take_back(turn: Turn) -> Outcome:
    """Withdraw the open claim that is meant. Asks when it was no command, or when several may be meant."""
    act = turn.act
    found = _meant(turn, act)
    if act is None or not found:
        return not_paid(turn)
    if act.is_denied:
        # "Payment cancel nagarnus".
        return Outcome(goto=State.SHOP, say=Say("account/claims_kept", {"claims": _rows(turn, found)}))
    if len(found) == 1 and act.moves:
        return _withdraw(turn, found[0])
    return _ask_which(turn, found)


def ask_of_denied(turn: Turn, act: Act) -> Outcome | None:
    """After "maile 5000 tireko haina" ask whether the open claim of that sum is taken back; None without one."""
    found = _meant(turn, act) if act.amount is not None or turn.slots.get(CLAIM) is None else []
    return _ask_which(turn, found) if found else None


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
        slots={CLAIM: None},
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
    return Outcome(
        goto=State.SHOP, say=Say("account/claim_withdrawn", view), closes=closes, slots={CLAIM: None}
    )


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
    PromptKind(name=TAKE_BACK, answer=answer_take_back, stale=stale_take_back, no=_NO),
)
