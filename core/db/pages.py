"""Pages of a list by keyset: stable while rows are added, and as quick at the end as at the start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.db.base import Base

Row = TypeVar("Row", bound=Base)

DEFAULT_LIMIT = 20
LARGEST_LIMIT = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list. `next` is what to ask with as *after* for the rest, None at the end."""

    items: tuple[Row, ...]
    total: int
    next: int | None


def page(
    session: Session,
    statement: Select[Row],
    model: type[Row],
    *,
    after: int | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[Row]:
    """The rows of *statement* with the smallest ids past *after*, at most 100."""
    key: Any = model.__table__.c.id
    limit = max(1, min(limit, LARGEST_LIMIT))
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    past = statement if after is None else statement.where(key > after)
    rows = tuple(session.scalars(past.order_by(key).limit(limit + 1)))
    items = rows[:limit]
    return Page(items=items, total=total, next=_id(items[-1]) if len(rows) > limit else None)


def _id(row: Any) -> int:
    return int(row.id)
