"""A shop that pays cash and still owes some of the last delivery is told so, wherever its list waits for that."""

import pytest

from tests.bot.dialogue.test_vendor_says import said_to


@pytest.fixture
def owes_cash(stage):
    """Sita handed over 500 of Rs. 1,393.29; her shop has no credit."""
    stage.write("sita", "2 carton wai wai chicken")
    stage.write("sita", "hunxa")
    stage.tap("gita", 1)
    stage.write("gita", "dispatch 1001")
    stage.write("gita", stage.delivery_codes()[-1])
    stage.write("gita", "500 matra diyo")
    stage.write("gita", "ho")


@pytest.mark.parametrize("asked", ["hunxa", "kina order vayena?", "किन अर्डर भएन?"])
def test_the_list_says_which_cash_is_due(stage, owes_cash, asked):
    (listed,) = said_to(stage.write("sita", "nun 5 packet"), "sita")
    (answer,) = said_to(stage.write("sita", asked), "sita")

    assert "नगद रु. ८९३.२९ पहिला तिर्नुहोस्" in listed
    assert "नगद रु. ८९३.२९ पहिला तिर्नुहोस्" in answer
