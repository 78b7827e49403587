from decimal import Decimal

import pytest

from core.routing.policy.explaining import deciding_criterion

WEIGHTS = {"availability": 30, "proximity": 20, "workload": 15, "price": 20, "reliability": 15}
ALIKE = dict.fromkeys(WEIGHTS, Decimal(80))


@pytest.mark.parametrize("criterion", list(WEIGHTS))
def test_criterion_that_gained_the_most_points_decided(criterion):
    assert deciding_criterion(
        ALIKE, ALIKE | {criterion: Decimal(90)}, weights=WEIGHTS, only_chosen_fills=False
    ) == (criterion)


def test_weights_count_and_what_this_vendor_was_better_at_does_not():
    # 20 × 10 for the price against 15 × 12 for reliability; nearer by far itself.
    chosen = ALIKE | {"price": Decimal(90), "reliability": Decimal(92), "proximity": Decimal(10)}

    assert deciding_criterion(ALIKE, chosen, weights=WEIGHTS, only_chosen_fills=False) == "price"


def test_whole_order_goes_before_every_score():
    assert (
        deciding_criterion(ALIKE, dict.fromkeys(WEIGHTS, Decimal(0)), weights=WEIGHTS, only_chosen_fills=True)
        == "fills_everything"
    )


@pytest.mark.parametrize("chosen", [ALIKE, dict.fromkeys(WEIGHTS, Decimal(70)), {}])
def test_without_a_criterion_for_the_chosen_it_was_a_tie(chosen):
    assert deciding_criterion(ALIKE, chosen, weights=WEIGHTS, only_chosen_fills=False) == "tie"
