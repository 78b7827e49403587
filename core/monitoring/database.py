"""The four views on how the database does: its slow queries, its indexes, its dead rows, and tables that are read whole."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

VIEWS: Final = ("slow_queries", "index_usage_stats", "table_bloat_stats", "missing_indexes")
MOST_ROWS: Final = 50
# pg_stat_statements is installed, and the server was started without it.
_NOT_LOADED: Final = "55000"


def read_view(session: Session, name: str) -> list[dict[str, Any]]:
    """The first rows of one view; empty where the server doesn't keep count of its queries."""
    if name not in VIEWS:
        raise ValueError(name)
    try:
        with session.begin_nested():
            rows = session.execute(text(f"SELECT * FROM {name} LIMIT {MOST_ROWS}"))  # noqa: S608 - one of four names
            return [dict(row) for row in rows.mappings()]
    except DBAPIError as problem:
        if getattr(problem.orig, "sqlstate", None) == _NOT_LOADED:
            return []
        raise
