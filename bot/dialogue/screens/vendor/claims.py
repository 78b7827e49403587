"""Payments that shops say they made: one is asked for by itself, several as one numbered list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from bot.dialogue.machine import Ask, InputKind, Outcome, PromptKind, State, Step, Turn, does
from bot.dialogue.reading.claim_answers import ClaimAnswers, ListedClaim, read_claim_answers
from bot.dialogue.reading.words import without
from bot.dialogue.screens.vendor import cash
from bot.dialogue.screens.vendor.open_work import nothing_of_that, own_order
from bot.wording.say import Say
from core.credit import queries as credit
from core.credit import service as claims
from core.credit.errors import ClaimAnswered, ClaimNeedsAdmin, ReferenceTaken
from core.credit.kinds import ClaimStatus, PaymentMethod
from core.credit.models import Payment, PaymentClaim
from core.identity import reference_key
from core.intake.acts.reader import read_acts
from core.intake.acts.types import Act, ActKind, CashShare, Mood
from core.messaging.models import Prompt
from core.money import Money, rupees, total
from core.orders.locking import lock_for_vendor
from core.parties import queries as parties
from core.refs import RetailerId, VendorId

CLAIM, CLAIM_SUM, CLAIMS, CLAIM_ANSWERS = "claim", "claim_sum", "claims", "claim_answers"
# As many as fit into one message; the rest is shown when these are answered.
MOST_CLAIMS = 15
# "Baki aayena" is no due payment but the rest of the list.
_OTHER_THAN_SAID = frozenset({Mood.ASKED, Mood.FUTURE, Mood.CONDITIONAL, Mood.REPORTED, Mood.WISHED})
_LEAVES_OPEN = frozenset({Mood.ASKED, Mood.FUTURE, Mood.CONDITIONAL, Mood.WISHED, Mood.DUE})
_SAID = frozenset({Mood.DONE, Mood.NOW})
# A smaller bare number may be one of a printed list.
_LEAST_BARE_SUM = rupees(100)
# Questions that a sum answers as well.
_ASKED_BESIDE = frozenset({cash.CASH_TAKEN, cash.CASH_AMOUNT, cash.CASH_PART})
_MAY_BE_CONTESTED = dt.timedelta(days=3)
# What stands beside answers to claims and isn't one, unless it reads as one.
_OTHER_BUSINESS = frozenset(
    {
        ActKind.PRICE, ActKind.STOCK, ActKind.NUMBER, ActKind.SOLD_OUT, ActKind.ACCEPT, ActKind.DECLINE, ActKind.PART, ActKind.DISPATCH,
        ActKind.DELIVER, ActKind.ASK_CODE, ActKind.CLOSED, ActKind.OPEN, ActKind.HOURS, ActKind.WITHDRAW, ActKind.RETURNED,
    }
)  # fmt: skip


def claim_view(session: Session, claim: PaymentClaim) -> dict[str, object]:
    shop = parties.get_retailer(session, RetailerId(claim.retailer_id))
    return {
        "shop_name": shop.shop_name,
        "amount": _sum_of(session, claim),
        "method": claim.method.value,
        "reference": claim.reference,
        "is_again": False,
        "instead": None,
        "words": None,
    }


def _sum_of(session: Session, claim: PaymentClaim) -> Money:
    """What was booked on it, which may be another sum than was claimed; the claimed one while nothing is."""
    if claim.payment_id is None:
        return Money(claim.amount_minor)
    return Money(session.get_one(Payment, claim.payment_id).amount_minor)


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
    return ask_claim(turn, claim) if claim.status is ClaimStatus.OPEN else _tell_closed(turn, claim)


def ask_claim(turn: Turn, claim: PaymentClaim, *, words: str | None = None) -> Outcome:
    """Ask for a claim again, and say that another sum may be written; *words* were no clear answer to it."""
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/claim", {**claim_view(turn.session, claim), "is_again": True, "words": words}),
        ask=_ask_of(claim),
    )


def _ask_of(claim: PaymentClaim) -> Ask:
    return Ask(kind=CLAIM, subject_id=claim.id, facts={"about": {"amount_minor": claim.amount_minor}})


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
    if act.amount is not None and any(own_order(turn, number) for number in act.orders):
        # "1042 aayo" with an order 1042: is it a sum, or its goods?
        return list_claims(turn)
    if len(waiting) == 1 and (received := _other_sum(act, waiting[0])) is not None:
        return _ask_other_sum(turn, waiting[0], received)
    if not fitting:
        contested = tell_answered(turn, act) if act.amount is not None or not waiting else None
        return contested or (list_claims(turn) if waiting else nothing_of_that(turn, "claim"))
    if len(fitting) > 1:
        return list_claims(turn)
    if not act.moves:
        words = act.text if act.mood in _SAID else None
        return ask_claim(turn, fitting[0], words=words)
    return _settle(turn, fitting[0], is_there=act.kind is ActKind.CONFIRM_PAYMENT)


def tell_answered(turn: Turn, act: Act) -> Outcome | None:
    """Say where a payment stands that was answered before; a word against that answer goes to a person.

    None where no payment of the last days is meant. A sum names it, and without one the newest is meant.
    """
    if act.mood in _LEAVES_OPEN:
        return None
    answered = credit.answered_claims_of_vendor(
        turn.session, turn.vendor_id, since=turn.now - _MAY_BE_CONTESTED
    )
    claim = next((one for one in answered if _fits(one, act)), None)
    if claim is None:
        booked = next((one for one in answered if one.status is ClaimStatus.CONFIRMED), None)
        if booked is None or not _makes_less_of(act, booked, _sum_of(turn.session, booked)):
            return None
        if act.amount == _sum_of(turn.session, booked):
            return _tell_closed(turn, booked)
        return _tell_disputed(turn, booked)
    says_it_came = act.kind is ActKind.CONFIRM_PAYMENT
    is_same = says_it_came == (claim.status is ClaimStatus.CONFIRMED)
    return _tell_closed(turn, claim) if is_same else _tell_disputed(turn, claim)


def _makes_less_of(act: Act, claim: PaymentClaim, booked: Money) -> bool:
    """Whether it says that less came than was claimed or booked: "18000 matra aayo", of 20,000."""
    if act.kind is not ActKind.CONFIRM_PAYMENT or act.reference is not None:
        return False
    if not act.is_certain or act.amount is None:
        return not act.is_certain
    return act.amount < max(Money(claim.amount_minor), booked)


def _tell_closed(turn: Turn, claim: PaymentClaim) -> Outcome:
    view = {**claim_view(turn.session, claim), "status": claim.status.value}
    return Outcome(goto=State.VENDOR, say=Say("vendor/claim_closed", view))


def _tell_disputed(turn: Turn, claim: PaymentClaim) -> Outcome:
    view = {**claim_view(turn.session, claim), "status": claim.status.value}
    return Outcome(goto=State.VENDOR, say=Say("vendor/claim_disputed", view), needs_person="claim_disputed")


def _fits(claim: PaymentClaim, act: Act) -> bool:
    """Whether the act doesn't name another amount or reference than the claim's; what is missing of it names none."""
    names_sum = act.amount is not None and act.share is not CashShare.LESS
    if names_sum and act.amount != Money(claim.amount_minor):
        return False
    said = reference_key(act.reference)
    return said is None or said == claim.reference_key


def says_bounced(turn: Turn) -> bool:
    act = turn.act
    return (
        act is not None and act.kind is ActKind.CHEQUE_BOUNCED and act.mood not in (Mood.DENIED, Mood.ASKED)
    )


def tell_bounced(turn: Turn) -> Outcome:
    """A cheque came back: ask about an open claim by cheque; of one that was taken, admins put the debt back."""
    waiting = credit.open_claims_for_vendor(turn.session, turn.vendor_id)
    cheques = [claim for claim in waiting if claim.method is PaymentMethod.CHEQUE]
    if len(cheques) == 1:
        return ask_claim(turn, cheques[0])
    if cheques:
        return list_claims(turn)
    return Outcome(goto=State.VENDOR, say=Say("vendor/cheque_told"), needs_person="cheque_bounced")


# Another sum than was claimed


def _other_sum(act: Act, claim: PaymentClaim) -> Money | None:
    """Another sum than was claimed that is said to have come; None for a half, which is no sum of money."""
    is_told = act.kind is ActKind.CONFIRM_PAYMENT and act.mood in _SAID
    if not is_told or act.reference is not None or act.amount is None or act.amount < cash.LEAST_SUM:
        return None
    claimed = Money(claim.amount_minor)
    received = claimed - act.amount if act.share is CashShare.LESS else act.amount
    return received if received != claimed and received >= cash.LEAST_SUM else None


def _ask_other_sum(turn: Turn, claim: PaymentClaim, amount: Money) -> Outcome:
    """Read back another sum than the claim's; nothing is booked before the yes."""
    claimed = Money(claim.amount_minor)
    return Outcome(
        goto=State.VENDOR,
        say=Say(
            "vendor/claim_sum_asked",
            {**claim_view(turn.session, claim), "received": amount, "missing": claimed - amount},
        ),
        ask=Ask(
            kind=CLAIM_SUM,
            subject_id=claim.id,
            facts={"received_minor": amount.minor, "about": {"amount_minor": amount.minor}},
        ),
    )


def answer_other_sum(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Book that sum and close the claim, or ask for it again."""
    claim = credit.get_claim(turn.session, prompt.subject_id, actor=turn.actor)
    if choice != "yes":
        return ask_claim(turn, claim)
    received = Money(prompt.facts["received_minor"])
    claims.confirm_claim(turn.session, claim.id, received=received, actor=turn.actor, now=turn.now)
    closes = [prompt, *(one for one in turn.prompts if one.kind == CLAIM and one.subject_id == claim.id)]
    view = {**claim_view(turn.session, claim), "amount": received}
    return Outcome(goto=State.VENDOR, say=Say("vendor/claim_confirmed", view), closes=closes)


# A sum alone, where it answers the one question about a payment: "18000", "18000 matra", "yes but only 2500", "2000 kam".
_MAY_BE_SUM = frozenset(
    {ActKind.YES, ActKind.NO, ActKind.UNREAD, ActKind.PART, ActKind.NUMBER, ActKind.SHORT, ActKind.CODE, ActKind.CHOICE, ActKind.DECLINE, ActKind.ACCEPT, ActKind.SETTLEMENT}
)  # fmt: skip


def tells_sum(turn: Turn) -> bool:
    return _sum_told(turn) is not None


def take_sum(turn: Turn) -> Outcome:
    """Take the claimed sum as a yes, and read another one back."""
    told = _sum_told(turn)
    if told is None:
        return list_claims(turn)
    return settle_claim(replace(turn, acts=(replace(told, text=turn.text),)))


def _sum_told(turn: Turn) -> Act | None:
    """What the text says when it is read behind "it came"; None unless it is a sum, and only a payment is asked about."""
    asked = {prompt.subject_id for prompt in turn.prompts if prompt.kind in (CLAIM, CLAIM_SUM)}
    is_text = turn.input.kind is InputKind.TEXT and bool(turn.acts)
    if len(asked) != 1 or not is_text or any(prompt.kind in _ASKED_BESIDE for prompt in turn.prompts):
        return None
    if any(act.kind not in _MAY_BE_SUM or act.codes or act.goods for act in turn.acts):
        return None
    if any(own_order(turn, number) for act in turn.acts for number in act.orders):
        return None
    found = read_acts(f"aayo, {turn.text}", role=turn.role)
    if len(found) != 1 or found[0].kind is not ActKind.CONFIRM_PAYMENT:
        return None
    told = found[0]
    if told.amount is None or told.amount < _LEAST_BARE_SUM:
        return None
    # "500", where 500 were claimed, is a yes.
    return replace(told, is_certain=told.is_certain or (told.share is None and _is_bare(turn.text)))


def _is_bare(text: str) -> bool:
    """Whether nothing stands beside a sum that could take something of it back."""
    return not any(word.isalpha() for word in without(text, "around_a_claimed_sum").split())


# Several


def claims_notice(session: Session, vendor_id: VendorId) -> tuple[Say, Ask] | None:
    """The numbered list of what waits for this vendor; the claim by itself when it is one. None when nothing waits."""
    waiting = credit.open_claims_for_vendor(session, vendor_id)
    if not waiting:
        return None
    if len(waiting) == 1:
        return Say("vendor/claim", claim_view(session, waiting[0])), _ask_of(waiting[0])
    listed = waiting[:MOST_CLAIMS]
    view = {
        "claims": [claim_view(session, claim) for claim in listed],
        "more": len(waiting) - len(listed),
        "total": total(Money(claim.amount_minor) for claim in waiting),
    }
    ask = Ask(kind=CLAIMS, subject_id=vendor_id, facts={"claims": [claim.id for claim in listed]})
    return Say("vendor/claims", view), ask


def list_claims(turn: Turn) -> Outcome:
    """Show what waits for this vendor: a claim, or a numbered list of them."""
    found = claims_notice(turn.session, turn.vendor_id)
    if found is None:
        return nothing_of_that(turn, "claim")
    say, ask = found
    # A yes after the list is none to what was read back before it.
    read_back_before = [one for one in turn.prompts if one.kind == CLAIM_ANSWERS]
    return Outcome(goto=State.VENDOR, say=say, ask=ask, closes=read_back_before)


def answers_list(turn: Turn) -> bool:
    """Whether the text says of claims in the open list, or of asked ones by a name or reference, that their money came."""
    return _answers_in(turn) is not None


def read_back(turn: Turn) -> Outcome:
    """Read back what came and what didn't, with its total, before anything is booked."""
    answers = _answers_in(turn)
    if answers is None:
        return list_claims(turn)
    by_id = {claim.id: claim for claim in credit.open_claims_for_vendor(turn.session, turn.vendor_id)}
    received = [by_id[claim_id] for claim_id in answers.received if claim_id in by_id]
    missing = [by_id[claim_id] for claim_id in answers.missing if claim_id in by_id]
    if not received and not missing:
        return list_claims(turn)
    view = {
        "received": [claim_view(turn.session, claim) for claim in received],
        "missing": [claim_view(turn.session, claim) for claim in missing],
        "total": _total(received),
        "left": answers.left,
    }
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/claims_read", view),
        ask=Ask(
            kind=CLAIM_ANSWERS,
            subject_id=turn.vendor_id,
            facts={
                "received": [claim.id for claim in received],
                "missing": [claim.id for claim in missing],
                "about": {"amount_minor": _total(received).minor},
            },
        ),
    )


def settle_several(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Book what came and reject what didn't, each by itself: one that only an admin may confirm stays open."""
    if choice != "yes":
        return list_claims(turn)
    by_id = {claim.id: claim for claim in credit.open_claims_for_vendor(turn.session, turn.vendor_id)}
    received = [by_id[claim_id] for claim_id in prompt.facts["received"] if claim_id in by_id]
    missing = [by_id[claim_id] for claim_id in prompt.facts["missing"] if claim_id in by_id]
    lock_for_vendor(
        turn.session,
        vendor_id=turn.vendor_id,
        order_ids=set(),
        retailer_ids={claim.retailer_id for claim in (*received, *missing)},
        has_stock=False,
        now=turn.now,
    )
    booked = [claim for claim in received if _settled(turn, claim, is_there=True)]
    rejected = [claim for claim in missing if _settled(turn, claim, is_there=False)]
    kept = [claim for claim in (*received, *missing) if claim not in (*booked, *rejected)]
    settled = {claim.id for claim in (*booked, *rejected)}
    view = {
        "booked": [claim_view(turn.session, claim) for claim in booked],
        "rejected": [claim_view(turn.session, claim) for claim in rejected],
        "kept": [claim_view(turn.session, claim) for claim in kept],
        "total": _total(booked),
        "more": len(by_id) - len(settled) - len(kept),
    }
    closes = [prompt, *(one for one in turn.prompts if one.kind == CLAIM and one.subject_id in settled)]
    return Outcome(goto=State.VENDOR, say=Say("vendor/claims_settled", view), closes=closes)


def stale_claims(turn: Turn, _prompt: Prompt, _choice: str) -> Outcome:
    return list_claims(turn)


def _settled(turn: Turn, claim: PaymentClaim, *, is_there: bool) -> bool:
    """Settle one claim; False when it was answered meanwhile, needs an admin, or its reference is booked elsewhere."""
    try:
        with turn.session.begin_nested():
            if is_there:
                claims.confirm_claim(turn.session, claim.id, actor=turn.actor, now=turn.now)
            else:
                claims.reject_claim(
                    turn.session, claim.id, reason="not_received", actor=turn.actor, now=turn.now
                )
    except (ClaimAnswered, ClaimNeedsAdmin, ReferenceTaken):
        return False
    return True


def _answers_in(turn: Turn) -> ClaimAnswers | None:
    listed, has_numbers = _asked_about(turn)
    if not listed or turn.act is None or any(act.mood in _OTHER_THAN_SAID for act in turn.acts):
        return None
    others = [act for act in turn.acts if _is_other(act, listed, has_numbers=has_numbers)]
    if turn.act in others:
        return None
    text = turn.text if not others else "; ".join(act.text for act in turn.acts if act not in others)
    return read_claim_answers(text, listed, has_numbers=has_numbers)


def _asked_about(turn: Turn) -> tuple[list[ListedClaim], bool]:
    """The claims of the open list, which has numbers, or those that were asked about one by one."""
    if turn.input.kind is not InputKind.TEXT:
        return [], False
    shown = next((prompt for prompt in turn.prompts if prompt.kind == CLAIMS), None)
    ids = [prompt.subject_id for prompt in turn.prompts if prompt.kind == CLAIM]
    if shown is not None:
        ids = shown.facts["claims"]
    if not ids:
        return [], False
    open_now = {claim.id: claim for claim in credit.open_claims_for_vendor(turn.session, turn.vendor_id)}
    return [_listed(turn.session, one, open_now.get(one)) for one in ids], shown is not None


def _is_other(act: Act, listed: Sequence[ListedClaim], *, has_numbers: bool) -> bool:
    """Whether an act in the same text is about something else, for another step to do."""
    return (
        act.kind in _OTHER_BUSINESS and read_claim_answers(act.text, listed, has_numbers=has_numbers) is None
    )


def _listed(session: Session, claim_id: int, claim: PaymentClaim | None) -> ListedClaim:
    """A claim in its place of the list. One that is answered keeps its number, and is named by nothing else."""
    if claim is None:
        return ListedClaim(
            claim_id=claim_id, retailer_id=0, shop_name="", amount=Money(0), reference_key=None
        )
    retailer_id = RetailerId(claim.retailer_id)
    return ListedClaim(
        claim_id=claim_id,
        retailer_id=claim.retailer_id,
        shop_name=parties.get_retailer(session, retailer_id).shop_name,
        people=tuple(one.name for one in parties.people_of_retailer(session, retailer_id) if one.name),
        amount=Money(claim.amount_minor),
        reference_key=claim.reference_key,
    )


def _total(those: Sequence[PaymentClaim]) -> Money:
    return total(Money(claim.amount_minor) for claim in those)


FIRST_STEPS: tuple[Step, ...] = (
    Step(name="claim_sum", matches=tells_sum, handler=take_sum, takes=_MAY_BE_SUM),
    Step(
        name="claims_read",
        matches=answers_list,
        handler=read_back,
        takes=lambda act: act.kind not in _OTHER_BUSINESS,
    ),
)
STEPS: tuple[Step, ...] = (
    Step(name="claim", matches=answers_claim, handler=settle_claim, takes=frozenset()),
    Step(
        name="claims",
        matches=does(ActKind.CLAIMS),
        handler=list_claims,
        takes=frozenset({ActKind.CLAIMS}),
    ),
    Step(
        name="cheque_bounced",
        matches=says_bounced,
        handler=tell_bounced,
        takes=frozenset({ActKind.CHEQUE_BOUNCED}),
    ),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=CLAIM, answer=answer_claim, stale=stale_claim, yes="yes", no="no"),
    PromptKind(
        name=CLAIM_SUM, subject="claim_sum", answer=answer_other_sum, stale=stale_claim, yes="yes", no="no"
    ),
    PromptKind(name=CLAIMS, subject="claims", answer=settle_several, stale=stale_claims, is_shortcut=True),
    PromptKind(
        name=CLAIM_ANSWERS,
        subject="claims_read",
        answer=settle_several,
        stale=stale_claims,
        yes="yes",
        no="no",
    ),
)
