"""The first cut of a message: words, digits as written, dates, telephones, names of letters and digits, signs."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.intake.language import dates
from core.intake.language.number_words import key_of
from core.intake.language.numerals import NumberKind, NumberReading


class LexemeKind(StrEnum):
    WORD = "word"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    PHONE = "phone"
    ACCOUNT = "account"
    CODE = "code"
    ORDER = "order"
    INVOICE = "invoice"
    NAME = "name"
    SIGN = "sign"
    PICTURE = "picture"
    BREAK = "break"


@dataclass(frozen=True, kw_only=True, slots=True)
class Lexeme:
    kind: LexemeKind
    text: str
    key: str  # of a word: how the words of the language are looked up
    start: int
    end: int
    is_glued: bool  # nothing stands between this one and the one before
    said: str = ""  # of a name: without its marks
    date: dt.date | None = None
    time: dt.time | None = None
    numbers: tuple[NumberReading, ...] = ()


_M = f"(?:{dates.MONTH})(?![^\\W\\d_])"
_TH = r"(?:st|nd|rd|th)?"
_LEXEME = re.compile(
    r"(?P<break>\n)"
    r"|(?P<invoice>(?<![\d/])\d{4}/\d{2,4}-\d{1,6}(?!\d))"
    rf"|(?P<date>(?<![\w.,/-])(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:20\d{{2}}|\d{{2}}))(?![\w/-]|[.,]\d)"
    rf"|(?<![\w.,])\d{{1,2}}{_TH}[ ,./-]{{0,2}}{_M}\.?(?:[ ,./-]{{0,2}}\d{{4}}(?!\d)|[-/']\d{{2}}(?!\d))?"
    rf"|(?<![\w]){_M}[ .,-]{{1,2}}\d{{1,2}}{_TH}(?:[ ,-]{{1,2}}20\d{{2}}(?!\d))(?![\w])"
    rf"|(?<![\w.,])20\d{{2}}[ -/]{{1,2}}{_M}[ -/]{{0,2}}\d{{1,2}}(?!\d)"
    r"|(?<![\w.,])\d{1,2} ?(?:gate|gatey|गते)(?![a-z]))"
    r"|(?P<time>(?<![\w.,:/-])\d{1,2}(?:[:.]\d{2}){0,2} ?(?:[ap]\.? ?m(?![a-z])\.?|baje(?![a-z])|baji(?![a-z])|bajey|bje(?![a-z])|बजे|o'?clock)"
    r"|(?<![\w.,:/-])\d{1,2}:\d{2}(?::\d{2})?(?![\d:]))"
    r"|(?P<phone>(?<![\w.])(?:\+?977[ -]?)?9[678]\d(?:\d{7}|\d[ -]\d{3}[ -]\d{3}|[ -]\d{3}[ -]?\d{4}|\d[ -]\d{6})(?!\d)|(?<![\w.])0\d{1,2}-\d{6,7}(?!\d))"
    r"|(?P<account>(?<![a-z0-9*#])(?:\d{0,8}[x*#]{2,20}\d{2,8}|\d{2,8}[x*#]{2,20})(?![a-z0-9*#]))"
    r"|(?P<code>(?<![\w.,/:-])0\d{4}(?![\d/:]|[.,]\d))"
    r"|(?P<order>(?<![\w-])kh-?\d{1,9}(?![\w])|(?<![\w#])# ?\d{1,8}(?![\w]))"
    r"|(?P<euro>(?<![\d.,])\d{1,3}(?:\.\d{3})+,\d{1,2}(?![\d.,]\d|\d))"
    r"|(?P<mixed>(?<![\d.,/])\d{1,6} 1/2(?![\d/])|(?<![\d.,/])\d{1,6} [13]/4(?![\d/])|\d{0,6} ?[½¼¾])"
    r"|(?P<name>(?<![\w])(?!(?:rs|npr|nrs|no|line|order|ref|txn|id)\d|x\d+(?!\w))(?:[a-z]{1,12}\d|\d{1,12}(?!x\d{1,4}(?!\w))[a-z]{1,8}\d|[a-z]{1,6}-\d*[a-z]\d|[a-z]{2,6}-\d{4})[a-z0-9]{0,30}(?:-[a-z0-9]{1,20}){0,4}(?![\w]))"
    r"|(?P<number>[-+]?(?:\d{1,3}(?:,\d{2,3}){0,4},\d{3}(?:\.\d{1,6})?(?![\d]|,\d)"
    r"|\d{1,12}(?:,\d{1,12}){1,20}(?!\d)|\d{1,6}(?:/\d{1,6}){1,6}(?![\d/])|\d{1,9}(?:\.\d{1,6})?-\d{1,9}(?:\.\d{1,6})?(?![\d-])"
    r"|\d{1,40}(?:\.\d{1,12})?|(?<![\w.])\.\d{1,6}))"
    r"|(?P<times>(?<=\d)x(?![^\W\d_])|(?<!\w)x(?=\d)|(?<!\w)x(?!\w))"
    r"|(?P<word>[^\W\d_][^\W\d_\u0300-\u036f]*(?:['\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963]+[^\W\d_]+)*[\u0900-\u0903\u093a-\u094f]*)"
    r"|(?P<sign>/[-=](?!\d)|\.{2,}|[^\w\s])",
)
_KINDS = {kind.value: kind for kind in LexemeKind} | {"times": LexemeKind.SIGN}
_FRACTIONS = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75"), "1/2": Decimal("0.5"), "1/4": Decimal("0.25"), "3/4": Decimal("0.75")}  # fmt: skip
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{2})*,\d{3}(?:\.\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_PICTURES = range(0x2190, 0x110000)


def lex(text: str) -> list[Lexeme]:
    """Cut a text in plain characters into lexemes, in their order and without overlap."""
    return list(_lexemes(text))


def _lexemes(text: str) -> Iterator[Lexeme]:
    reach = -1
    position = 0
    while position < len(text):
        if (word := _PLAIN_WORD.match(text, position)) and _is_only_a_word(word):
            start, end = word.span(1)
            yield _lexeme("word", text, start, end, is_glued=start == reach)
            position = reach = end
            continue
        found = _LEXEME.search(text, position)
        if found is None:
            return
        start, end, name = found.start(), found.end(), found.lastgroup or "sign"
        if name == "date" and (day := _dated(text, start, end)) is not None:
            yield day
        elif name == "date":
            number = _NUMBER_ALONE.match(text, start)
            end = number.end() if number else start + 1
            yield _lexeme("number" if number else "sign", text, start, end, is_glued=start == reach)
        else:
            if name == "number":
                start, end = _without_a_loose_sign(text, start, end)
            yield _lexeme(name, text, start, end, is_glued=start == reach)
        position = reach = max(end, position + 1)


# A word in Latin letters with a space, a comma or the end behind it: the most frequent lexeme, found without the rest.
_PLAIN_WORD = re.compile(r" *([a-z]+)(?=[ ,\n]|\Z)")
_MONTH_NAME = re.compile(dates.MONTH)


def _is_only_a_word(found: re.Match[str]) -> bool:
    """Say whether letters are no sign of multiplication and no month that begins a date."""
    return found[1] != "x" and _MONTH_NAME.match(found[1]) is None


_NUMBER_ALONE = re.compile(r"\d{1,12}(?:[./-]\d{1,6})?")


def _dated(text: str, start: int, end: int) -> Lexeme | None:
    written = text[start:end]
    day = dates.read_date(written)
    has_name = any(letter.isalpha() for letter in written)
    if day is None and not has_name:
        return None
    return Lexeme(
        kind=LexemeKind.DATE, text=written, key=written, start=start, end=end, is_glued=False, date=day
    )


def _without_a_loose_sign(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave a dash that joins or lists ("sugar-5", "2 -3") to be a sign of its own."""
    if text[start] not in "+-":
        return start, end
    before = text[start - 1] if start else "\n"
    return (start, start + 1) if before.isalnum() or before in "-+)." else (start, end)


def _lexeme(name: str, text: str, start: int, end: int, *, is_glued: bool) -> Lexeme:
    written = text[start:end]
    if name in ("euro", "mixed", "number"):
        if written in "+-":
            return Lexeme(
                kind=LexemeKind.SIGN, text=written, key=written, start=start, end=end, is_glued=is_glued
            )
        starts_row = written[0] == "-" and (start == 0 or text[start - 1] == "\n")
        return Lexeme(
            kind=LexemeKind.NUMBER,
            text=written,
            key=written,
            start=start,
            end=end,
            is_glued=is_glued,
            numbers=_readings(name, written, starts_row=starts_row),
        )
    kind = _KINDS[name]
    if kind is LexemeKind.SIGN and ord(written[0]) in _PICTURES:
        kind = LexemeKind.PICTURE
    key = key_of(written) if kind is LexemeKind.WORD else written
    return Lexeme(
        kind=kind,
        text=written,
        key=key,
        start=start,
        end=end,
        is_glued=is_glued,
        said=_said(kind, written),
        time=dates.read_time(written) if kind is LexemeKind.TIME else None,
    )


def _said(kind: LexemeKind, written: str) -> str:
    if kind is LexemeKind.ORDER:
        return "".join(letter for letter in written if letter.isdigit()).lstrip("0")
    if kind is LexemeKind.PHONE:
        return "".join(letter for letter in written if letter.isdigit())
    return written


def _readings(name: str, written: str, *, starts_row: bool) -> tuple[NumberReading, ...]:
    """Give what digits as written can count: "1,200" one thing, "1,3" or "1.234,56" two."""
    if name == "mixed":
        whole, fraction = re.fullmatch(r"(\d*) ?(.+)", written).groups()  # type: ignore[union-attr]
        return (_count(Decimal(whole or 0) + _FRACTIONS[fraction]),)
    if name == "euro":
        thousands, _, decimals = written.partition(",")
        return (
            _count(Decimal(f"{thousands.replace('.', '')}.{decimals}")),
            _count(Decimal(thousands.split(".")[0])),
        )
    sign = -1 if written[0] == "-" else 1
    digits = written.lstrip("+-")
    if sign < 0 and starts_row:
        # A dash before the first digit of a row is a minus or the dot of a list.
        return tuple(_count(value * one) for value in _values(digits)[:1] for one in (1, -1))
    if "," in digits:
        return _with_commas(digits, sign)
    if "/" in digits:
        return _with_strokes(digits)
    if "-" in digits:
        first, other = (Decimal(part) for part in digits.split("-"))
        kind = NumberKind.RANGE if first < other else NumberKind.LIST
        return (NumberReading(kind=kind, values=(first, other)),)
    return (_count(sign * Decimal(digits)),)


def _with_commas(digits: str, sign: int) -> tuple[NumberReading, ...]:
    if _THOUSANDS.fullmatch(digits):
        return (_count(sign * Decimal(digits.replace(",", ""))),)
    values = _values(digits)
    listed = NumberReading(kind=NumberKind.LIST, values=values)
    decimals = digits.rpartition(",")[2]
    if len(values) == 2 and len(decimals) <= 2:
        return (listed, _count(sign * Decimal(digits.replace(",", "."))))
    return (listed,)


def _with_strokes(digits: str) -> tuple[NumberReading, ...]:
    listed = NumberReading(kind=NumberKind.LIST, values=_values(digits))
    return (_count(_FRACTIONS[digits]), listed) if digits in _FRACTIONS else (listed,)


def _values(digits: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(part) for part in re.findall(r"\d+(?:\.\d+)?|\.\d+", digits))


def _count(value: Decimal) -> NumberReading:
    return NumberReading(kind=NumberKind.COUNT, value=value)
