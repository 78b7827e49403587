"""The demo market's past, lived through the real use cases: every invoice, entry and scorecard is one they wrote.

Each order tells its own story as a generator that says when its next scene is; the scenes of all orders are played in
the order of time, each in its own (nested) transaction, as the doors would have done.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from core.seeds import past_orders
from core.seeds.listings import printed
from core.seeds.past_orders import PastOrder, PastPayment, PastPrice

Scenes = Iterator[dt.datetime]

MORNING = dt.time(9, 20)
TO_ACCEPT = dt.timedelta(minutes=35)
TO_DISPATCH = dt.timedelta(hours=2)
TO_DELIVER = dt.timedelta(hours=3)
TO_CONFIRM = dt.timedelta(hours=2)


class StoryBreaks(Exception):
    """The demo's past cannot happen any more: the rules or the market have changed under it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """Where and by whom the past is played."""

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


def tell(stage: Stage) -> None:
    """Play all past prices, orders and payments, and the block of the shop that stopped paying."""
    retailers = {number: _retailer(stage, retailer_id) for number, retailer_id in stage.retailers.items()}
    vendors = {vendor_id: _vendor(stage, vendor_id) for vendor_id in stage.vendors}
    stories = [_order(stage, told, retailers[told.shop], vendors) for told in past_orders.PAST_ORDERS]
    prices = [_prices(stage, told, vendors) for told in past_orders.PAST_PRICES]
    _play([*prices, *stories, _block(stage)])


def _play(stories: Iterable[Scenes]) -> None:
    waiting = [(next(story), number, story) for number, story in enumerate(stories)]
    heapq.heapify(waiting)
    while waiting:
        _, number, story = heapq.heappop(waiting)
        at = next(story, None)
        if at is not None:
            heapq.heappush(waiting, (at, number, story))


def _order(stage: Stage, told: PastOrder, retailer: Actor, vendors: Mapping[VendorId, Actor]) -> Scenes:
    at = stage.morning(told.days_ago)
    yield at
    with stage.sessions.begin() as session:
        order_id = _place(session, told, stage.retailers[told.shop], retailer, at)
    yield (at := at + TO_ACCEPT)
    if told.declined:
        with stage.sessions.begin() as session:
            for offer in routing.open_offers(session, order_id):
                vendor = vendors[VendorId(offer.vendor_id)]
                offers.decline(session, offer.id, reason=told.declined, actor=vendor, now=at)
        yield (at := at + TO_ACCEPT)
    with stage.sessions.begin() as session:
        asked = [(offer.id, VendorId(offer.vendor_id)) for offer in routing.open_offers(session, order_id)]
    for offer_id, vendor_id in asked:
        with stage.sessions.begin() as session:
            offers.accept(session, offer_id, actor=vendors[vendor_id], now=at)
    yield (at := at + TO_DISPATCH)
    parcels = _parcels(stage, order_id)
    for fulfillment_id, vendor_id in parcels:
        with stage.sessions.begin() as session:
            delivery.dispatch(session, fulfillment_id, actor=vendors[vendor_id], now=at)
    yield (at := at + TO_DELIVER)
    came_to = total_of(
        _deliver(stage, told, fulfillment_id, vendor_id, vendors[vendor_id], at)
        for fulfillment_id, vendor_id in parcels
    )
    yield (at := at + TO_CONFIRM)
    with stage.sessions.begin() as session:
        delivery.confirm_receipt(session, order_id, actor=retailer, now=at)
    for payment in told.payments:
        at = stage.morning(told.days_ago - payment.after_days)
        yield at
        _pay(stage, payment, stage.retailers[told.shop], came_to, retailer, vendors, at)


def _prices(stage: Stage, told: PastPrice, vendors: Mapping[VendorId, Actor]) -> Scenes:
    at = stage.morning(past_orders.PAST_PRICES_SINCE_DAYS_AGO)
    yield at
    with stage.sessions.begin() as session:
        product = catalog.products_by_skus(session, [told.sku])[told.sku]
        listings = catalog.find_listings(session, [ProductId(product.id)])
        for listing in listings:
            then = printed(listing.price.rupees * told.per_cent / 100)
            goods.set_listing_price(
                session, listing.listing_id, then, actor=vendors[listing.vendor_id], now=at
            )
    yield (at := stage.morning(told.days_ago))
    with stage.sessions.begin() as session:
        for listing in listings:
            vendor = vendors[listing.vendor_id]
            pricing.change_price(session, listing.listing_id, listing.price, actor=vendor, now=at)


def _block(stage: Stage) -> Scenes:
    at = stage.morning(past_orders.BLOCKED_DAYS_AGO)
    yield at
    with stage.sessions.begin() as session:
        service.block_retailer(
            session,
            stage.retailers[past_orders.BLOCKED_SHOP],
            reason=past_orders.BLOCK_REASON,
            actor=stage.admin,
            now=at,
        )


def _place(
    session: Session, told: PastOrder, retailer_id: RetailerId, retailer: Actor, at: dt.datetime
) -> int:
    products = catalog.products_by_skus(session, told.goods)
    lines = [NewLine(product_id=products[sku].id, quantity=told.quantity(sku)) for sku in told.goods]
    draft = basket.add_lines(session, retailer_id=retailer_id, lines=lines, actor=retailer, now=at)
    shown = basket.show(session, draft.id, now=at)
    placed = placing.place(
        session, shown.order_id, version=shown.version, terms=Terms.CREDIT, actor=retailer, now=at
    )
    if not isinstance(placed, Placed):
        raise StoryBreaks(told, placed)
    return placed.order_id


def _parcels(stage: Stage, order_id: int) -> list[tuple[int, VendorId]]:
    with stage.sessions.begin() as session:
        parts = orders.order_view(session, order_id).fulfillments
    return [
        (part.fulfillment_id, VendorId(part.vendor_id))
        for part in parts
        if part.status is FulfillmentStatus.ACCEPTED
    ]


def _deliver(
    stage: Stage,
    told: PastOrder,
    fulfillment_id: int,
    vendor_id: VendorId,
    vendor: Actor,
    at: dt.datetime,
) -> Money:
    with stage.sessions.begin() as session:
        parcel = orders.fulfillment_view(session, fulfillment_id)
        short = {
            part.line.order_line_id: Decimal(told.short[part.line.sku])
            for part in parcel.lines
            if part.line.sku in told.short
        }
        delivered = delivery.deliver(
            session,
            vendor_id=vendor_id,
            code=parcel.delivery_code or "",
            fulfillment_id=fulfillment_id,
            short=short,
            # Told of shops that pay at the door; an order on credit has nothing to hand over.
            cash=credit.ALL_CASH,
            actor=vendor,
            now=at,
        )
    if not isinstance(delivered, Delivered):
        raise StoryBreaks(told, delivered)
    return delivered.total


def _pay(
    stage: Stage,
    payment: PastPayment,
    retailer_id: RetailerId,
    came_to: Money,
    retailer: Actor,
    vendors: Mapping[VendorId, Actor],
    at: dt.datetime,
) -> None:
    with stage.sessions.begin() as session:
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
    confirms = stage.admin if payee is None else vendors[VendorId(payee)]
    with stage.sessions.begin() as session:
        credit.confirm_claim(session, claim_id, actor=confirms, now=at + TO_CONFIRM)


def _retailer(stage: Stage, retailer_id: RetailerId) -> Actor:
    with stage.sessions.begin() as session:
        owner, *_ = parties.people_of_retailer(session, retailer_id)
    return Actor(
        kind=ActorKind.RETAILER, via=Via.WHATSAPP, contact_id=owner.contact_id, retailer_id=retailer_id
    )


def _vendor(stage: Stage, vendor_id: VendorId) -> Actor:
    with stage.sessions.begin() as session:
        owner, *_ = parties.people_of_vendor(session, vendor_id)
    return Actor(kind=ActorKind.VENDOR, via=Via.WHATSAPP, contact_id=owner.contact_id, vendor_id=vendor_id)
