"""Sounds, numbers and units of the language."""

import tomllib
from decimal import Decimal
from importlib.resources import files

import pytest

from core.intake.language.lexicon import lexicon
from core.intake.language.phonetics import light, sound_keys
from core.intake.language.quantities import QuantityReader
from core.intake.language.tokens import clean, tokenize
from core.intake.reading import Unit


@pytest.mark.parametrize(
    ("latin", "devanagari"),
    [
        ("waiwai", "वाइवाइ"), ("colgate", "कोलगेट"), ("sprite", "स्प्राइट"), ("dettol", "डेटोल"), ("surf", "सर्फ"),
        ("maggi", "म्यागी"), ("tide", "टाइड"), ("lux", "लक्स"), ("nescafe", "नेस्क्याफे"), ("monaco", "मोनाको"),
        ("chicken", "चिकेन"), ("rose", "रोज"), ("fortune", "फर्चुन"), ("label", "लेबल"),
    ],
)  # fmt: skip
def test_both_scripts_meet_in_one_sound(latin, devanagari):
    assert set(sound_keys(latin)) & set(sound_keys(devanagari))


@pytest.mark.parametrize(
    ("one", "other"), [("sat", "sath"), ("kurkure", "kurmure"), ("teis", "tis"), ("unnais", "unantis")]
)
def test_near_twins_stay_apart(one, other):
    assert light(one) != light(other)


def test_all_numbers_to_hundred_are_known_in_all_four_forms():
    words = lexicon()

    assert set(words.numbers.values()) == set(range(100))
    assert words.scales[light("saya")] == words.scales[light("सय")] == 100


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("sadhe tin kilo", "3.5", Unit.KG), ("paune do kilo", "1.75", Unit.KG), ("sava kilo", "1.25", Unit.KG),
        ("dedh saya ota", "150", Unit.PIECE), ("dhai hajar", "2500", None), ("ek saya bis pcs", "120", Unit.PIECE),
        ("डेढ लिटर", "1.5", Unit.LITRE), ("५ वटा", "5", Unit.PIECE), ("tinta", "3", Unit.PIECE), ("1,25,000", "125000", None),
        ("½ case", "0.5", Unit.CASE), ("twenty five kg", "25", Unit.KG), ("half a dozen", "0.5", Unit.DOZEN),
        ("tin tin", "3", Unit.TIN), ("1/2 carton", "0.5", Unit.CASE), ("दुई सय पचास ग्राम", "250", Unit.GRAM),
    ],
)  # fmt: skip
def test_numbers_are_read_with_their_units(text, value, unit):
    tokens = tokenize(clean(text).text, is_name=lambda _: False)
    number = QuantityReader(tokens, lexicon(), [False] * len(tokens), lambda _: False).number(0)

    assert number is not None
    assert (number.value, number.unit) == (Decimal(value), unit)


@pytest.mark.parametrize("text", ["2-3", "2 or 3", "dui tin packet"])
def test_a_range_is_no_number(text):
    tokens = tokenize(text, is_name=lambda _: False)
    number = QuantityReader(tokens, lexicon(), [False] * len(tokens), lambda _: False).number(0)

    assert number is not None
    assert number.is_vague
    assert number.value is None


def test_everyday_words_are_no_words_for_goods():
    everyday = tomllib.loads((files("core.intake.language.words") / "everyday.toml").read_text("utf-8"))[
        "never_goods"
    ]

    assert not set(everyday) & lexicon().goods_spellings
