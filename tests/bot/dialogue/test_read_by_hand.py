"""A photo, typed by a clerk: the shop gets the basket with its buttons, and its yes orders it."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.catalog import queries as catalog
from core.catalog.models import Product
from core.errors import DomainError
from core.orders import asking, basket
from core.orders.models import Order
from core.orders.views import NewLine
from core.parties.models import ChannelAddress, Membership
from tests.bot.dialogue.test_vendor_says import said_to
from tests.bot.stage import address_of
from tests.market import ADMIN


def typed(stage, who, **pieces):
    """The clerk puts so many pieces of each SKU into the basket of this person's shop and sends it."""
    with stage.database.transaction() as session:
        person = session.scalars(
            select(Membership)
            .join(ChannelAddress, ChannelAddress.contact_id == Membership.contact_id)
            .where(ChannelAddress.address == address_of(who))
        ).one()
        products = catalog.products_by_skus(session, [sku.replace("_", "-") for sku in pieces])
        lines = [
            NewLine(product_id=products[sku.replace("_", "-")].id, quantity=Decimal(count), source_text=sku)
            for sku, count in pieces.items()
        ]
        facts = {"actor": ADMIN, "now": stage.now}
        if lines:
            basket.add_lines(session, retailer_id=person.retailer_id, lines=lines, **facts)
        asking.ask_for_yes(session, person.retailer_id, contact_id=person.contact_id, **facts)
    return stage.follow()


@pytest.fixture
def goods(stage):
    """Two SKUs that the demo sells, as names of arguments."""
    stage.write("asha", "2 carton wai wai chicken, 10 kg chini")
    with stage.database.transaction() as session:
        order = session.scalars(select(Order)).one()
        ids = [line.product_id for line in basket.lines_of(session, order.id)]
        skus = dict(session.execute(select(Product.id, Product.sku).where(Product.id.in_(ids))).all())
    stage.write("asha", "sabai hatau")
    return [skus[one].replace("-", "_") for one in ids]


def test_what_a_clerk_read_is_ordered_by_one_tap(stage, goods):
    stage.post("asha", Body="", NumMedia="1", MediaUrl0="https://media.invalid/1.jpg", MessageType="image")

    arrived = typed(stage, "asha", **{goods[0]: 60, goods[1]: 10})

    (shown,) = said_to(arrived, "asha")
    assert "nothing is ordered yet" in shown
    (answered,) = said_to(stage.tap("asha", 1), "asha")
    assert "1001" in answered


def test_a_line_of_the_basket_that_was_sent_is_changed_by_its_number(stage, goods):
    typed(stage, "asha", **{goods[0]: 60, goods[1]: 10})

    (changed,) = said_to(stage.write("asha", "2 hataunu"), "asha")

    assert "Took out" in changed or "हटाइयो" in changed


def test_a_basket_that_changed_is_not_ordered_by_the_old_buttons(stage, goods):
    typed(stage, "asha", **{goods[0]: 60})
    old = stage.last("asha")
    stage.write("asha", "3 kg chini")

    stage.tap_on("asha", old, 1)

    with stage.database.transaction() as session:
        assert session.scalar(select(Order.placed_at)) is None


def test_sending_the_same_basket_twice_tells_once(stage, goods):
    typed(stage, "asha", **{goods[0]: 60})

    assert typed(stage, "asha") == []


def test_an_empty_basket_is_not_sent(stage, goods):
    with pytest.raises(DomainError) as refused:
        typed(stage, "asha")

    assert refused.value.code == "nothing_in_basket"
