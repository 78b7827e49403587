"""Kinds of goods named once: sizes that share numbers, letters, words of talk, sizes behind a leader, sizes as tyres have."""

from itertools import combinations

import pytest

from core.intake.catalogue.indexing import build_index
from core.intake.reader import read_message
from core.intake.reading import CatalogEntry, Role
from tests.generation.judging import read as read_in_trade

from .conftest import basket

AMPERES = (6, 10, 16, 20, 32)
TYRES = ("2.75-18", "3.00-18", "100/90-17", "90/90-12")


def read(text, index):
    return read_message(text, role=Role.RETAILER, index=index)


def entries(*names, brand="Ceat"):
    return build_index(
        CatalogEntry(sku=name, name=name, brand=brand, category=brand, price_minor=50_000) for name in names
    )


@pytest.fixture(scope="module")
def tyres():
    return entries(*(f"Ceat Tyre {size}" for size in TYRES))


@pytest.mark.parametrize(
    "saying", ["{0}A ra {1}A 20/5 ota", "{0}A, {1}A 20/5", "{0}A ra {1}A ko 20/5 ota", "{0}A & {1}A, 20/5"]
)
def test_two_sizes_share_two_numbers(saying):
    for one, other in combinations(AMPERES, 2):
        reading = read_in_trade("mcb single pole " + saying.format(one, other), "electricals")

        assert basket(reading) == {f"EL-MCB-{one}": "20", f"EL-MCB-{other}": "5"}
        assert not reading.clarify


@pytest.mark.parametrize(
    ("trade", "text", "wanted"),
    [
        ("stationery", "cello tape 24mm ra 48mm ko 10/5 ota", {"ST-TAP-24": "10", "ST-TAP-48": "5"}),
        ("stationery", "paint brush no. 2 ra 6, 10/10 ota", {"ST-BRS-2": "10", "ST-BRS-6": "10"}),
        ("cosmetics", "nivea soft 50 ra 100 6/6", {"CO-NIV-SF-50": "6", "CO-NIV-SF-100": "6"}),
        ("cosmetics", "mamypoko S 5 L 10", {"CO-MPK-S": "5", "CO-MPK-L": "10"}),
        ("cosmetics", "mamypoko S 5, M 3, L 10", {"CO-MPK-S": "5", "CO-MPK-M": "3", "CO-MPK-L": "10"}),
        ("cosmetics", "mouthwash 250 ..... 6", {"CO-LIS-250": "6"}),
    ],
)
def test_kinds_in_other_trades(trade, text, wanted):
    reading = read_in_trade(text, trade)

    assert (basket(reading), reading.clarify) == (wanted, False)


@pytest.mark.parametrize(
    "saying", ["{0} 10 {1} 5 {2} 3", "{0} 10, {1} 5, {2} 3", "{0} - 10, {1} - 5, {2} - 3"]
)
@pytest.mark.parametrize("words", [("small", "medium", "large"), ("S", "M", "L"), ("s", "m", "l")])
def test_sizes_in_words_or_letters_are_kinds(words, saying):
    liners = entries("Cupcake Liner Small", "Cupcake Liner Medium", "Cupcake Liner Large", brand="")

    reading = read("cupcake liner " + saying.format(*words), liners)

    assert list(basket(reading).values()) == ["10", "5", "3"]
    assert not reading.clarify


def test_a_word_of_talk_between_two_numbers_is_a_kind_of_the_goods():
    mirrors = entries("Pulsar Mirror Left", "Pulsar Mirror Right", brand="Bajaj")

    assert basket(read("pulsar mirror left 5 right 8", mirrors)) == {
        "Pulsar Mirror Left": "5",
        "Pulsar Mirror Right": "8",
    }


@pytest.mark.parametrize("size", TYRES)
@pytest.mark.parametrize(
    "saying",
    [
        "ceat tyre {0} 4 ota",
        "{0} ceat tyre 4",
        "ceat tyre {0} x 4",
        "ceat {0} - 4",
        "4 ceat tyre {0}",
        "tyre {1} 4",
    ],
)
def test_the_size_of_a_tyre_is_no_quantity_and_no_date(size, saying, tyres):
    head, _, rim = size.rpartition("-")

    reading = read(saying.format(size, f"{head}x{rim}"), tyres)

    assert (basket(reading), reading.clarify) == ({f"Ceat Tyre {size}": "4"}, False)


def test_sizes_of_tyres_are_carried_over(tyres):
    assert basket(read("ceat tyre 2.75-18 4 ota, 3.00-18 2 ota", tyres)) == {
        "Ceat Tyre 2.75-18": "4",
        "Ceat Tyre 3.00-18": "2",
    }


@pytest.mark.parametrize("leader", [" .... ", "....", " - ", " : ", " = "])
@pytest.mark.parametrize(
    ("name", "size", "sku"),
    [("closeup", 80, "CLUP-80"), ("closeup", 150, "CLUP-150"), ("jira", 100, "CEN-JIR-100")],
)
def test_a_size_before_a_leader_is_no_range(name, size, sku, leader, read):
    reading = read(f"{name} {size}{leader}12")

    assert (basket(reading), reading.clarify) == ({sku: "12"}, False)


@pytest.mark.parametrize("between", ["\n", ", "])
def test_sizes_below_or_beside_one_name(between, read):
    assert basket(read(f"red label{' ' if between == ', ' else between}250 - 10{between}500 - 5")) == {
        "REDL-250": "10",
        "REDL-500": "5",
    }


@pytest.mark.parametrize("text", ["surf 500 - 600", "maggi 10 - 15"])
def test_a_range_is_asked_about(text, read):
    reading = read(text)

    assert (reading.lines, reading.clarify) == ((), True)
