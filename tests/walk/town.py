"""Where a walk takes place: a few shops and wholesalers with limits that bind and stock that runs short."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from random import Random  # noqa: TID251 - a walk is taken again by its seed
from typing import Any

from sqlalchemy import Select, select

from core.actor import SYSTEM, Actor, ActorKind
from core.catalog import stock
from core.catalog.models import VatClass
from core.credit import service as credit
from core.errors import DomainError
from core.money import rupees
from core.orders.views import Refused
from core.refs import ListingId
from core.routing.settings import RoutingSettings
from core.settings import service as settings
from tests.market import Market, Shop, Wholesaler
from tests.walk import fair


class Unfair(AssertionError):
    """A use case refused what the tables of the life let happen, or for a reason that is none of its own."""


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
    _limit_with(market, vendors[0], shops[:2])
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


def _limit_with(market: Market, vendor: Wholesaler, shops: list[Shop]) -> None:
    for shop in shops:
        facts = {"limit": rupees(1_500), "reason": "new to each other", "actor": SYSTEM}
        market.do(credit.limit_with_vendor, shop.id, vendor.id, **facts)


@dataclass
class Walker:
    """One thread of the walk, with chances of its own."""

    town: Town
    rng: Random

    def do(self, act: Callable[..., Any], *args: Any, about: int | None = None, **facts: Any) -> Any:
        """The answer of the use case, None when it refused. Raises Unfair when it had no right to.

        *about* is the order, part or offer that it is about, if not its first argument.
        """
        name, event = act.__name__, fair.event_of(act.__name__, facts)
        subject = about or (args[0] if args else None)
        before = self._status(event, subject)
        try:
            answer = self.town.market.do(act, *args, **facts)
            code = answer.code if isinstance(answer, (Refused, DomainError)) else None
        except DomainError as refused:
            answer, code = None, refused.code
        self.town.outcomes[f"{name}: {code or 'done'}"] += 1
        if code is not None:
            self._must_be_fair(name, event, code, subject, before, facts.get("actor"))
        return answer

    def _must_be_fair(
        self,
        name: str,
        event: StrEnum | None,
        code: str,
        subject: int | None,
        before: StrEnum | None,
        actor: Actor | None,
    ) -> None:
        is_of_party = actor is not None and actor.kind in (ActorKind.VENDOR, ActorKind.RETAILER)
        if code in fair.BESIDES.get(name, ()) or (code == "party_inactive" and is_of_party):
            return
        after = self._status(event, subject)
        if event and before and after and fair.is_due(event, code, before=before, after=after):
            return
        raise Unfair(f"{name} of {subject}, which went from {before} to {after}, was refused with {code}")

    def _status(self, event: StrEnum | None, subject: int | None) -> StrEnum | None:
        kind = fair.kind_of(event)
        if kind is None or subject is None:
            return None
        return self.town.market.look(lambda session: session.get_one(kind.model, subject).status)

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
