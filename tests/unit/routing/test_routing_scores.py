from decimal import Decimal

import pytest

from core.money import rupees
from core.routing.policy import scores
from core.routing.policy.facts import Place
from core.routing.policy.scores import Scores
from tests.unit.routing.market_of import listing, need

KATHMANDU = {"province": "Bagmati", "district": "Kathmandu", "municipality": "Kathmandu", "ward": 22}


@pytest.mark.parametrize(
    ("available", "score"),
    [("20", 100), ("19.999", 70), ("10", 70), ("9.5", "66.5"), ("5", 35), ("0", 0)],
)
def test_availability_of_ten_wanted(available, score):
    assert scores.line_availability(Decimal(available), Decimal(10)) == Decimal(score)


def test_availability_is_weighted_by_what_each_line_is_worth():
    needs = [need(1, 10), need(2, 1)]
    listings = {1: listing(1, stock=100), 2: listing(2, stock=1)}
    averages = {1: rupees(30), 2: rupees(100)}

    # Rs. 300 at 100 and Rs. 100 at 70.
    fills = {1: Decimal(10), 2: Decimal(1)}
    assert scores.availability(needs, listings, averages, fills) == Decimal("92.5")


def test_line_that_is_not_listed_has_nothing_available():
    averages = {1: rupees(100), 2: rupees(100)}

    found = scores.availability([need(1, 1), need(2, 1)], {1: listing(1)}, averages, {1: Decimal(1)})

    assert found == 50


@pytest.mark.parametrize(
    ("distance", "score"),
    [
        ("0", "100"),
        ("2", "100"),
        ("2.001", "99.984"),
        ("10", "50"),  # the geometric middle of 2 and 50
        ("25", "21.534"),
        ("50", "0"),
        ("51", "0"),
    ],
)
def test_proximity_falls_with_the_logarithm_of_the_distance(distance, score):
    assert scores.proximity(Place(), Place(), Decimal(distance)) == Decimal(score)


@pytest.mark.parametrize(
    ("other", "score"),
    [
        pytest.param(KATHMANDU, 100, id="same ward"),
        pytest.param(KATHMANDU | {"ward": 4}, 80, id="same municipality"),
        pytest.param(KATHMANDU | {"municipality": "Tokha"}, 60, id="same district, the same ward number"),
        pytest.param(
            KATHMANDU | {"district": "Lalitpur", "municipality": "Lalitpur"}, 40, id="same province"
        ),
        pytest.param(KATHMANDU | {"province": "Gandaki"}, 20, id="another province, the same names"),
        pytest.param({}, 20, id="nothing known"),
        pytest.param({"municipality": " kathmandu "}, 80, id="only the municipality known"),
        pytest.param({"ward": 22}, 20, id="a ward of nowhere"),
    ],
)
def test_proximity_without_a_point_is_what_the_addresses_share(other, score):
    assert scores.proximity(Place(**KATHMANDU), Place(**other), None) == score


def test_distance_is_great_circle():
    ratna_park = Place(latitude=Decimal("27.7061"), longitude=Decimal("85.3150"))
    pokhara = Place(latitude=Decimal("28.2096"), longitude=Decimal("83.9856"))

    assert scores.distance_km(ratna_park, pokhara) == Decimal("142.066")
    assert scores.distance_km(ratna_park, ratna_park) == 0
    assert scores.distance_km(ratna_park, Place()) is None


@pytest.mark.parametrize(
    ("open_fulfillments", "score"),
    [(0, 100), (5, 100), (6, 80), (10, 80), (11, 60), (20, 60), (21, 40), (30, 40), (31, 20)],
)
def test_workload_steps(open_fulfillments, score):
    assert scores.workload(open_fulfillments) == score


def test_price_compares_the_lines_that_the_vendor_lists_with_the_market():
    needs = [need(1, 10), need(2, 5), need(3, 1)]
    listings = {1: listing(1, 90), 2: listing(2, 220)}
    averages = {1: rupees(100), 2: rupees(200), 3: rupees(50)}

    # (900 + 1,100) ÷ (1,000 + 1,000)
    assert scores.price_ratio(needs, listings, averages) == 1
    assert scores.price(Decimal(1)) == 80


def test_score_is_the_weighted_mean():
    own = Scores(
        availability=Decimal(70),
        proximity=Decimal(50),
        workload=Decimal(100),
        price=Decimal(80),
        reliability=Decimal(60),
    )
    weights = {"availability": 30, "proximity": 20, "workload": 15, "price": 20, "reliability": 15}

    # 21 + 10 + 15 + 16 + 9
    assert own.weighted(weights) == 71
    assert own.weighted(dict.fromkeys(weights, 0) | {"workload": 1}) == 100


def test_price_ratio_is_of_what_this_basket_costs_there_against_the_listings_average():
    needs = [need(1, 20)]
    averages = {1: rupees(100)}

    assert scores.price_ratio(needs, {1: listing(1, 110, tiers={12: 90})}, averages) == Decimal("0.9")
    assert scores.price_ratio(needs, {1: listing(1, 110, own=80)}, averages) == Decimal("0.8")
    # Only eleven are there, so the tier is not reached.
    assert scores.price_ratio(needs, {1: listing(1, 110, stock=11, tiers={12: 90})}, averages) == Decimal(
        "1.1"
    )
