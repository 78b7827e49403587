"""Quantities in base pieces of a product; loose goods have three decimals of a kilo."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

THOUSANDTH = Decimal("0.001")
ZERO_QUANTITY = Decimal(0)
LARGEST = Decimal(999_999)


def quantity(value: Decimal | int | str) -> Decimal:
    """*value* with exactly three decimals, rounded half up. Raises ValueError outside 0 … 999,999."""
    exact = Decimal(value).quantize(THOUSANDTH, rounding=ROUND_HALF_UP)
    if not ZERO_QUANTITY <= exact <= LARGEST:
        raise ValueError(f"quantity {value} is out of range")
    return exact


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """How a quantity was said: `count` of `unit`, as in "2 case", are `pieces` base pieces."""

    count: Decimal
    unit: str
    pieces: Decimal

    def of(self, pieces: Decimal) -> Said | None:
        """The same for other *pieces*; None unless they are whole units."""
        if pieces == self.pieces:
            return self
        count, rest = divmod(self.count * pieces, self.pieces)
        return Said(count=count, unit=self.unit, pieces=pieces) if count and not rest else None

    def times(self, count: Decimal) -> Said:
        """*count* of the same unit."""
        return Said(count=count, unit=self.unit, pieces=quantity(count * self.pieces / self.count))

    def plus(self, more: Said | None, pieces: Decimal) -> Said | None:
        """Together with *more*, which is *pieces* base pieces; None when the sum is no whole number of the unit."""
        if (
            more is not None
            and more.unit == self.unit
            and more.count * self.pieces == self.count * more.pieces
        ):
            return Said(count=self.count + more.count, unit=self.unit, pieces=self.pieces + pieces)
        return self.of(self.pieces + pieces)
