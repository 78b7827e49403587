"""The kinds of ids, so that an order's id is never passed where a vendor's is wanted, and the numbers people read."""

from typing import NewType

ConversationId = NewType("ConversationId", int)
ContactId = NewType("ContactId", int)
UserId = NewType("UserId", int)
RetailerId = NewType("RetailerId", int)
VendorId = NewType("VendorId", int)
ProductId = NewType("ProductId", int)
ListingId = NewType("ListingId", int)
OrderId = NewType("OrderId", int)
OrderLineId = NewType("OrderLineId", int)
OfferId = NewType("OfferId", int)
FulfillmentId = NewType("FulfillmentId", int)
CreditAccountId = NewType("CreditAccountId", int)
InvoiceId = NewType("InvoiceId", int)
PaymentId = NewType("PaymentId", int)
ClaimId = NewType("ClaimId", int)
TurnId = NewType("TurnId", int)
JobId = NewType("JobId", int)


def order_number(short_code: int) -> str:
    """The order's formal number. People type the short code (`1042`), documents carry `KH-001042`."""
    return f"KH-{short_code:06d}"
