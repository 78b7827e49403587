"""Edges of an order's life, as two sides meet them in the chat: many codes, many orders, parts under way, late yeses."""

import pytest
from sqlalchemy import func, select

from core.catalog.models import Product
from core.credit.models import Invoice
from core.orders.kinds import FulfillmentStatus
from core.orders.models import FulfillmentLine, Order, ShortageLine, WrongCodeCount
from core.routing.models import Offer, OfferStatus
from tests.bot.dialogue.test_vendor_says import count, offered, said_to, statuses


def on_the_way(stage, *shops):
    """Each shop's order is on its way from Gita; the orders are 1001, 1002, …"""
    offered(stage, *shops)
    for number in range(1001, 1001 + len(shops)):
        stage.write("gita", f"{number} huncha")
        stage.write("gita", f"dispatch {number}")
    return stage.delivery_codes()


def wrong_codes(stage, how_many):
    right = stage.delivery_codes()
    return [code for number in range(how_many + len(right)) if (code := f"0{number:04d}") not in right][
        :how_many
    ]


def tries(stage):
    with stage.database.transaction() as session:
        return session.scalar(select(func.sum(WrongCodeCount.wrong_codes))) or 0


# Codes


@pytest.mark.parametrize("how_many", [2, 30])
def test_more_codes_than_parcels_are_guesses_and_none_is_tried(stage, how_many):
    (right,) = on_the_way(stage, "asha")
    typed = [*wrong_codes(stage, how_many - 1), right]

    (answer,) = said_to(stage.write("gita", " ".join(typed)), "gita")

    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]
    assert (tries(stage), count(stage, Invoice)) == (0, 0)
    assert right not in answer


def test_wrong_codes_count_also_when_they_come_together(stage):
    on_the_way(stage, "asha", "maya", "asha")
    first, _, _ = stage.delivery_codes()
    wrong = wrong_codes(stage, 2)

    (answer,) = said_to(stage.write("gita", " ".join([*wrong, first])), "gita")

    assert statuses(stage).count(FulfillmentStatus.DELIVERED) == 1
    assert tries(stage) == 2
    assert "१००१" in answer


def test_after_the_days_last_try_codes_that_come_together_say_nothing(stage):
    right = on_the_way(stage, "asha", "maya", "asha")
    for _ in range(7):
        stage.write("gita", " ".join(wrong_codes(stage, 3)))
    assert tries(stage) == 20

    answers = {
        said_to(stage.write("gita", words), "gita")[0]
        for words in (" ".join(wrong_codes(stage, 2)), f"{right[0]} {right[1]}", f"{right[2]} 00999")
    }

    assert set(statuses(stage)) == {FulfillmentStatus.DISPATCHED}
    assert tries(stage) == 20
    assert len(answers) == 1


# Many orders


@pytest.fixture
def eleven(stage):
    """Asha's first order is on its way from Gita; ten newer ones wait for a wholesaler."""
    (code,) = on_the_way(stage, "asha")
    for _ in range(10):
        stage.write("asha", "1 packet wai wai chicken")
        stage.write("asha", "ho")
    assert count(stage, Order, Order.placed_at.is_not(None)) == 11
    return code


def test_the_oldest_of_eleven_orders_has_its_code(stage, eleven):
    (named,) = said_to(stage.write("asha", "1001 ko code deu"), "asha")
    (asked,) = said_to(stage.write("asha", "code?"), "asha")
    (listed,) = said_to(stage.write("asha", "orders"), "asha")

    assert eleven in named
    assert eleven in asked
    assert "1011" in listed
    assert "1 more" in listed


def test_which_order_is_changed_is_asked_however_many_there_are(stage, eleven):
    stage.write("asha", "change my order")

    with stage.database.transaction() as session:
        assert not session.scalars(select(Order.id).where(Order.status == "canceled")).all()


# Several acts of one text


@pytest.mark.parametrize(
    "words",
    [
        "1001 2 case wai wai matra, 1002 stock chaina",
        "1001 huncha tara chini 4 kg matra, 1002 hunna tadha cha",
        "1002 hunna tadha cha, 1001 ma chini 4 kg matra cha",
        "१००१ मा चिनी ४ किलो मात्र छ, १००२ स्टक छैन",
    ],
)
def test_a_part_of_one_order_and_a_no_to_another_in_one_text(stage, words):
    offered(stage, "asha", "maya")

    arrived = stage.write("gita", words)

    assert "गडबड" not in said_to(arrived, "gita")[0]
    with stage.database.transaction() as session:
        declined = session.scalars(select(Offer.status).order_by(Offer.id)).all()
    assert OfferStatus.DECLINED in declined


# Only what was named


def promised(stage):
    """How much of each line Gita has promised, by name."""
    with stage.database.transaction() as session:
        lines = session.execute(
            select(Product.name, FulfillmentLine.quantity).join(
                Product, Product.id == FulfillmentLine.product_id
            )
        )
        return {name.split()[0]: int(quantity) for name, quantity in lines}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("1001 chini matra", {"Sugar": 5}),
        ("1001 chini matra, aru chaina", {"Sugar": 5}),
        ("1001 ma wai wai matra cha", {"Wai": 60}),
        ("only sugar 1001", {"Sugar": 5}),
        ("१००१ चिनी मात्र, अरू छैन", {"Sugar": 5}),
        ("1001 wai wai ra chini matra", {"Wai": 60, "Sugar": 5}),
        ("1001 chini 2 kg matra", {"Wai": 60, "Sugar": 2}),
    ],
)
def test_goods_named_alone_are_all_that_is_promised(stage, words, expected):
    offered(stage)

    stage.write("gita", words)

    assert promised(stage) == expected


# What came, and what is missing of it


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ("1001 ma chini 3 kg matra aayo", 2),
        ("only 3 kg sugar came in 1001", 2),
        ("१००१ मा चिनी ३ किलो मात्र आयो", 2),
        ("1001 ma chini 2 kg kam aayo", 2),
        ("1001 ma chini 2 kg aayena", 2),
        ("1001 sugar 2 kg missing", 2),
        ("1001 ma chini 2 kg matra kam cha", 2),
    ],
)
def test_a_shop_says_what_came_or_what_is_missing_and_both_are_understood(stage, words, missing):
    stage.write("gita", on_the_way(stage, "asha")[0])

    stage.write("asha", words)

    with stage.database.transaction() as session:
        assert [int(row) for row in session.scalars(select(ShortageLine.quantity))] == [missing]


@pytest.mark.parametrize("words", ["1001 ma chini 5 kg matra aayo", "1001 ma chini 9 kg matra aayo"])
def test_as_much_as_was_handed_over_is_no_shortage(stage, words):
    stage.write("gita", on_the_way(stage, "asha")[0])

    stage.write("asha", words)

    assert count(stage, ShortageLine) == 0
