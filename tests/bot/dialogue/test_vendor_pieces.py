"""A wholesaler's part whose pieces are of the offer, and one with a piece that isn't read."""

from decimal import Decimal

import pytest

from core.orders.kinds import FulfillmentStatus
from tests.bot.dialogue.test_vendor_says import offered, promised, said_to, statuses


@pytest.mark.parametrize(
    "words", ["1001 ma wai wai 1 case, chini 3 kg matra", "wai wai 1 case, chini 3 kg matra"]
)
def test_goods_before_the_word_only_are_a_piece_of_the_part(stage, words):
    offered(stage)

    (accepted,) = said_to(stage.write("gita", words), "gita")

    assert statuses(stage) == [FulfillmentStatus.ACCEPTED]
    assert "३ केजी" in accepted
    assert "३० प्याकेट" in accepted


@pytest.mark.parametrize(
    "words", ["1001 ma wai wai 1 case, xyzzy foobar, chini 3 kg matra", "1001 chini 3 kg matra, xyzzy foobar"]
)
def test_a_part_with_a_piece_that_is_not_read_promises_nothing(stage, words):
    offered(stage)

    answered = said_to(stage.write("gita", words), "gita")

    assert statuses(stage) == []
    assert "के कम" in answered[0] or "कति" in answered[0]


@pytest.mark.parametrize(
    "words",
    ["1001 ma chini chaina aile, aru sabai pathauchu", "chini milena, 1001 ko baki dinchu", "१००१ चिनी छैन अहिले, अरू सबै पठाउँछु", "no sugar, rest available"],
)  # fmt: skip
def test_what_is_missing_and_all_the_rest_is_a_whole_answer(stage, words):
    offered(stage)

    stage.write("gita", words)

    assert promised(stage) == {"WW-CHK-75": Decimal(60)}
