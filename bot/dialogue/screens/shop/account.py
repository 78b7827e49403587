"""A shop's account: what it owes, its score, and who may see them. Its papers are in `papers`."""

from __future__ import annotations

from bot.dialogue.machine import Outcome, PromptKind, State, Step, Turn, does
from bot.wording.say import Say
from core.clock import business_date
from core.credit import queries as credit
from core.intake.acts.types import Act, ActKind
from core.messaging.models import Prompt
from core.parties import queries as parties
from core.parties import service as people
from core.parties.models import Position
from core.refs import ContactId, VendorId
from core.risk.service import appeals
from core.risk.service.scores import judge

SEES_DEBT = "sees_debt"
_MOST_INVOICES = 5
_SHOWS_DEBT = (
    ActKind.BALANCE,
    ActKind.STATEMENT,
    ActKind.INVOICE,
    ActKind.PAY_HOW,
    ActKind.SCORECARD,
    ActKind.APPEAL,
)


def goes_with_appeal(act: Act) -> bool:
    """Also what is said to support it, "maile sadhai time ma tirya chu": it tells of no payment."""
    is_praise = act.kind is ActKind.PAY and (act.amount, act.method, act.reference) == (None, None, None)
    return act.kind is ActKind.APPEAL or is_praise


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


def appeal(turn: Turn) -> Outcome:
    """Pass an objection to the score or a block on to a person, who answers in the chat."""
    judged = judge(turn.session, [turn.retailer_id], now=turn.now)
    made = appeals.appeal(
        turn.session,
        turn.retailer_id,
        words=turn.text,
        score=judged[0].credit.score if judged else None,
        actor=turn.actor,
        now=turn.now,
    )
    return Outcome(goto=State.SHOP, say=Say("account/appealed", {"is_more": made.at != turn.now}))


def tell_where_to_pay(turn: Turn) -> Outcome:
    """Say whom to pay first, by the oldest invoice, and how to report the payment."""
    invoices = credit.open_invoices(turn.session, turn.retailer_id)[:1]
    vendors = parties.vendors_by_ids(turn.session, {VendorId(invoice.vendor_id) for invoice in invoices})
    view = {
        "invoice": invoices[0] if invoices else None,
        "vendor_name": vendors[VendorId(invoices[0].vendor_id)].business_name if invoices else None,
    }
    return Outcome(goto=State.SHOP, say=Say("account/pay_how", view))


# Before a payment, because a helper who may not see the debt is told so first.
GUARD_STEPS: tuple[Step, ...] = (
    Step(name="debt_hidden", matches=asks_unallowed, handler=hide_debt, takes=frozenset(_SHOWS_DEBT)),
)
STEPS: tuple[Step, ...] = (
    Step(
        name="where_to_pay",
        matches=does(ActKind.PAY_HOW),
        handler=tell_where_to_pay,
        takes=frozenset({ActKind.PAY_HOW}),
    ),
    Step(name="appeal", matches=does(ActKind.APPEAL), handler=appeal, takes=goes_with_appeal),
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
    PromptKind(
        name=SEES_DEBT,
        answer=answer_sees_debt,
        stale=answer_sees_debt,
        yes="yes",
        no="no",
        settles_itself=True,
    ),
)
