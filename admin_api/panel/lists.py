"""Long lists, one page at a time, by the API's cursors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from admin_api import paging
from admin_api.paging import PageQuery

ROWS = 25


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    items: list[Any]
    total: int
    next: str | None
    # Whether this page is past the first.
    is_later: bool


def listed(
    session: Session,
    statement: Select[Any],
    *,
    key: InstrumentedAttribute[int],
    sorts: paging.Sorts | None = None,
    sort: str = "-id",
) -> Listed:
    """The page that the address asks for with `after`: two statements. Raises a Problem for an odd cursor."""
    after = (request.args.get("after") or "")[:500] or None
    found = paging.cut(
        session, statement, key=key, page=PageQuery(limit=ROWS, after=after), sorts=sorts, sort=sort
    )
    return Listed(items=found.items, total=found.total, next=found.next, is_later=after is not None)


def chosen(name: str, among: Any) -> Any:
    """The member of the enum *among* that the address names, or None."""
    given = request.args.get(name, "")
    return among(given) if given in set(among) else None
