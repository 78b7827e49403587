"""The migrations lead from nothing to today's models, and one step back."""

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect

from core.config import PROJECT_ROOT
from core.db.session import make_engine
from tests.databases import empty_database


@pytest.fixture
def alembic(servers) -> Iterator[Config]:
    with empty_database(servers.database_url) as url:
        config = Config(toml_file=PROJECT_ROOT / "pyproject.toml")
        config.attributes["database_url"] = url
        yield config


def tables(config: Config) -> set[str]:
    engine = make_engine(config.attributes["database_url"], pooled=False)
    return set(inspect(engine).get_table_names())


def test_the_migrations_are_what_the_models_say(alembic):
    command.upgrade(alembic, "head")

    # Raises when a model has changed without a migration.
    command.check(alembic)


def test_the_last_migration_can_be_taken_back(alembic):
    command.upgrade(alembic, "head")
    before = tables(alembic)

    command.downgrade(alembic, "-1")
    command.upgrade(alembic, "head")

    assert tables(alembic) == before


def test_all_migrations_can_be_taken_back(alembic):
    command.upgrade(alembic, "head")

    command.downgrade(alembic, "base")

    assert tables(alembic) == {"alembic_version"}


def test_migrating_twice_changes_nothing(alembic):
    command.upgrade(alembic, "head")
    before = tables(alembic)

    command.upgrade(alembic, "head")

    assert tables(alembic) == before
