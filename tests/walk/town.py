"""Where a walk takes place: a few shops and wholesalers with limits that bind and stock that runs short."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random  # noqa: TID251 - a walk is taken again by its seed
from typing import Any

from sqlalchemy import Select, select

from core.actor import SYSTEM, Actor
from core.catalog import stock
from core.catalog.models import VatClass
from core.credit import service as credit
from core.credit.errors import HoldResolved, HoldTooSmall
from core.errors import DomainError
from core.money import rupees
from core.refs import ListingId
from core.routing.settings import RoutingSettings
from core.settings import service as settings
from tests.market import Market, Shop, Wholesaler

# Refusals that no order of steps may lead to: the hold always covers what is promised, until the order has ended.
NEVER = (HoldTooSmall, HoldResolved)


@dataclass
class Town:
    market: Market
    shops: list[tuple[Shop, Actor]]
    vendors: dict[int, Wholesaler]
    products: list[int]
    listings: list[ListingId]
    outcomes: Counter[str] = field(default_factory=Counter)
    _clock: threading.Lock = field(default_factory=threading.Lock)

    def people(self, retailer_id: int) -> list[Actor]:
        return [
            person for shop, helper in self.shops if shop.id == retailer_id for person in (shop.owner, helper)
        ]

    def pass_time(self, hours: int) -> None:
        with self._clock:
            self.market.now += dt.timedelta(hours=hours)


def build(market: Market, rng: Random) -> Town:
    vendors = [market.wholesaler(f"Vendor {number}") for number in range(4)]
    products = [
        market.product(f"SKU-{number}", vat=VatClass.STANDARD if number % 2 else VatClass.EXEMPT)
        for number in range(5)
    ]
    listings = [
        market.sells(vendor, product, price=rupees(rng.randint(18, 26)), stock_of=rng.choice([30, 80, 400]))
        for vendor in vendors
        for product in products
        if rng.random() < 0.8
    ]
    limits = [rupees(30_000), rupees(6_000), rupees(12_000), None]
    shops = [market.shop(f"Shop {number}", limit=limit) for number, limit in enumerate(limits)]
    helpers = [market.helper(shop, limit=rupees(900), day_limit=rupees(2_000)) for shop in shops]
    for shop in shops[:2]:
        market.do(
            credit.limit_with_vendor,
            shop.id,
            vendors[0].id,
            limit=rupees(1_500),
            reason="new to each other",
            actor=SYSTEM,
        )
    market.do(
        settings.change,
        RoutingSettings,
        {"offers_at_once": rng.choice([1, 1, 2, 3])},
        seen_version=0,
        reason="walk",
        actor=SYSTEM,
    )
    return Town(
        market=market,
        shops=list(zip(shops, helpers, strict=True)),
        vendors={vendor.id: vendor for vendor in vendors},
        products=list(products),
        listings=listings,
    )


@dataclass
class Walker:
    """One thread of the walk, with chances of its own."""

    town: Town
    rng: Random

    def do(self, act: Callable[..., Any], *args: Any, **facts: Any) -> Any:
        """The answer of the use case; None when it refused, which is an answer as well."""
        name = act.__name__
        try:
            answer = self.town.market.do(act, *args, **facts)
        except NEVER:
            raise
        except DomainError as refused:
            self.town.outcomes[f"{name}: {refused.code}"] += 1
            return None
        self.town.outcomes[f"{name}: {getattr(answer, 'code', 'done')}"] += 1
        return answer

    def pick(self, found: Select[Any]) -> Any:
        """One of the newest rows that *found* selects, detached; None when there is none."""

        def read(session: Any) -> Any:
            rows = session.execute(found.limit(30)).all()
            return self.rng.choice(rows) if rows else None

        return self.town.market.look(read)

    def anybody(self, retailer_id: int) -> Actor:
        return self.rng.choice(self.town.people(retailer_id))

    def few(self, most: Decimal) -> Decimal:
        return Decimal(self.rng.randint(1, max(int(most), 1)))


def restock(walker: Walker) -> None:
    listing = walker.rng.choice(walker.town.listings)
    cause = f"count:{listing}:{walker.rng.random()}"
    wanted = Decimal(walker.rng.choice([40, 100, 300]))
    walker.do(stock.count, listing, wanted, cause=cause, reason="counted", actor=SYSTEM)


__all__ = ["Town", "Walker", "build", "restock", "select"]
