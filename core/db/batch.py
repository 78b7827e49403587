"""Many rows changed by one statement, each to values of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, Text, cast, column, func, literal, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from core.db.base import Base


def update_rows(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Set columns of rows that their `id` names. All of *rows* name the same columns.

    Objects of the session that are such rows are not refreshed.
    """
    if not rows:
        return
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - a mapped class of ours is one table
    sent = cast(literal(json.dumps(rows, default=str), Text), JSONB)
    given = (
        func.jsonb_to_recordset(sent)
        .table_valued(*(column(name, table.c[name].type) for name in rows[0]), name="given")
        .render_derived(with_types=True)
    )
    values = {name: given.c[name] for name in rows[0] if name != "id"}
    session.execute(update(table).values(values).where(table.c.id == given.c.id))
