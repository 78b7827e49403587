"""The tier prices of a listing, written as one ladder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit.service import record_action
from core.catalog.errors import PriceNotPositive
from core.catalog.models import Listing
from core.errors import NotFound
from core.money import ZERO, Money
from core.pricing import policy, queries
from core.pricing.errors import TiersRefused
from core.pricing.models import PriceTier
from core.pricing.policy import SpecialPrices, Tier
from core.pricing.service.special import SpecialStep, check_not_steep, must_sell, remember


def set_tiers(
    session: Session,
    listing_id: int,
    tiers: Sequence[Tier],
    *,
    is_confirmed: bool = False,
    actor: Actor,
    now: dt.datetime,
) -> tuple[Tier, ...]:
    """Replace all tiers of the listing. Returns them by quantity. Open offers keep their prices.

    Raises TiersRefused, PriceNotPositive, NotFound for another vendor's listing, and PriceChangeHeld unless
    *is_confirmed* (somebody looked at it twice); then nothing changed.
    """
    # The listing's lock lets two ladders for it be written one after the other only.
    listing = session.scalar(
        select(Listing)
        .where(Listing.id == listing_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if listing is None:
        raise NotFound(kind="listings", id=listing_id)
    must_sell(session, actor, listing.vendor_id, kind="listings", row_id=listing_id)
    wanted = tuple(sorted(tiers, key=lambda tier: tier.from_quantity))
    present = queries.tiers_of(session, listing_id)
    if wanted == present:
        return present
    _check(Money(listing.price_minor), wanted)
    steps = _steps(listing, present, wanted)
    if not is_confirmed:
        check_not_steep(session, list(steps.values()))
    session.execute(delete(PriceTier).where(PriceTier.listing_id == listing_id))
    session.add_all(
        PriceTier(listing_id=listing_id, from_quantity=tier.from_quantity, price_minor=tier.price.minor)
        for tier in wanted
    )
    for from_quantity, step in steps.items():
        remember(session, step, from_quantity=from_quantity, actor=actor, now=now)
    record_action(
        session,
        "tiers_set",
        subject_kind="listing",
        subject_id=listing_id,
        actor=actor,
        now=now,
        before={"tiers": _as_json(present)},
        after={"tiers": _as_json(wanted)},
    )
    session.flush()
    return wanted


def _check(listing_price: Money, tiers: Sequence[Tier]) -> None:
    for tier in tiers:
        if tier.price <= ZERO:
            raise PriceNotPositive(price=tier.price)
        if tier.from_quantity <= 0:
            raise TiersRefused(reason="quantity_not_positive", from_quantity=tier.from_quantity)
    if len({tier.from_quantity for tier in tiers}) != len(tiers):
        raise TiersRefused(reason="quantity_twice")
    if idle := policy.find_idle_tier(listing_price, tiers):
        raise TiersRefused(reason="not_cheaper", from_quantity=idle.from_quantity, price=idle.price)


def _steps(listing: Listing, present: Sequence[Tier], wanted: Sequence[Tier]) -> dict[Decimal, SpecialStep]:
    """What changes at each quantity at which a tier begins, began or has another price."""
    old = {tier.from_quantity: tier.price for tier in present}
    new = {tier.from_quantity: tier.price for tier in wanted}
    return {
        quantity: SpecialStep(
            listing_id=listing.id,
            old=old.get(quantity),
            new=new.get(quantity),
            paid_before=_paid(listing, quantity, present),
            paid_after=_paid(listing, quantity, wanted),
        )
        for quantity in sorted(old.keys() | new.keys())
        if old.get(quantity) != new.get(quantity)
    }


def _paid(listing: Listing, quantity: Decimal, tiers: Sequence[Tier]) -> Money:
    special = SpecialPrices(tiers=tuple(tiers))
    return policy.apply_price(Money(listing.price_minor), quantity, special).price


def _as_json(tiers: Sequence[Tier]) -> list[list[str | int]]:
    return [[str(tier.from_quantity), tier.price.minor] for tier in tiers]
