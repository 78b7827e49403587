"""What a change of special prices does to what shops pay: held when it is steep, and kept as history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from core.actor import Actor, ActorKind
from core.errors import NotFound
from core.money import Money
from core.parties.queries import check_active
from core.pricing import policy
from core.pricing.errors import PriceChangeHeld
from core.pricing.models import SpecialPriceChange
from core.settings import service as settings


@dataclass(frozen=True, kw_only=True, slots=True)
class SpecialStep:
    """One special price that came, changed or went, and what that does to the price in use."""

    listing_id: int
    old: Money | None
    new: Money | None
    # What was and will be paid: the special price, or what applies without it.
    paid_before: Money
    paid_after: Money


def must_sell(session: Session, actor: Actor, vendor_id: int, *, kind: str, row_id: int) -> None:
    """Let an admin or that vendor pass; to everybody else the row does not exist. Raises NotFound, PartyInactive."""
    if actor.kind is not ActorKind.ADMIN and actor.vendor_id != vendor_id:
        raise NotFound(kind=kind, id=row_id)
    check_active(session, actor)


def check_not_steep(session: Session, steps: Sequence[SpecialStep]) -> None:
    """Raises PriceChangeHeld for the first price in use that would move too far for nobody to look twice."""
    rules = settings.current(session, policy.PricingSettings).values
    for step in steps:
        if policy.is_change_held(step.paid_before, step.paid_after, rules):
            raise PriceChangeHeld(
                listing_id=step.listing_id,
                old=step.paid_before,
                new=step.paid_after,
                change_basis_points=policy.change_in_basis_points(step.paid_before, step.paid_after),
            )


def remember(
    session: Session,
    step: SpecialStep,
    *,
    from_quantity: Decimal | None = None,
    retailer_id: int | None = None,
    during: Range[dt.date] | None = None,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """One row of history: of a tier (*from_quantity*) or of a shop's own price (*retailer_id* and *during*)."""
    session.add(
        SpecialPriceChange(
            listing_id=step.listing_id,
            from_quantity=from_quantity,
            retailer_id=retailer_id,
            during=during,
            old_minor=None if step.old is None else step.old.minor,
            new_minor=None if step.new is None else step.new.minor,
            actor=actor.label,
            at=now,
        )
    )
