"""An invoice in responses."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from admin_api.fields import RowId, Rupees, View
from core.credit.models import Invoice
from core.money import Money


class InvoiceSummary(View):
    """`number` is gapless per vendor and Nepali fiscal year."""

    id: RowId
    number: str = Field(examples=["2083/84-00017"])
    vendor_id: int
    retailer_id: int
    order_id: int | None
    fulfillment_id: int | None
    on_credit: bool
    taxable: Rupees
    exempt: Rupees
    vat: Rupees
    total: Rupees
    outstanding: Rupees
    issued_at: dt.datetime
    issued_on_bs: str = Field(examples=["2083-08-07"])
    due_on: dt.date


def invoice_summary(invoice: Invoice, outstanding: Money) -> InvoiceSummary:
    return InvoiceSummary(
        id=invoice.id,
        number=invoice.number,
        vendor_id=invoice.vendor_id,
        retailer_id=invoice.retailer_id,
        order_id=invoice.order_id,
        fulfillment_id=invoice.fulfillment_id,
        on_credit=invoice.on_credit,
        taxable=Rupees.of_minor(invoice.taxable_minor),
        exempt=Rupees.of_minor(invoice.exempt_minor),
        vat=Rupees.of_minor(invoice.vat_minor),
        total=Rupees.of_minor(invoice.total_minor),
        outstanding=Rupees.of(outstanding),
        issued_at=invoice.issued_at,
        issued_on_bs=invoice.issued_on_bs,
        due_on=invoice.due_on,
    )
