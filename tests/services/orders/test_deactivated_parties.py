"""A deactivated vendor or shop leaves no order waiting for it."""

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.actor import SYSTEM
from core.alerts import service as alerts
from core.alerts.kinds import AlertKind
from core.alerts.models import Alert
from core.credit import service as credit
from core.events import RetailerDeactivated, VendorDeactivated, from_payload
from core.money import ZERO, rupees
from core.orders import delivery, ending, offers, stopping
from core.orders.kinds import FulfillmentStatus, OrderStatus
from core.outbox.models import Event
from core.parties import service as parties
from core.refs import RetailerId, VendorId
from core.routing.queries import offer_lines
from core.routing.settings import RoutingSettings
from core.settings import service as settings
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


def _take_first_line(market, vendor, order_id):
    """The vendor promises the first line alone."""
    offer = market.offer_to(vendor, order_id)
    first = market.look(offer_lines, [offer.id])[offer.id][0]
    return market.accept(vendor, order_id, quantities={first.order_line_id: first.quantity})


def test_two_parts_that_it_promised_go_to_another_in_one_search(market, deal):
    shop, vendor, noodles = deal
    rice = market.product("RICE-25")
    grains = market.sells(vendor, rice, price=rupees(20))
    placed = market.place(shop, {noodles: 10, rice: 5})
    _take_first_line(market, vendor, placed.order_id)
    market.do(offers.override, placed.order_id, vendor_id=vendor.id, reason="has it after all", actor=ADMIN)
    market.accept(vendor, placed.order_id)
    later = market.wholesaler("Himal Traders")
    market.sells(later, noodles, price=rupees(20))
    market.sells(later, rice, price=rupees(20))

    _deactivate_vendor(market, vendor)

    order = market.order(placed.order_id)
    assert [part.status for part in order.fulfillments] == [FulfillmentStatus.WITHDRAWN] * 2
    offer = market.offer_to(later, placed.order_id)
    assert {line.quantity for line in market.look(offer_lines, [offer.id])[offer.id]} == {10, 5}
    assert [market.stock(listing)[1] for listing in (market.listing, grains)] == [0, 0]
    assert market.standing(shop).held == rupees(300)


def test_a_part_that_it_promised_and_what_it_was_asked_for_besides_go_to_another(market, deal):
    shop, vendor, noodles = deal
    rice = market.product("RICE-25")
    market.sells(vendor, rice, price=rupees(20))
    placed = market.place(shop, {noodles: 10, rice: 5})
    _take_first_line(market, vendor, placed.order_id)
    market.do(offers.override, placed.order_id, vendor_id=vendor.id, reason="has it after all", actor=ADMIN)
    assert market.offer_to(vendor, placed.order_id)

    _deactivate_vendor(market, vendor)

    order = market.order(placed.order_id)
    assert order.status is OrderStatus.UNFULFILLED
    assert [part.status for part in order.fulfillments] == [FulfillmentStatus.WITHDRAWN]
    assert market.open_offers(placed.order_id) == []
    assert market.stock(market.listing)[1] == 0
    assert market.standing(shop).held == ZERO


def test_a_part_that_another_noted_is_taken_when_the_vendor_who_might_take_all_is_deactivated(market, deal):
    shop, vendor, noodles = deal
    market.do(
        settings.change, RoutingSettings, {"offers_at_once": 2}, seen_version=0, reason="test", actor=SYSTEM
    )
    other = market.wholesaler("Himal Traders")
    kept = market.sells(other, noodles, price=rupees(20))
    market.do(credit.limit_with_vendor, shop.id, other.id, limit=rupees(1_000), reason="new", actor=SYSTEM)
    placed = market.place(shop, {noodles: 10})
    asked = market.offer_to(other, placed.order_id)
    (line,) = market.look(offer_lines, [asked.id])[asked.id]
    tomorrow = market.now + dt.timedelta(days=1)
    market.accept(other, placed.order_id, quantities={line.order_line_id: Decimal(4)}, eta_at=tomorrow)

    _deactivate_vendor(market, vendor)

    (part,) = market.order(placed.order_id).fulfillments
    assert (part.vendor_id, part.status, part.eta_at) == (other.id, FulfillmentStatus.ACCEPTED, tomorrow)
    assert market.stock(kept)[1] == 4


def test_what_it_sent_is_an_admins_to_deliver(market, deal):
    shop, vendor, noodles = deal
    market.dispatch(vendor, market.accept(vendor, market.place(shop, {noodles: 10}).order_id))

    _deactivate_vendor(market, vendor)

    assert market.count(Alert, Alert.kind == AlertKind.DEACTIVATED_ON_THE_WAY) == 1


@pytest.mark.parametrize("end", ["delivered", "returned"])
def test_an_admin_is_called_until_what_was_on_the_way_has_ended(market, deal, end):
    shop, vendor, noodles = deal
    parcel = market.dispatch(vendor, market.accept(vendor, market.place(shop, {noodles: 10}).order_id))
    _deactivate_vendor(market, vendor)

    if end == "delivered":
        market.do(delivery.deliver_without_code, parcel.fulfillment_id, reason="seen", actor=ADMIN)
    else:
        market.do(ending.mark_returned, parcel.fulfillment_id, reason="came back", actor=ADMIN)
    _follow_alerts(market)

    kind = Alert.kind == AlertKind.DEACTIVATED_ON_THE_WAY
    assert market.look(lambda session: list(session.scalars(select(Alert.state).where(kind)))) == ["resolved"]


def _follow_alerts(market):
    for event in market.look(lambda session: list(session.scalars(select(Event).order_by(Event.id)))):
        market.do(alerts.follow, from_payload(event.name, event.payload))


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
    promised = market.place(shop, {noodles: 3})
    part = market.accept(vendor, promised.order_id).fulfillment
    asked = market.place(shop, {noodles: 5})
    offer = market.offer_to(vendor, asked.order_id)

    for one in (promised, asked):
        market.do(stopping.stop_vendor, one.order_id, vendor.id)
        market.do(stopping.stop_retailer, one.order_id)

    assert market.offer_to(vendor, asked.order_id).id == offer.id
    assert [(one.fulfillment_id, one.status) for one in market.order(promised.order_id).fulfillments] == [
        (part.fulfillment_id, FulfillmentStatus.ACCEPTED)
    ]
    assert market.standing(shop).held == rupees(160)
