"""Gather the facts of a decision: a fixed number of statements, however many vendors and lines."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
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
from core.parties.opening import Opening, opens_next, week_of
from core.pricing import queries as pricing
from core.pricing.policy import NO_SPECIAL_PRICES, PricingSettings, average_price, vat_basis_points
from core.refs import ProductId, RetailerId
from core.routing.models import Offer, OfferLine, OfferStatus
from core.routing.policy.facts import Exclusion, ListingSnapshot, Market, Need, Place, VendorSnapshot
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
    listings = _listings_by_vendor(session, retailer_id, on_sale, today=today)
    rows = vendors.vendors_now(session, listings, now=now)
    in_market = {
        vendor_id for vendor_id, row in rows.items() if row.approval is Approval.APPROVED and row.is_active
    }
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
                listings[vendor_id],
                waits=waits,
                open_fulfillments=workloads.get(vendor_id, 0),
                pair_available=pair_limits.get(vendor_id),
                history=history.get(vendor_id),
                recent=recent.get(vendor_id, ZERO),
            )
            for vendor_id, row in rows.items()
        ),
        averages=_averages(
            product_ids, [listings[vendor_id] for vendor_id in listings if vendor_id in in_market]
        ),
        vat_basis_points={
            product_id: vat_basis_points(product.vat_class, vat) for product_id, product in products.items()
        },
        today=today,
        fairness_points=settings.fairness_points,
    )


def _snapshot(
    row: vendors.VendorNow,
    listings: Mapping[int, ListingSnapshot],
    *,
    waits: Callable[[Opening], int | None],
    open_fulfillments: int,
    pair_available: Money | None,
    history: Exclusion | None,
    recent: Money,
) -> VendorSnapshot:
    opening = Opening(
        hours=week_of(tuple(row.opens_minutes), tuple(row.closes_minutes)),
        working_days=frozenset(row.working_days),
        closed_days=frozenset(row.closed_days),
    )
    return VendorSnapshot(
        vendor_id=row.vendor_id,
        listings=listings,
        place=_place(row),
        is_approved=row.approval is Approval.APPROVED,
        is_active=row.is_active,
        has_stopped=row.has_stopped,
        working_days=opening.working_days,
        closed_days=opening.closed_days,
        hours=opening.hours,
        waits_minutes=waits(opening),
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


def _waits(now: dt.datetime, *, longest: int) -> Callable[[Opening], int | None]:
    """How many minutes until a vendor is open, worked out once for each kind of week; None when more than *longest* hours."""

    @cache
    def wait(opening: Opening) -> int | None:
        opens_at = opens_next(opening, now)
        if opens_at is None or opens_at - now > dt.timedelta(hours=longest):
            return None
        return math.ceil((opens_at - now) / dt.timedelta(minutes=1))

    return wait


def _listings_by_vendor(
    session: Session, retailer_id: int, product_ids: Collection[ProductId], *, today: dt.date
) -> dict[int, dict[int, ListingSnapshot]]:
    """By vendor and product, with what departs from the price for this retailer today."""
    sold = pricing.listings_for_shop(session, retailer_id=retailer_id, product_ids=product_ids, on=today)
    special = sold.special
    listings: dict[int, dict[int, ListingSnapshot]] = defaultdict(dict)
    for (
        listing_id,
        available,
        price_minor,
        vendor_id,
        product_id,
        minimum_quantity,
        pack_multiple,
    ) in sold.rows:
        listings[vendor_id][product_id] = ListingSnapshot(
            listing_id,
            product_id,
            price_minor,
            available,
            minimum_quantity,
            pack_multiple,
            special.get(listing_id, NO_SPECIAL_PRICES),
        )
    return listings


def narrowed(market: Market, *, needs: Sequence[Need], history: Mapping[int, Exclusion]) -> Market:
    """The market as it was read, for *needs* that are some of those, and an order with this *history*."""
    wanted = {need.product_id for need in needs}
    narrowed_vendors = (
        replace(
            vendor,
            listings=_only(wanted, vendor.listings),
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


def _only(product_ids: AbstractSet[int], by_product: Mapping[int, Value]) -> Mapping[int, Value]:
    if by_product.keys() <= product_ids:
        return by_product
    return {product_id: value for product_id, value in by_product.items() if product_id in product_ids}


def _averages(
    product_ids: Collection[int], of_vendors: Collection[Mapping[int, ListingSnapshot]]
) -> dict[int, Money]:
    """As `pricing.market_averages`, from what has been read already."""
    asked = {
        product_id: [facts[product_id].price_minor for facts in of_vendors if product_id in facts]
        for product_id in product_ids
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
