"""Reads changes to numbered lines: "line 2: 5"."""

from __future__ import annotations

import re
from decimal import Decimal

from core.quantity import quantity

_AMOUNT = r"(\d{1,6}(?:\.\d{1,3})?)"
_LINE_FIRST = re.compile(
    rf"(?:line|lain|no\.?|number|nambar|लाइन|नम्बर|#)\s*(\d{{1,2}})\s*(?:[:=\-]|to|lai)?\s*{_AMOUNT}"
)
_NUMBER_FIRST = re.compile(rf"(\d{{1,2}})\s*(?:number|nambar|नम्बर)\s*(?:lai|लाई|ko)?\s*[:=]?\s*{_AMOUNT}")
# A lone "र" joins two clauses; inside a word it is a letter.
CLAUSES = re.compile(r"[,;\n]|\band\b|\bra\b|(?<!\S)र(?!\S)")


def line_change(text: str) -> tuple[int, Decimal] | None:
    """The line and the quantity of "line 2: 5", "#2 = 5" or "2 number 5"; None for any other text."""
    plain = plain_digits(text).strip().lower()
    found = _LINE_FIRST.fullmatch(plain) or _NUMBER_FIRST.fullmatch(plain)
    if found is None:
        return None
    return int(found.group(1)), quantity(Decimal(found.group(2)))


def plain_digits(text: str) -> str:
    return "".join(str(int(character)) if character.isdecimal() else character for character in text)
