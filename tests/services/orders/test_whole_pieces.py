"""A packet is sold whole; loose goods are not."""

from decimal import Decimal

import pytest

from core.catalog import service as catalog
from core.catalog.errors import QuantityNotWhole
from core.catalog.models import VatClass
from core.money import rupees
from core.orders import basket, offers
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
