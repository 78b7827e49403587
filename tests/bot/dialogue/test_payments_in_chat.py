"""A shop reports payments in its own words: several at once, put right, in cash after all, and in part at the door."""

import pytest
from sqlalchemy import select

from core.credit.kinds import ClaimStatus
from core.credit.models import PaymentClaim
from core.orders.models import Order
from tests.bot.dialogue.test_vendor_says import on_the_way, said_to


def open_claims(stage):
    """Amount in paisa, method and reference of what waits for an answer."""
    with stage.database.transaction() as session:
        waiting = select(PaymentClaim).where(PaymentClaim.status == ClaimStatus.OPEN)
        rows = session.scalars(waiting.order_by(PaymentClaim.id))
        return [(row.amount_minor, row.method.value, row.reference) for row in rows]


@pytest.fixture
def owing(stage):
    """Asha owes Gita for one delivery."""
    code = on_the_way(stage, terms="ho")
    stage.write("gita", code)


@pytest.mark.parametrize(
    "words",
    [
        "paid 300 esewa ref A1\npaid 200 khalti ref B2\npaid 100 cash",
        "300 esewa ref A1, 200 khalti ref B2, 100 cash diye",
        "300 esewa ref A1 tireko ra 200 khalti ref B2 tireko ra 100 cash diye",
        "300 esewa ref a1 pathaye / 200 khalti ref b2 pathaye / 100 nagad diye".replace(" / ", "\n"),
        "३०० esewa ref A1 तिरें\n२०० khalti ref B2 तिरें\n१०० नगद दिएँ",
    ],
)
def test_each_payment_of_a_message_is_a_claim(stage, owing, words):
    (answer, *_) = stage.write("asha", words)

    assert open_claims(stage) == [(30_000, "esewa", "A1"), (20_000, "khalti", "B2"), (10_000, "cash", None)]
    for amount in ("Rs. 300.00", "Rs. 200.00", "Rs. 100.00"):
        assert amount in answer.message.text
    assert answer.message.text.count("Thanks") == 1


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("paid 300 esewa ref A1\npaid 200 khalti", "Rs. 200.00 by Khalti"),
        ("paid 200 khalti\npaid 300 esewa ref A1", "Rs. 200.00 by Khalti"),
        ("300 esewa ref A1, 200 tire", "Rs. 200.00 – how did you pay"),
    ],
)
def test_one_that_is_told_in_part_is_asked_about_and_the_others_are_noted(stage, owing, words, asked):
    (answer, *_) = stage.write("asha", words)

    assert open_claims(stage) == [(30_000, "esewa", "A1")]
    assert asked in answer.message.text


def test_two_that_are_told_in_part_are_both_named(stage, owing):
    (answer, *_) = stage.write("asha", "paid 300 esewa\npaid 200 khalti")

    assert open_claims(stage) == []
    assert "Rs. 300.00 by eSewa" in answer.message.text
    assert "Rs. 200.00 by Khalti still needs its reference" in answer.message.text


def test_a_payment_begun_and_left_gives_nothing_to_the_next(stage, owing):
    stage.write("asha", "paid 300 esewa")

    (answer, *_) = stage.write("asha", "paid 500")

    assert "Rs. 500.00 – how did you pay" in answer.message.text


@pytest.mark.parametrize("words", ["cash nai ok", "cash nai ho", "nagad nai ho", "cash ho", "cash", "नगद हो"])
@pytest.mark.parametrize("began", ["paid 300 esewa", "paid 300"])
def test_it_was_cash_after_all(stage, owing, began, words):
    stage.write("asha", began)

    stage.write("asha", words)

    assert open_claims(stage) == [(30_000, "cash", None)]


def test_cash_after_a_basket_is_the_baskets(stage, owing):
    stage.write("asha", "paid 300 esewa")
    stage.write("asha", "5 kg chini")

    (answer, *_) = stage.write("asha", "cash nai ok")

    assert open_claims(stage) == []
    assert "is placed" in answer.message.text


@pytest.mark.parametrize(
    ("words", "claim"),
    [
        ("galat bhayo, 540", (54_000, "esewa", "KK12")),
        ("my mistake, paid 540", (54_000, "esewa", "KK12")),
        ("wrong, 540", (54_000, "esewa", "KK12")),
        ("galat, 540 ho", (54_000, "esewa", "KK12")),
        ("wrong, it was 540 by khalti ref K9", (54_000, "khalti", "K9")),
        ("गलत, ५४० हो", (54_000, "esewa", "KK12")),
        ("esewa haina cash ho", (45_000, "cash", None)),
        ("it was cash not esewa", (45_000, "cash", None)),
        ("not esewa, cash", (45_000, "cash", None)),
        ("khalti ho esewa haina", None),
    ],
)
def test_a_claim_is_put_right(stage, owing, words, claim):
    stage.write("asha", "450 esewa ref KK12 tire")

    stage.write("asha", words)

    assert open_claims(stage) == ([claim] if claim else [(45_000, "khalti", "KK12")])


def test_the_payee_hears_what_a_correction_replaces(stage, owing):
    stage.write("asha", "450 esewa ref KK12 tire")

    told = said_to(stage.write("asha", "galat bhayo, 540"), "gita")

    assert len(told) == 1
    assert "५४०.००" in told[0]
    assert "४५०.००" in told[0]
    stage.write("gita", "aayo")
    assert open_claims(stage) == []


def test_the_payee_hears_that_nothing_is_to_be_confirmed_any_more(stage, owing):
    stage.write("asha", "450 esewa ref KK12 tire")

    # More than is owed to Gita: our own people are asked.
    told = said_to(stage.write("asha", "galat bhayo, 45000"), "gita")

    assert len(told) == 1
    assert "४५०.००" in told[0]
    assert "पर्दैन" in told[0]


@pytest.mark.parametrize("words", ["{code} cash 300 matra", "{code} 300 cash"])
def test_the_shop_reads_what_it_paid_of_its_cash(stage, words):
    code = on_the_way(stage, terms="cash")
    stage.write("gita", words.format(code=code))

    told = said_to(stage.write("gita", "ho"), "asha")

    assert "Rs. 300.00 paid in cash" in told[0]
    assert "still to pay" in told[0]
    assert "not paid" not in told[0]


@pytest.mark.parametrize(
    "words", ["1001 linchu", "1001 hunxa", "ok 1001 linchu", "1001 pathaidinus", "yes 1001", "१००१ लिन्छु"]
)
def test_a_yes_names_the_order_that_is_asked_about(stage, words):
    dearer_asked(stage)

    answer = stage.write("asha", words)

    assert "asking other wholesalers" in said_to(answer, "asha")[0]


@pytest.mark.parametrize(
    "words", ["1001 lina?", "1001 bholi linchu", "1001 na pathaunu", "1002 linchu", "1001 lina"]
)
def test_a_doubtful_word_about_the_order_settles_nothing(stage, words):
    dearer_asked(stage)

    stage.write("asha", words)

    with stage.database.transaction() as session:
        assert session.scalars(select(Order.asked)).all() == ["dearer"]


def dearer_asked(stage):
    """Gita takes a part of Asha's order, and the rest would be dearer."""
    stage.write("asha", "2 carton wai wai chicken, 5 kg chini")
    stage.write("asha", "ho")
    stage.tap("gita", 3)
    stage.write("gita", "1 30, 2 0")
    stage.write("kamala", "2")
    stage.write("kamala", "1")
