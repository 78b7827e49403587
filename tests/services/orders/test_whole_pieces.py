"""A packet is sold whole; loose goods are not."""

from decimal import Decimal

import pytest

from core.catalog import service as catalog
from core.catalog.errors import QuantityNotWhole
from core.catalog.models import Product, VatClass
from core.money import ZERO, rupees
from core.orders import basket, delivery, offers, shortages
from core.orders.models import Shortage
from core.orders.views import NewLine
from core.refs import ProductId
from tests.market import ADMIN


@pytest.fixture
def sugar(market):
    facts = catalog.ProductFacts(
        sku="SUGAR",
        name="Loose sugar",
        brand="",
        category="Sugar",
        unit="kg",
        pack_size="1 kg loose",
        case_quantity=1,
        vat_class=VatClass.EXEMPT,
    )
    return ProductId(market.do(catalog.create_product, facts, actor=ADMIN).id)


def add(market, shop, product, much):
    lines = [NewLine(product_id=product, quantity=Decimal(much))]
    return market.do(basket.add_lines, retailer_id=shop.id, lines=lines, actor=shop.owner)


def test_part_of_a_packet_is_neither_added_nor_set(market):
    shop, noodles = market.shop(), market.product()
    with pytest.raises(QuantityNotWhole):
        add(market, shop, noodles, "3.3")
    order = add(market, shop, noodles, "3")
    with pytest.raises(QuantityNotWhole):
        market.do(
            basket.set_quantity,
            retailer_id=shop.id,
            product_id=noodles,
            wanted=Decimal("2.5"),
            actor=shop.owner,
        )

    assert [line.quantity for line in market.look(basket.lines_of, order.id)] == [Decimal(3)]


def test_loose_goods_are_ordered_to_the_gram(market, sugar):
    shop = market.shop()
    order = add(market, shop, sugar, "2.505")

    assert [line.quantity for line in market.look(basket.lines_of, order.id)] == [Decimal("2.505")]


def test_vendor_promises_no_part_of_a_packet(market):
    shop, vendor, noodles = market.shop(), market.wholesaler(), market.product()
    market.sells(vendor, noodles, price=rupees(20))
    placed = market.place(shop, {noodles: 10})
    offer = market.offer_to(vendor, placed.order_id)
    (line,) = market.look(basket.lines_of, placed.order_id)

    with pytest.raises(QuantityNotWhole):
        market.do(offers.accept, offer.id, quantities={line.id: Decimal("3.5")}, actor=vendor.owner)

    assert [one.id for one in market.open_offers(placed.order_id)] == [offer.id]


def test_no_part_of_a_packet_is_missing_at_the_handover_or_reported(market):
    shop, vendor, noodles = market.shop(), market.wholesaler(), market.product()
    market.sells(vendor, noodles, price=rupees(20))
    sent = market.dispatch(vendor, market.accept(vendor, market.place(shop, {noodles: 10}).order_id))
    line = sent.lines[0].line.order_line_id

    with pytest.raises(QuantityNotWhole):
        market.deliver(vendor, sent.delivery_code, short={line: Decimal("0.3")})
    facts = {"short": {line: Decimal("0.3")}, "reason": "no code", "actor": ADMIN}
    with pytest.raises(QuantityNotWhole):
        market.do(delivery.deliver_without_code, sent.fulfillment_id, **facts)
    assert market.standing(shop).posted == ZERO
    market.deliver(vendor, sent.delivery_code, short={line: Decimal(1)})
    with pytest.raises(QuantityNotWhole):
        market.do(
            shortages.report,
            sent.fulfillment_id,
            short={line: Decimal("0.5")},
            words=None,
            actor=shop.owner,
        )

    assert market.standing(shop).posted == rupees(180)
    assert market.count(Shortage) == 0


def test_loose_goods_are_short_to_the_gram(market, sugar):
    shop, vendor = market.shop(), market.wholesaler()
    market.sells(vendor, sugar, price=rupees(20))
    sent = market.dispatch(vendor, market.accept(vendor, market.place(shop, {sugar: 10}).order_id))
    line = sent.lines[0].line.order_line_id

    done = market.deliver(vendor, sent.delivery_code, short={line: Decimal("0.5")})
    market.do(
        shortages.report, sent.fulfillment_id, short={line: Decimal("0.25")}, words=None, actor=shop.owner
    )

    assert done.total == rupees(190)
    assert market.count(Shortage) == 1


def test_all_of_what_was_promised_in_part_may_come_off(market, sugar):
    """Goods that were loose when they were ordered and are packets by now."""
    shop, vendor = market.shop(), market.wholesaler()
    market.sells(vendor, sugar, price=rupees(20))
    rice = market.product("RICE")
    market.sells(vendor, rice, price=rupees(20))
    add(market, shop, sugar, "2.5")
    sent = market.dispatch(vendor, market.accept(vendor, market.place(shop, {rice: 1}).order_id))
    market.do(lambda session, *, now: setattr(session.get_one(Product, sugar), "unit", "pkt"))  # noqa: ARG005
    line = next(row.line for row in sent.lines if row.line.product_id == sugar)

    done = market.deliver(vendor, sent.delivery_code, short={line.order_line_id: Decimal("2.5")})

    assert done.total == rupees(20)
