"""Numbers typed for the numbered lines of a list: "2 5, 3 0" is five of line 2 and none of line 3."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.dialogue.reading.words import mentions
from core.quantity import LARGEST, quantity

_PAIR = re.compile(
    r"(?<![\d.])#?(\d{1,2})\s*(?:[:=x\-]|ko\b|को|ma\b|मा|\s)\s*(\d{1,6}(?:\.\d{1,3})?)(?![\d.])"
)
_LONE = re.compile(r"(?<!\d)#?(\d{1,2})(?!\d)")
_FIGURE = r"(\d{1,6}(?:\.\d{1,3})?)"
_LINE_FIRST = re.compile(
    rf"(?:line|lain|no\.?|number|nambar|लाइन|नम्बर|#)\s*(\d{{1,2}})\s*(?:[:=\-]|to|lai)?\s*{_FIGURE}"
)
_NUMBER_FIRST = re.compile(rf"(\d{{1,2}})\s*(?:number|nambar|नम्बर)\s*(?:lai|लाई|ko)?\s*[:=]?\s*{_FIGURE}")
# A lone "र" joins two clauses; inside a word it is a letter.
CLAUSES = re.compile(r"[,;\n]|\band\b|\bra\b|(?<!\S)र(?!\S)")


def line_figures(text: str, lines: int) -> dict[int, Decimal]:
    """By 0-based position of the line, the figure said for it. A line said to be "none" counts as zero."""
    found: dict[int, Decimal] = {}
    for part in CLAUSES.split(text):
        plain = plain_digits(part)
        if pair := _PAIR.search(plain):
            position, figure = int(pair.group(1)) - 1, Decimal(pair.group(2))
        elif (lone := _LONE.search(plain)) and mentions(part, "none"):
            position, figure = int(lone.group(1)) - 1, Decimal(0)
        else:
            continue
        if 0 <= position < lines and figure <= LARGEST:
            found[position] = quantity(figure)
    return found


def line_change(text: str) -> tuple[int, Decimal] | None:
    """The line and the figure of "line 2: 5", "#2 = 5" or "2 number 5"; None for anything that says more or less."""
    plain = plain_digits(text).strip().lower()
    found = _LINE_FIRST.fullmatch(plain) or _NUMBER_FIRST.fullmatch(plain)
    if found is None:
        return None
    return int(found.group(1)), quantity(Decimal(found.group(2)))


def figures_in(text: str) -> list[str]:
    """Every number in the text, in plain digits."""
    return re.findall(r"\d+(?:\.\d+)?", plain_digits(text))


def plain_digits(text: str) -> str:
    return "".join(str(int(character)) if character.isdecimal() else character for character in text)
