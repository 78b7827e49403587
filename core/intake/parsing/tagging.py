"""From tokens to the parts of an order: quantities, sizes, prices, products named, and what joins or parts them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.products import Size, Surety
from core.intake.language import masking
from core.intake.language.bare_numbers import Quantity
from core.intake.language.lexicon import Cue, Lexicon
from core.intake.language.measures import BARE, CONTENTS, Attribute
from core.intake.language.tokens import Kind, Token
from core.intake.parsing.cues import cues_of
from core.intake.parsing.dealt import with_dealt_numbers
from core.intake.parsing.entities import EntityReader, measures_at
from core.intake.parsing.headings import under_headings
from core.intake.parsing.kinds import with_kinds
from core.intake.parsing.layout import with_layout
from core.intake.parsing.merging import (
    brought_together,
    set_anew,
    with_carried_sizes,
    with_contents,
    with_leaders,
    with_loose,
    with_sizes,
    with_slips,
    with_swaps,
)
from core.intake.parsing.names import MILD
from core.intake.parsing.phrases import (
    with_asides,
    with_brands_in_brackets,
    with_emphasis,
    with_letters,
    with_particles,
    with_purposes,
    with_signatures,
    with_two,
)
from core.intake.parsing.price_lists import is_price_list
from core.intake.parsing.rates import with_rates
from core.intake.parsing.remarks import with_remarks, with_thanks
from core.intake.parsing.said_once import with_said_once
from core.intake.parsing.shared_units import with_shared_units
from core.intake.parsing.size_chains import with_size_chains
from core.intake.parsing.spans import COUNTING, NAMING, SEPARATING, Sense, Span, SpanKind, TaggedMessage
from core.intake.parsing.stock_on_hand import with_stock_on_hand
from core.intake.parsing.totals import with_totals
from core.intake.reading import Unit

GRAMS = {Unit.KG: Decimal(1000), Unit.GRAM: Decimal(1)}
MILLILITRES = {Unit.LITRE: Decimal(1000), Unit.ML: Decimal(1)}


def tag_message(
    text: str, tokens: list[Token], *, index: CatalogIndex, words: Lexicon, aliases: Mapping[str, str]
) -> TaggedMessage:
    """Say what each token is. Parts come in the order of the text and never overlap."""
    return _Tagger(text, tokens, index, words, aliases).read()


def _largest(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    """Leave out a cue that is only a piece of a longer one ("send" in "do not send")."""
    ordered = sorted(cues, key=lambda cue: (cue.start, -cue.end))
    kept: list[Cue] = []
    reach = (-1, -1)
    for cue in ordered:
        if cue.end > reach[1] or (cue.start, cue.end) == reach:
            kept.append(cue)
            reach = (cue.start, cue.end)
    return tuple(kept)


ROLE_OF_CUE = {
    "and": SpanKind.COMMA, "each": SpanKind.EACH, "approximate": SpanKind.APPROXIMATE, "vague": SpanKind.VAGUE, "usual": SpanKind.VAGUE, "correct": SpanKind.CORRECT, "said_before": SpanKind.CORRECT,
    "withdraw": SpanKind.WITHDRAW, "remove": SpanKind.WITHDRAW, "cancel": SpanKind.WITHDRAW, "not_wanted_order": SpanKind.WITHDRAW, "not": SpanKind.NOT, "small": SpanKind.SMALL, "big": SpanKind.BIG,
}  # fmt: skip
# What a span of talk says to those who read on; the first that is said counts.
WORD_OF_CUE = {
    "in_place": "in_place", "remove": "remove", "sum": "sum", "others": "others", "only": "only", "set": "set", "and": "and", "send": "send", "add": "send", "with_us": "with_us", "thanks_for": "thanks_for",
}  # fmt: skip
COUNTS_OF_KINDS = {"both": 2, "all_three": 3, "all_four": 4}
BEFORE_NUMBERS = frozenset("-@")
STOPS = frozenset(".?!;")
COMMAS = frozenset(",+&/|")
OPENING, CLOSING = "([{", ")]}"
TELLING = frozenset(
    {
        "length",
        "area",
        "power",
        "current",
        "voltage",
        "strength",
        "charge",
        "memory",
        "paper",
        "wire",
        "share",
        "pages",
        "colours",
    }
)
LONGEST_ASIDE = 8
MOST_BEFORE_A_KIND = 5  # spans
SHORTEST_CODE = 5  # "2pm" is a time, whatever it names elsewhere
LONGEST_SHORT_FORM = 4
NUMBERS_OF_A_DATE, TOKENS_OF_A_DATE = 3, 5


class _NamesOfARow:
    """Counts the goods named from the begin of a row on, in one walk, as long as none has its number."""

    def __init__(self, read: Callable[[int], Span | None], start: int = 0) -> None:
        self._read, self._at = read, start
        self._names = 0
        self._is_counted = False

    def up_to(self, end: int) -> int:
        while self._at < end and not self._is_counted:
            span = self._read(self._at)
            self._is_counted = span is not None and span.kind is SpanKind.QUANTITY
            self._names += span is not None and span.kind is SpanKind.PRODUCT
            self._at = span.end if span is not None else self._at + 1
        return 0 if self._is_counted else self._names


class _Tagger:
    def __init__(
        self, text: str, tokens: list[Token], index: CatalogIndex, words: Lexicon, aliases: Mapping[str, str]
    ) -> None:
        self.tokens, self.words, self.index = tokens, words, index
        self.measures = measures_at(text, tokens)
        self.masked = masking.mark(text, tokens, words)
        self._unmask_names()
        every = cues_of(tokens, words, index, self.masked)
        self.cues = _largest(every)
        self.longest: dict[int, list[Cue]] = {}
        for cue in every:
            best = self.longest.get(cue.start)
            if best is None or cue.end > best[0].end:
                self.longest[cue.start] = [cue]
            elif cue.end == best[0].end:
                best.append(cue)
        self.goods = EntityReader(
            tokens,
            index,
            words,
            cues=self.cues,
            cues_at=self.longest,
            masked=self.masked,
            measures=self.measures,
            aliases=aliases,
        )
        self.names, self.numbers = self.goods.names, self.goods.numbers
        self._unmask_amounts()
        self.aside_until = -1
        self.last_kind = SpanKind.STOP  # of the last span that is neither talk nor a comma

    def _unmask_names(self) -> None:
        """Read "2.75-18" and "20w40" as what is sold here, though dates and references are written like them."""
        for at, token in enumerate(self.tokens):
            if self.masked[at] and len(token.text) >= SHORTEST_CODE and token.text in self.index.odd_names:
                self.masked[at] = False
        for start, found in self.measures.items():
            for end, attribute in found:
                if not attribute.kind.isalpha() and attribute in self.index.with_attribute:
                    self.masked[start:end] = [False] * (end - start)

    def _unmask_amounts(self) -> None:
        """Read "tide, rin, harpic 6/6/24" as the amounts of three goods: as many names as numbers stand in their row."""
        named = _NamesOfARow(self._counted_or_named)
        for at in range(1, len(self.tokens) - TOKENS_OF_A_DATE + 1):
            if self.tokens[at - 1].kind is Kind.BREAK:
                named = _NamesOfARow(self._counted_or_named, at)
            if not self.masked[at] or self.masked[at - 1]:
                continue
            row = self.tokens[at : at + TOKENS_OF_A_DATE]
            is_date = all(self.masked[at : at + TOKENS_OF_A_DATE])
            is_parted = [token.text for token in row[1::2]] == ["/", "/"]
            if is_date and is_parted and named.up_to(at) == NUMBERS_OF_A_DATE:
                self.masked[at : at + TOKENS_OF_A_DATE] = [False] * TOKENS_OF_A_DATE

    def _counted_or_named(self, at: int) -> Span | None:
        return self.goods.measured(at) or self._measure(at) or self._number(at) or self.goods.entity(at)

    def read(self) -> TaggedMessage:
        spans: list[Span] = []
        position = 0
        while position < len(self.tokens):
            span = self._named_beside(position, spans) or self._span_at(position)
            if span.kind in SEPARATING:
                self.names.clause_has_product = self.goods.is_refusing = False
            self.names.clause_has_product |= span.kind is SpanKind.PRODUCT
            self.goods.is_refusing |= span.kind in (SpanKind.WITHDRAW, SpanKind.NOT)
            if span.kind in NAMING:
                self.goods.ends_at = span.end
            if self.aside_until > position:
                span = replace(span, in_brackets=True)
            if span.kind not in (SpanKind.TALK, SpanKind.COMMA):
                self.last_kind = span.kind
            spans.append(span)
            position = span.end
        spans = with_contents(spans, self.tokens, self.index)
        spans = with_brands_in_brackets(with_emphasis(spans, self.tokens), self.tokens)
        spans = with_asides(with_signatures(spans, self.tokens), self.tokens)
        spans = with_two(with_purposes(with_letters(spans, self.tokens), self.tokens), self.tokens)
        spans, particles = with_particles(
            with_remarks(with_thanks(spans, self.tokens), self.tokens), self.tokens
        )
        spans, told = with_stock_on_hand(spans, self.tokens, self.index)
        spans = with_shared_units(spans, self.tokens)
        sums = frozenset(cue.start for cue in self.cues if cue.name == "sum")
        spans = under_headings(
            with_totals(brought_together(spans, self.tokens), sums), self.tokens, self.index
        )
        spans = with_slips(set_anew(spans, self.tokens), self.tokens, self.index)
        spans = with_kinds(with_said_once(spans, self.tokens, self.goods), self.tokens, self.goods)
        spans = with_rates(with_leaders(spans, self.tokens, self.index), self.index)
        is_prices = is_price_list(spans, self.tokens, self.index)
        spans = with_sizes(with_size_chains(spans, self.index), self.index)
        spans = with_loose(with_carried_sizes(spans, self.index), self.index)
        return TaggedMessage(
            spans=tuple(
                with_swaps(
                    with_layout(with_dealt_numbers(spans, self.tokens, self.index), self.tokens, self.index)
                )
            ),
            cues=(*self.cues, *particles, *told),
            is_price_list=is_prices,
        )

    def _named_beside(self, at: int, spans: list[Span]) -> Span | None:
        """Read a word of talk as a kind of the goods right before it: "Lifebuoy Lemon/Total"."""
        if at not in self.longest or self.longest[at][0].end != at + 1:
            return None
        token = self.tokens[at]
        goods = self._goods_before_comma(at, spans)
        if goods is None or token.text in self.words.exact["joining_kinds"]:
            return None
        brands = self._brands(goods)
        if len(brands) > 1:  # "dettol sabun 1 dz cool, 1 dz original": whose kind it is stands before
            named = [span for span in spans[-MOST_BEFORE_A_KIND:] if span.kind is SpanKind.PRODUCT]
            brands = brands.intersection(*(self._brands(span) for span in named))
        products = frozenset(
            number
            for meaning in self.index.known(token.text)
            if meaning.surety is Surety.SPELLED
            for number in meaning.products
            if self.index.products[number].brand in brands
        )
        if not products or len(brands) > 1:
            return None
        return Span(kind=SpanKind.PRODUCT, start=at, end=at + 1, senses=(Sense(doubt=0, products=products),))

    def _brands(self, goods: Span) -> set[str]:
        return {self.index.products[number].brand for number in goods.senses[0].products}

    def _goods_before_comma(self, at: int, spans: list[Span]) -> Span | None:
        """Give the goods that only a comma parts from here, and their number where another number follows."""
        if len(spans) < 2:
            return None
        if spans[-1].kind is not SpanKind.COMMA:
            return self._goods_of_numbers(at, spans)
        before = spans[-2]
        if before.kind in COUNTING and len(spans) > 2 and self.numbers.number(at + 1):
            before = spans[-3]  # "eno lemon 100, regular 20"
        return before if before.kind is SpanKind.PRODUCT else None

    def _goods_of_numbers(self, at: int, spans: list[Span]) -> Span | None:
        """Give the goods at *at* in "slice mango 6 mix 6" (mix) and "dettol 1 dz cool, 1 dz original": each kind has its number."""
        if any(cue.name != "filler" for cue in self.longest[at]) or not spans[-1].is_count:
            return None
        back = [
            span
            for span in spans[-1 - MOST_BEFORE_A_KIND : -1]
            if span.kind not in (SpanKind.COMMA, *COUNTING)
        ]
        is_parted = spans[-2].kind is SpanKind.COMMA
        if not back or not (is_parted or self.numbers.number(at + 1)):
            return None
        return back[-1] if back[-1].kind is SpanKind.PRODUCT else None

    def _span_at(self, at: int) -> Span:
        token = self.tokens[at]
        if self.masked[at]:
            return Span(kind=SpanKind.TALK, start=at, end=at + 1, word="masked")
        if token.kind is Kind.BREAK:
            return Span(kind=SpanKind.STOP, start=at, end=at + 1)
        found = self.goods.alias(at) or self.goods.measured(at) or self._measure(at) or self._number(at)
        if found is None and token.kind is Kind.SIGN:
            return self._sign(at)
        return found or self._phrase(at) or self._unit(at) or self.goods.entity(at) or self._word(at)

    def _measure(self, at: int) -> Span | None:
        """Read a measure that counts nothing ("9W") and that the goods beside it do not have in their name."""
        for end, attribute in self.goods.measures.get(at, ()):
            unit = self.tokens[end - 1]
            if unit.text == '"' and not unit.glued:
                continue  # a ditto mark
            is_known = attribute in self.index.with_attribute
            if not is_known and self._begins_known_measure(at + 1, end):
                return None  # "20 3/4 inch": twenty of those
            if attribute.kind == CONTENTS:
                return Span(kind=SpanKind.TALK, start=at, end=end) if is_known else None
            if self._tells_apart(attribute, end, is_known=is_known):
                return Span(kind=SpanKind.ATTRIBUTE, start=at, end=end, attribute=attribute)
        return None

    def _begins_known_measure(self, at: int, end: int) -> bool:
        """Say whether a measure that some goods have begins at *at* and ends where a longer one does."""
        return any(
            end == after and attribute in self.index.with_attribute
            for after, attribute in self.goods.measures.get(at, ())
        )

    def _tells_apart(self, attribute: Attribute, end: int, *, is_known: bool) -> bool:
        """Say whether a measure that ends before *end* tells goods apart; one that no goods have must be surely one."""
        is_number = attribute.kind == BARE or not attribute.kind.isalpha()
        if is_known and is_number:
            return self.numbers.unit(end, after_number=True) is None
        unit = self.tokens[end - 1]
        is_short = len(unit.text) == 1 and not unit.glued
        may_count = is_short or unit.text in self.words.exact["lengths_sold"]
        return attribute.kind in TELLING and (is_known or not may_count)

    def _number(self, at: int) -> Span | None:
        """Read a price or a quantity; "7 up" is neither."""
        if not self._may_begin_amount(self.tokens[at]):
            return None
        if self.tokens[at].kind is Kind.NUMBER and self.names.joined(at, 2):
            return self.goods.entity(at)
        if self.tokens[at].kind is Kind.WORD and self.names.starts_odd_name(at):
            return self.goods.entity(at)
        if number := self.numbers.price(at):
            return Span(
                kind=SpanKind.PRICE, start=at, end=number.end, value=number.value, is_pack=number.is_pack
            )
        number = self.numbers.number(at)
        return self._counted(at, number) if number else None

    def _may_begin_amount(self, token: Token) -> bool:
        if token.kind is Kind.WORD:
            return token.key in self.words.amount_words or self.words.may_be_number(token.key)
        return token.kind is Kind.NUMBER or token.text in BEFORE_NUMBERS

    def _unit(self, at: int) -> Span | None:
        """Read a unit that stands before its number ("ctn 2"), or a kind of pack without one."""
        unit = self.numbers.unit(at)
        if self.tokens[at].key in self.index.unit_words:
            if self._is_alone_in_row(at):
                return Span(kind=SpanKind.PACK, start=at, end=at + 1, unit=Unit.PIECE)
            if self.numbers.number(at + 1):
                return Span(kind=SpanKind.TALK, start=at, end=at + 1)
        if unit is None or at in self.longest or self.names.joined(at, 2):
            return None  # "gram flour" begins with no unit
        if turned := self.numbers.number_after_unit(unit):
            return self._counted(at, turned)
        if self.names.word_senses(at, extending=False):
            return None
        if named := self.goods.named_by_pack(at, unit.end):
            return named
        return Span(kind=SpanKind.PACK, start=at, end=unit.end, unit=unit.unit)

    def _is_alone_in_row(self, at: int) -> bool:
        """Say whether nothing but a colon stands beside a word in its row: it is the unit of what stands below."""
        after = at + 1 + (at + 1 < len(self.tokens) and self.tokens[at + 1].text == ":")
        starts = at == 0 or self.tokens[at - 1].kind is Kind.BREAK
        return starts and after < len(self.tokens) and self.tokens[after].kind is Kind.BREAK

    def _sign(self, at: int) -> Span:
        sign = self.tokens[at].text
        if sign in OPENING:
            self._open_aside(at)
        if sign == "." and self._ends_a_short_form(at):
            return Span(kind=SpanKind.COMMA, start=at, end=at + 1)
        kind = SpanKind.STOP if sign in STOPS else SpanKind.COMMA if sign in COMMAS else SpanKind.TALK
        return Span(kind=kind, start=at, end=at + 1, word="and" if sign in "&+" else "")

    def _ends_a_short_form(self, at: int) -> bool:
        """Say whether a full stop belongs to a unit ("3 doz. Lux")."""
        before = self.tokens[at - 1] if at else None
        follows = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        if before is None or follows is None or not self.tokens[at].glued:
            return False
        return (
            before.key in self.words.units
            and follows.kind is Kind.WORD
            and len(before.text) <= LONGEST_SHORT_FORM
        )

    def _open_aside(self, at: int) -> None:
        closing = CLOSING[OPENING.index(self.tokens[at].text)]
        for place in range(at + 1, min(at + 1 + LONGEST_ASIDE, len(self.tokens))):
            if self.tokens[place].text == closing:
                self.aside_until = place
                return

    def _counted(self, at: int, number: Quantity) -> Span:
        unit = number.unit
        size = None
        if unit in GRAMS and number.value is not None:
            size = Size(amount=number.value * GRAMS[unit], is_volume=False)
        elif unit in MILLILITRES and number.value is not None:
            size = Size(amount=number.value * MILLILITRES[unit], is_volume=True)
        kind = SpanKind.MEASURE if size else SpanKind.QUANTITY
        return Span(
            kind=kind,
            start=at,
            end=number.end,
            value=number.value,
            many=number.many,
            unit=unit,
            size=size,
            is_pack=number.is_pack,
            is_vague=number.is_vague,
        )

    def _phrase(self, at: int) -> Span | None:
        """Read a cue of two words or more; its words never name goods, unless they do so together."""
        cues = self.longest.get(at)
        if not cues or cues[0].end - at < 2:
            return None
        if all(cue.name in MILD for cue in cues) and self.names.word_senses(at, extending=False):
            return None
        return self._cue_span(cues)

    def _cue_span(self, cues: list[Cue]) -> Span:
        names = {cue.name for cue in cues}
        start, end = cues[0].start, cues[0].end
        if end == start + 1 and "no" in names:
            if self._corrects(end):
                return Span(kind=SpanKind.CORRECT, start=start, end=end)
            if self._denies(end):
                return Span(kind=SpanKind.NOT, start=start, end=end, word="no")
        return Span(
            kind=next((role for name, role in ROLE_OF_CUE.items() if name in names), SpanKind.TALK),
            start=start,
            end=end,
            value=next((Decimal(count) for name, count in COUNTS_OF_KINDS.items() if name in names), None),
            word=next((word for name, word in WORD_OF_CUE.items() if name in names), ""),
        )

    def _corrects(self, at: int) -> bool:
        """Say whether "no" stands between a number and the one that replaces it ("3 crate, no 6 crate")."""
        if self.tokens[at - 1].text != "no" or self.last_kind not in COUNTING:
            return False
        number = self.numbers.number(at) if at < len(self.tokens) else None
        if number is None or number.unit is None:
            return False
        return number.end >= len(self.tokens) or not self.names.starts_product(number.end)

    def _denies(self, at: int) -> bool:
        """Say whether an English "no" right before goods speaks of them ("no rose")."""
        return self.tokens[at - 1].text == "no" and self.names.starts_product(at)

    def _word(self, at: int) -> Span:
        if cues := self.longest.get(at):
            return self._cue_span(cues)
        token = self.tokens[at]
        is_everyday = token.text in self.words.never_goods and not self._touches_goods(at)
        is_everyday |= token.text in self.words.exact["respectively"]
        if is_everyday or self.words.looks_like_a_verb(token.key) or token.key in self.words.places:
            return Span(kind=SpanKind.TALK, start=at, end=at + 1)
        return Span(kind=SpanKind.UNKNOWN, start=at, end=at + 1, word=token.key)

    def _touches_goods(self, at: int) -> bool:
        """Say whether an everyday word makes other goods of its neighbour ("floor cleaner", "lux body wash")."""
        if self.goods.ends_at == at:
            return True
        before_goods = self.tokens[at].text in self.words.before_goods
        return not before_goods and at + 1 < len(self.tokens) and self.names.starts_product(at + 1)
