"""A whole payment is told in other words and in any order, and its sum is put right in the next message."""

import pytest
from sqlalchemy import select

from core.credit.kinds import ClaimStatus
from core.credit.models import PaymentClaim
from tests.bot.dialogue.test_vendor_says import on_the_way


def open_claims(stage):
    with stage.database.transaction() as session:
        waiting = select(PaymentClaim).where(PaymentClaim.status == ClaimStatus.OPEN)
        return [
            (one.amount_minor // 100, one.method.value, one.reference, one.named_vendor_id)
            for one in session.scalars(waiting)
        ]


@pytest.fixture
def delivered(stage):
    stage.write("gita", on_the_way(stage, terms="ho"))
    return stage


@pytest.mark.parametrize(
    ("words", "reference"),
    [
        ("aaja 6000 tiry, khalti, ref KX551, Gita lai", "KX551"),
        ("maine kal 6000 diya tha Gita ko, khalti se, KH99812", "KH99812"),
        ("हिजो ६००० दिएँ गीतालाई, खल्तीबाट, KX554", "KX554"),
        ("khalti, ref KX552, 6000 gita didi lai tirya", "KX552"),
        ("gave Gita 6000 yesterday, by khalti, KX553", "KX553"),
        ("kal 6000 bhej diya gita ko khalti se, KX55", "KX55"),
    ],
)
def test_a_payment_is_taken_whole(delivered, words, reference):
    delivered.write("asha", words)

    ((amount, method, told, payee),) = open_claims(delivered)
    assert (amount, method, told) == (6000, "khalti", reference)
    assert payee is not None


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("6000 hoina 600 ho, ek zero badhi bhayo", 600),
        ("6000 hoina 600 ho, ek zero badhi vayo", 600),
        ("६००० होइन ६०० हो, एउटा शून्य बढी भयो", 600),
        ("haan 600 hi tha", 600),
        ("600 hi tha", 600),
    ],
)
def test_its_sum_is_put_right_in_the_next_message(delivered, words, amount):
    delivered.write("asha", "aaja 6000 tiry, khalti, ref KX551, Gita lai")

    delivered.write("asha", words)

    assert [row[:3] for row in open_claims(delivered)] == [(amount, "khalti", "KX551")]


@pytest.mark.parametrize(
    ("words", "amount"), [("haan 600 hi tha", 600), ("6000 hoina 600 ho, ek zero badhi bhayo", 600)]
)
def test_the_sum_of_a_payment_that_is_asked_about_is_put_right(delivered, words, amount):
    delivered.write("asha", "6000 tiry khalti bata")

    delivered.write("asha", words)
    delivered.write("asha", "KX551")

    assert [row[:3] for row in open_claims(delivered)] == [(amount, "khalti", "KX551")]


@pytest.mark.parametrize(
    "words",
    ["kal 6000 dunga gita ko, khalti se", "bholi 6000 diya jayega gita ko", "kal gita lai 6000 dinchu"],
)
def test_a_payment_that_is_to_come_is_none(delivered, words):
    delivered.write("asha", words)

    assert open_claims(delivered) == []
