"""How far a vendor's word is enough to book money, and when an admin has to look."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core.credit import policy
from core.credit.errors import ClaimNeedsAdmin
from core.credit.kinds import WhyAdmin
from core.credit.queries.balances import open_invoices
from core.money import Money, total
from core.parties import queries as parties
from core.refs import RetailerId, VendorId
from core.settings import service as settings


def owed_to(session: Session, retailer_id: int, vendor_id: int) -> Money:
    """What the retailer owes on this vendor's invoices, on credit and in cash."""
    owed = open_invoices(session, retailer_id)
    return total(invoice.outstanding for invoice in owed if invoice.vendor_id == vendor_id)


def why_admin(session: Session, retailer_id: int, vendor_id: int, amount: Money) -> WhyAdmin | None:
    """Why this vendor may not confirm *amount* of this retailer; None when it may."""
    ceiling = Money(settings.current(session, policy.ClaimSettings).values.ceiling_minor)
    return policy.decide_payee(
        amount,
        owed=owed_to(session, retailer_id, vendor_id),
        ceiling=ceiling,
        is_on_both_sides=parties.have_person_in_common(session, RetailerId(retailer_id), VendorId(vendor_id)),
    )


def check_vendor_may_confirm(session: Session, retailer_id: int, vendor_id: int, amount: Money) -> None:
    """Raise ClaimNeedsAdmin when the vendor's word is not enough. Ask it under the lock of the retailer's account."""
    reason = why_admin(session, retailer_id, vendor_id, amount)
    if reason is not None:
        owed = owed_to(session, retailer_id, vendor_id)
        raise ClaimNeedsAdmin(reason=reason, amount=amount, owed=owed)
