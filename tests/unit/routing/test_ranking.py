import datetime as dt
from decimal import Decimal

import pytest

from core.money import rupees
from core.routing.policy.facts import Exclusion, Place
from core.routing.policy.ranking import rank
from tests.unit.routing.market_of import TODAY, WEIGHTS, listing, market, need, vendor

HERE = Place(latitude=Decimal("27.7"), longitude=Decimal("85.3"))
FAR = Place(latitude=Decimal("28.2"), longitude=Decimal("83.9"))


@pytest.mark.parametrize(
    ("reason", "facts"),
    [
        (Exclusion.NOT_APPROVED, {"is_approved": False}),
        (Exclusion.INACTIVE, {"is_active": False}),
        (Exclusion.STOPPED, {"has_stopped": True}),
        (Exclusion.DECLINED, {"history": Exclusion.DECLINED}),
        (Exclusion.LAPSED, {"history": Exclusion.LAPSED}),
        (Exclusion.WITHDREW, {"history": Exclusion.WITHDREW}),
        (Exclusion.NOT_WORKING_TODAY, {"working_days": frozenset({1, 2, 3, 4, 5, 6})}),
        (Exclusion.CLOSED_TODAY, {"closed_days": frozenset({TODAY})}),
        (Exclusion.OUTSIDE_RADIUS, {"place": FAR, "radius_km": Decimal(50)}),
        (Exclusion.BELOW_MINIMUM_ORDER, {"minimum_order": rupees(1001)}),
        (Exclusion.PAIR_LIMIT_FULL, {"pair_available": rupees(999)}),
    ],
)
def test_vendor_that_may_not_be_asked_is_excluded_with_the_reason(reason, facts):
    barred = vendor(1, listing(1), **facts)

    [candidate] = rank(market([need(1, 10)], [barred], place=HERE), WEIGHTS)

    assert (candidate.exclusion, candidate.rank, candidate.scores) == (reason, None, None)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"closed_days": frozenset({TODAY - dt.timedelta(days=1)})}, id="closed yesterday"),
        pytest.param({"place": FAR, "radius_km": Decimal(200)}, id="far, and delivers far"),
        pytest.param({"radius_km": Decimal("0.1")}, id="without a point there is no distance"),
        pytest.param({"minimum_order": rupees(1000)}, id="exactly its minimum"),
        pytest.param({"pair_available": rupees(1000)}, id="exactly its limit"),
    ],
)
def test_vendor_at_the_edge_is_asked(facts):
    [candidate] = rank(market([need(1, 10)], [vendor(1, listing(1), **facts)], place=HERE), WEIGHTS)

    assert candidate.exclusion is None


@pytest.mark.parametrize(
    ("reason", "listings"),
    [
        (Exclusion.LISTS_NOTHING, []),
        (Exclusion.NO_STOCK, [listing(1, stock=0)]),
        (Exclusion.BELOW_MINIMUM_QUANTITY, [listing(1, minimum=12)]),
        (Exclusion.PACK_MULTIPLE, [listing(1, pack=24)]),
        (Exclusion.NO_STOCK, [listing(1, stock=8, minimum=9)]),
    ],
)
def test_vendor_that_can_give_nothing_is_excluded(reason, listings):
    [candidate] = rank(market([need(1, 10)], [vendor(1, *listings)]), WEIGHTS)

    assert candidate.exclusion is reason


def test_minimum_of_one_line_leaves_the_vendor_its_other_lines():
    seller = vendor(1, listing(1, minimum=12), listing(2))

    [candidate] = rank(market([need(1, 10), need(2, 10)], [seller]), WEIGHTS)

    assert candidate.exclusion is None
    assert candidate.fills == {2: 10}


def test_stock_is_given_in_whole_packs_and_loose_goods_by_the_gram():
    packed = vendor(1, listing(1, stock=20, pack=6), listing(2, stock="2.75"))

    [candidate] = rank(market([need(1, 15), need(2, "2.5")], [packed]), WEIGHTS)

    assert candidate.fills == {1: 12, 2: Decimal("2.5")}


def test_late_vendor_is_ranked_below_a_dearer_but_reliable_one():
    late = vendor(1, listing(1, 98), reliability=Decimal(20))
    reliable = vendor(2, listing(1, 102), reliability=Decimal(95))

    first, second = rank(market([need(1, 10)], [late, reliable]), WEIGHTS)

    # 100 × 30 + 20 × 20 + 100 × 15 + price × 20 + reliability × 15, per cent
    assert (first.vendor.vendor_id, first.rank, first.score) == (2, 1, Decimal("78.45"))
    assert (second.vendor.vendor_id, second.rank, second.score) == (1, 2, Decimal("68.8"))


def test_equal_scores_go_to_the_cheaper_then_the_older_vendor():
    # Both prices are so low that they earn the same points.
    dear = vendor(9, listing(1, 100))
    cheap, cheap_too = vendor(3, listing(1, 50)), vendor(2, listing(1, 51))
    cheapest_later = vendor(4, listing(1, 50))

    ranked = rank(market([need(1, 10)], [dear, cheap_too, cheapest_later, cheap]), WEIGHTS)

    assert [candidate.vendor.vendor_id for candidate in ranked] == [3, 4, 2, 9]


def test_product_is_wanted_once():
    with pytest.raises(ValueError):
        market([need(1, 1), need(1, 2)], [])
