"""People, times and shops around goods are talk; everyday words name goods; four intents hang on small words."""

import pytest

from core.intake.reading import EditKind, Intent, Role
from tests.generation.judging import read as read_in_trade

from .conftest import basket

KIN = ("saila", "maila", "kanchi", "jetha", "bhinaju", "kaka", "uncle", "bhatija")
SHOPS = (
    "Annapurna Store",
    "Surya Traders",
    "Jeera General Store",
    "Lux Suppliers",
    "Masala Mart",
    "Tel Bhandar",
)


@pytest.mark.parametrize("person", KIN)
@pytest.mark.parametrize(
    "saying",
    ["{0} ek carton tide", "{0}, ek carton tide pathaunu", "tide ek carton {0}", "ek carton tide hai {0}"],
)
def test_kin_words_are_no_goods(person, saying, read):
    reading = read(saying.format(person))

    assert (basket(reading), reading.clarify) == ({"TIDE-1": "12"}, False)


@pytest.mark.parametrize("shop", SHOPS)
@pytest.mark.parametrize(
    "saying", ["tide 5. Thank you, {0}", "tide 5\nRegards, {0}", "{0}\ntide 5", "tide 5\n{0}\nKathmandu"]
)
def test_the_name_of_a_shop_is_no_goods(shop, saying, read):
    reading = read(saying.format(shop))

    assert (basket(reading), reading.clarify) == ({"TIDE-1": "5"}, False)


def test_goods_called_like_a_shop_are_ordered_with_a_number(read):
    assert basket(read("annapurna store ko lagi tide 5")) == {"TIDE-1": "5"}


@pytest.mark.parametrize(
    ("trade", "text", "wanted"),
    [
        ("stationery", "reynolds dot pen blue 10", {"ST-REY-BLU": "10"}),
        ("cosmetics", "cutex no 12 6", {"CO-BH-NP-12": "6"}),
        ("cosmetics", "mehendi kup 12", {"CO-MEH-C": "12"}),
        ("cosmetics", "comb small 3 jor", {"CO-COMB-S": "6"}),
        ("cosmetics", "gillette guard razor 5", {"CO-GIL-GRD": "5"}),
        ("electricals", "a14 ko guard 10", {"EL-TG-A14": "10"}),
        ("kirana", "red bull do aur frooti teen", {"REDB-250": "2", "FROO-160": "3"}),
        ("kirana", "tide paanch, harpic do", {"TIDE-1": "5", "HARP-500": "2"}),
        ("kirana", "7up 500 do, pepsi teen", {"7UP-500": "2", "PEP-500": "3"}),
        ("kirana", "andey 2 crate", {"EGG-30": "2"}),
        ("kirana", "coke 500 ki 2 botlein", {"COKE-500": "2"}),
        ("kirana", "hijo jasto hoina, aaja tide 5 pathaunu", {"TIDE-1": "5"}),
    ],
)
def test_everyday_words(trade, text, wanted):
    reading = read_in_trade(text, trade)

    assert (reading.intent, basket(reading), reading.clarify) == (Intent.ORDER, wanted, False)


@pytest.mark.parametrize(
    ("text", "intent", "role"),
    [
        ("huncha 1412 milcha", Intent.ACCEPT, Role.VENDOR),
        ("1412 huncha", Intent.ACCEPT, Role.VENDOR),
        ("1412 mildaina", Intent.REJECT, Role.VENDOR),
        ("chini sakiyo yo lina mildaina", Intent.REJECT, Role.VENDOR),
        ("chini sakiyo", Intent.OTHER, Role.VENDOR),
        ("dashain ko jasto order", Intent.REORDER, Role.RETAILER),
        ("asoj ko jasto pathaidinus", Intent.REORDER, Role.RETAILER),
        ("nido aayo ki aayena", Intent.QUERY, Role.RETAILER),
        ("saman aayo ki aayena", Intent.STATUS, Role.RETAILER),
        ("tide ra rin ma k farak cha", Intent.QUERY, Role.RETAILER),
        ("coke vs pepsi kun sasto?", Intent.QUERY, Role.RETAILER),
    ],
)
def test_small_words_tell_the_intent(text, intent, role, read):
    reading = read(text, role=role)

    assert (reading.intent, reading.lines) == (intent, ())


def test_a_question_whether_goods_fit_orders_nothing():
    reading = read_in_trade("Redmi 12C ko glass 13C ma lagcha?", "electricals")

    assert (reading.intent, reading.lines, reading.clarify) == (Intent.QUERY, (), False)


@pytest.mark.parametrize(
    "text",
    [
        "tide 20 ki jagah 15 kar do",
        "tide 20 ko satta 15 gardinu",
        "tide 20 ko thau ma 15 garnus",
        "make tide 15 instead of 20",
        "tide 20 ko badla 15 gardinus",
    ],
)
def test_of_two_numbers_one_stands_for_the_other(text, read):
    reading = read(text)

    assert reading.intent is Intent.CART_EDIT
    assert [(edit.kind, edit.sku, int(edit.quantity)) for edit in reading.edits] == [
        (EditKind.SET, "TIDE-1", 15)
    ]


@pytest.mark.parametrize(
    ("saying", "found"),
    [
        ("lamkhutte marne goodknight 6", {"GK-45": "6"}),
        ("luga dhune rin 2 dz", {"RIN-BAR-250": "24"}),
        ("luga dhune surf 500 6", {"SURF-500": "6"}),
        ("lamkhutte marne mortein 3", {"MORT-10": "3"}),
    ],
)
def test_what_goods_are_for_is_not_ordered_beside_them(saying, found, read):
    reading = read(saying)

    assert (basket(reading), reading.clarify) == (found, False)


@pytest.mark.parametrize(
    ("saying", "brand"), [("amla tel 2 (dabur)", "AMLA-"), ("mustard oil 2 (dhara)", "DHA-MUS-")]
)
def test_a_brand_in_brackets_behind_the_number_belongs_to_the_goods_before(saying, brand, read):
    reading = read(f"{saying}, boroplus 1")

    assert basket(reading) == {"BORO-40": "1"}
    assert [len({sku.startswith(brand) for sku in one.candidates}) for one in reading.questions] == [1]
    assert all(sku.startswith(brand) for sku in reading.questions[0].candidates)


@pytest.mark.parametrize("particle", ["chai", "chahi"])
@pytest.mark.parametrize("worn", ["wala", "wali", "wale"])
def test_a_stressing_particle_behind_a_size_is_no_tea(particle, worn, read):
    reading = read(f"sprite 500ml 1 case, 1.5 {worn} {particle} 4")

    assert (basket(reading), reading.clarify) == ({"SPR-500": "24", "SPR-1500": "4"}, False)


@pytest.mark.parametrize(
    "remark",
    [
        "bill VAT ma banaunu",
        "bill company ko naam ma kataunu",
        "bill katidinu",
        "vat bill banaidinu",
        "bill mero naam ma banaidinus",
        "drop at the Patan store",
        "drop it at New Road",
    ],
)
def test_a_remark_on_the_bill_or_the_place_changes_no_order(remark, read):
    reading = read(f"chini 10 kg, tide 5. {remark}")

    assert (reading.intent, basket(reading), reading.clarify) == (
        Intent.ORDER,
        {"SUG-LS": "10", "TIDE-1": "5"},
        False,
    )


@pytest.mark.parametrize("saying", ["rin ki tikki 6", "rin tikiya 6", "rin ko tikia 6"])
def test_a_cake_of_soap_is_the_bar(saying, read):
    assert basket(read(saying)) == {"RIN-BAR-250": "6"}


@pytest.mark.parametrize(
    "saying",
    ["pepsi ko satta dew pathaexa", "tide ko thau ma rin pathaidiechha", "hijo coke ko satta dew pathaechha"],
)
def test_goods_that_were_swapped_on_the_way_are_told_and_not_asked_for(saying, read):
    reading = read(saying)

    assert (reading.intent, reading.edits) == (Intent.OTHER, ())
