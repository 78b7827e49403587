"""Single documents as PDFs: bills with their credit notes, and a statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalog.models import Product
from core.clock import bikram_sambat, business_date
from core.credit import queries as credit
from core.credit.models import CreditNoteRow, Invoice, Posting
from core.credit.queries import Statement
from core.money import Money, lakhs
from core.orders.models import Order
from core.parties.models import Language, Retailer, Vendor
from core.reports.amount_words import amount_in_words
from core.reports.headings import words
from core.reports.typeset import typeset


def write_invoice(session: Session, invoice: Invoice, file: IO[bytes]) -> None:
    """The bill of one delivery, as Nepal's tax office wants it: both PANs, the BS date, VAT apart, the amount in words."""
    typeset("bills", {"title": f"Invoice {invoice.number}", "bills": [_bill(session, invoice)]}, file)


def write_credit_note(session: Session, note: CreditNoteRow, file: IO[bytes]) -> None:
    """What came off a bill, by its lines, under a number of its own."""
    typeset("bills", {"title": f"Credit note {note.number}", "bills": [_note(session, note)]}, file)


def write_bills(session: Session, invoices: Sequence[Invoice], file: IO[bytes]) -> None:
    """Several bills in one file, each followed by the credit notes on it."""
    bills = []
    for invoice in invoices:
        bills.append(_bill(session, invoice))
        bills += [_note(session, note) for note in credit.credit_notes(session, [invoice.id])]
    typeset("bills", {"title": f"Invoice {invoices[0].number}", "bills": bills}, file)


def _bill(session: Session, invoice: Invoice) -> dict[str, Any]:
    lines = credit.invoice_lines(session, invoice.id)
    units = _units(session, [line.product_id for line in lines])
    return (
        _parties(session, invoice)
        | {
            "number": invoice.number,
            "of_invoice": "",
            "reason": "",
            "is_brought": invoice.paper_number is not None,
            "is_tax_invoice": invoice.vendor_pan is not None,
            "on_credit": invoice.on_credit,
            "issued": _day(business_date(invoice.issued_at)),
            "due": _day(invoice.due_on),
            "lines": [
                [
                    str(line.position),
                    line.description,
                    f"{_plain(line.quantity)} {units[line.product_id]}",
                    rupees_text(line.unit_price_minor),
                    rupees_text(line.net_minor),
                ]
                for line in lines
            ],
        }
        | _sums(invoice)
    )


def _note(session: Session, note: CreditNoteRow) -> dict[str, Any]:
    invoice = session.get_one(Invoice, note.invoice_id)
    lines = {line.position: line for line in credit.invoice_lines(session, invoice.id)}
    units = _units(session, [line.product_id for line in lines.values()])
    credited = session.get_one(Posting, note.posting_id).memo["lines"]
    return (
        _parties(session, invoice)
        | {
            "number": note.number,
            "of_invoice": f"{invoice.number}, {_day(business_date(invoice.issued_at))}",
            "reason": note.reason,
            "is_brought": invoice.paper_number is not None,
            "is_tax_invoice": invoice.vendor_pan is not None,
            "on_credit": invoice.on_credit,
            "issued": _day(business_date(note.issued_at)),
            "due": "",
            "lines": [
                [
                    str(one["position"]),
                    lines[one["position"]].description,
                    f"{_plain(Decimal(one['quantity']))} {units[lines[one['position']].product_id]}",
                    rupees_text(lines[one["position"]].unit_price_minor),
                    rupees_text(one["net_minor"]),
                ]
                for one in credited
            ],
        }
        | _sums(note)
    )


def _parties(session: Session, invoice: Invoice) -> dict[str, Any]:
    vendor = session.get_one(Vendor, invoice.vendor_id)
    retailer = session.get_one(Retailer, invoice.retailer_id)
    return {
        "order": "–"
        if invoice.order_id is None
        else f"KH-{session.get_one(Order, invoice.order_id).short_code:06d}",
        "seller": {"name": vendor.business_name, "pan": invoice.vendor_pan or "", "place": place_of(vendor)},
        "buyer": {"name": retailer.shop_name, "pan": invoice.retailer_pan or "", "place": place_of(retailer)},
    }


def _sums(of: Invoice | CreditNoteRow) -> dict[str, str]:
    return {
        "taxable": rupees_text(of.taxable_minor),
        "exempt": rupees_text(of.exempt_minor),
        "vat": rupees_text(of.vat_minor),
        "total": rupees_text(of.total_minor),
        "in_words": amount_in_words(Money(of.total_minor)),
    }


def write_statement(
    statement: Statement,
    file: IO[bytes],
    *,
    name: str,
    place: str,
    made_at: dt.datetime,
    language: Language = Language.ENGLISH,
) -> None:
    """Every movement of a party's account in a period."""
    said = words(language)
    data = {
        "words": said["statement"],
        "name": name,
        "place": place,
        "start": _day(statement.start),
        "end": _day(statement.end),
        "made": _day(business_date(made_at)),
        "opening": rupees_text(statement.opening.minor),
        "closing": rupees_text(statement.closing.minor),
        "debits": rupees_text(statement.debits.minor),
        "credits": rupees_text(statement.credits.minor),
        "lines": [
            [
                _day(business_date(line.at)),
                said["postings"][line.kind],
                _reference(line.facts),
                rupees_text(line.debit.minor) if line.debit else "",
                rupees_text(line.credit.minor) if line.credit else "",
                rupees_text(line.balance.minor),
            ]
            for line in statement.lines
        ],
    }
    typeset("statement", data, file)


def place_of(party: Retailer | Vendor) -> str:
    """Municipality and ward, area and district, as far as they are known."""
    town = " ".join(str(part) for part in (party.municipality, party.ward) if part)
    return ", ".join(part for part in (party.area, town, party.district) if part)


def rupees_text(minor: int) -> str:
    whole, paisa = divmod(abs(minor), 100)
    return f"{'-' if minor < 0 else ''}{lakhs(whole)}.{paisa:02d}"


def _reference(facts: dict[str, Any]) -> str:
    """What a posting names: the bill, the bills that were paid, or the payment's reference."""
    if "invoice" in facts:
        return str(facts["invoice"])
    if "invoices" in facts:
        return ", ".join(str(number) for number in facts["invoices"])
    return str(facts.get("reference") or "")


def _units(session: Session, product_ids: list[int]) -> dict[int, str]:
    rows = session.execute(select(Product.id, Product.unit).where(Product.id.in_(product_ids)))
    return {row.id: row.unit for row in rows}


def _plain(quantity: Decimal) -> str:
    return format(quantity.normalize(), "f")


def _day(day: dt.date) -> str:
    return f"{bikram_sambat(day)} ({day.isoformat()})"
