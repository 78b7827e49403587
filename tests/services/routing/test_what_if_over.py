"""Other weights over many past decisions: what would have moved, what it would have cost, and whose share."""

import datetime as dt
from decimal import Decimal

import pytest

from core.clock import business_date
from core.money import ZERO, Money, rupees
from core.routing import service as routing
from core.routing.errors import TooManyDecisions, WeightsRefused
from core.routing.models import RoundCause
from core.routing.service import replaying
from core.routing.service.replaying import share_of

FAR = {"latitude": Decimal("27.900000")}
ONLY_PRICE = {"price": 100, "availability": 0, "proximity": 0, "workload": 0, "reliability": 0}
FOREVER = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@pytest.fixture
def two(bazaar):
    """Near at Rs. 100 and 10, far at Rs. 90 and 12."""
    rice, salt = bazaar.product(), bazaar.product()
    near, far = bazaar.vendor(), bazaar.vendor(**FAR)
    for vendor, of_rice, of_salt in ((near, 100, 10), (far, 90, 12)):
        bazaar.lists(vendor, rice, price=of_rice)
        bazaar.lists(vendor, salt, price=of_salt)
    return rice, salt, near, far


def decided(bazaar, wanted, **values):
    order, needs = bazaar.order(wanted)
    return order, needs, bazaar.decide(order, needs, **values)


def over(session, weights, *, days=FOREVER):
    return routing.what_if_over(session, weights, starts_on=days[0], ends_on=days[1])


def test_orders_price_and_shares_before_and_after(session, bazaar, two):
    rice, salt, near, far = two
    for product, quantity in ((rice, 10), (rice, 20), (salt, 5)):
        decided(bazaar, {product: quantity})

    found = over(session, ONLY_PRICE)

    assert (found.orders, found.moved) == (3, 2)
    assert (found.total_before, found.total_after) == (rupees(3_050), rupees(2_750))
    assert [
        (one.vendor_id, one.orders_before, one.orders_after, one.total_before, one.total_after)
        for one in found.vendors
    ] == [(near.id, 3, 1, rupees(3_050), rupees(50)), (far.id, 0, 2, ZERO, rupees(2_700))]
    assert [share_of(one.total_after, found.total_after) for one in found.vendors] == [
        Decimal("1.82"),
        Decimal("98.18"),
    ]


def test_the_weights_of_then_move_nothing(session, bazaar, two):
    rice, *_ = two
    decided(bazaar, {rice: 10})

    found = over(session, {})

    assert (found.moved, found.total_before) == (0, found.total_after)


def test_only_the_first_decision_of_an_order_counts(session, bazaar, two, vendor_actor, now):
    rice, *_ = two
    order, needs, decision = decided(bazaar, {rice: 10})
    routing.decline_offer(session, decision.offer_ids[0], reason="no_stock", actor=vendor_actor, now=now)
    bazaar.decide(order, needs, cause=RoundCause.DECLINED)

    assert over(session, ONLY_PRICE).orders == 1


def test_both_days_of_the_period_count_and_no_other(session, bazaar, two, now):
    rice, *_ = two
    day = dt.timedelta(days=1)
    for ago in range(4):
        decided(bazaar, {rice: 10}, now=now - ago * day)
    today = business_date(now)

    assert over(session, ONLY_PRICE, days=(today - 2 * day, today - day)).orders == 2
    assert over(session, ONLY_PRICE, days=(today, today - day)).orders == 0


@pytest.mark.parametrize("weights", [{"luck": 1}, {"price": -1}])
def test_odd_weights_are_refused_without_any_decision(session, weights):
    with pytest.raises(WeightsRefused):
        over(session, weights)


@pytest.mark.parametrize("most", ["MOST_DECISIONS", "MOST_CANDIDATES"])
def test_more_than_is_replayed_at_once_is_refused_with_the_numbers(session, bazaar, two, monkeypatch, most):
    rice, *_ = two
    for _ in range(2):
        decided(bazaar, {rice: 10})
    monkeypatch.setattr(replaying, most, 1)

    with pytest.raises(TooManyDecisions) as refusal:
        over(session, ONLY_PRICE)

    assert (refusal.value.facts["decisions"], refusal.value.facts["vendors_weighed"]) == (2, 4)


def test_reads_grow_by_the_hundred_decisions(session, bazaar, two, monkeypatch, statements):
    rice, *_ = two
    for _ in range(5):
        decided(bazaar, {rice: 10})
    monkeypatch.setattr(replaying, "READ_AT_ONCE", 3)
    session.expire_all()
    before = len(statements)

    assert over(session, ONLY_PRICE).moved == 5

    assert len(statements) - before <= 1 + 2 * 2 + 1


def test_share_of_nothing_is_nothing():
    assert share_of(ZERO, ZERO) == 0
    assert share_of(Money(1), Money(3)) == Decimal("33.33")
