"""The rows of one import between reading and writing: in a table of this transaction, so that memory stays flat.

It also brings them into the order of the rows that they will change, in which those are locked, whatever the file's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    MetaData,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from core.exchange.sheets import Facts

BATCH: Final = 500
_AFTER_ALL_IDS = 2**63 - 1

STAGED: Final = Table(
    "exchange_rows",
    MetaData(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    # The row that the key names; None for one that is new.
    Column("target_id", BigInteger),
    Column("vendor_id", BigInteger),
    Column("product_id", BigInteger),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True, kw_only=True, slots=True)
class StagedRow:
    number: int
    facts: Facts
    target_id: int | None
    vendor_id: int | None
    product_id: int | None


def lower_fact(name: str) -> ColumnElement[str]:
    """What the rows say under *name*, as keys are compared: codes are one whatever their case."""
    return func.lower(STAGED.c.facts[name].astext)


def targets(rows: Sequence[StagedRow]) -> list[int]:
    return [row.target_id for row in rows if row.target_id is not None]


def begin(session: Session) -> None:
    STAGED.create(session.connection(), checkfirst=False)


def end(session: Session) -> None:
    STAGED.drop(session.connection(), checkfirst=False)


def add(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        # Returning makes one statement of them.
        session.execute(insert(STAGED).returning(STAGED.c.number), rows)


def analyze(session: Session) -> None:
    """Let the planner know how many rows there are."""
    session.execute(text(f"ANALYZE {STAGED.name}"))


def drop_repeated(session: Session) -> list[tuple[int, int]]:
    """Take away rows whose key came before. Their numbers, each with that of the first."""
    first = select(STAGED.c.key, func.min(STAGED.c.number).label("number")).group_by(STAGED.c.key).subquery()
    repeated = session.execute(
        delete(STAGED)
        .where(STAGED.c.key == first.c.key, STAGED.c.number > first.c.number)
        .returning(STAGED.c.number, first.c.number)
    )
    return [(number, before) for number, before in repeated]


def numbers_where(session: Session, condition: ColumnElement[bool]) -> list[int]:
    return list(session.scalars(select(STAGED.c.number).where(condition)))


def drop_where(session: Session, condition: ColumnElement[bool]) -> None:
    """Take away rows that cannot be imported."""
    session.execute(delete(STAGED).where(condition))


def batches(session: Session) -> Iterator[list[StagedRow]]:
    """In the order of what they will change, then what is new."""
    place = tuple_(func.coalesce(STAGED.c.target_id, _AFTER_ALL_IDS), STAGED.c.number)
    last = (0, 0)
    while True:
        rows = [
            StagedRow(
                number=row.number,
                facts=row.facts,
                target_id=row.target_id,
                vendor_id=row.vendor_id,
                product_id=row.product_id,
            )
            for row in session.execute(
                select(STAGED).where(place > last).order_by(*place.clauses).limit(BATCH)
            )
        ]
        if rows:
            yield rows
        if len(rows) < BATCH:
            return
        last = (rows[-1].target_id or _AFTER_ALL_IDS, rows[-1].number)
