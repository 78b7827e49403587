"""Where and when goods are wanted: never goods, never a unit, never a number of theirs."""

import pytest

from tests.generation.judging import read as read_in_trade

from .conftest import basket

REMARKS = (
    "bholi bihan chahiyo",
    "kalanki pathaunu",
    "before 5pm",
    "bholi 10 baje samma pathaidinu",
    "newroad ma pathaunu",
    "baluwatar ko pasal ma",
    "mandir agadi ko pasal",
    "hospital ko chheu ma",
    "ghar nera chowk ma",
    "bus park najik",
    "to my shop in baluwatar",
    "near the old temple",
    "within 2 days",
    "2 ghanta bhitra",
    "after 2 hours please",
    "3 din ma",
    "parsi diuso 2 baje tira",
    "kal subah tak",
    "shaam 6 baje se pehle",
    "bholi bihan 7 bajei chahiyo",
    "sake aaja natra bholi",
    "aaja saanjh samma",
    "shop no 12 ma",
    "xyzpur ma pathaidinus",
    "deliver to ghattekulo",
    "before lunch",
    "साँझ ५ बजे अगाडि",
    "चोकको पसलमा",
    "भोलि बिहान चाहियो",
)
LISTS = {
    "kirana": ("tide 5 harpic 3", {"TIDE-1": "5", "HARP-500": "3"}),
    "cosmetics": ("sindoor 5 multani mitti 3", {"CO-SIN-10": "5", "CO-MUL-100": "3"}),
    "stationery": ("duster 5 doms eraser 3", {"ST-DUS": "5", "ST-ERA-DOM": "3"}),
    "electricals": ("tripod 5 bell push switch 3", {"EL-MST-TR": "5", "EL-BELL": "3"}),
    "vegetables": ("rato aalu 5 kg gajar local 3 kg", {"VG-ALU-RAT": "5", "VG-GAJ-LOC": "3"}),
}


@pytest.mark.parametrize("remark", REMARKS)
@pytest.mark.parametrize("between", [" ", ", ", "\n"])
@pytest.mark.parametrize("trade", LISTS)
def test_a_remark_of_place_or_time_is_neither_goods_nor_question(trade, between, remark):
    goods, wanted = LISTS[trade]

    reading = read_in_trade(f"{goods}{between}{remark}", trade)

    assert (basket(reading), reading.clarify) == (wanted, False)


@pytest.mark.parametrize("unit", ["krtx", "gtta", "xyz"])
def test_an_unknown_word_behind_a_number_may_still_be_its_unit(unit):
    reading = read_in_trade(f"tide 5 {unit}", "kirana")

    assert (reading.lines, reading.clarify) == ((), True)
