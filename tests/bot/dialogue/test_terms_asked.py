"""The rest on terms, and questions about credit beside goods: answered, and nothing is ordered by them."""

import pytest
from sqlalchemy import func, select

from core.intake.acts.reader import read_acts
from core.intake.acts.types import ActKind, OnTerms, Topic
from core.intake.reading import Role
from core.orders.kinds import OrderStatus
from core.orders.models import Order
from tests.bot.dialogue.test_vendor_says import count, said_to


@pytest.mark.parametrize(
    "words",
    ["baaki bhej do udhaar me", "baki sabai udharo ma pathaidinus", "बाँकी उधारोमा पठाइदिनुस्", "send the rest on credit"],
)  # fmt: skip
def test_the_rest_on_credit_is_about_the_list_and_orders_nothing_by_itself(words):
    (act,) = read_acts(words, role=Role.RETAILER)

    assert (act.kind, act.terms, act.moves) == (ActKind.PLACE, OnTerms.CREDIT, False)


@pytest.mark.parametrize(
    "words", ["mero baaki kati cha", "baki kati cha", "mero udharo baki pathaunus", "baaki hisab bhej do"]
)
def test_what_is_owed_is_still_what_is_owed(words):
    assert {act.kind for act in read_acts(words, role=Role.RETAILER)} <= {ActKind.BALANCE, ActKind.STATEMENT}


@pytest.mark.parametrize(
    "words",
    ["udharo ma paincha ki paidaina bhana na", "उधारोमा पाइन्छ?", "udhaar milega?", "can i get it on credit?"],
)
def test_whether_there_is_credit_is_a_question_about_credit(words):
    (act,) = read_acts(words, role=Role.RETAILER)

    assert act.topic is Topic.WHY_BLOCKED


def test_goods_that_are_refused_come_out_and_the_rest_waits_for_a_yes(stage):
    stage.write("asha", "2 carton wai wai chicken, 5 kg chini")

    (answer,) = stage.write("asha", "are nahi chahiye chini, baaki bhej do udhaar me")

    assert "Took out Sugar Chini (loose)" in answer.message.text
    assert "*yes* (on credit)" in answer.message.text
    assert _placed(stage) == 0


def test_a_price_asked_with_credit_is_told_with_credit(stage):
    (answer,) = stage.write("asha", "malai ni 1 bora chini chaiyo udharo ma milxa?")

    assert "On credit too: Rs. 2,00,000.00 is left." in answer.message.text


def _placed(stage):
    with stage.database.transaction() as session:
        return session.scalar(select(func.count()).select_from(Order).where(Order.placed_at.is_not(None)))


@pytest.mark.parametrize(
    "words",
    [
        "ok pathaunu tara sodhera bhanchu",
        "ho tara mahango bhayo",
        "huncha tara pakka chaina",
        "yes but let me check first",
        "हुन्छ तर सोधेर भन्छु",
        "haan lekin pata nahi",
    ],
)
def test_a_yes_with_a_word_against_it_orders_nothing_and_says_so(stage, words):
    stage.write("asha", "5 kg chini")

    told = said_to(stage.write("asha", words), "asha")[0]

    assert "Nothing is ordered yet" in told
    assert count(stage, Order, Order.status != OrderStatus.DRAFT) == 0
