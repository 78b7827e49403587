"""What a shop says was meant otherwise is set in its basket, and never added to what is there."""

import pytest

from bot.dialogue.reading.restatements import read_restatement
from tests.bot.dialogue.test_replacements import basket_of


@pytest.mark.parametrize(
    ("words", "goods"),
    [
        ("i said 3 oil not 12", "3 oil"),
        ("tel 12 ota haina 3 ota ho", "tel 3 ota ho"),
        ("12 haina 3 ota tel", "3 ota tel"),
        ("chini 20 kg haina 5 kg, tel 3 matra", "chini 5 kg , tel 3 matra"),
        ("चिनी ५ किलो भनेको हो २० होइन", "चिनी ५ किलो"),
        ("chini 5 kilo bola tha 20 nahi", "chini 5 kilo"),
        ("wai wai 1 carton hoina 1 packet ho", "wai wai 1 packet ho"),
        ("chini 1.5 kg matra", "chini 1.5 kg matra"),
    ],
)
def test_what_should_stand_is_read_without_what_is_denied(words, goods):
    said = read_restatement(words)

    assert said is not None
    assert said.goods == goods


@pytest.mark.parametrize(
    "words", ["tel 3 ota ho", "chini hoina nun 12 ota", "chini 5 kg bhaneko kati ho?", "2 bora chini"]
)
def test_what_says_nothing_of_before_is_no_restatement(words):
    assert read_restatement(words) is None


def in_basket(stage):
    stage.write("asha", "20 kg chini, dhara tel 1 ltr 12 ota, jira masino 4 bora")
    return basket_of(stage)


SET = [
    ("ma le 3 ota matra tel vaneko, 12 haina", {"oil": 3}),
    ("i said 3 oil not 12", {"oil": 3}),
    ("oil should be 3, not 12", {"oil": 3}),
    ("dhara tel 3 matra ho 12 haina", {"oil": 3}),
    ("तेल ३ वटा भनेको हो, १२ होइन", {"oil": 3}),
    ("chini ta 15 kg bhaneko", {"sugar": 15}),
    ("maile chini 10 kg bhaneko thiye 20 haina", {"sugar": 10}),
    ("chini 5 kilo bola tha 20 nahi", {"sugar": 5}),
    ("chini 10 kg matra rakhnu", {"sugar": 10}),
    ("चिनी १० किलो मात्र राख्नु", {"sugar": 10}),
    ("only 8 kg sugar", {"sugar": 8}),
    ("keep 2 sacks of rice only", {"rice": 2}),
    ("chamal 2 bora, tel 3, chini 10 kg matra rakhnu", {"rice": 2, "oil": 3, "sugar": 10}),
    ("chamal 2 bora ra tel 3 matra", {"rice": 2, "oil": 3}),
]


@pytest.mark.parametrize(("words", "changed"), SET)
def test_it_is_set_and_never_added(stage, words, changed):
    before = in_basket(stage)
    sugar, oil, rice = before

    stage.write("asha", words)

    named = {"sugar": sugar, "oil": oil, "rice": rice}
    assert basket_of(stage) == before | {named[goods]: amount for goods, amount in changed.items()}


@pytest.mark.parametrize(
    ("words", "more"),
    [
        ("coke 500 ml 24 ota, chini 9 kg matra", {"sugar": 9 - 20}),
        ("jira masino 2 bora thapnu, chini 3 kg matra", {"rice": 2, "sugar": 3 - 20}),
        ("chini 5 kg thapnu", {"sugar": 5}),
        ("aru 5 kg chini", {"sugar": 5}),
    ],
)
def test_a_row_that_wants_more_adds(stage, words, more):
    before = in_basket(stage)
    sugar, _, rice = before

    stage.write("asha", words)

    after = basket_of(stage)
    named = {"sugar": sugar, "rice": rice}
    assert {sku: after[sku] - before[sku] for sku in before if after[sku] != before[sku]} == {
        named[goods]: amount for goods, amount in more.items()
    }


def test_a_word_about_goods_that_are_not_there_orders_them(stage):
    stage.write("asha", "chini 2 kg matra")

    assert list(basket_of(stage).values()) == [2]
