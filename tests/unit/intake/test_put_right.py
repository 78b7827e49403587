"""A list that puts itself right: later rows replace earlier ones, refusals reach what they name, and what stands beside survives."""

from itertools import permutations

import pytest

from core.intake.reading import EditKind, Intent
from tests.generation.judging import read as read_in_trade

from .conftest import basket

GOODS = {"krackjack": "KRACK-60", "monaco": "MONACO-63", "tide": "TIDE-1", "harpic": "HARP-500"}
NUMBERS = (6, 24, 12, 9)


def listed(goods):
    return "\n".join(f"{name} {number}" for name, number in zip(goods, NUMBERS, strict=False))


def wanted(goods, **changed):
    found = {GOODS[name]: str(number) for name, number in zip(goods, NUMBERS, strict=False)}
    for name, number in changed.items():
        found[GOODS[name]] = str(number)
    return found


def as_order(reading):
    return reading.intent, basket(reading), reading.clarify, reading.edits


@pytest.mark.parametrize(
    "saying", ["{0} chai 30 gardinu", "*{0} 30 gardinu hai*", "{0} 30 garnus", "make {0} 30"]
)
@pytest.mark.parametrize("goods", list(permutations(GOODS, 3)))
def test_a_later_row_replaces_what_an_earlier_one_says(goods, saying, read):
    for name in goods[:2]:
        text = f"{listed(goods)}\n{saying.format(name)}"

        assert as_order(read(text)) == (Intent.ORDER, wanted(goods, **{name: 30}), False, ()), text


@pytest.mark.parametrize("pointing", ["yo", "tyo", "yeslai", "that"])
def test_a_pointing_word_puts_the_row_above_right(pointing, read):
    reading = read(f"chini 2 bora\n{pointing} 3 bora gardinu\nmaida 1 bora")

    assert as_order(reading) == (Intent.ORDER, {"SUG-50": "3", "MAID-50": "1"}, False, ())


@pytest.mark.parametrize(
    "saying",
    [
        "remove {0}",
        "cancel {0}, not needed",
        "{0} chahidaina",
        "{0} hataideu",
        "cancel {0}",
        "{0} nachahine bhayo",
    ],
)
@pytest.mark.parametrize("goods", list(permutations(GOODS, 3)))
def test_goods_of_the_list_that_are_given_up_leave_the_others(goods, saying, read):
    for name in goods:
        left = {sku: number for sku, number in wanted(goods).items() if sku != GOODS[name]}

        assert as_order(read(f"{listed(goods)}\n{saying.format(name)}")) == (Intent.ORDER, left, False, ())


def test_a_list_of_which_nothing_is_left_is_a_change_of_the_basket(read):
    reading = read("tide 12\nremove tide")

    assert reading.intent is Intent.CART_EDIT
    assert [(edit.kind, edit.sku) for edit in reading.edits] == [(EditKind.REMOVE, "TIDE-1")]


@pytest.mark.parametrize(
    "refusal", ["nachahine", "chahidaina", "chaidaina", "pardaina", "hoina", "na pathaunu"]
)
@pytest.mark.parametrize("between", [", ", ". ", "\n"])
@pytest.mark.parametrize(
    ("trade", "ordered", "refused", "basket_after"),
    [
        ("cosmetics", "baby oil 100 ml 12 ota", "200 wala", {"CO-JB-OIL-100": "12"}),
        ("cosmetics", "dove sabun 100g 24", "50g", {"CO-DOV-SP-100": "24"}),
        ("kirana", "fanta 500 2 case", "1.5 ltr", {"FAN-500": "48"}),
        ("kirana", "tokla 500 gm 10 pkt", "200 gm chai", {"TOKLA-500": "10"}),
        ("electricals", "philips bulb 12w 20", "9w", {"EL-LEP-12": "20"}),
    ],
)
def test_another_size_that_is_refused_leaves_the_ordered_one(
    trade, ordered, refused, basket_after, between, refusal
):
    reading = read_in_trade(f"{ordered}{between}{refused} {refusal}", trade)

    assert (reading.intent, basket(reading), reading.edits) == (Intent.ORDER, basket_after, ())


def test_the_same_size_that_is_refused_is_not_ordered(read):
    assert basket(read("fanta 500 2 case, rin 5\nfanta 500 chahidaina")) == {"RIN-BAR-250": "5"}


@pytest.mark.parametrize(
    "saying", ["sorry {0} hoina {1} 2 ctn", "{0} hoina {1} 2 ctn", "oops {0} haina {1} 2 ctn"]
)
@pytest.mark.parametrize("between", ["\n", ", "])
def test_goods_given_up_for_others_leave_the_rest(between, saying, read):
    for wrong, right in permutations(GOODS, 2):
        goods = [name for name in GOODS if name != right]
        text = between.join(f"{name} 5" for name in goods) + "\n" + saying.format(wrong, right)

        reading = read(text)

        left = {GOODS[name] for name in goods if name != wrong} | {GOODS[right]}
        assert (reading.intent, {line.sku for line in reading.lines}) == (Intent.ORDER, left), text


@pytest.mark.parametrize(("one", "other", "third"), [(50, 100, 200), (100, 200, 50), (50, 200, 100)])
def test_a_third_size_that_is_refused_leaves_the_two(one, other, third):
    reading = read_in_trade(f"nivea soft {one} ra {other} 6/6, {third} chahidaina", "cosmetics")

    assert basket(reading) == {f"CO-NIV-SF-{one}": "6", f"CO-NIV-SF-{other}": "6"}
