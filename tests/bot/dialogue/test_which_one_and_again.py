"""Which of the goods shown is meant, a list that two people send, and words about an order that is placed already."""

import pytest

from core.orders.models import Order
from tests.bot.dialogue.test_replacements import basket_of
from tests.bot.dialogue.test_vendor_says import count, said_to


@pytest.mark.parametrize(
    "words",
    [
        "2nd one. and cash",
        "second one please",
        "the 2nd one",
        "2nd",
        "dosro wala",
        "दोस्रो",
        "last wala",
        "2 number ko, ra cash",
    ],
)
def test_an_ordinal_chooses_one_and_counts_nothing(stage, words):
    stage.write("asha", "2 surf")

    told = said_to(stage.write("asha", words), "asha")[0]

    assert basket_of(stage) == {"SURF-500": 2}
    assert "didn't understand" not in told


@pytest.mark.parametrize(("words", "amount"), [("2nd one 3 pkt", 3), ("second 5 packet", 5)])
def test_an_amount_beside_it_counts(stage, words, amount):
    stage.write("asha", "2 surf")

    stage.write("asha", words)

    assert basket_of(stage) == {"SURF-500": amount}


def placed(stage):
    stage.write("asha", "20 kg chini, dhara tel 1 ltr 12 ota")
    stage.write("asha", "udharo")


@pytest.mark.parametrize(
    "words",
    [
        "chamal 2 bora ani ek cartoon wai wai, hijo jasto tel pani 3 ota",
        "hijo ko jastai 2 bora chamal",
        "hijo jasto tel 3 ota",
    ],
)
def test_goods_with_amounts_beside_like_yesterday_are_not_the_whole_order_of_yesterday(stage, words):
    placed(stage)

    told = said_to(stage.write("asha", words), "asha")[0]

    assert "Same as order" not in told
    assert basket_of(stage) == {}
    assert "which one?" in told


def test_a_list_that_somebody_else_of_the_shop_has_just_sent_is_not_added_twice(stage):
    words = "20 kg chini, dhara tel 1 ltr 12 ota"
    stage.write("asha", words)
    before = basket_of(stage)

    told = said_to(stage.write("bibek", words), "bibek")[0]
    assert basket_of(stage) == before
    assert "Asha" in told
    stage.write("bibek", "again")

    assert basket_of(stage) == {sku: 2 * amount for sku, amount in before.items()}


def test_another_list_of_somebody_else_is_added(stage):
    stage.write("asha", "20 kg chini")

    stage.write("bibek", "10 kg chini")

    assert list(basket_of(stage).values()) == [30]


@pytest.mark.parametrize("words", ["cancel cancel i made mistake", "cancel garnus galti bhayo"])
def test_a_cancel_with_a_small_question_open_is_asked_of_the_order(stage, words):
    placed(stage)
    stage.write("asha", "2 surf")

    told = said_to(stage.write("asha", words), "asha")[0]

    assert "Cancel this order?" in told
    assert "1001" in told


@pytest.mark.parametrize(
    "words",
    [
        "change 1001 coke 3 peti matra",
        "1001 ma coke 3 peti thap",
        "wait no! make it 10 kg sugar",
        "change sugar to 10 kg",
    ],
)
def test_words_for_a_placed_order_say_that_it_is_placed_and_change_nothing(stage, words):
    placed(stage)

    told = said_to(stage.write("asha", words), "asha")[0]

    assert "Order *1001* is placed already" in told
    assert basket_of(stage) == {}
    assert count(stage, Order) == 1
