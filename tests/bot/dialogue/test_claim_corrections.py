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


@pytest.mark.parametrize(
    "words",
    [
        "hoina 400 ho hai maile bhuldai 300 bhane",
        "sorry 300 galti le lekhe, 400 ho",
        "३०० होइन ४०० हो, भुलेर लेखेको",
        "300 was a mistake, it is 400",
    ],
)
def test_of_two_sums_the_one_that_was_told_is_put_right(stage, words):
    stage.write("asha", "paid 300 cash")

    stage.write("asha", words)

    assert open_amounts(stage) == [40_000]


@pytest.mark.parametrize("words", ["300 ra 400", "400 ani 500 hoina", "300 kg hoina 400 kg"])
def test_two_numbers_that_may_be_something_else_leave_the_payment(stage, words):
    stage.write("asha", "paid 300 cash")

    stage.write("asha", words)

    assert open_amounts(stage) == [30_000]


@pytest.mark.parametrize("words", ["ho hatau", "hajur hataidinus", "yes take it back", "हो हटाउनुस्"])
def test_a_payment_is_taken_back_by_a_yes_in_words(stage, words):
    stage.write("asha", "paid 300 cash")
    stage.write("asha", "maile tireko chaina")

    stage.write("asha", words)

    assert open_amounts(stage) == []


@pytest.mark.parametrize(
    "words",
    [
        "300 khalti bata tire sunil dai lai ki gita didi lai thaha bhaena, ref KH7788",
        "३०० खल्ती बाट तिरें कसलाई हो थाहा छैन ref KH7788",
        "paid 300 khalti ref KH7788, don't know to whom",
    ],
)
def test_not_knowing_the_payee_denies_no_payment(stage, words):
    stage.write("asha", words)
    stage.write("asha", "ho")

    assert open_amounts(stage) == [30_000]


@pytest.mark.parametrize(
    "words",
    [
        "actually the bank sent it back, that payment failed", "esewa fail bhayo", "paisa gayena rahecha", "payment fail ho gaya",
        "पैसा गएन रहेछ", "transaction failed",
    ],
)  # fmt: skip
def test_a_payment_that_failed_is_asked_about_and_stays_open_until_the_yes(stage, words):
    stage.write("asha", PAID)

    (answer, *_) = stage.write("asha", words)

    assert "Take back the payment of Rs. 1,500.00" in answer.message.text
    assert open_amounts(stage) == [rupees("1500").minor]
    stage.write("asha", "ho")
    assert open_amounts(stage) == []


@pytest.mark.parametrize("words", ["order fail bhayo?", "saman gayena", "paisa kahile jancha"])
def test_what_may_be_about_something_else_takes_no_payment_back(stage, words):
    stage.write("asha", PAID)

    stage.write("asha", words)

    assert open_amounts(stage) == [rupees("1500").minor]
