"""What a shop still has is no order; a unit said once counts for the whole list; a unit said twice is one unit."""

import pytest

from core.intake.reading import Intent

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


def test_stock_that_is_low_is_no_section(read):
    assert basket(read("Stock is low: need tide 5 and harpic 6")) == {"TIDE-1": "5", "HARP-500": "6"}
