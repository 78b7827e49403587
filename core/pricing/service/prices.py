"""A vendor's price changes: decided by one rule whoever asks, and kept as history."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from core.actor import Actor, ActorKind
from core.catalog.queries import get_listing
from core.catalog.service import PriceStep, set_listing_price
from core.errors import NotFound
from core.money import Money
from core.parties.queries import check_active
from core.pricing import policy
from core.pricing.errors import PriceChangeHeld
from core.pricing.models import PriceChange
from core.pricing.queries import market_averages
from core.pricing.service.watching import Changed, follow_changes
from core.refs import ListingId
from core.settings import service as settings


def change_price(
    session: Session, listing_id: int, price: Money, *, actor: Actor, now: dt.datetime
) -> PriceChange | None:
    """Change the price of one base piece, before VAT. None when it is the price already.

    Raises PriceChangeHeld, with nothing changed, when the change is so large that somebody has to confirm it:
    `confirm_price` then takes it. Raises NotFound for another vendor's listing, PartyInactive.
    """
    rules = settings.current(session, policy.PricingSettings).values
    # The old price is certain only under the listing's lock, so a change that turns out to be held is undone.
    with session.begin_nested():
        change = confirm_price(session, listing_id, price, actor=actor, now=now)
        if change is not None and change.old_minor is not None:
            old = Money(change.old_minor)
            if policy.is_change_held(old, price, rules):
                raise PriceChangeHeld(
                    listing_id=listing_id,
                    old=old,
                    new=price,
                    change_basis_points=policy.change_in_basis_points(old, price),
                )
    return change


def confirm_price(
    session: Session, listing_id: int, price: Money, *, actor: Actor, now: dt.datetime
) -> PriceChange | None:
    """Change the price however large the change is: somebody has confirmed it. Raises NotFound, PartyInactive."""
    listing = get_listing(session, ListingId(listing_id))
    if actor.kind is not ActorKind.ADMIN and actor.vendor_id != listing.vendor_id:
        raise NotFound(kind="listings", id=listing_id)
    market = market_averages(session, [listing.product_id]).get(listing.product_id)
    step = set_listing_price(session, ListingId(listing_id), price, actor=actor, now=now)
    check_active(session, actor)
    return None if step is None else _remember(session, step, market, actor=actor, now=now)


def _remember(
    session: Session, step: PriceStep, market: Money | None, *, actor: Actor, now: dt.datetime
) -> PriceChange:
    """One row of history; the market average is the one the change met."""
    change = PriceChange(
        vendor_id=step.vendor_id,
        product_id=step.product_id,
        old_minor=step.before.minor,
        new_minor=step.after.minor,
        market_average_minor=market.minor if market else None,
        actor=actor.label,
        at=now,
    )
    session.add(change)
    session.flush()
    changed = Changed(
        price_change_id=change.id,
        vendor_id=step.vendor_id,
        product_id=step.product_id,
        old=step.before,
        new=step.after,
    )
    follow_changes(session, [changed], now=now)
    return change
