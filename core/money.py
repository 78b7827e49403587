"""Exact money: Nepalese rupees in whole paisa. Never a float."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

PAISA_PER_RUPEE = 100


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in paisa. Negative amounts are credits to the other side."""

    minor: int

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"Money takes whole paisa, not {type(self.minor).__name__}")

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + other.minor)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - other.minor)

    def __neg__(self) -> Money:
        return Money(-self.minor)

    def __bool__(self) -> bool:
        return self.minor != 0

    @property
    def rupees(self) -> Decimal:
        return Decimal(self.minor).scaleb(-2)

    def times(self, quantity: Decimal | int) -> Money:
        """The amount for *quantity* units, rounded half up to the paisa."""
        return Money(round_half_up(Decimal(self.minor) * Decimal(quantity)))

    def share(self, basis_points: int) -> Money:
        """The part that *basis_points* (1/100 of a per cent) make, rounded half up to the paisa."""
        return Money(round_half_up(Decimal(self.minor) * basis_points / 10_000))


ZERO = Money(0)


def rupees(amount: int | str | Decimal) -> Money:
    """Money from rupees. Raises ValueError when there is more than the paisa."""
    minor = Decimal(amount) * PAISA_PER_RUPEE
    if minor != minor.to_integral_value():
        raise ValueError(f"{amount} has more than two decimals")
    return Money(int(minor))


def total(amounts: Iterable[Money]) -> Money:
    return Money(sum(amount.minor for amount in amounts))


def lakhs(whole: int) -> str:
    """`1,23,456`: grouped in thousands, lakhs and crores."""
    head, tail = divmod(whole, 1000)
    if not head:
        return str(tail)
    groups = [f"{tail:03d}"]
    while head >= 100:
        head, pair = divmod(head, 100)
        groups.insert(0, f"{pair:02d}")
    return ",".join([str(head), *groups])


def round_half_up(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))
