"""Replays the demo market's history through the real use cases, which write every invoice, entry and scorecard.

Each order is a timeline; each of its steps is a (nested) transaction of its own, as the entry points would have run it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session, sessionmaker

from core.actor import Actor, ActorKind, Via
from core.catalog import queries as catalog
from core.catalog import service as goods
from core.clock import KATHMANDU, business_date
from core.credit import service as credit
from core.money import Money
from core.money import total as total_of
from core.orders import basket, delivery, offers, placing
from core.orders import queries as orders
from core.orders.kinds import FulfillmentStatus, Terms
from core.orders.views import Delivered, NewLine, Placed
from core.parties import queries as parties
from core.parties import service
from core.pricing import service as pricing
from core.refs import ProductId, RetailerId, UserId, VendorId
from core.routing import queries as routing
from core.seeds import order_history
from core.seeds.listings import printed
from core.seeds.order_history import PastOrder, PastPayment, PastPrice
from core.seeds.timeline import Agenda, Timeline

MORNING = dt.time(9, 20)
TO_ACCEPT = dt.timedelta(minutes=35)
TO_DISPATCH = dt.timedelta(hours=2)
TO_DELIVER = dt.timedelta(hours=3)
TO_CONFIRM = dt.timedelta(hours=2)


class ReplayFailed(Exception):
    """The history cannot be replayed: a rule or the market has changed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplayContext:
    """What a replay needs: sessions, the parties by number, the admin and the present time."""

    sessions: sessionmaker[Session]
    retailers: Mapping[int, RetailerId]
    vendors: Sequence[VendorId]
    admin_id: UserId
    now: dt.datetime

    @property
    def admin(self) -> Actor:
        return Actor(kind=ActorKind.ADMIN, via=Via.PANEL, user_id=self.admin_id)

    def morning(self, days_ago: int) -> dt.datetime:
        day = business_date(self.now) - dt.timedelta(days=days_ago)
        return dt.datetime.combine(day, MORNING, KATHMANDU).astimezone(dt.UTC)


def replay_history(context: ReplayContext) -> None:
    """Replay past prices, orders and payments, and the block of the shop that stopped paying."""
    retailers = {number: _retailer(context, retailer_id) for number, retailer_id in context.retailers.items()}
    vendors = {vendor_id: _vendor(context, vendor_id) for vendor_id in context.vendors}
    agenda = Agenda()
    for price in order_history.PAST_PRICES:
        agenda.start(_prices(context, price, vendors))
    for order in order_history.PAST_ORDERS:
        agenda.start(_order(context, order, retailers[order.shop], vendors))
    agenda.start(_block(context))
    agenda.run()


def _order(
    context: ReplayContext, past: PastOrder, retailer: Actor, vendors: Mapping[VendorId, Actor]
) -> Timeline:
    at = context.morning(past.days_ago)
    yield at
    with context.sessions.begin() as session:
        order_id = _place(session, past, context.retailers[past.shop], retailer, at)
    yield (at := at + TO_ACCEPT)
    if past.declined:
        with context.sessions.begin() as session:
            for offer in routing.open_offers(session, order_id):
                vendor = vendors[VendorId(offer.vendor_id)]
                offers.decline(session, offer.id, reason=past.declined, actor=vendor, now=at)
        yield (at := at + TO_ACCEPT)
    with context.sessions.begin() as session:
        asked = [(offer.id, VendorId(offer.vendor_id)) for offer in routing.open_offers(session, order_id)]
    for offer_id, vendor_id in asked:
        with context.sessions.begin() as session:
            offers.accept(session, offer_id, actor=vendors[vendor_id], now=at)
    yield (at := at + TO_DISPATCH)
    parcels = _parcels(context, order_id)
    for fulfillment_id, vendor_id in parcels:
        with context.sessions.begin() as session:
            delivery.dispatch(session, fulfillment_id, actor=vendors[vendor_id], now=at)
    yield (at := at + TO_DELIVER)
    came_to = total_of(
        _deliver(context, past, fulfillment_id, vendor_id, vendors[vendor_id], at)
        for fulfillment_id, vendor_id in parcels
    )
    yield (at := at + TO_CONFIRM)
    with context.sessions.begin() as session:
        delivery.confirm_receipt(session, order_id, actor=retailer, now=at)
    for payment in past.payments:
        at = context.morning(past.days_ago - payment.after_days)
        yield at
        _pay(context, payment, context.retailers[past.shop], came_to, retailer, vendors, at)


def _prices(context: ReplayContext, past: PastPrice, vendors: Mapping[VendorId, Actor]) -> Timeline:
    at = context.morning(order_history.PAST_PRICES_SINCE_DAYS_AGO)
    yield at
    with context.sessions.begin() as session:
        product = catalog.products_by_skus(session, [past.sku])[past.sku]
        listings = catalog.find_listings(session, [ProductId(product.id)])
        for listing in listings:
            then = printed(listing.price.rupees * past.per_cent / 100)
            goods.set_listing_price(
                session, listing.listing_id, then, actor=vendors[listing.vendor_id], now=at
            )
    yield (at := context.morning(past.days_ago))
    with context.sessions.begin() as session:
        for listing in listings:
            vendor = vendors[listing.vendor_id]
            pricing.change_price(session, listing.listing_id, listing.price, actor=vendor, now=at)


def _block(context: ReplayContext) -> Timeline:
    at = context.morning(order_history.BLOCKED_DAYS_AGO)
    yield at
    with context.sessions.begin() as session:
        service.block_retailer(
            session,
            context.retailers[order_history.BLOCKED_SHOP],
            reason=order_history.BLOCK_REASON,
            actor=context.admin,
            now=at,
        )


def _place(
    session: Session, past: PastOrder, retailer_id: RetailerId, retailer: Actor, at: dt.datetime
) -> int:
    products = catalog.products_by_skus(session, past.goods)
    lines = [NewLine(product_id=products[sku].id, quantity=past.quantity(sku)) for sku in past.goods]
    draft = basket.add_lines(session, retailer_id=retailer_id, lines=lines, actor=retailer, now=at)
    shown = basket.show(session, draft.id, now=at)
    placed = placing.place(
        session, shown.order_id, version=shown.version, terms=Terms.CREDIT, actor=retailer, now=at
    )
    if not isinstance(placed, Placed):
        raise ReplayFailed(past, placed)
    return placed.order_id


def _parcels(context: ReplayContext, order_id: int) -> list[tuple[int, VendorId]]:
    with context.sessions.begin() as session:
        parts = orders.order_view(session, order_id).fulfillments
    return [
        (part.fulfillment_id, VendorId(part.vendor_id))
        for part in parts
        if part.status is FulfillmentStatus.ACCEPTED
    ]


def _deliver(
    context: ReplayContext,
    past: PastOrder,
    fulfillment_id: int,
    vendor_id: VendorId,
    vendor: Actor,
    at: dt.datetime,
) -> Money:
    with context.sessions.begin() as session:
        parcel = orders.fulfillment_view(session, fulfillment_id)
        short = {
            part.line.order_line_id: Decimal(past.short[part.line.sku])
            for part in parcel.lines
            if part.line.sku in past.short
        }
        delivered = delivery.deliver(
            session,
            vendor_id=vendor_id,
            code=parcel.delivery_code or "",
            fulfillment_id=fulfillment_id,
            short=short,
            # Only an order for cash reads it.
            cash=credit.ALL_CASH,
            actor=vendor,
            now=at,
        )
    if not isinstance(delivered, Delivered):
        raise ReplayFailed(past, delivered)
    return delivered.total


def _pay(
    context: ReplayContext,
    payment: PastPayment,
    retailer_id: RetailerId,
    came_to: Money,
    retailer: Actor,
    vendors: Mapping[VendorId, Actor],
    at: dt.datetime,
) -> None:
    with context.sessions.begin() as session:
        claim = credit.claim_payment(
            session,
            retailer_id=retailer_id,
            method=payment.method,
            reference=payment.reference,
            amount=came_to.share(payment.per_cent * 100),
            actor=retailer,
            now=at,
        )
        claim_id, payee = claim.id, claim.vendor_id
    confirms = context.admin if payee is None else vendors[VendorId(payee)]
    with context.sessions.begin() as session:
        credit.confirm_claim(session, claim_id, actor=confirms, now=at + TO_CONFIRM)


def _retailer(context: ReplayContext, retailer_id: RetailerId) -> Actor:
    with context.sessions.begin() as session:
        owner, *_ = parties.people_of_retailer(session, retailer_id)
    return Actor(
        kind=ActorKind.RETAILER, via=Via.WHATSAPP, contact_id=owner.contact_id, retailer_id=retailer_id
    )


def _vendor(context: ReplayContext, vendor_id: VendorId) -> Actor:
    with context.sessions.begin() as session:
        owner, *_ = parties.people_of_vendor(session, vendor_id)
    return Actor(kind=ActorKind.VENDOR, via=Via.WHATSAPP, contact_id=owner.contact_id, vendor_id=vendor_id)
