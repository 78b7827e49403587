"""A shop writes of two things at once, whatever they are: both are done, in one turn, without a failure."""

import pytest

from tests.bot.dialogue.test_vendor_says import on_the_way, said_to

# Asha has an order that arrived (1001) and one that waits for a wholesaler (1002); each text is about something else.
BUSINESSES = {
    "goods": "chini 5 kg pathaunu",
    "payment": "paid 500 esewa ref ABC123",
    "arrival": "1001 ko saman aayo",
    "shortage": "1001 ma 2 packet wai wai kam aayo",
    "cancel": "cancel 1002",
    "change": "change 1002",
    "debt": "baki kati",
    "statement": "hisab pathaunu",
}
FAILED = "Something went wrong"


@pytest.fixture
def busy(stage):
    stage.write("gita", on_the_way(stage, terms="ho"))
    stage.write("asha", "2 case wai wai chicken")
    stage.write("asha", "ho")
    return stage


@pytest.mark.parametrize("first", BUSINESSES.values(), ids=BUSINESSES)
@pytest.mark.parametrize("joining", [", ", None], ids=["one text", "two texts"])
def test_two_businesses_of_a_shop(busy, first, joining):
    """Following fails the test where a job failed, also one that went well when it was tried again."""
    for second in BUSINESSES.values():
        with busy.set_aside():
            for text in [first + joining + second] if joining else [first, second]:
                busy.deliver("asha", Body=text, MessageType="text")

            answers = said_to(busy.follow(), "asha")

        assert answers, second
        assert not any(FAILED in answer for answer in answers), (second, answers)


def test_goods_beside_a_payment_are_both_kept(busy):
    (answer,) = said_to(
        busy.write("asha", "esewa bata 500 tireko ref ABC123 ra chini 5 kg pathai dinu"), "asha"
    )

    assert "ABC123" in answer
    assert "Sugar" in answer


def test_a_question_behind_a_repeated_order_is_answered(stage):
    for words in ("nun 10 packet", "nun 10 packet", "how much do i owe?"):
        stage.deliver("asha", Body=words, MessageType="text")

    answer = "\n".join(said_to(stage.follow(), "asha"))

    assert "You owe" in answer or "owe nothing" in answer
    assert "Aayo Nun" in answer
