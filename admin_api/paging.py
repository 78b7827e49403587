"""Pages of a list, by keyset, so that the last page costs no more than the first. Sort orders are whitelisted."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field
from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from admin_api.fields import LARGEST_ID, Given, View
from admin_api.problems import Problem
from core.db.pages import DEFAULT_LIMIT, LARGEST_LIMIT

Item = TypeVar("Item", bound=View)
Row = TypeVar("Row")
Statement = TypeVar("Statement", bound=Select[Any])
Column = ColumnElement[Any] | InstrumentedAttribute[Any]


class PageQuery(Given):
    """What every list takes. `after` is the `next` of the previous page."""

    limit: Annotated[int, Field(ge=1, le=LARGEST_LIMIT)] = DEFAULT_LIMIT
    after: Annotated[str | None, Field(max_length=500, description="The `next` of the previous page.")] = None


class PageView(View):
    """The base of a page. `total` counts the whole list; `next` is None on the last page."""

    total: int
    next: str | None = Field(description="Pass it as `after` to get the next page; null on the last page.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut(Generic[Row]):
    items: list[Row]
    total: int
    next: str | None


_RANKED = "rank"

Sorts = Mapping[str, ColumnElement[Any] | InstrumentedAttribute[Any]]


def narrow(wanted: Statement, *equal: tuple[Column, Any]) -> Statement:
    """*wanted* with each column equal to its value; a None asks for nothing."""
    return wanted.where(*(column == value for column, value in equal if value is not None))


def within(
    wanted: Statement, column: Column, start: dt.datetime | None, before: dt.datetime | None
) -> Statement:
    """*wanted* from *start* on and before *before*, as far as they are given."""
    if start is not None:
        wanted = wanted.where(column >= start)
    return wanted if before is None else wanted.where(column < before)


def cut(
    session: Session,
    statement: Select[Any],
    *,
    key: InstrumentedAttribute[int] | ColumnElement[int],
    page: PageQuery,
    sorts: Sorts | None = None,
    sort: str = "id",
) -> Cut[Any]:
    """The page of *statement* that *page* asks for, with two SQL statements whatever its size.

    *sort* is a name in *sorts* or `id`, with a leading `-` for descending; *key* breaks ties.
    """
    name = sort.removeprefix("-")
    column = key if name == "id" else (sorts or {})[name]
    is_descending = sort.startswith("-")
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    if page.after is not None:
        statement = statement.where(
            _past(column, key, _parse(page.after, sort, column), is_descending=is_descending)
        )
    columns = [key] if column is key else [column, key]
    order = [part.desc() if is_descending else part.asc() for part in columns]
    found = session.execute(
        statement.add_columns(column.label("_sorted_by"), key.label("_row_id"))
        .order_by(*order)
        .limit(page.limit + 1)
    ).all()
    rows = found[: page.limit]
    is_more = len(found) > page.limit
    items = [row[0] for row in rows]
    last = rows[-1] if rows else None
    following = _spell(sort, last._sorted_by, last._row_id) if is_more and last is not None else None  # noqa: SLF001
    return Cut(items=items, total=total, next=following)


def cut_ranked(
    ranked: Sequence[Row], *, rank: Callable[[Row], tuple[Decimal, int]], page: PageQuery
) -> Cut[Row]:
    """The page of a list that is in memory, in the order of its *rank*: a score, and an id that breaks ties."""
    rest = ranked
    if page.after is not None:
        here = _parse_rank(page.after)
        rest = [row for row in ranked if rank(row) > here]
    rows = list(rest[: page.limit])
    following = None
    if len(rest) > page.limit:
        score, row_id = rank(rows[-1])
        following = _spell(_RANKED, str(score), row_id)
    return Cut(items=rows, total=len(ranked), next=following)


def _parse_rank(cursor: str) -> tuple[Decimal, int]:
    try:
        sorted_by, score, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        found = Decimal(score)
    except (ValueError, TypeError, ArithmeticError, RecursionError, binascii.Error) as odd:
        raise _not_understood() from odd
    if sorted_by != _RANKED or not found.is_finite() or not _is_id(row_id):
        raise _not_understood()
    return found, row_id


def _past(column: Any, key: Any, cursor: tuple[Any, int], *, is_descending: bool) -> Any:
    value, row_id = cursor
    if column is key:
        return key < row_id if is_descending else key > row_id
    here = tuple_(column, key)
    return here < (value, row_id) if is_descending else here > (value, row_id)


def _spell(sort: str, value: Any, row_id: int) -> str:
    if isinstance(value, dt.datetime):
        value = {"at": value.isoformat()}
    elif isinstance(value, dt.date):
        value = {"on": value.isoformat()}
    text = json.dumps([sort, value, row_id], default=str, ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _parse(cursor: str, sort: str, column: Any) -> tuple[Any, int]:
    try:
        sorted_by, value, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(value, dict):
            value = (
                dt.datetime.fromisoformat(value["at"])
                if "at" in value
                else dt.date.fromisoformat(value["on"])
            )
    except (ValueError, TypeError, KeyError, RecursionError, binascii.Error) as odd:
        raise _not_understood() from odd
    if sorted_by != sort or not _is_id(row_id) or not _is_value_of(column, value):
        raise _not_understood()
    return value, row_id


def _is_id(value: Any) -> bool:
    return type(value) is int and 0 <= value <= LARGEST_ID


def _is_value_of(column: Any, value: Any) -> bool:
    """Whether the column can hold *value*: a forged cursor must not reach the database."""
    if isinstance(value, str):
        return column.type.python_type is str and "\x00" not in value
    if isinstance(value, dt.datetime):
        return column.type.python_type is dt.datetime and value.tzinfo is not None
    return type(value) is column.type.python_type and (type(value) is not int or abs(value) <= LARGEST_ID)


def _not_understood() -> Problem:
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "cursor_not_understood",
        title="`after` isn't the `next` of a page of this list in this order.",
    )
