"""The clerk's desk: what was typed is read, put into the shop's basket, and nothing is ordered."""

from decimal import Decimal

from core.actor import SYSTEM
from core.catalog import service as catalog
from core.catalog.models import VatClass
from core.orders import basket
from core.orders.models import Order
from tests.panel.test_pages import story

__all__ = ["story"]


def in_basket(market, story):
    def look(session):
        found = basket.find_basket(session, story["shop"].id)
        return (
            []
            if found is None
            else [(row.product_id, row.quantity) for row in basket.lines_of(session, found.id)]
        )

    return market.look(look)


def test_a_typed_order_is_read_and_put_into_the_basket_but_not_ordered(admin, market, story):
    desk = f"/admin/conversations/{story['chat']}/desk"
    before = market.count(Order, Order.placed_at.is_not(None))

    facts = catalog.ProductFacts(
        sku="WAI-CHK-75",
        name="Wai Wai Chicken Noodles",
        brand="Wai Wai",
        category="Noodles",
        unit="pkt",
        pack_size="75 g",
        case_quantity=30,
        vat_class=VatClass.EXEMPT,
    )
    market.do(catalog.create_product, facts, actor=SYSTEM)

    read = admin.get(desk, query_string={"text": "12 pkt wai wai chicken noodles"}).text
    assert 'name="sku" value="WAI-CHK-75"' in read
    assert in_basket(market, story) == []

    said = admin.said(desk, sku="WW-CHK-75", quantity="१२", words="12 pkt noodles", corrected="no")
    assert "Lines put into the shop&#39;s basket: 1" in said
    assert in_basket(market, story) == [(story["product"], Decimal(12))]
    assert market.count(Order, Order.placed_at.is_not(None)) == before


def test_a_line_that_cannot_be_read_puts_nothing_into_the_basket(admin, market, story):
    desk = f"/admin/conversations/{story['chat']}/desk"

    for fields in ({"quantity": "many"}, {"sku": "NOTHING"}, {"quantity": "-1"}, {"quantity": "NaN"}):
        form = {"sku": "WW-CHK-75", "quantity": "1", "words": "x", "corrected": "no"} | fields
        assert "can&#39;t be read" in admin.said(desk, **form), fields
    assert in_basket(market, story) == []


def test_what_was_typed_is_shown_as_text(admin, story):
    page = admin.get(
        f"/admin/conversations/{story['chat']}/desk",
        query_string={"text": "</textarea><script>alert(1)</script>"},
    ).text

    assert "<script>alert" not in page
