"""Kinds of goods named once: sizes that share numbers, letters, words of talk, sizes behind a leader, sizes as tyres have."""

from itertools import combinations

import pytest

from core.intake.catalogue.indexing import build_index
from core.intake.reader import read_message
from core.intake.reading import CatalogEntry, Intent, Role
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


@pytest.mark.parametrize(
    ("trade", "rows", "noun", "wanted"),
    [
        (
            "stationery",
            ("100 10", "200 20", "300 5"),
            "register ho sabai",
            {"ST-REG-100": "10", "ST-REG-200": "20", "ST-REG-300": "5"},
        ),
        (
            "electricals",
            ("16A\t10", "32A\t5"),
            "havells mcb single pole",
            {"EL-MCB-16": "10", "EL-MCB-32": "5"},
        ),
        ("electricals", ("48 inch 5", "56 inch 3"), "ceiling fan", {"EL-FAN-48": "5", "EL-FAN-56": "3"}),
    ],
)
def test_the_goods_named_below_a_list_of_sizes_are_those_of_every_row(trade, rows, noun, wanted):
    reading = read_in_trade("\n".join((*rows, noun)), trade)

    assert (basket(reading), reading.clarify) == (wanted, False)


@pytest.mark.parametrize("each", ["sabai 10-10 ota", "10/10 ota", "each 10"])
def test_one_number_for_each_kind_below_a_heading(each):
    reading = read_in_trade(f"highlighter {each}: yellow, pink, orange", "stationery")

    assert (basket(reading), reading.clarify) == (
        {"ST-HLT-YEL": "10", "ST-HLT-PNK": "10", "ST-HLT-ORG": "10"},
        False,
    )


@pytest.mark.parametrize(
    "saying", ["sorry {0} hoina {1}", "{0} hoina {1}", "oops {0} haina, {1}", "{0} nahi {1}"]
)
@pytest.mark.parametrize(
    ("trade", "text", "wrong", "right", "wanted"),
    [
        (
            "electricals",
            "philips bulb 12w 50, bell switch 20",
            "12w",
            "9w",
            {"EL-LEP-9": "50", "EL-BELL": "20"},
        ),
        ("kirana", "fanta 500 ml 5, tide 2", "500 ml", "1.5 ltr", {"FAN-1500": "5", "TIDE-1": "2"}),
    ],
)
def test_a_measure_put_right_leaves_what_stands_beside_it(trade, text, wrong, right, wanted, saying):
    reading = read_in_trade(f"{text}\n{saying.format(wrong, right)}", trade)

    assert (reading.intent, basket(reading), reading.clarify) == (Intent.ORDER, wanted, False)


@pytest.mark.parametrize(
    ("name", "sku"),
    [
        ("cotton buds 100 pcs", "CO-BUD-100"),
        ("Whisper Ultra Clean L 7 pads", "CO-WHS-L7"),
        ("himalaya baby wipes 20 pcs", "CO-WIP-20"),
    ],
)
@pytest.mark.parametrize(
    "saying",
    [
        "3 x {0}\n5 x liril",
        "{0}\n3\nliril\n5",
        "{0} - 3\nliril - 5",
        "{0} 3 ota, liril 5 ota",
        "3 {0}, 5 liril",
    ],
)
def test_what_a_pack_holds_is_part_of_the_name_where_another_number_counts(name, sku, saying):
    reading = read_in_trade(saying.format(name), "cosmetics")

    assert (basket(reading), reading.clarify) == ({sku: "3", "CO-LIR-100": "5"}, False)


@pytest.mark.parametrize("sign", ["=", "-", ":", "x", ""])
@pytest.mark.parametrize("heading", ["paint brush", "paint brush:", "paint brush no:"])
@pytest.mark.parametrize("bullet", ["", "- "])
def test_rows_of_numbered_kinds_below_their_name(bullet, heading, sign):
    rows = "\n".join(f"{bullet}{number} {sign} {count}" for number, count in ((2, 20), (4, 10), (6, 5)))

    reading = read_in_trade(f"{heading}\n{rows}", "stationery")

    assert (basket(reading), reading.clarify) == (
        {"ST-BRS-2": "20", "ST-BRS-4": "10", "ST-BRS-6": "5"},
        False,
    )


@pytest.mark.parametrize(
    "text", ["coke\n250 - 2 crate\n2.25 - 1 crate", "coke 250 - 2 crate, 2.25 - 1 crate"]
)
def test_a_size_that_is_also_a_price_is_the_size(text, index):
    assert {line.sku for line in read(text, index).lines} == {"COKE-250", "COKE-2250"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("sabai 2-2 carton: wai wai chicken, mayos", {"WW-CHK-75": "60", "MAYOS-CHK-75": "60"}),
        ("sabai 2-2 carton:\nwai wai chicken\nmayos", {"WW-CHK-75": "60", "MAYOS-CHK-75": "60"}),
    ],
)
@pytest.mark.parametrize("below", ["", "\nharpic 6\ntide"])
def test_a_number_for_each_ends_with_its_row_or_with_the_first_number_below(below, text, wanted, index):
    reading = read(text + below, index)

    assert basket(reading) == (wanted | {"HARP-500": "6"} if below else wanted)
    assert reading.clarify is bool(below)


@pytest.mark.parametrize("other", [", duster", "\nduster"])
def test_goods_that_a_heading_does_not_name_get_none_of_its_number(other):
    reading = read_in_trade(f"highlighter sabai 10-10 ota: yellow, pink{other}", "stationery")

    assert basket(reading) == {"ST-HLT-YEL": "10", "ST-HLT-PNK": "10"}
    assert reading.clarify
