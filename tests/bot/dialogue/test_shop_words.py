"""What shops say in their own words: not now, what do I owe, where is it, something is missing, the helper may or may not."""

import pytest

from tests.bot.dialogue.test_vendor_says import on_the_way
from tests.bot.dialogue.test_vendor_says import said_to as each_said_to


def said_to(arrived, who):
    return "\n".join(each_said_to(arrived, who))


BASKET = "5 packet wai wai chicken\n2 tel"


@pytest.mark.parametrize(
    "words",
    [
        "hoina hoina paisa chhaina aaile",
        "paisa chaina ahile, pachi",
        "अहिले होइन, भोलि हेर्छु",
        "पैसा छैन अहिले",
        "no money now",
        "not now, tomorrow I'll see",
        "yes but not now, bholi matra",
        "abhi nahi, paisa nahi hai",
        "aja lidina, paisa aayepachi",
        "aile nagarnus, pachi garum la",
    ],
)
def test_what_is_put_off_stays_in_the_basket_with_its_questions(stage, words):
    stage.write("asha", BASKET)

    (answer, *others) = stage.write("asha", words)

    assert answer.message.text.startswith("OK. Nothing is ordered yet, and your basket stays as it is")
    assert others == []
    (shown, *_) = stage.write("asha", "basket")
    assert "Wai Wai Chicken" in shown.message.text
    assert "“2 tel” – which one?" in shown.message.text


@pytest.mark.parametrize(
    "words",
    [
        "kati bujhaunu parcha ani kahile samma",
        "tirnu parne kati ho",
        "udhaar kitna hai mera",
        "मैले कति बुझाउनु पर्छ",
        "mero kati udharo cha",
        "how much do i have to pay",
    ],
)
def test_what_is_owed_is_asked_in_many_words(stage, words):
    stage.write("gita", on_the_way(stage, terms="ho"))

    (answer, *_) = stage.write("asha", words)

    assert "You owe" in answer.message.text
    assert "1,983.72" in answer.message.text


@pytest.mark.parametrize("words", ["udharo milcha?", "उधारो मिल्छ?", "credit milcha ki?"])
def test_whether_there_is_credit_is_no_question_for_the_balance(stage, words):
    (answer, *_) = stage.write("asha", words)

    assert "is left" in answer.message.text


@pytest.mark.parametrize(
    "words",
    [
        "wai wai aayena",
        "tel aayo, chini chai aayena",
        "still not got the sugar",
        "malai wai wai 1 carton kam pugyo",
        "1 sack never came",
        "चिनी आएन",
    ],
)
def test_what_is_missing_before_the_delivery_is_on_its_way(stage, words):
    on_the_way(stage, terms="ho")

    (answer, *_) = stage.write("asha", words)

    assert "Order *1001* is still on its way" in answer.message.text
    assert "before you give the code" in answer.message.text


@pytest.mark.parametrize("words", ["1001 ke bhayo", "1001 kata pugyo", "१००१ के भयो", "what happened to 1001"])
def test_a_question_about_an_order_is_no_complaint(stage, words):
    stage.write("gita", on_the_way(stage, terms="ho"))
    stage.write("asha", "saman kam cha")

    (answer, *_) = stage.write("asha", words)

    assert "Order *1001* –" in answer.message.text
    assert "I've noted" not in answer.message.text


@pytest.mark.parametrize("words", ["1001 cancel gara, galti bhayo", "cancel 1001", "१००१ रद्द गर्नुस्"])
def test_it_is_too_late_to_cancel_what_has_left(stage, words):
    on_the_way(stage, terms="ho")

    answers = said_to(stage.write("asha", words), "asha")

    assert "Too late to cancel *1001*: it's already on its way." in answers


def asked_by_helper(stage):
    stage.write("bibek", "20 case wai wai chicken")
    stage.write("bibek", "ho")


@pytest.mark.parametrize(
    "words", ["yes bibek ko order huncha", "Bibek ko order ok", "बिबेकको अर्डर हुन्छ", "bibek's order is fine"]
)
def test_an_owner_approves_a_helpers_order_in_a_sentence(stage, words):
    asked_by_helper(stage)

    answers = said_to(stage.write("asha", words), "asha")

    assert "Order *1001* is placed" in answers


@pytest.mark.parametrize("words", ["bibek ko order hunna", "bibek ko order pardaina", "बिबेकको अर्डर हुँदैन"])
def test_an_owner_refuses_a_helpers_order_in_a_sentence(stage, words):
    asked_by_helper(stage)

    answers = said_to(stage.write("asha", words), "asha")

    assert "OK, that one isn't ordered." in answers
    assert "Your basket is empty" in said_to(stage.write("asha", "yes"), "asha")


@pytest.mark.parametrize("words", ["Bibek le ke mageko?", "bibek ko order kati ko ho?"])
def test_a_question_about_a_helpers_order_shows_it_again(stage, words):
    asked_by_helper(stage)

    answers = said_to(stage.write("asha", words), "asha")

    assert "600 pkt" in answers
    assert "is placed" not in answers


@pytest.mark.parametrize(
    "words", ["bibek lai hisab nadekhaunus", "बिबेकलाई हिसाब नदेखाउनुस्", "don't show bibek the balance"]
)
def test_an_owner_hides_the_debt_in_a_sentence(stage, words):
    stage.write("bibek", "hisab dekhaunus")

    answers = said_to(stage.write("asha", words), "asha")

    assert "Bibek Gurung doesn't see what the shop owes" in answers
    assert "You owe" not in answers


def test_one_sentence_answers_a_helpers_order_and_hides_the_debt(stage):
    asked_by_helper(stage)
    stage.write("bibek", "hisab dekhaunus")

    answers = said_to(stage.write("asha", "order chai ok, tara hisab nadekhaunu"), "asha")

    assert "Order *1001* is placed" in answers
    assert "Statement" not in answers
