"""Orders under real concurrency: threads with connections of their own, started at a barrier, on a real database."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest

from core.actor import SYSTEM
from core.credit import queries as credit_queries
from core.credit.models import CreditHold
from core.money import rupees
from core.orders import basket, offers, placing
from core.orders.kinds import OrderStatus, Terms
from core.orders.models import Fulfillment, Order
from core.orders.views import Accepted, NewLine, Placed
from core.routing.errors import OfferNotOpen
from core.routing.models import Offer
from core.routing.settings import RoutingSettings
from core.settings import service as settings
from tests.market import Market
from tests.waiting import wait_for_locks


@pytest.fixture
def market(fresh_database) -> Market:
    return Market(fresh_database.database)


def all_at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Start every act at the same moment; an exception is that act's answer."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        barrier.wait(timeout=10)
        try:
            return act()
        except Exception as problem:  # noqa: BLE001 - the test looks at every outcome
            return problem

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_twenty_orders_at_once_against_a_limit_that_fits_ten(market):
    shop, vendor, noodles = market.shop(limit=rupees(1_000)), market.wholesaler(), market.product()
    market.sells(vendor, noodles, price=rupees(10), stock_of=10_000)
    shops_baskets = [_waiting_basket(market, shop, noodles, quantity=10) for _ in range(20)]

    answers = all_at_once(
        [
            lambda order_id=order_id: market.do(placing.approve_waiting, order_id, actor=shop.owner)
            for order_id in shops_baskets
        ]
    )

    outcomes = Counter("placed" if isinstance(answer, Placed) else answer.code for answer in answers)
    assert outcomes == {"placed": 10, "credit_refused": 10}
    assert market.standing(shop).held == rupees(1_000)
    assert market.count(CreditHold) == 10
    assert not market.look(credit_queries.find_differences)


def test_two_people_of_one_shop_confirm_together(market):
    shop, vendor, noodles = market.shop(), market.wholesaler(), market.product()
    market.sells(vendor, noodles, price=rupees(10))
    people = [shop.owner, *(market.helper(shop, limit=rupees(50_000)) for _ in range(3))]
    line = NewLine(product_id=noodles, quantity=Decimal(10))
    order = market.do(basket.add_lines, retailer_id=shop.id, lines=[line], actor=shop.owner)
    view = market.do(basket.show, order.id)

    answers = all_at_once(
        [
            lambda person=person: market.do(
                placing.place, order.id, version=view.version, terms=Terms.CREDIT, actor=person
            )
            for person in people
        ]
    )

    outcomes = Counter("placed" if isinstance(answer, Placed) else answer.code for answer in answers)
    assert outcomes == {"placed": 1, "already_placed": 3}
    assert market.count(CreditHold) == 1
    assert market.standing(shop).held == rupees(100)


def test_people_of_one_shop_fill_one_basket_together(market):
    shop, noodles = market.shop(), market.product()
    line = NewLine(product_id=noodles, quantity=Decimal(1))

    answers = all_at_once(
        [
            lambda: market.do(basket.add_lines, retailer_id=shop.id, lines=[line], actor=shop.owner)
            for _ in range(12)
        ]
    )

    assert len({order.id for order in answers}) == 1
    view = market.do(basket.show, answers[0].id)
    assert [line.quantity for line in view.lines] == [Decimal(12)]


def test_ten_vendors_accept_together_and_one_wins(market):
    shop, noodles = market.shop(), market.product()
    vendors = [market.wholesaler(f"Vendor {number}") for number in range(10)]
    listings = [market.sells(vendor, noodles, price=rupees(10), stock_of=100) for vendor in vendors]
    market.do(
        settings.change,
        RoutingSettings,
        {"offers_at_once": 10},
        seen_version=0,
        reason="busy season",
        actor=SYSTEM,
    )
    placed = market.place(shop, {noodles: 10})
    asked = {offer.vendor_id: offer.id for offer in market.open_offers(placed.order_id)}
    assert len(asked) == 10

    answers = all_at_once(
        [
            lambda vendor=vendor: market.do(offers.accept, asked[vendor.id], actor=vendor.owner)
            for vendor in vendors
        ]
    )

    outcomes = Counter(type(answer) for answer in answers)
    assert outcomes == {Accepted: 1, OfferNotOpen: 9}
    assert market.count(Fulfillment) == 1
    assert sum(market.stock(listing)[1] for listing in listings) == Decimal(10)
    assert market.order(placed.order_id).status is OrderStatus.ACCEPTED


def test_a_vendor_who_looked_at_the_offer_before_another_won_is_too_late(market):
    shop, noodles = market.shop(), market.product()
    first, second = (market.wholesaler(name) for name in ("First", "Second"))
    for vendor in (first, second):
        market.sells(vendor, noodles, price=rupees(10))
    facts = {"seen_version": 0, "reason": "busy season", "actor": SYSTEM}
    market.do(settings.change, RoutingSettings, {"offers_at_once": 2}, **facts)
    placed = market.place(shop, {noodles: 10})
    won, lost = (market.offer_to(vendor, placed.order_id).id for vendor in (first, second))

    def accept_what_was_seen():
        with market.database.transaction() as session:
            seen = session.get_one(Offer, lost)
            return offers.accept(session, seen.id, actor=second.owner, now=market.now)

    with ThreadPoolExecutor(1) as pool:
        with market.database.transaction() as session:
            offers.accept(session, won, actor=first.owner, now=market.now)
            late = pool.submit(accept_what_was_seen)
            wait_for_locks(market.database)
        with pytest.raises(OfferNotOpen):
            late.result(timeout=10)

    assert [part.vendor_id for part in market.order(placed.order_id).fulfillments] == [first.id]


def test_vendors_of_two_orders_never_promise_the_same_goods(market):
    noodles, vendor = market.product(), market.wholesaler()
    listing = market.sells(vendor, noodles, price=rupees(10), stock_of=70)
    orders = [market.place(market.shop(f"Shop {number}"), {noodles: 10}) for number in range(10)]
    asked = [market.offer_to(vendor, placed.order_id).id for placed in orders]

    answers = all_at_once(
        [lambda offer=offer: market.do(offers.accept, offer, actor=vendor.owner) for offer in asked]
    )

    assert Counter(isinstance(answer, Accepted) for answer in answers) == {True: 7, False: 3}
    assert market.stock(listing) == (Decimal(70), Decimal(70))
    assert market.count(Order, Order.status == OrderStatus.ACCEPTED) == 7


def _waiting_basket(market, shop, product, *, quantity):
    """A basket of the shop that waits for its owner: the way for one shop to have many at once."""
    helper = market.helper(shop, limit=rupees(1))
    line = NewLine(product_id=product, quantity=Decimal(quantity))
    order = market.do(basket.add_lines, retailer_id=shop.id, lines=[line], actor=helper)
    view = market.do(basket.show, order.id)
    market.do(
        placing.place,
        order.id,
        version=view.version,
        terms=Terms.CREDIT,
        actor=helper,
    )
    return order.id
