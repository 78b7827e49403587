"""Fairness is off until somebody sets it; then equals take turns, and the decision says so."""

import datetime as dt
from decimal import Decimal

import pytest

from core.routing import queries
from core.routing import service as routing
from core.routing.passing import why_passed_by
from core.routing.settings import RoutingSettings
from core.settings.service import SettingsRefused, change

# A point or two less than next door.
A_BIT_FARTHER = {"latitude": Decimal("27.730000")}


@pytest.fixture
def fair(session, admin, now):
    def set_to(**values):
        change(session, RoutingSettings, values, seen_version=0, reason="turns", actor=admin, now=now)

    return set_to


@pytest.fixture
def two(bazaar):
    rice = bazaar.product()
    near, farther = bazaar.vendor(), bazaar.vendor(**A_BIT_FARTHER)
    for vendor in (near, farther):
        bazaar.lists(vendor, rice, price=100)
    return rice, near, farther


def chosen(bazaar, rice, vendor_actor, *, now):
    """Whom a new order goes to, who then accepts it."""
    order, needs = bazaar.order({rice: 10})
    decision = bazaar.decide(order, needs, now=now)
    [offer_id] = decision.offer_ids
    return order, routing.accept_offer(bazaar.session, offer_id, actor=vendor_actor, now=now).vendor_id


def test_off_the_best_goes_first_every_time(bazaar, two, vendor_actor, now):
    rice, near, _ = two

    assert [chosen(bazaar, rice, vendor_actor, now=now)[1] for _ in range(3)] == [near.id] * 3


def test_equals_take_turns_and_the_decision_says_before_whom(session, bazaar, two, fair, vendor_actor, now):
    rice, near, farther = two
    fair(fairness_points=10)

    orders = [chosen(bazaar, rice, vendor_actor, now=now) for _ in range(3)]

    assert [vendor_id for _, vendor_id in orders] == [near.id, farther.id, near.id]
    first, second, _ = [queries.decisions(session, order.id)[0] for order, _ in orders]
    assert first.facts["fairness"] == {"points": 10, "days": 7, "instead_of": None}
    assert second.facts["fairness"] == {"points": 10, "days": 7, "instead_of": near.id}
    assert {one.vendor_id: one.facts["recent_minor"] for one in second.candidates} == {
        near.id: 100_000,
        farther.id: 0,
    }
    assert why_passed_by(session, near.id, orders[1][0].id).reason == "fair_share"
    assert why_passed_by(session, farther.id, orders[0][0].id).reason == "proximity"
    assert not routing.what_if(session, second.round_id, {}).is_different


def test_who_scores_below_the_band_waits_for_no_turn(bazaar, two, fair, vendor_actor, now):
    rice, near, _ = two
    fair(fairness_points=1)

    assert [chosen(bazaar, rice, vendor_actor, now=now)[1] for _ in range(2)] == [near.id] * 2


@pytest.mark.parametrize(("days", "again"), [(7, True), (30, False)])
def test_business_counts_for_the_days_that_are_set(bazaar, two, fair, vendor_actor, now, days, again):
    rice, near, _ = two
    fair(fairness_points=10, fairness_days=days)
    chosen(bazaar, rice, vendor_actor, now=now - dt.timedelta(days=7))

    assert (chosen(bazaar, rice, vendor_actor, now=now)[1] == near.id) is again


def test_shown_basket_and_order_take_the_same_turn(session, bazaar, two, fair, vendor_actor, now):
    rice, _, farther = two
    fair(fairness_points=10)
    chosen(bazaar, rice, vendor_actor, now=now)

    needs = [routing.Need(product_id=rice.id, quantity=Decimal(10))]
    shown = routing.preview(session, retailer_id=bazaar.shop.id, needs=needs, now=now)

    assert [part.vendor_id for part in shown.parts] == [farther.id]


@pytest.mark.parametrize("values", [{"fairness_points": 21}, {"fairness_points": -1}, {"fairness_days": 8}])
def test_odd_bands_and_times_are_refused(fair, values):
    with pytest.raises(SettingsRefused):
        fair(**values)
