"""What a vendor agreed with one shop: own prices for a while. The database lets no two of them overlap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit.service import record_action
from core.catalog.errors import PriceNotPositive
from core.catalog.models import Listing
from core.clock import business_date
from core.db.constraints import refusals
from core.errors import NotFound
from core.money import ZERO, Money
from core.parties.models import Approval
from core.parties.queries import get_retailer
from core.pricing import policy, queries
from core.pricing.errors import PriceListRefused
from core.pricing.models import PriceList, PriceListLine
from core.pricing.service.special import SpecialStep, check_not_steep, must_sell, remember
from core.refs import RetailerId

A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceListFacts:
    """The own prices by listing, from the first business day to the last; without a last day until it is ended."""

    starts_on: dt.date
    ends_on: dt.date | None = None
    prices: Mapping[int, Money]

    @property
    def during(self) -> Range[dt.date]:
        return Range(self.starts_on, self.ends_on + A_DAY if self.ends_on else None, bounds="[)")


def create_price_list(
    session: Session,
    facts: PriceListFacts,
    *,
    vendor_id: int,
    retailer_id: int,
    is_confirmed: bool = False,
    actor: Actor,
    now: dt.datetime,
) -> PriceList:
    """Agree own prices with an approved shop. Baskets have them from their first day on; open offers keep theirs.

    Raises PriceListRefused, PriceListsOverlap, PriceNotPositive, NotFound for another vendor's listing, and
    PriceChangeHeld unless *is_confirmed* (somebody looked at it twice); then nothing changed.
    """
    must_sell(session, actor, vendor_id, kind="vendors", row_id=vendor_id)
    if get_retailer(session, RetailerId(retailer_id)).approval is not Approval.APPROVED:
        raise NotFound(kind="retailers", id=retailer_id)
    today = business_date(now)
    _check(facts, began_on=None, today=today)
    listings = _listings_of(session, vendor_id, facts.prices)
    paid = _paid_before(session, retailer_id, listings, facts)
    if not is_confirmed:
        check_not_steep(session, _steps({}, facts.prices, listings, paid))
    row = PriceList(
        vendor_id=vendor_id, retailer_id=retailer_id, during=facts.during, created_at=now, updated_at=now
    )
    _write(session, row, facts)
    _note(session, "price_list_created", row, {}, facts.prices, listings, paid, actor=actor, now=now)
    return row


def change_price_list(
    session: Session,
    price_list_id: int,
    facts: PriceListFacts,
    *,
    is_confirmed: bool = False,
    actor: Actor,
    now: dt.datetime,
) -> PriceList:
    """Replace what the list says with *facts*. A list that has begun keeps its first day; an ended one stays.

    Raises what `create_price_list` raises.
    """
    row = _locked(session, price_list_id, actor)
    today = business_date(now)
    before = queries.prices_of_lists(session, [price_list_id])[price_list_id]
    if (row.starts_on, row.ends_on, before) == (facts.starts_on, facts.ends_on, dict(facts.prices)):
        return row
    _must_not_have_ended(row, today)
    is_in_force = row.starts_on <= today
    _check(facts, began_on=row.starts_on if is_in_force else None, today=today)
    listings = _listings_of(session, row.vendor_id, {**before, **facts.prices})
    paid = _paid_before(session, row.retailer_id, listings, facts) | (before if is_in_force else {})
    if not is_confirmed:
        steps = _steps(before, facts.prices, listings, paid)
        # A planned price that goes before its first day changes nothing that anybody pays.
        check_not_steep(session, [step for step in steps if is_in_force or step.new is not None])
    row.updated_at = now
    _write(session, row, facts)
    _note(session, "price_list_changed", row, before, facts.prices, listings, paid, actor=actor, now=now)
    return row


def end_price_list(
    session: Session, price_list_id: int, *, is_confirmed: bool = False, actor: Actor, now: dt.datetime
) -> None:
    """End the list: its prices stop applying today.

    A list that has applied before stays to be seen and ends with yesterday; another leaves nothing but its history.
    Raises PriceListRefused when it has ended already, NotFound, and PriceChangeHeld unless *is_confirmed*.
    """
    row = _locked(session, price_list_id, actor)
    today = business_date(now)
    _must_not_have_ended(row, today)
    before = queries.prices_of_lists(session, [price_list_id])[price_list_id]
    listings = _listings_of(session, row.vendor_id, before)
    if not is_confirmed and row.starts_on <= today:
        check_not_steep(session, _steps(before, {}, listings, before))
    has_applied = row.starts_on < today
    if has_applied:
        row.during, row.updated_at = Range(row.starts_on, today, bounds="[)"), now
    _note(session, "price_list_ended", row, before, {}, listings, before, actor=actor, now=now)
    if not has_applied:
        session.delete(row)
        session.flush()


def _locked(session: Session, price_list_id: int, actor: Actor) -> PriceList:
    row = session.get(PriceList, price_list_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(kind="price_lists", id=price_list_id)
    must_sell(session, actor, row.vendor_id, kind="price_lists", row_id=price_list_id)
    return row


def _check(facts: PriceListFacts, *, began_on: dt.date | None, today: dt.date) -> None:
    if not facts.prices:
        raise PriceListRefused(reason="empty")
    if reason := policy.refusal_of_period(facts.starts_on, facts.ends_on, began_on=began_on, today=today):
        raise PriceListRefused(reason=reason, starts_on=facts.starts_on, ends_on=facts.ends_on)
    for listing_id, price in facts.prices.items():
        if price <= ZERO:
            raise PriceNotPositive(listing_id=listing_id, price=price)


def _must_not_have_ended(row: PriceList, today: dt.date) -> None:
    if row.ends_on is not None and row.ends_on < today:
        raise PriceListRefused(reason="has_ended", ends_on=row.ends_on)


def _listings_of(session: Session, vendor_id: int, prices: Mapping[int, Money]) -> dict[int, Money]:
    """The general price of each listing, which is locked. Raises NotFound for one that this vendor does not have.

    Without the locks two lists for one listing, written at once, would each wait for the other at the constraint.
    """
    rows = session.execute(
        select(Listing.id, Listing.price_minor)
        .where(Listing.id.in_(prices.keys()), Listing.vendor_id == vendor_id)
        .order_by(Listing.id)
        .with_for_update(key_share=True)
    )
    found = {listing_id: Money(price) for listing_id, price in rows}
    if missing := sorted(prices.keys() - found.keys()):
        raise NotFound(kind="listings", id=missing[0])
    return found


def _paid_before(
    session: Session, retailer_id: int, listings: Mapping[int, Money], facts: PriceListFacts
) -> dict[int, Money]:
    """What the shop pays for one piece until the list begins: its own price of the day before, or the general one."""
    own = queries.own_prices(session, retailer_id, listings, on=facts.starts_on - A_DAY)
    return {listing_id: own.get(listing_id, price) for listing_id, price in listings.items()}


def _steps(
    before: Mapping[int, Money],
    after: Mapping[int, Money],
    listings: Mapping[int, Money],
    paid: Mapping[int, Money],
) -> list[SpecialStep]:
    return [
        SpecialStep(
            listing_id=listing_id,
            old=before.get(listing_id),
            new=after.get(listing_id),
            paid_before=paid[listing_id],
            paid_after=after.get(listing_id, listings[listing_id]),
        )
        for listing_id in sorted(before.keys() | after.keys())
        if before.get(listing_id) != after.get(listing_id)
    ]


def _write(session: Session, row: PriceList, facts: PriceListFacts) -> None:
    """The list and its lines. Raises PriceListsOverlap."""
    with refusals(session, starts_on=facts.starts_on, ends_on=facts.ends_on):
        if row.id is not None:
            session.execute(delete(PriceListLine).where(PriceListLine.price_list_id == row.id))
        row.during = facts.during
        session.add(row)
        session.flush()
        session.execute(
            insert(PriceListLine),
            [
                {
                    "price_list_id": row.id,
                    "listing_id": listing_id,
                    "retailer_id": row.retailer_id,
                    "during": facts.during,
                    "price_minor": price.minor,
                }
                for listing_id, price in sorted(facts.prices.items())
            ],
        )


def _note(
    session: Session,
    action: str,
    row: PriceList,
    before: Mapping[int, Money],
    after: Mapping[int, Money],
    listings: Mapping[int, Money],
    paid: Mapping[int, Money],
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    for step in _steps(before, after, listings, paid):
        remember(session, step, retailer_id=row.retailer_id, during=row.during, actor=actor, now=now)
    facts: dict[str, Any] = {
        "vendor_id": row.vendor_id,
        "retailer_id": row.retailer_id,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat() if row.ends_on else None,
        "prices_minor": {str(listing_id): price.minor for listing_id, price in sorted(after.items())},
    }
    record_action(
        session, action, subject_kind="price_list", subject_id=row.id, actor=actor, now=now, after=facts
    )
    session.flush()
