"""What prices tell: how much they move, where they are going, and which change a person should look at. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import combinations
from statistics import median
from typing import ClassVar

from core.money import Money

BASIS_POINTS = 10_000
HUNDRED = Decimal(100)
_THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True, kw_only=True, slots=True)
class IntelligenceSettings:
    """The numbers of price intelligence that an admin may change. Shares of a price are in basis points."""

    CATEGORY: ClassVar[str] = "price_intelligence"

    volatility_days: int = 30
    volatility_factor: int = 500
    highly_volatile_from: int = 75
    volatile_from: int = 50
    moderate_from: int = 25
    # A change is an alert when it is more than the first of these; more than the others makes it more severe.
    alert_above: int = 2000
    high_above: int = 3500
    critical_above: int = 5000
    alert_lives_days: int = 7
    # A trend weaker than this share of the price in a month is called steady.
    steady_below: int = 200

    def __post_init__(self) -> None:
        if not 0 < self.moderate_from < self.volatile_from < self.highly_volatile_from <= HUNDRED:
            raise ValueError("the bands of volatility rise from above 0 to at most 100")
        if not 0 < self.alert_above < self.high_above < self.critical_above:
            raise ValueError("the bands of alerts rise from above 0")
        if (
            min(self.volatility_days, self.volatility_factor, self.alert_lives_days) < 1
            or self.steady_below < 0
        ):
            raise ValueError("days and factor are at least 1, the steady share is not negative")


class VolatilityBand(StrEnum):
    HIGHLY_VOLATILE = "highly_volatile"
    VOLATILE = "volatile"
    MODERATE = "moderate"
    STABLE = "stable"


def volatility(daily_averages_minor: Sequence[int], settings: IntelligenceSettings) -> Decimal | None:
    """min(100, 500 × coefficient of variation) of the daily market average; None with fewer than two days.

    The coefficient of variation is the population's standard deviation over the mean (DOMAIN.md, section 8).
    """
    count = len(daily_averages_minor)
    if count < 2:
        return None
    mean = Decimal(sum(daily_averages_minor)) / count
    variance = sum(((price - mean) ** 2 for price in daily_averages_minor), Decimal(0)) / count
    score = settings.volatility_factor * variance.sqrt() / mean
    return min(HUNDRED, score).quantize(_THOUSANDTH, rounding=ROUND_HALF_UP)


def band_of(score: Decimal, settings: IntelligenceSettings) -> VolatilityBand:
    if score >= settings.highly_volatile_from:
        return VolatilityBand.HIGHLY_VOLATILE
    if score >= settings.volatile_from:
        return VolatilityBand.VOLATILE
    if score >= settings.moderate_from:
        return VolatilityBand.MODERATE
    return VolatilityBand.STABLE


class ChangeSize(StrEnum):
    """How large a change is that a person should look at."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"


def size_of_change(old: Money, new: Money, settings: IntelligenceSettings) -> ChangeSize | None:
    """None unless the change, up or down, is *more* than the alert's share of the old price; compared exactly."""
    moved = abs(new.minor - old.minor) * BASIS_POINTS
    if moved > old.minor * settings.critical_above:
        return ChangeSize.CRITICAL
    if moved > old.minor * settings.high_above:
        return ChangeSize.HIGH
    if moved > old.minor * settings.alert_above:
        return ChangeSize.MEDIUM
    return None


class Direction(StrEnum):
    RISING = "rising"
    FALLING = "falling"
    STEADY = "steady"


@dataclass(frozen=True, kw_only=True, slots=True)
class Trend:
    """`slope_minor_per_day` is in paisa; `strength` is what that makes in 30 days, in per cent of the median price."""

    direction: Direction
    slope_minor_per_day: Decimal
    strength: Decimal


def trend(days: Sequence[tuple[dt.date, int]], settings: IntelligenceSettings) -> Trend | None:
    """The trend of daily averages (day, paisa); None with fewer than two days.

    The slope is the median of the slopes between all pairs of days (Theil 1950, Sen 1968), so that one odd day of
    thirty moves nothing. Quadratic in the number of days.
    """
    if len(days) < 2:
        return None
    slopes = [
        Decimal(later - sooner) / (day_after - day_before).days
        for (day_before, sooner), (day_after, later) in combinations(days, 2)
    ]
    slope = Decimal(median(slopes))
    level = Decimal(median(price for _day, price in days))
    strength = (slope * 30 * HUNDRED / level).quantize(_THOUSANDTH, rounding=ROUND_HALF_UP)
    if abs(strength) * HUNDRED < settings.steady_below or not slope:
        direction = Direction.STEADY
    else:
        direction = Direction.RISING if slope > 0 else Direction.FALLING
    return Trend(
        direction=direction,
        slope_minor_per_day=slope.quantize(_THOUSANDTH, rounding=ROUND_HALF_UP),
        strength=strength,
    )
