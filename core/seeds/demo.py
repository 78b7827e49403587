"""The demo market: people, shops, wholesalers, goods and credit, always the same, with a past that makes it true."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.actor import Actor, ActorKind, Via
from core.config import Environment
from core.credit import service as credit
from core.db.session import Database
from core.errors import DomainError
from core.seeds import market, people, reference

SEEDER = Actor(kind=ActorKind.SYSTEM, via=Via.COMMAND)


class DemoNotForProduction(DomainError):
    """The demo's passwords are published: it is never put into a database that real people use."""

    code = "demo_not_for_production"


@dataclass(frozen=True, kw_only=True, slots=True)
class Seeded:
    """What a run added. A second run adds nothing."""

    products: int
    listings: int


def seed_demo(database: Database, *, environment: Environment, now: dt.datetime) -> Seeded:
    """Put the demo market into an empty database, or complete one. Raises DemoNotForProduction."""
    if environment is Environment.PRODUCTION:
        raise DemoNotForProduction(environment=environment)
    with database.transaction() as session:
        products = reference.seed_reference(session, actor=SEEDER, now=now)
        people.seed_admin(session, actor=SEEDER, now=now)
        shops = people.seed_retailers(session, actor=SEEDER, now=now)
        vendors = people.seed_vendors(session, actor=SEEDER, now=now)
        _open_accounts(session, shops, now=now)
        listings = market.list_products(
            session, vendors, list(reference.read_products()), actor=SEEDER, now=now
        )
    return Seeded(products=products, listings=listings)


def _open_accounts(session: Session, shops: list[people.Shop], *, now: dt.datetime) -> None:
    for shop in shops:
        if shop.is_new and shop.demo.limit is not None:
            credit.open_account(session, shop.retailer_id, limit=shop.demo.limit, actor=SEEDER, now=now)
