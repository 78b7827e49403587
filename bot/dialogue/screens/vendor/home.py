"""A vendor's other business: claims to confirm, a closed day, what it is owed, and what can be done here."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.dialogue.machine import Ask, InputKind, Outcome, PromptKind, State, Step, Turn, always
from bot.dialogue.reading.words import is_said
from bot.wording.say import Say
from core.clock import business_date
from core.credit import queries as credit
from core.credit import service as claims
from core.credit.kinds import ClaimStatus
from core.credit.models import PaymentClaim
from core.intake.reading import Intent
from core.messaging.models import Prompt
from core.money import Money
from core.parties import queries as parties
from core.parties import service as party_service
from core.refs import RetailerId
from core.settings.service import current
from core.vendors import queries as vendors
from core.vendors.policy import Counts, VendorSettings

CLAIM = "claim"


# Claims


def claim_view(session: Session, claim: PaymentClaim) -> dict[str, object]:
    shop = parties.get_retailer(session, RetailerId(claim.retailer_id))
    return {
        "shop_name": shop.shop_name,
        "amount": Money(claim.amount_minor),
        "method": claim.method.value,
        "reference": claim.reference,
    }


def answer_claim(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """The money came, or it did not."""
    claim = credit.get_claim(turn.session, prompt.subject_id, actor=turn.actor)
    if choice == "yes":
        claims.confirm_claim(turn.session, claim.id, actor=turn.actor, now=turn.now)
        return Outcome(
            goto=State.VENDOR,
            say=Say("vendor/claim_confirmed", claim_view(turn.session, claim)),
            closes=[prompt],
        )
    claims.reject_claim(turn.session, claim.id, reason="not_received", actor=turn.actor, now=turn.now)
    return Outcome(
        goto=State.VENDOR, say=Say("vendor/claim_rejected", claim_view(turn.session, claim)), closes=[prompt]
    )


def stale_claim(turn: Turn, prompt: Prompt, _choice: str) -> Outcome:
    claim = credit.get_claim(turn.session, prompt.subject_id, actor=turn.actor)
    if claim.status is ClaimStatus.OPEN:
        return ask_claim(turn, claim)
    view = {**claim_view(turn.session, claim), "status": claim.status.value}
    return Outcome(goto=State.VENDOR, say=Say("vendor/claim_closed", view))


def ask_claim(turn: Turn, claim: PaymentClaim) -> Outcome:
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/claim", claim_view(turn.session, claim)),
        ask=Ask(kind=CLAIM, subject_id=claim.id, facts={"about": {"amount_minor": claim.amount_minor}}),
    )


def asks_claims(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and is_said(turn.text, "claims")


def list_claims(turn: Turn) -> Outcome:
    """The oldest claim that waits for this vendor's word."""
    waiting = credit.open_claims_for_vendor(turn.session, turn.vendor_id)
    return ask_claim(turn, waiting[0]) if waiting else Outcome(goto=State.VENDOR, say=Say("vendor/no_claims"))


# A closed day


def closes_today(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and is_said(turn.text, "closed")


def close_today(turn: Turn) -> Outcome:
    """No new offers until tomorrow; what is promised stays promised."""
    day = party_service.close_vendor_for_day(turn.session, turn.vendor_id, actor=turn.actor, now=turn.now)
    return Outcome(goto=State.VENDOR, say=Say("vendor/closed", {"day": day}))


# Money


def asks_settlement(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and (
        is_said(turn.text, "statement") or turn.reading.intent is Intent.BALANCE
    )


def tell_settlement(turn: Turn) -> Outcome:
    """Delivered, commission taken, returned, received: what is owed to this vendor this month."""
    today = business_date(turn.now)
    settled = credit.settlement(turn.session, turn.vendor_id, start=today.replace(day=1), end=today)
    return Outcome(goto=State.VENDOR, say=Say("vendor/settlement", {"settlement": settled, "today": today}))


def asks_scorecard(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and is_said(turn.text, "scorecard")


def tell_scorecard(turn: Turn) -> Outcome:
    """How reliable this vendor looks to us, and from what that is counted."""
    settings = current(turn.session, VendorSettings).values
    known = vendors.histories(turn.session, [turn.vendor_id], now=turn.now, settings=settings)
    counts = known[turn.vendor_id].counts if turn.vendor_id in known else Counts()
    score = vendors.reliability(turn.session, [turn.vendor_id], now=turn.now).get(turn.vendor_id)
    return Outcome(goto=State.VENDOR, say=Say("vendor/scorecard", {"counts": counts, "score": score}))


def asks_what(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and turn.reading.intent in (Intent.GREETING, Intent.SMALLTALK)


def tell_help(turn: Turn) -> Outcome:
    """A greeting is answered with what can be done here."""
    return Outcome(goto=State.VENDOR, say=Say("vendor/help", {"name": turn.party.name}))


def not_understood(_turn: Turn) -> Outcome:
    """Named back as not understood, with what works."""
    return Outcome(goto=State.VENDOR, say=Say("vendor/not_understood"))


KEYWORD_STEPS: tuple[Step, ...] = (
    Step(name="closed_today", matches=closes_today, handler=close_today),
    Step(name="claims", matches=asks_claims, handler=list_claims),
    Step(name="scorecard", matches=asks_scorecard, handler=tell_scorecard),
)
STEPS: tuple[Step, ...] = (Step(name="settlement", matches=asks_settlement, handler=tell_settlement),)
LAST_STEPS: tuple[Step, ...] = (
    Step(name="greeting", matches=asks_what, handler=tell_help),
    Step(name="not_understood", matches=always, handler=not_understood),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=CLAIM, answer=answer_claim, stale=stale_claim, yes="yes", no="no"),
)
