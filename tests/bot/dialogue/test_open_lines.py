"""While a line is open, only an answer to it answers it; everything else is what it would be without the question."""

import pytest
from sqlalchemy import select

from core.catalog.models import Product
from core.orders import basket
from core.parties.models import Retailer
from core.refs import RetailerId


def in_basket(stage):
    """The quantity of each product in Asha's basket, by SKU."""
    with stage.database.transaction() as session:
        shop = session.scalars(select(Retailer).where(Retailer.shop_name.startswith("Asha"))).one()
        order = basket.find_basket(session, RetailerId(shop.id))
        if order is None:
            return {}
        skus = {product.id: product.sku for product in session.scalars(select(Product))}
        return {skus[line.product_id]: int(line.quantity) for line in basket.lines_of(session, order.id)}


HOW_MANY, WHICH = "chini bora", "wai wai 3 pkt"
NO_ANSWERS = [
    "paid 5000 esewa ref AB12",
    "मैले ५००० ईसेवा गरें ref 88123",
    "5000 khalti bata pathaye, ref KH778",
    "cancel 1031",
    "order 1031 kaha pugyo",
    "order 2 kaha pugyo",
    "1031 aayena",
    "1 bora ko kati ho?",
    "1 ko kati ho?",
    "how much for 2?",
    "delivery 2 baje aauchha?",
    "bholi 1 baje aaunu",
    "come at 3 pm",
    "aaja 2 jana aauchha",
    "hijo ko 2 wota aayena",
    "2 were broken yesterday",
    "2 din pachi dinchu",
    "500 rupiya ko",
    "my number is 9841000000",
    "balance",
    "orders",
    "START",
    "help",
    "hello",
]


@pytest.mark.parametrize("words", NO_ANSWERS)
@pytest.mark.parametrize("asked", [HOW_MANY, WHICH])
def test_what_is_no_answer_puts_nothing_into_the_basket(stage, asked, words):
    stage.write("asha", asked)

    stage.write("asha", words)

    assert in_basket(stage) == {}


@pytest.mark.parametrize("asked", [HOW_MANY, WHICH])
def test_a_command_is_answered_as_without_the_question(stage, asked):
    stage.write("asha", asked)

    (answer,) = stage.write("asha", "balance")

    assert "You owe nothing" in answer.message.text


def test_start_is_taken_after_stop_while_a_line_is_open(stage):
    stage.write("asha", HOW_MANY)
    stage.write("asha", "STOP")

    (answer,) = stage.write("asha", "START")

    assert "Welcome back" in answer.message.text


@pytest.mark.parametrize(
    ("words", "sacks"),
    [
        ("12", 12),
        ("12 bora", 12),
        ("das ota", 10),
        ("१० बोरा", 10),
        ("10 matra", 10),
        ("2 bora dinus", 2),
        ("bholi 2 bora pathaunus", 2),
        ("chini 3 bora", 3),
        ("5 sack please", 5),
    ],
)
def test_a_bare_amount_or_one_of_this_product_answers(stage, words, sacks):
    stage.write("asha", HOW_MANY)

    stage.write("asha", words)

    assert list(in_basket(stage).values()) == [sacks]


def test_other_goods_are_ordered_beside_an_open_amount(stage):
    stage.write("asha", HOW_MANY)

    (answer,) = stage.write("asha", "wai wai chicken 3 pkt")

    assert in_basket(stage) == {"WW-CHK-75": 3}
    assert "how many" in answer.message.text


def test_an_amount_beside_a_payment_answers_and_the_payment_is_taken(stage):
    stage.write("asha", HOW_MANY)

    stage.write("asha", "12 bora, maile 5000 tire esewa")

    assert list(in_basket(stage).values()) == [12]


def test_a_line_is_given_up_and_another_ordered(stage):
    stage.write("asha", HOW_MANY)

    stage.write("asha", "chini chahindaina, wai wai chicken 3 pkt")

    assert in_basket(stage) == {"WW-CHK-75": 3}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("1, 4", {"WW-CHK-75": 3, "WW-VEG-75": 3}),
        ("duitai, chicken ra veg", {"WW-CHK-75": 3, "WW-VEG-75": 3}),
        ("chicken ra veg", {"WW-CHK-75": 3, "WW-VEG-75": 3}),
        ("1, 10 ota", {"WW-CHK-75": 10}),
        ("wai wai chicken 10 pkt, wai wai veg 5 pkt", {"WW-CHK-75": 10, "WW-VEG-75": 5}),
        ("wai wai chicken 10 pkt\ncurrent 6 pkt", {"WW-CHK-75": 10, "CURR-HOT-100": 6}),
    ],
)
def test_every_part_of_an_answer_counts(stage, words, expected):
    stage.write("asha", WHICH)

    stage.write("asha", words)

    assert in_basket(stage) == expected


@pytest.mark.parametrize(
    "words",
    [
        "clear",
        "clear my cart",
        "cart khali gara",
        "empty my list",
        "mero list khali garnus",
        "basket clear garnu",
    ],
)
def test_the_list_is_emptied(stage, words):
    stage.write("asha", "wai wai chicken 3 pkt")

    stage.write("asha", words)

    assert in_basket(stage) == {}


@pytest.mark.parametrize(
    "words",
    [
        "pasal khali bho",
        "godam khali cha",
        "don't clear my cart",
        "shall I clear my cart?",
        "clear my balance",
        "cart khali nagara",
        "is my cart empty?",
    ],
)
def test_the_list_is_kept(stage, words):
    stage.write("asha", "wai wai chicken 3 pkt")

    stage.write("asha", words)

    assert in_basket(stage) == {"WW-CHK-75": 3}
