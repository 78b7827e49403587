"""The risk score of a retailer, 0 to 100, and its level (DOMAIN.md, section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from core.money import ZERO, Money
from core.risk.kinds import RiskLevel, RiskPart
from core.risk.policy.bands import HUNDRED, on_line, per_cent_used
from core.risk.policy.facts import OrderFacts, PaymentFacts, RetailerFacts
from core.risk.settings import RiskThresholds, RiskWeights

NONE, ONE = Decimal(0), Decimal(1)
UTILISATION_BANDS = tuple(
    (Decimal(used), Decimal(part)) for used, part in ((0, 0), (70, 50), (90, 80), (100, 100))
)
WORST_DELAY_DAYS = 30
LEAST_ORDERS = 3
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskScore:
    """`score` and `parts` have two decimals."""

    score: Decimal
    level: RiskLevel
    parts: Mapping[RiskPart, Decimal]


def risk_score(facts: RetailerFacts, weights: RiskWeights, thresholds: RiskThresholds) -> RiskScore:
    """Σ weight × part / 100. A part of which nothing is known adds no risk."""
    used = per_cent_used(facts.exposure, facts.limit)
    parts = {
        RiskPart.PAYMENT_DELAY: payment_delay(facts.payments),
        RiskPart.UTILISATION: NONE if used is None else on_line(UTILISATION_BANDS, used),
        RiskPart.ORDER_PATTERN: order_pattern(facts.orders),
        RiskPart.OVERDUE: overdue_part(facts.overdue, facts.limit),
    }
    score = weighted(parts, weights)
    return RiskScore(
        score=score,
        level=level(score, thresholds),
        parts={part: value.quantize(_HUNDREDTH, rounding=ROUND_HALF_UP) for part, value in parts.items()},
    )


def weighted(parts: Mapping[RiskPart, Decimal], weights: RiskWeights) -> Decimal:
    """The score that these parts make, with two decimals."""
    total = (
        weights.payment_delay * parts[RiskPart.PAYMENT_DELAY]
        + weights.credit_utilisation * parts[RiskPart.UTILISATION]
        + weights.order_pattern * parts[RiskPart.ORDER_PATTERN]
        + weights.overdue_amount * parts[RiskPart.OVERDUE]
    )
    return (total / 100).quantize(_HUNDREDTH, rounding=ROUND_HALF_UP)


def level(score: Decimal, thresholds: RiskThresholds) -> RiskLevel:
    if score >= thresholds.critical_from:
        return RiskLevel.CRITICAL
    if score >= thresholds.high_from:
        return RiskLevel.HIGH
    return RiskLevel.MEDIUM if score >= thresholds.medium_from else RiskLevel.LOW


def payment_delay(payments: PaymentFacts) -> Decimal:
    """50 × min(1, mean days late / 30) + 50 × late share, over the last fifty due invoices."""
    if not payments.recent:
        return NONE
    mean = Decimal(payments.recent_days_late) / payments.recent
    share = Decimal(payments.recent_late) / payments.recent
    return 50 * min(ONE, mean / WORST_DELAY_DAYS) + 50 * share


def order_pattern(orders: OrderFacts) -> Decimal:
    """min(100, 40 × canceled share + 30 × stale share + 30 × min(1, coefficient of variation of order value))."""
    if orders.placed < LEAST_ORDERS:
        return NONE
    variation = NONE
    if orders.value_mean_minor and orders.value_deviation_minor is not None:
        variation = min(ONE, orders.value_deviation_minor / orders.value_mean_minor)
    canceled, stale = Decimal(orders.canceled) / orders.placed, Decimal(orders.stale) / orders.placed
    return min(HUNDRED, 40 * canceled + 30 * stale + 30 * variation)


def overdue_part(overdue: Money, limit: Money) -> Decimal:
    """100 × min(1, overdue / limit); 100 for a debt without a limit."""
    if overdue <= ZERO:
        return NONE
    return HUNDRED if limit <= ZERO else HUNDRED * min(ONE, Decimal(overdue.minor) / limit.minor)
