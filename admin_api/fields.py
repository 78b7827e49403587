"""Field types of requests and responses: money, quantities, ids, texts.

Models build their validators when they are first used (`defer_build`): a web process has hundreds and starts often.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from core.money import Money, rupees
from core.parties.naming import LONGEST_REFERENCE
from core.quantity import LARGEST, Said

# Eighteen digits: less than a row's id can be, and easy to say in a pattern.
LARGEST_ID = 10**18 - 1

Value = TypeVar("Value")
_DECIMAL = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_ISO_8601 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ]|$)")


class Given(BaseModel):
    """The base of request models. An unknown field is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class View(BaseModel):
    """The base of response models."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Rupees(BaseModel):
    """An exact amount, as text: many parsers read a JSON number as a float."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        defer_build=True,
        json_schema_extra={"examples": [{"amount": "1234.50", "currency": "NPR"}]},
    )

    amount: Annotated[
        str, StringConstraints(pattern=r"^-?[0-9]{1,11}(\.[0-9]{1,2})?$"), Field(examples=["1234.50"])
    ]
    currency: Literal["NPR"] = "NPR"

    @classmethod
    def of(cls, money: Money) -> Rupees:
        return cls(amount=f"{money.rupees:.2f}")

    @classmethod
    def of_minor(cls, minor: int) -> Rupees:
        return cls.of(Money(minor))

    @property
    def money(self) -> Money:
        return rupees(self.amount)


def rupees_or_none(minor: int | None) -> Rupees | None:
    return None if minor is None else Rupees.of_minor(minor)


def _no_null(text: Any) -> Any:
    """Refuse U+0000, which PostgreSQL can't store."""
    if isinstance(text, str) and "\x00" in text:
        raise ValueError("the text contains a null character")
    return text


def plain_decimal(number: Any) -> Any:
    """Refuse text that isn't plain decimal notation in Latin digits, such as `1e3` or `1_000`."""
    if isinstance(number, str) and not _DECIMAL.fullmatch(number):
        raise ValueError("the number is not in decimal notation")
    return number


def iso_8601(moment: Any) -> Any:
    """A date or an instant begins as 2026-11-23 does: a bare number would be taken for seconds since 1970."""
    if isinstance(moment, (int, float)) or (isinstance(moment, str) and not _ISO_8601.match(moment)):
        raise ValueError("the date is not written like 2026-11-23")
    return moment


def once(lines: Sequence[Value] | None, *, by: str) -> None:
    """Raise ValueError if two lines have the same *by*: we can't tell which one is meant."""
    named = [getattr(line, by) for line in lines or ()]
    if len(set(named)) != len(named):
        raise ValueError(f"two lines have the same {by}")


RowId = Annotated[int, Field(ge=1, le=LARGEST_ID, examples=[17])]
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), BeforeValidator(_no_null)
]
LongText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), BeforeValidator(_no_null)
]
# As long as the database keeps.
Reference = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REFERENCE),
    BeforeValidator(_no_null),
    Field(description="Compared without case, width, spaces and invisible characters."),
]
# What one WhatsApp message carries.
MessageText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=1024),
    BeforeValidator(_no_null),
]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    BeforeValidator(_no_null),
    Field(description="Why. Kept in the audit log.", examples=["asked by phone"]),
]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=200), BeforeValidator(_no_null)]
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^@\s\x00]+@[^@\s\x00]+$"),
    Field(examples=["asha@example.com"]),
]
Phone = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=40),
    BeforeValidator(_no_null),
    Field(examples=["+9779841000001"]),
]
Pan = Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$"), Field(examples=["301234567"])]
# Up to the quantities that an order line may have, with the three decimals of loose goods.
Quantity = Annotated[
    Decimal,
    Field(ge=0, le=LARGEST, max_digits=9, decimal_places=3, examples=["12"]),
    BeforeValidator(plain_decimal),
]
SomeQuantity = Annotated[
    Decimal,
    Field(gt=0, le=LARGEST, max_digits=9, decimal_places=3, examples=["12"]),
    BeforeValidator(plain_decimal),
]
QuantityOut = Annotated[str, Field(examples=["12.000"])]
# The range that PostgreSQL returns in any time zone.
_FIRST, _LAST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.datetime(2200, 1, 1, tzinfo=dt.UTC)
Instant = Annotated[
    AwareDatetime,
    Field(ge=_FIRST, le=_LAST, examples=["2026-11-23T04:15:00Z"]),
    BeforeValidator(iso_8601),
]
Day = Annotated[
    dt.date,
    Field(ge=dt.date(2000, 1, 1), le=dt.date(2199, 12, 31), examples=["2026-11-23"]),
    BeforeValidator(iso_8601),
]


class ReasonGiven(Given):
    reason: Reason


def quantity_text(value: Decimal) -> str:
    return f"{value:.3f}"


def quantity_text_or_none(value: Decimal | None) -> str | None:
    return None if value is None else quantity_text(value)


class SaidOut(View):
    """How a shop counted a quantity, if not in base pieces: 2 of unit `case`."""

    count: QuantityOut
    unit: str = Field(examples=["case"])

    @classmethod
    def of(cls, said: Said | None) -> SaidOut | None:
        return None if said is None else cls(count=quantity_text(said.count), unit=said.unit)


def given(value: Value | None, otherwise: Value) -> Value:
    """*value*, or *otherwise* if the request left it out."""
    return otherwise if value is None else value
