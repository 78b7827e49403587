"""The button's words take an offer however they are said around: with a yes before them, and with the day behind them."""

import pytest

from core.orders.kinds import FulfillmentStatus
from tests.bot.dialogue.test_vendor_declines import gitas_offer
from tests.bot.dialogue.test_vendor_says import offered, said_to, statuses


@pytest.mark.parametrize(
    "words",
    ["ho ho linchu", "1001 linchu ni, bholi pathauchu", "हो हो लिन्छु", "1001 लिन्छु, भोलि पठाउँछु", "1001 le lunga, kal bhej dunga", "hunchha linchu"],
)  # fmt: skip
def test_the_words_of_the_button_take_the_offer(stage, words):
    offered(stage)

    (told,) = said_to(stage.write("gita", words), "gita")

    assert statuses(stage) == [FulfillmentStatus.ACCEPTED]
    assert "धन्यवाद" in told


@pytest.mark.parametrize(
    "words", ["bholi linchu", "linchu ki nalinchu?", "stock aayo bhane linchu", "bholi pathauchu"]
)
def test_a_later_or_doubtful_yes_takes_nothing(stage, words):
    offered(stage)

    stage.write("gita", words)

    assert statuses(stage) == []


def test_the_reason_beside_a_no_is_kept(stage):
    offered(stage)

    stage.write("gita", "1001 linna, gadi bigryo")

    assert gitas_offer(stage)[1] == "gadi bigryo"


def test_all_but_one_are_declined_by_nobody_at_once(stage):
    offered(stage, "asha", "asha")

    stage.write("gita", "1001 linchu, aru sabai linna")

    assert statuses(stage) == [FulfillmentStatus.ACCEPTED]
