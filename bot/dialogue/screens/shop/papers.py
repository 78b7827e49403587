"""A shop's papers: its statement and its bills, in words and as files to keep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, Final

from bot.dialogue.machine import Attached, Outcome, State, Step, Turn, does
from bot.dialogue.screens.shop.account import tell_balance
from bot.wording.say import Say
from core.clock import bikram_sambat, business_date
from core.credit import queries as credit
from core.credit.models import Invoice
from core.credit.queries import StatementLine
from core.intake.acts.types import ActKind
from core.money import Money
from core.orders import queries as orders
from core.parties import queries as parties
from core.refs import VendorId
from core.reports.periods import fiscal_year_so_far
from core.reports.printed import bills_of, statement_of

STATEMENT_DAYS: Final = 30
_MOST_LINES: Final = 15
_MOST_INVOICES: Final = 5
_INVOICES_READ: Final = 200


def tell_statement(turn: Turn) -> Outcome:
    """Show the last thirty days; asked for as a PDF, send the file of the fiscal year so far."""
    if turn.act is not None and turn.act.as_file:
        return _statement_file(turn)
    end = business_date(turn.now)
    statement = credit.statement(
        turn.session, turn.retailer_id, start=end - dt.timedelta(days=STATEMENT_DAYS), end=end
    )
    # Lines that don't fit are part of the opening balance.
    lines = statement.lines[-_MOST_LINES:]
    earlier = statement.lines[: -len(lines)] if lines else ()
    opening = earlier[-1].balance if earlier else statement.opening
    view = {"statement": statement, "opening": opening, "lines": _with_vendors(turn, lines)}
    return Outcome(goto=State.SHOP, say=Say("account/statement", view))


def _statement_file(turn: Turn) -> Outcome:
    end = business_date(turn.now)
    # In the first weeks of Shrawan the last month is asked for too.
    start = min(fiscal_year_so_far(end).start, end - dt.timedelta(days=STATEMENT_DAYS))
    statement = credit.statement(turn.session, turn.retailer_id, start=start, end=end)
    printed = statement_of(turn.retailer_id, start=start, end=end, language=turn.language)
    name = f"statement-{bikram_sambat(end)}.pdf"
    return Outcome(
        goto=State.SHOP,
        say=Say("account/statement_file", {"statement": statement}),
        documents=[Attached(name=name, title="statement", printed=printed)],
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
    """Show and send the bills that were named by number or order, with their credit notes; without a number, the newest."""
    numbers = {number for act in turn.acts for number in act.invoices}
    order_numbers = {int(number) for act in turn.acts for number in act.orders}
    if not numbers and not order_numbers:
        return _newest_bill(turn)
    order_ids = _order_ids(turn, order_numbers)
    found = [
        invoice
        for invoice in credit.list_invoices(turn.session, retailer_id=turn.retailer_id, limit=_INVOICES_READ)
        if invoice.number in numbers or invoice.order_id in order_ids
    ][:_MOST_INVOICES]
    if not found:
        return Outcome(goto=State.SHOP, say=Say("errors/not_found", {"facts": {}}))
    return _bills(turn, found)


def _newest_bill(turn: Turn) -> Outcome:
    if turn.act is not None and turn.act.is_credit_note:
        credited = credit.newest_credited(turn.session, turn.retailer_id)
        if credited is None:
            return Outcome(goto=State.SHOP, say=Say("account/no_credit_note"))
        return _bills(turn, [credited])
    newest = credit.list_invoices(turn.session, retailer_id=turn.retailer_id, limit=1)
    if not newest:
        return tell_balance(turn)
    outcome = _bills(turn, newest)
    return replace(outcome, say=Say("account/invoices", {"invoices": _rows(turn, newest), "is_newest": True}))


def _bills(turn: Turn, invoices: Sequence[Invoice]) -> Outcome:
    view = {"invoices": _rows(turn, invoices), "is_newest": False}
    printed = bills_of(turn.retailer_id, tuple(invoice.id for invoice in invoices), language=turn.language)
    name = f"bill-{invoices[0].number.replace('/', '-')}.pdf"
    return Outcome(
        goto=State.SHOP,
        say=Say("account/invoices", view),
        documents=[Attached(name=name, title="bill", printed=printed)],
    )


def _order_ids(turn: Turn, numbers: Collection[int]) -> list[int]:
    found = [
        orders.find_by_short_code(turn.session, number, retailer_id=turn.retailer_id) for number in numbers
    ]
    return [order.id for order in found if order]


def _rows(turn: Turn, invoices: Sequence[Invoice]) -> list[dict[str, Any]]:
    vendors = parties.vendors_by_ids(turn.session, {VendorId(invoice.vendor_id) for invoice in invoices})
    owed = credit.outstanding(turn.session, [invoice.id for invoice in invoices])
    notes = credit.credit_notes(turn.session, [invoice.id for invoice in invoices])
    return [
        {
            "number": invoice.number,
            "vendor_name": vendors[VendorId(invoice.vendor_id)].business_name,
            "total": Money(invoice.total_minor),
            "vat": Money(invoice.vat_minor),
            "issued_at": invoice.issued_at,
            "due_on": invoice.due_on,
            "owed": owed.get(invoice.id, Money(0)),
            "notes": [
                {"number": note.number, "total": Money(note.total_minor)}
                for note in notes
                if note.invoice_id == invoice.id
            ],
        }
        for invoice in invoices
    ]


STEPS: tuple[Step, ...] = (
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
)
