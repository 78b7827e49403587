"""Prices and rates among the tokens: "rs 40", "@1840", "40 rupiya wala", "2250/bora"."""

from dataclasses import replace

from core.intake.language.bare_numbers import BareNumberReader, Quantity
from core.intake.language.tokens import Kind
from core.intake.reading import WEIGHTS


class PriceReader:
    """Reads a price at a place among the tokens."""

    def __init__(self, bare: BareNumberReader) -> None:
        self.bare, self.tokens, self.words = bare, bare.tokens, bare.words

    def price(self, at: int) -> Quantity | None:
        """Read a price or a rate at *at*, such as "rs 40", "@1840", "40 rupiya wala", "1850 wala rate"."""
        if self.bare.text(at) == "@" or self.bare.is_money_word(at) or self._key_is(at, "rate"):
            return self._behind_mark(at)
        number = (
            self.bare.bare_number(at)
            if at < len(self.tokens) and self.tokens[at].kind is not Kind.SIGN
            else None
        )
        if number is None or number.value is None:
            return None
        if (per := self._per_unit(number)) is not None:
            return per
        marked = self._marked_price(number)
        if marked is not None and self._key_is(marked.end, "by"):
            return replace(marked, end=marked.end + 1)
        return marked

    def _behind_mark(self, at: int) -> Quantity | None:
        """Read the number behind "rs", "@" or "rate"; one with a unit counts goods."""
        start = at + 1
        while self.bare.text(start) in (".", ":", "-", "=", "/") and start - at < 3:
            start += 1
        number = self.bare.bare_number(start)
        if number is None or number.value is None or self.bare.unit(number.end, after_number=True):
            return None
        return self._price_end(number, is_pack=False)

    def _per_unit(self, number: Quantity) -> Quantity | None:
        """Read "2250/bora": a rate."""
        if self.bare.text(number.end) != "/" or not number.is_digits or number.many:
            return None
        unit = self.bare.unit(number.end + 1)
        return replace(number, end=unit.end) if unit and unit.unit not in WEIGHTS else None

    def _marked_price(self, number: Quantity) -> Quantity | None:
        """Read a number that a word behind it makes a price."""
        end = number.end
        if self.bare.is_money_word(end) and not self._is_of_the_next(number):
            return self._price_end(replace(number, end=end + 1), is_pack=True)
        if self.bare.text(end) == "/" and self.bare.text(end + 1) == "-" and self.tokens[end].glued:
            return self._price_end(replace(number, end=end + 2), is_pack=True)
        if self._key_is(end, "rate") and number.is_digits:
            return replace(number, end=end + 1)
        if self._key_is(end, "of") and self._key_is(end + 1, "rate") and number.is_digits:
            return replace(number, end=end + 2)
        if self._key_is(end, "worn") and self._key_is(end + 1, "rate"):
            return replace(number, end=end + 2, is_pack=False)
        return None

    def _key_is(self, at: int, marker: str) -> bool:
        return self.bare.key(at) in self.words.markers[marker]

    def _is_of_the_next(self, number: Quantity) -> bool:
        """Say whether "rs" belongs to the number behind it, the larger one ("5 Rs 260")."""
        follows = self.tokens[number.end + 1] if number.end + 1 < len(self.tokens) else None
        value = follows.value if follows else None
        return value is not None and number.value is not None and value > number.value

    def _price_end(self, number: Quantity, *, is_pack: bool) -> Quantity:
        end = number.end
        worn = self._key_is(end, "of")
        if worn:
            end += 1
        return replace(number, end=end, is_pack=is_pack or worn)
