"""A payment in responses."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from admin_api.fields import RowId, Rupees, View
from core.credit.kinds import PaymentMethod, PaymentStatus
from core.credit.models import Payment


class PaymentView(View):
    """Money that the payee confirmed. A cheque is posted once it has cleared."""

    id: RowId
    retailer_id: int
    vendor_id: int | None = Field(description="Who received it; null means the platform.")
    method: PaymentMethod
    reference: str | None
    amount: Rupees
    status: PaymentStatus
    received_at: dt.datetime
    posting_id: int | None
    confirmed_by: str


def payment_view(payment: Payment) -> PaymentView:
    return PaymentView(
        id=payment.id,
        retailer_id=payment.retailer_id,
        vendor_id=payment.vendor_id,
        method=payment.method,
        reference=payment.reference,
        amount=Rupees.of_minor(payment.amount_minor),
        status=payment.status,
        received_at=payment.received_at,
        posting_id=payment.posting_id,
        confirmed_by=payment.confirmed_by,
    )
