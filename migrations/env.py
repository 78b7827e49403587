"""Run migrations: one at a time in the world, each in its own transaction, never waiting long for a lock."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from core.db.session import make_engine
from core.models import Base
from migrations.limits import LIMITS

# Two deploys at once: the second waits here and then finds nothing to do. The number only has to be ours.
MIGRATION_LOCK = 7_246_001


def run() -> None:
    url = (
        context.config.attributes.get("database_url")
        or context.get_x_argument(as_dictionary=True).get("url")
        or _configured_url()
    )
    engine = make_engine(url, pooled=False)
    with engine.connect() as connection:
        connection.execute(text(f"SELECT pg_advisory_lock({MIGRATION_LOCK})"))
        for limit in LIMITS:
            connection.execute(text(limit))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=True,
            compare_server_default=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


def _configured_url() -> str:
    """The database of this process: the configured one, or this checkout's own server."""
    from core.embedded import database_url

    return database_url()


run()
