"""Quantities as they were said, "2 carton (60 pkt)", to the shop and to the vendor, from the basket to the invoice."""

import datetime as dt

import pytest
from sqlalchemy import select

from core.credit.models import InvoiceLine


def basket_of(stage, words):
    return stage.write("asha", words)[-1].message.text


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("2 carton wai wai chicken", "2 carton (60 pkt)"),
        ("wai wai chicken 2 peti", "2 carton (60 pkt)"),
        ("wai wai chicken 3 ctn chahiyo", "3 carton (90 pkt)"),
        ("वाइ वाइ चिकेन २ कार्टुन", "2 carton (60 pkt)"),
        ("2 dozen wai wai chicken", "2 dozen (24 pkt)"),
        ("adha carton wai wai chicken", "0.5 carton (15 pkt)"),
        ("wai wai chicken 60", "– 60 pkt"),
        ("wai wai chicken 60 packet", "– 60 pkt"),
        ("chini 5 kg", "– 5 kg"),
        ("2 carton wai wai chicken, 1 carton wai wai chicken", "3 carton (90 pkt)"),
        ("2 carton wai wai chicken, 30 packet wai wai chicken", "90 pkt"),
    ],
)
def test_the_basket_counts_as_the_shop_counted(stage, words, shown):
    assert shown in basket_of(stage, words)


@pytest.mark.parametrize(
    ("first", "then", "shown"),
    [
        ("2 carton wai wai chicken", "1 carton wai wai chicken", "3 carton (90 pkt)"),
        ("2 carton wai wai chicken", "add 30 packet wai wai chicken", "3 carton (90 pkt)"),
        ("2 carton wai wai chicken", "add 5 packet wai wai chicken", "– 65 pkt"),
        ("5 packet wai wai chicken", "2 carton wai wai chicken pani", "– 65 pkt"),
        ("1 dozen wai wai chicken", "1 carton wai wai chicken pani", "– 42 pkt"),
        ("2 carton wai wai chicken", "hoina, 3 carton matra", "3 carton (90 pkt)"),
        ("2 carton wai wai chicken", "make that 3 wai wai chicken", "3 carton (90 pkt)"),
        ("2 carton wai wai chicken", "make that 3", "3 carton (90 pkt)"),
        ("2 carton wai wai chicken", "line 1: 3", "3 carton (90 pkt)"),
        ("2 carton wai wai chicken", "make that 45 packet", "– 45 pkt"),
        ("60 packet wai wai chicken", "make that 3 carton", "3 carton (90 pkt)"),
    ],
)
def test_a_change_keeps_the_unit_as_long_as_it_divides(stage, first, then, shown):
    basket_of(stage, first)

    assert shown in basket_of(stage, then)


@pytest.mark.parametrize("words", ["line 1: 40", "make that 40 wai wai chicken", "१ नम्बर ४०"])
def test_a_number_that_may_count_cartons_or_packets_is_asked_about(stage, words):
    basket_of(stage, "2 carton wai wai chicken, 5 kg chini")

    asked = basket_of(stage, words)

    assert "2 carton (60 pkt)" in asked
    assert "40 carton" in asked
    assert "40 pkt" in asked
    assert "– 40 pkt" in basket_of(stage, "line 1: 40 pkt")
    assert "40 carton (1200 pkt)" in basket_of(stage, "line 1: 40 carton")


def test_an_answer_to_which_one_keeps_the_unit(stage):
    basket_of(stage, "2 carton wai wai")

    assert "2 carton (" in basket_of(stage, "1")


def test_both_sides_read_the_same_from_the_offer_to_the_invoice(stage):
    basket_of(stage, "2 carton wai wai chicken, 5 kg chini")
    offer = [one for one in stage.write("asha", "yes") if one.to == stage.last("gita").to][-1]
    assert "२ कार्टुन (६० प्याकेट)" in offer.message.text

    accepted, told = stage.write("gita", "hunxa")
    assert "२ कार्टुन (६० प्याकेट)" in accepted.message.text
    assert "2 carton (60 pkt)" in told.message.text
    (packing,) = stage.write("gita", "packing list")
    assert "२ कार्टुन (६० प्याकेट)" in packing.message.text
    stage.write("gita", "dispatch 1001")
    stage.write("gita", stage.delivery_codes()[0])

    assert "2 carton (60 pkt)" in basket_of(stage, "1001")
    with stage.database.transaction() as session:
        said = {(line.said_count, line.said_unit) for line in session.scalars(select(InvoiceLine))}
    assert said == {(2, "case"), (None, None)}


def test_a_part_that_is_no_whole_carton_is_counted_in_pieces(stage):
    basket_of(stage, "2 carton wai wai chicken")
    stage.write("asha", "yes")

    first, *_ = stage.write("gita", "1001 wai wai 40 matra")

    assert "४० प्याकेट" in first.message.text
    assert "कार्टुन" not in first.message.text


def test_the_same_again_is_said_in_the_same_unit(stage):
    basket_of(stage, "2 carton wai wai chicken")
    stage.write("asha", "yes")
    stage.wait(dt.timedelta(minutes=5))

    assert "2 carton (60 pkt)" in basket_of(stage, "same as last time")


@pytest.mark.parametrize("words", ["my usual", "the usual", "sadhai jasto", "usual basket", "सधैं जस्तै"])
def test_the_usual_basket_is_what_most_orders_had(stage, words):
    for order in (
        "2 carton wai wai chicken, 5 kg chini",
        "3 carton wai wai chicken, 2 kg nun",
        "2 carton wai wai chicken, 10 kg chini",
    ):
        basket_of(stage, order)
        stage.write("asha", "ho")
        stage.wait(dt.timedelta(minutes=5))

    answer = basket_of(stage, words)

    assert "usually order" in answer
    assert "2 carton (60 pkt)" in answer
    assert "Sugar Chini (loose) – 5 kg" in answer
    assert "Salt" not in answer
