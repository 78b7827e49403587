"""The words of numbers, money, units and rates, under the keys by which the number grammar looks them up."""

import csv
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from core.intake.language.phonetics import light
from core.intake.reading import Unit

_SCALES = (100, 1_000, 100_000, 10_000_000)


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberWords:
    values: Mapping[str, Decimal]
    scales: Mapping[str, Decimal]
    pieces: Mapping[str, Decimal]  # duita, panchwata: a number with the word for a piece written onto it
    fractions: Mapping[str, Decimal]
    before: Mapping[str, Decimal]  # what is added to the number that follows: sadhe, paune
    tens: frozenset[Decimal]
    ones: Mapping[str, Decimal]
    units: Mapping[str, Unit]
    glued_units: Mapping[str, Unit]
    money: frozenset[str]
    percent: frozenset[str]
    per: frozenset[str]
    to: frozenset[str]
    until: frozenset[str]
    # Endings that may stick to a number and change nothing about it: "1042ko", "5ota".
    glued_endings: frozenset[str]
    needy: frozenset[str]
    places: frozenset[str]  # beside them a number is an address
    numbering: frozenset[str]

    def is_needy(self, key: str) -> bool:
        """Say whether a word is a number only beside a unit or a scale: "cha" is six, and "is"."""
        return key in self.needy


@cache
def number_words() -> NumberWords:
    """Load the words; the result is shared and never changes."""
    numbers, scales = _numbers_and_scales()
    fractions, units = _toml("fractions.toml"), _toml("units.toml")
    markers, own = _sets("markers.toml"), _sets("number_words.toml")
    return NumberWords(
        values=numbers,
        scales=scales
        | {key: Decimal(100) for key in own["hundred"]}
        | {key: Decimal(1_000_000) for key in own["million"]},
        pieces=_pieces(numbers, markers["piece_endings"]),
        fractions=_by_key(fractions["whole"]) | _by_key(fractions["both"], add=1),
        before=_by_key(fractions["before"]) | _by_key(fractions["both"]),
        tens=frozenset(Decimal(ten) for ten in range(20, 100, 10)),
        ones={key: numbers[key] for key in markers["english_ones"] if key in numbers},
        units=_units(units["forms"]),
        glued_units=_units(units["glued"]),
        money=(own["money_signs"] | markers["money"]) - own["no_money"],
        percent=own["percent"],
        per=own["per"],
        to=own["to"],
        until=own["until"],
        glued_endings=own["glued_endings"],
        needy=markers["needs_unit"] | markers["giving"] | markers["three_or_tin"],
        places=frozenset(_keys(_toml("places.toml")["names"])) | own["addresses"],
        numbering=own["numbering"],
    )


def _numbers_and_scales() -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    numbers: dict[str, Decimal] = {}
    scales: dict[str, Decimal] = {}
    with (files("core.intake.language.words") / "numbers.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            value = int(row["value"])
            target = scales if value in _SCALES else numbers
            target.update({key: Decimal(value) for key in _keys(row["forms"].split())})
    return numbers, scales


def _pieces(numbers: Mapping[str, Decimal], endings: Iterable[str]) -> dict[str, Decimal]:
    """Give number words with the word for a piece written onto them; चारवटा is written as if "chara-wata"."""
    return {
        key + joint + ending: value
        for key, value in numbers.items()
        for joint in ("", "a")
        for ending in endings
        if len(key) > 1
    }


def _units(forms: Mapping[str, list[str]]) -> dict[str, Unit]:
    return {key: Unit(unit) for unit, words in forms.items() for key in _keys(words)}


def _sets(name: str) -> dict[str, frozenset[str]]:
    return {name: frozenset(_keys(forms)) for name, forms in _toml(name).items()}


def key_of(word: str) -> str:
    """Give the key of a lexeme; a sign is its own."""
    return light(word) or word


def _keys(forms: Iterable[str]) -> Iterable[str]:
    return (key_of(form) for form in forms)


def _by_key(forms: Mapping[str, list[str]], *, add: int = 0) -> dict[str, Decimal]:
    return {key: Decimal(value) + add for value, words in forms.items() for key in _keys(words)}


def _toml(name: str) -> Any:
    return tomllib.loads((files("core.intake.language.words") / name).read_text(encoding="utf-8"))
