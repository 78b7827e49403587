"""The rules of risk control, and the window of the credit score: numbers that an admin may change.

`OverdueBlocking`, the rule by which credit stops, is in `core/credit/policy.py`, because placing an order asks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

BASIS_POINTS = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditScoreSettings:
    """Weights in per cent. What is older than the windows counts no more, for better and for worse."""

    CATEGORY: ClassVar[str] = "credit_score"

    timeliness_weight: int = 40
    consistency_weight: int = 20
    utilisation_weight: int = 20
    age_weight: int = 10
    disputes_weight: int = 10
    payment_days: int = 730
    order_days: int = 180

    def __post_init__(self) -> None:
        weights = (
            self.timeliness_weight,
            self.consistency_weight,
            self.utilisation_weight,
            self.age_weight,
            self.disputes_weight,
        )
        if min(weights) < 0 or sum(weights) != 100:
            raise ValueError("the five weights are not negative and sum to 100")
        if self.payment_days < 30 or self.order_days < 30:
            raise ValueError("a window is at least 30 days")


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskWeights:
    """Weights of the risk score, in per cent."""

    CATEGORY: ClassVar[str] = "risk_score_weights"

    payment_delay: int = 40
    credit_utilisation: int = 30
    order_pattern: int = 20
    overdue_amount: int = 10

    def __post_init__(self) -> None:
        weights = (self.payment_delay, self.credit_utilisation, self.order_pattern, self.overdue_amount)
        if min(weights) < 0 or sum(weights) != 100:
            raise ValueError("the four weights are not negative and sum to 100")


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskThresholds:
    """From which risk score on a level begins. The alert is raised from `critical_from` on."""

    CATEGORY: ClassVar[str] = "high_risk_thresholds"

    critical_from: int = 70
    high_from: int = 50
    medium_from: int = 30

    def __post_init__(self) -> None:
        if not 0 < self.medium_from < self.high_from < self.critical_from <= 100:
            raise ValueError("the levels rise from above 0 to at most 100")


@dataclass(frozen=True, kw_only=True, slots=True)
class DelayRule:
    """After so many delays in a row the limit is cut by a share of what it is."""

    CATEGORY: ClassVar[str] = "payment_delay_threshold"

    consecutive_delays: int = 3
    cut_basis_points: int = 2500

    def __post_init__(self) -> None:
        if not 1 <= self.consecutive_delays <= 10:
            raise ValueError("between 1 and 10 delays")
        if not 0 <= self.cut_basis_points <= BASIS_POINTS:
            raise ValueError("a share of the limit")


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitRules:
    """How far automatic cuts go, and when one is taken back. `floor_minor` is in paisa."""

    CATEGORY: ClassVar[str] = "credit_limit_rules"

    floor_minor: int = 1_000_000
    largest_cut_basis_points: int = 5000
    restore_after_days: int = 90
    restore_below_risk: int = 30

    def __post_init__(self) -> None:
        if not 0 <= self.largest_cut_basis_points <= BASIS_POINTS:
            raise ValueError("a share of the limit")
        if self.floor_minor < 0 or self.restore_after_days < 1 or not 0 <= self.restore_below_risk <= 100:
            raise ValueError("the floor is not negative, the wait at least a day, the risk from 0 to 100")


@dataclass(frozen=True, kw_only=True, slots=True)
class UnusualOrders:
    """Orders of 7 days against the weekly mean of the 4 weeks before."""

    CATEGORY: ClassVar[str] = "unusual_order_detection"

    factor: int = 3
    least_orders_before: int = 5

    def __post_init__(self) -> None:
        if self.factor < 2 or self.least_orders_before < 1:
            raise ValueError("the factor is at least 2, and at least one order came before")
