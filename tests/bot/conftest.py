"""The demo market for everything that is said in a chat: seeded once in a process, rolled back after each test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

if TYPE_CHECKING:
    from core.config import Settings
    from tests.bot.stage import Stage
    from tests.conftest import TestServers
    from tests.databases import FreshDatabase


@pytest.fixture(scope="session")
def seeded_market(servers: TestServers, template: str) -> Iterator[FreshDatabase]:
    """A database of this process with the demo's people and goods, and nothing ordered yet."""
    from tests.bot.stage import seed
    from tests.databases import cloned

    with cloned(servers.database_url, template) as clone:
        with clone.engine.begin() as connection:
            seed(connection)
            # As autovacuum does in a database that lives longer: without statistics, plans of large joins are bad.
            connection.execute(text("ANALYZE"))
        yield clone


@pytest.fixture
def stage(seeded_market: FreshDatabase, settings: Settings) -> Iterator[Stage]:
    from tests.bot.stage import staged

    with seeded_market.engine.connect() as connection:
        outer = connection.begin()
        try:
            yield from staged(connection, settings)
        finally:
            outer.rollback()
