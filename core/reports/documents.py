"""Single documents as PDFs: a tax invoice, and a statement."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalog.models import Product
from core.clock import bikram_sambat, business_date
from core.credit import queries as credit
from core.credit.models import Invoice
from core.credit.queries import Statement
from core.money import Money, lakhs
from core.orders.models import Order
from core.parties.models import Retailer, Vendor
from core.reports.amount_words import amount_in_words
from core.reports.typeset import typeset


def write_invoice(session: Session, invoice: Invoice, file: IO[bytes]) -> None:
    """The bill of one delivery, as Nepal's tax office wants it: both PANs, the BS date, VAT apart, the amount in words."""
    vendor, retailer = (
        session.get_one(Vendor, invoice.vendor_id),
        session.get_one(Retailer, invoice.retailer_id),
    )
    lines = credit.invoice_lines(session, invoice.id)
    units = _units(session, [line.product_id for line in lines])
    issued_on = business_date(invoice.issued_at)
    data = {
        "number": invoice.number,
        "order": f"KH-{session.get_one(Order, invoice.order_id).short_code:06d}",
        "is_tax_invoice": invoice.vendor_pan is not None,
        "on_credit": invoice.on_credit,
        "issued": f"{invoice.issued_on_bs} ({issued_on.isoformat()})",
        "due": _day(invoice.due_on),
        "seller": {"name": vendor.business_name, "pan": invoice.vendor_pan or "", "place": place_of(vendor)},
        "buyer": {"name": retailer.shop_name, "pan": invoice.retailer_pan or "", "place": place_of(retailer)},
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
        "taxable": rupees_text(invoice.taxable_minor),
        "exempt": rupees_text(invoice.exempt_minor),
        "vat": rupees_text(invoice.vat_minor),
        "total": rupees_text(invoice.total_minor),
        "in_words": amount_in_words(Money(invoice.total_minor)),
    }
    typeset("invoice", data, file)


def write_statement(
    statement: Statement, file: IO[bytes], *, name: str, place: str, made_at: dt.datetime
) -> None:
    """Every movement of a party's account in a period."""
    data = {
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
                line.kind.replace("_", " ").capitalize(),
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
