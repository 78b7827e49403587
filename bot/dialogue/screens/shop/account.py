"""A shop's account: what it owes, its score, its statement and invoices, and who may see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from bot.dialogue.machine import Outcome, PromptKind, State, Step, Turn, does
from bot.wording.say import Say
from core.clock import business_date
from core.credit import queries as credit
from core.credit.models import Invoice
from core.credit.queries import StatementLine
from core.intake.acts.types import ActKind
from core.messaging.models import Prompt
from core.money import Money
from core.orders import queries as orders
from core.parties import queries as parties
from core.parties import service as people
from core.parties.models import Position
from core.refs import ContactId, VendorId
from core.risk.service.scores import judge

SEES_DEBT = "sees_debt"
STATEMENT_DAYS = 30
_MOST_LINES = 15
_MOST_INVOICES = 5
_INVOICES_READ = 200
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
    PromptKind(
        name=SEES_DEBT,
        answer=answer_sees_debt,
        stale=answer_sees_debt,
        yes="yes",
        no="no",
        settles_itself=True,
    ),
)
