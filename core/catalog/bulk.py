"""Many products and listings written at once, in a fixed number of statements.

For callers that have looked, locked and decided already: they hold the locks of the rows that change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit.service import record_action
from core.catalog.models import Listing, Product, Stock
from core.catalog.service import ListingFacts, PriceStep, ProductFacts, with_short_label
from core.db.batch import update_rows
from core.events import ListingPriceChanged
from core.money import Money
from core.outbox.service import record_all
from core.quantity import ZERO_QUANTITY
from core.refs import ListingId, ProductId, VendorId


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingTerms:
    minimum_quantity: Decimal
    pack_multiple: Decimal
    lead_time_days: int
    is_available: bool


def write_products(
    session: Session,
    *,
    new: Sequence[ProductFacts],
    changed: Mapping[ProductId, ProductFacts],
    labels: set[str],
    reason: str,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Labels that are made are added to *labels*. The caller calls `service.bump_revision` once at the end."""
    ids: list[int] = []
    if new:
        rows = [{**_product_columns(facts, labels), "created_at": now, "updated_at": now} for facts in new]
        ids = list(session.scalars(insert(Product).returning(Product.id, sort_by_parameter_order=True), rows))
    update_rows(
        session,
        Product,
        [
            {"id": product_id, **_product_columns(facts, labels), "updated_at": now}
            for product_id, facts in changed.items()
        ],
    )
    for action, product_id, facts in (
        *(("product_created", row_id, facts) for row_id, facts in zip(ids, new, strict=True)),
        *(("product_updated", product_id, facts) for product_id, facts in changed.items()),
    ):
        after = {"sku": facts.sku, "name": facts.name, "is_active": facts.is_active}
        record_action(
            session,
            action,
            subject_kind="product",
            subject_id=product_id,
            actor=actor,
            now=now,
            after=after,
            reason=reason,
        )
    session.flush()


def write_listings(
    session: Session,
    *,
    new: Sequence[ListingFacts],
    changed: Mapping[ListingId, ListingTerms],
    reason: str,
    actor: Actor,
    now: dt.datetime,
) -> list[ListingId]:
    """New listings, with nothing in stock yet, and other terms for old ones. The ids of the new ones in their order."""
    ids: list[int] = []
    if new:
        rows = [_listing_columns(facts, now=now) for facts in new]
        ids = list(session.scalars(insert(Listing).returning(Listing.id, sort_by_parameter_order=True), rows))
        empty = [
            {"listing_id": row_id, "on_hand": ZERO_QUANTITY, "reserved": ZERO_QUANTITY} for row_id in ids
        ]
        session.execute(insert(Stock).returning(Stock.listing_id), empty)
    update_rows(
        session,
        Listing,
        [{"id": listing_id, **asdict(terms), "updated_at": now} for listing_id, terms in changed.items()],
    )
    for row_id, facts in zip(ids, new, strict=True):
        record_action(
            session,
            "listing_created",
            subject_kind="listing",
            subject_id=row_id,
            actor=actor,
            now=now,
            after={"price_minor": facts.price.minor},
            reason=reason,
        )
    for listing_id, terms in changed.items():
        record_action(
            session,
            "listing_changed",
            subject_kind="listing",
            subject_id=listing_id,
            actor=actor,
            now=now,
            after={
                "minimum_quantity": str(terms.minimum_quantity),
                "pack_multiple": str(terms.pack_multiple),
                "lead_time_days": terms.lead_time_days,
                "is_available": terms.is_available,
            },
            reason=reason,
        )
    session.flush()
    return [ListingId(row_id) for row_id in ids]


def set_listing_prices(
    session: Session, prices: Mapping[ListingId, Money], *, actor: Actor, now: dt.datetime
) -> list[PriceStep]:
    """Sell at these prices, all of them positive, from now on. Steps for those that really changed, in order of ids."""
    rows = session.execute(
        select(Listing.id, Listing.vendor_id, Listing.product_id, Listing.price_minor)
        .where(Listing.id.in_(prices))
        .order_by(Listing.id)
        .with_for_update(key_share=True)
    )
    steps = [
        PriceStep(
            listing_id=ListingId(row.id),
            vendor_id=VendorId(row.vendor_id),
            product_id=ProductId(row.product_id),
            before=Money(row.price_minor),
            after=prices[ListingId(row.id)],
        )
        for row in rows
        if prices[ListingId(row.id)].minor != row.price_minor
    ]
    update_rows(
        session,
        Listing,
        [{"id": step.listing_id, "price_minor": step.after.minor, "updated_at": now} for step in steps],
    )
    events = [
        ListingPriceChanged(listing_id=step.listing_id, vendor_id=step.vendor_id, product_id=step.product_id)
        for step in steps
    ]
    record_all(session, events, actor=actor, now=now)
    return steps


def _product_columns(facts: ProductFacts, labels: set[str]) -> dict[str, Any]:
    facts = with_short_label(facts, labels)
    labels.add(facts.short_label or "")
    columns: dict[str, Any] = {
        name: getattr(facts, name) for name in ProductFacts.__slots__ if name != "reference_price"
    }
    price = facts.reference_price
    return {**columns, "reference_price_minor": None if price is None else price.minor}


def _listing_columns(facts: ListingFacts, *, now: dt.datetime) -> dict[str, Any]:
    return {
        "vendor_id": facts.vendor_id,
        "product_id": facts.product_id,
        "price_minor": facts.price.minor,
        "minimum_quantity": facts.minimum_quantity,
        "pack_multiple": facts.pack_multiple,
        "lead_time_days": facts.lead_time_days,
        "is_available": facts.is_available,
        "updated_at": now,
    }
