"""What all tables share: naming of constraints, column types, closed sets as checked text."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Date, Enum, MetaData, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a plain attribute
        int: BigInteger,
        str: Text,
        dt.datetime: TIMESTAMP(timezone=True),
        dt.date: Date,
        Decimal: Numeric(12, 3),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


def primary_key() -> Mapped[int]:
    return mapped_column(BigInteger, primary_key=True, autoincrement=True)


def one_of(closed_set: type[StrEnum], name: str | None = None) -> Enum:
    """A closed set stored as its value, with a check that refuses anything else.

    Two columns of one table that take the same set need a *name* each.
    """
    return Enum(
        closed_set,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
        name=name or _snake(closed_set.__name__),
    )


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
