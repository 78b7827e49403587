"""A vendor's sales book of a month as Nepal's tax office asks for it: every bill, and every return as a negative row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.clock import bikram_sambat, business_date
from core.credit.queries.statement import instants
from core.money import Money, total


@dataclass(frozen=True, kw_only=True, slots=True)
class Sale:
    """One bill, or one credit note with amounts below zero."""

    date_bs: str
    number: str
    buyer: str
    buyer_pan: str | None
    exempt: Money
    taxable: Money
    vat: Money
    # Of which bill the goods came back.
    returned_of: str | None

    @property
    def total(self) -> Money:
        """Before VAT, as the sales book counts it."""
        return self.exempt + self.taxable


# What VAT was charged on is told line by line: a credit note may take back goods of both kinds. Those made before notes had
# numbers of their own carry that of their bill.
_SALES: Final = text("""
    SELECT i.issued_at AS at, i.id, false AS is_return, i.fiscal_year || '-' || lpad(i.serial::text, 5, '0') AS number,
           r.shop_name AS buyer, i.retailer_pan AS buyer_pan,
           i.exempt_minor, i.taxable_minor, i.vat_minor, NULL AS returned_of
    FROM invoices i JOIN retailers r ON r.id = i.retailer_id
    WHERE i.vendor_id = :vendor_id AND i.issued_at >= :first AND i.issued_at < :after
      -- What was brought from paper was declared on paper.
      AND i.paper_number IS NULL
    UNION ALL
    SELECT p.at, p.id, true, coalesce(p.memo ->> 'credit_note', p.memo ->> 'invoice'),
           r.shop_name, i.retailer_pan,
           -back.exempt_minor, -back.taxable_minor, -back.vat_minor, p.memo ->> 'invoice'
    FROM postings p
    JOIN invoices i ON i.id = (p.memo ->> 'invoice_id')::bigint AND i.vendor_id = :vendor_id
    JOIN retailers r ON r.id = i.retailer_id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum((line ->> 'net_minor')::bigint) FILTER (WHERE l.vat_minor = 0), 0)::bigint AS exempt_minor,
               coalesce(sum((line ->> 'net_minor')::bigint) FILTER (WHERE l.vat_minor > 0), 0)::bigint AS taxable_minor,
               coalesce(sum((line ->> 'vat_minor')::bigint), 0)::bigint AS vat_minor
        FROM jsonb_array_elements(p.memo -> 'lines') AS line
        JOIN invoice_lines l ON l.invoice_id = i.id AND l.position = (line ->> 'position')::bigint
    ) back
    WHERE p.kind = 'credit_note' AND p.at >= :first AND p.at < :after
    ORDER BY at, is_return, id
""")


def sales_register(session: Session, vendor_id: int, *, start: dt.date, end: dt.date) -> list[Sale]:
    """The vendor's bills and returns from *start* to *end*, both days included, in the order in which they were made."""
    first, after = instants(start, end)
    rows = session.execute(_SALES, {"vendor_id": vendor_id, "first": first, "after": after})
    return [
        Sale(
            date_bs=bikram_sambat(business_date(row.at)),
            number=row.number,
            buyer=row.buyer,
            buyer_pan=row.buyer_pan,
            exempt=Money(row.exempt_minor),
            taxable=Money(row.taxable_minor),
            vat=Money(row.vat_minor),
            returned_of=row.returned_of,
        )
        for row in rows
    ]


def sums_of(sales: Iterable[Sale]) -> tuple[Money, Money, Money, Money]:
    """Total before VAT, exempt, taxable and VAT of all rows."""
    rows = list(sales)
    return (
        total(sale.total for sale in rows),
        total(sale.exempt for sale in rows),
        total(sale.taxable for sale in rows),
        total(sale.vat for sale in rows),
    )
