"""A cancel while a part is on its way: what goes on and what ends is said before and after, once."""

import pytest

from core.orders.kinds import FulfillmentStatus
from tests.bot.dialogue.test_vendor_says import offered, said_to, statuses


@pytest.fixture
def part_gone(stage):
    """Two kilos of Asha's sugar are on the way from Gita; the rest of order 1001 is still sought."""
    offered(stage)
    stage.write("gita", "1001 ma chini 2 kg matra, wai wai chaina")
    stage.write("gita", "dispatch 1001")
    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]
    return stage.delivery_codes()[0]


@pytest.mark.parametrize(
    "words", ["cancel 1001", "1001 cancel gardinu na", "१००१ रद्द गर", "1001 cancel kar do"]
)
def test_the_question_names_what_goes_on_and_what_would_end(stage, part_gone, words):
    (asked,) = said_to(stage.write("asha", words), "asha")

    assert "already on its way (Rs. 236.17) and can't be canceled" in asked
    assert "Sugar Chini (loose) – 3 kg" in asked


def test_the_answer_says_what_ended_in_one_message_with_the_code_that_was_sent(stage, part_gone):
    stage.write("asha", "cancel 1001")

    (answer,) = said_to(stage.write("asha", "ho"), "asha")

    assert "The rest of order *1001* is canceled:" in answer
    assert "Sugar Chini (loose) – 3 kg" in answer
    assert part_gone in answer
    assert "Not available" not in answer
    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]


def test_a_question_whether_it_was_canceled_is_told_what_will_not_come(stage, part_gone):
    stage.write("asha", "cancel 1001")
    stage.write("asha", "ho")

    (answer,) = said_to(stage.write("asha", "cancel vayo ki vayena 1001?"), "asha")

    assert "Not coming: Wai Wai Chicken Noodles 75g 60 pkt, Sugar Chini (loose) 3 kg" in answer
