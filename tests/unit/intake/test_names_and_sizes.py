"""Names that hold figures, letters and verbs, and sizes that are named alone: in a catalogue made of such names."""

import pytest

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.indexing import build_index
from core.intake.reader import read_message
from core.intake.reading import Bought, CatalogEntry, Intent, Reading, Role, ShopKnowledge
from tests.generation.judging import read as read_in_trade

from .conftest import basket

NAMES = {
    "T-200": ("Combination Spanner 10-11", "pcs"),
    "T-201": ("Combination Spanner 12-13", "pcs"),
    "T-202": ("D-40 Spray 200ml", "can"),
    "T-203": ("505 Glue 20ml", "tube"),
    "T-204": ("Liv.52 DS 1L", "btl"),
    "T-205": ("Clear Tape 2 inch", "roll"),
    "T-206": ("Brown Tape 2 inch", "roll"),
    "T-207": ("Bib Cock", "pcs"),
    "T-208": ("Long Body Bib Cock", "pcs"),
    "T-209": ("Switch 6A", "pcs"),
    "T-210": ("Two Way Switch 6A", "pcs"),
    "T-211": ("Nylon Rope 6mm", "kg"),
    "T-212": ("Nylon Rope 10mm", "kg"),
    "M-300": ("Ciplox Eye Drop 10ml", "btl"),
    "M-301": ("Vitamin C 500mg", "strip"),
    "M-302": ("Vitamin B Complex", "strip"),
    "M-303": ("Flexi 10 tabs", "strip"),
    "M-304": ("Flexi MR 10 tabs", "strip"),
    "M-305": ("Atenol 25mg", "strip"),
    "M-306": ("Atenol 50mg", "strip"),
    "M-307": ("Gabapin 200", "strip"),
    "M-308": ("Gabapin 400", "strip"),
    "M-309": ("Gabapin 600", "strip"),
    "M-310": ("Eno Lemon 5g", "pcs"),
    "M-311": ("Eno Orange 5g", "pcs"),
    "M-312": ("Eno Regular 5g", "pcs"),
    "C-400": ("OPC Cement Shivam 50kg", "sack"),
    "C-401": ("PPC Cement Shivam 50kg", "sack"),
    "C-402": ("OPC Cement Jagdamba 50kg", "sack"),
    "C-403": ("PPC Cement Jagdamba 50kg", "sack"),
}


@pytest.fixture(scope="module")
def mixed() -> CatalogIndex:
    return build_index(
        CatalogEntry(
            sku=sku,
            name=name,
            brand=next((brand for brand in ("Shivam", "Jagdamba") if brand in name), ""),
            category="Goods",
            unit=unit,
            pack_size="loose" if unit == "kg" else "",
            case_qty=10,
            price_minor=10_000,
        )
        for sku, (name, unit) in NAMES.items()
    )


def said(text: str, index: CatalogIndex) -> Reading:
    return read_message(text, role=Role.RETAILER, index=index)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("rope 6mm 4 kg, 10mm 2 kg", {"T-211": "4", "T-212": "2"}),
        ("rope 6mm 4 kg 10mm 2 kg", {"T-211": "4", "T-212": "2"}),
        ("rope ६ एमएम ४ किलो, १० एमएम २ किलो", {"T-211": "4", "T-212": "2"}),
        ("spanner 10-11 4, 12-13 6", {"T-200": "4", "T-201": "6"}),
        ("atenol 25 10 strip ra 50 20 strip", {"M-305": "10", "M-306": "20"}),
        ("gabapin 200 10, 400 20, 600 5 strip", {"M-307": "10", "M-308": "20", "M-309": "5"}),
        ("eno lemon 100 ota, orange 60 ota", {"M-310": "100", "M-311": "60"}),
        ("eno lemon 100, orange 60, regular 20", {"M-310": "100", "M-311": "60", "M-312": "20"}),
    ],
)
def test_a_size_or_kind_named_alone_is_of_the_goods_before(text, lines, mixed):
    reading = said(text, mixed)

    assert basket(reading) == lines
    assert reading.questions == ()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("flexi 10 strip", {"M-303": "10"}),
        ("flexi mr 5", {"M-304": "5"}),
        ("bib cock 5", {"T-207": "5"}),
        ("bib cock 5, long body 6", {"T-207": "5", "T-208": "6"}),
        ("switch 6A 10", {"T-209": "10"}),
    ],
)
def test_a_name_said_whole_is_meant_though_other_names_go_on_from_it(text, lines, mixed):
    assert basket(said(text, mixed)) == lines


@pytest.mark.parametrize(
    "text", ["OPC Shivam - 10\nPPC Shivam - 20", "shivam ko opc 10 ppc 20", "shivam: opc 10, ppc 20"]
)
def test_a_brand_told_once_or_twice_settles_every_row_of_it(text, mixed):
    assert basket(said(text, mixed)) == {"C-400": "10", "C-401": "20"}


@pytest.mark.parametrize("text", ["eye drop 20", "eye drop 20 btl"])
def test_a_verb_inside_a_name_takes_nothing_out(text, mixed):
    reading = said(text, mixed)

    assert (reading.intent, basket(reading), reading.edits) == (Intent.ORDER, {"M-300": "20"}, ())


def test_the_same_verb_behind_a_name_takes_it_out(mixed):
    reading = said("eye drop hatau", mixed)

    assert [(edit.kind, edit.sku) for edit in reading.edits] == [("remove", "M-300")]


@pytest.mark.parametrize("text", ["vitamin k 5 strip", "vitamin e 5", "switch Z 10"])
def test_a_letter_that_no_name_has_is_never_another_letter(text, mixed):
    reading = said(text, mixed)

    assert reading.lines == ()
    assert reading.clarify


@pytest.mark.parametrize(
    "text", ["3 D-40 spray 200ml", "liv 52 1L 5", "6 505 glue", "d40 spray 5", "505 glue 6"]
)
def test_a_figure_of_the_name_is_never_the_amount(text, mixed):
    quantities = {int(line.quantity) for line in said(text, mixed).lines}

    assert not quantities & {40, 52, 505}


def test_a_line_keeps_how_it_was_said(mixed, read):
    line = read("monaco 2 carton").lines[0]

    assert (line.sku, line.said_count, line.unit_said, line.quantity) == ("MONACO-63", 2, "case", 144)


def test_two_wordings_of_one_line_are_counted_together_only_in_one_unit(read):
    alike = read("monaco 2 carton\nmonaco 1 carton").lines[0]
    unlike = read("monaco 2 carton\nmonaco 5 ota").lines[0]

    assert (alike.said_count, alike.quantity) == (3, 216)
    assert (unlike.said_count, unlike.quantity) == (None, 149)


def test_a_unit_elsewhere_is_goods_where_the_name_says_nothing_else():
    index = build_index(
        CatalogEntry(sku=name, name=name, brand="Ceat", category="Tyres", price_minor=50_000)
        for name in ("Ceat Tyre 2.75-18", "Ceat Tube 2.75-18")
    )

    reading = read_message("2.75-18 ceat tyre 4 ra tube 10", role=Role.RETAILER, index=index)

    assert basket(reading) == {"Ceat Tyre 2.75-18": "4", "Ceat Tube 2.75-18": "10"}


def test_a_weight_that_only_an_alias_repeats_does_not_tell_goods_apart():
    index = build_index(
        CatalogEntry(
            sku=name,
            name=f"{name} Powder 100g",
            brand=name,
            category="Care",
            pack_size="100 g",
            aliases=aliases,
        )
        for name, aliases in (("Ponds", ("powder 100",)), ("Himalaya", ()))
    )

    reading = read_message("powder 100 6", role=Role.RETAILER, index=index)

    assert (reading.lines, reading.questions[0].candidates) == ((), ("Ponds", "Himalaya"))


def _catalogue(*names: str) -> CatalogIndex:
    return build_index(
        CatalogEntry(sku=name, name=name, brand="", category="Goods", price_minor=10_000) for name in names
    )


@pytest.mark.parametrize(
    ("whole", "longer"),
    [
        ("Sports Cap", ("Sports Cap Kids", "Sports Cap Ladies")),
        ("Door Hinge", ("Door Hinge Brass",)),
        ("Cough Syrup 100ml", ("Cough Syrup Sugar Free 100ml",)),
        ("PPC Cement 50kg", ("PPC Cement Premium 50kg", "PPC Cement Extra Strong 50kg")),
        ("Whipping Cream", ("Whipping Cream Chocolate", "Non Dairy Whipping Cream")),
        ("Chain Lock Tablet", ("Chain Lock Tablet Mini",)),
    ],
)
@pytest.mark.parametrize("saying", ["{} 12", "{} - 12 pcs", "12 {} pathaunu", "{}: 12"])
def test_the_exact_name_wins_over_longer_ones(saying, whole, longer):
    index = _catalogue(whole, *longer)

    reading = read_message(saying.format(whole), role=Role.RETAILER, index=index)

    assert (basket(reading), reading.clarify) == ({whole: "12"}, False)


def test_what_a_shop_buys_again_and_again_wins_over_the_exact_name():
    index = _catalogue("Sports Cap", "Sports Cap Kids")
    shop = ShopKnowledge(history={"Sports Cap Kids": Bought(times=4)})

    reading = read_message("sports cap 12", role=Role.RETAILER, index=index, shop=shop)

    assert basket(reading) == {"Sports Cap Kids": "12"}


def test_packs_of_the_exact_name_are_asked_about_without_longer_names():
    index = _catalogue("Amul Butter 100g", "Amul Butter 500g", "Amul Butter Garlic 100g")

    (question,) = read_message("amul butter 5", role=Role.RETAILER, index=index).questions

    assert set(question.candidates) == {"Amul Butter 100g", "Amul Butter 500g"}


@pytest.mark.parametrize(
    ("trade", "text", "wanted"),
    [
        ("stationery", "box file 5", {"ST-FIL-BOX": "5"}),
        ("stationery", "duster 3, box file - 5", {"ST-DUS": "3", "ST-FIL-BOX": "5"}),
        (
            "stationery",
            "bag small 5, medium 3, large 2",
            {"ST-BAG-S": "5", "ST-BAG-M": "3", "ST-BAG-L": "2"},
        ),
    ],
)
def test_a_name_may_begin_with_a_word_for_a_pack(trade, text, wanted):
    reading = read_in_trade(text, trade)

    assert (basket(reading), reading.clarify) == (wanted, False)


@pytest.mark.parametrize("plural", ["packeton", "paketon", "packetharu", "packeten"])
def test_packets_in_the_plural(plural, read):
    assert basket(read(f"wai wai chicken ke 10 {plural} bhejo")) == {"WW-CHK-75": "10"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("coke 500 ml ki 3 petiyan", {"COKE-500": "72"}),
        ("coke 500 ml ki 3 petiyon", {"COKE-500": "72"}),
        ("jeera masino 25 kg ki 2 boriyan", {"JM-25": "2"}),
        ("nescafe classic ke 3 dabbe", {"NESC-50": "3"}),
        ("horlicks ke 2 dibbon", {"HORL-500": "2"}),
        ("sprite 500 ml ki 6 botalein", {"SPR-500": "6"}),
        ("टाइड के १२ पैकेटों", {"TIDE-1": "12"}),
        ("कोक 500 ml की 12 बोतलें", {"COKE-500": "12"}),
    ],
)
def test_units_in_the_plural(text, wanted, read):
    reading = read(text)

    assert (basket(reading), reading.clarify) == (wanted, False)


@pytest.mark.parametrize(
    "place", ["shop no 12 ma", "ward no 4", "ghar no 25 ma pathaunu", "shop number 7", "flat no. 3"]
)
def test_the_number_of_a_house_is_no_refusal(place, read):
    assert basket(read(f"tide 5 rin 3 {place}")) == {"TIDE-1": "5", "RIN-BAR-250": "3"}
