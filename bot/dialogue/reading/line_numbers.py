"""Reads changes to numbered lines: "line 2: 5"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.dialogue.reading.words import is_said
from core.intake.reading import Unit
from core.quantity import quantity

# The units that people count in, by their group of words in `words.toml`.
UNITS: Final[Mapping[str, Unit]] = {
    "unit_packet": Unit.PACKET,
    "unit_piece": Unit.PIECE,
    "unit_kg": Unit.KG,
    "unit_case": Unit.CASE,
    "unit_dozen": Unit.DOZEN,
    "unit_bottle": Unit.BOTTLE,
    "unit_sack": Unit.SACK,
}

_AMOUNT = r"(\d{1,6}(?:\.\d{1,3})?)\s*(\D*)"
_LINE_FIRST = re.compile(
    rf"(?:line|lain|no\.?|number|nambar|लाइन|नम्बर|#)\s*(\d{{1,2}})\s*(?:[:=\-]|to|lai)?\s*{_AMOUNT}"
)
_NUMBER_FIRST = re.compile(rf"(\d{{1,2}})\s*(?:number|nambar|नम्बर)\s*(?:lai|लाई|ko)?\s*[:=]?\s*{_AMOUNT}")
# A lone "र" joins two clauses; inside a word it is a letter.
CLAUSES = re.compile(r"[,;\n]|\band\b|\bra\b|(?<!\S)र(?!\S)")
# What stands behind one of these is said against what stands before.
CONTRASTS = re.compile(r"\b(?:but|tara|tar|lekin|magar)\b|(?<!\S)(?:तर|लेकिन|मगर)(?!\S)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class LineChange:
    """`count` counts `unit`, or without one what the line counts."""

    line: int
    count: Decimal
    unit: Unit | None = None


def line_change(text: str) -> LineChange | None:
    """The change in "line 2: 5", "#2 = 5 carton" or "2 number 5"; None for any other text."""
    plain = plain_digits(text).strip().lower()
    found = _LINE_FIRST.fullmatch(plain) or _NUMBER_FIRST.fullmatch(plain)
    if found is None:
        return None
    unit = unit_named(found.group(3))
    if unit is None and found.group(3):
        return None
    return LineChange(line=int(found.group(1)), count=quantity(Decimal(found.group(2))), unit=unit)


def unit_named(word: str) -> Unit | None:
    """The unit that *word* names, if it names one."""
    return next((unit for group, unit in UNITS.items() if is_said(word, group)), None)


def plain_digits(text: str) -> str:
    return "".join(str(int(character)) if character.isdecimal() else character for character in text)
