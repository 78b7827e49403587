"""Numbers said in answer: of a line of the offer, of the cash that came and is left, of what arrived with the code, of the basket."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.credit.models import Payment
from core.orders.models import Fulfillment, FulfillmentLine, OrderLine
from tests.bot.dialogue.test_vendor_says import count, on_the_way, said_to

BILL = 198372


def promised(stage):
    with stage.database.transaction() as session:
        lines = session.scalars(select(FulfillmentLine).order_by(FulfillmentLine.id))
        return [int(line.quantity) for line in lines]


@pytest.mark.parametrize(
    "words",
    [
        "2 number 3 kg matra",
        "2 number ko 3 kg matra cha",
        "2 नम्बर ३ केजी मात्र",
        "line 2 ma 3 kg matra",
        "3 kg of line 2",
        "no. 2 3 kg",
    ],
)
def test_the_number_beside_the_word_is_the_lines(stage, words):
    stage.write("asha", "2 case wai wai chicken, 5 kg chini")
    stage.write("asha", "ho")
    stage.write("gita", "1001 part")

    stage.write("gita", words)

    assert promised(stage) == [60, 3]


def paid(stage):
    with stage.database.transaction() as session:
        return [row.amount_minor for row in session.scalars(select(Payment))]


@pytest.mark.parametrize(
    "words",
    [
        "300 baki",
        "300 baki cha",
        "३०० बाँकी छ, अरु दियो",
        "300 left, rest paid",
        "hoina, 300 baki ho",
        "300 kam diyo",
        "300 pachi dincha re",
        "no, 300 is left",
    ],
)
def test_what_is_left_of_the_cash_is_never_what_came(stage, words):
    code = on_the_way(stage)
    stage.write("gita", code)

    (asked,) = said_to(stage.write("gita", words), "gita")
    stage.write("gita", "ho")

    assert "३००.००" in asked
    assert paid(stage) == [BILL - 30000]


@pytest.mark.parametrize(
    "words",
    [
        "hoina {came} diyo, 300 baki ho",
        "{came} paaye, 300 baki",
        "होइन, ३०० बाँकी, {came} पाएँ",
        "hoina, {came} aayo",
    ],
)
def test_a_sum_that_was_read_back_is_put_right_before_it_is_booked(stage, words):
    code = on_the_way(stage)
    stage.write("gita", code)
    stage.write("gita", "700 aayo")
    came = f"{(BILL - 30000) / 100:.2f}"

    stage.write("gita", words.format(came=came))
    assert paid(stage) == []
    stage.write("gita", "ho")

    assert paid(stage) == [BILL - 30000]


def test_a_yes_after_other_words_reads_the_sum_back_again(stage):
    code = on_the_way(stage)
    stage.write("gita", code)
    stage.write("gita", "700 aayo")
    stage.write("gita", "hisab")

    (again,) = said_to(stage.write("gita", "ho"), "gita")
    assert "७००.००" in again
    assert paid(stage) == []
    stage.write("gita", "ho")

    assert paid(stage) == [70000]


@pytest.mark.parametrize(
    "words",
    ["{code} chini 3 kg matra thiyo", "{code} wai wai sabai, chini 2 kg kam", "{code} chini 2 kg kam thiyo"],
)
def test_a_code_with_what_came_delivers_no_more(stage, words):
    code = on_the_way(stage, terms="ho")

    stage.write("gita", words.format(code=code))

    with stage.database.transaction() as session:
        lines = session.scalars(select(FulfillmentLine).order_by(FulfillmentLine.id)).all()
        assert [line.delivered_quantity for line in lines] == [Decimal(60), Decimal(3)]


def test_what_the_vendor_took_off_is_not_taken_off_again(stage):
    code = on_the_way(stage, terms="ho")
    stage.write("gita", f"{code} chini 2 kg kam")

    (told,) = said_to(stage.write("asha", "chini 2 kg kam thiyo"), "asha")
    assert "off the bill of order *1001* already" in told

    reported = stage.write("asha", "2 1")
    assert "1 kg" in said_to(reported, "asha")[0]


@pytest.mark.parametrize(
    "words", ["chini 2 kg hoina 5 kg", "चिनी २ केजी होइन ५ केजी", "chini 5 kg, not 2", "chini 2 kg nahi 5 kg"]
)
def test_a_number_in_the_place_of_another_sets_the_basket(stage, words):
    stage.write("asha", "2 kg chini")

    stage.write("asha", words)

    with stage.database.transaction() as session:
        assert [line.quantity for line in session.scalars(select(OrderLine))] == [Decimal(5)]


def test_removing_a_line_is_no_choice_of_an_open_question(stage):
    stage.write("asha", "2 kg chini, 3 tide")
    stage.write("asha", "rara 5 pkt")

    stage.write("asha", "2 number hatau")

    with stage.database.transaction() as session:
        assert [line.quantity for line in session.scalars(select(OrderLine))] == [Decimal(2)]
    assert count(stage, Fulfillment) == 0


@pytest.mark.parametrize(
    "words",
    [
        "1001 ma 5 kg chini thapnu",
        "१००१ मा २ लिटर तेल पनि थपिदिनु",
        "add 2 kg sugar to order 1001",
        "order 1001 ma tide 3 thapidinus",
        "#1001 मा चिनी ५ केजी",
    ],
)
def test_the_number_of_a_placed_order_is_no_quantity(stage, words):
    stage.write("asha", "2 tide")
    stage.write("asha", "ho")

    (told,) = said_to(stage.write("asha", words), "asha")

    assert "is placed already, so nothing was added" in told
    with stage.database.transaction() as session:
        assert [line.quantity for line in session.scalars(select(OrderLine))] == [Decimal(2)]
