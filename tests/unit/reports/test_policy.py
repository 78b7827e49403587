"""Worked by hand: the reliability rating and its grades (DOMAIN.md, section 9)."""

from decimal import Decimal

import pytest

from core.reports.policy import mean, percent, reliability_grade, reliability_rating


@pytest.mark.parametrize(
    ("score", "risk", "share", "rating"),
    [
        (900, "0", "1", "5.00"),
        (300, "100", "0", "1.00"),
        # 1 + 4 × (0.4 × 0.5 + 0.3 × 0.8 + 0.3 × 0.9) = 1 + 4 × 0.71
        (600, "20", "0.9", "3.84"),
        # 1 + 4 × (0.4 × 430/600 + 0.3 × 0.7667 + 0.3 × 0.5) = 1 + 4 × 0.66668
        (730, "23.33", "0.5", "3.67"),
    ],
)
def test_rating(score, risk, share, rating):
    found = reliability_rating(credit_score=score, risk_score=Decimal(risk), on_time_share=Decimal(share))

    assert found == Decimal(rating)


@pytest.mark.parametrize(
    ("rating", "grade"),
    [
        ("5.00", "A+"),
        ("4.50", "A+"),
        ("4.49", "A"),
        ("4.00", "A"),
        ("3.99", "B+"),
        ("3.50", "B+"),
        ("3.49", "B"),
        ("3.00", "B"),
        ("2.99", "C+"),
        ("2.50", "C+"),
        ("2.49", "C"),
        ("2.00", "C"),
        ("1.99", "D"),
        ("1.50", "D"),
        ("1.49", "F"),
        ("1.00", "F"),
    ],
)
def test_grade_edges(rating, grade):
    assert reliability_grade(Decimal(rating)) == grade


def test_shares_and_means_of_nothing_are_none():
    assert (percent(0, 0), mean(0, 0)) == (None, None)
    assert (percent(2, 3), mean(5, 3)) == (Decimal("66.67"), Decimal("1.67"))
