"""A complaint of goods that came is a report on that order, never new goods, and never the "ok" behind it."""

import pytest

from core.intake.acts.reader import read_acts
from core.intake.acts.types import ActKind
from core.intake.reading import Role
from tests.bot.dialogue.test_vendor_says import on_the_way, said_to


@pytest.mark.parametrize(
    "words",
    [
        "nun 2 packet fateko raichha",
        "nun 2 packet fateko rahecha",
        "wai wai 2 packet expired rahecha",
        "2 packet wai wai ko date sakeko",
        "चाउचाउ ३ प्याकेट बिग्रेको रहेछ",
        "sugar 2 kg was wet",
        "cheeni 2 kilo geeli hai",
        "2 packet nun tutey",
        "दाल ५ केजी भिजेको छ, रहर",
    ],
)
def test_a_complaint_is_a_report(words):
    (act,) = read_acts(words, role=Role.RETAILER)

    assert act.kind is ActKind.DAMAGED
    assert act.moves


@pytest.mark.parametrize(
    "words", ["Ram le bhanyo nun 2 packet fateko re", "2 packet wet wipes pathaunu", "fateko cha ki?"]
)
def test_what_others_say_and_goods_by_that_name_are_no_report(words):
    assert not any(act.kind is ActKind.DAMAGED and act.moves for act in read_acts(words, role=Role.RETAILER))


def test_an_ok_after_a_complaint_keeps_the_complaint(stage):
    stage.write("gita", on_the_way(stage, terms="ho"))
    stage.write("asha", "दाल ५ केजी भिजेको छ, रहर")

    (answer,) = said_to(stage.write("asha", "ठिक छ"), "asha")

    assert "“दाल ५ केजी भिजेको छ, रहर”" in answer


def test_goods_on_their_way_are_reported_and_not_ordered(stage):
    on_the_way(stage, terms="ho")

    (answer,) = said_to(stage.write("asha", "chini 2 kg fateko raichha"), "asha")

    assert "still on its way" in answer
