"""What an act is about, taken from its clause: times, money, the way it went, references, lines, goods, reasons."""

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal

from core.intake.acts.clauses import Clause, is_line
from core.intake.acts.types import DayPart, LineAmount, OnTerms, When, Why
from core.intake.acts.units import Unit, UnitKind
from core.intake.language.numbers import order_numbers
from core.intake.language.numerals import NumberKind, Numeral
from core.money import Money

MOST_MONEY = Decimal(1_000_000_000)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS = {"mood.day_after": 2, "mood.tomorrow": 1, "mood.today": 0}
_PARTS = {f"day.{part}": DayPart(part) for part in ("morning", "noon", "evening", "night")}
WHEN_SENSES = ("mood.today", "mood.tomorrow", "mood.day_after", "day.", "mood.ago")
_NOW_WORDS = frozenset(
    {
        "now",
        "nw",
        "already",
        "alrdy",
        "just",
        "just now",
        "right now",
        "bharkhar",
        "bhakhar",
        "bharkharai",
        "ahile",
        "aile",
        "ahilei",
        "abhi",
        "अहिले",
        "अभी",
    }
)


def group_of(numeral: Numeral) -> str:
    """Say what a number can be about: an act is certain only when each of its numbers has a place in it."""
    kind = numeral.best.kind
    if kind in (NumberKind.DATE, NumberKind.TIME):
        return "when"
    if kind in (
        NumberKind.CODE,
        NumberKind.INVOICE,
        NumberKind.NAME,
        NumberKind.PHONE,
        NumberKind.ACCOUNT,
        NumberKind.PLACE,
    ):
        return kind.value
    if kind in (NumberKind.MONEY, NumberKind.RATE):
        return "money"
    if order_numbers(numeral):
        return "order"
    reading = numeral.as_kind(NumberKind.LIST)
    if reading is not None and all(is_line(value) for value in reading.values):
        return "line"
    value = numeral.best.value
    if numeral.best.unit is None and value is not None and is_line(value):
        return "line"
    return "count"


# Times


def when_of(clause: Clause) -> When | None:
    """Give the day and time that a clause names; None when it names none."""
    if not _may_name_a_time(clause):
        return None
    units = [unit for unit in clause.units if _is_time(unit)]
    days = weekday = date = time = part = within = None
    for unit in clause.units:
        for sense, count in _DAYS.items():
            if unit.has(sense) and unit.text not in _NOW_WORDS:
                days = count
        weekday = next((place for place, day in enumerate(_WEEKDAYS) if unit.has(f"day.{day}")), weekday)
        part = next((found for sense, found in _PARTS.items() if unit.has(sense)), part)
        if unit.numeral is not None:
            date = unit.numeral.best.date or date
            time = unit.numeral.best.time or time
    if (span := _span(clause)) is not None:
        within, more = span
        units = [*(unit for unit in units if unit not in more), *more]
    if all(one is None for one in (days, weekday, date, time, part, within)):
        return None
    said = " ".join(unit.text for unit in sorted(units, key=lambda unit: unit.start))
    return When(said=said, days=days, weekday=weekday, date=date, time=time, part=part, within=within)


def _may_name_a_time(clause: Clause) -> bool:
    return any(sense in _DAYS or sense.startswith("day.") for sense in clause.senses) or any(
        one.best.date is not None or one.best.time is not None for one in clause.numerals
    )


def _is_time(unit: Unit) -> bool:
    if unit.numeral is not None:
        return unit.numeral.best.kind in (NumberKind.DATE, NumberKind.TIME)
    return unit.has(*_DAYS, *_PARTS) or any(sense.startswith("day.") for sense in unit.senses)


def _span(clause: Clause) -> tuple[dt.timedelta, list[Unit]] | None:
    """Read "2 hours", "ek ghanta ma"."""
    if not clause.has("day.hours", "day.minutes"):
        return None
    for number, unit in zip(clause.units, clause.units[1:], strict=False):
        if number.numeral is None or not unit.has("day.hours", "day.minutes"):
            continue
        value = number.numeral.value
        if value is not None and 0 < value < 1000:
            hours = float(value) if unit.has("day.hours") else float(value) / 60
            return dt.timedelta(hours=hours), [number, unit]
    return None


def span_units(clause: Clause) -> tuple[Unit, ...]:
    span = _span(clause)
    return tuple(span[1]) if span else ()


# Money


def money_of(clause: Clause, *, besides: Sequence[Unit] = ()) -> tuple[Money | None, bool, tuple[Unit, ...]]:
    """Give the sum of money said, whether it is certain, and the numbers it was read from.

    What is marked as money counts before bare numbers; of several sums none is chosen.
    """
    numbers = [unit for unit in clause.units if unit.numeral is not None and unit not in besides]
    marked = [unit for unit in numbers if _kind(unit) is NumberKind.MONEY]
    bare = [unit for unit in numbers if _kind(unit) is NumberKind.COUNT and unit.numeral.best.unit is None]  # type: ignore[union-attr]
    decimals = [unit for unit in bare if re.search(r"\.\d\d$", unit.text)]
    for found in (marked, decimals, bare):
        if not found:
            continue
        amounts = {_paisa(unit) for unit in found} - {None}
        is_certain = len(amounts) == 1 and all(unit.numeral.is_certain for unit in found if unit.numeral)
        amount = next(iter(amounts)) if len(amounts) == 1 else None
        return (Money(amount) if amount else None), is_certain and bool(amount), tuple(found)
    return None, False, ()


def _kind(unit: Unit) -> NumberKind | None:
    return unit.numeral.best.kind if unit.numeral else None


def _paisa(unit: Unit) -> int | None:
    value = unit.numeral.value if unit.numeral else None
    if value is None or not 0 < value < MOST_MONEY:
        return None
    paisa = value * 100
    return int(paisa) if paisa == int(paisa) else None


_WAYS = ("esewa", "khalti", "imepay", "fonepay", "connectips", "cheque", "bank_transfer")


def method_of(clause: Clause) -> str | None:
    """Give the way the money went; a wallet beside a bank is the way ("bank bata esewa"); cash is a way of its own."""
    found = next((way for way in _WAYS if clause.has(f"way.{way}")), None)
    return found or ("cash" if clause.has("is.cash") else None)


_REFERENCE_PIECE = re.compile(r"[a-z0-9][a-z0-9/-]{0,30}")


def reference_of(clause: Clause) -> tuple[str, tuple[Unit, ...]] | None:
    """Give the reference that was named, without spaces and in capitals, and the units it was read from.

    After a word such as "ref" it may be parted by spaces ("frx 991"); without one it has letters and figures in one.
    """
    if cheque := _cheque_number(clause):
        return cheque
    marks = [place for place, unit in enumerate(clause.units) if _marks_reference(unit)]
    for mark in marks:
        if found := _reference_after(clause.units, mark + 1):
            return found
    names = [unit for unit in clause.names if _looks_like_a_reference(unit.text)]
    return (names[0].text.upper(), (names[0],)) if len(names) == 1 else None


def _cheque_number(clause: Clause) -> tuple[str, tuple[Unit, ...]] | None:
    """Give the number of a cheque: five figures or more right behind the word, with or without "no" between."""
    for place, unit in enumerate(clause.units):
        if not unit.has("way.cheque"):
            continue
        for other in clause.units[place + 1 : place + 4]:
            if other.kind is UnitKind.NUMBER and other.text.isdigit() and len(other.text) >= _SHORTEST_CHEQUE:
                return other.text, (other,)
            if not (
                other.has("is.reference", "small.number_word", "small.func", "is.line")
                or other.text in ":#-."
            ):
                break
    return None


_SHORTEST_CHEQUE = 5


def _marks_reference(unit: Unit) -> bool:
    return unit.has("is.reference", "is.code") or (
        unit.kind is UnitKind.WORD and unit.text in ("id", "no", "number")
    )


def _reference_after(units: Sequence[Unit], place: int) -> tuple[str, tuple[Unit, ...]] | None:
    end = place + _MOST_BETWEEN
    while place < min(end, len(units)) and _leads_to_reference(units[place]):
        place += 1
    pieces: list[Unit] = []
    for unit in units[place : place + _MOST_PIECES]:
        if unit.is_glued and pieces and unit.kind is not UnitKind.SIGN:
            pieces.append(unit)
            continue
        if unit.kind is UnitKind.SIGN and unit.text in "-/" and pieces:
            continue
        if not _REFERENCE_PIECE.fullmatch(unit.text.replace("#", "")) or (
            unit.senses and not _is_bare_letters(unit)
        ):
            break
        if _ends_reference(unit, pieces):
            break
        pieces.append(unit)
    while pieces and not any(letter.isdigit() for letter in pieces[-1].text) and not pieces[-1].is_glued:
        pieces.pop()
    if not pieces:
        return None
    return "".join(unit.text for unit in pieces).replace("#", "").upper(), tuple(pieces)


_MOST_BETWEEN = 5
_MOST_PIECES = 6
_LEADING = frozenset({":", "#", "-", ".", "=", "is", "no", "number", "id", "ho", "code", "नं", "num"})


def _leads_to_reference(unit: Unit) -> bool:
    return unit.text in _LEADING or unit.has("is.reference", "is.code")


def _ends_reference(unit: Unit, pieces: Sequence[Unit]) -> bool:
    if unit.is_glued and pieces:
        return False
    if unit.numeral is not None:
        return (
            unit.numeral.best.kind in (NumberKind.MONEY, NumberKind.DATE, NumberKind.TIME)
            or unit.numeral.best.unit is not None
        )
    # Letters may stand before the figures; behind them they begin something else, unless they stick to them.
    if unit.is_glued and pieces:
        return False
    return any(any(letter.isdigit() for letter in piece.text) for piece in pieces) or len(unit.text) > 6


def _is_bare_letters(unit: Unit) -> bool:
    return unit.kind is UnitKind.NUMBER


def _looks_like_a_reference(text: str) -> bool:
    return len(text) >= 4 and sum(letter.isdigit() for letter in text) >= 2


def terms_of(clause: Clause) -> OnTerms | None:
    """Give the terms named; both named are none."""
    if clause.has("is.cash") == clause.has("is.credit"):
        return None
    return OnTerms.CASH if clause.has("is.cash") else OnTerms.CREDIT


# Reasons


def reason_of(clause: Clause) -> Why | None:
    """Give a usual reason when its words stand in the clause."""
    for sense, why in (
        ("is.sold_out", Why.NO_STOCK), ("is.stock", Why.NO_STOCK), ("is.too_far", Why.TOO_FAR), ("is.cheap", Why.PRICE), ("is.price", Why.PRICE),
        ("is.closed", Why.CLOSED),
    ):  # fmt: skip
        if clause.has(sense):
            return why
    return None


def damage_of(clause: Clause) -> Why | None:
    if clause.has("is.expired"):
        return Why.EXPIRED
    if clause.has("is.wrong"):
        return Why.WRONG
    if clause.verb("spoil"):
        return Why.SPOILT
    return Why.BROKEN if clause.has("is.damaged") or clause.verb("break") else None


# Lines and goods


def goods_of(clause: Clause) -> str:
    """Give the words that may name goods, with the sizes between them, as they were typed."""
    strangers = clause.strangers
    if not strangers:
        return ""
    first, last = clause.units.index(strangers[0]), clause.units.index(strangers[-1])
    named = [
        unit for unit in clause.units[first : last + 1] if not unit.senses or unit.kind is UnitKind.NUMBER
    ]
    return " ".join(unit.text for unit in named)


_VERB_ENDINGS = (
    "daina", "dina", "aena", "yena", "iena", "chaina", "echu", "nchu", "uncha", "unga", "enge", "nuhos", "nus", "nuhola", "saken", "n't", "nt",
)  # fmt: skip


def hides_a_verb(clause: Clause) -> bool:
    """Say whether a word that is taken for goods ends like a verb or a denial that is not known."""
    return any(unit.text.endswith(_VERB_ENDINGS) for unit in clause.strangers)


def amounts_of(clause: Clause) -> tuple[LineAmount, ...]:
    """Read how much of which line: "1 ko 48", "2 chaina", "1,3 cha", "48 matra", "chini 3 kg"."""
    numbers = [unit for unit in clause.figures if unit.numeral is not None]
    is_none = clause.has("mood.neg", "is.none", "is.sold_out") or any(
        sense.endswith(".not") for sense in clause.senses
    )
    is_less = clause.has("is.short", "is.damaged")
    name = goods_of(clause)
    lines = clause.small_numbers()
    if name:
        value = numbers[-1].numeral.best if numbers and numbers[-1].numeral else None
        figure = value.value if value else (Decimal(0) if is_none else None)
        return (LineAmount(name=name, figure=figure, unit=value.unit if value else None, is_less=is_less),)
    if len(numbers) == 2 and (marked := _line_marked(clause, numbers)) is not None:
        line, other = marked
        return (LineAmount(line=line, figure=other.best.value, unit=other.best.unit, is_less=is_less),)
    if len(numbers) == 2 and len(lines) == 2 and not clause.has("is.full"):
        return (LineAmount(line=lines[0], figure=Decimal(lines[1]), is_less=is_less),)
    if len(numbers) == 2 and (pair := _pair(numbers)) is not None:
        line, other = pair
        return (LineAmount(line=line, figure=other.best.value, unit=other.best.unit, is_less=is_less),)
    if lines and (is_none or clause.has("talk.yes", "small.func", "is.full")) and not clause.has("is.part"):
        return tuple(
            LineAmount(line=line, figure=Decimal(0) if is_none else None, is_less=is_less) for line in lines
        )
    if len(numbers) == 1 and numbers[0].numeral is not None and numbers[0].numeral.best.value is not None:
        reading = numbers[0].numeral.best
        return (LineAmount(figure=reading.value, unit=reading.unit, is_less=is_less),)
    return ()


def _line_marked(clause: Clause, numbers: Sequence[Unit]) -> tuple[int, Numeral] | None:
    """Read "5 of line 2" and "line 2: 5": the number beside the word is the line's."""
    for place, unit in enumerate(clause.units[1:], start=1):
        if unit in numbers and clause.units[place - 1].has("is.line") and unit.numeral is not None:
            other = next(one for one in numbers if one is not unit).numeral
            value = unit.numeral.best.value
            if other is not None and value is not None and is_line(value):
                return int(value), other
    return None


def _pair(numbers: Sequence[Unit]) -> tuple[int, Numeral] | None:
    first, other = numbers[0].numeral, numbers[1].numeral
    if first is None or other is None or first.best.value is None or other.best.value is None:
        return None
    if first.best.unit is not None or not is_line(first.best.value):
        return None
    return int(first.best.value), other
