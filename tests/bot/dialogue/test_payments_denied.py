"""A payment that was told and is denied, or made less, is no other payment: it is put right, taken back, or goes to a person."""

import pytest
from sqlalchemy import select

from core.credit.kinds import ClaimStatus
from core.credit.models import Payment, PaymentClaim
from tests.bot.dialogue.test_vendor_says import count, on_the_way, said_to

DENIED = [
    "maile pahila 600 tireko vanya galti ho, tireko chaina, firta gara",
    "600 wala paisa maile pathako haina, galti ma lekhe, hataidinus",
    "६०० तिरेको भनेको गल्ती हो, तिरेको छैन",
    "i did not pay 600, i wrote it by mistake",
    "sorry i haven't paid the 600 yet, wrong message",
    "maile 600 tireko chaina",
    "600 nahi diya abhi tak",
]
LESS = [
    "tyo 600 ma 400 matra gako raicha, bank le 200 katyo",
    "600 haina 400 matra gayo",
    "600 chaina 400 ho sorry",
    "galat vayo, 400 matra tireko, 600 haina",
    "only 400 went, bank cut 200",
    "६०० होइन ४०० मात्र तिरेको",
    "600 me se 400 hi gaya, 200 bank ne kaata",
]


def told(stage):
    stage.write("gita", on_the_way(stage, terms="ho"))
    stage.write("asha", "paid 600 esewa ref ABC123")


def open_sums(stage):
    with stage.database.transaction() as session:
        found = select(PaymentClaim.amount_minor).where(PaymentClaim.status == ClaimStatus.OPEN)
        return [minor // 100 for minor in session.scalars(found)]


@pytest.mark.parametrize("words", DENIED)
def test_a_denied_payment_is_taken_back_after_a_yes(stage, words):
    told(stage)

    stage.write("asha", words)
    assert open_sums(stage) == [600]
    stage.write("asha", "ho")

    assert open_sums(stage) == []
    assert count(stage, Payment) == 0


@pytest.mark.parametrize("words", LESS)
def test_a_payment_of_less_replaces_the_one_that_was_told(stage, words):
    told(stage)

    stage.write("asha", words)

    assert open_sums(stage) == [400]


@pytest.mark.parametrize("words", [*DENIED, *LESS])
def test_one_that_is_booked_goes_to_a_person_and_begins_no_other(stage, words):
    told(stage)
    stage.write("gita", "aayo")

    answer = said_to(stage.write("asha", words), "asha")[0]

    assert "is booked already" in answer
    assert "told a colleague" in answer
    assert open_sums(stage) == []
    assert count(stage, Payment) == 1


@pytest.mark.parametrize(
    "words", ["nahi nahi 700 nahi kiya abhi, karunga", "700 tireko chaina", "no i didn't pay 700"]
)
def test_one_that_was_only_begun_is_left(stage, words):
    stage.write("gita", on_the_way(stage, terms="ho"))
    stage.write("asha", "paid 700 esewa")

    answer = said_to(stage.write("asha", words), "asha")[0]

    assert "haven't noted any payment" in answer
    assert "700" not in answer


def test_another_sum_is_another_payment(stage):
    told(stage)

    stage.write("asha", "sorry, paid 250 esewa ref XYZ99")

    assert sorted(open_sums(stage)) == [250, 600]
