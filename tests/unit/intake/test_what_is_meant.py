"""Complaints, thanks and likeness denied: goods are named, and nothing is asked for."""

import pytest

from core.intake.reading import Intent
from tests.generation.judging import read as read_in_trade

from .conftest import basket


@pytest.mark.parametrize(
    "text",
    [
        "hijo jasto hoina",
        "हिजो जस्तो होइन",
        "not like yesterday",
        "not the same as last time",
        "pichli baar jaisa nahi",
        "pehle jaisa nahi chahiye",
        "asti ko jasto haina",
        "uhi order hoina",
        "dont repeat last order",
        "hijo ko jastai hoina hai",
        "same as yesterday hoina",
        "please don't send the same order",
    ],
)
@pytest.mark.parametrize("order", ["", ", tide 5 pathaunu", "\ntide 5", ", aaja tide 5 chahiyo"])
def test_what_is_not_like_before_repeats_nothing(order, text, read):
    reading = read(text + order)

    if order:
        assert (reading.intent, basket(reading), reading.clarify) == (Intent.ORDER, {"TIDE-1": "5"}, False)
    else:
        assert reading.intent is Intent.OTHER


@pytest.mark.parametrize(
    "text", ["hijo jastai", "same as yesterday", "pichli baar jaisa bhejo", "uhi order pathaunu"]
)
def test_what_is_like_before_is_repeated(text, read):
    assert read(text).intent is Intent.REORDER


GOODS = {
    "kirana": ("tide", "dabur honey"),
    "cosmetics": ("sindoor", "multani mitti"),
    "stationery": ("duster", "doms eraser"),
    "electricals": ("tripod", "line tester"),
}


@pytest.mark.parametrize(
    "saying",
    [
        "{} 2 ota chaldaina",
        "{} baldaina",
        "{} ghumdaina",
        "{} jameko cha",
        "{} sukeko raicha",
        "{} chuheko cha",
        "hijo pathako {} basi thiyo",
        "{} 2 ota dead cha",
        "{} ko quality ramro bhayena",
        "{} le lekhena 2 ota",
        "{} pagleko thiyo",
        "{} chuhiyo",
    ],
)
@pytest.mark.parametrize("trade", GOODS)
def test_goods_that_are_no_good_are_not_ordered(trade, saying):
    for name in GOODS[trade]:
        reading = read_in_trade(saying.format(name), trade)

        assert (reading.intent, reading.lines, reading.questions) == (Intent.OTHER, (), ())


@pytest.mark.parametrize(
    "saying",
    [
        "thanks for the {}",
        "thank you for 2 carton {}",
        "thanks for sending {} 5 so fast",
        "{} ko lagi dhanyabad",
        "dhanyabad {} 5 ko lagi",
        "{} 5 carton aaipugyo dhanyabad",
        "2 carton {} paayen dhanyabad",
        "{} aayo thanks",
        "shukriya, {} mil gaya",
        "{} pugyo, thank you dai",
    ],
)
@pytest.mark.parametrize("trade", GOODS)
def test_thanks_for_goods_order_nothing(trade, saying):
    for name in GOODS[trade]:
        reading = read_in_trade(saying.format(name), trade)

        assert reading.intent in (Intent.SMALLTALK, Intent.OTHER)
        assert (reading.lines, reading.questions) == ((), ())


@pytest.mark.parametrize(
    "text", ["thanks for the tide, now send rin 5", "dhanyabad, rin 5 pathaunu", "rin 5 pathaunu, thanks"]
)
def test_thanks_beside_an_order_leave_it(text, read):
    reading = read(text)

    assert (basket(reading), reading.clarify) == ({"RIN-BAR-250": "5"}, False)
