"""Notices about shops, orders and parcels: their facts at the time of rendering, and the question they may ask."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from bot.dialogue.deciding import open_lines
from bot.dialogue.machine import Ask
from bot.dialogue.screens.shop import account, placing, receipt, tracking
from bot.dialogue.screens.shop import basket as shop_basket
from bot.dialogue.screens.vendor import offers as vendor_offers
from bot.dialogue.screens.vendor import shortages as vendor_shortages
from bot.dialogue.screens.vendor.offer_views import offer_view
from bot.wording.say import Say
from core import events
from core.actor import ActorKind
from core.credit import queries as credit
from core.credit.models import Invoice
from core.messaging import queries as messaging
from core.money import Money, total
from core.orders import basket, shortages
from core.orders import queries as orders
from core.orders.kinds import FulfillmentStatus, OrderStatus, ShortageStatus
from core.orders.models import Shortage
from core.orders.transitions import ENDED_WITHOUT_DELIVERY, LIVE
from core.parties import queries as parties
from core.parties.models import Approval
from core.quantity import ZERO_QUANTITY
from core.refs import ContactId, RetailerId, VendorId
from core.routing.models import OfferStatus

_OWN_DECISIONS = ("part_taken", "dearer_refused", "retailer")


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """`subject` names the cause: each person gets one notice per cause."""

    say: Say
    subject: str
    ask: Ask | None = None
    # The same for a helper who may not see what the shop owes.
    without_debt: Say | None = None
    order_id: int | None = None


def approved(session: Session, event: events.RetailerApproved) -> Notice | None:
    shop = parties.get_retailer(session, RetailerId(event.retailer_id))
    if shop.approval is not Approval.APPROVED:
        return None
    waiting = basket.find_basket(session, shop.id)
    has_basket = waiting is not None and bool(basket.lines_of(session, waiting.id))
    has_basket = has_basket or _has_open_lines(session, shop.id)
    view = {"shop_name": shop.shop_name, "has_basket": has_basket}
    return Notice(say=Say("notify/approved", view), subject=f"shop:{shop.id}:{shop.approved_at}")


def _has_open_lines(session: Session, retailer_id: int) -> bool:
    """Whether a line of the first order is still to be asked about."""
    people = parties.people_of_retailer(session, RetailerId(retailer_id))
    conversations = messaging.conversations_of(session, [ContactId(person.contact_id) for person in people])
    return any(open_lines.kept(conversation.slots) for conversation in conversations.values())


def refused(session: Session, event: events.RetailerRefused) -> Notice:
    shop = parties.get_retailer(session, RetailerId(event.retailer_id))
    view = {"shop_name": shop.shop_name, "reason": event.reason}
    return Notice(say=Say("notify/refused", view), subject=f"shop:{shop.id}")


def owner_asked(session: Session, event: events.OwnerApprovalAsked) -> Notice | None:
    order = orders.get_order(session, event.order_id)
    if order.status is not OrderStatus.DRAFT or order.awaiting_owner_since is None:
        return None
    view = basket.show(session, order.id, now=order.awaiting_owner_since)
    helper = parties.get_contact(session, ContactId(event.contact_id)).name
    return Notice(
        say=Say("ordering/owner_asked", {"basket": view, "helper": helper, "has_risen": False}),
        subject=f"order:{order.id}",
        ask=Ask(kind=placing.OWNER, subject_id=order.id, facts={"about": {"total_minor": view.total.minor}}),
        order_id=order.id,
    )


def yes_asked(session: Session, event: events.BasketYesAsked) -> Notice | None:
    """The basket as the clerk sent it, with the question and the buttons that the dialogue itself would show."""
    order = orders.get_order(session, event.order_id)
    if order.status is not OrderStatus.DRAFT or order.version != event.version:
        return None
    facts, ask = shop_basket.for_yes(session, order, now=order.touched_at)
    return Notice(
        say=Say("notify/read_by_hand", facts | {"sees_debt": True}),
        without_debt=Say("notify/read_by_hand", facts | {"sees_debt": False}),
        subject=f"order:{order.id}:{order.version}",
        ask=ask,
        order_id=order.id,
    )


def debt_asked(session: Session, event: events.DebtAsked) -> Notice:
    """Asked once per helper: the answer holds until somebody changes it."""
    helper = parties.get_contact(session, ContactId(event.contact_id)).name
    return Notice(
        say=Say("account/debt_asked", {"helper": helper}),
        subject=f"helper:{event.contact_id}",
        ask=Ask(kind=account.SEES_DEBT, subject_id=event.contact_id),
    )


def helper_placed(session: Session, event: events.OrderPlaced) -> Notice:
    order = orders.order_view(session, event.order_id)
    return Notice(
        say=Say("notify/owner_allowed", {"order": order}),
        subject=f"order:{order.order_id}",
        order_id=order.order_id,
    )


def helper_refused(session: Session, event: events.WaitingBasketEnded) -> Notice | None:
    """What the owner decided; None where the shop itself, or an admin who tells it, canceled the basket."""
    if event.how == "canceled":
        return None
    lines = basket.lines_of(session, event.order_id)
    return Notice(
        say=Say("notify/owner_refused", {"how": event.how, "lines": len(lines)}),
        subject=f"order:{event.order_id}",
        order_id=event.order_id,
    )


def accepted(session: Session, event: events.OrderAccepted) -> Notice | None:
    """None if the shop's own decision led to it: the answer to that decision has said so."""
    order = orders.order_view(session, event.order_id)
    if _settled_by(session, event.order_id) in _OWN_DECISIONS:
        return None
    view = {
        "order": order,
        # If a part was delivered while the rest was sought, the order is that part.
        "parcels": [part for part in order.fulfillments if part.status in LIVE],
        "missing": [line for line in order.lines if line.unfulfilled],
    }
    subject = f"order:{order.order_id}:{event.total_minor}:{len(order.fulfillments)}"
    return Notice(say=Say("notify/accepted", view), subject=subject, order_id=order.order_id)


def _settled_by(session: Session, order_id: int) -> str | None:
    """The reason of the order's last move to accepted."""
    reasons = [
        moved.reason
        for moved in orders.transitions(session, order_id)
        if moved.subject == "order" and moved.to_status == OrderStatus.ACCEPTED
    ]
    return reasons[-1] if reasons else None


def asked(session: Session, event: events.RetailerAsked) -> Notice | None:
    """The question that only the retailer can decide; None if it has been settled."""
    row = orders.get_order(session, event.order_id)
    if row.asked != event.question:
        return None
    order = orders.order_view(session, event.order_id)
    parcels = [part for part in order.fulfillments if part.status in LIVE]
    promised = total(part.total for part in parcels)
    facts: dict[str, object] = {
        "question": event.question,
        "asked_at": None if row.asked_at is None else row.asked_at.isoformat(),
        "about": {"short_code": order.short_code},
    }
    rest = Money(int(order.asked_facts.get("rest_minor", 0)))
    gone = [part.vendor_name for part in order.fulfillments if part.status is FulfillmentStatus.WITHDRAWN]
    view: dict[str, object] = {
        "order": order,
        "promised": promised,
        "gone": gone[-1] if gone else None,
        "missing": [
            {"line": line.line, "amount": amount}
            for line in order.lines
            if (amount := line.line.quantity - line.promised) > ZERO_QUANTITY
        ],
    }
    if event.question == "dearer":
        view |= {"rest": rest, "new_total": promised + rest}
        facts["new_total_minor"] = (promised + rest).minor
    else:
        view["promised_lines"] = [line for line in order.lines if line.promised]
    return Notice(
        say=Say("notify/asked_dearer" if event.question == "dearer" else "notify/asked_part", view),
        subject=f"order:{order.order_id}:{row.asked_at}",
        ask=Ask(kind=tracking.ASKED, subject_id=order.order_id, facts=facts),
        order_id=order.order_id,
    )


def unfulfilled(session: Session, event: events.OrderUnfulfilled) -> Notice | None:
    """None if the retailer's own no ended it: the answer to that no has said so."""
    if event.reason == "dearer_refused":
        return None
    order = orders.order_view(session, event.order_id)
    return Notice(
        say=Say("notify/unfulfilled", {"order": order}),
        subject=f"order:{order.order_id}",
        order_id=order.order_id,
    )


def canceled(session: Session, event: events.OrderCanceled) -> Notice | None:
    """None if the shop canceled: it had the answer in its chat."""
    if event.by == ActorKind.RETAILER:
        return None
    order = orders.order_view(session, event.order_id)
    return Notice(
        say=Say("notify/canceled", {"order": order}),
        subject=f"order:{order.order_id}",
        order_id=order.order_id,
    )


def offer(session: Session, event: events.OfferOpened) -> Notice | None:
    """The offer with its question; None if it has been answered or has ended."""
    view = offer_view(session, event.offer_id, vendor_id=event.vendor_id)
    if view.status is not OfferStatus.OPEN:
        return None
    return Notice(
        say=Say("vendor/offer", {"offer": view, "note": None, "eta_at": None}),
        subject=f"offer:{event.offer_id}",
        ask=vendor_offers.ask_offer(view),
        order_id=event.order_id,
    )


def dispatched(session: Session, event: events.FulfillmentDispatched) -> Notice | None:
    parcel = orders.fulfillment_view(session, event.fulfillment_id)
    if parcel.status is not FulfillmentStatus.DISPATCHED:
        return None
    return Notice(
        say=Say("notify/dispatched", {"parcel": parcel}),
        subject=f"fulfillment:{event.fulfillment_id}",
        order_id=event.order_id,
    )


def code_again(session: Session, event: events.DeliveryCodeAsked) -> Notice | None:
    parcel = orders.fulfillment_view(session, event.fulfillment_id)
    if parcel.status is not FulfillmentStatus.DISPATCHED:
        return None
    return Notice(
        say=Say("notify/code_again", {"parcel": parcel}),
        subject=f"fulfillment:{event.fulfillment_id}:{event.sends}",
        order_id=event.order_id,
    )


def delivered(session: Session, event: events.FulfillmentDelivered) -> Notice:
    """The invoice, what was short, and the question whether everything arrived."""
    parcel = orders.fulfillment_view(session, event.fulfillment_id)
    invoice = session.get_one(Invoice, event.invoice_id)
    order = orders.get_order(session, event.order_id)
    owed = credit.outstanding(session, [invoice.id]).get(invoice.id, Money(0))
    view = {
        "parcel": parcel,
        "invoice_number": invoice.number,
        "total": Money(invoice.total_minor),
        "is_cash": not invoice.on_credit,
        # What was taken at the door; the rest is owed as cash.
        "cash_taken": Money(invoice.total_minor) - owed,
        "cash_due": owed,
        "due_on": invoice.due_on,
        "short": [
            {"line": row.line, "missing": row.line.quantity - (row.delivered or Decimal(0))}
            for row in parcel.lines
            if row.delivered is not None and row.delivered < row.line.quantity
        ],
    }
    is_all_there = order.status is OrderStatus.DELIVERED
    ask = Ask(kind=receipt.RECEIPT, subject_id=order.id, facts={"about": {"short_code": order.short_code}})
    return Notice(
        say=Say("notify/delivered" if is_all_there else "notify/delivered_part", view),
        subject=f"fulfillment:{event.fulfillment_id}",
        ask=ask if is_all_there else None,
        order_id=event.order_id,
    )


def shortage_reported(session: Session, event: events.ShortageReported) -> Notice | None:
    """The shortage report with its question; None if it has been answered."""
    view = shortages.shortage_view(session, event.shortage_id)
    if view.status is not ShortageStatus.OPEN:
        return None
    return Notice(
        say=Say("vendor/shortage", {"shortage": view}),
        subject=f"shortage:{event.shortage_id}",
        ask=vendor_shortages.shortage_ask(view),
        order_id=event.order_id,
    )


def shortage_agreed(session: Session, event: events.ShortageAgreed) -> Notice:
    view = shortages.shortage_view(session, event.shortage_id)
    at = session.get_one(Shortage, event.shortage_id).answered_at
    owed = credit.standing(session, view.parcel.retailer_id, now=at).owed if at else Money(0)
    return Notice(
        say=Say("notify/shortage_agreed", {"shortage": view, "owed": owed}),
        without_debt=Say("notify/shortage_agreed", {"shortage": view, "owed": None}),
        subject=f"shortage:{event.shortage_id}",
        order_id=event.order_id,
    )


def shortage_refused(session: Session, event: events.ShortageRefused) -> Notice:
    view = shortages.shortage_view(session, event.shortage_id)
    return Notice(
        say=Say("notify/shortage_refused", {"shortage": view}),
        subject=f"shortage:{event.shortage_id}",
        order_id=event.order_id,
    )


def withdrawn(session: Session, event: events.FulfillmentWithdrawn) -> Notice | None:
    """None if a question about the order, or its end, already says so."""
    order = orders.order_view(session, event.order_id)
    if order.status is OrderStatus.UNFULFILLED or order.asked is not None:
        return None
    vendor = parties.get_vendor(session, VendorId(event.vendor_id))
    return Notice(
        say=Say("notify/withdrawn", {"order": order, "vendor_name": vendor.business_name}),
        subject=f"fulfillment:{event.fulfillment_id}",
        order_id=event.order_id,
    )


def returned(session: Session, event: events.FulfillmentReturned) -> Notice | None:
    """None if the end of the order, or a question about it, already says so."""
    order = orders.order_view(session, event.order_id)
    if order.status in ENDED_WITHOUT_DELIVERY or order.asked is not None:
        return None
    parcel = orders.fulfillment_view(session, event.fulfillment_id)
    return Notice(
        say=Say("notify/returned", {"parcel": parcel}),
        subject=f"fulfillment:{event.fulfillment_id}",
        order_id=event.order_id,
    )


def parcel_canceled(session: Session, event: events.FulfillmentCanceled) -> Notice:
    parcel = orders.fulfillment_view(session, event.fulfillment_id)
    return Notice(
        say=Say("notify/parcel_canceled", {"parcel": parcel}),
        subject=f"fulfillment:{event.fulfillment_id}",
        order_id=event.order_id,
    )
