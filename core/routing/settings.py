"""The numbers of routing that an admin may change: weights, the two hours of an offer, how many are asked at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

# Beyond this it would no longer be equals that take turns.
MOST_FAIRNESS_POINTS = 20
FAIRNESS_DAYS = (7, 30)


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutingSettings:
    CATEGORY: ClassVar[str] = "order_routing"

    availability_weight: int = 30
    proximity_weight: int = 20
    workload_weight: int = 15
    price_weight: int = 20
    reliability_weight: int = 15
    offer_minutes: int = 120
    # A vendor that opens later than this is not asked: over a night and a weekly holiday, not over a week.
    longest_wait_hours: int = 36
    # How many vendors are asked for the whole order at the same time; the first full acceptance wins.
    offers_at_once: int = 1
    # Fairness, off at 0: vendors whose scores are within so many points of the best of them are equals, and of equals the
    # one that has had the least business in the last 7 or 30 days goes first.
    fairness_points: int = 0
    fairness_days: int = 7

    def __post_init__(self) -> None:
        weights = self.weights
        if min(weights.values()) < 0 or sum(weights.values()) != 100:
            raise ValueError("the five weights are not negative and sum to 100")
        if self.offer_minutes < 1:
            raise ValueError("an offer is open for at least a minute")
        if not 0 <= self.longest_wait_hours <= 24 * 30:
            raise ValueError("an order waits for an opening between none and 30 days")
        if not 1 <= self.offers_at_once <= 20:
            raise ValueError("between 1 and 20 vendors are asked at once")

        if not 0 <= self.fairness_points <= MOST_FAIRNESS_POINTS or self.fairness_days not in FAIRNESS_DAYS:
            raise ValueError("equals are within 0 to 20 points, and their business is that of 7 or 30 days")

    @property
    def weights(self) -> dict[str, int]:
        return {
            "availability": self.availability_weight,
            "proximity": self.proximity_weight,
            "workload": self.workload_weight,
            "price": self.price_weight,
            "reliability": self.reliability_weight,
        }
