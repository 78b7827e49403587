"""Goods named in a message: the longest runs of words that one product can carry together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.products import Surety
from core.intake.catalogue.wordbook import NO_PRODUCTS
from core.intake.language.lexicon import Cue, Lexicon
from core.intake.language.measures import BARE, Attribute, find_measures
from core.intake.language.phonetics import is_devanagari
from core.intake.language.tokens import Kind, Token
from core.intake.parsing.names import NameReader, narrowed, senses_of
from core.intake.parsing.spans import Sense, Span, SpanKind, together

LONGEST_ALIAS_WORDS = 5
SHORTEST_PARTICIPLE = 4
LETTER_NAME = 2
GIVING_UP = frozenset({"remove", "withdraw", "cancel", "not_wanted_order"})
FARTHEST_REFUSAL = 8  # words behind goods
SMALLEST_CODE = 100  # a smaller bare number behind a name may well count
MEASURE_LINKS = frozenset("-([,x*")
COUNT_LINKS = frozenset("-:=x*([|,")
OPENING, CLOSING = frozenset("(["), frozenset(")]")


class EntityReader:
    """Reads goods at a place among the tokens. `is_refusing` and `ends_at` are kept by the one who walks over them."""

    def __init__(
        self,
        tokens: Sequence[Token],
        index: CatalogIndex,
        words: Lexicon,
        *,
        cues: Sequence[Cue],
        cues_at: Mapping[int, list[Cue]],
        masked: list[bool],
        measures: Mapping[int, list[tuple[int, Attribute]]],
        aliases: Mapping[str, str],
    ) -> None:
        self.tokens, self.index, self.words = tokens, index, words
        self.cues_at, self.masked, self.aliases = cues_at, masked, aliases
        self.measures = measures
        self.names = NameReader(
            tokens,
            index,
            words,
            cues=cues,
            cues_at=cues_at,
            masked=masked,
            measured=_with_units(self.measures),
        )
        self.numbers = self.names.numbers
        self.is_refusing = False  # a word before the goods of this clause gave them up
        self.ends_at = -1  # where the goods named last end

    def alias(self, at: int) -> Span | None:
        if not self.aliases:
            return None
        for length in range(min(LONGEST_ALIAS_WORDS, len(self.tokens) - at), 0, -1):
            key = " ".join(token.key for token in self.tokens[at : at + length])
            sku = self.aliases.get(key)
            number = self.index.by_sku.get(sku.upper()) if sku else None
            if number is not None:
                senses = (Sense(doubt=0, products=frozenset((number,))),)
                return Span(kind=SpanKind.PRODUCT, start=at, end=at + length, senses=senses, is_fixed=True)
        return None

    def entity(self, at: int) -> Span | None:
        """Read the longest run of words that one product can carry together."""
        token = self.tokens[at]
        if (number := self.index.by_sku.get(token.text.upper())) is not None and not token.text.isdigit():
            code = (Sense(doubt=0, products=frozenset((number,))),)
            return Span(kind=SpanKind.PRODUCT, start=at, end=at + 1, senses=code, is_fixed=True)
        senses, end = self._first_word(at)
        if not senses:
            return None
        wide = senses
        is_told_apart = False
        said = end - at
        while True:
            before = end
            if grown := self._grow_by_measure(senses, end) or self._grow_by_pack(senses, end):
                is_told_apart = True
                said -= grown[1] - before
            elif (grown := self._grow(senses, end) or self._grow_by_slip(senses, end)) is None:
                break
            is_told_apart |= any(
                self.names.has_cue(place, name)
                for place in range(before, grown[1])
                for name in ("small", "big")
            )
            senses, end = grown
            said += end - before
            wide = wide if is_told_apart else senses
        return Span(kind=SpanKind.PRODUCT, start=at, end=end, senses=senses, wide=wide, words=said)

    def measured(self, at: int) -> Span | None:
        """Read goods with a measure before their name ("1/2 inch elbow", "3 pin plug 40")."""
        if self.tokens[at].kind is Kind.NUMBER and not self.masked[at] and (span := self._numbered(at)):
            return span
        for end, attribute in self.measures.get(at, ()):
            carriers = self.index.with_attribute.get(attribute)
            if carriers is None or self.masked[at]:
                continue
            name = end + 1 if end + 1 < len(self.tokens) and self._is_passed_over(end) else end
            goods = self.entity(name) if name < len(self.tokens) and self.names.starts_product(name) else None
            if goods and (both := together(goods.senses, (Sense(doubt=0, products=carriers),))):
                return replace(goods, start=at, senses=both)
        return None

    def _numbered(self, at: int) -> Span | None:
        """Read goods behind a bare number of their name, if another number counts them."""
        bare = Attribute(kind=BARE, value=(self.tokens[at].value or Decimal(0)).normalize())
        carriers = self.index.with_attribute.get(bare)
        if carriers is None or at + 1 >= len(self.tokens) or not self.names.starts_product(at + 1):
            return None
        goods = self.entity(at + 1)
        both = narrowed(goods.senses, carriers) if goods else ()
        if goods is None or not both or not self._is_counted_after(goods.end):
            return None
        return replace(goods, start=at, senses=both)

    def _grow_by_measure(self, senses: tuple[Sense, ...], end: int) -> tuple[tuple[Sense, ...], int] | None:
        """Add a measure that some product so named has ("bulb 9W", "(strip of 10)", "reynolds 045 blue")."""
        start = end + 1 if self._text(end) in MEASURE_LINKS else end
        for after, attribute in self.measures.get(start, ()):
            carriers = self.index.with_attribute.get(attribute, NO_PRODUCTS)
            if both := together(senses, (Sense(doubt=0, products=carriers),)):
                closes = self._text(end) in OPENING and self._text(after) in CLOSING
                return both, after + closes
        return self._grow_by_numeral(senses, start)

    def _grow_by_numeral(self, senses: tuple[Sense, ...], at: int) -> tuple[tuple[Sense, ...], int] | None:
        """Add a bare number of the name when the name goes on behind it, or when another number is the count."""
        token = self.tokens[at] if at < len(self.tokens) else None
        if token is None or token.value is None or self.masked[at]:
            return None
        bare = Attribute(kind=BARE, value=token.value.normalize())
        both = narrowed(senses, self.index.with_attribute.get(bare)) or narrowed(
            senses, self.index.with_numeral.get(token.value)
        )
        if not both:
            return None
        if self._text(at + 1) in self.words.exact["contents"]:
            is_name = self._is_counted_after(at + 2) or self._is_refused(at + 2)
            return (both, at + 2) if is_name else None
        if self.numbers.unit(at + 1, after_number=True):
            return None
        goes_on = together(both, self.names.word_senses(at + 1, extending=True))
        is_code = token.value >= SMALLEST_CODE or token.text.startswith("0") or self._is_hyphenated(at)
        if goes_on or is_code or self._is_counted_after(at + 1):
            return both, at + 1
        return None

    def _is_hyphenated(self, at: int) -> bool:
        """Say whether a number is written in one with the word before it ("HD-45")."""
        row = self.tokens[max(0, at - 2) : at + 1]
        return at > 1 and row[1].text == "-" and row[1].glued and row[2].glued

    def _is_counted_after(self, at: int) -> bool:
        """Say whether a number that counts follows, one that no other goods stand behind."""
        while self._text(at) in COUNT_LINKS:
            at += 1
        number = self.numbers.number(at) if at < len(self.tokens) and not self.masked[at] else None
        if number is None or number.value is None:
            return False
        return number.end >= len(self.tokens) or not self.names.starts_product(number.end)

    def _is_refused(self, at: int) -> bool:
        """Say whether a word behind the goods (or one before them, in `is_refusing`) gives them up: then no number counts them."""
        if self.is_refusing:
            return True
        for place in range(at, min(at + FARTHEST_REFUSAL, len(self.tokens))):
            if self.tokens[place].kind is Kind.NUMBER or self.tokens[place].kind is Kind.BREAK:
                return False
            if self.tokens[place].text in ",;?":
                return False
            if any(cue.name in GIVING_UP for cue in self.cues_at.get(place, ())):
                return True
        return False

    def _text(self, at: int) -> str:
        return self.tokens[at].text if at < len(self.tokens) else ""

    def _grow_by_slip(self, senses: tuple[Sense, ...], at: int) -> tuple[tuple[Sense, ...], int] | None:
        """Add a word that is a slip or a short form of one that the goods carry ("himalaya nim fase wash")."""
        if not self._may_be_slip(at):
            return None
        text = self.tokens[at].text
        own = self.names.word_senses(at, extending=True)
        if own and own[0].doubt < Surety.SHORT_FORM and not (is_devanagari(text) and own[0].doubt):
            return None
        for sense in senses:
            if products := self.index.near(text, sense.products):
                return (Sense(doubt=sense.doubt + Surety.MISSPELLED, products=products),), at + 1
        return None

    def _may_be_slip(self, at: int) -> bool:
        """Say whether a word stands here that means nothing but, perhaps, goods."""
        token = self.tokens[at] if at < len(self.tokens) else None
        if token is None or token.kind is not Kind.WORD or self.masked[at]:
            return False
        if self.numbers.unit(at) or self.numbers.is_number_word(at) or token.text in self.words.never_goods:
            return False
        return all(cue.name == "filler" for cue in self.cues_at.get(at, ()))

    def _grow_by_pack(self, senses: tuple[Sense, ...], end: int) -> tuple[tuple[Sense, ...], int] | None:
        """Add the word for a pack that the name holds ("box file", "coffee jar")."""
        token = self.tokens[end] if end < len(self.tokens) else None
        if token is None or token.kind is not Kind.WORD or self.masked[end]:
            return None
        carriers = self.index.with_pack_word.get(token.key, NO_PRODUCTS)
        both = together(senses, (Sense(doubt=0, products=carriers),))
        return (both, end + 1) if both else None

    def named_by_pack(self, at: int, end: int) -> Span | None:
        """Read goods whose name begins with the word for a pack before *end*: "box file 5", "bag small 5"."""
        carriers = self.index.with_pack_word.get(self.tokens[at].key)
        if carriers is None or end >= len(self.tokens) or (at and self.tokens[at - 1].kind is Kind.NUMBER):
            return None
        senses = (Sense(doubt=0, products=carriers),)
        if self.names.has_cue(end, "small") or self.names.has_cue(end, "big"):
            return Span(kind=SpanKind.PRODUCT, start=at, end=end, senses=senses, wide=senses, words=1)
        goods = self.entity(end) if self.names.starts_product(end) else None
        both = together(goods.senses, senses) if goods else ()
        return replace(goods, start=at, senses=both, words=goods.words + 1) if goods and both else None

    def _first_word(self, at: int) -> tuple[tuple[Sense, ...], int]:
        senses = self.names.word_senses(at, extending=False)
        for length in (3, 2):
            joined = self.names.joined(at, length)
            if joined and (
                not senses
                or _is_surer(joined[0], senses[0])
                or self._is_phrase(at, length, senses)
                or self._is_nothing_else(at + 1, length - 1)
            ):
                return joined, at + length
        if initials := self._initials(at):
            return initials, at + 3
        return senses, at + 1

    def _is_nothing_else(self, at: int, count: int) -> bool:
        """Say whether words have no sense of their own, so that they belong to the name before ("gud de")."""
        return not any(
            place in self.cues_at
            or self.numbers.is_number_word(place)
            or self.names.word_senses(place, extending=True)
            for place in range(at, at + count)
        )

    def _is_phrase(self, at: int, length: int, senses: tuple[Sense, ...]) -> bool:
        """Say whether neighbours are a known word for goods ("toilet paper") that no one name carries as two words."""
        words = " ".join(token.text for token in self.tokens[at : at + length])
        return words in self.words.goods_spellings and not together(
            senses, self.names.word_senses(at + 1, extending=True)
        )

    def _initials(self, at: int) -> tuple[Sense, ...]:
        """Read "H&S"."""
        row = [token.text for token in self.tokens[at : at + 3]]
        if len(row) < 3 or row[1] != "&" or len(row[0]) != 1 or len(row[2]) != 1:
            return ()
        meanings = self.index.known(row[0] + row[2])
        return senses_of(meanings)

    def _grow(self, senses: tuple[Sense, ...], end: int) -> tuple[tuple[Sense, ...], int] | None:
        """Add the next word if some product carries it too, across "ko", "&" inside a name, or a size."""
        if both := self._plus(senses, end):
            return both, end + 1
        for start in self._next_words(end):
            for length in (3, 2):
                joined = self.names.joined(start, length)
                if (
                    joined
                    and not (start > end and self._is_connector(end, start))
                    and (both := together(senses, joined))
                ):
                    return both, start + length
            both = together(senses, self.names.word_senses(start, extending=True) or self._by_letter(start))
            if both and start > end:
                both = self._across(end, senses, both)
            if both:
                return both, start + 1
        return None

    def _by_letter(self, at: int) -> tuple[Sense, ...]:
        """Read what is heard as talk or a verb elsewhere, but not in a name: "parle ji", "किचन किङ"."""
        token = self.tokens[at] if at < len(self.tokens) else None
        if token is None or token.kind is not Kind.WORD or self.masked[at]:
            return ()
        if len(token.text) == LETTER_NAME:
            meanings = self.index.letter(token.text)
        elif self.words.looks_like_a_verb(token.key) and at not in self.cues_at:
            meanings = self.index.meanings(token.text)
        else:
            return ()
        return senses_of(meanings)

    def _across(self, gap: int, senses: tuple[Sense, ...], both: tuple[Sense, ...]) -> tuple[Sense, ...]:
        """Say whether words belong together across the one between them: "and" only inside a name, talk only if it tells more."""
        if self._is_connector(gap, gap + 1):
            return together(both, (Sense(doubt=0, products=self.index.with_and),))
        if self.names.has_cue(gap, "filler") and not both[0].products < senses[0].products:
            return ()
        return both

    def _plus(self, senses: tuple[Sense, ...], end: int) -> tuple[Sense, ...]:
        """Read the sign in "Clinic+" as the word of the name it stands for."""
        if end >= len(self.tokens) or self.tokens[end].text != "+" or not self.tokens[end].glued:
            return ()
        return together(
            senses, tuple(Sense(doubt=0, products=one.products) for one in self.index.known("plus"))
        )

    def _next_words(self, end: int) -> Iterator[int]:
        yield end
        if end + 1 < len(self.tokens) and self._is_passed_over(end):
            yield end + 1

    def _is_passed_over(self, at: int) -> bool:
        if self._is_connector(at, at + 1) or self.names.has_cue(at, "of") or self.names.has_cue(at, "filler"):
            return True
        if self.tokens[at].kind is Kind.WORD and self.tokens[at].key.endswith(self.words.participle_endings):
            return len(self.tokens[at].key) > SHORTEST_PARTICIPLE
        return self.tokens[at].text == "-" or (self.tokens[at].text == "." and self.tokens[at + 1].glued)

    def _is_connector(self, end: int, start: int) -> bool:
        return start == end + 1 and (self.tokens[end].text == "&" or self.names.has_cue(end, "and"))


def measures_at(text: str, tokens: Sequence[Token]) -> dict[int, list[tuple[int, Attribute]]]:
    """Give the measures of a message by the token they begin with, each with the token behind it."""
    starts = {token.start: place for place, token in enumerate(tokens)}
    ends = {token.end: place + 1 for place, token in enumerate(tokens)}
    found: dict[int, list[tuple[int, Attribute]]] = {}
    for one in find_measures(text):
        start, end = starts.get(one.start), ends.get(one.end)
        if start is not None and end is not None:
            found.setdefault(start, []).append((end, one.attribute))
    return found


def _with_units(measures: Mapping[int, list[tuple[int, Attribute]]]) -> frozenset[int]:
    return frozenset(
        start for start, found in measures.items() if any(attribute.kind.isalpha() for _, attribute in found)
    )


def _is_surer(one: Sense, other: Sense) -> bool:
    return one.doubt < other.doubt or (one.doubt == other.doubt and len(one.products) <= len(other.products))
