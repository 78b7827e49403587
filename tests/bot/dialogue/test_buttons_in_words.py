"""The words of a button, typed in roman letters, with the number of the order they are about."""

from core.orders.kinds import FulfillmentStatus
from tests.bot.dialogue.test_vendor_says import offered, said_to, statuses


def test_the_offers_own_word_accepts_in_roman_letters_by_number_or_all_after_a_yes(stage):
    offered(stage, "asha", "asha", "asha")

    (asked,) = said_to(stage.write("gita", "sabai linchhu"), "gita")
    assert statuses(stage) == []
    assert "३ वटै अर्डर लिने" in asked

    stage.write("gita", "1002 linchu hai")
    assert statuses(stage) == [FulfillmentStatus.ACCEPTED]

    stage.write("gita", "bholi 1003 linchu")
    assert statuses(stage) == [FulfillmentStatus.ACCEPTED]
