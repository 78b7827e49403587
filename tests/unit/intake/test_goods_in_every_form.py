"""What shops write about goods in forms that once went wrong: sizes, layouts, refusals, slips, talk; each with its right value."""

import time
from decimal import Decimal
from itertools import product

import pytest

from core.intake.catalogue.csv_file import entries_from_csv
from core.intake.catalogue.indexing import build_index
from core.intake.reader import read_message
from core.intake.reading import EditKind, Intent, QuestionKind, Role
from tests.generation.judging import read as read_in_trade

from .conftest import DATA, basket

HARDWARE = {
    name: build_index(entries_from_csv(DATA.parent / "trades" / name / "catalog.csv"))
    for name in ("electricals", "stationery", "cosmetics", "vegetables")
}


def carted(trade: str, text: str) -> dict[str, str]:
    return basket(read_message(text, role=Role.RETAILER, index=HARDWARE[trade]))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("surf 1 kg\n2 darjan\nvim bar\n1 darjan\ntide\n6 ota", {"SURF-1": "24", "VIM-BAR-200": "12", "TIDE-1": "6"}),
        ("horlicks dibba 500g 2", {"HORL-500": "2"}),
        ("Nescafe Classic Coffee Jar 50g - 7", {"NESC-50": "7"}),
        ("wai wai chicken packet 75g 5", {"WW-CHK-75": "5"}),
        ("coke bottle 500ml - 2\nsprite bottle 1.5L - 3", {"COKE-500": "2", "SPR-1500": "3"}),
        ("Sprite..1.5 l...3 case\nShop 22", {"SPR-1500": "36"}),
        ("रियल मिक्स फ्रुट १० वटा", {"REAL-MIX-1L": "10"}),
        ("dettol 250 ml 6", {"DET-LIQ-250": "6"}),
        ("hulas banaspati 5", {"HUL-VAN-1": "5"}),
        ("aayo salt 5", {"AAYO-1": "5"}),
        ("2½ kg chini", {"SUG-LS": "2.5"}),
        ("chini 1 1/2 kg", {"SUG-LS": "1.5"}),
        ("2 carton (60 pkt) wai wai chicken", {"WW-CHK-75": "60"}),
        ("wai wai veg 999999 pkt", {"WW-VEG-75": "999999"}),
    ],
)  # fmt: skip
def test_sizes_are_no_amounts_and_numbers_stay_with_their_goods(read, text, lines):
    reading = read(text)

    assert basket(reading) == lines
    assert reading.questions == ()


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("chini 0.0001 kg", "SUG-LS"),
        ("jeera 0.4 gram", "JIRA-LS"),
        ("0.0004 kg chini", "SUG-LS"),
        ("chini 0.0005 kg", "SUG-LS"),
        ("chini 1.2345 kg", "SUG-LS"),
        ("wai wai veg 1.5 pkt", "WW-VEG-75"),
        ("wai wai veg 0 pkt", "WW-VEG-75"),
        ("100000000 pkt wai wai veg", "WW-VEG-75"),
    ],
)
def test_a_quantity_that_no_order_line_can_hold_is_asked_about(read, text, sku):
    reading = read(text)

    assert reading.lines == ()
    assert [(question.kind, question.candidates) for question in reading.questions] == [
        (QuestionKind.HOW_MANY, (sku,))
    ]


@pytest.mark.parametrize("text", ["6 anda", "10 pcs anda", "30 anda", "2 darjan anda", "anda 12 ota"])
def test_eggs_may_be_counted_one_by_one_so_crates_are_never_guessed(read, text):
    reading = read(text)

    assert reading.lines == ()
    assert [question.candidates for question in reading.questions] == [("EGG-30",)]


def test_only_the_eggs_of_two_things_are_asked_about(read):
    reading = read("send 2 eggs and 1 bread")

    assert basket(reading) == {"BREAD-400": "1"}
    assert [question.source_text for question in reading.questions] == ["2 eggs"]


@pytest.mark.parametrize(
    "text",
    [
        "*TODAY RATE*\nChini 95\nDhara tel 1 ltr 285\nWai wai ctn 600\nJeera masino 25kg 2250",
        "price list\nwai wai veg 22\nparle g 55g 10",
    ],
)
def test_prices_of_a_forwarded_list_order_nothing(read, text):
    reading = read(text)

    assert (reading.intent, reading.lines, reading.questions) == (Intent.OTHER, (), ())


def test_a_price_of_one_product_is_no_amount(read):
    reading = read("jeera masino 25kg 2250/bora")

    assert reading.lines == ()
    assert reading.clarify


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("mayos 1 ctn\nmake that 3 ctn", {"MAYOS-CHK-75": "90"}),
        ("wai wai chicken 2 ctn\nhoina 5", {"WW-CHK-75": "150"}),
        ("wai wai chicken 5 haina 3 ctn", {"WW-CHK-75": "90"}),
        ("sprite 500 ml 3 ctn, no 6 ctn", {"SPR-500": "144"}),
        ("lux rose hoina jasmine 5 ota", {"LUX-JAS-100": "5"}),
    ],
)
def test_a_correction_takes_the_place_of_what_was_said_before(read, text, lines):
    reading = read(text)

    assert reading.intent is Intent.ORDER
    assert basket(reading) == lines


NAMES = ("wai wai chicken", "coke 500ml", "lux rose")
REFUSALS = (
    "cancel {} and {}", "no {}, {}", "no {}, no {}", "don't send {} and {}", "remove {}, {}", "without {} and {}", "no need of {} and {}",
    "{} ra {} chahidaina", "{} chaina {} pani chaina", "{} ani {} hataidinu", "{}, {} cancel", "{} ra {} nalyaunu", "hatau:\n{}\n{}",
    "{} र {} चाहिँदैन", "{} नपठाउनु, {} नपठाउनु", "{} aur {} mat bhejna", "{} और {} नहीं चाहिए", "{} not needed, {} not needed",
)  # fmt: skip


@pytest.mark.parametrize("template", REFUSALS)
def test_nothing_of_a_refused_list_is_carted(read, template):
    for first, second in product(NAMES, NAMES):
        for said in (
            (first, second),
            (f"2 carton {first}", f"3 carton {second}"),
            (f"2 carton {first}", second),
        ):
            reading = read(template.format(*said))

            assert reading.lines == (), (template, said)
            assert [edit for edit in reading.edits if edit.kind is EditKind.SET and edit.sku] == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("maggi 2 ctn, coke 500ml chahidaina", {"MAGGI-MSL-70": "96"}),
        ("cancel coke 500ml, wai wai chicken 5 pkt pathau", {"WW-CHK-75": "5"}),
    ],
)
def test_an_order_beside_a_refusal_stands(read, text, lines):
    assert basket(read(text)) == lines


LAYOUTS = {
    "rows": "{0} {1}\n{2} {3}\n{4} {5}",
    "amount first": "{1} {0}\n{3} {2}\n{5} {4}",
    "name above": "{0}\n{1}\n{2}\n{3}\n{4}\n{5}",
    "number above": "{1}\n{0}\n{3}\n{2}\n{5}\n{4}",
    "pairs": "{0}\n{1}\n\n{2}\n{3}\n\n{4}\n{5}",
    "dots": "{0}....{1}\n{2}....{3}\n{4}....{5}",
    "pipes": "{0} | {1}\n{2} | {3}\n{4} | {5}",
    "table": "| sn | item | qty |\n| 1 | {0} | {1} |\n| 2 | {2} | {3} |\n| 3 | {4} | {5} |",
    "tabs": "{0}\t{1}\n{2}\t{3}\n{4}\t{5}",
    "slashes": "{0} / {1}\n{2} / {3}\n{4} / {5}",
    "numbered": "1. {0} {1}\n2. {2} {3}\n3. {4} {5}",
    "bullets": "• {0} {1}\n• {2} {3}\n• {4} {5}",
    "dashes": "{0} - {1}\n{2} - {3}\n{4} - {5}",
    "colons": "{0}: {1}\n{2}: {3}\n{4}: {5}",
    "brackets": "{0} ({1})\n{2} ({3})\n{4} ({5})",
    "rates": "{0} {1} @ 22\n{2} {3} @ 45\n{4} {5} @ 110",
    "one row": "{0} {1}, {2} {3} ra {4} {5}",
    "semicolons": "{0} {1}; {2} {3}; {4} {5}",
    "pointing": "{0} 👉 {1}\n{2} 👉 {3}\n{4} 👉 {5}",
    "greeting": "namaste dai, order:\n{0} {1}\n{2} {3}\n{4} {5}\ndhanyabad",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_list_means_the_same_in_every_layout(read, layout):
    text = LAYOUTS[layout].format(
        "surf excel 1kg", "2 darjan", "vim bar 200g", "6 ota", "coke 1.5 l", "3 carton"
    )

    assert basket(read(text)) == {"SURF-1": "24", "VIM-BAR-200": "6", "COKE-1500": "36"}


def test_the_unit_above_a_list_and_a_ditto_mark_count_for_the_rows_below(read):
    assert basket(read("carton:\nwai wai chicken 2\nmaggi 3")) == {"WW-CHK-75": "60", "MAGGI-MSL-70": "144"}
    assert basket(read('wai wai chicken 2 ctn\nmaggi 3 "')) == {"WW-CHK-75": "60", "MAGGI-MSL-70": "144"}


@pytest.mark.parametrize(
    ("trade", "text", "lines"),
    [
        ("electricals", "trishakti 1 sqmm 4 coil, 6 sqmm 1 coil", {"EL-WIR-1": "4", "EL-WIR-6": "1"}),
        ("electricals", "MCB list:\n6A x 12\n10A x 12\n20A x 6", {"EL-MCB-6": "12", "EL-MCB-10": "12", "EL-MCB-20": "6"}),
        ("electricals", "3 pin plug 40 and 2 pin plug 60", {"EL-PLG-3": "40", "EL-PLG-2": "60"}),
        ("electricals", "Nokia BL-5C Battery, 1 dozen", {"EL-BAT-BL5C": "12"}),
        ("stationery", "brush 2 no 12 ota, 6 no 12 ota, 10 no 6 ota", {"ST-BRS-2": "12", "ST-BRS-6": "12", "ST-BRS-10": "6"}),
        ("stationery", "Cello Tape 48mm x 65m 10 roll", {"ST-TAP-48": "10"}),
        ("stationery", "paper cutter large 10, small 20", {"ST-CUT-L": "10", "ST-CUT-S": "20"}),
        ("cosmetics", "mamypoko M 10 packet, L 10 packet, XL 5 packet", {"CO-MPK-M": "10", "CO-MPK-L": "10", "CO-MPK-XL": "5"}),
        ("vegetables", "thulo golbheda 2 crate, sano golbheda 5 kg", {"VG-GOL-THU-20": "2", "VG-GOL-SAN": "5"}),
    ],
)  # fmt: skip
def test_measures_of_any_trade_tell_goods_apart_and_carry_over(trade, text, lines):
    assert carted(trade, text) == lines


@pytest.mark.parametrize(
    "text", ["namste dai", "kasto bekar app", "esewa kun number ma pathaune", "namaste sathi"]
)
def test_talk_asks_about_no_goods(read, text):
    reading = read(text)

    assert reading.lines == ()
    assert reading.questions == ()


@pytest.mark.parametrize("word", ["chaumin", "chowmein", "chauchau", "चाउमिन"])
def test_a_category_asks_which_of_its_goods(read, word):
    (question,) = read(f"{word} 5 pkt").questions

    assert question.kind is QuestionKind.WHICH_PRODUCT
    assert {"WW-CHK-75", "RARA-CHK-75"} <= set(question.candidates)


@pytest.mark.parametrize(
    ("slipped", "sku"),
    [
        ("coka cola pet botle 1.5l", "COKE-1500"),
        ("vim dihswash bar", "VIM-BAR-200"),
        ("dabur hony", "DHON-250"),
        ("mortien coil", "MORT-10"),
    ],
)
def test_a_slip_is_read_by_the_name_around_it(read, slipped, sku):
    assert basket(read(f"{slipped} 4 ota")) == {sku: "4"}


@pytest.mark.parametrize("unit", ["1,", "1 ", "coke 2, ", "| ", "12 inch ", "5 1/2 ", "wai wai ", "x1"])
def test_time_grows_with_the_length_of_a_text_and_no_faster(read, unit):
    def seconds(characters: int) -> float:
        text = (unit * characters)[:characters]
        began = time.thread_time()
        read(text)
        return time.thread_time() - began

    seconds(2_000)
    short = min(seconds(4_000) for _ in range(3))
    long = min(seconds(16_000) for _ in range(2))

    assert long < 12 * short + 0.05


def test_a_loose_good_is_ordered_to_the_gram(read):
    assert read("chini 0.001 kg").lines[0].quantity == Decimal("0.001")


@pytest.mark.parametrize("number", ["4", "4 x", "x 4"])
@pytest.mark.parametrize("name", ["Rahar Dal Pigeon Pea", "Musuro Dal Red Lentil", "chini"])
def test_goods_sold_loose_and_by_the_sack_are_asked_about(name, number, read):
    reading = read(f"{name} {number}" if number.startswith("x") else f"{number} {name}")

    assert (reading.lines, reading.clarify) == ((), True)


@pytest.mark.parametrize("amount", [" 2 pcs", "\n2 pcs", ": 2", "\n2"])
def test_a_hyphenated_figure_belongs_to_the_name(amount):
    reading = read_in_trade(f"Kangaro Stapler HD-45{amount}", "stationery")

    assert basket(reading) == {"ST-STP-45": "2"}


@pytest.mark.parametrize("pack", ["pouch", "पोका"])
def test_ditto_behind_a_word_for_a_pack_of_the_name(pack, read):
    reading = read(f"colgate strong 200 g 4 darjan\nswastik bhatmas tel 1 ltr {pack} 8 ditto")

    assert basket(reading) == {"COLG-ST-200": "48", "SWA-SOY-1": "96"}


@pytest.mark.parametrize("no", ["no", "chaina"])
@pytest.mark.parametrize("goods", ["6 kilo chini", "6 tide", "2 kg maida"])
def test_no_before_goods_with_a_weight_is_asked_about(no, goods, read):
    assert read(f"{no} {goods} and rin 5 please").lines == ()
