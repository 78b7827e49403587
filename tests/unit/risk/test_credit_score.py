"""The credit score, by hand: every part, band and tier edge of DOMAIN.md, section 4."""

import datetime as dt
from decimal import Decimal

import pytest

from core.money import rupees
from core.risk.kinds import CreditTier, ReasonCode, ScorePart
from core.risk.policy.credit_score import consistency, credit_score, disputes, known_parts, tier, timeliness
from core.risk.policy.facts import OrderFacts, PaymentFacts, RetailerFacts
from core.risk.settings import CreditScoreSettings

TODAY = dt.date(2026, 11, 26)
NOTHING = PaymentFacts()
PERFECT_PAYMENTS = PaymentFacts(invoices=10, due=rupees(10_000), paid_in_time=rupees(10_000))
# 48 deliveries in 180 days are 8.1 a month; every gap the same.
PERFECT_ORDERS = OrderFacts(
    placed=48,
    delivered=48,
    days_observed=180,
    days_since_last=1,
    gap_mean_days=Decimal("3.75"),
    gap_deviation_days=Decimal(0),
)


def facts(**changed):
    base = {
        "retailer_id": 1,
        "today": TODAY,
        "approved_on": TODAY - dt.timedelta(days=731),
        "has_delivery": True,
        "limit": rupees(100_000),
        "exposure": rupees(30_000),
        "overdue": rupees(0),
        "oldest_overdue_invoice_id": None,
        "oldest_days_past_due": 0,
        "has_open_dispute": False,
        "payments": PERFECT_PAYMENTS,
        "orders": PERFECT_ORDERS,
    }
    return RetailerFacts(**{**base, **changed})


def score(**changed):
    return credit_score(facts(**changed), CreditScoreSettings()).score


def test_a_shop_without_a_delivery_has_500():
    found = credit_score(facts(has_delivery=False), CreditScoreSettings())

    assert (found.score, found.tier) == (500, CreditTier.POOR)
    assert [reason.code for reason in found.reasons] == [ReasonCode.NO_DELIVERY_YET]


def test_both_ends_are_reached():
    worst = facts(
        approved_on=TODAY,
        exposure=rupees(100_000),
        payments=PaymentFacts(invoices=3, due=rupees(300), paid_in_time=rupees(0), days_late=90),
        orders=OrderFacts(placed=5, delivered=0, canceled=1),
    )

    assert score() == 900
    assert credit_score(worst, CreditScoreSettings()).score == 300


def test_a_score_by_hand():
    # timeliness 0.8 − ½ × 6/30 = 0.7; consistency 0.4 × 4/8 + 0.4 × 1/(1 + 0.5) + 0.2 × 0.5 = 0.5667;
    # utilisation at 60 % 0.65; age 12/24 = 0.5; disputes 1/10 of orders 0.5.
    # 300 + 600 × (0.28 + 0.11333 + 0.13 + 0.05 + 0.05) = 674.
    found = score(
        payments=PaymentFacts(invoices=5, due=rupees(1_000), paid_in_time=rupees(800), days_late=30),
        orders=OrderFacts(
            placed=10,
            delivered=8,
            canceled=1,
            days_observed=61,
            days_since_last=30,
            gap_mean_days=Decimal(8),
            gap_deviation_days=Decimal(4),
        ),
        exposure=rupees(60_000),
        approved_on=TODAY - dt.timedelta(days=365),
    )

    assert found == 674


@pytest.mark.parametrize(
    ("in_time", "days_late", "part"),
    [(1000, 0, "1"), (500, 0, "0.5"), (1000, 30, "0.9"), (500, 150, "0"), (700, 300, "0.2"), (0, 0, "0")],
)
def test_timeliness(in_time, days_late, part):
    payments = PaymentFacts(invoices=5, due=rupees(1000), paid_in_time=rupees(in_time), days_late=days_late)

    assert timeliness(payments) == Decimal(part)


def test_nothing_due_says_nothing_of_timeliness():
    assert timeliness(NOTHING) is None


@pytest.mark.parametrize(
    ("days", "recency"), [(0, "1"), (7, "1"), (8, "0.5"), (30, "0.5"), (31, "0"), (None, "0")]
)
def test_recency_counts_a_fifth_of_consistency(days, recency):
    orders = OrderFacts(
        placed=1,
        delivered=48,
        days_observed=180,
        days_since_last=days,
        gap_mean_days=Decimal(3),
        gap_deviation_days=Decimal(0),
    )

    assert consistency(orders) == Decimal("0.8") + Decimal("0.2") * Decimal(recency)


def test_one_order_says_nothing_of_regularity():
    orders = OrderFacts(placed=1, delivered=1, days_observed=3, days_since_last=3)

    # 0.4 × (30.4375/30)/8 + 0.4/3 + 0.2
    assert round(consistency(orders), 4) == Decimal("0.3841")


@pytest.mark.parametrize(
    ("used", "part"),
    [
        (0, "1"),
        (30_000, "1"),
        (40_000, "0.9"),
        (50_000, "0.8"),
        (70_000, "0.5"),
        (80_000, "0.35"),
        (90_000, "0.2"),
        (100_000, "0"),
        (150_000, "0"),
    ],
)
def test_utilisation(used, part):
    assert known_parts(facts(exposure=rupees(used)))[ScorePart.UTILISATION] == Decimal(part)


def test_a_shop_without_a_limit_is_unknown_until_it_owes():
    assert ScorePart.UTILISATION not in known_parts(facts(limit=rupees(0), exposure=rupees(0)))
    assert known_parts(facts(limit=rupees(0), exposure=rupees(1)))[ScorePart.UTILISATION] == 0


@pytest.mark.parametrize(
    ("canceled", "refused", "part"), [(0, 0, "1"), (1, 0, "0.5"), (1, 1, "0"), (5, 0, "0")]
)
def test_disputes(canceled, refused, part):
    orders = OrderFacts(placed=10, canceled=canceled, disputes_refused=refused)

    assert disputes(orders) == Decimal(part)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (900, CreditTier.EXCELLENT),
        (750, CreditTier.EXCELLENT),
        (749, CreditTier.GOOD),
        (650, CreditTier.GOOD),
        (649, CreditTier.FAIR),
        (550, CreditTier.FAIR),
        (549, CreditTier.POOR),
        (450, CreditTier.POOR),
        (449, CreditTier.VERY_POOR),
        (300, CreditTier.VERY_POOR),
    ],
)
def test_tiers(at, expected):
    assert tier(at) is expected


def test_reasons_name_what_is_late_first_and_what_would_raise_the_score():
    found = credit_score(
        facts(
            overdue=rupees(5_000),
            oldest_days_past_due=12,
            payments=PaymentFacts(invoices=4, due=rupees(4_000), paid_in_time=rupees(1_000), days_late=60),
        ),
        CreditScoreSettings(),
    )

    assert [reason.code for reason in found.reasons][:2] == [ReasonCode.OVERDUE_NOW, ReasonCode.PAYS_LATE]
    assert found.reasons[0].facts == {"overdue_minor": 500_000, "days": 12}
    # The part is 0.25 − ½ × 15/30 = 0, so all of its 240 points are open.
    assert [(one.code, one.points) for one in found.raises] == [(ReasonCode.OVERDUE_NOW, 240)]


@pytest.mark.parametrize(
    "changed", [{"timeliness_weight": 50}, {"age_weight": -10, "disputes_weight": 30}, {"order_days": 7}]
)
def test_settings_that_make_no_score_are_refused(changed):
    with pytest.raises(ValueError, match=r"weights|window"):
        CreditScoreSettings(**changed)
