"""Numbers typed for the numbered lines of a list: "2 5, 3 0" is five of line 2 and none of line 3."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.dialogue.words import mentions
from core.quantity import LARGEST, quantity

_PAIR = re.compile(r"(?<![\d.])#?(\d{1,2})\s*(?:[:=x\-]|\s)\s*(\d{1,6}(?:\.\d{1,3})?)(?![\d.])")
_LONE = re.compile(r"(?<!\d)#?(\d{1,2})(?!\d)")
_SPLIT = re.compile(r"[,;\n]|\band\b|\bra\b|र")


def line_figures(text: str, lines: int) -> dict[int, Decimal]:
    """By 0-based position of the line, the figure said for it. A line said to be "none" counts as zero."""
    found: dict[int, Decimal] = {}
    for part in _SPLIT.split(text):
        plain = _plain_digits(part)
        if pair := _PAIR.search(plain):
            position, figure = int(pair.group(1)) - 1, Decimal(pair.group(2))
        elif (lone := _LONE.search(plain)) and mentions(part, "none"):
            position, figure = int(lone.group(1)) - 1, Decimal(0)
        else:
            continue
        if 0 <= position < lines and figure <= LARGEST:
            found[position] = quantity(figure)
    return found


def _plain_digits(text: str) -> str:
    return "".join(str(int(character)) if character.isdecimal() else character for character in text)
