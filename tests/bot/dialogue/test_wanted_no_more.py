"""What a shop says when it wants an order no more, and what it asks about its credit."""

import pytest
from sqlalchemy import select

from core.orders.kinds import OrderStatus
from core.orders.models import Order
from tests.bot.dialogue.test_vendor_says import offered, said_to


def status(stage):
    with stage.database.transaction() as session:
        return session.scalars(select(Order.status)).one()


@pytest.mark.parametrize(
    "words",
    [
        "chahiyena yo order",
        "yo order chahidaina",
        "अर्डर चाहिएन",
        "i dont want this order",
        "ahile saman nalyau",
    ],
)
def test_an_order_that_is_not_wanted_is_asked_about_and_then_canceled(stage, words):
    offered(stage)

    (asked,) = said_to(stage.write("asha", words), "asha")

    assert "1001" in asked
    assert status(stage) is not OrderStatus.CANCELED
    stage.write("asha", "ho")
    assert status(stage) is OrderStatus.CANCELED


@pytest.mark.parametrize(
    "words", ["malai udharo kina band?", "why is my credit stopped", "udharo kina rokyo"]
)
def test_a_question_about_stopped_credit_is_not_one_about_opening_hours(stage, words):
    (answer,) = said_to(stage.write("asha", words), "asha")

    assert "credit" in answer.casefold()
    assert "open" not in answer


@pytest.mark.parametrize("words", ["aba kati samma kinna sakchu?", "mero udharo kati samma cha"])
def test_how_much_can_be_bought_is_told_with_the_balance(stage, words):
    (answer,) = said_to(stage.write("asha", words), "asha")

    assert "Rs." in answer
    assert "credit" in answer.casefold()
