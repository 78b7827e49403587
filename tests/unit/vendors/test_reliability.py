from dataclasses import replace
from decimal import Decimal

import pytest

from core.vendors.policy import (
    Counts,
    Grade,
    VendorSettings,
    grade,
    performance,
    price_score,
    reliability_score,
    with_prior,
)

SETTINGS = VendorSettings()
# Ten offers: eight taken, one refused, one left to lapse; six parcels delivered after 36 hours, two given back.
SEEN = Counts(
    answered_yes=8,
    declined=1,
    lapsed=1,
    accepted=8,
    delivered=6,
    withdrawn=2,
    delivery_hours=Decimal(216),
    measured_deliveries=6,
)


def test_reliability_weighs_the_five_parts():
    parts = performance(SEEN, price_index=Decimal(80))

    assert (parts.acceptance, parts.completion, parts.speed, parts.cancellation) == (80, 75, 75, 25)
    # 25 × 80 + 30 × 75 + 20 × 75 + 15 × (100 − 25) + 10 × 80
    assert reliability_score(SEEN, price_index=Decimal(80), settings=SETTINGS) == Decimal("76.75")


def test_flawless_vendor_has_all_points():
    flawless = Counts(
        answered_yes=4,
        accepted=4,
        delivered=4,
        delivery_hours=Decimal(80),
        measured_deliveries=4,
    )

    assert reliability_score(flawless, price_index=Decimal(100), settings=SETTINGS) == 100


def test_vendor_without_history_has_no_score_and_routes_with_the_prior():
    assert reliability_score(Counts(), price_index=Decimal(100), settings=SETTINGS) is None
    assert with_prior(None, 0, SETTINGS) == 60


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        pytest.param(1, "63.636", id="one order moves it a little"),
        pytest.param(10, "80", id="ten orders weigh as much as the prior"),
        pytest.param(90, "96", id="many orders speak for themselves"),
    ],
)
def test_prior_is_worth_ten_orders(orders, expected):
    assert with_prior(Decimal(100), orders, SETTINGS) == Decimal(expected)


def test_vendor_that_never_answers_is_judged_by_that_alone():
    silent = Counts(lapsed=5)

    # Acceptance 0 and the prices; nothing is known of its deliveries: (25 × 0 + 10 × 70) / 35.
    assert reliability_score(silent, price_index=Decimal(70), settings=SETTINGS) == 20


def test_forced_acceptance_is_work_but_no_answer():
    forced = replace(SEEN, answered_yes=0, declined=0, lapsed=0)

    assert performance(forced, price_index=None).acceptance is None
    assert performance(forced, price_index=None).completion == 75


@pytest.mark.parametrize(
    ("hours", "speed"),
    [("24", "100"), ("24.5", "98.958"), ("48", "50"), ("72", "0"), ("200", "0"), ("1", "100")],
)
def test_speed_falls_from_a_day_to_three(hours, speed):
    one = Counts(accepted=1, delivered=1, delivery_hours=Decimal(hours), measured_deliveries=1)

    assert performance(one, price_index=None).speed == Decimal(speed)


@pytest.mark.parametrize(
    ("ratio", "score"),
    [
        ("0.50", "100"),
        ("0.90", "100"),
        ("0.925", "95"),
        ("0.95", "90"),
        ("1.00", "80"),
        ("1.05", "70"),
        ("1.10", "60"),
        ("1.30", "30"),
        ("1.50", "0"),
        ("3.00", "0"),
    ],
)
def test_price_bands(ratio, score):
    assert price_score(Decimal(ratio)) == Decimal(score)


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        ("100", Grade.A_PLUS),
        ("90", Grade.A_PLUS),
        ("89.999", Grade.A),
        ("80", Grade.A),
        ("79.999", Grade.B),
        ("70", Grade.B),
        ("69.999", Grade.C),
        ("60", Grade.C),
        ("59.999", Grade.D),
        ("50", Grade.D),
        ("49.999", Grade.F),
        ("0", Grade.F),
    ],
)
def test_grades(score, expected):
    assert grade(Decimal(score)) is expected


@pytest.mark.parametrize(
    "wrong", [{"speed_weight": 21}, {"speed_weight": -1, "price_weight": 31}, {"prior_score": 101}]
)
def test_settings_that_make_no_score_are_refused(wrong):
    with pytest.raises(ValueError):
        replace(SETTINGS, **wrong)
