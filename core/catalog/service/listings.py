"""Each vendor's way of selling a product: created, priced, offered or held back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit.service import record_action
from core.catalog.errors import PriceNotPositive
from core.catalog.models import Listing, Stock
from core.db.constraints import refusals
from core.errors import NotFound
from core.events import ListingPriceChanged
from core.money import ZERO, Money
from core.outbox.service import record
from core.parties.queries import check_active
from core.quantity import ZERO_QUANTITY
from core.refs import ListingId, ProductId, VendorId


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingFacts:
    """How one vendor begins to sell one product. The price is before VAT, for one base piece."""

    vendor_id: VendorId
    product_id: ProductId
    price: Money
    minimum_quantity: Decimal = ZERO_QUANTITY
    pack_multiple: Decimal = Decimal(1)
    lead_time_days: int = 0
    is_available: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceStep:
    """A price that really changed."""

    listing_id: ListingId
    vendor_id: VendorId
    product_id: ProductId
    before: Money
    after: Money


def create_listing(session: Session, facts: ListingFacts, *, actor: Actor, now: dt.datetime) -> Listing:
    """Create a listing with nothing in stock yet. Raises ListingExists, PriceNotPositive, PartyInactive."""
    check_active(session, actor)
    listing = create_listings(session, [facts], now=now)[0]
    record_action(
        session,
        "listing_created",
        subject_kind="listing",
        subject_id=listing.id,
        actor=actor,
        now=now,
        after={"price_minor": listing.price_minor},
    )
    return listing


def create_listings(session: Session, wanted: Sequence[ListingFacts], *, now: dt.datetime) -> list[Listing]:
    """Create all of them or none. Raises ListingExists, PriceNotPositive."""
    listings = [_listing(facts, now=now) for facts in wanted]
    with refusals(session, products=[facts.product_id for facts in wanted]):
        session.add_all(listings)
    session.add_all(
        [Stock(listing_id=listing.id, on_hand=ZERO_QUANTITY, reserved=ZERO_QUANTITY) for listing in listings]
    )
    session.flush()
    return listings


def set_listing_price(
    session: Session, listing_id: ListingId, price: Money, *, actor: Actor, now: dt.datetime
) -> PriceStep | None:
    """Set the price of one base piece, before VAT. None when it is the price already. Raises NotFound, PriceNotPositive."""
    _check_price(price)
    listing = _lock_listing(session, listing_id)
    before = Money(listing.price_minor)
    if price == before:
        return None
    listing.price_minor = price.minor
    listing.updated_at = now
    session.flush()
    event = ListingPriceChanged(
        listing_id=listing.id, vendor_id=listing.vendor_id, product_id=listing.product_id
    )
    record(session, event, actor=actor, now=now)
    return PriceStep(
        listing_id=ListingId(listing.id),
        vendor_id=VendorId(listing.vendor_id),
        product_id=ProductId(listing.product_id),
        before=before,
        after=price,
    )


def set_available(
    session: Session, listing_id: ListingId, *, is_available: bool, actor: Actor, now: dt.datetime
) -> bool:
    """Make the listing available or not, whatever its stock. False when nothing changed.

    Raises PartyInactive.
    """
    listing = _lock_listing(session, listing_id)
    check_active(session, actor)
    if listing.is_available is is_available:
        return False
    listing.is_available = is_available
    listing.updated_at = now
    session.flush()
    _audit_listing(session, listing, {"is_available": is_available}, actor=actor, now=now)
    return True


def set_listing_terms(
    session: Session,
    listing_id: ListingId,
    *,
    minimum_quantity: Decimal,
    pack_multiple: Decimal,
    lead_time_days: int,
    actor: Actor,
    now: dt.datetime,
) -> Listing:
    """Set the minimum quantity, pack multiple and lead time. Raises NotFound, PartyInactive."""
    listing = _lock_listing(session, listing_id)
    check_active(session, actor)
    listing.minimum_quantity = minimum_quantity
    listing.pack_multiple = pack_multiple
    listing.lead_time_days = lead_time_days
    listing.updated_at = now
    session.flush()
    after: dict[str, object] = {
        "minimum_quantity": str(minimum_quantity),
        "pack_multiple": str(pack_multiple),
        "lead_time_days": lead_time_days,
    }
    _audit_listing(session, listing, after, actor=actor, now=now)
    return listing


def _listing(facts: ListingFacts, *, now: dt.datetime) -> Listing:
    _check_price(facts.price)
    return Listing(
        vendor_id=facts.vendor_id,
        product_id=facts.product_id,
        price_minor=facts.price.minor,
        minimum_quantity=facts.minimum_quantity,
        pack_multiple=facts.pack_multiple,
        lead_time_days=facts.lead_time_days,
        is_available=facts.is_available,
        updated_at=now,
    )


def _check_price(price: Money) -> None:
    if price <= ZERO:
        raise PriceNotPositive(price=price)


def _lock_listing(session: Session, listing_id: ListingId) -> Listing:
    """Weak enough to let stock movements of the listing be written meanwhile: they only need it to exist."""
    listing = session.get(Listing, listing_id, with_for_update={"key_share": True}, populate_existing=True)
    if listing is None:
        raise NotFound(kind="listings", id=listing_id)
    return listing


def _audit_listing(
    session: Session, listing: Listing, after: dict[str, object], *, actor: Actor, now: dt.datetime
) -> None:
    record_action(
        session,
        "listing_changed",
        subject_kind="listing",
        subject_id=listing.id,
        actor=actor,
        now=now,
        after=after,
    )
