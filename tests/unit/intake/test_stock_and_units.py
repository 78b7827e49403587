"""What a shop still has is no order; a unit said once counts for the whole list; a unit said twice is one unit."""

from itertools import permutations

import pytest

from core.intake.reading import Intent
from tests.generation.judging import read as read_in_trade

from .conftest import basket

GOODS = {"dabur honey": "DHON-250", "tide": "TIDE-1", "harpic": "HARP-500"}
ON_HAND = (
    "{0} 4 ota cha pasal ma, 12 ota pathaunu",
    "{0} 4 ota baki cha, aru 12 ota chahiyo",
    "{0} 4 left, send 12 more",
    "pasal ma {0} 4 ota cha, 12 ota pathaidinus",
    "only 4 {0} remaining, please send 12",
    "{0} 4 ota cha. 12 ota pathaunu",
)


@pytest.mark.parametrize("saying", ON_HAND)
@pytest.mark.parametrize("name", GOODS)
def test_what_is_still_there_is_not_ordered(name, saying, read):
    reading = read(saying.format(name))

    assert (reading.intent, basket(reading), reading.clarify) == (Intent.ORDER, {GOODS[name]: "12"}, False)


@pytest.mark.parametrize("saying", ["{0} 4 ota cha pasal ma", "{0} 4 left", "{0} 4 ota baki cha"])
@pytest.mark.parametrize("name", GOODS)
def test_stock_alone_orders_nothing(name, saying, read):
    assert read(saying.format(name)).lines == ()


@pytest.mark.parametrize("text", ["baki 5 tide pathaunu", "tide 5 pathaunu, baki sabai thikai cha"])
def test_the_rest_is_no_stock(text, read):
    assert basket(read(text)) == {"TIDE-1": "5"}


@pytest.mark.parametrize("between", ["\n", ", "])
@pytest.mark.parametrize(
    ("unit", "factors"), [("case", (24, 24, 12)), ("carton", (24, 24, 12)), ("darjan", (12, 12, 12))]
)
@pytest.mark.parametrize(
    "saying",
    [
        "{list}{between}sabai {unit} ma",
        "{list}{between}{unit} ma",
        "sabai {unit} ma:\n{list}",
        "{list}{between}sabai {unit} ho",
    ],
)
def test_a_unit_said_once_counts_for_the_whole_list(saying, unit, factors, between, read):
    goods = between.join(("pepsi 3", "7up 500 2", "kinley 1 ltr 5"))

    reading = read(saying.format(list=goods, unit=unit, between=between))

    counts = [str(count * factor) for count, factor in zip((3, 2, 5), factors, strict=True)]
    assert (list(basket(reading).values()), reading.clarify) == (counts, False)


def test_numbers_that_have_a_unit_keep_it(read):
    assert basket(read("pepsi 3\n7up 500 6 ota\nsabai case ma")) == {"PEP-500": "72", "7UP-500": "6"}


@pytest.mark.parametrize("sign", ["=", "-", ":"])
@pytest.mark.parametrize("unknown", ["xyz", "daj", "gtta"])
def test_a_unit_that_cannot_be_read_gives_way_to_the_one_that_is_said_again(unknown, sign, read):
    reading = read(f"tide 2 {unknown} {sign} 2 carton")

    assert (basket(reading), reading.clarify) == ({"TIDE-1": "24"}, False)


@pytest.mark.parametrize("stock", ["Stock left:", "Stock:", "baki:", "stock ma:", "स्टक:"])
@pytest.mark.parametrize("order", ["Order:", "Need:", "chahiyo:", "अर्डर:"])
@pytest.mark.parametrize("between", [". ", "\n"])
def test_a_section_of_stock_is_no_order(between, order, stock, read):
    reading = read(f"{stock} tide 5, harpic - nil{between}{order} harpic 24, dabur honey 6")

    assert (basket(reading), reading.clarify) == ({"HARP-500": "24", "DHON-250": "6"}, False)


STOCKED = {
    "kirana": {"tide": "TIDE-1", "harpic": "HARP-500", "dabur honey": "DHON-250"},
    "cosmetics": {"sindoor": "CO-SIN-10", "multani mitti": "CO-MUL-100", "mehendi cone": "CO-MEH-C"},
    "stationery": {"duster": "ST-DUS", "natraj hb": "ST-NAT-HB", "doms eraser": "ST-ERA-DOM"},
    "electricals": {"tripod": "EL-MST-TR", "bell push switch": "EL-BELL", "line tester": "EL-TST"},
}


@pytest.mark.parametrize(
    "saying",
    [
        "{0} 2 cha {1} 5 cha, {0} 12 pathaunu",
        "{0} 2 cha, {1} 5 cha. {0} 12 pathaunu",
        "{0} 2 ota cha ra {1} 5 ota cha, {0} 12 ota pathaidinus",
        "{0} 2 ta cha, {1} 5 pani cha, {0} 12 chahiyo",
        "pasal ma {0} 2 {1} 5 cha, {0} 12 chahiyo",
        "{0} 2 left, {1} 5 left, send {0} 12",
        "we have {0} 2 and {1} 5, send {0} 12",
        "i have 5 {1} and 2 {0} left. please send 12 {0}",
        "{0} 2 xa\n{1} 5 xa\n{0} 12 pathaunu",
        "mere paas {0} 2 hai, {0} 12 bhejo",
        "{0} sakiyo {1} 5 cha, {0} 12 pathaunu",
        "{1} 5 cha {0} chaina, {0} 12 pathaunu",
        "{0} 12 pathaunu, {1} 5 cha",
        "{1} cha, {0} 12 pathaunu",
        "{0} 2 matra cha, {0} 12 pathaunu",
    ],
)
@pytest.mark.parametrize("trade", STOCKED)
def test_what_is_told_beside_an_order_is_not_ordered(trade, saying):
    for (one, sku), (other, _) in permutations(STOCKED[trade].items(), 2):
        reading = read_in_trade(saying.format(one, other), trade)

        assert (basket(reading), reading.clarify) == ({sku: "12"}, False), (one, other)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("tide 5 order cha, rin 3 pathaunu", {"TIDE-1": "5", "RIN-BAR-250": "3"}),
        ("we have an order of 5 tide", {"TIDE-1": "5"}),
        ("tide 5 hai dai", {"TIDE-1": "5"}),
        ("maggi cha bhane 2 carton pathaunu", {"MAGGI-MSL-70": "96"}),
        ("tide 2 cha, rin 12", {"RIN-BAR-250": "12"}),
        ("mero budget 5000 cha, tide 5", {"TIDE-1": "5"}),
    ],
)
def test_an_order_beside_a_verb_of_being_stays_one(text, wanted, read):
    assert basket(read(text)) == wanted


def test_stock_that_is_low_is_no_section(read):
    assert basket(read("Stock is low: need tide 5 and harpic 6")) == {"TIDE-1": "5", "HARP-500": "6"}
