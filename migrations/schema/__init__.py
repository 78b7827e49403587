"""The schema, a module for each area: every table with its indexes and, right below, the invariants it keeps by itself.

The first migration runs these statements in this order, because a table refers only to tables above it.
The models in core say the same; tests/platform/test_migrations.py compares the two.
"""

from __future__ import annotations

import re

from migrations.schema import (
    append_only,
    catalog,
    corrections,
    credit,
    endings,
    fulfillments,
    ledger,
    messaging,
    operations,
    orders,
    parties,
    pricing,
    records,
    reports,
    risk,
    routing,
    vendors,
    work,
)

STATEMENTS: tuple[str, ...] = (
    append_only.FUNCTION,
    *records.STATEMENTS,
    *work.STATEMENTS,
    *parties.STATEMENTS,
    *catalog.STATEMENTS,
    *pricing.STATEMENTS,
    *orders.STATEMENTS,
    *routing.STATEMENTS,
    *fulfillments.STATEMENTS,
    *vendors.STATEMENTS,
    *credit.STATEMENTS,
    *endings.STATEMENTS,
    *ledger.STATEMENTS,
    *corrections.STATEMENTS,
    *messaging.STATEMENTS,
    *risk.STATEMENTS,
    *reports.STATEMENTS,
    *operations.STATEMENTS,
)

_MADE = re.compile(r"CREATE (TABLE|SEQUENCE|FUNCTION|EXTENSION)(?: IF NOT EXISTS)? (\w+)")


def undo() -> tuple[str, ...]:
    """The statements that drop all of it, last made first. Indexes and triggers go with their tables."""
    found = (_MADE.match(statement.strip()) for statement in STATEMENTS)
    made = [match.groups() for match in found if match]
    made.reverse()
    tables = [name for kind, name in made if kind == "TABLE"]
    others = [f"{kind} {name}" for kind, name in made if kind != "TABLE"]
    return (
        *operations.UNDO,
        *(f"DROP TABLE {name}" for name in tables),
        *(f"DROP {other}" for other in others),
    )
