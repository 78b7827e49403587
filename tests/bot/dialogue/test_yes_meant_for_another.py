"""A yes that came after other words, or with a wish beside it, does what was meant and nothing more."""

import pytest
from sqlalchemy import select

from core.orders.kinds import OrderStatus
from core.orders.models import Order
from tests.bot.dialogue.test_replacements import basket_of
from tests.bot.dialogue.test_vendor_says import on_the_way, said_to


def status_of(stage, short_code=1001):
    with stage.database.transaction() as session:
        return session.scalar(select(Order.status).where(Order.short_code == short_code))


@pytest.fixture
def delivered(stage):
    stage.write("gita", on_the_way(stage, terms="ho"))
    return stage


def test_a_yes_at_once_says_that_everything_came(delivered):
    delivered.write("asha", "ho")

    assert status_of(delivered) is OrderStatus.COMPLETED


@pytest.mark.parametrize("words", ["ok", "ho", "la hunchha", "yes"])
def test_a_yes_after_other_words_asks_whether_everything_came(delivered, words):
    delivered.write("asha", "baki kati")

    (answer,) = said_to(delivered.write("asha", words), "asha")

    assert status_of(delivered) is OrderStatus.DELIVERED
    assert "did everything come?" in answer
    delivered.write("asha", "ho")
    assert status_of(delivered) is OrderStatus.COMPLETED


@pytest.mark.parametrize("words", ["maile ta 1 bora ni liyeko chaina", "maile liyeko chaina", "लिएको छैन मैले"])
def test_goods_that_were_not_taken_are_asked_about(delivered, words):
    (answer,) = said_to(delivered.write("asha", words), "asha")

    assert "1001" in answer
    assert status_of(delivered) is OrderStatus.DELIVERED


@pytest.mark.parametrize(
    "words", ["ho, tara chini napathau", "huncha tara chini hataidinus", "chini hatau", "yes but no sugar"]
)
def test_an_owner_takes_goods_out_of_what_a_helper_asked_for(stage, words):
    stage.write("bibek", "2 case wai wai chicken, 4 bora chini")
    stage.write("bibek", "ho")

    (answer,) = said_to(stage.write("asha", words), "asha")

    assert basket_of(stage) == {"WW-CHK-75": 60}
    assert "Sugar" not in answer.split("*Your basket*")[-1]
    stage.write("asha", "ho")
    assert status_of(stage) is OrderStatus.OFFERED


def test_a_yes_after_other_words_asks_again_whether_to_cancel(stage):
    stage.write("asha", "2 case wai wai chicken")
    stage.write("asha", "ho")
    stage.write("asha", "cancel 1001")
    stage.write("asha", "wai wai kati ho?")

    (answer,) = said_to(stage.write("asha", "ok"), "asha")

    assert "Cancel this order?" in answer
    assert status_of(stage) is OrderStatus.OFFERED
    stage.write("asha", "ho")
    assert status_of(stage) is OrderStatus.CANCELED
