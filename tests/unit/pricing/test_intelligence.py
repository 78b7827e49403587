"""Worked by hand: volatility, bands, edges of alerts, and the robust trend."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Money
from core.pricing.intelligence import (
    ChangeSize,
    Direction,
    IntelligenceSettings,
    VolatilityBand,
    band_of,
    size_of_change,
    trend,
    volatility,
)

RULES = IntelligenceSettings()
DAY = dt.date(2026, 11, 1)


def days(*prices):
    return [(DAY + dt.timedelta(days=n), price) for n, price in enumerate(prices)]


def test_volatility_is_500_times_the_coefficient_of_variation():
    # Mean 10,000; deviations −500 and +500, so the standard deviation is 500 and the coefficient 0.05.
    assert volatility([9_500, 10_500], RULES) == Decimal("25.000")
    # Mean 10,000; deviations −1,000, 0, +1,000: √(2,000,000 ÷ 3) = 816.4966, × 500 ÷ 10,000 = 40.8248.
    assert volatility([9_000, 10_000, 11_000], RULES) == Decimal("40.825")
    assert volatility([10_000] * 30, RULES) == Decimal("0.000")
    assert volatility([1_000, 100_000], RULES) == Decimal("100.000")


@pytest.mark.parametrize("known", [[], [10_000]])
def test_volatility_of_less_than_two_days_is_unknown(known):
    assert volatility(known, RULES) is None


@pytest.mark.parametrize(
    ("score", "band"),
    [
        ("100", VolatilityBand.HIGHLY_VOLATILE),
        ("75", VolatilityBand.HIGHLY_VOLATILE),
        ("74.999", VolatilityBand.VOLATILE),
        ("50", VolatilityBand.VOLATILE),
        ("49.999", VolatilityBand.MODERATE),
        ("25", VolatilityBand.MODERATE),
        ("24.999", VolatilityBand.STABLE),
        ("0", VolatilityBand.STABLE),
    ],
)
def test_bands_begin_at_75_50_and_25(score, band):
    assert band_of(Decimal(score), RULES) is band


@pytest.mark.parametrize(
    ("old", "new", "size"),
    [
        (10_000, 12_000, None),
        (10_000, 12_001, ChangeSize.MEDIUM),
        (10_000, 13_500, ChangeSize.MEDIUM),
        (10_000, 13_501, ChangeSize.HIGH),
        (10_000, 15_000, ChangeSize.HIGH),
        (10_000, 15_001, ChangeSize.CRITICAL),
        (10_000, 8_000, None),
        (10_000, 7_999, ChangeSize.MEDIUM),
        (10_000, 6_499, ChangeSize.HIGH),
        (10_000, 4_999, ChangeSize.CRITICAL),
        # 3 paisa dearer on 14 is 21.4 %; 3 on 15 is exactly 20 %.
        (14, 17, ChangeSize.MEDIUM),
        (15, 18, None),
    ],
)
def test_change_is_an_alert_when_it_is_more_than_20_per_cent_of_the_old_price(old, new, size):
    assert size_of_change(Money(old), Money(new), RULES) is size


def test_trend_is_the_median_slope_and_one_odd_day_moves_nothing():
    # Ten paisa a day on about 1,020: 300 paisa in 30 days are 29.4 %.
    straight = trend(days(1000, 1010, 1020, 1030, 1040), RULES)
    # The pairs without the odd day still outnumber those with it: six slopes of 10, four others.
    odd = trend(days(1000, 1010, 9000, 1030, 1040), RULES)

    assert straight.slope_minor_per_day == odd.slope_minor_per_day == Decimal("10.000")
    assert (straight.direction, straight.strength) == (Direction.RISING, Decimal("29.412"))


def test_falling_and_steady_prices_are_told_apart():
    assert trend(days(1040, 1030, 1020), RULES).direction is Direction.FALLING
    # One paisa in a month on 10,000 is noise.
    assert trend([(DAY, 10_000), (DAY + dt.timedelta(days=30), 10_001)], RULES).direction is Direction.STEADY
    assert trend(days(1000), RULES) is None


@given(prices=st.lists(st.integers(1, 10**9), min_size=2, max_size=40), factor=st.integers(2, 9))
def test_volatility_does_not_change_with_the_unit_of_money(prices, factor):
    assert volatility(prices, RULES) == volatility([price * factor for price in prices], RULES)


@given(prices=st.lists(st.integers(1, 10**6), min_size=2, max_size=20))
def test_trend_read_backwards_is_the_opposite(prices):
    there, back = trend(days(*prices), RULES), trend(days(*reversed(prices)), RULES)

    assert there.slope_minor_per_day == -back.slope_minor_per_day
