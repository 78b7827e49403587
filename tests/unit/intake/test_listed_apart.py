"""Names and numbers listed apart: as many numbers as names are dealt out in their order, and none is guessed where they differ."""

import pytest

from tests.generation.judging import read as read_in_trade

from .conftest import basket

GOODS = {
    "kirana": {"tide": "TIDE-1", "rin": "RIN-BAR-250", "harpic": "HARP-500"},
    "cosmetics": {"sindoor": "CO-SIN-10", "mehendi cone": "CO-MEH-C", "multani mitti": "CO-MUL-100"},
    "stationery": {"doms eraser": "ST-ERA-DOM", "duster": "ST-DUS", "box file": "ST-FIL-BOX"},
    "electricals": {"tripod": "EL-MST-TR", "bell push switch": "EL-BELL", "fan regulator": "EL-REG-FAN"},
}
SAYINGS = (
    "{0}, {1} and {2}: 2, 3 and 7",
    "{0}, {1}, {2} - 2, 3, 7",
    "{0}, {1} ra {2}: 2, 3 ra 7 ota pathaunu",
    "send {0}, {1} and {2} = 2 pcs, 3 pcs and 7 pcs",
    "{0} ra {1} ani {2} 2, 3 ani 7 kramsha",
    "{0}, {1} and {2} 2, 3 and 7 respectively",
    "2, 3 and 7 of {0}, {1} and {2}",
    "please send 2, 3 and 7 pcs of {0}, {1} and {2}",
    "{0}\n{1}\n{2}\n2\n3\n7",
    "2\n3\n7\n{0}\n{1}\n{2}",
    "{0}, {1}, {2}\n2, 3, 7",
    "{0}/{1}/{2} 2/3/7",
    "{0}, {1}, {2} 2/3/7",
)


@pytest.mark.parametrize("saying", SAYINGS)
@pytest.mark.parametrize("trade", GOODS)
def test_numbers_behind_all_names_are_dealt_out(trade, saying):
    names = GOODS[trade]

    reading = read_in_trade(saying.format(*names), trade)

    wanted = dict(zip(names.values(), ("2", "3", "7"), strict=True))
    assert (basket(reading), reading.clarify) == (wanted, False)


@pytest.mark.parametrize("numbers", ["6/6/12", "2/2/24", "5/6/25", "10/12/24", "12/12/31", "6-6-12"])
@pytest.mark.parametrize("trade", GOODS)
def test_three_amounts_are_no_date(trade, numbers):
    names = GOODS[trade]

    reading = read_in_trade(f"{', '.join(names)} {numbers}", trade)

    amounts = numbers.replace("-", "/").split("/")
    assert (basket(reading), reading.clarify) == (dict(zip(names.values(), amounts, strict=True)), False)


@pytest.mark.parametrize("date", ["12/05/26", "2026/5/12", "12.05.2026", "82/05/12", "5-12-26"])
@pytest.mark.parametrize("saying", ["tide 5, {} samma", "{} ma chahiyo: tide 5", "tide 5\n{}"])
def test_a_date_counts_nothing(date, saying, read):
    assert basket(read(saying.format(date))) == {"TIDE-1": "5"}


@pytest.mark.parametrize(
    "text",
    [
        "{0}, {1} and {2}: 2 and 3",
        "{0}, {1}: 2, 3, 7",
        "{0}, {1} and {2}: 2 ctn, 3 and 7 pcs",
        "2 and 3 of {0}, {1} and {2}",
        "{0}\n{1}\n{2}\n2\n3",
        "{0}, {1} 2/3/7",
    ],
)
@pytest.mark.parametrize("trade", GOODS)
def test_numbers_that_do_not_agree_with_the_names_are_asked_about(trade, text):
    reading = read_in_trade(text.format(*GOODS[trade]), trade)

    assert reading.lines == ()
    assert reading.clarify


@pytest.mark.parametrize("raised", ["2² kg", "5¹ kg", "1₀ kg"])
def test_a_raised_figure_is_no_further_digit(raised, read):
    reading = read(f"chini {raised}")

    assert (reading.lines, reading.clarify) == ((), True)


@pytest.mark.parametrize(
    "raised",
    ["chini ² kg", "chini ⁵", "chini ₂ kg", "chini ²⁵ kg", "² kg chini", "chini ¹⁰ kg", "chini (²) kg"],
)
def test_a_raised_figure_by_itself_counts_nothing(raised, read):
    assert read(raised).lines == ()
    beside = read(f"{raised}, coke 500ml 5")
    assert [(line.sku, line.quantity) for line in beside.lines] == [("COKE-500", 5)]
    assert beside.clarify


def test_a_footnote_changes_no_quantity(read):
    assert [(line.sku, line.quantity) for line in read("5 kg chini ¹").lines] == [("SUG-LS", 5)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("coke sprite fanta 500ml 6, 6, 12", {"COKE-500": "6", "SPR-500": "6", "FAN-500": "12"}),
        ("coke 500ml, sprite 500ml: 5, 6", {"COKE-500": "5", "SPR-500": "6"}),
        ("chini, maida: 5 kg, 3 kg", {"SUG-LS": "5", "MAID-LS": "3"}),
        ("tide, rin 5, harpic 6", {"RIN-BAR-250": "5", "HARP-500": "6"}),
        ("tide\n5\nrin\n3", {"TIDE-1": "5", "RIN-BAR-250": "3"}),
    ],
)
def test_sizes_and_weights_keep_their_goods(text, wanted, read):
    assert basket(read(text)) == wanted
