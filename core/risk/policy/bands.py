"""Straight lines through points."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from core.money import ZERO, Money

HUNDRED = Decimal(100)
Bands = Sequence[tuple[Decimal, Decimal]]


def on_line(bands: Bands, value: Decimal) -> Decimal:
    """The height at *value* of the straight lines through *bands*, flat beyond both ends."""
    if value <= bands[0][0]:
        return bands[0][1]
    for (low, low_height), (high, high_height) in pairwise(bands):
        if value <= high:
            return low_height + (value - low) * (high_height - low_height) / (high - low)
    return bands[-1][1]


def per_cent_used(exposure: Money, limit: Money) -> Decimal | None:
    """How much of the limit is used; None without a limit and debt. A debt without a limit uses all of it."""
    if limit > ZERO:
        return max(Decimal(0), HUNDRED * exposure.minor / limit.minor)
    return HUNDRED if exposure > ZERO else None
