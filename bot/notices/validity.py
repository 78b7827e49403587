"""Whether a notice still holds, checked just before it goes out, which may be hours after it was queued.

Each rule returns the reason why the notice is obsolete, or None. The reason is kept with the dropped message.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import events
from core.credit import queries as credit
from core.credit.kinds import ClaimStatus
from core.credit.models import PaymentClaim
from core.money import Money
from core.orders.kinds import FulfillmentStatus, OrderStatus, ShortageStatus
from core.orders.models import Fulfillment, Order, OrderLine, Shortage
from core.orders.transitions import ENDED_WITHOUT_DELIVERY
from core.parties.models import Approval, Membership, Retailer
from core.risk.models import RiskAction
from core.routing.models import Offer, OfferStatus

_PART_UNDER_WAY = frozenset({OrderStatus.DISPATCHED, OrderStatus.DELIVERED})


def always(_session: Session, _event: Any, _now: dt.datetime) -> None:
    """Never obsolete: an invoice, a payment, the end of an order."""


def while_offer_is_open(session: Session, event: events.OfferOpened, now: dt.datetime) -> str | None:
    found = session.execute(select(Offer.status, Offer.expires_at).where(Offer.id == event.offer_id)).one()
    if found.status is not OfferStatus.OPEN:
        return f"offer_{found.status}"
    return "offer_lapsed" if found.expires_at <= now else None


def while_accepted(session: Session, event: events.OrderAccepted, _now: dt.datetime) -> str | None:
    """Obsolete after the dispatch or the end of the order, which have notices of their own.

    What will not come at all is told by no other notice: while a part is missing, it goes out until the order has ended.
    """
    status = _order_status(session, event.order_id)
    if status is OrderStatus.ACCEPTED or (status in _PART_UNDER_WAY and _is_part_missing(session, event)):
        return None
    return f"order_{status}"


def _is_part_missing(session: Session, event: events.OrderAccepted) -> bool:
    missing = select(OrderLine.id).where(
        OrderLine.order_id == event.order_id, OrderLine.unfulfilled_quantity > 0
    )
    return bool(session.scalar(select(missing.exists())))


def while_order_lives(
    session: Session, event: events.OrderPlaced | events.FulfillmentWithdrawn, _now: dt.datetime
) -> str | None:
    status = _order_status(session, event.order_id)
    return f"order_{status}" if status in ENDED_WITHOUT_DELIVERY else None


def while_owner_decides(session: Session, event: events.OwnerApprovalAsked, _now: dt.datetime) -> str | None:
    found = session.execute(
        select(Order.status, Order.awaiting_owner_since).where(Order.id == event.order_id)
    ).one()
    is_open = found.status is OrderStatus.DRAFT and found.awaiting_owner_since is not None
    return None if is_open else "decided"


def while_basket_is_as_asked(session: Session, event: events.BasketYesAsked, _now: dt.datetime) -> str | None:
    found = session.execute(select(Order.status, Order.version).where(Order.id == event.order_id)).one()
    if found.status is not OrderStatus.DRAFT:
        return "decided"
    return None if found.version == event.version else "basket_changed"


def while_debt_is_hidden(session: Session, event: events.DebtAsked, _now: dt.datetime) -> str | None:
    sees = session.scalar(
        select(Membership.sees_debt).where(
            Membership.contact_id == event.contact_id, Membership.retailer_id == event.retailer_id
        )
    )
    return None if sees is False else "decided"


def while_asked(session: Session, event: events.RetailerAsked, _now: dt.datetime) -> str | None:
    found = session.execute(select(Order.asked, Order.asked_facts).where(Order.id == event.order_id)).one()
    if found.asked != event.question:
        return "decided"
    # Asked anew meanwhile, for another sum: that question has a notice of its own.
    is_same = event.rest_minor is None or (found.asked_facts or {}).get("rest_minor") == event.rest_minor
    return None if is_same else "asked_anew"


def while_on_the_way(
    session: Session, event: events.FulfillmentDispatched | events.DeliveryCodeAsked, _now: dt.datetime
) -> str | None:
    status = session.scalar(select(Fulfillment.status).where(Fulfillment.id == event.fulfillment_id))
    return None if status is FulfillmentStatus.DISPATCHED else f"fulfillment_{status}"


def while_shortage_is_open(session: Session, event: events.ShortageReported, _now: dt.datetime) -> str | None:
    status = session.scalar(select(Shortage.status).where(Shortage.id == event.shortage_id))
    return None if status is ShortageStatus.OPEN else f"shortage_{status}"


def while_claim_is_open(session: Session, event: events.PaymentClaimed, _now: dt.datetime) -> str | None:
    status = session.scalar(select(PaymentClaim.status).where(PaymentClaim.id == event.claim_id))
    return None if status is ClaimStatus.OPEN else f"claim_{status}"


def while_claims_are_as_listed(
    session: Session, event: events.ClaimsWaiting, _now: dt.datetime
) -> str | None:
    """Claims only leave a list; those that came since are told of by another."""
    waiting = credit.open_claims_for_vendor(session, event.vendor_id)
    left = sum(claim.id <= event.newest_id for claim in waiting)
    return None if left == event.count else "claims_answered"


def while_approved(session: Session, event: events.RetailerApproved, _now: dt.datetime) -> str | None:
    return _unless_approval(session, event.retailer_id, Approval.APPROVED)


def while_refused(session: Session, event: events.RetailerRefused, _now: dt.datetime) -> str | None:
    return _unless_approval(session, event.retailer_id, Approval.REFUSED)


def _order_status(session: Session, order_id: int) -> OrderStatus | None:
    return session.scalar(select(Order.status).where(Order.id == order_id))


def _unless_approval(session: Session, retailer_id: int, expected: Approval) -> str | None:
    approval = session.scalar(select(Retailer.approval).where(Retailer.id == retailer_id))
    return None if approval is expected else f"shop_{approval}"


def while_action_stands(
    session: Session, event: events.CreditLimitCut | events.CreditBlocked, _now: dt.datetime
) -> str | None:
    ended_at = session.scalar(select(RiskAction.ended_at).where(RiskAction.id == event.action_id))
    return None if ended_at is None else "action_ended"


def while_reminded_of_debt(session: Session, event: events.PaymentReminded, now: dt.datetime) -> str | None:
    return None if credit.standing(session, event.retailer_id, now=now).owed > Money(0) else "paid"


def while_overdue(session: Session, event: events.OverdueWarned, now: dt.datetime) -> str | None:
    return None if credit.standing(session, event.retailer_id, now=now).overdue > Money(0) else "paid"
