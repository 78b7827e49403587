"""What a restored database is compared by: the rows of every table, and the sums that money depends on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import psycopg
from psycopg import sql

Totals = Mapping[str, int]

# Amounts in paisa. Entries sum to zero in sound books, so both sides are summed apart.
_CONTROL: Final[Mapping[str, str]] = {
    "ledger debits": "SELECT coalesce(sum(amount_minor) FILTER (WHERE amount_minor > 0), 0) FROM entries",
    "ledger credits": "SELECT coalesce(sum(amount_minor) FILTER (WHERE amount_minor < 0), 0) FROM entries",
    "open holds": (
        "SELECT coalesce(sum(amount_minor - captured_minor - released_minor), 0)"
        " FROM credit_holds WHERE status = 'open'"
    ),
    "invoices": "SELECT coalesce(sum(total_minor), 0) FROM invoices",
}


def count(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Rows by table (`rows of orders`) and control totals, as *connection*'s snapshot sees them."""
    tables = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    ).fetchall()
    counts = {
        f"rows of {table}": _number(
            connection, sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(table))
        )
        for (table,) in tables
    }
    if "rows of entries" in counts:
        counts |= {name: _number(connection, sql.SQL(query)) for name, query in _CONTROL.items()}
    return counts


def differences(expected: Totals, found: Totals) -> list[str]:
    """A sentence for each total that is missing or differs."""
    return [
        f"{name}: {expected.get(name, 'none')} in the backup, {found.get(name, 'none')} after the restore"
        for name in sorted({*expected, *found})
        if expected.get(name) != found.get(name)
    ]


def _number(connection: psycopg.Connection[Any], query: sql.SQL | sql.Composed) -> int:
    row = connection.execute(query).fetchone()
    if row is None:
        raise AssertionError("an aggregate without a row")
    return int(row[0])
