"""Payments that are told of one after the other: none is dropped unsaid, and a correction is put on what was said last."""

import pytest

from tests.bot.dialogue.test_payments_in_chat import open_claims
from tests.bot.dialogue.test_vendor_says import on_the_way


@pytest.fixture
def owing(stage):
    code = on_the_way(stage, terms="ho")
    stage.write("gita", code)


DOUBTED = ("800 bank bata hale, ref NICA7788 tarikh hijo", "800 cash diyeko chu hamro manche lai re")


@pytest.mark.parametrize(
    "words",
    ["hoina 500 matra ho", "haina 500 ho", "होइन ५०० मात्र हो", "no, it was 500 not 800", "500 ho 800 haina"],
)
def test_a_correction_is_put_on_the_payment_that_was_asked_about_last(stage, owing, words):
    stage.write("asha", "khalti bata 300 pathaye, id KH12345")
    stage.write("asha", DOUBTED[0])

    (answer, *_) = stage.write("asha", words)

    assert open_claims(stage) == [(30_000, "khalti", "KH12345")]
    assert "Rs. 500.00" in answer.message.text
    stage.write("asha", "yes")
    assert open_claims(stage) == [(30_000, "khalti", "KH12345"), (50_000, "bank_transfer", "NICA7788")]


@pytest.mark.parametrize("words", ["hoina", "no", "tireko chaina", "तिरेको छैन"])
def test_a_denied_question_books_nothing_later(stage, owing, words):
    stage.write("asha", DOUBTED[0])
    stage.write("asha", words)
    stage.write("asha", "2 packet wai wai chicken")

    stage.write("asha", "yes")

    assert open_claims(stage) == []


def test_a_yes_after_other_words_is_asked_for_once_more(stage, owing):
    stage.write("asha", DOUBTED[0])
    stage.write("asha", "balance")

    (answer, *_) = stage.write("asha", "yes")

    assert open_claims(stage) == []
    assert "Have you already paid Rs. 800.00" in answer.message.text


@pytest.mark.parametrize(
    ("began", "then", "reference", "noted"),
    [
        (
            "५०० रुपैयाँ फोनपे गरेँ",
            "र चेक पनि दिएको छु ८०० को, चेक नं ००१२३४",
            "FP998877",
            [(80_000, "cheque", "001234"), (50_000, "fonepay", "FP998877")],
        ),
        (
            "400 esewa ma hale",
            "300 cash pani deko chu",
            "code 9ZZ1",
            [(30_000, "cash", None), (40_000, "esewa", "9ZZ1")],
        ),
        (
            "paid 400 by khalti",
            "and paid 300 in cash",
            "txn id KK77",
            [(30_000, "cash", None), (40_000, "khalti", "KK77")],
        ),
    ],
)
def test_what_waits_for_its_number_is_kept_beside_the_next(stage, owing, began, then, reference, noted):
    stage.write("asha", began)
    (answer, *_) = stage.write("asha", then)
    assert "कारोबार नम्बर" in answer.message.text or "reference or transaction number" in answer.message.text

    stage.write("asha", reference)

    assert open_claims(stage) == noted


def test_two_that_are_told_in_part_are_asked_about_one_after_the_other(stage, owing):
    (answer, *_) = stage.write("asha", "paid 300 esewa")
    (answer, *_) = stage.write("asha", "500 khalti ma hale")
    assert "Rs. 500.00 by Khalti – what's the reference" in answer.message.text
    assert "Rs. 300.00 by eSewa still needs its reference" in answer.message.text

    stage.write("asha", "KH5566")
    stage.write("asha", "ES1122")

    assert open_claims(stage) == [(50_000, "khalti", "KH5566"), (30_000, "esewa", "ES1122")]


def test_taking_back_means_the_payment_that_was_begun_last(stage, owing):
    stage.write("asha", "paid 300 cash")
    stage.write("asha", "paid 500 esewa")

    stage.write("asha", "payment hatau")

    assert open_claims(stage) == [(30_000, "cash", None)]


@pytest.mark.parametrize(
    ("words", "noted"),
    [
        ("paid 200 esewa ref no 77AB1", (20_000, "esewa", "77AB1")),
        ("khalti 120 pathaye txn no KK1200", (12_000, "khalti", "KK1200")),
        ("cheque no 555113 500 diye", (50_000, "cheque", "555113")),
        ("check diyeko 600 ko no 555111", (60_000, "cheque", "555111")),
        ("500 ko cheque diye, no. 555112", (50_000, "cheque", "555112")),
        ("bank ma 500 hale transaction no: NB4455", (50_000, "bank_transfer", "NB4455")),
        ("कारोबार नम्बर AB1234, ईसेवा ५०० तिरें", (50_000, "esewa", "AB1234")),
    ],
)
def test_no_before_a_number_is_no_denial(stage, owing, words, noted):
    stage.write("asha", words)

    assert open_claims(stage) == [noted]


@pytest.mark.parametrize("words", ["tyo khalti wala 350 ho", "त्यो खल्ती वाला ३५० हो"])
def test_the_payment_that_is_pointed_at_is_put_right(stage, owing, words):
    stage.write("asha", "paid 300 khalti ref KH12345")
    stage.write("asha", "paid 200 cash")

    stage.write("asha", words)

    assert (35_000, "khalti", "KH12345") in open_claims(stage)
    assert (20_000, "cash", None) in open_claims(stage)


@pytest.mark.parametrize(
    "words", ["1001 cash wala chahidaina", "१००१ चाहिँदैन", "i don't want 1001", "1001 nahi chahiye"]
)
def test_an_order_that_is_not_wanted_is_no_payment(stage, words):
    stage.write("asha", "2 packet wai wai chicken")
    stage.write("asha", "cash")

    (answer, *_) = stage.write("asha", words)

    assert "1001" in answer.message.text
    assert "Rs. 1,001" not in answer.message.text
    assert "ancel" in answer.message.text or "रद्द" in answer.message.text
