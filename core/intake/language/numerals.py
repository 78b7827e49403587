"""What a number in a message can be: a numeral with its readings."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.intake.reading import Unit


class NumberKind(StrEnum):
    COUNT = "count"  # of `unit`, of pieces, or of nothing said
    MEASURE = "measure"  # a weight or a volume: the size of goods, or how much of loose goods
    MONEY = "money"
    RATE = "rate"  # money for one `unit`: "2250/bora", "@95", "95 per kg"
    PERCENT = "percent"
    RANGE = "range"  # `values` are its ends
    LIST = "list"  # `values` stand beside each other: "1,3", "2/2"
    DATE = "date"
    TIME = "time"
    PHONE = "phone"
    ACCOUNT = "account"  # masked or long: of a bank or a wallet
    CODE = "code"  # a delivery code: five digits that begin with 0
    ORDER = "order"  # marked as an order: "#1042", "KH-001042", "order 1042"
    INVOICE = "invoice"
    PLACE = "place"  # of a house, a ward or a lane
    ROW_NUMBER = "row_number"  # the number of a row in a list: "3. chini"
    NAME = "name"  # letters and digits in one: a reference, or goods ("7up")


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberReading:
    kind: NumberKind
    value: Decimal | None = None
    unit: Unit | None = None
    values: tuple[Decimal, ...] = ()
    date: dt.date | None = None
    time: dt.time | None = None
    said: str = ""  # the plain characters of what is a name: a telephone, an order, a reference


@dataclass(frozen=True, kw_only=True, slots=True)
class Numeral:
    """A number with all that belongs to it (sign, scale, currency, unit), from `start` up to `end`."""

    start: int
    end: int
    readings: tuple[NumberReading, ...]
    tail: str = ""  # letters that stick to it and were not read
    is_digits: bool = True  # written in digits, not in words

    @property
    def is_certain(self) -> bool:
        return len(self.readings) == 1 and not self.tail

    @property
    def best(self) -> NumberReading:
        return self.readings[0]

    def as_kind(self, *kinds: NumberKind) -> NumberReading | None:
        """Give the likeliest reading of one of *kinds*."""
        return next((reading for reading in self.readings if reading.kind in kinds), None)

    @property
    def value(self) -> Decimal | None:
        return self.best.value
