"""What a yes checks before a basket becomes an order."""

import datetime as dt
from decimal import Decimal

from sqlalchemy import select

from core.catalog import service as catalog
from core.credit.models import CreditHold
from core.money import ZERO, rupees
from core.orders import basket, ending, offers, placing, queries
from core.orders.kinds import OrderStatus, Terms
from core.orders.models import Order, OrderRefusal
from core.orders.views import NewLine, Placed, Refused
from core.parties import service as parties
from tests.market import ADMIN


def test_a_second_yes_finds_the_order_placed(market, deal):
    shop, _, noodles = deal
    placed = market.place(shop, {noodles: 10})

    again = market.do(placing.place, placed.order_id, version=2, terms=Terms.CREDIT, actor=shop.owner)

    assert again.code == "already_placed"
    assert market.count(CreditHold) == 1


def test_a_yes_to_an_older_version_is_asked_again(market, deal):
    shop, _, noodles = deal
    line = NewLine(product_id=noodles, quantity=Decimal(1))
    order = market.do(basket.add_lines, retailer_id=shop.id, lines=[line], actor=shop.owner)
    view = market.do(basket.show, order.id)
    market.do(basket.add_lines, retailer_id=shop.id, lines=[line], actor=shop.owner)

    answer = market.do(placing.place, order.id, version=view.version, terms=Terms.CREDIT, actor=shop.owner)

    assert answer.code == "basket_changed"


def test_a_price_that_rose_is_shown_before_it_is_ordered(market, deal):
    shop, _, noodles = deal
    line = NewLine(product_id=noodles, quantity=Decimal(10))
    order = market.do(basket.add_lines, retailer_id=shop.id, lines=[line], actor=shop.owner)
    view = market.do(basket.show, order.id)
    market.do(catalog.set_listing_price, market.listing, rupees(21), actor=ADMIN)
    yes = {"version": view.version, "terms": Terms.CREDIT, "actor": shop.owner}

    first, second = (market.do(placing.place, order.id, **yes) for _ in range(2))

    assert first == Refused(code="total_rose", facts={"shown_minor": 20_000, "total_minor": 21_000})
    assert isinstance(second, Placed)
    assert second.total == rupees(210)


def test_a_price_that_fell_is_passed_on(market, deal):
    shop, _, noodles = deal
    line = NewLine(product_id=noodles, quantity=Decimal(10))
    order = market.do(basket.add_lines, retailer_id=shop.id, lines=[line], actor=shop.owner)
    view = market.do(basket.show, order.id)
    market.do(catalog.set_listing_price, market.listing, rupees(19), actor=ADMIN)

    placed = market.do(placing.place, order.id, version=view.version, terms=Terms.CREDIT, actor=shop.owner)

    assert (placed.total, placed.saved) == (rupees(190), rupees(10))


def test_over_the_limit_is_refused_with_the_shortfall_and_kept(market, deal):
    _, _, noodles = deal
    poor = market.shop("Poor", limit=rupees(100))

    refused = market.place(poor, {noodles: 10})

    assert refused.code == "credit_refused"
    assert refused.facts["shortfall"] == rupees(100)
    row = market.look(lambda session: session.scalars(select(OrderRefusal)).one())
    assert (row.code, row.facts["shortfall"]) == ("credit_refused", 10_000)
    assert market.look(queries.get_order, row.order_id).status is OrderStatus.DRAFT


def test_exposure_equal_to_the_limit_is_allowed(market, deal):
    _, _, noodles = deal
    exact = market.shop("Exact", limit=rupees(200))

    assert isinstance(market.place(exact, {noodles: 10}), Placed)


def test_a_shop_that_waits_for_approval_orders_nothing(market, deal):
    _, _, noodles = deal
    new = market.shop("New", limit=None, approved=False)

    assert market.place(new, {noodles: 1}, terms=Terms.CASH).code == "not_approved"


def test_a_blocked_shop_orders_small_amounts_for_cash_only(market, deal):
    shop, vendor, noodles = deal
    dear = market.product("GOLD")
    market.sells(vendor, dear, price=rupees(26_000))
    market.do(parties.block_retailer, shop.id, reason="old debt", actor=ADMIN)

    assert market.place(shop, {noodles: 1}).code == "orders_blocked"
    assert isinstance(market.place(shop, {}, terms=Terms.CASH), Placed)
    assert market.place(shop, {dear: 1}, terms=Terms.CASH).code == "cash_limit"


def test_only_open_cash_orders_of_the_shop_itself_count_for_a_blocked_shop(market, deal):
    shop, vendor, noodles = deal
    other = market.shop("Maya Store")
    dear = market.product("GOLD")
    market.sells(vendor, dear, price=rupees(5_000), stock_of=100)
    assert isinstance(market.place(shop, {noodles: 10}), Placed)  # on credit
    for one in (shop, other):
        market.do(parties.block_retailer, one.id, reason="old debt", actor=ADMIN)
    assert isinstance(market.place(other, {dear: 5}, terms=Terms.CASH), Placed)

    assert isinstance(market.place(shop, {dear: 5}, terms=Terms.CASH), Placed)
    assert market.place(shop, {noodles: 1}, terms=Terms.CASH).code == "cash_limit"


def test_a_shop_in_good_standing_pays_any_amount_in_cash(market, deal):
    shop, vendor, _ = deal
    dear = market.product("GOLD")
    market.sells(vendor, dear, price=rupees(26_000), stock_of=100)

    assert isinstance(market.place(shop, {dear: 3}, terms=Terms.CASH), Placed)


def test_a_helpers_day_counts_what_the_helper_agreed_to_and_may_be_used_up(market, deal):
    shop, _, noodles = deal
    assert isinstance(market.place(shop, {noodles: 10}), Placed)
    helper = market.helper(shop, day_limit=rupees(200))
    line = NewLine(product_id=noodles, quantity=Decimal(5))

    def again():
        order = market.do(basket.add_lines, retailer_id=shop.id, lines=[line], actor=helper)
        version = market.do(basket.show, order.id).version
        return market.do(placing.place, order.id, version=version, terms=Terms.CREDIT, actor=helper)

    assert [type(again()) for _ in range(3)] == [Placed, Placed, Refused]


def test_what_ended_and_cost_nothing_leaves_a_helpers_day_as_it_was(market, deal):
    shop, _, noodles = deal
    helper = market.helper(shop, day_limit=rupees(200))
    line = NewLine(product_id=noodles, quantity=Decimal(10))

    def again():
        order = market.do(basket.add_lines, retailer_id=shop.id, lines=[line], actor=helper)
        version = market.do(basket.show, order.id).version
        return market.do(placing.place, order.id, version=version, terms=Terms.CREDIT, actor=helper)

    first = again()
    market.do(ending.cancel, first.order_id, reason="retailer", actor=helper)

    assert isinstance(again(), Placed)


def test_a_late_shop_agrees_to_no_dearer_price_above_its_limit_for_cash(market, deal):
    shop, cheap, _ = deal
    dear = market.wholesaler("Dear")
    oil = market.product("OIL")
    market.sells(cheap, oil, price=rupees(2_000))
    market.sells(dear, oil, price=rupees(2_600))
    market.do(parties.block_retailer, shop.id, reason="old debt", actor=ADMIN)
    placed = market.place(shop, {oil: 10}, terms=Terms.CASH)
    market.decline(cheap, placed.order_id)

    refused = market.do(offers.answer_asked, placed.order_id, yes=True, actor=shop.owner)

    assert refused == Refused(
        code="cash_limit", facts={"limit_minor": 2_500_000, "total_minor": 2_600_000, "open_minor": 0}
    )
    assert (market.order(placed.order_id).asked, market.open_offers(placed.order_id)) == ("dearer", [])


def test_a_line_nobody_has_is_left_out_and_named(market, deal):
    shop, _, noodles = deal
    unknown = market.product("RARE")

    placed = market.place(shop, {noodles: 10, unknown: 5})

    assert isinstance(placed, Placed)
    assert [(line.line.quantity, line.unfulfilled) for line in market.order(placed.order_id).lines] == [
        (Decimal(10), Decimal(0)),
        (Decimal(5), Decimal(5)),
    ]


def test_with_no_line_left_nothing_is_placed(market, deal):
    shop, _, _ = deal

    assert market.place(shop, {market.product("RARE"): 5}).code == "nothing_available"


def test_a_helper_above_the_limit_waits_for_the_owner(market, deal):
    shop, _, noodles = deal
    helper = market.helper(shop, limit=rupees(100))
    line = NewLine(product_id=noodles, quantity=Decimal(10))
    order = market.do(basket.add_lines, retailer_id=shop.id, lines=[line], actor=helper)
    view = market.do(basket.show, order.id)

    waits = market.do(
        placing.place,
        order.id,
        version=view.version,
        terms=Terms.CREDIT,
        actor=helper,
    )
    assert waits == Refused(code="owner_must_approve", facts={"limit_minor": 10_000, "total_minor": 20_000})
    assert market.standing(shop).held == ZERO
    fresh = market.do(basket.open_basket, retailer_id=shop.id, actor=helper)
    assert fresh.id != order.id

    placed = market.do(placing.approve_waiting, order.id, actor=shop.owner)

    assert isinstance(placed, Placed)
    assert market.standing(shop).held == rupees(200)


def test_an_idle_basket_is_put_away_after_three_days(market, deal):
    shop, _, noodles = deal
    line = NewLine(product_id=noodles, quantity=Decimal(1))
    old = market.do(basket.add_lines, retailer_id=shop.id, lines=[line], actor=shop.owner)
    market.now += dt.timedelta(hours=73)

    new = market.do(basket.add_lines, retailer_id=shop.id, lines=[line], actor=shop.owner)

    assert new.id != old.id
    assert market.look(lambda session: session.get_one(Order, old.id)).status is OrderStatus.CANCELED
