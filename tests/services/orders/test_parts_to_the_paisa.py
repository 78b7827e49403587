"""A line that comes in parts is rounded more than once: nobody is asked about a paisa, and the hold covers every bill."""

from decimal import Decimal
from random import Random  # noqa: TID251 - seeded

import pytest
from sqlalchemy import update

from core.catalog.models import VatClass
from core.credit.models import CreditHold
from core.credit.service.holds import find_hold, open_part
from core.money import ZERO, Money, rupees, total
from core.orders import checks, delivery, offers, queries
from core.orders.kinds import FulfillmentStatus, OrderStatus, Terms
from core.orders.models import Order
from core.routing import queries as routing_queries

# Ten cost Rs. 226.45 with VAT; three and seven together Rs. 226.46.
PRICE = Money(2004)
TEN = Money(22_645)


@pytest.fixture
def taxed(market):
    """Noodles with VAT, and two wholesalers that sell them at one price."""
    noodles = market.product(vat=VatClass.STANDARD)
    vendors = [market.wholesaler(name) for name in ("Himal Traders", "Patan Kirana")]
    for vendor in vendors:
        market.sells(vendor, noodles, price=PRICE)
    return noodles, vendors


def _take(market, vendor, order_id, count):
    line = market.order(order_id).lines[0].line.order_line_id
    return market.accept(vendor, order_id, quantities={line: Decimal(count)})


def _ceiling(market, order_id):
    return market.look(lambda session: Money(session.get_one(Order, order_id).ceiling_minor))


@pytest.mark.parametrize("terms", list(Terms))
def test_the_rest_at_the_same_unit_price_needs_no_new_yes(market, taxed, terms):
    noodles, (himal, patan) = taxed
    shop = market.shop()
    placed = market.place(shop, {noodles: 10}, terms=terms)
    assert placed.total == TEN

    first = _take(market, himal, placed.order_id, 3)
    second = market.accept(patan, placed.order_id)

    order = market.order(placed.order_id)
    assert (order.status, order.asked) == (OrderStatus.ACCEPTED, None)
    assert _ceiling(market, placed.order_id) == TEN + Money(1)
    assert first.fulfillment.total + second.fulfillment.total == TEN + Money(1)
    assert market.standing(shop).held == (TEN + Money(1) if terms is Terms.CREDIT else ZERO)


def test_both_bills_are_covered_by_the_hold(market, taxed):
    noodles, (himal, patan) = taxed
    shop = market.shop()
    placed = market.place(shop, {noodles: 10})
    parts = [
        (himal, _take(market, himal, placed.order_id, 3)),
        (patan, market.accept(patan, placed.order_id)),
    ]

    billed = [
        market.deliver(vendor, market.dispatch(vendor, part).delivery_code).total for vendor, part in parts
    ]

    assert total(billed) == TEN + Money(1)
    assert (market.standing(shop).held, market.standing(shop).posted) == (ZERO, TEN + Money(1))
    assert market.look(checks.find_differences) == []


def test_after_a_no_two_may_share_a_line_at_the_same_unit_price(market):
    whole, small, smaller = (market.wholesaler(name) for name in ("A", "B", "C"))
    salt = market.product("SALT", vat=VatClass.STANDARD)
    for vendor, stock_of in ((whole, 100), (small, 7), (smaller, 3)):
        market.sells(vendor, salt, price=PRICE, stock_of=stock_of)
    placed = market.place(market.shop(), {salt: 10})

    market.decline(whole, placed.order_id)

    assert market.order(placed.order_id).asked is None
    assert {offer.vendor_id for offer in market.open_offers(placed.order_id)} == {small.id, smaller.id}


def test_a_limit_without_a_paisa_left_asks_the_shop(market, taxed):
    noodles, (himal, _) = taxed
    shop = market.shop(limit=TEN)
    placed = market.place(shop, {noodles: 10})

    _take(market, himal, placed.order_id, 3)

    assert market.order(placed.order_id).asked == "dearer"
    assert market.standing(shop).held == TEN


def test_a_dearer_unit_price_is_asked_about_as_ever(market):
    himal = market.wholesaler()
    salt = market.product("SALT", vat=VatClass.STANDARD)
    dear = market.wholesaler("Dear")
    market.sells(himal, salt, price=PRICE)
    market.sells(dear, salt, price=PRICE + Money(1))
    placed = market.place(market.shop(), {salt: 10})

    _take(market, himal, placed.order_id, 3)

    assert market.order(placed.order_id).asked == "dearer"


@pytest.mark.parametrize("seed", range(6))
def test_parts_sum_to_the_order_whatever_happens_in_whatever_order(market, seed):
    chance = Random(seed)
    products = [market.product(f"P-{number}", vat=VatClass.STANDARD) for number in range(2)]
    vendors = {}
    for number in range(5):
        vendor = market.wholesaler(f"W {number}")
        vendors[vendor.id] = vendor
        for product in products:
            market.sells(vendor, product, price=Money(2004), stock_of=chance.choice([5, 9, 40]))
    shop = market.shop(limit=rupees(5_000))
    placed = market.place(shop, {product: chance.randint(7, 15) for product in products})

    for _ in range(14):
        _something_happens(market, chance, vendors, placed.order_id)

        order = market.order(placed.order_id)
        open_quantity = _offered(market, placed.order_id)
        assert order.asked != "dearer"  # every price is the same
        for line in order.lines:
            parts = line.promised + line.unfulfilled + open_quantity.get(line.line.order_line_id, 0)
            assert parts <= line.line.quantity
            if order.status in (OrderStatus.DELIVERED, OrderStatus.COMPLETED):
                assert parts == line.line.quantity
        hold = market.look(find_hold, placed.order_id)
        to_come = total(part.total for part in order.fulfillments if part.status in _TO_COME)
        assert open_part(hold) >= to_come
        assert market.look(checks.find_differences) == []


_TO_COME = {FulfillmentStatus.ACCEPTED, FulfillmentStatus.DISPATCHED}


def _offered(market, order_id):
    lines = market.look(lambda session: routing_queries.open_offer_lines(session, order_id)[1])
    quantities = {}
    for line in lines:
        quantities[line.order_line_id] = quantities.get(line.order_line_id, 0) + line.quantity
    return quantities


def _something_happens(market, chance, vendors, order_id):
    order = market.order(order_id)
    accepted = [part for part in order.fulfillments if part.status is FulfillmentStatus.ACCEPTED]
    on_the_way = [part for part in order.fulfillments if part.status is FulfillmentStatus.DISPATCHED]
    open_offers = market.open_offers(order_id)
    if open_offers and chance.random() < 0.6:
        offer = chance.choice(open_offers)
        vendor = vendors[offer.vendor_id]
        if chance.random() < 0.2:
            market.decline(vendor, order_id)
        else:
            lines = market.look(lambda session: routing_queries.offer_lines(session, [offer.id]))
            quantities = {
                line.order_line_id: Decimal(chance.randint(1, int(line.quantity))) for line in lines[offer.id]
            }
            market.accept(vendor, order_id, quantities=quantities)
    elif accepted and chance.random() < 0.3:
        part = chance.choice(accepted)
        owner = vendors[part.vendor_id].owner
        market.do(offers.withdraw, part.fulfillment_id, reason="no_stock", actor=owner)
    elif accepted:
        part = chance.choice(accepted)
        market.do(delivery.dispatch, part.fulfillment_id, actor=vendors[part.vendor_id].owner)
    elif on_the_way:
        part = chance.choice(on_the_way)
        code = market.look(queries.fulfillment_view, part.fulfillment_id).delivery_code
        market.deliver(vendors[part.vendor_id], code)


def test_a_hold_that_can_not_cover_its_parcel_is_a_difference(market, taxed):
    noodles, (himal, _) = taxed
    placed = market.place(market.shop(), {noodles: 10}, terms=Terms.CREDIT)
    market.accept(himal, placed.order_id)

    def wounded(session):
        session.execute(update(CreditHold).values(released_minor=1))
        found = checks.find_differences(session)
        session.rollback()
        return found

    assert market.look(checks.find_differences) == []
    assert [
        (one.subject_id, one.cached, one.actual)
        for one in market.look(wounded)
        if one.checked is checks.OrderCheck.COVERED
    ] == [(placed.order_id, TEN - Money(1), TEN)]
