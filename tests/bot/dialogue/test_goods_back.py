"""Goods that come back at the shop's door: they are named, they are off the bill, and the code alone doesn't bill them."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.credit.models import Invoice
from core.money import Money
from core.orders.kinds import FulfillmentStatus
from tests.bot.dialogue.test_vendor_says import count, listing_of, on_the_way, said_to, statuses


def billed(stage):
    with stage.database.transaction() as session:
        return [Money(one) for one in session.scalars(select(Invoice.total_minor))]


@pytest.mark.parametrize(
    "words",
    ["{} tara chini firta pathayo", "{} but the sugar was sent back", "{} लेकिन चिनी वापस", "{} चिनी फिर्ता आयो", "{} chini linubhaena"],
)  # fmt: skip
def test_the_question_names_what_came_back_and_the_bill_is_without_it(stage, words):
    code = on_the_way(stage, "ho")
    before = listing_of(stage, "SUG-LS", "Shree Ganesh Khadya Bhandar")[1]

    (asked,) = said_to(stage.write("gita", words.format(code)), "gita")
    assert "चिनी खुल्ला – ५ केजी" in asked
    assert "त्यस्तो केही छैन" not in asked
    assert "रु. १,३९३.२९" in asked
    (again,) = said_to(stage.write("gita", code), "gita")
    assert again.endswith(asked)
    assert (statuses(stage), count(stage, Invoice)) == ([FulfillmentStatus.DISPATCHED], 0)

    stage.write("gita", "ho")

    assert statuses(stage) == [FulfillmentStatus.DELIVERED]
    assert listing_of(stage, "SUG-LS", "Shree Ganesh Khadya Bhandar")[1] - before == Decimal(5)
    assert billed(stage) == [Money(139_329)]


def test_what_came_back_of_a_line_is_counted_as_it_was_said(stage):
    code = on_the_way(stage, "ho")

    (asked,) = said_to(stage.write("gita", f"{code} tara chini dui kilo firta pathayo"), "gita")

    assert "चिनी खुल्ला – २ केजी" in asked


def test_goods_that_came_back_unnamed_are_asked_about_before_the_code_bills_them(stage):
    code = on_the_way(stage, "ho")

    stage.write("gita", f"{code} tara kehi firta pathayo")
    (again,) = said_to(stage.write("gita", code), "gita")
    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]
    assert "सबै बुझाउनुभयो?" in again
    stage.tap("gita", 2)
    stage.write("gita", code)
    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]

    stage.write("gita", "2 1")

    assert statuses(stage) == [FulfillmentStatus.DELIVERED]
    assert billed(stage) < [Money(198_372)]


@pytest.mark.parametrize(
    "words",
    ["1001 ko chini firta aayo", "chini firta aayo", "1001 sugar came back", "१००१ को चिनी फिर्ता आयो"],
)
def test_some_of_a_parcel_that_came_back_does_not_end_it(stage, words):
    on_the_way(stage, terms="ho")

    stage.write("gita", words)
    stage.write("gita", "ho")

    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]
