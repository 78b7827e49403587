"""Which of several prices applies to a shop that orders so many."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Money, rupees
from core.pricing.policy import (
    AppliedPrice,
    PeriodRefusal,
    PriceBasis,
    SpecialPrices,
    Tier,
    apply_price,
    find_idle_tier,
    refusal_of_period,
)

TODAY = dt.date(2026, 11, 23)
DAY = dt.timedelta(days=1)


def tier(from_quantity, price):
    return Tier(from_quantity=Decimal(from_quantity), price=rupees(price))


LADDER = (tier(12, 95), tier(50, 90))


@pytest.mark.parametrize(
    ("_case", "quantity", "own", "price", "basis"),
    [
        ("below every tier", "11.999", None, 100, PriceBasis.LISTING),
        ("from the quantity on", "12", None, 95, PriceBasis.TIER),
        ("the best of two reached", "50", None, 90, PriceBasis.TIER),
        ("an own price for any quantity", "1", 97, 97, PriceBasis.OWN),
        ("an own price before a cheaper tier", "50", 97, 97, PriceBasis.OWN),
        ("an own price above the listing's", "1", 110, 110, PriceBasis.OWN),
    ],
)
def test_one_price_applies(_case, quantity, own, price, basis):
    special = SpecialPrices(tiers=LADDER, own=None if own is None else rupees(own))

    applied = apply_price(rupees(100), Decimal(quantity), special)

    assert applied == AppliedPrice(price=rupees(price), basis=basis)


def test_a_tier_above_a_listing_that_fell_does_not_apply():
    applied = apply_price(rupees(92), Decimal(20), SpecialPrices(tiers=LADDER))

    assert applied == AppliedPrice(price=rupees(92), basis=PriceBasis.LISTING)


amounts = st.integers(1, 10**7).map(Money)
quantities = st.decimals(min_value="0.001", max_value="9999", places=3)
ladders = st.lists(
    st.builds(Tier, from_quantity=quantities, price=amounts),
    unique_by=lambda tier: tier.from_quantity,
    max_size=6,
)


@given(amounts, quantities, ladders, st.none() | amounts)
def test_nobody_pays_more_than_the_listing_unless_agreed(price, quantity, tiers, own):
    applied = apply_price(price, quantity, SpecialPrices(tiers=tuple(tiers), own=own))

    assert applied.price <= price or applied.price == own
    assert (applied.basis is PriceBasis.OWN) == (own is not None)


@given(amounts, quantities, ladders.flatmap(lambda tiers: st.tuples(st.just(tiers), st.permutations(tiers))))
def test_the_order_of_tiers_never_matters(price, quantity, both):
    tiers, shuffled = both

    assert apply_price(price, quantity, SpecialPrices(tiers=tuple(tiers))) == apply_price(
        price, quantity, SpecialPrices(tiers=tuple(shuffled))
    )
    assert find_idle_tier(price, tiers) == find_idle_tier(price, shuffled)


@given(amounts, quantities, quantities, ladders)
def test_a_piece_of_more_never_costs_more(price, some, others, tiers):
    special = SpecialPrices(tiers=tuple(tiers))

    few, many = sorted((some, others))

    assert apply_price(price, many, special).price <= apply_price(price, few, special).price


@given(amounts, ladders)
def test_each_tier_of_a_ladder_that_is_let_pass_applies_somewhere(price, tiers):
    if find_idle_tier(price, tiers) is None:
        for step in tiers:
            applied = apply_price(price, step.from_quantity, SpecialPrices(tiers=tuple(tiers)))
            assert applied == AppliedPrice(price=step.price, basis=PriceBasis.TIER)


@pytest.mark.parametrize(
    ("_case", "tiers", "idle"),
    [
        ("none", (), None),
        ("each cheaper", LADDER, None),
        ("in any order", LADDER[::-1], None),
        ("as dear as the listing", (tier(12, 100),), tier(12, 100)),
        ("as dear as a smaller step", (tier(50, 95), tier(12, 95)), tier(50, 95)),
    ],
)
def test_a_tier_that_would_never_apply_is_found(_case, tiers, idle):
    assert find_idle_tier(rupees(100), tiers) == idle


@pytest.mark.parametrize(
    ("_case", "starts_on", "ends_on", "began_on", "refusal"),
    [
        ("one day, today", TODAY, TODAY, None, None),
        ("without an end", TODAY + DAY, None, None, None),
        ("the end first", TODAY + DAY, TODAY, None, PeriodRefusal.ENDS_BEFORE_IT_STARTS),
        ("a new one in the past", TODAY - DAY, None, None, PeriodRefusal.STARTS_IN_THE_PAST),
        ("one in force that ends today", TODAY - DAY, TODAY, TODAY - DAY, None),
        ("one in force moved", TODAY, None, TODAY - DAY, PeriodRefusal.HAS_BEGUN),
        (
            "one in force ended in the past",
            TODAY - 2 * DAY,
            TODAY - DAY,
            TODAY - 2 * DAY,
            PeriodRefusal.ENDS_IN_THE_PAST,
        ),
    ],
)
def test_what_was_paid_on_past_days_is_settled(_case, starts_on, ends_on, began_on, refusal):
    assert refusal_of_period(starts_on, ends_on, began_on=began_on, today=TODAY) is refusal
