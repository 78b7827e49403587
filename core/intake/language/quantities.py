"""Numbers with their units: a quantity, a list of quantities, a range."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from core.intake.language.bare_numbers import BareNumberReader, Quantity
from core.intake.language.lexicon import Lexicon
from core.intake.language.prices import PriceReader
from core.intake.language.tokens import Kind, Token
from core.intake.language.units import NO_TRADE, TradeUnits, UnitSaid
from core.intake.reading import WEIGHTS, Unit

CONTENTS = frozenset({Unit.PIECE, Unit.PACKET})
LONGEST_PLACE = 3  # words of "ko thau ma"
RANGE = 2  # numbers


class QuantityReader:
    """Reads quantities, units and prices at a place among the tokens."""

    def __init__(
        self,
        tokens: list[Token],
        words: Lexicon,
        masked: list[bool],
        starts_product: Callable[[int], bool],
        *,
        measured: frozenset[int] = frozenset(),
        trade: TradeUnits = NO_TRADE,
    ) -> None:
        self.tokens, self.words = tokens, words
        self.starts_product = starts_product
        self.bare = BareNumberReader(tokens, words, masked, starts_product, measured=measured, trade=trade)
        self.prices = PriceReader(self.bare)
        self.dashes_at_rows = sum(
            1
            for place, token in enumerate(tokens)
            if token.text == "-" and (place == 0 or tokens[place - 1].kind is Kind.BREAK)
        )

    def bare_number(self, at: int) -> Quantity | None:
        """Read one number without its unit."""
        return self.bare.bare_number(at)

    def is_number_word(self, at: int) -> bool:
        """Say whether the word at *at* is a number word here."""
        return self.bare.is_number_word(at)

    def unit(self, at: int, *, after_number: bool = False) -> UnitSaid | None:
        """Read a unit at *at*; very short spellings count only right after a number."""
        return self.bare.units.at(at, after_number=after_number)

    def price(self, at: int) -> Quantity | None:
        """Read a price or a rate at *at*, such as "rs 40", "@1840", "40 rupiya wala", "1850 wala rate"."""
        return self.prices.price(at)

    def number(self, at: int) -> Quantity | None:
        """Read a quantity with its unit, a list of quantities (2/2 case), or a range, which is vague."""
        first = self._signed(at)
        if first is None:
            return self._article(at)
        first = self._moved(first) or self._and_a_half(first) or self._listed(first)
        said = self._with_half_after(self._with_unit(first))
        moved = self._moved(said) if said.unit else None
        if moved is None:
            return self._without_replaced(said)
        stands = self._with_unit(moved)
        return stands if stands.unit else replace(stands, unit=said.unit)

    def number_after_unit(self, unit: UnitSaid) -> Quantity | None:
        """Read "ctn 2" or "kg - 5": a number after its unit, if it has no unit of its own."""
        at = unit.end
        while at < len(self.tokens) and self.tokens[at].text in ("-", ":", "=", "x"):
            at += 1
        if at >= len(self.tokens) or unit.with_of or self.bare.key(at) in self.words.markers["of"]:
            return None
        number = self._signed(at)
        if (
            number is None
            or self.unit(number.end, after_number=True)
            or self.bare.key(number.end) in self.words.markers["of"]
            or self.price(at)
        ):
            return None
        return replace(self._listed(number), unit=unit.unit)

    def _moved(self, first: Quantity) -> Quantity | None:
        """Read "6 bata 3" (from 6 to 3) and "20 ki jagah 15": the number that shall stand."""
        if self.bare.key(first.end) in self.words.markers["from"]:
            return self.bare_number(first.end + 1)
        if self.bare.key(first.end) in self.words.markers["falling"]:
            return self._changed_to(first)
        if self.bare.key(first.end) not in self.words.markers["possessive"]:
            return None
        for length in range(LONGEST_PLACE, 1, -1):
            words = [self.bare.key(first.end + place) for place in range(length)]
            if "".join(words) in self.words.markers["in_place_of"]:
                return self.bare_number(first.end + length)
        return None

    def _changed_to(self, first: Quantity) -> Quantity | None:
        """Read "6 se 3", "3 se 6 kar do" and "from 3 to 6"; "3 se 6" and "3 to 6" alone are ranges."""
        other = self.bare_number(first.end + 1)
        if other is None or None in (first.value, other.value):
            return None
        said = self.unit(other.end, after_number=True)
        behind = self.bare.key(said.end if said else other.end)
        is_set = behind in self.words.markers["setting_behind"] or self._is_begun_with_from(first)
        return other if is_set or (first.value or 0) > (other.value or 0) else None

    def _is_begun_with_from(self, first: Quantity) -> bool:
        at = first.end - 2
        return at >= 0 and self.bare.text(at) == "from"

    def _without_replaced(self, said: Quantity) -> Quantity:
        """Read "2 carton instead of 1": the number behind is the one that goes."""
        if said.end + 2 >= len(self.tokens):
            return said
        words = f"{self.bare.text(said.end)} {self.bare.text(said.end + 1)}"
        replaced = self.bare_number(said.end + 2) if words in self.words.exact["instead_of"] else None
        return replace(said, end=self._with_unit(replaced).end) if replaced else said

    def _and_a_half(self, first: Quantity) -> Quantity | None:
        """Read "two and a half"; "2 and half" only before a unit, because "and" may part two things."""
        if (
            self.bare.text(first.end) not in self.words.exact["and_a_half"]
            or first.value is None
            or first.many
        ):
            return None
        at = first.end + 1
        has_article = self.bare.text(at) == "a"
        half = self.words.fractions.get(self.bare.key(at + has_article))
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
        if number.unit is None or [self.bare.text(number.end + place) for place in range(3)] != [
            "and",
            "a",
            "half",
        ]:
            return number
        if number.value is None or self.unit(number.end + 3) is not None:
            return number
        return replace(number, end=number.end + 3, value=number.value + self.words.fractions["half"])

    def _signed(self, at: int) -> Quantity | None:
        if self.bare.text(at) in ("-", "minus") and self._is_negative(at):
            inner = self.bare_number(at + 1)
            return replace(inner, value=-inner.value) if inner and inner.value is not None else None
        return self.bare_number(at)

    def _is_negative(self, at: int) -> bool:
        if at + 1 >= len(self.tokens) or self.tokens[at + 1].kind is not Kind.NUMBER:
            return False
        if self.bare.text(at) == "minus":
            return True
        if not self.tokens[at + 1].glued:
            return False
        before = self.tokens[at - 1] if at else None
        if before is None or before.kind is Kind.BREAK:
            return self.dashes_at_rows == 1  # more than one are the dots of a list
        is_talk = (before.key,) in self.words.exact_cues
        return not self.tokens[at].glued and (before.kind is Kind.SIGN or is_talk)

    def _listed(self, first: Quantity) -> Quantity:
        """Read on after a number: a list ("2/2"), the same number twice ("ek ek"), or a range, which is vague."""
        if first.value is None or first.many:
            return first
        return self._joined_by_sign(first) or self._said_twice(first) or self._range(first) or first

    def _joined_by_sign(self, first: Quantity) -> Quantity | None:
        values = [first.value] if first.value is not None else []
        end, sign = first.end, self.bare.text(first.end)
        while self.bare.text(end) == sign and sign in ("/", "-") and self._may_join(end):
            follows = self.bare_number(end + 1)
            if follows is None or follows.value is None:
                break
            values.append(follows.value)
            end = follows.end
        if len(values) < 2:
            return None
        is_range = sign == "-" and len(values) == RANGE and len(set(values)) > 1
        return replace(first, end=end, many=tuple(values), value=None, is_vague=is_range)

    def _said_twice(self, first: Quantity) -> Quantity | None:
        """Read "ek ek" (one of each) and "dui tin packet" (two or three)."""
        follows = self.bare_number(first.end)
        if first.is_digits or follows is None or follows.is_digits or None in (first.value, follows.value):
            return None
        step = (follows.value or 0) - (first.value or 0)
        if step == 0 and first.value is not None:
            return replace(first, end=follows.end, many=(first.value, first.value), value=None)
        if 0 < step <= 2 and self.unit(follows.end):
            return replace(first, end=follows.end, value=None, is_vague=True)
        return None

    def _range(self, first: Quantity) -> Quantity | None:
        other = (
            self.bare_number(first.end + 1) if self.bare.key(first.end) in self.words.markers["or"] else None
        )
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
        while self.bare.text(end) in self.words.exact["skipped_before_unit"] and self.unit(end + 1):
            end += 1  # "12 x pkt", "half a dozen"
        said = self.unit(end, after_number=True)
        if said is None:
            if self._is_strange_letter(end):
                return replace(number, end=end + 1, is_vague=True)
            return self._marked_as_pack(number)
        unit, end = said.unit, said.end
        if unit is Unit.PIECE and (container := self.unit(end)) and container.unit is not Unit.PIECE:
            unit, end = container.unit, container.end  # "duita carton"
        if unit in CONTENTS and self.bare.key(end) in self.words.markers["of"] and self.unit(end + 1):
            return replace(
                number, end=end + 1, unit=unit, is_pack=True
            )  # "24 ota ko carton": what a carton holds
        if unit not in WEIGHTS:
            return replace(number, end=end, unit=unit)
        is_pack = said.with_of or self.bare.key(end) in self.words.markers["of"]
        return replace(
            number, end=end + (self.bare.key(end) in self.words.markers["of"]), unit=unit, is_pack=is_pack
        )

    def _is_strange_letter(self, at: int) -> bool:
        """Say whether a letter glued to a number ("2p") stands for a unit that cannot be told."""
        if at >= len(self.tokens) or not at or at - 1 in self.bare.measured:
            return False
        token = self.tokens[at]
        is_letter = token.kind is Kind.WORD and len(token.text) == 1 and token.text.isascii()
        return is_letter and token.glued and token.text != "x" and self.tokens[at - 1].kind is Kind.NUMBER

    def _marked_as_pack(self, number: Quantity) -> Quantity:
        if (
            number.value is not None
            and self.bare.key(number.end) in self.words.markers["of"]
            and number.unit is None
        ):
            return replace(number, end=number.end + 1, is_pack=True)
        return number

    def _article(self, at: int) -> Quantity | None:
        """Read "a carton", "a full carton" and "dozen eggs": one."""
        start = at + (self.bare.text(at) in self.words.exact["one"])
        start += self.bare.key(start) in self.words.markers["full"]
        said = self.unit(start)
        if said is None or said.unit in WEIGHTS:
            return None
        if start > at or (
            self.bare.text(at) == "dozen" and self._starts_anew(at) and self.starts_product(said.end)
        ):
            return Quantity(end=said.end, value=Decimal(1), unit=said.unit)
        return None

    def _starts_anew(self, at: int) -> bool:
        before = self.tokens[at - 1] if at else None
        if before is None or before.kind in (Kind.BREAK, Kind.SIGN):
            return True
        return any(name in ("send", "and") for name in self.words.exact_cues.get((before.key,), ()))
