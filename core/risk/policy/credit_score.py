"""The credit score of a shop, 300 to 900, with its parts and its reasons (DOMAIN.md, section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from core.money import ZERO, round_half_up
from core.risk.kinds import CreditTier, ReasonCode, ScorePart
from core.risk.policy.bands import on_line, per_cent_used
from core.risk.policy.facts import OrderFacts, PaymentFacts, RetailerFacts
from core.risk.settings import CreditScoreSettings

LOWEST, HIGHEST = 300, 900
SPAN = HIGHEST - LOWEST
# What counts where there is no history.
UNKNOWN = Decimal(1) / 3
ONE, NONE = Decimal(1), Decimal(0)
DAYS_PER_MONTH = Decimal("30.4375")

UTILISATION_BANDS = tuple(
    (Decimal(used), Decimal(part))
    for used, part in ((30, "1"), (50, "0.8"), (70, "0.5"), (90, "0.2"), (100, "0"))
)
TIERS = (
    (750, CreditTier.EXCELLENT),
    (650, CreditTier.GOOD),
    (550, CreditTier.FAIR),
    (450, CreditTier.POOR),
)
FULL_ORDERS_PER_MONTH = 8
FULL_AGE_MONTHS = 24
WORST_DELAY_DAYS = 30
WORST_DISPUTE_SHARE = Decimal("0.2")
# A part from here on is told as a strength, below the other as a weakness.
STRONG, WEAK = Decimal("0.8"), Decimal("0.6")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """A reason with the figures of its sentence."""

    code: ReasonCode
    facts: Mapping[str, int] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Raise:
    """What would raise the score, and by how many points at most."""

    code: ReasonCode
    points: int
    facts: Mapping[str, int] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditScore:
    score: int
    tier: CreditTier
    # Each from 0 to 1, with four decimals.
    parts: Mapping[ScorePart, Decimal]
    reasons: tuple[Reason, ...]
    raises: tuple[Raise, ...]


def credit_score(facts: RetailerFacts, settings: CreditScoreSettings) -> CreditScore:
    """300 + 600 × Σ weight × part. A shop without a delivered order has 500: each part is then 1/3."""
    known = known_parts(facts) if facts.has_delivery else {}
    parts = {part: known.get(part, UNKNOWN) for part in ScorePart}
    weights = _weights(settings)
    weighted = sum((weights[part] * value for part, value in parts.items()), NONE) / 100
    score = LOWEST + round_half_up(SPAN * weighted)
    return CreditScore(
        score=score,
        tier=tier(score),
        parts={
            part: value.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP) for part, value in parts.items()
        },
        reasons=_reasons(facts, known),
        raises=_raises(facts, parts, weights),
    )


def tier(score: int) -> CreditTier:
    return next((tier for least, tier in TIERS if score >= least), CreditTier.VERY_POOR)


def known_parts(facts: RetailerFacts) -> dict[ScorePart, Decimal]:
    """The parts of which there is a history."""
    used = per_cent_used(facts.exposure, facts.limit)
    months = Decimal((facts.today - facts.approved_on).days) / DAYS_PER_MONTH
    parts = {
        ScorePart.TIMELINESS: timeliness(facts.payments),
        ScorePart.CONSISTENCY: consistency(facts.orders),
        ScorePart.UTILISATION: None if used is None else on_line(UTILISATION_BANDS, used),
        ScorePart.AGE: min(ONE, max(NONE, months) / FULL_AGE_MONTHS),
        ScorePart.DISPUTES: disputes(facts.orders),
    }
    return {part: value for part, value in parts.items() if value is not None}


def timeliness(payments: PaymentFacts) -> Decimal | None:
    """The share paid by the due day − ½ × min(mean days late, 30)/30, at least 0. None before anything was due."""
    if not payments.invoices or payments.due <= ZERO:
        return None
    share = Decimal(payments.paid_in_time.minor) / payments.due.minor
    mean = Decimal(payments.days_late) / payments.invoices
    return max(NONE, min(ONE, share) - min(mean, Decimal(WORST_DELAY_DAYS)) / WORST_DELAY_DAYS / 2)


def consistency(orders: OrderFacts) -> Decimal:
    """0.4 × min(1, orders a month / 8) + 0.4 × 1/(1 + coefficient of variation of the gaps) + 0.2 × recency.

    With fewer than two gaps nothing is known of their regularity: it counts 1/3, and 0 without an order.
    """
    if not orders.delivered:
        return NONE
    per_month = orders.delivered * DAYS_PER_MONTH / max(orders.days_observed, 30)
    recency = _recency(orders.days_since_last)
    return (
        Decimal("0.4") * min(ONE, per_month / FULL_ORDERS_PER_MONTH)
        + Decimal("0.4") * _regularity(orders)
        + (Decimal("0.2") * recency)
    )


def disputes(orders: OrderFacts) -> Decimal | None:
    """1 without any, 0 at a fifth of the orders, straight between. None before an order was placed."""
    if not orders.placed:
        return None
    share = Decimal(orders.canceled + orders.disputes_refused) / orders.placed
    return max(NONE, ONE - share / WORST_DISPUTE_SHARE)


def _regularity(orders: OrderFacts) -> Decimal:
    if orders.gap_mean_days is None or orders.gap_deviation_days is None:
        return UNKNOWN
    if not orders.gap_mean_days:
        return ONE
    return ONE / (ONE + orders.gap_deviation_days / orders.gap_mean_days)


def _recency(days: int | None) -> Decimal:
    if days is None or days > 30:
        return NONE
    return ONE if days <= 7 else Decimal("0.5")


def _weights(settings: CreditScoreSettings) -> dict[ScorePart, int]:
    return {
        ScorePart.TIMELINESS: settings.timeliness_weight,
        ScorePart.CONSISTENCY: settings.consistency_weight,
        ScorePart.UTILISATION: settings.utilisation_weight,
        ScorePart.AGE: settings.age_weight,
        ScorePart.DISPUTES: settings.disputes_weight,
    }


def _reasons(facts: RetailerFacts, known: Mapping[ScorePart, Decimal]) -> tuple[Reason, ...]:
    """Weaknesses first; what is neither weak nor strong isn't told."""
    if not facts.has_delivery:
        return (Reason(code=ReasonCode.NO_DELIVERY_YET),)
    weak, strong = [], []
    if facts.overdue > ZERO:
        weak.append(_overdue(facts))
    for part, (if_weak, if_strong) in _TOLD_AS.items():
        if part not in known:
            continue
        if known[part] < WEAK:
            weak.append(Reason(code=if_weak, facts=_figures(facts, if_weak)))
        elif known[part] >= STRONG and if_strong is not None:
            strong.append(Reason(code=if_strong, facts=_figures(facts, if_strong)))
    return (*weak, *strong)


_TOLD_AS: Mapping[ScorePart, tuple[ReasonCode, ReasonCode | None]] = {
    ScorePart.TIMELINESS: (ReasonCode.PAYS_LATE, ReasonCode.PAYS_ON_TIME),
    ScorePart.CONSISTENCY: (ReasonCode.ORDERS_SELDOM, ReasonCode.ORDERS_REGULARLY),
    ScorePart.UTILISATION: (ReasonCode.USES_MUCH_CREDIT, ReasonCode.USES_LITTLE_CREDIT),
    ScorePart.AGE: (ReasonCode.IS_NEW, None),
    ScorePart.DISPUTES: (ReasonCode.CANCELS, None),
}


def _raises(
    facts: RetailerFacts, parts: Mapping[ScorePart, Decimal], weights: Mapping[ScorePart, int]
) -> tuple[Raise, ...]:
    """The two things that a shop can do that would raise the score most. Age comes by itself and isn't named."""
    found = []
    for part in (ScorePart.TIMELINESS, ScorePart.CONSISTENCY, ScorePart.UTILISATION, ScorePart.DISPUTES):
        points = int((SPAN * weights[part] * (ONE - parts[part]) / 100).to_integral_value(ROUND_FLOOR))
        if points < 1:
            continue
        code = _TOLD_AS[part][0]
        if part is ScorePart.TIMELINESS and facts.overdue > ZERO:
            code = ReasonCode.OVERDUE_NOW
        found.append(Raise(code=code, points=points, facts=_figures(facts, code)))
    return tuple(sorted(found, key=lambda one: -one.points)[:2])


def _overdue(facts: RetailerFacts) -> Reason:
    return Reason(code=ReasonCode.OVERDUE_NOW, facts=_figures(facts, ReasonCode.OVERDUE_NOW))


def _figures(facts: RetailerFacts, code: ReasonCode) -> dict[str, int]:
    """The figures in the sentence of a reason: whole numbers, amounts in paisa."""
    match code:
        case ReasonCode.OVERDUE_NOW:
            return {"overdue_minor": facts.overdue.minor, "days": facts.oldest_days_past_due}
        case ReasonCode.PAYS_LATE | ReasonCode.PAYS_ON_TIME:
            return _payment_figures(facts.payments)
        case ReasonCode.USES_MUCH_CREDIT | ReasonCode.USES_LITTLE_CREDIT:
            return {"per_cent": round_half_up(per_cent_used(facts.exposure, facts.limit) or NONE)}
        case ReasonCode.IS_NEW:
            return {"months": int((facts.today - facts.approved_on).days / DAYS_PER_MONTH)}
        case ReasonCode.CANCELS:
            return {
                "canceled": facts.orders.canceled + facts.orders.disputes_refused,
                "placed": facts.orders.placed,
            }
        case ReasonCode.ORDERS_SELDOM | ReasonCode.ORDERS_REGULARLY:
            return {"orders": facts.orders.delivered, "days": facts.orders.days_observed}
        case ReasonCode.NO_DELIVERY_YET:
            return {}


def _payment_figures(payments: PaymentFacts) -> dict[str, int]:
    if not payments.invoices or payments.due <= ZERO:
        return {"per_cent": 0, "days": 0}
    return {
        "per_cent": round_half_up(Decimal(100 * payments.paid_in_time.minor) / payments.due.minor),
        "days": round_half_up(Decimal(payments.days_late) / payments.invoices),
    }
