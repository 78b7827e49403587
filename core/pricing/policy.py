"""What a line costs, and which price changes nobody takes without asking twice. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from core.money import Money, round_half_up

EXEMPT = "exempt"
BASIS_POINTS = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class PricingSettings:
    CATEGORY: ClassVar[str] = "pricing"

    vat_basis_points: int = 1300
    # A vendor's change above this share of the old price, up or down, is held until confirmed.
    held_change_basis_points: int = 5000


@dataclass(frozen=True, kw_only=True, slots=True)
class LinePrice:
    net: Money
    vat: Money

    @property
    def total(self) -> Money:
        return self.net + self.vat

    def __add__(self, other: LinePrice) -> LinePrice:
        return LinePrice(net=self.net + other.net, vat=self.vat + other.vat)


def vat_basis_points(vat_class: str, settings: PricingSettings) -> int:
    return 0 if vat_class == EXEMPT else settings.vat_basis_points


def price_line(unit_price: Money, quantity: Decimal, vat_basis_points: int) -> LinePrice:
    """Net and VAT of one line, each rounded half up to the paisa: a bill's VAT is the sum of its lines'."""
    net = unit_price.times(quantity)
    return LinePrice(net=net, vat=net.share(vat_basis_points))


def average_price(sum_minor: int, count: int) -> Money:
    """The mean, rounded half up to the paisa."""
    return Money(round_half_up(Decimal(sum_minor) / count))


def change_in_basis_points(old: Money, new: Money) -> int:
    """How much dearer (or, negative, cheaper) *new* is, rounded half up away from zero."""
    return round_half_up(Decimal(new.minor - old.minor) * BASIS_POINTS / old.minor)


def is_change_held(old: Money, new: Money, settings: PricingSettings) -> bool:
    """Whether the change is *more* than the settings let pass; compared exactly, not after rounding."""
    return abs(new.minor - old.minor) * BASIS_POINTS > old.minor * settings.held_change_basis_points
