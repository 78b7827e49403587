"""A limit with one vendor that is set between two parts of one order keeps neither part from its shop."""

from decimal import Decimal

import pytest

from core.actor import Actor, ActorKind, Via
from core.credit import service as credit
from core.money import rupees
from core.orders import offers
from core.orders.checks import find_differences
from core.refs import UserId
from tests.market import Market

ADMIN = Actor(kind=ActorKind.ADMIN, via=Via.API, user_id=UserId(1))


@pytest.fixture
def market(fresh_database):
    return Market(fresh_database.database)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first part first", "second part first"])
def test_both_parts_are_delivered_and_owed(market, order):
    shop, vendor, noodles = market.shop(), market.wholesaler(), market.product()
    market.sells(vendor, noodles, price=rupees(20))
    placed = market.place(shop, {noodles: 10})
    line = market.order(placed.order_id).lines[0].line.order_line_id
    offer = market.offer_to(vendor, placed.order_id)
    first = market.do(offers.accept, offer.id, quantities={line: Decimal(6)}, actor=vendor.owner)
    market.do(credit.limit_with_vendor, shop.id, vendor.id, limit=rupees(50_000), reason="new", actor=ADMIN)
    market.do(offers.override, placed.order_id, vendor_id=vendor.id, reason="they agreed", actor=ADMIN)
    second = market.accept(vendor, placed.order_id)
    parts = (first, second)

    for place in order:
        market.deliver(vendor, market.dispatch(vendor, parts[place]).delivery_code)

    assert market.standing(shop).owed == rupees(200)
    assert market.look(find_differences) == []
