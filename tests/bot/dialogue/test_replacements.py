"""One thing in the place of another, and what comes out of the basket: nothing is put in that should go."""

import pytest
from sqlalchemy import select

from bot.dialogue.reading.replacements import Replacement, read_replacement
from core.catalog.models import Product
from core.orders.kinds import OrderStatus
from core.orders.models import Order, OrderLine
from tests.bot.dialogue.test_vendor_says import said_to


def basket_of(stage):
    with stage.database.transaction() as session:
        rows = session.execute(
            select(Product.sku, OrderLine.quantity)
            .join(Product, Product.id == OrderLine.product_id)
            .join(Order, Order.id == OrderLine.order_id)
            .where(Order.status == OrderStatus.DRAFT)
        )
        return {sku: int(quantity) for sku, quantity in rows}


@pytest.mark.parametrize(
    ("words", "gone", "instead"),
    [
        ("chini hoina nun 12 ota", "chini", "nun 12 ota"),
        ("चिनी होइन नुन १२ वटा", "चिनी", "नुन 12 वटा"),
        ("chini ko satta nun 12 ota pathaunus", "chini", "nun 12 ota"),
        ("salt 12 pkt instead of sugar", "sugar", "salt 12 pkt"),
        ("chini ki jagah nun 12 packet", "chini", "nun 12 packet"),
        ("chini nahi nun 12 packet dinu", "chini", "nun 12 packet"),
    ],
)
def test_what_goes_and_what_comes(words, gone, instead):
    assert read_replacement(words) == Replacement(gone=gone, instead=instead)


@pytest.mark.parametrize(
    "words",
    ["chini hoina", "hoina nun 12 ota", "chini 2 kg, nun 12 ota", "nun 12 ota", "chini hoina nun?", "chini 2 hoina nun 3", "wai wai 1 carton hoina 1 packet ho"],
)  # fmt: skip
def test_other_texts_replace_nothing(words):
    assert read_replacement(words) is None


@pytest.mark.parametrize("words", ["chini hoina nun 12 ota", "chini ko satta nun 12 ota"])
def test_the_one_goes_and_the_other_comes(stage, words):
    stage.write("asha", "5 kg chini")

    stage.write("asha", words)

    assert basket_of(stage) == {"AAYO-1": 12}


def test_the_amount_of_a_line_is_put_right(stage):
    stage.write("asha", "2 case wai wai chicken")

    stage.write("asha", "wai wai 1 carton hoina 10 packet ho")

    assert basket_of(stage) == {"WW-CHK-75": 10}


@pytest.mark.parametrize(
    "words", ["block hatau", "mistake, bholi tirchu, block hatau", "limit hataidinus", "dhulo hatau"]
)
def test_a_removal_of_something_else_takes_nothing_out(stage, words):
    stage.write("asha", "2 case wai wai chicken")

    stage.write("asha", words)

    assert basket_of(stage) == {"WW-CHK-75": 60}


@pytest.mark.parametrize("words", ["tyo hatau", "hataidinus", "remove it", "त्यो हटाउनुस्"])
def test_what_was_spoken_of_last_comes_out(stage, words):
    stage.write("asha", "2 case wai wai chicken")

    stage.write("asha", words)

    assert basket_of(stage) == {}


@pytest.mark.parametrize("words", ["chini hatau", "remove sugar", "चिनी हटाउनुस्"])
def test_a_removal_that_finds_nothing_asks_nothing(stage, words):
    stage.write("asha", "2 case wai wai chicken")

    (answer,) = said_to(stage.write("asha", words), "asha")
    stage.write("asha", "1")

    assert "which one" not in answer
    assert basket_of(stage) == {"WW-CHK-75": 60}


@pytest.mark.parametrize(
    "words",
    ["1001 bata chini hatau", "chini 1001 bata hataidinus", "1001 ko chini chahiyena", "order 1001 ma chini napathaunu", "take sugar out of 1001"],
)  # fmt: skip
def test_goods_of_a_placed_order_are_not_taken_out_unseen(stage, words):
    stage.write("asha", "2 case wai wai chicken, 5 kg chini")
    stage.write("asha", "ho")

    (answer,) = said_to(stage.write("asha", words), "asha")

    assert "change 1001" in answer
    assert basket_of(stage) == {}


@pytest.mark.parametrize(
    "words", ["hoina 10 packet matra, garam masala chaidaina", "garam masala chahiyena hai, 10 ota pugcha"]
)
def test_goods_that_are_refused_while_their_amount_is_asked_are_not_put_in(stage, words):
    stage.write("asha", "nun 20 packet, garam masala")

    (answer,) = said_to(stage.write("asha", words), "asha")

    assert set(basket_of(stage)) == {"AAYO-1"}
    assert "Garam" not in answer


def test_let_us_order_is_no_spice(stage):
    stage.write("asha", "10 packet nun order garum")

    assert basket_of(stage) == {"AAYO-1": 10}
