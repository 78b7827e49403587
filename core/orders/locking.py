"""Changing several things in one transaction: what each will lock is locked beforehand, so that nobody waits in a ring."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalog import queries as catalog
from core.catalog import stock
from core.credit import service as credit
from core.db.locks import LockRank, lock, lock_all
from core.orders.models import Fulfillment, FulfillmentLine, Order
from core.parties.models import Vendor
from core.refs import ListingId, VendorId
from core.routing.models import Offer, OfferLine, OfferStatus


def lock_whole(session: Session, order: Order, *, now: dt.datetime) -> None:
    """Lock all that may move with a locked order: its parts, its shop's money, and the stock promised or offered for it.

    For what does several things to one order, each of which locks for itself.
    """
    parts = list(session.scalars(select(Fulfillment.id).where(Fulfillment.order_id == order.id)))
    lock_all(session, Fulfillment, parts, LockRank.FULFILLMENT)
    credit.lock_accounts(session, [order.retailer_id], now=now)
    promised = select(FulfillmentLine.listing_id).where(FulfillmentLine.fulfillment_id.in_(parts))
    offered = (
        select(OfferLine.listing_id)
        .join(Offer, Offer.id == OfferLine.offer_id)
        .where(Offer.order_id == order.id, Offer.status == OfferStatus.OPEN)
    )
    goods = {*session.scalars(promised), *session.scalars(offered)}
    stock.lock_stock(session, [ListingId(listing_id) for listing_id in goods])


def lock_for_vendor(
    session: Session,
    *,
    vendor_id: int,
    order_ids: Collection[int],
    retailer_ids: Collection[int] = (),
    has_stock: bool = False,
    now: dt.datetime,
) -> None:
    """Lock what a vendor's answers to these orders may change, in the one order of locks; nothing else happens.

    *retailer_ids* are those whose payments are answered as well; *has_stock* says that stock is counted, too.
    """
    # Its hours may change, and delivery codes are judged under this lock.
    lock(session, Vendor, vendor_id, LockRank.VENDOR)
    orders = lock_all(session, Order, list(order_ids), LockRank.ORDER)
    # What was promised a moment ago in the same transaction is nobody else's to wait for.
    parts = list(
        session.scalars(
            select(Fulfillment.id).where(
                Fulfillment.order_id.in_(orders),
                Fulfillment.vendor_id == vendor_id,
                Fulfillment.accepted_at < now,
            )
        )
    )
    lock_all(session, Fulfillment, parts, LockRank.FULFILLMENT)
    shops = {order.retailer_id for order in orders.values()} | set(retailer_ids)
    credit.lock_accounts(session, shops, now=now)
    promised = select(FulfillmentLine.listing_id).where(FulfillmentLine.fulfillment_id.in_(parts))
    offered = (
        select(OfferLine.listing_id)
        .join(Offer, Offer.id == OfferLine.offer_id)
        .where(Offer.order_id.in_(orders), Offer.vendor_id == vendor_id, Offer.status == OfferStatus.OPEN)
    )
    goods = {*session.scalars(promised), *session.scalars(offered)}
    if has_stock:
        goods |= {row.listing_id for row in catalog.listings_of_vendor(session, VendorId(vendor_id))}
    stock.lock_stock(session, [ListingId(listing_id) for listing_id in goods])
