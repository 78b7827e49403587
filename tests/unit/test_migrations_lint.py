"""A migration that would stop a trading market doesn't pass `make check`; one written as the how-to says does."""

import re
import subprocess
import sys

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from core.config import PROJECT_ROOT
from migrations.lint import look_at_all

HOW_TO = (PROJECT_ROOT / "docs/how-to/change-the-schema.md").read_text(encoding="utf-8")
FIRST = "0f6d2b8c41a9"
HEAD = """
from alembic import op

revision = "{revision}"
down_revision = "{before}"
"""


def with_migrations(tmp_path, *bodies):
    """Our own first migration, and *bodies* after it."""
    before = FIRST
    for number, body in enumerate(bodies):
        revision = f"{number:012x}"
        (tmp_path / f"{revision}.py").write_text(HEAD.format(revision=revision, before=before) + body)
        before = revision
    config = Config()
    config.set_main_option("script_location", str(PROJECT_ROOT / "migrations"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{PROJECT_ROOT / 'migrations/versions'}\n{tmp_path}")
    return config


def upgrade(*statements):
    return "def upgrade():\n" + "\n".join(f"    op.execute({statement!r})" for statement in statements)


def rules(tmp_path, *statements):
    return {unsafe.rule for unsafe in look_at_all(with_migrations(tmp_path, upgrade(*statements)))}


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("ALTER TABLE orders ADD COLUMN note text NOT NULL", "adding-required-field"),
        ("CREATE INDEX ix_orders_note ON orders (note)", "require-concurrent-index-creation"),
        ("DROP INDEX ix_orders_note", "require-concurrent-index-deletion"),
        ("ALTER TABLE orders DROP COLUMN note", "ban-drop-column"),
        ("ALTER TABLE orders RENAME COLUMN note TO remark", "renaming-column"),
        ("ALTER TABLE orders ALTER COLUMN note TYPE bigint", "changing-column-type"),
        ("ALTER TABLE orders ALTER COLUMN note SET NOT NULL", "adding-not-nullable-field"),
        ("ALTER TABLE orders ADD CONSTRAINT ck_a CHECK (id > 0)", "constraint-missing-not-valid"),
        (
            "ALTER TABLE orders ADD CONSTRAINT fk_a FOREIGN KEY (a) REFERENCES b (id)",
            "adding-foreign-key-constraint",
        ),
        ("ALTER TABLE orders ADD CONSTRAINT uq_a UNIQUE (a)", "disallowed-unique-constraint"),
        ("CREATE INDEX CONCURRENTLY ix_a ON orders (a)", "ban-concurrent-index-creation-in-transaction"),
        ("UPDATE orders SET note = ''", "backfill-in-migration"),
        ("DELETE FROM orders WHERE id < 5", "backfill-in-migration"),
    ],
)
def test_what_would_hold_up_the_market_is_refused(tmp_path, statement, rule):
    assert rule in rules(tmp_path, statement)


def test_what_only_adds_passes(tmp_path):
    assert rules(tmp_path, "ALTER TABLE orders ADD COLUMN note text") == set()


def test_the_examples_of_the_how_to_pass(tmp_path):
    examples = re.findall(r"```python\n(def upgrade.+?)```", HOW_TO, re.DOTALL)

    assert len(examples) >= 3
    assert look_at_all(with_migrations(tmp_path, *examples)) == []


def test_our_own_migrations_pass_and_the_first_one_is_not_asked():
    ended = subprocess.run(
        [sys.executable, "-m", "migrations.lint"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (0, "")


def test_there_is_one_line_of_migrations():
    scripts = ScriptDirectory.from_config(Config(toml_file=PROJECT_ROOT / "pyproject.toml"))

    assert len(scripts.get_heads()) == 1
