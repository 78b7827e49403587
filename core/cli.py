"""Commands for operators: `python -m wsgi seed demo`, `python -m wsgi create-admin`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Engine

from core.config import settings
from core.db.clock import business_now
from core.db.session import Database, make_engine
from core.embedded import database_url


@click.group()
def seed() -> None:
    """Put what the program needs, or a market to try it with, into the database."""


@seed.command()
def reference() -> None:
    """The catalogue that every installation starts with."""
    from core.seeds.demo import SEEDER
    from core.seeds.reference import seed_reference

    with _engine() as engine, Database(engine).transaction() as session:
        added = seed_reference(session, actor=SEEDER, now=business_now(session))
    click.echo(f"{added} products added")


@seed.command()
def demo() -> None:
    """A market of four vendors and six shops with months of orders. Never in production."""
    from core.seeds.demo import DemoNotForProduction, seed_demo

    with _engine() as engine:
        with Database(engine).transaction() as session:
            now = business_now(session)
        try:
            with engine.begin() as connection:
                added = seed_demo(connection, environment=settings().environment, now=now)
        except DemoNotForProduction as refused:
            raise click.ClickException(str(refused)) from refused
    click.echo(f"{added.products} products and {added.listings} listings added")


@click.command("create-admin")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.password_option(help="Asked for when it is not given: an argument stays in the shell's history.")
def create_admin(email: str, name: str, password: str) -> None:
    """Somebody who may do everything. The first one can only come from here: nobody registers as admin."""
    from core.actor import Actor, ActorKind, Via
    from core.errors import DomainError
    from core.parties import service as parties
    from core.parties.models import Role

    operator = Actor(kind=ActorKind.SYSTEM, via=Via.COMMAND)
    try:
        with _engine() as engine, Database(engine).transaction() as session:
            user = parties.create_user(
                session,
                role=Role.ADMIN,
                email=email,
                name=name,
                password=password,
                actor=operator,
                now=business_now(session),
            )
    except DomainError as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{user.email} can sign in")


@contextmanager
def _engine() -> Iterator[Engine]:
    engine = make_engine(database_url(), pooled=False)
    try:
        yield engine
    finally:
        engine.dispose()
