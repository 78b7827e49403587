"""The demo market: people, shops, wholesalers, goods and credit, always the same, with months of orders and payments."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session, sessionmaker

from core.actor import Actor, ActorKind, Via
from core.config import Environment
from core.credit import service as credit
from core.errors import DomainError
from core.outbox.service import HISTORY
from core.refs import UserId
from core.seeds import listings, parties, reference, replay

# The number only has to be ours; migrations take the one before it.
DEMO_LOCK = 7_246_003

SEEDER = Actor(kind=ActorKind.SYSTEM, via=Via.COMMAND)


class DemoNotForProduction(DomainError):
    """The demo's passwords are published: it is never put into a database that real people use."""

    code = "demo_not_for_production"


@dataclass(frozen=True, kw_only=True, slots=True)
class Seeded:
    """Who is in the market, and how much a run added to it. A second run adds nothing."""

    products: int
    listings: int
    admin_id: UserId
    shops: tuple[parties.Shop, ...]
    vendors: tuple[parties.Wholesaler, ...]


def seed_demo(connection: Connection, *, environment: Environment, now: dt.datetime) -> Seeded:
    """Seed the demo market with its history, or complete one that is there, in the caller's transaction.

    The history is replayed only when all six shops are new: a market that people have used has its own.
    Raises DemoNotForProduction.
    """
    made = seed_market(connection, environment=environment, now=now)
    if all(shop.is_new for shop in made.shops):
        replay.replay_history(
            replay.ReplayContext(
                sessions=_sessions(connection),
                retailers={shop.demo.number: shop.retailer_id for shop in made.shops},
                vendors=[vendor.vendor_id for vendor in made.vendors],
                admin_id=made.admin_id,
                now=now,
            )
        )
    return made


def seed_market(connection: Connection, *, environment: Environment, now: dt.datetime) -> Seeded:
    """The demo market on its first day: people, goods and credit, nothing ordered yet. Raises DemoNotForProduction."""
    if environment is Environment.PRODUCTION:
        raise DemoNotForProduction(environment=environment)
    # Two starts at once on one database: the second waits, and then finds everything done.
    connection.execute(select(func.pg_advisory_xact_lock(DEMO_LOCK)))
    with _sessions(connection).begin() as session:
        products = reference.seed_reference(session, actor=SEEDER, now=now)
        admin = parties.seed_admin(session, actor=SEEDER, now=now)
        shops = parties.seed_retailers(session, actor=SEEDER, now=now)
        vendors = parties.seed_vendors(session, actor=SEEDER, now=now)
        _open_accounts(session, shops, now=now)
        listed = listings.list_products(
            session, vendors, list(reference.read_products()), actor=SEEDER, now=now
        )
    return Seeded(
        products=products,
        listings=listed,
        admin_id=UserId(admin.id),
        shops=tuple(shops),
        vendors=tuple(vendors),
    )


def _sessions(connection: Connection) -> sessionmaker[Session]:
    """Sessions inside the caller's transaction whose events nobody reacts to: the demo sends no messages."""
    return sessionmaker(
        connection, join_transaction_mode="create_savepoint", expire_on_commit=False, info=HISTORY
    )


def _open_accounts(session: Session, shops: list[parties.Shop], *, now: dt.datetime) -> None:
    for shop in shops:
        if shop.is_new and shop.demo.limit is not None:
            credit.open_account(session, shop.retailer_id, limit=shop.demo.limit, actor=SEEDER, now=now)
