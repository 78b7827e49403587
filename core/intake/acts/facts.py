"""What an act is about, taken from its clause: times, money, the way it went, references, lines, goods, reasons."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import TypeVar

from core.intake.acts.chunks import Chunk, ChunkKind
from core.intake.acts.clauses import Clause, is_line
from core.intake.acts.senses import exact_words
from core.intake.acts.types import DayPart, LineAmount, OnTerms, When, Why
from core.intake.language.numbers import order_numbers
from core.intake.language.numerals import NumberKind, Numeral
from core.intake.reading import Unit
from core.money import Money

Fact = TypeVar("Fact")
_TWO_DECIMALS = re.compile(r"\.\d\d$")
MOST_MONEY = Decimal(1_000_000_000)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS = {"mood.day_after": 2, "mood.tomorrow": 1, "mood.today": 0}
_PARTS = {f"day.{part}": DayPart(part) for part in ("morning", "noon", "evening", "night")}
_SPANS: Mapping[str, dt.timedelta] = {
    "day.minutes": dt.timedelta(minutes=1),
    "day.hours": dt.timedelta(hours=1),
    "day.days": dt.timedelta(days=1),
    "day.weeks": dt.timedelta(weeks=1),
}
_OWN_GROUPS = frozenset(
    {
        NumberKind.CODE,
        NumberKind.INVOICE,
        NumberKind.NAME,
        NumberKind.PHONE,
        NumberKind.ACCOUNT,
        NumberKind.PLACE,
    }
)
_GROUPS = {
    NumberKind.DATE: "when", NumberKind.TIME: "when", NumberKind.MONEY: "money", NumberKind.RATE: "money",
    **{kind: kind.value for kind in _OWN_GROUPS},
}  # fmt: skip


def group_of(numeral: Numeral) -> str:
    """Say what a number can be about: an act is certain only when each of its numbers has a place in it."""
    if group := _GROUPS.get(numeral.best.kind):
        return group
    if order_numbers(numeral):
        return "order"
    return "line" if _may_be_line(numeral) else "count"


def _may_be_line(numeral: Numeral) -> bool:
    """Say whether a number may name lines of a printed list."""
    reading = numeral.as_kind(NumberKind.LIST)
    if reading is not None and all(is_line(value) for value in reading.values):
        return True
    value = numeral.best.value
    return numeral.best.unit is None and value is not None and is_line(value)


# Times


def when_of(clause: Clause) -> When | None:
    """Give the day and time that a clause names; None when it names none."""
    if not _may_name_a_time(clause):
        return None
    within, more = _span(clause) or (None, [])
    when = When(
        said="",
        days=_last(_day(chunk) for chunk in clause.chunks),
        weekday=_last(_weekday(chunk) for chunk in clause.chunks),
        date=_last(one.best.date for one in clause.numerals),
        time=_last(one.best.time for one in clause.numerals),
        part=_last(_day_part(chunk) for chunk in clause.chunks),
        within=within,
    )
    if when == _NO_TIME:
        return None
    chunks = [*(chunk for chunk in clause.chunks if _is_time(chunk) and chunk not in more), *more]
    return replace(when, said=" ".join(chunk.text for chunk in sorted(chunks, key=lambda chunk: chunk.start)))


_NO_TIME = When(said="")
_MOST_DAYS = 7


def days_of(clause: Clause) -> tuple[When, ...]:
    """Give each day that is named: "aaja ra bholi", "parsi samma" (from today), "3 din" (from today)."""
    when = when_of(clause)
    if when is None:
        return ()
    days = [
        When(said=chunk.text, days=_day(chunk), weekday=_weekday(chunk))
        for chunk in clause.chunks
        if _day(chunk) is not None or _weekday(chunk) is not None
    ]
    if len(days) > 1:
        return tuple(days)
    last = when.days if clause.says("until_after_time") else None
    if when.within is not None and when.within >= dt.timedelta(days=1) and not days:
        last = when.within.days - 1
    if last is None or not 0 <= last < _MOST_DAYS:
        return (when,)
    return tuple(When(said=when.said, days=day) for day in range(last + 1))


def _last(facts: Iterable[Fact | None]) -> Fact | None:
    """Give the fact that was said last, which puts right what was said before."""
    said = [fact for fact in facts if fact is not None]
    return said[-1] if said else None


def _day(chunk: Chunk) -> int | None:
    """Give the days from today that a word names; "right now" names no day."""
    if chunk.text in exact_words()["now"]:
        return None
    return _last(days if chunk.has(sense) else None for sense, days in _DAYS.items())


def _weekday(chunk: Chunk) -> int | None:
    return next((place for place, day in enumerate(_WEEKDAYS) if chunk.has(f"day.{day}")), None)


def _day_part(chunk: Chunk) -> DayPart | None:
    return next((part for sense, part in _PARTS.items() if chunk.has(sense)), None)


def _may_name_a_time(clause: Clause) -> bool:
    return any(sense in _DAYS or sense.startswith("day.") for sense in clause.senses) or any(
        one.best.date is not None or one.best.time is not None for one in clause.numerals
    )


def _is_time(chunk: Chunk) -> bool:
    if chunk.numeral is not None:
        return chunk.numeral.best.kind in (NumberKind.DATE, NumberKind.TIME)
    return chunk.has(*_DAYS, *_PARTS) or any(sense.startswith("day.") for sense in chunk.senses)


def _span(clause: Clause) -> tuple[dt.timedelta, list[Chunk]] | None:
    """Read "2 hours", "ek ghanta ma", "in 4 days"."""
    if not clause.has(*_SPANS):
        return None
    for number, chunk in zip(clause.chunks, clause.chunks[1:], strict=False):
        if number.numeral is None or not chunk.has(*_SPANS):
            continue
        value = number.numeral.value
        if value is not None and 0 < value < 1000:
            unit = next(length for sense, length in _SPANS.items() if chunk.has(sense))
            return unit * float(value), [number, chunk]
    return None


def span_chunks(clause: Clause) -> tuple[Chunk, ...]:
    """Give the chunks of a span of time such as "2 hours"."""
    span = _span(clause)
    return tuple(span[1]) if span else ()


# Money


def money_of(
    clause: Clause, *, besides: Sequence[Chunk] = ()
) -> tuple[Money | None, bool, tuple[Chunk, ...]]:
    """Give the sum of money said, whether it is certain, and the numbers it was read from.

    What is marked as money counts before bare numbers; of several sums none is chosen.
    """
    found = _sums(clause, besides)
    amounts = {_paisa(chunk) for chunk in found} - {None}
    amount = amounts.pop() if len(amounts) == 1 else None
    if not amount:
        return None, False, found
    return Money(amount), all(chunk.numeral.is_certain for chunk in found if chunk.numeral), found


def _sums(clause: Clause, besides: Sequence[Chunk]) -> tuple[Chunk, ...]:
    """Give the numbers that are money: those marked as such, else those with two decimals, else bare ones."""
    others = (*besides, *span_chunks(clause), *_named_by_number(clause))
    numbers = [chunk for chunk in clause.chunks if chunk.numeral is not None and chunk not in others]
    marked = tuple(chunk for chunk in numbers if _kind(chunk) is NumberKind.MONEY)
    bare = tuple(chunk for chunk in numbers if _kind(chunk) is NumberKind.COUNT and not _counts_goods(chunk))
    return marked or tuple(chunk for chunk in bare if _TWO_DECIMALS.search(chunk.text)) or bare


def _named_by_number(clause: Clause) -> list[Chunk]:
    """Give the numbers that name a line or a choice: "2 number ko, ra cash"."""
    return [
        chunk
        for chunk, after in pairwise(clause.chunks)
        if chunk.numeral is not None and after.has("small.number_word")
    ]


def _counts_goods(chunk: Chunk) -> bool:
    return chunk.numeral is not None and chunk.numeral.best.unit is not None


def _kind(chunk: Chunk) -> NumberKind | None:
    return chunk.numeral.best.kind if chunk.numeral else None


def _paisa(chunk: Chunk) -> int | None:
    value = chunk.numeral.value if chunk.numeral else None
    if value is None or not 0 < value < MOST_MONEY:
        return None
    paisa = value * 100
    return int(paisa) if paisa == int(paisa) else None


_METHODS = ("esewa", "khalti", "imepay", "fonepay", "connectips", "cheque", "bank_transfer")
WAYS = tuple(f"way.{method}" for method in _METHODS)


def method_of(clause: Clause) -> str | None:
    """Give the way the money went; a wallet beside a bank is the way ("bank bata esewa"); cash is a way of its own."""
    found = next((method for method in _METHODS if clause.has(f"way.{method}")), None)
    return found or ("cash" if clause.has("is.cash") else None)


_REFERENCE_PIECE = re.compile(r"[a-z0-9][a-z0-9/-]{0,30}")


def reference_of(clause: Clause) -> tuple[str, tuple[Chunk, ...]] | None:
    """Give the reference that was named, without spaces and in capitals, and the chunks it was read from.

    After a word such as "ref" it may be parted by spaces ("frx 991"); without one it has letters and digits in one.
    """
    if cheque := _cheque_number(clause):
        return cheque
    marks = [place for place, chunk in enumerate(clause.chunks) if _marks_reference(chunk)]
    for mark in marks:
        if found := _reference_after(clause.chunks, mark + 1):
            return found
    names = [chunk for chunk in clause.names if _looks_like_a_reference(chunk.text)]
    if not names and clause.has(*WAYS):
        names = [chunk for chunk in clause.chunks if _is_too_long_for_an_order(chunk)]
    return (names[0].text.upper(), (names[0],)) if len(names) == 1 else None


def _is_too_long_for_an_order(chunk: Chunk) -> bool:
    """Say whether it is written like an order's number, with letters, but is none: "khalti 6000 KH99812"."""
    digits = sum(letter.isdigit() for letter in chunk.text)
    is_like_one = chunk.numeral is not None and chunk.numeral.best.kind is NumberKind.ORDER
    return is_like_one and chunk.text[0].isalpha() and digits != _DIGITS_OF_ORDER


_DIGITS_OF_ORDER = 4


def _cheque_number(clause: Clause) -> tuple[str, tuple[Chunk, ...]] | None:
    """Give the number of a cheque: five digits or more right behind the word, with or without "no" between."""
    for place, chunk in enumerate(clause.chunks):
        if not chunk.has("way.cheque"):
            continue
        for other in clause.chunks[place + 1 : place + 4]:
            if (
                other.kind is ChunkKind.NUMBER
                and other.text.isdigit()
                and len(other.text) >= _SHORTEST_CHEQUE
            ):
                return other.text, (other,)
            if not (
                other.has("is.reference", "small.number_word", "small.func", "is.line")
                or other.text in ":#-."
            ):
                break
    return None


_SHORTEST_CHEQUE = 5


def _marks_reference(chunk: Chunk) -> bool:
    return chunk.has("is.reference", "is.code") or (
        chunk.kind is ChunkKind.WORD and chunk.text in exact_words()["reference"]
    )


def _reference_after(chunks: Sequence[Chunk], place: int) -> tuple[str, tuple[Chunk, ...]] | None:
    end = place + _MOST_BETWEEN
    while place < min(end, len(chunks)) and _leads_to_reference(chunks[place]):
        place += 1
    pieces = _reference_pieces(chunks[place : place + _MOST_PIECES])
    while pieces and not _has_digit(pieces[-1]) and not pieces[-1].is_glued:
        pieces.pop()
    if not pieces:
        return None
    leading = chunks[place - 1]
    if pieces[0].is_glued and leading.text not in exact_words()["label_of_reference"]:
        # "TXN8891" is how a bank writes it; "txn 8891" is the number 8891.
        pieces.insert(0, leading)
    return "".join(chunk.text for chunk in pieces).replace("#", "").upper(), tuple(pieces)


def _reference_pieces(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Give the pieces of a reference that *chunks* begin with; signs between them fall out."""
    pieces: list[Chunk] = []
    for chunk in chunks:
        is_sign = chunk.kind is ChunkKind.SIGN
        if is_sign and chunk.text in "-/" and pieces:
            continue
        sticks = chunk.is_glued and bool(pieces) and not is_sign
        if not sticks and not (_may_be_reference_piece(chunk) and not _ends_reference(chunk, pieces)):
            break
        pieces.append(chunk)
    return pieces


def _may_be_reference_piece(chunk: Chunk) -> bool:
    if not _REFERENCE_PIECE.fullmatch(chunk.text.replace("#", "")):
        return False
    return not chunk.senses or chunk.kind is ChunkKind.NUMBER


def _has_digit(chunk: Chunk) -> bool:
    return any(letter.isdigit() for letter in chunk.text)


_MOST_BETWEEN = 5
_MOST_PIECES = 6
_LONGEST_PREFIX = 6  # letters before the digits of a reference


def _leads_to_reference(chunk: Chunk) -> bool:
    return chunk.text in exact_words()["before_reference"] or chunk.has("is.reference", "is.code")


def _ends_reference(chunk: Chunk, pieces: Sequence[Chunk]) -> bool:
    if chunk.is_glued and pieces:
        return False
    if chunk.numeral is not None:
        reading = chunk.numeral.best
        return (
            reading.kind in (NumberKind.MONEY, NumberKind.DATE, NumberKind.TIME) or reading.unit is not None
        )
    # Letters may stand before the digits; behind them they begin something else, unless they stick to them.
    return any(_has_digit(piece) for piece in pieces) or len(chunk.text) > _LONGEST_PREFIX


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
    """Give what is wrong with goods that arrived; None when it is not said."""
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
    unknown = clause.unknown_words
    if not unknown:
        return ""
    first, last = clause.chunks.index(unknown[0]), clause.chunks.index(unknown[-1])
    named = [
        chunk
        for chunk in clause.chunks[first : last + 1]
        if not chunk.senses or chunk.kind is ChunkKind.NUMBER
    ]
    return " ".join(chunk.text for chunk in named)


def hides_a_verb(clause: Clause) -> bool:
    """Say whether a word that is taken for goods ends like a verb or a denial that is not known."""
    endings = tuple(exact_words()["verb_endings"])
    return any(chunk.text.endswith(endings) for chunk in clause.unknown_words)


@dataclass(frozen=True, kw_only=True, slots=True)
class _AmountsSaid:
    """What a clause says of how much of which line there is."""

    clause: Clause
    numbers: Sequence[Chunk]  # that count something
    is_none: bool  # none of it is there
    is_less: bool  # what is missing is counted

    def amount(
        self,
        *,
        line: int | None = None,
        name: str = "",
        count: Decimal | None,
        unit: Unit | None = None,
    ) -> LineAmount:
        return LineAmount(line=line, name=name, count=count, unit=unit, is_less=self.is_less)

    @property
    def nothing(self) -> Decimal | None:
        """Zero when none of it is there, else the whole line."""
        return Decimal(0) if self.is_none else None


def amounts_of(clause: Clause) -> tuple[LineAmount, ...]:
    """Read how much of which line: "1 ko 48", "2 chaina", "1,3 cha", "48 matra", "chini 3 kg"."""
    said = _AmountsSaid(
        clause=clause,
        numbers=clause.counts,
        is_none=clause.is_denied or clause.has("is.none", "is.sold_out"),
        is_less=clause.has("is.short", "is.damaged"),
    )
    return next((found for read in _AMOUNTS if (found := read(said))), ())


def _of_goods(said: _AmountsSaid) -> tuple[LineAmount, ...]:
    """Read "chini 3 kg", "chini chaina"."""
    name = goods_of(said.clause)
    if not name:
        return ()
    numeral = said.numbers[-1].numeral if said.numbers else None
    if numeral is None:
        return (said.amount(name=name, count=said.nothing),)
    return (said.amount(name=name, count=numeral.best.value, unit=numeral.best.unit),)


def _of_one_line(said: _AmountsSaid) -> tuple[LineAmount, ...]:
    """Read "1 ko 48", "line 2: 5"."""
    if len(said.numbers) != 2:
        return ()
    if marked := _line_marked(said.clause, said.numbers):
        line, other = marked
        return (said.amount(line=line, count=other.best.value, unit=other.best.unit),)
    lines = said.clause.small_numbers()
    if len(lines) == 2 and not said.clause.has("is.full"):
        return (said.amount(line=lines[0], count=Decimal(lines[1])),)
    if pair := _pair(said.numbers):
        line, other = pair
        return (said.amount(line=line, count=other.best.value, unit=other.best.unit),)
    return ()


def _of_whole_lines(said: _AmountsSaid) -> tuple[LineAmount, ...]:
    """Read "1,3 cha", "2 chaina"."""
    answers = said.is_none or said.clause.has("talk.yes", "small.func", "is.full")
    if not answers or said.clause.has("is.part"):
        return ()
    return tuple(said.amount(line=line, count=said.nothing) for line in said.clause.small_numbers())


def _of_the_only_line(said: _AmountsSaid) -> tuple[LineAmount, ...]:
    """Read "48 matra"."""
    numeral = said.numbers[0].numeral if len(said.numbers) == 1 else None
    if numeral is None or numeral.best.value is None:
        return ()
    return (said.amount(count=numeral.best.value, unit=numeral.best.unit),)


_AMOUNTS: tuple[Callable[[_AmountsSaid], tuple[LineAmount, ...]], ...] = (
    _of_goods,
    _of_one_line,
    _of_whole_lines,
    _of_the_only_line,
)


def _line_marked(clause: Clause, numbers: Sequence[Chunk]) -> tuple[int, Numeral] | None:
    """Read "5 number 6", "line 2: 5" and "5 of line 2": the number right before the word is the line's, else the one behind."""
    for place, chunk in enumerate(clause.chunks):
        if not chunk.has("is.line"):
            continue
        before = clause.chunks[place - 1 : place] if place else ()
        for beside in (*before, *clause.chunks[place + 1 : place + 2]):
            line = _line_number(beside) if beside in numbers else None
            other = next(one for one in numbers if one is not beside).numeral
            if line is not None and other is not None:
                return line, other
    return None


def _line_number(chunk: Chunk) -> int | None:
    """What may be the number of a line: small, whole and without a unit."""
    reading = chunk.numeral.best if chunk.numeral is not None else None
    if reading is None or reading.unit is not None or reading.value is None or not is_line(reading.value):
        return None
    return int(reading.value)


def _pair(numbers: Sequence[Chunk]) -> tuple[int, Numeral] | None:
    first, other = numbers[0].numeral, numbers[1].numeral
    if first is None or other is None or first.best.value is None or other.best.value is None:
        return None
    if first.best.unit is not None or not is_line(first.best.value):
        return None
    return int(first.best.value), other
