"""What a shop pays follows its quantity and what was agreed with it, from the basket to the invoice."""

import datetime as dt
from decimal import Decimal

import pytest

from core.clock import business_date
from core.credit.models import Invoice
from core.money import Money, rupees
from core.orders import basket, offers, placing
from core.orders.kinds import Terms
from core.orders.views import NewLine, Placed, Refused
from core.pricing import service as pricing
from core.pricing.policy import Tier
from core.routing import queries as routing
from tests.market import MONDAY

TODAY = business_date(MONDAY)
DAY = dt.timedelta(days=1)


@pytest.fixture
def tiered(market, deal):
    """Noodles cost Rs. 20, from 50 pieces on Rs. 18; a hundred are there."""
    _, vendor, _ = deal
    market.do(pricing.set_tiers, market.listing, [tier(50, 18)], actor=vendor.owner)
    return deal


def tier(from_quantity, price):
    return Tier(from_quantity=Decimal(from_quantity), price=rupees(price))


def agree(market, vendor, shop, listing, price, *, starts_on=TODAY, ends_on=None):
    facts = pricing.PriceListFacts(starts_on=starts_on, ends_on=ends_on, prices={listing: rupees(price)})
    return market.do(
        pricing.create_price_list, facts, vendor_id=vendor.id, retailer_id=shop.id, actor=vendor.owner
    )


def fill(market, shop, product, quantity):
    lines = [NewLine(product_id=product, quantity=Decimal(quantity))]
    return market.do(basket.add_lines, retailer_id=shop.id, lines=lines, actor=shop.owner)


def shown_price(market, order):
    view = market.do(basket.show, order.id)
    return view.lines[0].unit_price, view.total


def test_a_basket_reaches_the_tier_when_it_grows(market, tiered):
    shop, _, noodles = tiered

    few = fill(market, shop, noodles, 49)
    assert shown_price(market, few) == (rupees(20), rupees(980))

    many = fill(market, shop, noodles, 1)
    assert shown_price(market, many) == (rupees(18), rupees(900))


def test_the_applied_price_goes_from_the_offer_to_the_invoice(market, tiered):
    shop, vendor, noodles = tiered
    placed = market.place(shop, {noodles: 60})

    accepted = market.accept(vendor, placed.order_id)
    code = market.dispatch(vendor, accepted).delivery_code
    delivered = market.deliver(vendor, code)

    assert (placed.total, accepted.fulfillment.total) == (rupees(1_080), rupees(1_080))
    invoice = market.look(lambda session: session.get_one(Invoice, delivered.invoice_id))
    assert Money(invoice.total_minor) == rupees(1_080)


def test_a_vendor_that_takes_less_keeps_the_price_it_was_asked_at(market, tiered):
    shop, vendor, noodles = tiered
    placed = market.place(shop, {noodles: 60})
    offer = market.offer_to(vendor, placed.order_id)
    line = market.order(placed.order_id).lines[0].line.order_line_id

    part = market.do(offers.accept, offer.id, quantities={line: Decimal(10)}, actor=vendor.owner)

    assert part.fulfillment.lines[0].unit_price == rupees(18)
    assert part.fulfillment.total == rupees(180)


def test_a_split_line_is_priced_by_what_each_vendor_delivers(market, tiered):
    shop, first, noodles = tiered
    second = market.wholesaler("Ganga Suppliers")
    listing = market.sells(second, noodles, price=rupees(20), stock_of=40)
    market.do(pricing.set_tiers, listing, [tier(50, 15)], actor=second.owner)

    placed = market.place(shop, {noodles: 140})

    offered = {
        offer.vendor_id: [
            (line.quantity, line.unit_price_minor)
            for line in market.look(routing.offer_lines, [offer.id])[offer.id]
        ]
        for offer in market.open_offers(placed.order_id)
    }
    # The second has 40 only: fewer than its own tier wants.
    assert offered == {first.id: [(Decimal(100), 1_800)], second.id: [(Decimal(40), 2_000)]}
    assert placed.total == rupees(100 * 18 + 40 * 20)


def test_an_own_price_is_one_shops_for_its_days(market, tiered):
    asha, vendor, noodles = tiered
    bina = market.shop("Bina Store")
    agree(market, vendor, asha, market.listing, 19, starts_on=TODAY + DAY, ends_on=TODAY + DAY)
    baskets = {shop.id: fill(market, shop, noodles, 60) for shop in (asha, bina)}

    prices = []
    for days in range(3):
        market.now = MONDAY + days * DAY
        prices.append([shown_price(market, baskets[shop.id])[0] for shop in (asha, bina)])

    # Agreed is agreed, even where the tier would be cheaper.
    assert prices == [
        [rupees(18), rupees(18)],
        [rupees(19), rupees(18)],
        [rupees(18), rupees(18)],
    ]


def test_the_own_price_ends_at_midnight_in_kathmandu(market, deal):
    shop, vendor, noodles = deal
    agree(market, vendor, shop, market.listing, 17, ends_on=TODAY)
    order = fill(market, shop, noodles, 10)
    last = dt.datetime(2026, 11, 23, 18, 14, 59, tzinfo=dt.UTC)

    market.now = last
    assert shown_price(market, order)[0] == rupees(17)

    market.now = last + dt.timedelta(seconds=1)
    assert shown_price(market, order)[0] == rupees(20)


def test_an_own_price_that_ended_since_it_was_shown_asks_again(market, deal):
    shop, vendor, noodles = deal
    row = agree(market, vendor, shop, market.listing, 17)
    order = fill(market, shop, noodles, 10)
    assert shown_price(market, order)[1] == rupees(170)
    market.do(pricing.end_price_list, row.id, actor=vendor.owner)

    facts = {"version": order.version, "terms": Terms.CREDIT}
    answer = market.do(placing.place, order.id, **facts, actor=shop.owner)

    assert isinstance(answer, Refused)
    assert answer.code == "total_rose"


def test_an_own_price_wins_the_order_from_a_vendor_with_a_cheaper_listing(market, deal):
    shop, himal, noodles = deal
    ganga = market.wholesaler("Ganga Suppliers")
    market.sells(ganga, noodles, price=rupees(19))
    assert market.open_offers(_placed(market, shop, noodles))[0].vendor_id == ganga.id

    agree(market, himal, shop, market.listing, 15)

    order_id = _placed(market, shop, noodles)
    assert market.open_offers(order_id)[0].vendor_id == himal.id
    bina = market.shop("Bina Store")
    assert market.open_offers(_placed(market, bina, noodles))[0].vendor_id == ganga.id


def test_same_again_tells_what_the_shop_would_pay_now(market, deal):
    shop, vendor, noodles = deal
    placed = market.place(shop, {noodles: 60})
    market.accept(vendor, placed.order_id)
    market.do(pricing.set_tiers, market.listing, [tier(40, 18)], actor=vendor.owner)

    again = market.do(basket.same_again, retailer_id=shop.id, actor=shop.owner)

    assert again.basket.lines[0].unit_price == rupees(18)
    assert [(line.then, line.now) for line in again.prices] == [(rupees(20), rupees(18))]


def _placed(market, shop, product):
    placed = market.place(shop, {product: 5})
    assert isinstance(placed, Placed)
    return placed.order_id
