"""Gather the facts of a decision: a fixed number of statements, however many vendors and lines."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import TypeVar

from sqlalchemy import BigInteger, all_, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from core.catalog import queries as catalog
from core.catalog.models import Product
from core.clock import business_date
from core.credit.models import CreditAccount
from core.money import ZERO, Money
from core.parties import queries as parties
from core.parties.models import Approval, Retailer, Vendor
from core.parties.opening import opens_next
from core.pricing import queries as pricing
from core.pricing.policy import (
    NO_SPECIAL_PRICES,
    ListingColumn,
    PricingSettings,
    average_price,
    vat_basis_points,
)
from core.refs import ProductId, RetailerId
from core.routing.models import Offer, OfferLine, OfferStatus
from core.routing.policy.facts import Exclusion, ListingSnapshot, Market, Need, Place, VendorSnapshot
from core.routing.policy.shelves import Conditions, Shelf, shelves_of
from core.routing.settings import RoutingSettings
from core.settings.service import current
from core.vendors import queries as vendors

Value = TypeVar("Value")


def gather(
    session: Session,
    *,
    retailer_id: int,
    needs: Sequence[Need],
    workloads: Mapping[int, int],
    history: Mapping[int, Exclusion],
    on_credit: bool,
    now: dt.datetime,
    products: Mapping[ProductId, Product] | None = None,
) -> Market:
    """Everything a decision needs about the vendors that list at least one of the products."""
    product_ids = [ProductId(need.product_id) for need in needs]
    today = business_date(now)
    retailer = parties.get_retailer(session, RetailerId(retailer_id))
    if products is None:
        products = catalog.products_by_ids(session, product_ids)
    on_sale = [product_id for product_id in product_ids if products[product_id].is_active]
    sold = pricing.listings_for_shop(session, retailer_id=retailer_id, product_ids=on_sale, on=today)
    shelves = shelves_of(product_ids, sold.columns, _conditions(sold))
    rows = vendors.vendors_now(session, shelves, now=now)
    not_in_market = {vendor_id for vendor_id, row in rows.items() if not (row.is_approved and row.is_active)}
    settings = current(session, RoutingSettings).values
    waits = _waits(now, longest=settings.longest_wait_hours)
    recent = (
        _recent_business(session, rows, since=now - dt.timedelta(days=settings.fairness_days))
        if settings.fairness_points
        else {}
    )
    pair_limits = _pair_limits(session, retailer_id) if on_credit else {}
    vat = current(session, PricingSettings).values
    return Market(
        needs=tuple(needs),
        place=_place(retailer),
        vendors=tuple(
            _snapshot(
                row,
                shelves[vendor_id],
                waits=waits,
                open_fulfillments=workloads.get(vendor_id, 0),
                pair_available=pair_limits.get(vendor_id),
                history=history.get(vendor_id),
                recent=recent.get(vendor_id, ZERO),
            )
            for vendor_id, row in rows.items()
        ),
        averages=_averages(sold.columns, not_in_market),
        vat_basis_points={
            product_id: vat_basis_points(product.vat_class, vat) for product_id, product in products.items()
        },
        today=today,
        fairness_points=settings.fairness_points,
    )


def _snapshot(
    row: vendors.VendorNow,
    listings: Shelf,
    *,
    waits: Callable[[str], int | None],
    open_fulfillments: int,
    pair_available: Money | None,
    history: Exclusion | None,
    recent: Money,
) -> VendorSnapshot:
    opening = vendors.opening_of(row.opening)
    return VendorSnapshot(
        vendor_id=row.vendor_id,
        listings=listings,
        place=_place(row),
        is_approved=row.is_approved,
        is_active=row.is_active,
        has_stopped=row.has_stopped,
        working_days=opening.working_days,
        closed_days=opening.closed_days,
        hours=opening.hours,
        waits_minutes=waits(row.opening),
        radius_km=row.radius_km,
        minimum_order=Money(row.minimum_order_minor),
        open_fulfillments=open_fulfillments,
        reliability=row.reliability,
        pair_available=pair_available,
        history=history,
        recent=recent,
    )


def _recent_business(
    session: Session, vendor_ids: Collection[int], *, since: dt.datetime
) -> dict[int, Money]:
    """What each vendor accepted since then, before VAT."""
    accepted = (
        select(Offer.vendor_id, func.sum(OfferLine.accepted_quantity * OfferLine.unit_price_minor))
        .join(OfferLine, OfferLine.offer_id == Offer.id)
        .where(
            Offer.status == OfferStatus.ACCEPTED,
            Offer.answered_at > since,
            Offer.vendor_id == any_(literal(list(vendor_ids), ARRAY(BigInteger))),
        )
        .group_by(Offer.vendor_id)
    )
    return {vendor_id: Money(int(business)) for vendor_id, business in session.execute(accepted)}


def _waits(now: dt.datetime, *, longest: int) -> Callable[[str], int | None]:
    """How many minutes until a vendor is open, worked out once for each kind of week; None when more than *longest* hours."""

    @cache
    def wait(opening: str) -> int | None:
        opens_at = opens_next(vendors.opening_of(opening), now)
        if opens_at is None or opens_at - now > dt.timedelta(hours=longest):
            return None
        return math.ceil((opens_at - now) / dt.timedelta(minutes=1))

    return wait


def _conditions(sold: pricing.ListingsForShop) -> dict[int, Conditions]:
    """What departs from selling any quantity at the usual price, by listing."""
    return {
        listing_id: Conditions(
            Decimal(least).scaleb(-3) if least else None,
            Decimal(whole).scaleb(-3) if whole else None,
            sold.special.get(listing_id, NO_SPECIAL_PRICES),
        )
        for listing_id in sold.limits.keys() | sold.special.keys()
        for least, whole in [sold.limits.get(listing_id, (0, 0))]
    }


def narrowed(market: Market, *, needs: Sequence[Need], history: Mapping[int, Exclusion]) -> Market:
    """The market as it was read, for *needs* that are some of those, and an order with this *history*."""
    wanted = {need.product_id for need in needs}
    is_all = wanted.issuperset(need.product_id for need in market.needs)
    narrowed_vendors = (
        vendor
        if is_all and vendor.history is history.get(vendor.vendor_id)
        else replace(
            vendor,
            listings=vendor.listings if is_all else _listings_only(wanted, vendor.listings),
            history=history.get(vendor.vendor_id),
        )
        for vendor in market.vendors
    )
    return replace(
        market,
        needs=tuple(needs),
        vendors=tuple(vendor for vendor in narrowed_vendors if vendor.listings),
        averages=_only(wanted, market.averages),
        vat_basis_points=_only(wanted, market.vat_basis_points),
    )


def _listings_only(
    product_ids: AbstractSet[int], listings: Mapping[int, ListingSnapshot]
) -> Mapping[int, ListingSnapshot]:
    return listings.only(product_ids) if isinstance(listings, Shelf) else _only(product_ids, listings)


def _only(product_ids: AbstractSet[int], by_product: Mapping[int, Value]) -> Mapping[int, Value]:
    if by_product.keys() <= product_ids:
        return by_product
    return {product_id: value for product_id, value in by_product.items() if product_id in product_ids}


def _averages(columns: Mapping[int, ListingColumn], not_in_market: AbstractSet[int]) -> dict[int, Money]:
    """As `pricing.market_averages`, from what has been read already."""
    asked = {
        product_id: column.prices_minor
        if not_in_market.isdisjoint(column.vendor_ids)
        else [
            price
            for vendor_id, price in zip(column.vendor_ids, column.prices_minor, strict=True)
            if vendor_id not in not_in_market
        ]
        for product_id, column in columns.items()
    }
    return {key: average_price(sum(prices), len(prices)) for key, prices in asked.items() if prices}


def history_of_order(session: Session, order_id: int) -> dict[int, Exclusion]:
    """What already became of this order with each vendor that was asked, where that rules the vendor out."""
    refused_part = func.coalesce(func.sum(OfferLine.quantity - OfferLine.accepted_quantity), 0)
    offers = session.execute(
        select(Offer.id, Offer.vendor_id, Offer.status, refused_part)
        .join(OfferLine, OfferLine.offer_id == Offer.id, isouter=True)
        .where(Offer.order_id == order_id)
        .group_by(Offer.id)
        .order_by(Offer.id)
    ).all()
    withdrawn = vendors.withdrawn_offers(
        session, [offer_id for offer_id, _vendor, status, _left in offers if status is OfferStatus.ACCEPTED]
    )
    history: dict[int, Exclusion] = {}
    for offer_id, vendor_id, status, left in offers:
        if status is OfferStatus.ACCEPTED:
            if offer_id in withdrawn:
                history[vendor_id] = Exclusion.WITHDREW
            elif left:
                history.setdefault(vendor_id, Exclusion.TOOK_A_PART)
        elif status is OfferStatus.OPEN:
            history[vendor_id] = Exclusion.HAS_OPEN_OFFER
        elif status in _REFUSED:
            history.setdefault(vendor_id, _REFUSED[status])
    return history


_REFUSED = {
    OfferStatus.DECLINED: Exclusion.DECLINED,
    OfferStatus.LAPSED: Exclusion.LAPSED,
    OfferStatus.UNDELIVERED: Exclusion.UNDELIVERED,
}


def vendors_without_listing(session: Session, listing_vendor_ids: Collection[int]) -> list[int]:
    """The approved, active vendors that list none of the lines: for the record of a decision."""
    return list(
        session.scalars(
            select(Vendor.id)
            .where(
                Vendor.approval == Approval.APPROVED,
                Vendor.is_active,
                Vendor.id != all_(literal(list(listing_vendor_ids), ARRAY(BigInteger))),
            )
            .order_by(Vendor.id)
        )
    )


def _pair_limits(session: Session, retailer_id: int) -> dict[int, Money]:
    """What is left of each limit that this retailer has with a single vendor."""
    accounts = session.scalars(
        select(CreditAccount).where(
            CreditAccount.retailer_id == retailer_id, CreditAccount.vendor_id.is_not(None)
        )
    )
    return {
        account.vendor_id: Money(account.available_minor)
        for account in accounts
        if account.vendor_id is not None
    }


def _place(party: Retailer | vendors.VendorNow) -> Place:
    return Place(
        latitude=party.latitude,
        longitude=party.longitude,
        province=party.province,
        district=party.district,
        municipality=party.municipality,
        ward=party.ward,
    )
