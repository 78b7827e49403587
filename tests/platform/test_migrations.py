"""The migrations lead from nothing to today's models, and back."""

import re
from collections.abc import Iterator

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect

from core.config import PROJECT_ROOT
from core.db.session import make_engine
from core.models import Base
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


def test_every_constraint_and_index_of_a_model_is_in_the_database_word_for_word(alembic, servers):
    # Alembic compares neither check constraints nor NULLS NOT DISTINCT.
    command.upgrade(alembic, "head")

    with empty_database(servers.database_url) as by_models:
        engine = make_engine(by_models, pooled=False)
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE EXTENSION btree_gist")
            connection.exec_driver_sql("CREATE EXTENSION pg_trgm")
            Base.metadata.create_all(connection)
        modeled = definitions(by_models)

    assert definitions(alembic.attributes["database_url"]) == modeled


def test_all_migrations_can_be_taken_back(alembic):
    command.upgrade(alembic, "head")

    command.downgrade(alembic, "base")

    assert tables(alembic) == {"alembic_version"}
    assert leftovers(alembic.attributes["database_url"]) == []


def test_migrating_twice_changes_nothing(alembic):
    command.upgrade(alembic, "head")
    before = tables(alembic)

    command.upgrade(alembic, "head")

    assert tables(alembic) == before


def definitions(url: str) -> set[tuple[str, str]]:
    """Names and definitions of all constraints and indexes, as PostgreSQL writes them."""
    return set(
        _ask(
            url,
            """
            SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 't'
              AND conrelid <> coalesce(to_regclass('alembic_version'), 0)
            UNION ALL
            SELECT indexname, indexdef FROM pg_indexes
            WHERE schemaname = 'public' AND tablename <> 'alembic_version'
            """,
        )
    )


def leftovers(url: str) -> list[tuple[str, ...]]:
    """Functions, sequences and extensions that are still there."""
    return _ask(
        url,
        """
        SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT sequencename FROM pg_sequences
        UNION ALL SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'
        """,
    )


def _ask(url: str, question: str) -> list[tuple[str, ...]]:
    with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://", 1)) as connection:
        return connection.execute(question).fetchall()


def test_the_examples_of_the_how_to_run_on_a_real_database_one_after_another(alembic, tmp_path):
    how_to = (PROJECT_ROOT / "docs/how-to/change-the-schema.md").read_text(encoding="utf-8")
    before = "0f6d2b8c41a9"
    for number, body in enumerate(re.findall(r"```python\n(def upgrade.+?)```", how_to, re.DOTALL)):
        written = body.replace("DROP COLUMN note", "DROP COLUMN remark")
        (tmp_path / f"{number}.py").write_text(
            f'from alembic import op\n\nrevision = "{number:012x}"\ndown_revision = "{before}"\n\n\n{written}'
        )
        before = f"{number:012x}"
    alembic.set_main_option("path_separator", "newline")
    alembic.set_main_option("version_locations", f"{PROJECT_ROOT / 'migrations/versions'}\n{tmp_path}")

    command.upgrade(alembic, f"{1:012x}")
    with_index = definitions(alembic.attributes["database_url"])
    command.upgrade(alembic, "head")

    assert "ix_orders_remark" in {name for name, _ in with_index}
    assert definitions(alembic.attributes["database_url"]) == {
        one for one in with_index if "remark" not in one[0]
    }
