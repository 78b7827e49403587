"""A question about a placed order, dearer or only a part, is answered in many words, and by nothing else."""

import pytest
from sqlalchemy import select

from core.orders import ending
from core.orders.models import Order
from tests.bot.dialogue.test_open_questions import dearer
from tests.bot.dialogue.test_questions_end import do, newest
from tests.bot.dialogue.test_vendor_says import said_to
from tests.bot.test_transcripts import ADMIN


@pytest.mark.parametrize(
    "words",
    [
        "badhi ta nalinay", "badhi ma linna", "लिन्न बढीमा", "zyada nahi dunga", "won't pay more", "rehne do", "रहने दो", "leave it",
        "jati aayo teti pathau", "जति छ त्यति पठाउनुस्", "jitna hai utna bhej do", "send whatever you have",
    ],
)  # fmt: skip
def test_no_in_many_words_keeps_the_accepted_part(stage, words):
    dearer(stage)

    (answer,) = said_to(stage.write("asha", words), "asha")

    assert "we won't pay more" in answer
    assert _asked(stage) is None


@pytest.mark.parametrize(
    "words", ["haan le lo", "ले लो", "1001 ko lagi hunxa", "1001 ke liye haan", "chalcha", "take it"]
)
def test_yes_in_many_words_asks_the_dearer_wholesaler(stage, words):
    dearer(stage)

    answer = said_to(stage.write("asha", words), "asha")[0]

    assert "We're asking other wholesalers" in answer


@pytest.mark.parametrize(
    "words", ["kina badhi? pahila ko mai deu na", "किन ३ केजी मात्र?", "kina?", "why more?"]
)
def test_a_question_why_is_answered_and_asked_once_more(stage, words):
    dearer(stage)

    (answer,) = said_to(stage.write("asha", words), "asha")

    assert "those who can ask more" in answer
    assert _asked(stage) == "dearer"


def test_a_basket_that_cannot_be_ordered_is_no_choice_for_a_no(stage):
    stage.write("asha", "2 carton wai wai chicken, 5 kg chini")
    stage.write("asha", "ho")
    stage.tap("gita", 3)
    stage.write("gita", "1 30, 2 0")
    stage.write("asha", "chini bora chahiyo")
    stage.write("kamala", "2")

    (answer,) = said_to(stage.write("asha", "no"), "asha")

    assert "we won't pay more" in answer


def test_a_choice_of_a_list_whose_question_has_ended_tells_of_that_order(stage):
    stage.write("asha", "2 carton wai wai chicken, 5 kg chini")
    stage.write("asha", "ho")
    stage.tap("gita", 3)
    stage.write("gita", "1 30, 2 0")
    stage.write("asha", "3 kg chini")
    stage.write("kamala", "2")
    (listed,) = said_to(stage.write("asha", "ho"), "asha")
    assert "*2* Go ahead with 1001" in listed
    do(stage, ending.cancel, newest(stage), reason="admin", actor=ADMIN)

    (answer,) = said_to(stage.write("asha", "2"), "asha")[-1:]

    assert "*1001*" in answer
    assert "Order it?" not in answer


def _asked(stage):
    with stage.database.transaction() as session:
        return session.scalar(select(Order.asked).where(Order.short_code == 1001))


def test_what_was_not_understood_is_told_once_with_one_line_of_help(stage):
    (answer,) = said_to(stage.write("asha", "asdf qwer zxcv. balance. lkjh poiu mnbv"), "asha")

    assert answer.count("Tell me what you need") <= 1


def test_an_empty_basket_is_told_once(stage):
    stage.write("asha", "3 kg chini")

    (answer,) = said_to(stage.write("asha", "sab hatau, kei chahidaina aja"), "asha")

    assert answer.count("empty") == 1
