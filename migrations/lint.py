"""Refuses a migration that would stop a market that is trading: `python -m migrations.lint`, a part of `make check`.

Each migration after the first is written out as the SQL that the server will get, with the limits and the transaction that
migrations/env.py gives it, and squawk reads that. The first one fills an empty database, so nobody waits for it.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory

from core.config import PROJECT_ROOT
from migrations.limits import LIMITS

# The oldest server that we say we run on.
SERVER: Final = "16"
SQUAWK: Final = Path(sysconfig.get_path("scripts")) / "squawk"
# Taste, not safety: what the schema does already, in its own way.
NOT_ASKED: Final = (
    "prefer-identity",  # bigserial throughout
    "prefer-robust-stmts",  # a migration is a transaction; only what runs outside of one can be left half done
    "prefer-text-field",  # closed sets are varchar(40) with a check
    "require-table-schema",
)
# A whole table rewritten in one transaction holds its rows until the end. squawk lets it pass.
_BACKFILL: Final = re.compile(
    r"^\s*(?:WITH\b[^;]*?\)\s*)?(UPDATE|DELETE FROM)\s+(\w+)", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsafe:
    migration: str
    line: int
    rule: str
    says: str


def sql_of(script: Script) -> str:
    """What the server gets for one migration, as migrations/env.py runs it."""
    written = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql",
        opts={"as_sql": True, "output_buffer": written, "transactional_ddl": True},
    )
    written.write("".join(f"{limit};\n" for limit in LIMITS))
    with context.begin_transaction(), Operations.context(context):
        script.module.upgrade()
    return written.getvalue()


def look_at(script: Script) -> Iterator[Unsafe]:
    """What is unsafe in *script*; nothing in the first migration."""
    if script.down_revision is None:
        return
    sql, name = sql_of(script), Path(script.path).name
    for backfill in _BACKFILL.finditer(sql):
        yield Unsafe(
            migration=name,
            line=sql.count("\n", 0, backfill.start(1)) + 1,
            rule="backfill-in-migration",
            says=f"{backfill[1].upper()} of {backfill[2]}: rewrite rows in slices, by a job (docs/how-to/change-the-schema.md)",
        )
    asked = [f"--exclude={','.join(NOT_ASKED)}", f"--pg-version={SERVER}", "--reporter=json"]
    told = subprocess.run(
        [SQUAWK, *asked, f"--stdin-filepath={name}"], input=sql, capture_output=True, text=True, check=False
    )
    if told.returncode not in (0, 1) or not told.stdout.strip():
        raise RuntimeError(told.stderr.strip() or "squawk said nothing")
    for one in json.loads(told.stdout):
        says = " ".join(filter(None, (one["message"], one.get("help"))))
        yield Unsafe(migration=name, line=one["line"] + 1, rule=one["rule_name"], says=says)


def look_at_all(config: Config) -> list[Unsafe]:
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    return [unsafe for script in reversed(list(scripts)) for unsafe in look_at(script)]


def main() -> int:
    found = look_at_all(Config(toml_file=PROJECT_ROOT / "pyproject.toml"))
    for unsafe in found:
        sys.stdout.write(f"{unsafe.migration}, line {unsafe.line} of its SQL: {unsafe.rule}: {unsafe.says}\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
