"""A cart that was filled in the WhatsApp catalogue, and a message that was edited, become the basket that was meant."""

import json

import pytest
from sqlalchemy import select

from bot.channels.types import CartItem, Inbound, InboundKind, SenderAddress
from bot.inbox import _with_cart_in_words
from core.catalog.models import Product
from core.intake import service as intake
from core.intake.reading import Role, ShopKnowledge
from core.orders.kinds import OrderStatus
from core.orders.models import Order, OrderLine


def cart(*items, **more):
    order = {"catalog_id": "194836987003835", "product_items": [_item(*item) for item in items]}
    return {"MessageType": "order", "Body": "", "InteractiveData": json.dumps(order), **more}


def _item(sku, quantity):
    return {"product_retailer_id": sku, "quantity": quantity, "item_price": 22.25, "currency": "NPR"}


def lines(stage):
    with stage.database.transaction() as session:
        rows = session.execute(
            select(Product.sku, OrderLine.quantity)
            .join(OrderLine, OrderLine.product_id == Product.id)
            .join(Order, Order.id == OrderLine.order_id)
            .where(Order.status == OrderStatus.DRAFT)
        )
        return {sku: int(quantity) for sku, quantity in rows}


def test_a_cart_fills_the_basket_and_a_yes_orders_it(stage):
    (shown,) = stage.post("asha", **cart(("WW-CHK-75", 60), ("sug-ls", 5)))

    assert lines(stage) == {"WW-CHK-75": 60, "SUG-LS": 5}
    assert "Order it?" in shown.message.text
    (placed, *_) = stage.write("asha", "yes")
    assert "is placed" in placed.message.text


@pytest.mark.parametrize(
    "wrap",
    [lambda order: {"order": order}, lambda order: {"interactive": {"order": order}}, lambda order: order],
)
def test_the_items_are_found_wherever_the_provider_puts_them(stage, wrap):
    data = json.dumps(wrap({"product_items": [_item("WW-CHK-75", "30")]}))

    stage.post("asha", MessageType="order", Body="", InteractiveData=data)

    assert lines(stage) == {"WW-CHK-75": 30}


def test_what_we_do_not_have_is_named_back(stage):
    (shown,) = stage.post("asha", **cart(("WW-CHK-75", 30), ("XX-99", 2), Body="pathaidinus"))

    assert lines(stage) == {"WW-CHK-75": 30}
    assert "XX-99" in shown.message.text


@pytest.mark.parametrize(
    "data",
    ["", "{", "[]", "null", '{"product_items": 5}', '{"product_items": [{"quantity": 2}]}', "[" * 9000],
)
def test_a_cart_that_cannot_be_read_is_handed_to_a_person(stage, data):
    (answer,) = stage.post("asha", MessageType="order", Body="", InteractiveData=data)

    assert lines(stage) == {}
    assert answer.message.text


def test_the_same_cart_twice_is_not_added_twice(stage):
    stage.post("asha", **cart(("WW-CHK-75", 60)))

    (answer,) = stage.post("asha", **cart(("WW-CHK-75", 60)))

    assert lines(stage) == {"WW-CHK-75": 60}
    assert "didn't add it twice" in answer.message.text


def test_every_product_is_read_from_a_cart_as_it_is(stage):
    with stage.database.transaction() as session:
        skus = list(session.scalars(select(Product.sku).where(Product.is_active)))
        wrong = {}
        for sku in skus:
            inbound = Inbound(
                channel="whatsapp",
                provider_message_id="SM1",
                sender=SenderAddress(phone_address="whatsapp:+9779841000001"),
                kind=InboundKind.CART,
                cart=(CartItem(sku=sku, quantity=7),),
            )
            text = _with_cart_in_words(session, inbound).text
            reading = intake.read(session, text, role=Role.RETAILER, shop=ShopKnowledge())
            read = [(line.sku, int(line.quantity)) for line in reading.lines]
            if read != [(sku, 7)]:
                wrong[text] = read

    assert wrong == {}


@pytest.mark.parametrize(
    ("first", "edited", "basket"),
    [
        ("2 carton wai wai chicken", "2 carton wai wai chicken, 5 kg chini", {"WW-CHK-75": 60, "SUG-LS": 5}),
        ("2 carton wai wai chicken\n5 kg chini", "2 carton wai wai chicken\n5 kg chini\n2 kg nun", {"WW-CHK-75": 60, "SUG-LS": 5, "SALT-AYO-1": 2}),
        ("5 kg chini", "10 rara chicken\n5 kg chini", {"RARA-CHK-75": 10, "SUG-LS": 5}),
        ("चिनी ५ केजी", "चिनी ५ केजी, वाइ वाइ चिकेन २ कार्टुन", {"WW-CHK-75": 60, "SUG-LS": 5}),
    ],
)  # fmt: skip
def test_what_an_edited_message_had_before_is_not_added_again(stage, first, edited, basket):
    stage.write("asha", first)

    (answer,) = stage.write("asha", edited)

    assert sorted(lines(stage).values()) == sorted(basket.values())
    assert "Already there" in answer.message.text


def test_again_adds_what_was_there(stage):
    stage.write("asha", "2 carton wai wai chicken")
    stage.write("asha", "2 carton wai wai chicken, 5 kg chini")

    stage.write("asha", "again")

    assert lines(stage) == {"WW-CHK-75": 120, "SUG-LS": 5}
