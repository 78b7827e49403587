"""A shop puts right the amount of a payment that it has just reported."""

import pytest
from sqlalchemy import select

from core.credit.kinds import ClaimStatus
from core.credit.models import PaymentClaim
from core.money import rupees
from tests.bot.dialogue.test_vendor_says import on_the_way

PAID = "paid 1500 esewa ref AB12"


def open_amounts(stage):
    """The amounts of the claims that wait for an answer."""
    with stage.database.transaction() as session:
        waiting = select(PaymentClaim.amount_minor).where(PaymentClaim.status == ClaimStatus.OPEN)
        return list(session.scalars(waiting))


@pytest.fixture
def reported(stage):
    code = on_the_way(stage, terms="ho")
    stage.write("gita", code)
    stage.write("asha", PAID)
    assert open_amounts(stage) == [rupees("1500").minor]


@pytest.mark.parametrize(
    "words",
    [
        "sorry it was 1800 not 1500",
        "it was 1800, not 1500",
        "1800 not 1500",
        "not 1500, 1800",
        "not 1500 but 1800",
        "1500 haina 1800 ho",
        "1800 ho 1500 haina",
        "१५०० होइन १८०० हो",
        "maile 1800 pathako 1500 haina",
        "hoina 1800 ho",
    ],
)
def test_the_open_claim_is_put_right_and_read_back(stage, reported, words):
    answers = stage.write("asha", words)

    assert open_amounts(stage) == [rupees("1800").minor]
    assert any("1,800" in one.message.text or "१,८००" in one.message.text for one in answers)


@pytest.mark.parametrize(
    "words", ["1018 not 1019", "1001 haina 1002", "was it 1800 or 1500?", "1800 ho ki 1500 haina?"]
)
def test_numbers_that_are_not_of_the_claim_change_nothing(stage, reported, words):
    stage.write("asha", words)

    assert open_amounts(stage) == [rupees("1500").minor]
