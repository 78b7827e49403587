"""At the door the shop has no code: it gets it again, and nothing is delivered by that."""

import datetime as dt

import pytest

from core.credit.kinds import ClaimStatus
from core.credit.models import Invoice, PaymentClaim
from core.orders.codes import MOST_SENDS
from core.orders.kinds import FulfillmentStatus
from tests.bot.dialogue.test_vendor_says import count, on_the_way, said_to, statuses


@pytest.mark.parametrize(
    "words",
    [
        "code aayena",
        "pasal sanga code chaina",
        "customer has no code",
        "the shop lost the code",
        "1001 ko code chaina",
        "कोड आएन",
        "code birsiyo re",
        "send code again",
        "code khai?",
        "code milena",
    ],
)
def test_the_shop_gets_its_code_again(stage, words):
    code = on_the_way(stage)

    arrived = stage.write("gita", words)

    assert code in said_to(arrived, "asha")[0]
    assert code not in said_to(arrived, "gita")[0]
    assert "१००१" in said_to(arrived, "gita")[0]
    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]
    assert count(stage, Invoice) == 0


@pytest.mark.parametrize("words", ["code aayo", "code aaucha", "esewa code aayena"])
def test_a_code_that_is_there_or_of_money_is_not_sent_again(stage, words):
    on_the_way(stage)

    arrived = stage.write("gita", words)

    assert said_to(arrived, "asha") == []
    assert statuses(stage) == [FulfillmentStatus.DISPATCHED]


def test_a_code_is_sent_again_only_now_and_then(stage):
    on_the_way(stage)
    sent = []
    for _ in range(MOST_SENDS + 2):
        sent.append(len(said_to(stage.write("gita", "code aayena"), "asha")))
        sent.append(len(said_to(stage.write("gita", "code chaina"), "asha")))
        stage.wait(dt.timedelta(minutes=11))

    assert sent == [1, 0] * MOST_SENDS + [0, 0] * 2


def test_a_code_that_did_not_come_rejects_no_payment(stage):
    code = on_the_way(stage, terms="ho")
    stage.write("gita", code)
    stage.write("asha", "paid 500 esewa ref ABC123")

    stage.write("gita", "code aayena")

    assert count(stage, PaymentClaim, PaymentClaim.status == ClaimStatus.OPEN) == 1
