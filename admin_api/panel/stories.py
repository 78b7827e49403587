"""One order from its first message to its last posting, read in few statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, literal, select, union_all
from sqlalchemy.orm import Session

from core.catalog.models import Product
from core.credit.models import CreditHold, Entry, Invoice, LedgerAccount, Posting
from core.errors import NotFound
from core.messaging.acting import shop_of_writer
from core.messaging.models import Conversation, InboundMessage, OutboundMessage
from core.orders.models import (
    Fulfillment,
    FulfillmentLine,
    FulfillmentTransition,
    Order,
    OrderLine,
    OrderTransition,
)
from core.parties.models import Membership, Retailer, Vendor
from core.routing.models import Offer

_MOST_MESSAGES = 40
# A basket may lie for days; what made it was said in the hours before the yes.
_BEFORE_YES = dt.timedelta(hours=12)


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """One step of the order or of a part of it. `vendor` is None for the order itself."""

    at: dt.datetime
    to_status: str
    reason: str | None
    actor: str
    via: str
    fulfillment_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    order: Order
    shop: Retailer
    lines: Sequence[Any]
    parts: Sequence[Any]
    parcels: dict[int, list[Any]]
    offers: Sequence[Any]
    moves: list[Moved]
    messages: Sequence[InboundMessage]
    holds: Sequence[CreditHold]


def order_with_shop(session: Session, order_id: int) -> tuple[Order, Retailer]:
    """Raises NotFound."""
    found = session.execute(
        select(Order, Retailer).join(Retailer, Retailer.id == Order.retailer_id).where(Order.id == order_id)
    ).one_or_none()
    if found is None:
        raise NotFound(kind="orders", id=order_id)
    return found[0], found[1]


def story_of(session: Session, order_id: int) -> Story:
    """Seven statements more than the order itself. Raises NotFound."""
    order, shop = order_with_shop(session, order_id)
    lines = session.execute(
        select(OrderLine, Product)
        .join(Product, Product.id == OrderLine.product_id)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.position)
    ).all()
    parts = session.execute(
        select(Fulfillment, Vendor)
        .join(Vendor, Vendor.id == Fulfillment.vendor_id)
        .where(Fulfillment.order_id == order_id)
        .order_by(Fulfillment.id)
    ).all()
    parcels: dict[int, list[Any]] = {part.id: [] for part, _ in parts}
    for row in session.execute(
        select(FulfillmentLine, Product)
        .join(Product, Product.id == FulfillmentLine.product_id)
        .where(FulfillmentLine.fulfillment_id.in_(parcels))
        .order_by(FulfillmentLine.order_line_id)
    ):
        parcels[row[0].fulfillment_id].append(row)
    offers = session.execute(
        select(Offer, Vendor)
        .join(Vendor, Vendor.id == Offer.vendor_id)
        .where(Offer.order_id == order_id)
        .order_by(Offer.id)
    ).all()
    holds = session.scalars(
        select(CreditHold).where(CreditHold.order_id == order_id).order_by(CreditHold.id)
    ).all()
    return Story(
        order=order,
        shop=shop,
        lines=lines,
        parts=parts,
        parcels=parcels,
        offers=offers,
        moves=_moves(session, order_id),
        messages=_messages(session, order),
        holds=holds,
    )


def _moves(session: Session, order_id: int) -> list[Moved]:
    of_order = select(
        OrderTransition.at,
        OrderTransition.to_status.cast(String).label("to_status"),
        OrderTransition.reason,
        OrderTransition.actor,
        OrderTransition.via,
        literal(None, type_=Fulfillment.id.type).label("fulfillment_id"),
        OrderTransition.sequence,
    ).where(OrderTransition.order_id == order_id)
    of_parts = (
        select(
            FulfillmentTransition.at,
            FulfillmentTransition.to_status.cast(String),
            FulfillmentTransition.reason,
            FulfillmentTransition.actor,
            FulfillmentTransition.via,
            FulfillmentTransition.fulfillment_id,
            FulfillmentTransition.sequence,
        )
        .join(Fulfillment, Fulfillment.id == FulfillmentTransition.fulfillment_id)
        .where(Fulfillment.order_id == order_id)
    )
    rows = session.execute(union_all(of_order, of_parts).order_by("at", "sequence"))
    return [
        Moved(
            at=row.at,
            to_status=row.to_status,
            reason=row.reason,
            actor=row.actor,
            via=row.via,
            fulfillment_id=row.fulfillment_id,
        )
        for row in rows
    ]


def _messages(session: Session, order: Order) -> list[InboundMessage]:
    """What the shop wrote between the basket's first line and the yes, oldest first."""
    end = order.placed_at or order.touched_at
    people = select(Membership.contact_id).where(Membership.retailer_id == order.retailer_id)
    found = session.scalars(
        select(InboundMessage)
        .join(Conversation, Conversation.id == InboundMessage.conversation_id)
        .where(
            Conversation.contact_id.in_(people),
            shop_of_writer() == order.retailer_id,
            InboundMessage.received_at >= max(order.opened_at - dt.timedelta(minutes=2), end - _BEFORE_YES),
            InboundMessage.received_at <= end,
        )
        .order_by(InboundMessage.id.desc())
        .limit(_MOST_MESSAGES)
    ).all()
    return list(reversed(found))


@dataclass(frozen=True, kw_only=True, slots=True)
class Books:
    """What the order did in the ledger and what it cost in messages."""

    invoices: Sequence[Any]
    postings: list[tuple[Posting, list[tuple[Entry, LedgerAccount]]]]
    sends: Sequence[OutboundMessage]


def books_of(session: Session, order_id: int) -> Books:
    invoices = session.execute(
        select(Invoice, Vendor)
        .join(Vendor, Vendor.id == Invoice.vendor_id)
        .where(Invoice.order_id == order_id)
        .order_by(Invoice.id)
    ).all()
    touched = select(Entry.posting_id).where(Entry.invoice_id.in_([invoice.id for invoice, _ in invoices]))
    postings: dict[int, tuple[Posting, list[tuple[Entry, LedgerAccount]]]] = {}
    for posting, entry, account in session.execute(
        select(Posting, Entry, LedgerAccount)
        .join(Entry, Entry.posting_id == Posting.id)
        .join(LedgerAccount, LedgerAccount.id == Entry.account_id)
        .where(Posting.id.in_(touched))
        .order_by(Posting.id, Entry.id)
    ):
        postings.setdefault(posting.id, (posting, []))[1].append((entry, account))
    sends = session.scalars(
        select(OutboundMessage).where(OutboundMessage.order_id == order_id).order_by(OutboundMessage.id)
    ).all()
    return Books(invoices=invoices, postings=list(postings.values()), sends=sends)
