"""Goods and numbers that are spoken of and not asked for: price lists, states, purposes, goods taken back, and perhaps."""

import re

import pytest

from core.intake.reading import Intent, Role
from tests.generation.judging import read as read_in_trade
from tests.generation.layouts import LAYOUTS
from tests.generation.lists import make_list

from .conftest import basket


@pytest.mark.parametrize(
    "text",
    [
        "Fwd: today rates\nBasmati 5kg 1250\nSona Mansuli 25kg 1650",
        "Fwd: today rates\nBasmati 5kg 1250\nSona 1650\nchini 95",
        "Forwarded\nPRICE LIST\nFortune Soyabean Oil 1L - 250\nWai Wai Chicken 75gm - 22",
        "aajako bhau\nchini 90\nBesan 1kg 210",
        "आजको भाउ\nबेसन 210",
        "Basmati 5kg 1250\nSona Mansuli 25kg 1650",
    ],
)
def test_a_price_list_orders_nothing_and_asks_nothing(text, read):
    reading = read(text)

    assert (reading.intent, reading.lines, reading.questions) == (Intent.OTHER, (), ())


def test_numbers_that_are_no_prices_are_an_order(read):
    assert basket(read("wai wai chicken 100\nmonaco 150")) == {"WW-CHK-75": "100", "MONACO-63": "150"}


@pytest.mark.parametrize(
    "text",
    [
        "2 of the rin bars are melted",
        "3 of your besan 1kg packets came empty",
        "Is Nido back? we may take 4",
        "nido cha? 4 ota lina sakchu",
        "we might need 6 monaco",
    ],
)
def test_what_came_bad_or_is_only_thought_of_is_not_ordered(text, read):
    reading = read(text)

    assert (reading.lines, reading.questions) == ((), ())


@pytest.mark.parametrize(
    "text",
    [
        "rin 12, tide 6, rin chahi rahana dinus",
        "rin 12, actually leave rin. tide 6",
        "rin 12\ntide 6\nforget the rin",
        "rin 12, tide 6, no rin after all",
    ],
)
def test_goods_taken_back_in_the_same_message_are_not_ordered(text, read):
    assert basket(read(text)) == {"TIDE-1": "6"}


@pytest.mark.parametrize(
    "text", ["rin off please", "please take rin out of the list", "take rin off", "drop rin off the list"]
)
def test_a_verb_in_two_parts_takes_goods_out(text, read):
    reading = read(text)

    assert [(edit.kind, edit.sku) for edit in reading.edits] == [("remove", "RIN-BAR-250")]


@pytest.mark.parametrize(
    "text",
    [
        "Sugar Chini 50 kilo, Besan 1kg नपठाउनुहोस्",
        "Sugar Chini 50kg, Fanta Orange 500 ml mat bhejna",
        "take Toilet Tissue, 30 pcs Sprite 1.5 ltr & Kurkure Munch 40 g off",
        "no Whisper Choice 7 pcs please",
        "Whisper Choice 7 pcs hata do",
    ],
)
def test_the_size_of_refused_goods_is_no_amount(text, read):
    assert read(text).lines == ()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("chiya ko lagi\nchini 5 kg", {"SUG-LS": "5"}),
        ("puja ko lagi: agarbatti 5 pkt, salai 2 bundle", {"AGAR-CYC": "5", "MATCH-10": "2"}),
        ("tel ko list:\ndhara mustard 1l 6 ota", {"DHA-MUS-1": "6"}),
        ("Century ko: meat 10, kitchen king 5", {"CEN-MEAT-50": "10", "CEN-KK-50": "5"}),
        ("besan 1kg 210 ko bhau le 6 pkt", {"BES-1": "6"}),
        ("fanta500x12 dew500x12", {"FAN-500": "12", "DEW-500": "12"}),
        ("monaco 2c bourbon 3c", {"MONACO-63": "144", "BRT-BOU-60": "180"}),
        ("horlicks 500g 2 dabba", {"HORL-500": "2"}),
        ("nescafe 50g 3 डिब्बा", {"NESC-50": "3"}),
        (
            "Item | Pack | Qty\n---|---|---\nBesan | 1kg | 5\nBesan | 500g | 10",
            {"BES-1": "5", "BES-500": "10"},
        ),
        ("Item | Qty\n--- | ---\nBesan 1kg | 5\nmonaco | 3 carton", {"BES-1": "5", "MONACO-63": "216"}),
        ("ek peti rin, dui... haina tin peti puja", {"RIN-BAR-250": "60", "PUJA-250": "180"}),
    ],
)
def test_a_list_is_read_whole_with_the_words_around_it(text, lines, read):
    reading = read(text)

    assert basket(reading) == lines
    assert reading.questions == ()


def test_a_unit_that_cannot_be_told_is_asked_about(read):
    reading = read("rin 1p tide 2p")

    assert reading.lines == ()
    assert [question.source_text for question in reading.questions] == ["rin 1p", "tide 2p"]


def test_the_goods_before_an_abandoned_number_are_not_lost(read):
    reading = read("dedh darjan lux, sava... haina ek darjan rin")

    assert basket(reading) == {"RIN-BAR-250": "12"}
    assert [question.source_text for question in reading.questions] == ["dedh darjan lux"]


@pytest.mark.parametrize("text", ["1203 wai wai sakiyo, mildaina", "1203 chini chaina, hunna"])
def test_a_vendor_who_names_the_goods_that_ran_out_rejects(text, read):
    assert read(text, role=Role.VENDOR).intent is Intent.REJECT


@pytest.mark.parametrize("text", ["my regular stuff", "like last Tuesday", "same biscuit order as last week"])
def test_the_same_again_asks_nothing(text, read):
    reading = read(text)

    assert (reading.intent, reading.questions) == (Intent.REORDER, ())


TRADES = ("kirana", "electricals", "stationery", "cosmetics", "vegetables")
NOISE = ("", " xyz", ", 7 qwertz", " ra 9", "\nwe might need 3 more", "\n5", " pathaidinu")


@pytest.mark.parametrize("trade", TRADES)
@pytest.mark.parametrize("noise", NOISE)
def test_every_number_is_carted_asked_about_or_named_back(trade, noise):
    lost = []
    for seed, layout in enumerate(LAYOUTS):
        written = make_list(seed, trade=trade, layout=layout, size=3)
        reading = read_in_trade(written.text + noise, trade)
        told = [*reading.lines, *reading.questions]
        known = " ".join([one.source_text for one in told] + list(reading.unread))
        named = {line.sku for line in reading.lines}
        lost += [
            (written.text + noise, row.amount)
            for row in written.rows
            if row.sku not in named and not set(_numbers(row.number)) <= set(_numbers(known))
        ]

    assert lost == []


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+", text.translate(str.maketrans("०१२३४५६७८९", "0123456789")))


LISTS = ("rin", "tide", "harpic", "maggi")
REFUSALS = ("{0} chahidaina", "{0} nachahine", "{0} mat bhejna", "cancel {0}", "stop {0}", "{0} hataideu")


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("between", [", ", " ra "])
@pytest.mark.parametrize("count", [3, 4])
def test_a_list_without_numbers_is_refused_as_a_whole(count, between, refusal, read):
    reading = read(refusal.format(between.join(LISTS[:count])))

    assert (reading.intent, reading.lines, reading.clarify) == (Intent.CART_EDIT, (), False)
    assert len(reading.edits) == count


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize(
    "numbers", [(4, None, None), (4, None, 6), (None, None, 6), (4, 5, 6), (None, 5, None)]
)
def test_a_refused_list_in_which_some_are_counted_first_orders_nothing(numbers, refusal, read):
    goods = [
        f"{number} carton {name}" if number else name for number, name in zip(numbers, LISTS, strict=False)
    ]

    assert read(refusal.format(", ".join(goods))).lines == ()


@pytest.mark.parametrize(
    "text",
    [
        "I never said 5 cartons of tide, I was asking the price",
        "i never told you 5 kg sugar",
        "i haven't asked for 6 harpic",
        "i did not order 5 kg sugar",
        "maile 5 kg chini magaeko haina",
        "5 carton tide bhaneko hoina",
        "मैले ५ केजी चिनी मगाएको होइन",
        "maine 5 kilo chini nahi manga",
        "who said 5 kg sugar?",
    ],
)
def test_what_somebody_denies_to_have_said_is_not_ordered(text, read):
    reading = read(text)

    assert (reading.lines, reading.questions, reading.edits) == ((), (), ())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("tide 4 ota baki cha, rin 12 pathaunus", {"RIN-BAR-250": "12"}),
        ("harpic 4 ota baki nai cha, tide 12 pathaunus", {"TIDE-1": "12"}),
        ("harpic 4 ota baki nai cha, rin 12 ota pathaunus", {"RIN-BAR-250": "12"}),
    ],
)
def test_a_soap_that_is_called_like_a_debt_is_goods_beside_stock(text, wanted, read):
    assert basket(read(text)) == wanted


@pytest.mark.parametrize("text", ["mero rin kati baki cha", "rin 5000 baki cha, bholi pathauchu"])
def test_a_debt_is_no_soap(text, read):
    assert read(text).intent is Intent.BALANCE
