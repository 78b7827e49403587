"""The risk score, by hand: every part, band and level edge of DOMAIN.md, section 5."""

from decimal import Decimal

import pytest

from core.money import rupees
from core.risk.kinds import RiskLevel
from core.risk.policy.facts import OrderFacts, PaymentFacts
from core.risk.policy.risk_score import level, order_pattern, overdue_part, payment_delay, risk_score
from core.risk.settings import RiskThresholds, RiskWeights
from tests.unit.risk.test_credit_score import facts


def test_a_shop_that_owes_nothing_and_is_never_late_has_no_risk():
    found = risk_score(facts(exposure=rupees(0)), RiskWeights(), RiskThresholds())

    assert (found.score, found.level) == (Decimal("0.00"), RiskLevel.LOW)


def test_the_worst_has_100():
    found = risk_score(
        facts(
            exposure=rupees(100_000),
            overdue=rupees(100_000),
            payments=PaymentFacts(recent=3, recent_late=3, recent_days_late=90),
            orders=OrderFacts(
                placed=3,
                canceled=3,
                stale=3,
                value_mean_minor=Decimal(100),
                value_deviation_minor=Decimal(100),
            ),
        ),
        RiskWeights(),
        RiskThresholds(),
    )

    assert (found.score, found.level) == (Decimal("100.00"), RiskLevel.CRITICAL)


def test_a_score_by_hand():
    # delay 50 × 6/30 + 50 × 2/5 = 30; utilisation at 80 % 65; pattern 40 × 0.25 + 30 × 0.25 + 30 × 0.5 = 32.5;
    # overdue 20. 0.4 × 30 + 0.3 × 65 + 0.2 × 32.5 + 0.1 × 20 = 40.
    found = risk_score(
        facts(
            exposure=rupees(80_000),
            overdue=rupees(20_000),
            payments=PaymentFacts(recent=5, recent_late=2, recent_days_late=30),
            orders=OrderFacts(
                placed=4,
                canceled=1,
                stale=1,
                value_mean_minor=Decimal(100),
                value_deviation_minor=Decimal(50),
            ),
        ),
        RiskWeights(),
        RiskThresholds(),
    )

    assert (found.score, found.level) == (Decimal("40.00"), RiskLevel.MEDIUM)


@pytest.mark.parametrize(
    ("late", "days", "part"), [(0, 0, 0), (1, 30, "20"), (5, 150, 100), (5, 999, 100), (2, 10, "23.33")]
)
def test_payment_delay(late, days, part):
    payments = PaymentFacts(recent=5, recent_late=late, recent_days_late=days)

    assert round(payment_delay(payments), 2) == Decimal(part)


def test_two_orders_are_no_pattern():
    assert order_pattern(OrderFacts(placed=2, canceled=2, stale=2)) == 0
    assert order_pattern(OrderFacts(placed=3, canceled=3)) == 40


@pytest.mark.parametrize(
    ("overdue", "limit", "part"),
    [(0, 0, 0), (0, 1000, 0), (1, 0, 100), (250, 1000, 25), (1000, 1000, 100), (5000, 1000, 100)],
)
def test_overdue(overdue, limit, part):
    assert overdue_part(rupees(overdue), rupees(limit)) == part


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("70", RiskLevel.CRITICAL),
        ("69.99", RiskLevel.HIGH),
        ("50", RiskLevel.HIGH),
        ("49.99", RiskLevel.MEDIUM),
        ("30", RiskLevel.MEDIUM),
        ("29.99", RiskLevel.LOW),
    ],
)
def test_levels(at, expected):
    assert level(Decimal(at), RiskThresholds()) is expected
