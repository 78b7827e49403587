"""A dispatch that was told by mistake: the shop has its code, so a person puts it right."""

import pytest

from core.orders.kinds import FulfillmentStatus
from tests.bot.dialogue.test_vendor_says import on_the_way, said_to, statuses


@pytest.mark.parametrize(
    "words",
    ["1001 gako chaina galti", "galti bhayo 1001 pathako hoina", "१००१ पठाएको छैन", "1001 nahi bheja", "sorry 1001 not sent", "1002 matra gako ho 1001 gako chaina galti"],
)  # fmt: skip
def test_a_dispatch_that_is_denied_afterwards_goes_to_a_person(stage, words):
    on_the_way(stage, "ho")

    told = said_to(stage.write("gita", words), "gita")

    assert "साथीलाई भनेको छु" in told[0]
    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]
