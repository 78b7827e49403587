"""One number without its unit, in digits or in words, and what a word for a number cannot be."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from core.intake.language.lexicon import Lexicon
from core.intake.language.phonetics import is_devanagari
from core.intake.language.tokens import Kind, Token
from core.intake.language.units import TradeUnits, UnitReader, UnitSaid
from core.intake.reading import Unit

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


class BareNumberReader:
    """Reads one number, or one unit, at a place among the tokens."""

    def __init__(
        self,
        tokens: list[Token],
        words: Lexicon,
        masked: list[bool],
        starts_product: Callable[[int], bool],
        *,
        measured: frozenset[int],
        trade: TradeUnits,
    ) -> None:
        self.tokens, self.words, self.masked = tokens, words, masked
        self.starts_product = starts_product
        self.measured = measured  # where a measure begins: the half of "5 1/2 inch" is no half of five
        self.units = UnitReader(tokens, words, masked, starts_product, trade)
        self.settled: dict[int, Quantity | None] = {}
        self.depth = 0  # whether a word is a number can hang on the word after it, but not without end

    def bare_number(self, at: int) -> Quantity | None:
        """Read one number without its unit."""
        if at >= len(self.tokens) or self.masked[at] or self.depth > DEEPEST:
            return None
        token = self.tokens[at]
        if token.kind is Kind.WORD and not self.words.may_be_number(token.key):
            return None
        if at in self.settled:
            return self.settled[at]
        self.depth += 1
        try:
            found = self._one(at)
        finally:
            self.depth -= 1
        if self._is_settled(token):
            self.settled[at] = found
        return found

    def is_number_word(self, at: int) -> bool:
        """Say whether the word at *at* is a number word here."""
        return self.tokens[at].kind is Kind.WORD and self.bare_number(at) is not None

    def unit(self, at: int, *, after_number: bool = False) -> UnitSaid | None:
        """Read a unit at *at*; very short spellings count only right after a number."""
        return self.units.at(at, after_number=after_number)

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
        if self.key(end) in self.words.scales and not self.is_money_word(end):
            scale = self.words.scales[self.key(end)]
            return Quantity(end=end + 1, value=value * scale, is_digits=True)
        return Quantity(end=end, value=value, is_digits=True)

    def _fraction(self, at: int) -> Decimal | None:
        """Read 1/2, 1/4 or 3/4 at *at*."""
        row = self.tokens[at : at + 3]
        if len(row) < 3 or row[1].text != "/" or not (row[1].glued and row[2].glued):
            return None
        parts = (row[0].text, row[2].text)
        if parts not in (("1", "2"), ("1", "4"), ("3", "4")) or self.text(at + 3) == "/":
            return None
        return Decimal(parts[0]) / Decimal(parts[1])

    def _word_number(self, at: int) -> Quantity | None:
        key, words = self.key(at), self.words
        if self._changes_next(at) and (changed := self._changed(at)) is not None:
            return changed
        if key in words.fractions:
            return self._scaled(at + 1, words.fractions[key])
        if key in words.scales and key not in words.markers["hundred_or_say"]:
            follows = self.unit(at + 1) or self.tokens[at].text in words.exact["hundred"]
            return Quantity(end=at + 1, value=Decimal(words.scales[key])) if follows else None
        if key in words.numbers:
            return self._counted_word(at, key)
        return self._with_piece_ending(at, key)

    def _changed(self, at: int) -> Quantity | None:
        """Read "sadhe tin", "dedh saya": a word that changes the number behind it, and may be one by itself."""
        key, words = self.key(at), self.words
        inner = None if self._changes_next(at + 1) else self.bare_number(at + 1)
        value = inner.value if inner else None
        if inner and value is not None and key in words.before_number:
            return replace(inner, value=_added(value, words.before_number[key]))
        if key not in words.alone_or_before:
            return None
        if inner and value is not None and not self._is_bare_scale(at + 1):
            return replace(inner, value=_added(value, words.alone_or_before[key]))
        return self._scaled(at + 1, 1 + words.alone_or_before[key])

    def _counted_word(self, at: int, key: str) -> Quantity | None:
        if not self._is_number_here(at, key):
            return None
        value, end = Decimal(self.words.numbers[key]), at + 1
        if (
            self.key(at) in self.words.markers["english_tens"]
            and self.key(end) in self.words.markers["english_ones"]
        ):
            value, end = value + self.words.numbers[self.key(end)], end + 1  # "twenty five"
        return self._scaled(end, value)

    def _scaled(self, at: int, value: Decimal) -> Quantity:
        """Carry on after a number word: "dui saya pachas", "dhai hajar"."""
        total, end, current = Decimal(0), at, value
        for _ in range(LONGEST_NUMBER):
            key = self.key(end)
            if key in self.words.scales and not self.is_money_word(end):
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
        return self.key(at) in self.words.before_number or self.key(at) in self.words.alone_or_before

    def _is_bare_scale(self, at: int) -> bool:
        return self.key(at) in self.words.scales

    def _with_piece_ending(self, at: int, key: str) -> Quantity | None:
        if not key.endswith(self.words.piece_endings):
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
            is_verb = (
                at > 0
                and self.tokens[at - 1].kind is Kind.NUMBER
                and key in self.words.markers["surely_there"]
            )
            return not is_verb and self.unit(at + 1) is not None  # "duster 3 cha, box file 5 cha"
        return True

    def _is_two(self, at: int) -> bool:
        """Tell Hindi "do" (two) from "do" (give) and from the English verb."""
        if at and self.key(at - 1) in self.words.markers["verb_stems"]:
            return False
        after = at + 1
        if after >= len(self.tokens):
            return self._follows_bare_unit(at)
        return (
            self.unit(after) is not None
            or self.key(after) in self.units.own
            or self.key(after) in self.words.scales
            or "correct"
            in self.words.exact_cues.get((self.key(after),), ())  # "do nahi teen": two, no, three
            or self.tokens[after].kind is Kind.NUMBER
            or self.starts_product(after)
            or (
                self.tokens[after].kind is Kind.WORD
                and at > 0
                and self.key(after) not in self.words.markers["after_english_do"]
                and self._is_unknown(after)
            )
        )

    def _follows_bare_unit(self, at: int) -> bool:
        """Tell "tin do" (two tins) from "2 carton do" (give)."""
        counted = self.bare_number(at - 2) if at > 1 else None
        return at > 0 and self.unit(at - 1) is not None and counted is None

    def _is_unknown(self, at: int) -> bool:
        return (self.key(at),) not in self.words.exact_cues

    def _is_three(self, at: int) -> bool:
        """Tell "tin" (three) from a tin: a number before it or right after it makes it a tin."""
        if is_devanagari(self.tokens[at].text):
            return self.tokens[at].text.startswith("त")  # तीन is three, टिन a can
        if self.text(at - 1) == ")" and self.key(at - 2) in self.words.markers["litres"]:
            return False  # "(15L) tin - 4"
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
            return before.key not in self.words.markers["litres"]
        after = at + 1
        return (
            after >= len(self.tokens)
            or self.key(after) in self.words.markers["three_or_tin"]
            or self.bare_number(after) is None
        )

    def is_money_word(self, at: int) -> bool:
        return self.key(at) in self.words.markers["money"]

    def key(self, at: int) -> str:
        return self.tokens[at].key if 0 <= at < len(self.tokens) else ""

    def text(self, at: int) -> str:
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""


def _added(value: Decimal, part: Decimal) -> Decimal:
    """Add a part to a number; before hundreds and thousands it is a part of the scale (sadhe tin say: 350)."""
    for scale in (Decimal(10_000_000), Decimal(100_000), Decimal(1000), Decimal(100)):
        if value >= scale and value % scale == 0:
            return value + part * scale
    return value + part
