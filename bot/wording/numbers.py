"""Numbers, money and quantities as people in Nepal write them, in each language."""

from __future__ import annotations

from decimal import Decimal

from core.money import Money, lakhs

DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")
RUPEES = {"en": "Rs.", "ne": "रु."}


def digits(value: object, *, language: str) -> str:
    """*value* as text, in the digits of the language."""
    text = str(value)
    return text.translate(DEVANAGARI) if language == "ne" else text


def money(amount: Money, *, language: str) -> str:
    """`Rs. 1,23,456.00`: grouped in thousands, lakhs and crores, always with paisa."""
    whole, paisa = divmod(abs(amount.minor), 100)
    sign = "-" if amount.minor < 0 else ""
    return f"{RUPEES[language]} {sign}{digits(f'{lakhs(whole)}.{paisa:02d}', language=language)}"


def amount(value: Decimal, *, language: str) -> str:
    """A quantity without trailing zeros: `12`, `2.5`."""
    plain = format(value.normalize(), "f") if value else "0"
    return digits(plain, language=language)
