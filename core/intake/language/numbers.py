"""The acts' grammar of numbers: where numbers stand in a message, and what each of them can be.

Every number is a `Numeral` with one or more readings, the likeliest first: "1,3" may be one and three hundredths or a
list, "2 kg" a size or an amount. A numeral is certain when it has one reading and no letters stuck to it that were not
read ("5x"). The order reader has its own (`quantities`, `bare_numbers`), which knows units and packs.
Linear in the length of the text; never raises.
"""

from dataclasses import replace
from decimal import Decimal

from core.intake.language.lexemes import Lexeme, LexemeKind, lex
from core.intake.language.number_words import NumberWords, number_words
from core.intake.language.numerals import NumberKind, NumberReading, Numeral
from core.intake.reading import WEIGHTS, Unit

_ORDER_DIGITS = range(4, 8)
_MOST_BETWEEN = 5


def read_numbers(text: str) -> tuple[Numeral, ...]:
    """Find the numbers of a text in plain characters (`core.intake.language.plain`), in their order."""
    return read_lexemes(lex(text))


def read_lexemes(lexemes: list[Lexeme]) -> tuple[Numeral, ...]:
    """Find the numbers among lexemes that are there already."""
    reader = _Reader(lexemes)
    found: list[Numeral] = []
    position = 0
    while position < len(lexemes):
        step = reader.read(position)
        if step is None:
            position += 1
            continue
        numeral, position = step
        found.append(numeral)
    return tuple(found)


_WHOLE = {
    LexemeKind.PHONE: NumberKind.PHONE, LexemeKind.ACCOUNT: NumberKind.ACCOUNT, LexemeKind.CODE: NumberKind.CODE,
    LexemeKind.ORDER: NumberKind.ORDER, LexemeKind.INVOICE: NumberKind.INVOICE, LexemeKind.NAME: NumberKind.NAME,
}  # fmt: skip
_MEASURES = WEIGHTS | {Unit.QUINTAL}


class _Reader:
    """Reads the number that begins at a lexeme."""

    def __init__(self, lexemes: list[Lexeme]) -> None:
        self.lexemes = lexemes
        self.words: NumberWords = number_words()

    def read(self, at: int) -> tuple[Numeral, int] | None:
        """Give the number that begins at *at*, and the lexeme after it."""
        lexeme = self.lexemes[at]
        if lexeme.kind in _WHOLE:
            return self._numeral(at, at + 1, NumberReading(kind=_WHOLE[lexeme.kind], said=lexeme.said))
        if lexeme.kind is LexemeKind.DATE:
            return self._numeral(
                at, at + 1, NumberReading(kind=NumberKind.DATE, date=lexeme.date, said=lexeme.text)
            )
        if lexeme.kind is LexemeKind.TIME:
            return self._numeral(
                at, at + 1, NumberReading(kind=NumberKind.TIME, time=lexeme.time, said=lexeme.text)
            )
        if lexeme.kind is LexemeKind.NUMBER and (kind := self._stands_for(at)) is not None:
            return self._numeral(
                at, at + 1, *(replace(one, kind=kind, said=lexeme.text) for one in lexeme.numbers)
            )
        prefix = self._prefix(at)
        if prefix is not None:
            kind, start = prefix
            inner = self._amount(start, is_marked=True)
            return self._money(at, *inner, kind=kind) if inner else None
        inner = self._amount(at, is_marked=False)
        return self._with_what_follows(at, *inner) if inner else None

    # What stands before

    def _stands_for(self, at: int) -> NumberKind | None:
        """Tell the number of a row ("3. chini") and that of a house ("Kalanki-14") from one that counts."""
        starts_row = at == 0 or self._text(at - 1) == "\n"
        sign, follows = self._text(at + 1), self.lexemes[at + 2] if at + 2 < len(self.lexemes) else None
        if starts_row and sign in (".", ")") and follows is not None and follows.text != "\n":
            return NumberKind.ROW_NUMBER
        before = at - 1
        while before > max(at - _MOST_BETWEEN, 0) and (
            self._text(before) in ("-", ".", ":") or self._key(before) in self.words.numbering
        ):
            before -= 1
        return NumberKind.PLACE if before >= 0 and self._key(before) in self.words.places else None

    def _prefix(self, at: int) -> tuple[NumberKind, int] | None:
        """Read "Rs", "NPR." or "@" right before a number."""
        lexeme = self.lexemes[at]
        if lexeme.text == "@":
            kind = NumberKind.RATE
        elif lexeme.key in self.words.money:
            kind = NumberKind.MONEY
        else:
            return None
        follows = at + 1
        while follows < at + _MOST_BETWEEN and (
            self._text(follows) in (".", ":") or self._key(follows) in self.words.money
        ):
            follows += 1
        is_number = follows < len(self.lexemes) and (
            self.lexemes[follows].kind is LexemeKind.NUMBER or self._is_number_word(follows)
        )
        return (kind, follows) if is_number else None

    # The number itself

    def _amount(self, at: int, *, is_marked: bool) -> tuple[tuple[NumberReading, ...], int] | None:
        lexeme = self.lexemes[at] if at < len(self.lexemes) else None
        if lexeme is None:
            return None
        if lexeme.kind is LexemeKind.NUMBER:
            return self._in_digits(at, lexeme)
        if lexeme.kind is LexemeKind.WORD:
            return self._in_words(at, is_marked=is_marked)
        return None

    def _in_digits(self, at: int, lexeme: Lexeme) -> tuple[tuple[NumberReading, ...], int]:
        readings = lexeme.numbers
        end = at + 1
        if len(readings) == 1 and readings[0].value is not None:
            value, end = self._scaled(readings[0].value, end)
            readings = (replace(readings[0], value=value),)
            return self._ranged(readings, end)
        return readings, end

    def _scaled(self, value: Decimal, end: int) -> tuple[Decimal, int]:
        """Carry on with "k", "hajar" or "lakh", and with what stands behind them ("2 hajar 5 saya")."""
        total = Decimal(0)
        last = None
        for _ in range(4):
            scale = self._scale(end)
            if scale is None or (last is not None and scale >= last):
                break
            total, last, end = total + value * scale, scale, end + 1
            value = Decimal(0)
            follows = self.lexemes[end] if end < len(self.lexemes) else None
            if follows is None or self._scale(end) is not None:
                continue
            small = self._small(end)
            if small is None or small >= last:
                break
            if self._scale(end + 1) is None and (
                follows.kind is LexemeKind.NUMBER or self.words.is_needy(follows.key)
            ):
                break
            value, end = small, end + 1
        return total + value, end

    def _scale(self, at: int) -> Decimal | None:
        if at >= len(self.lexemes) or self.lexemes[at].kind is not LexemeKind.WORD:
            return None
        lexeme = self.lexemes[at]
        if lexeme.key == "k":
            return Decimal(1000) if lexeme.is_glued else None
        return self.words.scales.get(lexeme.key)

    def _small(self, at: int) -> Decimal | None:
        lexeme = self.lexemes[at]
        if lexeme.kind is LexemeKind.NUMBER and len(lexeme.numbers) == 1:
            return lexeme.numbers[0].value
        return self.words.values.get(lexeme.key) if lexeme.kind is LexemeKind.WORD else None

    def _is_number_word(self, at: int) -> bool:
        return self._key(at) in self.words.values or self._key(at) in self.words.fractions

    def _in_words(self, at: int, *, is_marked: bool) -> tuple[tuple[NumberReading, ...], int] | None:
        words, key = self.words, self._key(at)
        if key in words.before and (inner := self._plain_word(at + 1)) is not None:
            value, end = self._scaled(inner + words.before[key], at + 2)
            return (NumberReading(kind=NumberKind.COUNT, value=value),), end
        if key in words.fractions:
            value, end = self._scaled(words.fractions[key], at + 1)
            return (NumberReading(kind=NumberKind.COUNT, value=value),), end
        if key in words.pieces:
            return (NumberReading(kind=NumberKind.COUNT, value=words.pieces[key], unit=Unit.PIECE),), at + 1
        if key not in words.values:
            return None
        has_scale = self._scale(at + 1) is not None
        if words.is_needy(key) and not (is_marked or has_scale or self._unit(at + 1) is not None):
            return None
        value, end = words.values[key], at + 1
        if value in words.tens and (ones := words.ones.get(self._key(end))) is not None:
            value, end = value + ones, end + 1
        value, end = self._scaled(value, end)
        return self._ranged((NumberReading(kind=NumberKind.COUNT, value=value),), end)

    def _plain_word(self, at: int) -> Decimal | None:
        if at >= len(self.lexemes):
            return None
        return self._small(at)

    def _ranged(self, readings: tuple[NumberReading, ...], end: int) -> tuple[tuple[NumberReading, ...], int]:
        """Read on to the other end of a range: "2 to 3", "2 dekhi 3 samma"."""
        if self._key(end) not in self.words.to or end + 1 >= len(self.lexemes):
            return readings, end
        first, other = readings[0].value, self._small(end + 1)
        if first is None or other is None or other <= first:
            return readings, end
        end += 2
        if self._key(end) in self.words.until:
            end += 1
        return (NumberReading(kind=NumberKind.RANGE, values=(first, other)),), end

    # What follows

    def _with_what_follows(
        self, start: int, readings: tuple[NumberReading, ...], end: int
    ) -> tuple[Numeral, int]:
        if self._key(end) in self.words.money and not self._begins_another(end):
            return self._money(start, readings, end, kind=NumberKind.MONEY)
        if self._text(end) in ("/-", "/=") or (self._text(end) == "/" and self._text(end + 1) in ("-", "=")):
            end += 1 if self._text(end) != "/" else 2
            return self._money(start, readings, end, kind=NumberKind.MONEY)
        if self._text(end) == "%" or self._key(end) in self.words.percent:
            return self._numeral(start, end + 1, *(replace(one, kind=NumberKind.PERCENT) for one in readings))
        if (rate := self._rate(start, readings, end)) is not None:
            return rate
        unit = self._unit(end)
        if unit is not None:
            readings = tuple(self._counting(one, unit) for one in readings)
            return self._numeral(start, end + 1, *readings)
        return self._numeral(start, end, *readings)

    def _begins_another(self, at: int) -> bool:
        """Say whether "rs" belongs to the number after it ("chini 5 rs 95")."""
        follows = at + 1
        while follows < at + _MOST_BETWEEN and self._text(follows) in (".", ":"):
            follows += 1
        return (
            follows < len(self.lexemes)
            and self.lexemes[follows].kind is LexemeKind.NUMBER
            and self._text(follows - 1) != "\n"
        )

    def _counting(self, reading: NumberReading, unit: Unit) -> NumberReading:
        kind = reading.kind
        if kind is NumberKind.COUNT and unit in _MEASURES:
            kind = NumberKind.MEASURE
        return replace(reading, kind=kind, unit=unit)

    def _rate(self, start: int, readings: tuple[NumberReading, ...], end: int) -> tuple[Numeral, int] | None:
        """Read "2250/bora", "95 per kg", "95 prati kilo"."""
        if self._text(end) == "/" or self._key(end) in self.words.per:
            unit = self._unit(end + 1)
            if unit is not None:
                return self._numeral(
                    start, end + 2, *(replace(one, kind=NumberKind.RATE, unit=unit) for one in readings)
                )
        return None

    def _unit(self, at: int) -> Unit | None:
        if at >= len(self.lexemes) or self.lexemes[at].kind is not LexemeKind.WORD:
            return None
        lexeme = self.lexemes[at]
        return self.words.glued_units.get(lexeme.key) if lexeme.is_glued and lexeme.key in self.words.glued_units else self.words.units.get(lexeme.key)  # fmt: skip

    def _money(
        self, start: int, readings: tuple[NumberReading, ...], end: int, *, kind: NumberKind
    ) -> tuple[Numeral, int]:
        if self._key(end) in self.words.money and not self._begins_another(end):
            end += 1
        if self._text(end) in ("/-", "/="):
            end += 1
        elif self._text(end) == "/" and self._text(end + 1) in ("-", "="):
            end += 2
        if (rate := self._rate(start, readings, end)) is not None:
            return rate
        readings = tuple(
            replace(one, kind=kind if one.kind in (NumberKind.COUNT, NumberKind.MEASURE) else one.kind)
            for one in readings
        )
        return self._numeral(start, end, *readings)

    def _numeral(self, start: int, end: int, *readings: NumberReading) -> tuple[Numeral, int]:
        tail = ""
        after = self.lexemes[end] if end < len(self.lexemes) else None
        if (
            after is not None
            and after.is_glued
            and after.kind in (LexemeKind.WORD, LexemeKind.NAME, LexemeKind.NUMBER)
            and self.lexemes[end - 1].kind is LexemeKind.NUMBER
            and after.key not in self.words.glued_endings
        ):
            tail = after.text
        return (
            Numeral(
                start=self.lexemes[start].start,
                end=self.lexemes[end - 1].end,
                readings=_without_the_impossible(readings),
                tail=tail,
                is_digits=any(
                    one.kind is not LexemeKind.WORD for one in self.lexemes[start : min(start + 2, end)]
                ),
            ),
            end,
        )

    def _text(self, at: int) -> str:
        return self.lexemes[at].text if at < len(self.lexemes) else ""

    def _key(self, at: int) -> str:
        return self.lexemes[at].key if at < len(self.lexemes) else ""


def _without_the_impossible(readings: tuple[NumberReading, ...]) -> tuple[NumberReading, ...]:
    """Leave out readings that the rest of the numeral rules out: a list has no unit, unless nothing else is left."""
    counted = tuple(one for one in readings if one.kind is not NumberKind.LIST or one.unit is None)
    return counted or readings


def order_numbers(numeral: Numeral) -> tuple[str, ...]:
    """Give the order numbers that a numeral can be: marked ones, or four to seven bare digits that begin with no 0."""
    marked = numeral.as_kind(NumberKind.ORDER)
    if marked is not None:
        return (marked.said,)
    reading = numeral.best
    if numeral.tail or reading.unit is not None or reading.kind not in (NumberKind.COUNT, NumberKind.LIST):
        return ()
    values = reading.values or ((reading.value,) if reading.value is not None else ())
    written = [str(int(value)) for value in values if value == int(value) and value > 0]
    if len(written) != len(values) or any(len(one) not in _ORDER_DIGITS for one in written):
        return ()
    return tuple(written)
