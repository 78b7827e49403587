"""How reliable a vendor is, from what was observed of it. Pure: counts in, per cent out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import ClassVar

HUNDRED = Decimal(100)
ZERO = Decimal(0)

# Section 6: price ÷ market average → points, straight lines between.
PRICE_BANDS: tuple[tuple[Decimal, Decimal], ...] = (
    (Decimal("0.90"), Decimal(100)),
    (Decimal("0.95"), Decimal(90)),
    (Decimal("1.00"), Decimal(80)),
    (Decimal("1.05"), Decimal(70)),
    (Decimal("1.10"), Decimal(60)),
    (Decimal("1.50"), Decimal(0)),
)
SPEED_BANDS: tuple[tuple[Decimal, Decimal], ...] = ((Decimal(24), HUNDRED), (Decimal(72), ZERO))


class Grade(StrEnum):
    A_PLUS = "A+"
    A = "A"
    B = "B"
    C = "C"
    D = "D"
    F = "F"


class Part(StrEnum):
    """What reliability is made of."""

    ACCEPTANCE = "acceptance"
    COMPLETION = "completion"
    SPEED = "speed"
    CANCELLATION = "cancellation"
    PRICE = "price"


GRADES: tuple[tuple[Decimal, Grade], ...] = (
    (Decimal(90), Grade.A_PLUS),
    (Decimal(80), Grade.A),
    (Decimal(70), Grade.B),
    (Decimal(60), Grade.C),
    (Decimal(50), Grade.D),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class VendorSettings:
    """The numbers of section 7 that an admin may change."""

    CATEGORY: ClassVar[str] = "vendor_performance"

    acceptance_weight: int = 25
    completion_weight: int = 30
    speed_weight: int = 20
    cancellation_weight: int = 15
    price_weight: int = 10
    # A vendor is judged by its last half year; older observations stay for the record.
    history_days: int = 180
    prior_score: int = 60
    prior_orders: int = 10
    attention_below: int = 60

    def __post_init__(self) -> None:
        weights = (
            self.acceptance_weight,
            self.completion_weight,
            self.speed_weight,
            self.cancellation_weight,
            self.price_weight,
        )
        if min(weights) < 0 or sum(weights) != HUNDRED:
            raise ValueError("the five weights are not negative and sum to 100")
        if self.history_days < 1 or self.prior_orders < 0 or not 0 <= self.prior_score <= HUNDRED:
            raise ValueError("the history is at least a day, the prior a score from 0 to 100")
        if not 0 <= self.attention_below <= HUNDRED:
            raise ValueError("the score below which a vendor needs attention is from 0 to 100")


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """What was observed of one vendor. Offers that an admin forced count as work, not as answers."""

    answered_yes: int = 0
    declined: int = 0
    lapsed: int = 0
    accepted: int = 0
    delivered: int = 0
    withdrawn: int = 0
    delivery_hours: Decimal = ZERO
    measured_deliveries: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            answered_yes=self.answered_yes + other.answered_yes,
            declined=self.declined + other.declined,
            lapsed=self.lapsed + other.lapsed,
            accepted=self.accepted + other.accepted,
            delivered=self.delivered + other.delivered,
            withdrawn=self.withdrawn + other.withdrawn,
            delivery_hours=self.delivery_hours + other.delivery_hours,
            measured_deliveries=self.measured_deliveries + other.measured_deliveries,
        )

    @property
    def answerable(self) -> int:
        return self.answered_yes + self.declined + self.lapsed

    @property
    def orders(self) -> int:
        """How many orders the history is worth against the prior."""
        return self.accepted + self.declined + self.lapsed


@dataclass(frozen=True, kw_only=True, slots=True)
class ReliabilityParts:
    """The five parts of reliability in per cent; None where nothing was observed yet."""

    acceptance: Decimal | None
    completion: Decimal | None
    speed: Decimal | None
    cancellation: Decimal | None
    price_index: Decimal | None


def performance(counts: Counts, *, price_index: Decimal | None) -> ReliabilityParts:
    """The five parts of reliability (DOMAIN.md, section 7)."""
    return ReliabilityParts(
        acceptance=_per_cent(counts.answered_yes, counts.answerable),
        completion=_per_cent(counts.delivered, counts.accepted),
        speed=_speed(counts),
        cancellation=_per_cent(counts.withdrawn, counts.accepted),
        price_index=price_index,
    )


# Kept, because between two observations of a vendor its score is what it was, and a decision asks for a thousand.
@lru_cache(maxsize=1 << 14)
def reliability_score(
    counts: Counts, *, price_index: Decimal | None, settings: VendorSettings
) -> Decimal | None:
    """Reliability in per cent (DOMAIN.md, section 7), or None for a vendor without history.

    A part that was never observed (no delivery yet, say) is left out and the others keep their proportions.
    """
    if not counts.orders:
        return None
    known = _weighed(performance(counts, price_index=price_index), settings)
    weights = sum(weight for weight, _points in known.values())
    if not weights:
        return None
    return _points(sum((weight * points for weight, points in known.values()), ZERO) / weights)


def weakest(parts: ReliabilityParts, settings: VendorSettings) -> Part | None:
    """The part that costs the most points of reliability; None if no part costs any."""
    lost = {part: weight * (HUNDRED - points) for part, (weight, points) in _weighed(parts, settings).items()}
    worst = max(lost, key=lambda part: lost[part], default=None)
    return worst if worst is not None and lost[worst] else None


def _weighed(parts: ReliabilityParts, settings: VendorSettings) -> dict[Part, tuple[int, Decimal]]:
    """The weight and the points of each part that was observed."""
    kept = None if parts.cancellation is None else HUNDRED - parts.cancellation
    weighed = {
        Part.ACCEPTANCE: (settings.acceptance_weight, parts.acceptance),
        Part.COMPLETION: (settings.completion_weight, parts.completion),
        Part.SPEED: (settings.speed_weight, parts.speed),
        Part.CANCELLATION: (settings.cancellation_weight, kept),
        Part.PRICE: (settings.price_weight, parts.price_index),
    }
    return {part: (weight, points) for part, (weight, points) in weighed.items() if points is not None}


def with_prior(score: Decimal | None, orders: int, settings: VendorSettings) -> Decimal:
    """The score that routing uses: a new vendor starts at the prior and earns its own score order by order."""
    if score is None:
        return _points(Decimal(settings.prior_score))
    weight = settings.prior_orders + orders
    return _points((settings.prior_score * settings.prior_orders + score * orders) / weight)


def grade(score: Decimal) -> Grade:
    """The grade of a reliability score (DOMAIN.md, section 7)."""
    return next((grade for least, grade in GRADES if score >= least), Grade.F)


def price_score(ratio: Decimal) -> Decimal:
    """0–100 for a price that is *ratio* of the market average."""
    return between(PRICE_BANDS, ratio)


def between(bands: Sequence[tuple[Decimal, Decimal]], value: Decimal) -> Decimal:
    """The points for *value* on straight lines through *bands*, flat beyond both ends."""
    if value <= bands[0][0]:
        return _points(bands[0][1])
    for (low, low_points), (high, high_points) in pairwise(bands):
        if value <= high:
            return _points(low_points + (value - low) * (high_points - low_points) / (high - low))
    return _points(bands[-1][1])


def is_late(hours: Decimal) -> bool:
    """Whether a delivery took longer than the time that has all points."""
    return hours > SPEED_BANDS[0][0]


def mean_hours(counts: Counts) -> Decimal | None:
    """Mean hours from acceptance to delivery; None without a measured delivery."""
    if not counts.measured_deliveries:
        return None
    return _points(counts.delivery_hours / counts.measured_deliveries)


def _speed(counts: Counts) -> Decimal | None:
    if not counts.measured_deliveries:
        return None
    return between(SPEED_BANDS, counts.delivery_hours / counts.measured_deliveries)


def _per_cent(part: int, whole: int) -> Decimal | None:
    if not whole:
        return None
    return _points(min(HUNDRED, Decimal(100 * part) / whole))


def _points(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)
