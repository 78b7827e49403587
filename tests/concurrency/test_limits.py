"""Limits that add up several orders hold when people agree to two of them at the same moment."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.credit.models import CreditAccount
from core.money import rupees
from core.orders import basket, offers, placing
from core.orders.kinds import Terms
from core.orders.models import Order
from core.orders.views import NewLine, Placed, Refused
from core.parties import service as parties
from tests.market import ADMIN, Market
from tests.waiting import wait_for_locks


@pytest.fixture
def market(fresh_database) -> Market:
    return Market(fresh_database.database)


def both_at_once(market, acts):
    """Both come while somebody else holds the shop's account, and go on together."""
    with ThreadPoolExecutor(len(acts)) as pool:
        with market.database.transaction() as session:
            session.scalars(select(CreditAccount).with_for_update()).all()
            answers = [pool.submit(act) for act in acts]
            wait_for_locks(market.database, len(acts))
        return [answer.result(timeout=10) for answer in answers]


def said_yes_to(market, shop, product, *, quantity, terms, helper):
    line = NewLine(product_id=product, quantity=Decimal(quantity))
    order = market.do(basket.add_lines, retailer_id=shop.id, lines=[line], actor=helper)
    version = market.do(basket.show, order.id).version
    return order.id, market.do(placing.place, order.id, version=version, terms=terms, actor=helper)


def test_two_dearer_prices_that_a_helper_agrees_to_at_once_count_each_other(market):
    shop, cheap, dear, noodles = (
        market.shop(),
        market.wholesaler(),
        market.wholesaler("Dear"),
        market.product(),
    )
    market.sells(cheap, noodles, price=rupees(20))
    market.sells(dear, noodles, price=rupees(30))
    helper = market.helper(shop, day_limit=rupees(500))
    asked = []
    for _ in range(2):
        order_id, placed = said_yes_to(market, shop, noodles, quantity=10, terms=Terms.CREDIT, helper=helper)
        assert isinstance(placed, Placed)
        market.decline(cheap, order_id)
        asked.append(order_id)

    answers = both_at_once(
        market,
        [
            lambda order_id=order_id: market.do(offers.answer_asked, order_id, yes=True, actor=helper)
            for order_id in asked
        ],
    )

    assert Counter(type(answer) for answer in answers) == {Order: 1, Refused: 1}
    assert market.standing(shop).held == rupees(500)


def test_cash_orders_of_a_blocked_shop_that_are_approved_at_once_count_each_other(market):
    shop, vendor, oil = market.shop(), market.wholesaler(), market.product("OIL")
    market.sells(vendor, oil, price=rupees(2_000))
    helper = market.helper(shop, limit=rupees(1))
    market.do(parties.block_retailer, shop.id, reason="late", actor=ADMIN)
    waiting = []
    for _ in range(2):
        order_id, refused = said_yes_to(market, shop, oil, quantity=10, terms=Terms.CASH, helper=helper)
        assert refused.code == "owner_must_approve"
        waiting.append(order_id)

    answers = both_at_once(
        market,
        [
            lambda order_id=order_id: market.do(placing.approve_waiting, order_id, actor=shop.owner)
            for order_id in waiting
        ],
    )

    assert sorted(answer.code for answer in answers if isinstance(answer, Refused)) == ["cash_limit"]
    assert Counter(type(answer) for answer in answers) == {Placed: 1, Refused: 1}
