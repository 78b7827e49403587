"""Invoices: numbered without gaps per vendor and Nepali fiscal year, dated in Bikram Sambat, never changed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.clock import bikram_sambat, business_date, fiscal_year
from core.credit.models import Invoice, InvoiceCounter, InvoiceLine, Series
from core.credit.policy import PricedDelivery
from core.parties.queries import get_retailer, get_vendor
from core.refs import RetailerId, VendorId


def issue(
    session: Session,
    *,
    priced: PricedDelivery,
    retailer_id: int,
    vendor_id: int,
    fulfillment_id: int,
    order_id: int,
    on_credit: bool,
    commission_basis_points: int,
    issued_at: dt.datetime,
    due_on: dt.date,
) -> Invoice:
    """Write the invoice under the vendor's next number. The caller holds the retailer's account lock."""
    day = business_date(issued_at)
    invoice = Invoice(
        vendor_id=vendor_id,
        retailer_id=retailer_id,
        fulfillment_id=fulfillment_id,
        order_id=order_id,
        fiscal_year=fiscal_year(day),
        serial=next_serial(session, Series.INVOICE, vendor_id, fiscal_year(day)),
        on_credit=on_credit,
        taxable_minor=priced.taxable.minor,
        exempt_minor=priced.exempt.minor,
        vat_minor=priced.vat.minor,
        total_minor=priced.total.minor,
        commission_basis_points=commission_basis_points,
        issued_at=issued_at,
        issued_on_bs=bikram_sambat(day),
        due_on=due_on,
        vendor_pan=get_vendor(session, VendorId(vendor_id)).pan,
        retailer_pan=get_retailer(session, RetailerId(retailer_id)).pan,
    )
    session.add(invoice)
    session.flush()
    session.add_all(
        InvoiceLine(
            invoice_id=invoice.id,
            position=position,
            product_id=line.line.product_id,
            description=line.line.description,
            quantity=line.line.quantity,
            said_count=line.line.said.count if line.line.said else None,
            said_unit=line.line.said.unit if line.line.said else None,
            unit_price_minor=line.line.unit_price.minor,
            net_minor=line.net.minor,
            vat_minor=line.vat.minor,
        )
        for position, line in enumerate(priced.lines, start=1)
    )
    return invoice


def next_serial(session: Session, series: Series, vendor_id: int, year: str) -> int:
    """Take the number. The counter's row stays locked until the transaction ends, and a rollback gives the number back.

    One statement takes the lock and the number, also for the first of a year. Its rank is LockRank.INVOICE_COUNTER: after the
    credit account, before stock.
    """
    counter = insert(InvoiceCounter).values(
        vendor_id=vendor_id, fiscal_year=year, series=series, last_serial=1
    )
    return session.scalars(
        counter.on_conflict_do_update(
            index_elements=[InvoiceCounter.vendor_id, InvoiceCounter.fiscal_year, InvoiceCounter.series],
            set_={"last_serial": InvoiceCounter.last_serial + 1},
        ).returning(InvoiceCounter.last_serial)
    ).one()
