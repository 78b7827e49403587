"""How reliable a retailer is, on one scale (DOMAIN.md, section 9). Pure."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_CENT: Final = Decimal("0.01")
_GRADES: Final = (
    (Decimal("4.5"), "A+"),
    (Decimal("4.0"), "A"),
    (Decimal("3.5"), "B+"),
    (Decimal("3.0"), "B"),
    (Decimal("2.5"), "C+"),
    (Decimal("2.0"), "C"),
    (Decimal("1.5"), "D"),
)
_WORST: Final = "F"


def reliability_rating(*, credit_score: int, risk_score: Decimal, on_time_share: Decimal) -> Decimal:
    """1.00 to 5.00: 1 + 4 × (0.4 × (score − 300)/600 + 0.3 × (100 − risk)/100 + 0.3 × on-time share from 0 to 1)."""
    weighted = (
        Decimal(40) * (credit_score - 300) / 600
        + Decimal(30) * (100 - risk_score) / 100
        + Decimal(30) * on_time_share
    )
    return _rounded(1 + 4 * weighted / 100)


def reliability_grade(rating: Decimal) -> str:
    return next((grade for least, grade in _GRADES if rating >= least), _WORST)


def percent(part: int, whole: int) -> Decimal | None:
    """*part* of *whole* in per cent with two decimals; None of nothing."""
    return _rounded(Decimal(100 * part) / whole) if whole > 0 else None


def mean(amount: int, count: int) -> Decimal | None:
    """With two decimals; None of nothing."""
    return _rounded(Decimal(amount) / count) if count else None


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_CENT, rounding=ROUND_HALF_UP)
