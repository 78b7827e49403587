"""A yes after the person was pointed to an older question, while a new basket waits too: both are listed, nothing is done."""

import pytest
from sqlalchemy import select

from core.orders.kinds import OrderStatus
from core.orders.models import Order
from tests.bot.dialogue.test_open_questions import dearer
from tests.bot.dialogue.test_vendor_says import said_to

STATUS_AND_GOODS = "order kaha pugyo? wai wai veg 2 case pani rakhdinu"


def standing(stage):
    """What the first order is asked about, and whether the basket is still one."""
    with stage.database.transaction() as session:
        rows = session.execute(select(Order.asked, Order.status).order_by(Order.id)).all()
    return rows[0].asked, rows[-1].status


@pytest.mark.parametrize(
    "words", ["hunchha", "ok", "yes", "हुन्छ", "pathaidinus", "dubai hunchha", "दुवै हुन्छ", "dono theek hai"]
)
def test_a_yes_after_the_status_and_a_new_basket_lists_both(stage, words):
    dearer(stage)
    stage.write("asha", STATUS_AND_GOODS)

    (answer,) = said_to(stage.write("asha", words), "asha")

    assert standing(stage) == ("dearer", OrderStatus.DRAFT)
    assert "Nothing done yet" in answer
    assert "1001" in answer
    assert "1,403.46" in answer


def test_a_yes_after_a_basket_and_then_the_status_lists_both(stage):
    dearer(stage)
    stage.write("asha", "2 case wai wai veg")
    stage.write("asha", "order kaha pugyo?")

    stage.write("asha", "hunchha")

    assert standing(stage) == ("dearer", OrderStatus.DRAFT)


def test_a_yes_to_the_basket_alone_still_orders_it(stage):
    dearer(stage)
    stage.write("asha", "2 case wai wai veg")

    stage.write("asha", "ok")

    assert standing(stage) == ("dearer", OrderStatus.OFFERED)


def test_named_terms_after_the_status_still_order_the_basket(stage):
    dearer(stage)
    stage.write("asha", STATUS_AND_GOODS)

    stage.write("asha", "nagad ma pathaidinus")

    assert standing(stage) == ("dearer", OrderStatus.OFFERED)
