"""What is said once for several goods: a model or a brand before kinds of parts, a kind before models, a heading above rows."""

from itertools import permutations, product

import pytest

from core.intake.catalogue.indexing import build_index
from core.intake.reader import read_message
from core.intake.reading import CatalogEntry, Role
from tests.generation.judging import read as read_in_trade

from .conftest import basket

MODELS = {"Bajaj Pulsar 150": "pulsar 150", "Hero Splendor": "splendor", "TVS Apache 160": "apache 160"}
PARTS = ("Brake Shoe", "Clutch Cable", "Air Filter")
NUMBERS = (20, 5, 8)


@pytest.fixture(scope="module")
def parts():
    """A shop that sells every part for every model, as parts shops do."""
    return build_index(
        CatalogEntry(
            sku=f"{part}|{model}",
            name=f"{model} {part}",
            brand=model.split()[0],
            category=part.split()[1],
            price_minor=10_000,
        )
        for model, part in product(MODELS, PARTS)
    )


def read(text, index):
    return read_message(text, role=Role.RETAILER, index=index)


SAYINGS = {
    "of": "{said} ko {0} 20, {1} 5 ra {2} 8",
    "of, all joined": "{said} ko {0} 20 ra {1} 5 ra {2} 8",
    "one breath": "{said} {0} 20 {1} 5 {2} 8",
    "colon": "{said}: {0} 20, {1} 5, {2} 8",
    "colon above": "{said}:\n{0} - 20\n{1} - 5\n{2} - 8",
    "heading": "{said}\n{0} 20\n{1} 5\n{2} 8",
    "purpose": "{said} ko lagi {0} 20, {1} 5, {2} 8",
    "ditto marks": '{said} {0} 20\n" {1} 5\n" {2} 8',
    "heading with bullets": "{said}\n- {0} 20\n- {1} 5\n- {2} 8",
}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("saying", SAYINGS)
def test_a_model_said_once_stands_before_every_part(saying, model, parts):
    for chosen in permutations(PARTS):
        text = SAYINGS[saying].format(*(part.lower() for part in chosen), said=MODELS[model])

        reading = read(text, parts)

        wanted = {f"{part}|{model}": str(number) for part, number in zip(chosen, NUMBERS, strict=True)}
        assert (basket(reading), reading.clarify) == (wanted, False), text


@pytest.mark.parametrize("saying", ["{0}: {1} - 20, {2} - 5", "{0}\n{1} - 20\n{2} - 5", "{0} {1} 20, {2} 5"])
@pytest.mark.parametrize("part", PARTS)
def test_a_part_said_once_stands_before_every_model(part, saying, parts):
    for one, other in permutations(MODELS, 2):
        text = saying.format(part.lower(), MODELS[one], MODELS[other])

        reading = read(text, parts)

        assert basket(reading) == {f"{part}|{one}": "20", f"{part}|{other}": "5"}, text
        assert not reading.clarify


def test_each_heading_ends_the_one_above(parts):
    reading = read("Pulsar 150\nbrake shoe 10\nair filter 5\nSplendor\nclutch cable 20\nair filter 6", parts)

    assert basket(reading) == {
        "Brake Shoe|Bajaj Pulsar 150": "10",
        "Air Filter|Bajaj Pulsar 150": "5",
        "Clutch Cable|Hero Splendor": "20",
        "Air Filter|Hero Splendor": "6",
    }


@pytest.mark.parametrize("unknown", ["Duke 390", "Mystery", "side mirror"])
@pytest.mark.parametrize("colon", ["", ":"])
def test_rows_under_a_heading_that_is_not_sold_are_asked_about(unknown, colon, parts):
    reading = read(f"Pulsar 150{colon}\nbrake shoe 10\n{unknown}{colon}\nsplendor air filter 6", parts)

    assert basket(reading) == {"Brake Shoe|Bajaj Pulsar 150": "10"}
    assert reading.questions[-1].candidates == ("Air Filter|Hero Splendor",)


def test_a_model_is_not_taken_over_a_refusal(parts):
    reading = read("pulsar 150 ko brake shoe chahidaina, air filter 5", parts)

    assert reading.lines == ()


@pytest.mark.parametrize(
    ("trade", "text", "wanted"),
    [
        (
            "electricals",
            "samsung a14 ko tempered glass 20 ra cover 10",
            {"EL-TG-A14": "20", "EL-CV-A14": "10"},
        ),
        ("electricals", "Redmi note 13\n- glass 50\n- cover 10", {"EL-TG-R13": "50", "EL-CV-R13": "10"}),
        ("electricals", "a14 ra a15 ko cover 10/10", {"EL-CV-A14": "10", "EL-CV-A15": "10"}),
        ("electricals", "20mm ko pipe 10, bend 30", {"EL-PVC-20": "10", "EL-BND-20": "30"}),
        (
            "electricals",
            "Tempered glass\nSamsung:\na14 10\na15 5\nRedmi:\n13c 4",
            {"EL-TG-A14": "10", "EL-TG-A15": "5", "EL-TG-R13C": "4"},
        ),
        (
            "stationery",
            "Highlighter\n- yellow 20\n- green 10\nPermanent marker\n- black 30",
            {"ST-HLT-YEL": "20", "ST-HLT-GRN": "10", "ST-PRM-BLK": "30"},
        ),
        (
            "stationery",
            "gripper nilo 24\nkalo 12\nrato 6",
            {"ST-CELG-BLU": "24", "ST-CELG-BLK": "12", "ST-CELG-RED": "6"},
        ),
        ("cosmetics", "Dove\nshampoo 80ml 12\nsoap 50g 24", {"CO-DOV-SH-80": "12", "CO-DOV-SP-50": "24"}),
    ],
)
def test_words_said_once_in_other_trades(trade, text, wanted):
    reading = read_in_trade(text, trade)

    assert (basket(reading), reading.clarify) == (wanted, False)


@pytest.mark.parametrize(
    "text",
    ["kalo chana 5 kg ra dal 3 kg", "dal - mung 4kg\nchana - 3kg", "shampoo clinic plus bottle 6, sunsilk 6"],
)
def test_a_word_for_a_colour_or_a_kind_is_not_taken_over(text, read):
    reading = read(text)

    assert len(reading.lines) == 1
    assert len(reading.questions) == 1


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    "saying",
    [
        "{1} ko {0} 10 ra {2} ko 5",
        "{0} 10 {1} ko, 5 {2} ko",
        "10 {0} {1} ko ra 5 {2} ko",
        "10 {0}s for {1} and 5 for {2}",
        "{1} {0} 10, {2} {0} 5",
    ],
)
def test_a_part_is_meant_for_the_model_beside_it(saying, part, parts):
    for one, other in permutations(MODELS, 2):
        reading = read(saying.format(part.lower(), MODELS[one], MODELS[other]), parts)

        assert basket(reading) == {f"{part}|{one}": "10", f"{part}|{other}": "5"}
        assert not reading.clarify


def test_another_figure_is_another_model():
    index = build_index(
        CatalogEntry(
            sku=f"{part} {model}",
            name=f"Bajaj Pulsar {model} {part}",
            brand="Bajaj",
            category=part,
            price_minor=10_000,
        )
        for part, model in product(PARTS, (150, 180, 220))
    )

    for part in PARTS:
        assert basket(read(f"pulsar 150 ko {part} 10, 220 ko 5", index)) == {
            f"{part} 150": "10",
            f"{part} 220": "5",
        }


def test_a_measure_alone_is_a_heading():
    index = build_index(
        CatalogEntry(
            sku=f"{name} {inches}", name=f"{name} {inches} inch", brand="", category=name, price_minor=10_000
        )
        for name, inches in product(("Board", "Tray Liner"), (6, 8, 10))
    )

    reading = read("8 inch:\nboard 10\ntray liner 5\n10 inch:\nboard 3", index)

    assert basket(reading) == {"Board 8": "10", "Tray Liner 8": "5", "Board 10": "3"}
