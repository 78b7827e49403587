"""What vendors do by themselves: they change prices, fill their stores, and answer an offer or not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from core.catalog import stock
from core.catalog.models import Stock
from core.money import Money
from core.pricing.bulk import confirm_prices
from core.refs import ListingId
from core.seeds.city import seasons
from core.seeds.city.chance import Random, hours, typical
from core.seeds.city.town import City, Wholesaler, price_on
from core.seeds.listings import printed
from core.seeds.timeline import Timeline

# Of its listings a vendor looks at so many each week, and moves each by so much around what it means to ask.
REPRICED_SHARE = 0.12
PRICE_NOISE = 0.02
# In the weeks before and after the feast it looks at more of them.
REPRICED_AT_FESTIVAL = 0.45
# Below this share of a full shelf the vendor reorders.
REORDERS_BELOW = Decimal("0.45")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a vendor does with an offer. `at` is None when it stays silent; `lacks` are lines it does not really have."""

    at: dt.datetime | None
    declines: bool
    lacks: frozenset[int]


def answer_to_offer(
    city: City, vendor: Wholesaler, rng: Random, lines: Collection[int], *, now: dt.datetime
) -> Answer:
    """Decide how *vendor* answers an offer for these order lines that reached it *now*."""
    nature = vendor.nature
    crowd = _crowd(city, vendor)
    is_silent = rng.random() < nature.stays_silent
    waits = hours(typical(rng, nature.answer_minutes / 60, 0.6))
    return Answer(
        at=None if is_silent else seasons.while_open(now) + waits,
        declines=rng.random() < nature.declines * crowd,
        lacks=frozenset(line for line in sorted(lines) if rng.random() < nature.lacks),
    )


def hours_to_deliver(city: City, vendor: Wholesaler, rng: Random, *, day: dt.date) -> float:
    """From the acceptance to the shop's door: more when much is promised already, and when everybody orders."""
    rush = max(seasons.demand(day), 1.0) ** 0.5
    return typical(rng, vendor.nature.delivery_hours * _crowd(city, vendor) * rush, 0.35)


def keep_store(city: City, vendor: Wholesaler) -> Timeline:
    """Twice a week the vendor fills what runs low and counts it."""
    rng = city.chance.of("store", vendor.nature.number)
    offset = rng.randrange(3)
    for number, day in enumerate(city.plan.dates):
        if (number + offset) % 3 or day in seasons.CLOSED:
            continue
        at = seasons.at(day, 6 + rng.random())
        yield at
        _fill_shelves(city, vendor, cause=f"count:{day.isoformat()}", now=at)


def change_prices(city: City, vendor: Wholesaler) -> Timeline:
    """Once a week, and twice around the feast, the vendor looks at some of its prices."""
    rng = city.chance.of("prices", vendor.nature.number)
    offset = rng.randrange(7)
    for number, day in enumerate(city.plan.dates):
        is_festive = abs((day - seasons.FULPATI).days) <= 21
        if (number + offset) % (4 if is_festive else 7) or day in seasons.CLOSED:
            continue
        share = REPRICED_AT_FESTIVAL if is_festive else REPRICED_SHARE
        wanted = {
            shelf.listing_id: _moved(rng, price_on(vendor.nature, shelf.lean, shelf.product, day))
            for shelf in vendor.shelves
            if rng.random() < share
        }
        at = seasons.at(day, 7 + 2 * rng.random())
        yield at
        with city.database.transaction() as session:
            confirm_prices(session, wanted, actor=vendor.actor, now=at)


def _moved(rng: Random, price: Money) -> Money:
    return printed(price.rupees * Decimal(round(1 + rng.gauss(0, PRICE_NOISE), 4)))


def _fill_shelves(city: City, vendor: Wholesaler, *, cause: str, now: dt.datetime) -> None:
    full = {shelf.listing_id: shelf.full for shelf in vendor.shelves}
    with city.database.transaction() as session:
        rows = session.execute(
            select(Stock.listing_id, Stock.on_hand, Stock.reserved).where(Stock.listing_id.in_(full))
        )
        counted = {
            ListingId(row.listing_id): row.reserved + full[ListingId(row.listing_id)]
            for row in rows
            if row.on_hand - row.reserved < full[ListingId(row.listing_id)] * REORDERS_BELOW
        }
        if counted:
            stock.count_all(session, counted, cause=cause, reason="delivered", actor=vendor.actor, now=now)


def _crowd(city: City, vendor: Wholesaler) -> float:
    """How much longer everything takes with what the vendor has promised already; 1 while it has room."""
    return max(1.0, city.open_parcels[vendor.id] / vendor.nature.capacity)
