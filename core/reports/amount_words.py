"""An amount in words, as a bill needs it: "Rupees one lakh two thousand five and fifty paisa only". Pure."""

from __future__ import annotations

from typing import Final

from core.money import Money

_SMALL: Final = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS: Final = [".", ".", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_GROUPS: Final = ((10_000_000, "crore"), (100_000, "lakh"), (1_000, "thousand"), (100, "hundred"))


def amount_in_words(amount: Money) -> str:
    """In lakhs and crores. A negative amount begins with "minus"."""
    whole, paisa = divmod(abs(amount.minor), 100)
    words = ["Rupees", *(["minus"] if amount.minor < 0 else []), _number(whole)]
    if paisa:
        words += ["and", _number(paisa), "paisa"]
    return " ".join([*words, "only"])


def _number(value: int) -> str:
    if value < len(_SMALL):
        return _SMALL[value]
    for size, name in _GROUPS:
        if value >= size:
            many, rest = divmod(value, size)
            return f"{_number(many)} {name}" + (f" {_number(rest)}" if rest else "")
    tens, ones = divmod(value, 10)
    return _TENS[tens] + (f"-{_SMALL[ones]}" if ones else "")
