"""A deactivated vendor or shop leaves no order waiting for it."""

import pytest

from core.alerts.kinds import AlertKind
from core.alerts.models import Alert
from core.events import RetailerDeactivated, VendorDeactivated
from core.money import ZERO, rupees
from core.orders import stopping
from core.orders.kinds import FulfillmentStatus, OrderStatus
from core.outbox.models import Event
from core.parties import service as parties
from core.refs import RetailerId, VendorId
from tests.market import ADMIN


def _deactivate_vendor(market, vendor):
    market.do(parties.deactivate_vendor, VendorId(vendor.id), reason="fraud", actor=ADMIN)
    assert market.count(Event, Event.name == VendorDeactivated.name()) == 1
    for order_id in market.look(stopping.orders_of_vendor, vendor.id):
        market.do(stopping.stop_vendor, order_id, vendor.id)


def _deactivate_shop(market, shop):
    market.do(parties.deactivate_retailer, RetailerId(shop.id), reason="fraud", actor=ADMIN)
    assert market.count(Event, Event.name == RetailerDeactivated.name()) == 1
    for order_id in market.look(stopping.orders_of_retailer, shop.id):
        market.do(stopping.stop_retailer, order_id)


@pytest.fixture
def other(market, deal):
    _, _, noodles = deal
    vendor = market.wholesaler("Himal Traders")
    market.sells(vendor, noodles, price=rupees(20))
    return vendor


def test_what_a_deactivated_vendor_was_asked_for_goes_to_another(market, deal, other):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 10})
    assert market.offer_to(vendor, placed.order_id)

    _deactivate_vendor(market, vendor)

    assert market.offer_to(other, placed.order_id)
    assert market.look(stopping.orders_of_vendor, vendor.id) == []


def test_what_it_promised_and_has_not_sent_goes_to_another(market, deal, other):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 10})
    market.accept(vendor, placed.order_id)

    _deactivate_vendor(market, vendor)

    order = market.order(placed.order_id)
    assert [part.status for part in order.fulfillments] == [FulfillmentStatus.WITHDRAWN]
    assert market.offer_to(other, placed.order_id)


def test_what_it_sent_is_an_admins_to_deliver(market, deal):
    shop, vendor, noodles = deal
    market.dispatch(vendor, market.accept(vendor, market.place(shop, {noodles: 10}).order_id))

    _deactivate_vendor(market, vendor)

    assert market.count(Alert, Alert.kind == AlertKind.DEACTIVATED_ON_THE_WAY) == 1


def test_nothing_more_leaves_for_a_deactivated_shop(market, deal):
    shop, vendor, noodles = deal
    asked = market.place(shop, {noodles: 5})
    promised = market.place(shop, {noodles: 3})
    market.accept(vendor, promised.order_id)
    sent = market.place(shop, {noodles: 2})
    market.dispatch(vendor, market.accept(vendor, sent.order_id))

    _deactivate_shop(market, shop)

    assert [market.order(one.order_id).status for one in (asked, promised, sent)] == [
        OrderStatus.CANCELED,
        OrderStatus.CANCELED,
        OrderStatus.DISPATCHED,
    ]
    assert market.standing(shop).held == rupees(40)
    assert market.count(Alert, Alert.kind == AlertKind.DEACTIVATED_ON_THE_WAY) == 1


def test_who_is_active_again_keeps_what_is_open(market, deal):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 5})

    market.do(stopping.stop_vendor, placed.order_id, vendor.id)
    market.do(stopping.stop_retailer, placed.order_id)

    assert market.offer_to(vendor, placed.order_id)
    assert market.standing(shop).held != ZERO
