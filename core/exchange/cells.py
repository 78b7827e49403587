"""What a cell of a file says, as people and spreadsheets write it, and how we write it back. Pure.

A value that passed is *plain*: text, a whole number, yes or no, or nothing; exact decimals are plain as text. For every
plain value `parse(show(plain)) == plain`, which is what makes an export that is imported again change nothing.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Formatted:
    """A number of a workbook that its format shows otherwise: 123 under `00000` is read by people as 00123."""

    number: int | float
    format: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell of a workbook that says nothing that could be taken: a formula nobody computed, an error, a date."""

    code: str


Cell = str | int | float | bool | Formatted | Unreadable | None
Plain = str | int | bool | None
Shown = str | int | Decimal | None
Parse = Callable[[Cell], Plain]

LONGEST_TEXT = 200
LARGEST_PRICE: Final = Decimal("99999999.99")

_LATIN_DIGITS = str.maketrans("०१२३४५६७८९", "0123456789")
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{2,3})*,\d{3})(?:\.\d+)?", re.ASCII)
# A spreadsheet takes a text that starts like this for a formula. With an apostrophe before it, it stays text.
_STARTS_A_FORMULA = re.compile("'*[=+@＝＋－＠-]")
_ESCAPED = re.compile("'+[=+@＝＋－＠-]")
_YES = frozenset({"yes", "true", "1"})
_NO = frozenset({"no", "false", "0"})
# Excel itself keeps no more digits of a number.
_EXCEL_DIGITS = ".15g"
_EXCEL_LARGEST: Final = 10**15
_ZEROS = re.compile("0+")
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+", re.ASCII)
# In text only this much is surely a number that a spreadsheet rewrote: a code may well be 12E4.
_REWRITTEN = re.compile(r"\d(?:[.,]\d+)?[eE][+-]\d+", re.ASCII)


class CellRefused(Exception):
    """What stands in a cell cannot be meant. `code` is stable, `facts` explain it."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts


def is_empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def one_line(text: str) -> str:
    """One line without control characters: what a cell can carry."""
    return " ".join("".join(letter for letter in text if not _is_unwritable(letter)).split())


def escape_formula(text: str) -> str:
    """*text* so that no spreadsheet computes it."""
    return f"'{text}" if _STARTS_A_FORMULA.match(text) else text


def unescape_formula(text: str) -> str:
    """What `escape_formula` was given."""
    return text[1:] if _ESCAPED.match(text) else text


def text_of(*, most: int = LONGEST_TEXT, pattern: str | None = None, has_latin_digits: bool = False) -> Parse:
    """Text of at most *most* letters; all of it fits *pattern* where there is one."""
    shape = re.compile(pattern) if pattern else None

    def parse(cell: Cell) -> Plain:
        text = _text(cell)
        if has_latin_digits:
            text = text.translate(_LATIN_DIGITS)
        if len(text) > most:
            raise CellRefused("text_too_long", most=most)
        if shape and not shape.fullmatch(text):
            raise CellRefused("text_malformed", pattern=pattern)
        return text

    return parse


def whole(least: int, most: int) -> Parse:
    def parse(cell: Cell) -> Plain:
        return int(_within(cell, Decimal(least), Decimal(most), places=0))

    return parse


def price(least: Decimal) -> Parse:
    """Rupees with their paisa, as text with two decimals."""

    def parse(cell: Cell) -> Plain:
        return f"{_within(cell, least, LARGEST_PRICE, places=2):.2f}"

    return parse


def decimal(least: Decimal, most: Decimal, *, places: int) -> Parse:
    """An exact number, as text without needless zeros."""

    def parse(cell: Cell) -> Plain:
        return plain_decimal(_within(cell, least, most, places=places))

    return parse


def plain_decimal(value: Decimal) -> str:
    if not value:
        return "0"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day(cell: Cell) -> Plain:
    """A day, as text `2026-05-01`."""
    text = _text(cell).translate(_LATIN_DIGITS)
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError as malformed:
        raise CellRefused("day_malformed") from malformed


def flag(cell: Cell) -> Plain:
    if isinstance(cell, bool):
        return cell
    word = _text(cell).casefold().translate(_LATIN_DIGITS)
    if word not in _YES | _NO:
        raise CellRefused("not_yes_or_no")
    return word in _YES


def choice(of: Collection[str]) -> Parse:
    def parse(cell: Cell) -> Plain:
        word = _text(cell).casefold()
        if word not in of:
            raise CellRefused("choice_unknown", choices=sorted(of))
        return word

    return parse


def show_text(plain: Plain) -> Shown:
    return None if plain is None else escape_formula(one_line(str(plain)))


def show_flag(plain: Plain) -> Shown:
    return "yes" if plain else "no"


def show_number(plain: Plain) -> Shown:
    return None if plain is None else Decimal(plain)


def _text(cell: Cell) -> str:
    text = _digits(cell) if isinstance(cell, Formatted | int | float) else str(cell)
    if _REWRITTEN.fullmatch(text.strip()):
        raise CellRefused("scientific_notation")
    if any(_is_unwritable(letter) for letter in text):
        raise CellRefused("control_character")
    return unescape_formula(" ".join(text.split()))


def _digits(cell: Formatted | float) -> str:
    """The text that a number stands for, zeros in front included where its format shows them."""
    if isinstance(cell, bool):
        return str(cell)
    number = cell.number if isinstance(cell, Formatted) else cell
    if abs(number) >= _EXCEL_LARGEST:
        # Excel has made zeros of the digits after the fifteenth.
        raise CellRefused("digits_lost")
    shown = plain_decimal(_from_float(number)) if isinstance(number, float) else str(number)
    if not isinstance(cell, Formatted):
        return shown
    if not _ZEROS.fullmatch(cell.format) or not shown.isdecimal():
        raise CellRefused("number_has_format", format=cell.format)
    return shown.zfill(len(cell.format))


def _number(cell: Cell) -> Decimal:
    if isinstance(cell, Formatted):
        if "%" in cell.format:
            raise CellRefused("number_has_format", format=cell.format)
        cell = cell.number
    if isinstance(cell, bool | Unreadable):
        raise CellRefused("number_malformed")
    if isinstance(cell, int):
        return Decimal(cell)
    if isinstance(cell, float):
        return _from_float(cell)
    text = (cell or "").strip().translate(_LATIN_DIGITS)
    if _SCIENTIFIC.fullmatch(text):
        raise CellRefused("scientific_notation")
    if not _NUMBER.fullmatch(text):
        raise CellRefused("number_malformed")
    return Decimal(text.replace(",", ""))


def _from_float(number: float) -> Decimal:
    exact = Decimal(format(number, _EXCEL_DIGITS))
    if not exact.is_finite():
        raise CellRefused("number_malformed")
    return exact


def _within(cell: Cell, least: Decimal, most: Decimal, *, places: int) -> Decimal:
    number = _number(cell)
    # In this order: rounding a number of a million digits to see whether it has decimals would take its time.
    if not least <= number <= most:
        raise CellRefused("out_of_range", least=str(least), most=str(most))
    if number != round(number, places):
        raise CellRefused("too_many_decimals", places=places)
    return number


def _is_unwritable(letter: str) -> bool:
    """Control characters and what XML has no place for. White space has been read as a space or will be."""
    if letter in "\t\n\r":
        return False
    return unicodedata.category(letter) in {"Cc", "Cs"} or letter in "\ufffe\uffff"
