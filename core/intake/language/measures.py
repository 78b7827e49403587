"""Measures that tell goods apart ("9W", "1/2 inch", "500 mg", "No. 80", "strip of 10"), in names and in messages alike."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

CONTENTS = "contents"
BARE = "bare"
CONTAINERS = "strip|tube|box|pack|packet|pkt|jar|bundle|crate|set|bag|case|carton|tin|roll|dozen"
OF_CONTENTS = re.compile(
    rf"\b(?:{CONTAINERS})\s+of\s+(\d{{1,5}})\b(?:\s*(?:pcs|pieces|tablets|nos)\b)?", re.IGNORECASE
)
NUMBERED = re.compile(
    r"(?<![\w])(?:no|number|nambar|size|grade|shade|नम्बर|नं)\s*[.:#-]?\s*(\d{1,5})(?![\w.]|/\d)", re.IGNORECASE
)
SUFFIXED = re.compile(
    r"(?<![\w./])(\d{1,4})\s*(?:no|number|nambar|नम्बर|नं)(?![^\W\d_])(?!\s*[.:#-]?\s*\d{3})", re.IGNORECASE
)
COMPOSED = re.compile(
    r"(?<![\w./,])(\d{1,4})([/xX*])(\d{1,4})(?![\w/*])(?:\s?(?:inch|cm|mm|ft)\b)?", re.IGNORECASE
)
# Sizes of two or three numbers with a point or a dash in them, as tyres have ("2.75-18", "100/90-17", "100/90x17").
CHAINED = re.compile(
    r"(?<![\w./,-])(\d{1,3}(?:\.\d{1,2})?)([-/xX*])(\d{1,3}(?:\.\d{1,2})?)(?:[-/xX*](\d{1,3}))?(?![\w/*]|[.-]\d)"
)
DIGIT = re.compile(r"\d")
NUMBER = r"(?:(?P<whole>\d{1,4})[ -](?=\d+/))?(?P<number>\d+(?:\.\d+)?|\.\d+)(?:/(?P<under>\d{1,3}))?"


@dataclass(frozen=True, kw_only=True, slots=True)
class Attribute:
    """One measured property of goods, in the base unit of its dimension; `kind` tells composed numbers apart (24/6)."""

    kind: str
    value: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """An attribute written in the characters from `start` up to `end`; `numeral` is the number as written."""

    start: int
    end: int
    attribute: Attribute
    numeral: Decimal


def find_measures(text: str) -> Iterator[Measured]:
    """Find every measure of a text. Where it can be read in two ways ("5 1/2 inch"), both are given."""
    if not DIGIT.search(text):
        return
    for match in OF_CONTENTS.finditer(text):
        yield _measured(match.start(), match.end(), CONTENTS, Decimal(match[1]))
    for match in NUMBERED.finditer(text):
        yield _measured(match.start(), match.end(), BARE, Decimal(match[1]))
    for match in SUFFIXED.finditer(text):
        yield _measured(match.start(), match.end(), BARE, Decimal(match[1]))
    for match in CHAINED.finditer(text):
        yield from _chained(match)
    for match in COMPOSED.finditer(text):
        yield _measured(
            match.start(), match.end(), f"{match[2].lower().replace('*', 'x')}{match[3]}", Decimal(match[1])
        )
    for match in _pattern().finditer(text):
        yield from _with_unit(match)


def _chained(match: re.Match[str]) -> Iterator[Measured]:
    """Give a size of three numbers and its first two, or one of two numbers that no fraction has ("2.75-18", also "275-18")."""
    first, sign, second, third = match.groups()
    value = Decimal(first)
    if third is not None:
        yield _measured(match.start(), match.end(), f"/{second}x{third}", value)
        yield _measured(match.start(), match.end(3), f"/{second}", value)
        return
    if sign == "-" or "." in first + second:
        kind = f"{'/' if sign == '/' else 'x'}{second}"
        yield _measured(match.start(), match.end(), kind, value)
        if "." in first:
            yield _measured(match.start(), match.end(), kind, value * 100)


def _with_unit(match: re.Match[str]) -> Iterator[Measured]:
    kind, factor = _units()[" ".join(match["unit"].lower().split())]
    under = Decimal(match["under"] or 1)
    if not under:
        return
    number = Decimal(match["number"]) / under
    if match["whole"]:
        whole = Decimal(match["whole"])
        yield _measured(match.start(), match.end(), kind, (whole + number) * factor, numeral=whole + number)
    yield _measured(match.start("number"), match.end(), kind, number * factor, numeral=number)


def _measured(start: int, end: int, kind: str, value: Decimal, *, numeral: Decimal | None = None) -> Measured:
    attribute = Attribute(kind=kind, value=value.normalize())
    return Measured(
        start=start, end=end, attribute=attribute, numeral=(value if numeral is None else numeral).normalize()
    )


@cache
def _units() -> Mapping[str, tuple[str, Decimal]]:
    table = tomllib.loads((files("core.intake.language.words") / "measures.toml").read_text("utf-8"))
    return {
        form: (kind, Decimal(factor))
        for kind, factors in table.items()
        for factor, forms in factors.items()
        for form in forms
    }


@cache
def _pattern() -> re.Pattern[str]:
    forms = "|".join(
        re.escape(form).replace(r"\ ", r"\s?") for form in sorted(_units(), key=len, reverse=True)
    )
    return re.compile(rf"(?<![\w./]){NUMBER}[ -]?(?P<unit>{forms})(?![^\W\d_])(?!\d)", re.IGNORECASE)
