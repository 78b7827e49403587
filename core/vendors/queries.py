"""What is known of vendors, for many at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import ColumnElement, FunctionFilter, and_, func, select
from sqlalchemy.orm import Session

from core.catalog.models import Listing
from core.parties.models import Approval, Vendor
from core.settings.service import current
from core.vendors.models import ObservationKind, VendorObservation
from core.vendors.policy import Counts, VendorSettings, price_score, reliability_score, with_prior


def reliability(session: Session, vendor_ids: Collection[int], *, now: dt.datetime) -> dict[int, Decimal]:
    """The score that routing uses for each vendor, the prior included: a vendor without history has 60."""
    settings = current(session, VendorSettings).values
    counted = counts(session, vendor_ids, since=now - dt.timedelta(days=settings.history_days))
    indexes = price_indexes(session, [vendor_id for vendor_id, seen in counted.items() if seen.orders])
    return {
        vendor_id: with_prior(
            reliability_score(seen, price_index=indexes.get(vendor_id), settings=settings),
            seen.orders,
            settings,
        )
        for vendor_id, seen in counted.items()
    }


def counts(session: Session, vendor_ids: Collection[int], *, since: dt.datetime) -> dict[int, Counts]:
    """What was observed of each vendor since then; all zero for one without history."""
    seen = VendorObservation
    own = seen.is_override.is_(False)
    measured = and_(seen.kind == ObservationKind.DELIVERED, seen.hours.is_not(None))
    rows = session.execute(
        select(
            seen.vendor_id,
            _count(and_(seen.kind == ObservationKind.ACCEPTED, own)),
            _count(and_(seen.kind == ObservationKind.DECLINED, own)),
            _count(and_(seen.kind == ObservationKind.LAPSED, own)),
            _count(seen.kind == ObservationKind.ACCEPTED),
            _count(seen.kind == ObservationKind.DELIVERED),
            _count(seen.kind == ObservationKind.WITHDRAWN),
            func.coalesce(func.sum(seen.hours).filter(measured), 0),
            _count(measured),
        )
        .where(seen.vendor_id.in_(vendor_ids), seen.at >= since)
        .group_by(seen.vendor_id)
    )
    found = {
        vendor_id: Counts(
            answered_yes=answered_yes,
            declined=declined,
            lapsed=lapsed,
            accepted=accepted,
            delivered=delivered,
            withdrawn=withdrawn,
            delivery_hours=hours or Decimal(0),
            measured_deliveries=measured_deliveries,
        )
        for (
            vendor_id,
            answered_yes,
            declined,
            lapsed,
            accepted,
            delivered,
            withdrawn,
            hours,
            measured_deliveries,
        ) in rows
    }
    return {vendor_id: found.get(vendor_id, Counts()) for vendor_id in vendor_ids}


def price_indexes(session: Session, vendor_ids: Collection[int]) -> dict[int, Decimal]:
    """0–100 for each vendor: the mean of its prices ÷ the market's, over all that it lists now.

    Every listing weighs the same, so that one sack of rice does not outweigh a shelf of biscuits.
    """
    if not vendor_ids:
        return {}
    market = (
        select(Listing.product_id, func.avg(Listing.price_minor).label("average"))
        .join(Vendor, Vendor.id == Listing.vendor_id)
        .where(Listing.is_available, Vendor.is_active, Vendor.approval == Approval.APPROVED)
        .group_by(Listing.product_id)
        .subquery()
    )
    rows = session.execute(
        select(Listing.vendor_id, func.avg(Listing.price_minor / market.c.average))
        .join(market, market.c.product_id == Listing.product_id)
        .where(Listing.vendor_id.in_(vendor_ids), Listing.is_available)
        .group_by(Listing.vendor_id)
    )
    return {vendor_id: price_score(ratio) for vendor_id, ratio in rows}


def withdrawn_offers(session: Session, offer_ids: Collection[int]) -> set[int]:
    """Those of the offers whose vendor accepted and then withdrew."""
    if not offer_ids:
        return set()
    return set(
        session.scalars(
            select(VendorObservation.offer_id).where(
                VendorObservation.kind == ObservationKind.WITHDRAWN, VendorObservation.offer_id.in_(offer_ids)
            )
        )
    )


def _count(condition: ColumnElement[bool]) -> FunctionFilter[int]:
    return func.count().filter(condition)
