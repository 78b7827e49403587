"""A vendor's other business: payment claims, closed days, settlement, scorecard and help."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from bot.dialogue.machine import Ask, Handler, Outcome, PromptKind, State, Step, Turn, always, does
from bot.dialogue.reading.days import named_day
from bot.dialogue.screens.vendor import cash
from bot.dialogue.screens.vendor.open_work import MOST_LISTED, lock_several, nothing_of_that
from bot.wording.say import Say
from core.clock import business_date
from core.credit import queries as credit
from core.credit import service as claims
from core.credit.kinds import ClaimStatus
from core.credit.models import PaymentClaim
from core.identity import reference_key
from core.intake.acts.reader import read_acts
from core.intake.acts.types import Act, ActKind, Mood
from core.messaging.models import Prompt
from core.money import Money, total
from core.parties import queries as parties
from core.parties import service as party_service
from core.refs import RetailerId
from core.settings.service import current
from core.vendors import queries as vendors
from core.vendors.policy import Counts, VendorSettings

CLAIM, CLOSE = "claim", "close_day"
_MOST_NAMED = 3


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
    """Confirm the claim, or reject it."""
    claim = credit.get_claim(turn.session, prompt.subject_id, actor=turn.actor)
    return _settle(turn, claim, is_there=choice == "yes")


def _settle(turn: Turn, claim: PaymentClaim, *, is_there: bool) -> Outcome:
    closes = [one for one in turn.prompts if one.kind == CLAIM and one.subject_id == claim.id]
    if is_there:
        claims.confirm_claim(turn.session, claim.id, actor=turn.actor, now=turn.now)
        say = Say("vendor/claim_confirmed", claim_view(turn.session, claim))
    else:
        claims.reject_claim(turn.session, claim.id, reason="not_received", actor=turn.actor, now=turn.now)
        say = Say("vendor/claim_rejected", claim_view(turn.session, claim))
    return Outcome(goto=State.VENDOR, say=say, closes=closes)


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


def answers_claim(turn: Turn) -> bool:
    return turn.act is not None and turn.act.kind in (ActKind.CONFIRM_PAYMENT, ActKind.REJECT_PAYMENT)


def settle_claim(turn: Turn) -> Outcome:
    """Confirm or reject the only open claim, or the one with the named amount or reference: "paisa aayo", "aayena"."""
    act = turn.acts[0]
    waiting = credit.open_claims_for_vendor(turn.session, turn.vendor_id)
    fitting = [claim for claim in waiting if _fits(claim, act)]
    asked = [prompt for prompt in turn.prompts if prompt.kind == cash.CASH_TAKEN]
    if len(asked) == 1 and not waiting and act.moves and act.amount is None:
        choice = cash.ALL if act.kind is ActKind.CONFIRM_PAYMENT else cash.NONE
        return cash.answer_cash(turn, asked[0], choice)
    if not fitting:
        return list_claims(turn) if waiting else nothing_of_that(turn, "claim")
    if len(fitting) > 1 or not act.moves:
        return ask_claim(turn, fitting[0])
    lock_several(turn)
    return _settle(turn, fitting[0], is_there=act.kind is ActKind.CONFIRM_PAYMENT)


def _fits(claim: PaymentClaim, act: Act) -> bool:
    """Whether the act doesn't name another amount or reference than the claim's."""
    if act.amount is not None and act.amount != Money(claim.amount_minor):
        return False
    said = reference_key(act.reference)
    return said is None or said == claim.reference_key


def list_claims(turn: Turn) -> Outcome:
    """Show the oldest claim that waits for this vendor."""
    waiting = credit.open_claims_for_vendor(turn.session, turn.vendor_id)
    return ask_claim(turn, waiting[0]) if waiting else nothing_of_that(turn, "claim")


# Open and closed


def is_closing(turn: Turn) -> bool:
    return turn.act is not None and turn.act.kind in (ActKind.CLOSED, ActKind.OPEN)


def change_day(turn: Turn) -> Outcome:
    """Close for the named day, without new offers, or open again. Promises stay promised.

    "Closed tomorrow" counts as said now. A question, a condition or a denial is asked about.
    """
    act = turn.acts[0]
    named = named_day(act.when, now=turn.now) if act.when else None
    if act.kind is ActKind.OPEN and act.moves:
        return _open(turn, named)
    day = named or business_date(turn.now)
    is_said = act.is_certain and act.mood in (Mood.DONE, Mood.NOW, Mood.FUTURE)
    if act.kind is ActKind.CLOSED and is_said:
        return _close(turn, day)
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/close_asked", {"day": day}),
        ask=Ask(kind=CLOSE, subject_id=turn.vendor_id, facts={"day": day.isoformat()}),
    )


def _close(turn: Turn, day: dt.date, *closes: Prompt) -> Outcome:
    lock_several(turn)
    closed_on = party_service.close_vendor_for_day(
        turn.session, turn.vendor_id, day=day, actor=turn.actor, now=turn.now
    )
    return Outcome(goto=State.VENDOR, say=Say("vendor/closed", {"day": closed_on}), closes=closes)


def _open(turn: Turn, day: dt.date | None, *closes: Prompt) -> Outcome:
    lock_several(turn)
    party_service.open_vendor_again(turn.session, turn.vendor_id, day=day, actor=turn.actor, now=turn.now)
    return Outcome(goto=State.VENDOR, say=Say("vendor/opened"), closes=closes)


def answer_close(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Close on that day, or stay open."""
    day = dt.date.fromisoformat(prompt.facts["day"])
    return _close(turn, day, prompt) if choice == "yes" else _open(turn, day, prompt)


def stale_close(turn: Turn, _prompt: Prompt, _choice: str) -> Outcome:
    return tell_help(turn)


def keep_hours(_turn: Turn) -> Outcome:
    """Put the message on the admins' list: they keep the opening hours."""
    return Outcome(goto=State.VENDOR, say=Say("vendor/hours_kept"), needs_person="hours")


# Money


def tell_settlement(turn: Turn) -> Outcome:
    """Show what we owe this vendor this month: delivered, commission, returned, received."""
    today = business_date(turn.now)
    settled = credit.settlement(turn.session, turn.vendor_id, start=today.replace(day=1), end=today)
    return Outcome(goto=State.VENDOR, say=Say("vendor/settlement", {"settlement": settled, "today": today}))


def tell_who_owes(turn: Turn) -> Outcome:
    """Show the shops with open bills for this vendor's goods, the largest first."""
    owing = credit.owed_for_vendor(turn.session, turn.vendor_id)
    shops = [
        {"shop_name": parties.get_retailer(turn.session, RetailerId(row.retailer_id)).shop_name, "row": row}
        for row in owing[:MOST_LISTED]
    ]
    view = {
        "shops": shops,
        "more": max(len(owing) - MOST_LISTED, 0),
        "total": total(row.owed for row in owing),
    }
    return Outcome(goto=State.VENDOR, say=Say("vendor/who_owes", view))


def tell_scorecard(turn: Turn) -> Outcome:
    """Show this vendor's reliability, and the counts behind it."""
    settings = current(turn.session, VendorSettings).values
    known = vendors.histories(turn.session, [turn.vendor_id], now=turn.now, settings=settings)
    counts = known[turn.vendor_id].counts if turn.vendor_id in known else Counts()
    score = vendors.reliability(turn.session, [turn.vendor_id], now=turn.now).get(turn.vendor_id)
    return Outcome(goto=State.VENDOR, say=Say("vendor/scorecard", {"counts": counts, "score": score}))


# Everything else


def tell_help(turn: Turn) -> Outcome:
    """Say what the vendor can do here."""
    return Outcome(goto=State.VENDOR, say=Say("vendor/help", {"name": turn.party.name}))


def tell_number(turn: Turn) -> Outcome:
    """A number that answers no prompt and names no order of this vendor: show what waits."""
    act = turn.acts[0]
    return nothing_of_that(turn, "offer", act.orders)


def not_understood(turn: Turn) -> Outcome:
    """Repeat briefly what wasn't understood; if nothing was, also say what works."""
    said = [act.text for act in turn.acts] or ([turn.text] if turn.text.strip() else [])
    view = {"said": said[:_MOST_NAMED], "more": max(len(said) - _MOST_NAMED, 0)}
    if len(turn.acts) < len(read_acts(turn.text, role=turn.role)):
        return Outcome(goto=State.VENDOR, say=Say("vendor/unread", view), is_aside=True)
    return Outcome(goto=State.VENDOR, say=Say("vendor/not_understood", view))


def _step(name: str, handler: Handler, *kinds: ActKind) -> Step:
    return Step(name=name, matches=does(*kinds), handler=handler, takes=frozenset(kinds))


STEPS: tuple[Step, ...] = (
    Step(name="closed_day", matches=is_closing, handler=change_day, takes=frozenset()),
    _step("hours", keep_hours, ActKind.HOURS),
    Step(name="claim", matches=answers_claim, handler=settle_claim, takes=frozenset()),
    _step("claims", list_claims, ActKind.CLAIMS),
    _step("scorecard", tell_scorecard, ActKind.SCORECARD),
    _step("who_owes", tell_who_owes, ActKind.WHO_OWES),
    _step("settlement", tell_settlement, ActKind.SETTLEMENT, ActKind.BALANCE, ActKind.STATEMENT),
)
LAST_STEPS: tuple[Step, ...] = (
    Step(name="number", matches=does(ActKind.CHOICE, ActKind.CODE), handler=tell_number, takes=frozenset()),
    _step("greeting", tell_help, ActKind.GREETING, ActKind.CHAT, ActKind.HELP),
    Step(
        name="not_understood",
        matches=always,
        handler=not_understood,
        takes=frozenset({ActKind.UNREAD, ActKind.ORDER, ActKind.EDIT, ActKind.PLACE, ActKind.ASK_STOCK}),
    ),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=CLAIM, answer=answer_claim, stale=stale_claim, yes="yes", no="no"),
    PromptKind(name=CLOSE, answer=answer_close, stale=stale_close, yes="yes", no="no"),
)
