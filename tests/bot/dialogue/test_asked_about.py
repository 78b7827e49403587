"""What a shop asks beside its order gets an answer, moves nothing, and leaves what was asked of it open."""

import itertools

import pytest
from sqlalchemy import func, select

from core.credit import service as credit
from core.money import Money
from core.orders.kinds import OrderStatus
from core.orders.models import Order
from core.parties.models import Retailer
from tests.bot.test_transcripts import ADMIN

ANSWERS = {
    "Delivery costs nothing extra": ["delivery charge kati", "bhada lagcha?", "delivery free ho?", "ढुवानी कति लाग्छ?"],
    "minimum": ["minimum order kati", "kamtima kati magauna parcha?", "min order?", "is there a minimum order?"],
    "I can't give out numbers": ["driver ko number deu", "vendor ko number deu", "holsel ko nambar pathaunu na"],
    "Write any time": ["aaja khulla cha?", "are you open today?", "aaja banda ho?"],
    "Check the goods before": ["saman firta garna milcha?", "can i return goods?", "return huncha?"],
    "best price of the wholesalers": ["discount cha?", "chhut milcha dai?", "any discount?"],
    "Your limit is": ["mero limit badhaidinus", "increase my limit please", "udharo badhaidinus na"],
    "Your credit isn't stopped": ["mero udharo kina rokiyo?", "why is my credit blocked", "kina block gareko?"],
    "I know of no payment": ["mero paisa pugyo?", "did you get my payment?", "paisa aayo ki nai?", "esewa pugyo?"],
    "Nothing is ordered yet": ["kahile aaucha?", "mero order haru", "kasle lyauncha?", "my orders", "order list"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "told"), [(words, told) for told, asked in ANSWERS.items() for words in asked]
)
def test_a_question_beside_a_basket_is_answered_and_the_yes_still_orders(stage, words, told):
    stage.write("asha", "5 kg chini")

    (answer,) = stage.write("asha", words)
    assert told in answer.message.text
    assert _placed(stage) == 0

    stage.write("asha", "ho")
    assert _placed(stage) == 1


@pytest.mark.parametrize(
    "words",
    [
        *("".join(pair) for pair in itertools.product(["yes ", "ok ", "huncha "], ["if price is same", "tara bholi", "if credit is ok"])),
        "hunchha bhane pathaunu", "rate same bhaye pathaunu", "saman ramro bhaye linchu", "bholi pathaunu", "kal bhejna",
        "theek hai par kal", "हुन्छ तर भोलि", "order garchu", "i will order tomorrow", "order ta", "order haru", "yo order",
    ],
)  # fmt: skip
def test_a_yes_with_a_condition_or_for_later_orders_nothing_and_says_so(stage, words):
    stage.write("asha", "5 kg chini")

    (answer,) = stage.write("asha", words)

    assert _placed(stage) == 0
    assert "Nothing is ordered yet" in answer.message.text
    assert "Sugar" not in answer.message.text, "a basket that has not changed is not repeated"
    stage.write("asha", "yes please")
    assert _placed(stage) == 1


@pytest.mark.parametrize(
    ("first", "last"),
    [*itertools.product(["", "la ", "ok ", "ho dai, ", "namaste, "], ["yes please", "huncha", "ho ni 👍", "order it", "pathaidinus", "ठिक छ हजुर"])],
)  # fmt: skip
def test_a_yes_in_many_words_orders(stage, first, last):
    stage.write("asha", "5 kg chini")

    stage.write("asha", first + last)

    assert _placed(stage) == 1


def test_what_is_left_of_the_credit_is_told_before_the_yes(stage):
    _set_limit(stage, "Asha", minor=60_000)

    (small,) = stage.write("asha", "5 kg chini")
    (large,) = stage.write("asha", "2 case wai wai chicken")

    assert "on credit" in small.message.text
    assert "You have Rs. 600.00 of credit left" in large.message.text
    assert [choice.title for choice in large.message.choices] == ["Order, pay cash", "Clear basket"]
    stage.write("asha", "yes")
    assert _placed(stage) == 0, "a yes never means cash to a shop that is used to credit"
    stage.write("asha", "cash")
    assert _placed(stage) == 1


def test_a_blocked_shop_is_offered_cash_and_told_how_much(stage):
    with stage.database.transaction() as session:
        session.get_one(Retailer, _shop(session, "Asha")).blocked_at = stage.now

    (small,) = stage.write("asha", "5 kg chini")
    (large,) = stage.write("asha", "60 case wai wai chicken")

    assert "Credit is stopped for your shop" in small.message.text
    assert "on credit" not in small.message.text
    assert "for cash up to Rs. 25,000.00" in large.message.text
    assert large.message.choices == ()
    (why,) = stage.write("asha", "kina rokiyo?")
    assert "We've stopped credit for your shop" in why.message.text


def _placed(stage) -> int:
    with stage.database.transaction() as session:
        placed = select(func.count()).select_from(Order).where(Order.status != OrderStatus.DRAFT)
        return session.scalar(placed)


def _shop(session, name: str) -> int:
    return session.scalars(select(Retailer.id).where(Retailer.shop_name.startswith(name))).one()


def _set_limit(stage, name: str, *, minor: int) -> None:
    with stage.database.transaction() as session:
        shop_id = _shop(session, name)
        credit.change_limit(
            session, shop_id, limit=Money(minor), reason="smaller", actor=ADMIN, now=stage.now
        )
