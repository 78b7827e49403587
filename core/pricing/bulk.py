"""Many prices set at once, with their history, in a fixed number of statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.catalog.bulk import set_listing_prices
from core.catalog.models import Listing
from core.money import Money
from core.pricing.models import PriceChange
from core.pricing.queries import market_averages
from core.pricing.service.watching import Changed, follow_changes
from core.refs import ListingId, ProductId, VendorId

Averages = Mapping[int, Money]


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstPrice:
    vendor_id: VendorId
    product_id: ProductId
    price: Money


def averages_met(session: Session, product_ids: Sequence[ProductId]) -> Averages:
    """What the market asks before the changes that are about to be made."""
    return market_averages(session, product_ids) if product_ids else {}


def record_first_prices(
    session: Session, prices: Sequence[FirstPrice], averages: Averages, *, actor: Actor, now: dt.datetime
) -> None:
    """Begin the history of listings that are new."""
    _remember(
        session,
        [(first.vendor_id, first.product_id, None, first.price) for first in prices],
        averages,
        actor=actor,
        now=now,
    )


def confirm_prices(
    session: Session, prices: Mapping[ListingId, Money], *, actor: Actor, now: dt.datetime
) -> int:
    """Sell at these prices from now on, however large the changes: the caller looked. How many really changed."""
    differ = {
        row.id: row.product_id
        for row in session.execute(
            select(Listing.id, Listing.product_id, Listing.price_minor).where(Listing.id.in_(prices))
        )
        if prices[ListingId(row.id)].minor != row.price_minor
    }
    if not differ:
        return 0
    averages = market_averages(session, list(differ.values()))
    wanted = {ListingId(listing_id): prices[ListingId(listing_id)] for listing_id in differ}
    steps = set_listing_prices(session, wanted, actor=actor, now=now)
    _remember(
        session,
        [(step.vendor_id, step.product_id, step.before, step.after) for step in steps],
        averages,
        actor=actor,
        now=now,
    )
    return len(steps)


def _remember(
    session: Session,
    steps: Sequence[tuple[VendorId, ProductId, Money | None, Money]],
    averages: Averages,
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    rows = [
        {
            "vendor_id": vendor_id,
            "product_id": product_id,
            "old_minor": None if old is None else old.minor,
            "new_minor": new.minor,
            "market_average_minor": averages[product_id].minor if product_id in averages else None,
            "actor": actor.label,
            "at": now,
        }
        for vendor_id, product_id, old, new in steps
    ]
    if rows:
        # Returning makes one statement of them, in the order of the rows.
        statement = insert(PriceChange).returning(PriceChange.id, sort_by_parameter_order=True)
        ids = session.scalars(statement, rows).all()
        changed = [
            Changed(price_change_id=change_id, vendor_id=vendor_id, product_id=product_id, old=old, new=new)
            for change_id, (vendor_id, product_id, old, new) in zip(ids, steps, strict=True)
        ]
        follow_changes(session, changed, now=now)
