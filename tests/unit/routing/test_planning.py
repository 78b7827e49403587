from decimal import Decimal

import pytest

from core.money import ZERO, rupees
from core.routing.policy.facts import Exclusion
from core.routing.policy.planning import cheapest_total, plan, whole_order
from core.routing.policy.ranking import rank
from tests.unit.routing.market_of import TODAY, WEIGHTS, listing, market, need, vendor


def planned(needs, vendors, *, ceiling=None, vat=0):
    wanted = market(needs, vendors, vat=vat)
    return plan(wanted, rank(wanted, WEIGHTS), ceiling=ceiling)


def given(result):
    return {part.vendor_id: {line.product_id: line.quantity for line in part.lines} for part in result.parts}


def test_best_vendor_that_fills_everything_gets_everything():
    best_but_short = vendor(1, listing(1, 80), listing(2, 80, stock=0), reliability=Decimal(100))
    whole = vendor(2, listing(1, 100), listing(2, 100), reliability=Decimal(50))
    worse = vendor(3, listing(1, 100), listing(2, 100), reliability=Decimal(10))

    result = planned([need(1, 10), need(2, 5)], [worse, whole, best_but_short], vat=1300)

    assert given(result) == {2: {1: 10, 2: 5}}
    assert result.total == rupees(1695)
    assert result.missing == ()


def test_split_takes_the_fewest_vendors():
    # The three best ranked have one line each; two others cover all three lines.
    singles = [vendor(number, listing(number, 80), reliability=Decimal(100)) for number in (1, 2, 3)]
    pair = vendor(4, listing(1, 120), listing(2, 120)), vendor(5, listing(3, 120), listing(2, 130))

    result = planned([need(1, 10), need(2, 10), need(3, 10)], [*singles, *pair])

    assert len(result.parts) == 2
    assert result.missing == ()


def test_greedy_cover_serves_a_market_too_large_to_try_everything():
    # The small ones are ranked first, and the large ones take exactly their minimum order.
    small = [vendor(number, listing(number % 6 + 1, 90), reliability=Decimal(100)) for number in range(1, 60)]
    large = [
        vendor(100, listing(1, 120), listing(2, 120), listing(3, 120), minimum_order=rupees(1440)),
        vendor(101, listing(4, 120), listing(5, 120), listing(6, 120), minimum_order=rupees(1440)),
    ]

    result = planned([need(number, 4) for number in range(1, 7)], [*small, *large])

    assert set(given(result)) == {100, 101}
    assert result.missing == ()


def test_whole_order_may_cost_just_the_ceiling():
    wanted = market([need(1, 10)], [vendor(1, listing(1, 100)), vendor(2, listing(1, 101))])

    wholes = whole_order(wanted, rank(wanted, WEIGHTS), ceiling=rupees(1000))

    assert [candidate.vendor.vendor_id for candidate in wholes] == [1]


@pytest.mark.parametrize(("minimum", "vendors"), [(1000, {1, 2}), (1001, {1})])
def test_part_of_a_split_may_be_just_the_minimum_order(minimum, vendors):
    first = vendor(1, listing(1, 100), listing(2, 100, stock=1), minimum_order=rupees(minimum))
    second = vendor(2, listing(2, 90))

    result = planned([need(1, 10), need(2, 10)], [first, second])

    assert set(given(result)) == vendors


def test_line_is_cut_into_the_largest_pieces_when_nobody_has_all_of_it():
    result = planned(
        [need(1, 100)],
        [vendor(1, listing(1, stock=30)), vendor(2, listing(1, stock=60)), vendor(3, listing(1, stock=50))],
    )

    assert given(result) == {2: {1: 60}, 3: {1: 40}}


def test_what_nobody_has_is_missing_with_its_reason():
    seller = vendor(
        1, listing(1), listing(2, stock=4), listing(3, minimum=12), listing(4, pack=6), listing(5)
    )
    closed = vendor(2, listing(6), has_stopped=True)

    result = planned([need(number, 10) for number in range(1, 8)], [seller, closed])

    assert given(result) == {1: {1: 10, 2: 4, 4: 6, 5: 10}}
    assert [(line.product_id, line.quantity, line.reason) for line in result.missing] == [
        (2, 6, Exclusion.NO_STOCK),
        (3, 10, Exclusion.BELOW_MINIMUM_QUANTITY),
        (4, 4, Exclusion.PACK_MULTIPLE),
        (6, 10, Exclusion.STOPPED),
        (7, 10, Exclusion.LISTS_NOTHING),
    ]


def test_line_is_filled_without_a_seller_whose_piece_leaves_a_rest_that_nobody_sells():
    sellers = [
        vendor(1, listing(1, stock=36, minimum=12)),
        vendor(2, listing(1, stock=24, minimum=12)),
        vendor(3, listing(1, stock=16, minimum=12)),
    ]

    result = planned([need(1, 40)], sellers)

    assert given(result) == {2: {1: 24}, 3: {1: 16}}
    assert result.missing == ()


def test_of_sellers_that_have_too_little_together_the_largest_pieces_are_taken():
    sellers = [
        vendor(1, listing(1, stock=30)),
        vendor(2, listing(1, stock=5)),
        vendor(3, listing(1, stock=3)),
    ]

    result = planned([need(1, 40)], sellers)

    assert given(result) == {1: {1: 30}, 2: {1: 5}, 3: {1: 3}}
    assert [(line.quantity, line.reason) for line in result.missing] == [(2, Exclusion.NO_STOCK)]


def test_stock_of_just_what_is_wanted_in_other_packs_is_no_lack_of_stock():
    result = planned([need(1, 10)], [vendor(1, listing(1, stock=10, pack=4))])

    assert given(result) == {1: {1: 8}}
    assert [(line.quantity, line.reason) for line in result.missing] == [(2, Exclusion.PACK_MULTIPLE)]


def test_vendor_with_just_enough_that_the_ceiling_keeps_out_does_not_lack_stock():
    result = planned([need(1, 10)], [vendor(1, listing(1, 100, stock=10))], ceiling=rupees(999))

    assert [line.reason for line in result.missing] == [Exclusion.ABOVE_CEILING]


def test_of_several_reasons_the_one_that_passes_soonest_is_named():
    closed = vendor(1, listing(1), closed_days=frozenset({TODAY}))
    empty = vendor(2, listing(1, stock=0))

    assert [line.reason for line in planned([need(1, 10)], [closed, empty]).missing] == [Exclusion.NO_STOCK]


def test_missing_line_names_the_least_that_could_be_had():
    result = planned(
        [need(1, 5)],
        [
            vendor(1, listing(1, minimum=24)),
            vendor(2, listing(1, minimum=10, pack=6)),
            vendor(3, listing(1, stock=0)),
        ],
    )

    [line] = result.missing
    assert (line.reason, line.least_quantity) == (Exclusion.BELOW_MINIMUM_QUANTITY, 12)


@pytest.mark.parametrize(
    ("wanted", "own", "least"),
    [
        pytest.param("0.25", listing(1, minimum="0.5"), "0.5", id="loose goods"),
        pytest.param("5", listing(1, pack=24), "24", id="a pack"),
        pytest.param("5", listing(1, minimum=25, pack=24), "48", id="the minimum in whole packs"),
    ],
)
def test_least_quantity_of_a_listing(wanted, own, least):
    [line] = planned([need(1, wanted)], [vendor(1, own)]).missing

    assert line.least_quantity == Decimal(least)


def test_small_basket_names_the_least_order():
    result = planned(
        [need(1, 5)],
        [vendor(1, listing(1), minimum_order=rupees(2000)), vendor(2, listing(1), minimum_order=rupees(800))],
    )

    [line] = result.missing
    assert (result.parts, line.reason) == ((), Exclusion.BELOW_MINIMUM_ORDER)
    assert line.least_order == rupees(800)


def test_vendor_is_given_enough_to_reach_its_minimum_order():
    # By rank the first would take both shared lines and leave the second below its minimum.
    first = vendor(1, listing(1), listing(2), reliability=Decimal(100))
    second = vendor(2, listing(2), listing(3), minimum_order=rupees(1500))

    result = planned([need(1, 10), need(2, 10), need(3, 10)], [first, second])

    assert given(result) == {1: {1: 10}, 2: {2: 10, 3: 10}}


def test_ceiling_leaves_out_dearer_vendors_but_keeps_a_split_that_fits():
    dear_whole = vendor(1, listing(1, 110), listing(2, 100), reliability=Decimal(100))
    rice, oil = vendor(2, listing(1, 100)), vendor(3, listing(2, 95))

    result = planned([need(1, 10), need(2, 10)], [dear_whole, rice, oil], ceiling=rupees(1960))

    assert given(result) == {2: {1: 10}, 3: {2: 10}}
    assert result.total == rupees(1950)


def test_nothing_fits_under_a_ceiling_below_the_cheapest_plan():
    wanted = market([need(1, 10)], [vendor(1, listing(1, 110)), vendor(2, listing(1, 105))])
    candidates = rank(wanted, WEIGHTS)

    assert plan(wanted, candidates, ceiling=rupees(1049)).total == ZERO
    assert cheapest_total(wanted, candidates) == rupees(1050)
    assert plan(wanted, candidates, ceiling=rupees(1050)).total == rupees(1050)


def test_nobody_has_anything():
    wanted = market([need(1, 10)], [])

    assert plan(wanted, rank(wanted, WEIGHTS)).parts == ()
    assert cheapest_total(wanted, rank(wanted, WEIGHTS)) is None


@pytest.mark.parametrize("vat", [0, 1300])
def test_total_is_the_sum_of_rounded_lines(vat):
    result = planned(
        [need(1, "0.333"), need(2, "0.777")], [vendor(1, listing(1, "99.99"), listing(2, "33.33"))], vat=vat
    )

    assert result.total.minor == {0: 3330 + 2590, 1300: 3330 + 433 + 2590 + 337}[vat]


def test_each_part_of_a_split_line_is_priced_by_what_that_vendor_delivers():
    many = vendor(1, listing(1, stock=60, tiers={50: 90}))
    few = vendor(2, listing(1, stock=40, tiers={50: 80}, vendor_id=2))
    wanted = market([need(1, 100)], [many, few])

    result = plan(wanted, rank(wanted, WEIGHTS))

    assert {part.vendor_id: part.lines[0].unit_price for part in result.parts} == {
        1: rupees(90),
        2: rupees(100),
    }
    assert result.total == rupees(60 * 90 + 40 * 100)


def test_own_price_keeps_an_order_within_its_ceiling():
    dear = vendor(1, listing(1, price=95), reliability=Decimal(100))
    agreed = vendor(2, listing(1, price=100, own=80, vendor_id=2), reliability=Decimal(0))
    wanted = market([need(1, 10)], [dear, agreed])
    candidates = rank(wanted, WEIGHTS)

    assert plan(wanted, candidates, ceiling=rupees(800)).parts[0].vendor_id == 2
    assert cheapest_total(wanted, candidates) == rupees(800)
