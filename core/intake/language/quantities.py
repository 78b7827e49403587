"""Numbers with their units, in digits and in words, and what a bare number cannot be."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from core.intake.language.lexicon import Lexicon
from core.intake.language.phonetics import is_devanagari
from core.intake.language.tokens import Kind, Token
from core.intake.language.units import UnitReader, UnitSaid
from core.intake.reading import Unit

WEIGHTS = frozenset({Unit.KG, Unit.GRAM, Unit.LITRE, Unit.ML})
CONTENTS = frozenset({Unit.PIECE, Unit.PACKET})
SKIPPED_BEFORE_UNIT = frozenset({"x", "*", "a", "an"})
LONGEST_NUMBER = 10
DEEPEST = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Quantity:
    """A number as written. `value` is None when it only says "some" (2-3)."""

    end: int
    value: Decimal | None
    many: tuple[Decimal, ...] = ()
    unit: Unit | None = None
    is_vague: bool = False
    is_pack: bool = False
    is_digits: bool = False


class QuantityReader:
    """Reads numbers, units and prices at a place among the tokens."""

    def __init__(
        self,
        tokens: list[Token],
        words: Lexicon,
        noise: list[bool],
        starts_product: Callable[[int], bool],
        *,
        measured: frozenset[int] = frozenset(),
        own_units: frozenset[str] = frozenset(),
    ) -> None:
        self.tokens, self.words, self.noise = tokens, words, noise
        self.starts_product = starts_product
        self.piece_endings = tuple(words.markers["piece_endings"])
        self.measured = measured  # where a measure begins: the half of "5 1/2 inch" is no half of five
        self.units = UnitReader(tokens, words, noise, starts_product, own_units)
        self.settled: dict[int, Quantity | None] = {}
        self.depth = 0  # whether a word is a number can hang on the word after it, but not without end
        self.dashes_at_rows = sum(
            1
            for place, token in enumerate(tokens)
            if token.text == "-" and (place == 0 or tokens[place - 1].kind is Kind.BREAK)
        )

    def number(self, at: int) -> Quantity | None:
        """Read a quantity with its unit, a list of quantities (2/2 case), or a range, which is vague."""
        first = self._signed(at)
        if first is None:
            return self._article(at)
        first = self._moved(first) or self._and_a_half(first) or self._listed(first)
        said = self._with_half_after(self._with_unit(first))
        moved = self._moved(said) if said.unit else None
        return self._with_unit(moved) if moved else said

    def number_after_unit(self, unit: UnitSaid) -> Quantity | None:
        """Read "ctn 2" or "kg - 5": a number after its unit, if it has no unit of its own."""
        at = unit.end
        while at < len(self.tokens) and self.tokens[at].text in ("-", ":", "=", "x"):
            at += 1
        if at >= len(self.tokens) or unit.with_of or self._key(at) in self.words.markers["of"]:
            return None
        number = self._signed(at)
        if (
            number is None
            or self.unit(number.end, after_number=True)
            or self._key(number.end) in self.words.markers["of"]
            or self.price(at)
        ):
            return None
        return replace(self._listed(number), unit=unit.unit)

    def _moved(self, first: Quantity) -> Quantity | None:
        """Read "6 bata 3" (from 6 to 3): the number that shall stand."""
        if self._key(first.end) not in self.words.markers["from"]:
            return None
        return self.plain(first.end + 1)

    def _and_a_half(self, first: Quantity) -> Quantity | None:
        """Read "two and a half"; "2 and half" only before a unit, because "and" may part two things."""
        if self._text(first.end) not in ("and", "n", "&") or first.value is None or first.many:
            return None
        at = first.end + 1
        has_article = self._text(at) == "a"
        half = self.words.fractions.get(self._key(at + has_article))
        if half is None or half >= 1:
            return None
        end = at + has_article + 1
        if not has_article and (self.unit(end) is None or self._names_goods_around(first, end)):
            return None
        return replace(first, end=end, value=first.value + half)

    def _names_goods_around(self, first: Quantity, end: int) -> bool:
        said = self.unit(end)
        after = said.end if said else end
        return after < len(self.tokens) and self.starts_product(after) and first.end > 1

    def _with_half_after(self, number: Quantity) -> Quantity:
        """Read "one dozen and a half"."""
        if number.unit is None or [self._text(number.end + place) for place in range(3)] != [
            "and",
            "a",
            "half",
        ]:
            return number
        if number.value is None or self.unit(number.end + 3) is not None:
            return number
        return replace(number, end=number.end + 3, value=number.value + self.words.fractions["half"])

    def is_plain_number(self, at: int) -> bool:
        """Say whether the word at *at* is a number word here."""
        return self.tokens[at].kind is Kind.WORD and self.plain(at) is not None

    def _signed(self, at: int) -> Quantity | None:
        if self._text(at) in ("-", "minus") and self._is_negative(at):
            inner = self.plain(at + 1)
            return replace(inner, value=-inner.value) if inner and inner.value is not None else None
        return self.plain(at)

    def _is_negative(self, at: int) -> bool:
        if at + 1 >= len(self.tokens) or self.tokens[at + 1].kind is not Kind.NUMBER:
            return False
        if self._text(at) == "minus":
            return True
        if not self.tokens[at + 1].glued:
            return False
        before = self.tokens[at - 1] if at else None
        if before is None or before.kind is Kind.BREAK:
            return self.dashes_at_rows == 1  # more than one are the dots of a list
        is_talk = (before.key,) in self.words.exact_cues
        return not self.tokens[at].glued and (before.kind is Kind.SIGN or is_talk)

    def plain(self, at: int) -> Quantity | None:
        """Read one number without its unit."""
        if at >= len(self.tokens) or self.noise[at] or self.depth > DEEPEST:
            return None
        if at in self.settled:
            return self.settled[at]
        self.depth += 1
        try:
            found = self._one(at)
        finally:
            self.depth -= 1
        if self._is_settled(self.tokens[at]):
            self.settled[at] = found
        return found

    def _is_settled(self, token: Token) -> bool:
        """Say whether a token reads the same each time; only number words hang on what is known of their neighbours."""
        words, key = self.words, token.key
        return token.kind is not Kind.WORD or not (
            key in words.numbers
            or key in words.scales
            or key in words.fractions
            or key in words.before_number
            or key in words.alone_or_before
        )

    def _one(self, at: int) -> Quantity | None:
        token = self.tokens[at]
        if token.kind is Kind.NUMBER and token.value is not None:
            return self._digits(at, token.value)
        if token.kind is Kind.WORD:
            return self._word_number(at)
        return None

    def _digits(self, at: int, value: Decimal) -> Quantity:
        end = at + 1
        if (
            (half := self._fraction(end)) is not None
            and value == value.to_integral_value()
            and not self._fraction(at)
            and end not in self.measured
        ):
            value, end = value + half, end + 3
        elif (whole := self._fraction(at)) is not None:
            numerator, denominator = value, self.tokens[at + 2].value or Decimal(1)
            return Quantity(end=at + 3, value=whole, many=(numerator, denominator), is_digits=True)
        if self._key(end) in self.words.scales and not self._is_money_word(end):
            scale = self.words.scales[self._key(end)]
            return Quantity(end=end + 1, value=value * scale, is_digits=True)
        return Quantity(end=end, value=value, is_digits=True)

    def _fraction(self, at: int) -> Decimal | None:
        """Read 1/2, 1/4 or 3/4 at *at*."""
        row = self.tokens[at : at + 3]
        if len(row) < 3 or row[1].text != "/" or not (row[1].glued and row[2].glued):
            return None
        parts = (row[0].text, row[2].text)
        if parts not in (("1", "2"), ("1", "4"), ("3", "4")) or self._text(at + 3) == "/":
            return None
        return Decimal(parts[0]) / Decimal(parts[1])

    def _word_number(self, at: int) -> Quantity | None:
        key = self._key(at)
        words = self.words
        changes_next = key in words.before_number or key in words.alone_or_before
        inner = self.plain(at + 1) if changes_next and not self._changes_next(at + 1) else None
        if key in words.before_number and inner and inner.value is not None:
            return replace(inner, value=_added(inner.value, words.before_number[key]))
        if key in words.alone_or_before:
            if inner and inner.value is not None and not self._is_bare_scale(at + 1):
                return replace(inner, value=_added(inner.value, words.alone_or_before[key]))
            return self._scaled(at + 1, 1 + words.alone_or_before[key])
        if key in words.fractions:
            return self._scaled(at + 1, words.fractions[key])
        if key in words.scales and key not in ("say", "saya"):
            follows = self.unit(at + 1) or self.tokens[at].text in ("hundred", "सय", "सौ")
            return Quantity(end=at + 1, value=Decimal(words.scales[key])) if follows else None
        if key in words.numbers:
            return self._counted_word(at, key)
        return self._with_piece_ending(at, key)

    def _counted_word(self, at: int, key: str) -> Quantity | None:
        if not self._is_number_here(at, key):
            return None
        value, end = Decimal(self.words.numbers[key]), at + 1
        if (
            self._key(at) in self.words.markers["english_tens"]
            and self._key(end) in self.words.markers["english_ones"]
        ):
            value, end = value + self.words.numbers[self._key(end)], end + 1  # "twenty five"
        return self._scaled(end, value)

    def _scaled(self, at: int, value: Decimal) -> Quantity:
        """Carry on after a number word: "dui saya pachas", "dhai hajar"."""
        total, end, current = Decimal(0), at, value
        for _ in range(LONGEST_NUMBER):
            key = self._key(end)
            if key in self.words.scales and not self._is_money_word(end):
                scale = self.words.scales[key]
                total, current, end = total + current * scale, Decimal(0), end + 1
                continue
            follows = self.words.numbers.get(key)
            if (
                total
                and not current
                and follows is not None
                and follows < 100
                and self._is_number_here(end, key)
            ):
                current, end = Decimal(follows), end + 1
                continue
            break
        return Quantity(end=end, value=total + current)

    def _changes_next(self, at: int) -> bool:
        return self._key(at) in self.words.before_number or self._key(at) in self.words.alone_or_before

    def _is_bare_scale(self, at: int) -> bool:
        return self._key(at) in self.words.scales

    def _with_piece_ending(self, at: int, key: str) -> Quantity | None:
        if not key.endswith(self.piece_endings):
            return None
        for ending in self.words.markers["piece_endings"]:
            stem = key.removesuffix(ending)
            if stem != key and stem not in self.words.numbers:
                stem = stem.removesuffix("a")  # चारवटा is written as if "chara-wata"
            if stem in self.words.numbers and key.endswith(ending) and len(stem) > 1:
                value = Decimal(self.words.numbers[stem])
                return Quantity(end=at + 1, value=value, unit=Unit.PIECE)
        return None

    def _is_number_here(self, at: int, key: str) -> bool:
        if key in self.words.markers["giving"]:
            return self._is_two(at)
        if key in self.words.markers["three_or_tin"]:
            return self._is_three(at)
        if key in self.words.markers["needs_unit"]:
            return self.unit(at + 1) is not None
        return True

    def _is_two(self, at: int) -> bool:
        """Tell Hindi "do" (two) from "do" (give) and from the English verb."""
        if at and self._key(at - 1) in self.words.markers["verb_stems"]:
            return False
        after = at + 1
        if after >= len(self.tokens):
            return self._follows_bare_unit(at)
        return (
            self.unit(after) is not None
            or self._key(after) in self.units.own
            or self._key(after) in self.words.scales
            or "correct"
            in self.words.exact_cues.get((self._key(after),), ())  # "do nahi teen": two, no, three
            or self.tokens[after].kind is Kind.NUMBER
            or self.starts_product(after)
            or (
                self.tokens[after].kind is Kind.WORD
                and at > 0
                and self._key(after) not in ("you", "i", "not", "v", "u")
                and self._is_unknown(after)
            )
        )

    def _follows_bare_unit(self, at: int) -> bool:
        """Tell "tin do" (two tins) from "2 carton do" (give)."""
        counted = self.plain(at - 2) if at > 1 else None
        return at > 0 and self.unit(at - 1) is not None and counted is None

    def _is_unknown(self, at: int) -> bool:
        return (self._key(at),) not in self.words.exact_cues

    def _is_three(self, at: int) -> bool:
        """Tell "tin" (three) from a tin: a number before it or right after it makes it a tin."""
        if is_devanagari(self.tokens[at].text):
            return self.tokens[at].text.startswith("त")  # तीन is three, टिन a can
        before = self.tokens[at - 1] if at else None
        if before is not None and before.kind is Kind.WORD and before.key in self.words.numbers:
            return self.unit(at + 1) is not None  # "dui tin packet": two or three
        if before is not None and before.kind is Kind.NUMBER:
            return False
        if (
            before is not None
            and before.key in self.words.units
            and at > 1
            and self.tokens[at - 2].kind is Kind.NUMBER
        ):
            return before.key not in ("l", "lt", "ltr", "liter", "litar")
        after = at + 1
        return (
            after >= len(self.tokens)
            or self._key(after) in self.words.markers["three_or_tin"]
            or self.plain(after) is None
        )

    def _listed(self, first: Quantity) -> Quantity:
        """Read on after a number: a list ("2/2"), the same number twice ("ek ek"), or a range, which is vague."""
        if first.value is None or first.many:
            return first
        return self._joined_by_sign(first) or self._said_twice(first) or self._range(first) or first

    def _joined_by_sign(self, first: Quantity) -> Quantity | None:
        values = [first.value] if first.value is not None else []
        end, sign = first.end, self._text(first.end)
        while self._text(end) == sign and sign in ("/", "-") and self._may_join(end):
            follows = self.plain(end + 1)
            if follows is None or follows.value is None:
                break
            values.append(follows.value)
            end = follows.end
        if len(values) < 2:
            return None
        is_range = sign == "-" and len(set(values)) > 1
        return replace(first, end=end, many=tuple(values), value=None, is_vague=is_range)

    def _said_twice(self, first: Quantity) -> Quantity | None:
        """Read "ek ek" (one of each) and "dui tin packet" (two or three)."""
        follows = self.plain(first.end)
        if first.is_digits or follows is None or follows.is_digits or None in (first.value, follows.value):
            return None
        step = (follows.value or 0) - (first.value or 0)
        if step == 0 and first.value is not None:
            return replace(first, end=follows.end, many=(first.value, first.value), value=None)
        if 0 < step <= 2 and self.unit(follows.end):
            return replace(first, end=follows.end, value=None, is_vague=True)
        return None

    def _range(self, first: Quantity) -> Quantity | None:
        other = self.plain(first.end + 1) if self._key(first.end) in self.words.markers["or"] else None
        if other and other.value is not None and first.value is not None and other.value > first.value:
            return replace(first, end=other.end, value=None, is_vague=True)
        return None

    def _may_join(self, end: int) -> bool:
        row = self.tokens[end : end + 2]
        if len(row) < 2:
            return False
        if row[0].text == "/":
            return True
        return row[0].glued == row[1].glued and row[1].kind is Kind.NUMBER

    def _with_unit(self, number: Quantity) -> Quantity:
        end = number.end
        while self._text(end) in SKIPPED_BEFORE_UNIT and self.unit(end + 1):
            end += 1  # "12 x pkt", "half a dozen"
        said = self.unit(end, after_number=True)
        if said is None:
            if self._is_strange_letter(end):
                return replace(number, end=end + 1, is_vague=True)
            return self._marked_as_pack(number)
        unit, end = said.unit, said.end
        if unit is Unit.PIECE and (container := self.unit(end)) and container.unit is not Unit.PIECE:
            unit, end = container.unit, container.end  # "duita carton"
        if unit in CONTENTS and self._key(end) in self.words.markers["of"] and self.unit(end + 1):
            return replace(
                number, end=end + 1, unit=unit, is_pack=True
            )  # "24 ota ko carton": what a carton holds
        if unit not in WEIGHTS:
            return replace(number, end=end, unit=unit)
        is_pack = said.with_of or self._key(end) in self.words.markers["of"]
        return replace(
            number, end=end + (self._key(end) in self.words.markers["of"]), unit=unit, is_pack=is_pack
        )

    def _is_strange_letter(self, at: int) -> bool:
        """Say whether a letter glued to a number ("2p") stands for a unit that cannot be told."""
        if at >= len(self.tokens) or not at or at - 1 in self.measured:
            return False
        token = self.tokens[at]
        is_letter = token.kind is Kind.WORD and len(token.text) == 1 and token.text.isascii()
        return is_letter and token.glued and token.text != "x" and self.tokens[at - 1].kind is Kind.NUMBER

    def _marked_as_pack(self, number: Quantity) -> Quantity:
        if (
            number.value is not None
            and self._key(number.end) in self.words.markers["of"]
            and number.unit is None
        ):
            return replace(number, end=number.end + 1, is_pack=True)
        return number

    def unit(self, at: int, *, after_number: bool = False) -> UnitSaid | None:
        """Read a unit at *at*; very short spellings count only right after a number."""
        return self.units.at(at, after_number=after_number)

    def _article(self, at: int) -> Quantity | None:
        """Read "a carton", "a full carton" and "dozen eggs": one."""
        start = at + (self._text(at) in ("a", "an"))
        start += self._key(start) in self.words.markers["full"]
        said = self.unit(start)
        if said is None or said.unit in WEIGHTS:
            return None
        if start > at or (
            self._text(at) == "dozen" and self._starts_anew(at) and self.starts_product(said.end)
        ):
            return Quantity(end=said.end, value=Decimal(1), unit=said.unit)
        return None

    def _starts_anew(self, at: int) -> bool:
        before = self.tokens[at - 1] if at else None
        if before is None or before.kind in (Kind.BREAK, Kind.SIGN):
            return True
        return any(name in ("send", "and") for name in self.words.exact_cues.get((before.key,), ()))

    def price(self, at: int) -> Quantity | None:
        """Read a price or a rate at *at*, such as "rs 40", "@1840", "40 rupiya wala", "1850 wala rate"."""
        if self._text(at) == "@" or self._is_money_word(at) or (self._key(at) in self.words.markers["rate"]):
            start = at + 1
            while self._text(start) in (".", ":", "-", "=", "/") and start - at < 3:
                start += 1
            number = self.plain(start)
            if number is None or number.value is None or self.unit(number.end, after_number=True):
                return None
            return self._price_end(number, is_pack=False)
        number = self.plain(at) if at < len(self.tokens) and self.tokens[at].kind is not Kind.SIGN else None
        if number is None or number.value is None:
            return None
        if (per := self._per_unit(number)) is not None:
            return per
        marked = self._marked_price(number)
        if marked is not None and self._key(marked.end) in self.words.markers["by"]:
            return replace(marked, end=marked.end + 1)
        return marked

    def _per_unit(self, number: Quantity) -> Quantity | None:
        """Read "2250/bora": a rate."""
        if self._text(number.end) != "/" or not number.is_digits or number.many:
            return None
        unit = self.unit(number.end + 1)
        return replace(number, end=unit.end) if unit and unit.unit not in WEIGHTS else None

    def _marked_price(self, number: Quantity) -> Quantity | None:
        """Read a number that a word behind it makes a price."""
        end = number.end
        if self._is_money_word(end):
            return self._price_end(replace(number, end=end + 1), is_pack=True)
        if self._text(end) == "/" and self._text(end + 1) == "-" and self.tokens[end].glued:
            return self._price_end(replace(number, end=end + 2), is_pack=True)
        if self._key(end) in self.words.markers["rate"] and number.is_digits:
            return replace(number, end=end + 1)
        if (
            self._key(end) in self.words.markers["of"]
            and self._key(end + 1) in self.words.markers["rate"]
            and number.is_digits
        ):
            return replace(number, end=end + 2)
        if self._key(end) in self.words.markers["worn"] and self._key(end + 1) in self.words.markers["rate"]:
            return replace(number, end=end + 2, is_pack=False)
        return None

    def _price_end(self, number: Quantity, *, is_pack: bool) -> Quantity:
        end = number.end
        worn = self._key(end) in self.words.markers["of"]
        if worn:
            end += 1
        return replace(number, end=end, is_pack=is_pack or worn)

    def _is_money_word(self, at: int) -> bool:
        return self._key(at) in self.words.markers["money"]

    def _key(self, at: int) -> str:
        return self.tokens[at].key if 0 <= at < len(self.tokens) else ""

    def _text(self, at: int) -> str:
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""


def _added(value: Decimal, part: Decimal) -> Decimal:
    """Add a part to a number; before hundreds and thousands it is a part of the scale (sadhe tin say: 350)."""
    for scale in (Decimal(10_000_000), Decimal(100_000), Decimal(1000), Decimal(100)):
        if value >= scale and value % scale == 0:
            return value + part * scale
    return value + part
