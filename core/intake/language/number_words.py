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

_ADDRESSES = (
    "ward", "wada", "वडा", "वार्ड", "house", "ghar", "घर", "shop", "pasal", "पसल", "dokan", "gali", "गल्ली", "lane", "marg", "मार्ग", "tole", "टोल",
    "kotha", "कोठा", "floor", "tala", "तला", "block", "sector", "pan", "vat",
)  # fmt: skip


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
    # Endings that may stick to a figure and change nothing about it: "1042ko", "5ota".
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
    numbers: dict[str, Decimal] = {}
    scales: dict[str, Decimal] = {}
    with (files("core.intake.language.words") / "numbers.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            value = int(row["value"])
            target = scales if value in _SCALES else numbers
            target.update({key: Decimal(value) for key in _keys(row["forms"].split())})
    scales.update({key: Decimal(100) for key in _keys(("hundred",))})
    scales.update({key: Decimal(1_000_000) for key in _keys(("million",))})
    markers, units, fractions = _toml("markers.toml"), _toml("units.toml"), _toml("fractions.toml")
    endings = tuple(_keys(markers["piece_endings"]))
    return NumberWords(
        values=numbers,
        scales=scales,
        pieces={
            key + joint + ending: value
            for key, value in numbers.items()
            for joint in ("", "a")
            for ending in endings
            if len(key) > 1
        },
        fractions=_by_key(fractions["whole"]) | _by_key(fractions["both"], add=1),
        before=_by_key(fractions["before"]) | _by_key(fractions["both"]),
        tens=frozenset(Decimal(ten) for ten in range(20, 100, 10)),
        ones={key: numbers[key] for key in _keys(markers["english_ones"]) if key in numbers},
        units={key: Unit(unit) for unit, forms in units["forms"].items() for key in _keys(forms)},
        glued_units={key: Unit(unit) for unit, forms in units["glued"].items() for key in _keys(forms)},
        money=frozenset(_keys(("₨", "रु", *markers["money"]))) - {"re"},
        percent=frozenset(_keys(("percent", "pratishat", "प्रतिशत"))),
        per=frozenset(_keys(("per", "prati", "प्रति"))),
        to=frozenset(_keys(("to", "dekhi", "देखि", "se"))),
        until=frozenset(_keys(("samma", "सम्म", "tak", "तक"))),
        glued_endings=frozenset(
            _keys(("ko", "ka", "ki", "lai", "ma", "le", "ota", "wata", "ta", "st", "nd", "rd", "th", "को", "मा", "लाई", "ले", "वटा", "ओटा"))
        ),
        needy=frozenset((*_keys(markers["needs_unit"]), *_keys(markers["giving"]), *_keys(markers["three_or_tin"]))),
        places=frozenset(_keys((*_toml("places.toml")["names"], *_ADDRESSES))),
        numbering=frozenset(_keys(("no", "number", "nambar", "nam", "नं", "नम्बर"))),
    )  # fmt: skip


def key_of(word: str) -> str:
    """Give the key of a lexeme; a sign is its own."""
    return light(word) or word


def _keys(forms: Iterable[str]) -> Iterable[str]:
    return (key_of(form) for form in forms)


def _by_key(forms: Mapping[str, list[str]], *, add: int = 0) -> dict[str, Decimal]:
    return {key: Decimal(value) + add for value, words in forms.items() for key in _keys(words)}


def _toml(name: str) -> Any:
    return tomllib.loads((files("core.intake.language.words") / name).read_text(encoding="utf-8"))
