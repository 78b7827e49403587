"""Units as they are written: whole, short, glued to a number, misspelled, or with an ending."""

from collections.abc import Callable
from dataclasses import dataclass

from core.intake.language.lexicon import Lexicon
from core.intake.language.phonetics import light, native, skeleton, without_case_ending
from core.intake.language.tokens import Kind, Token
from core.intake.reading import Unit

SHORTEST_UNIT_BONES = 3
SMALLEST_GRAMS = 10  # "500 g" is a weight, the "g" of "2 parle g" is a name


def is_doubled(word: str) -> bool:
    """Say whether a word begins with a doubled letter, as no unit does: "ppc" is a kind of cement, not "pc"."""
    return len(word) > 1 and word[0] == word[1] and word.isascii()


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitSaid:
    end: int
    unit: Unit
    with_of: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeUnits:
    """What a trade counts in and the language does not know ("coil"), and what are goods in it and units elsewhere ("tube")."""

    own: frozenset[str] = frozenset()
    goods: frozenset[str] = frozenset()


NO_TRADE = TradeUnits()


class UnitReader:
    """Reads a unit at a place among the tokens."""

    def __init__(
        self,
        tokens: list[Token],
        words: Lexicon,
        masked: list[bool],
        starts_product: Callable[[int], bool],
        trade: TradeUnits,
    ) -> None:
        self.tokens, self.words, self.masked = tokens, words, masked
        self.starts_product = starts_product
        self.known: dict[tuple[int, bool], UnitSaid | None] = {}
        self.endings = tuple(words.markers["unit_endings"])
        self.own, self.goods = trade.own, trade.goods  # by their light keys

    def at(self, at: int, *, after_number: bool) -> UnitSaid | None:
        """Read a unit at *at*; very short spellings count only right after a number."""
        place = (at, after_number)
        if place in self.known:
            return self.known[place]
        found = self._at(at, after_number=after_number)
        if not (after_number and self._may_be_misspelled(at)):
            self.known[place] = found
        return found

    def _at(self, at: int, *, after_number: bool) -> UnitSaid | None:
        if not self._may_be_unit(at):
            return None
        key = self.tokens[at].key
        if after_number and (key in self.own or key.removesuffix("s") in self.own):
            return UnitSaid(end=at + 1, unit=Unit.PIECE)
        if key in self.words.glued_units:
            return self._short(at) if after_number else None
        if key in self.words.markers["units_after_number"] and not after_number:
            return None
        if key in self.words.units:
            return UnitSaid(end=at + 1, unit=self.words.units[key])
        if after_number and (unit := self._in_plural(at) or self._misspelled(at)):
            return UnitSaid(end=at + 1, unit=unit)
        return self._with_ending(at, after_number=after_number)

    def _may_be_unit(self, at: int) -> bool:
        if at >= len(self.tokens) or self.tokens[at].kind is not Kind.WORD or self.masked[at]:
            return False
        token = self.tokens[at]
        if token.key in self.goods:
            return False
        # तीन is three, टिन a can.
        is_three = token.text.startswith("त") and token.key in self.words.markers["three_or_tin"]
        return not is_three and not is_doubled(token.text)

    def _short(self, at: int) -> UnitSaid | None:
        """Read a unit of one or two letters, which sticks to its number; grams may stand apart from many ("500 g")."""
        unit = self.words.glued_units[self.tokens[at].key]
        number = self.tokens[at - 1].value if at else None
        may_stand_apart = unit is Unit.GRAM and number is not None and number >= SMALLEST_GRAMS
        return UnitSaid(end=at + 1, unit=unit) if self.tokens[at].glued or may_stand_apart else None

    def _with_ending(self, at: int, *, after_number: bool) -> UnitSaid | None:
        token = self.tokens[at]
        if (stem := without_case_ending(token.text)) and light(stem) in self.words.units:
            return UnitSaid(end=at + 1, unit=self.words.units[light(stem)], with_of=True)
        for ending in self.endings:
            bare = token.key.removesuffix(ending)
            if self.words.units.get(bare) is Unit.OLD_MEASURE and not after_number:
                continue  # "manako" is a name as well
            if bare != token.key and bare in self.words.units and len(bare) > 1:
                return UnitSaid(end=at + 1, unit=self.words.units[bare], with_of=True)
        return None

    def _in_plural(self, at: int) -> Unit | None:
        """Read "packeton" and "dabbe" after a number: the plural of a unit, where the word names no goods and is no talk."""
        key = self.tokens[at].key
        if not key.endswith(self.words.plural_endings):
            return None
        stems = [key.removesuffix(end) for end in self.words.plural_endings if key.endswith(end)]
        forms = [form for stem in stems if len(stem) >= SHORTEST_UNIT_BONES for form in (stem, stem + "a")]
        unit = next((self.words.units[form] for form in forms if form in self.words.units), None)
        is_talk = (key,) in self.words.exact_cues or self.tokens[at].text in self.words.never_goods
        return None if unit is None or is_talk or self.starts_product(at) else unit

    def _misspelled(self, at: int) -> Unit | None:
        """Read "drjn" and "krtn" after a number: the consonants of exactly one unit, without its vowels."""
        if (
            not self._may_be_misspelled(at)
            or (self.tokens[at].key,) in self.words.exact_cues
            or self.starts_product(at)
        ):
            return None
        return next(iter(self.words.unit_bones[skeleton(native(self.tokens[at].text))]))

    def _may_be_misspelled(self, at: int) -> bool:
        """Say whether a word has the consonants of one unit; whether it is that unit hangs on the goods around it."""
        if at >= len(self.tokens):
            return False
        bones = skeleton(native(self.tokens[at].text))
        return len(bones) >= SHORTEST_UNIT_BONES and len(self.words.unit_bones.get(bones, ())) == 1
