"""Goods under a heading are named with it ("Lux: rose 12", "Pulsar 150⏎brake shoe 10⏎disc pad 5"); each heading ends the one above.

A heading is a row of names without an amount, or what stands before a colon, if the goods of the next row are among the
goods it names. A row like it that names nothing sold here ends the heading above too; what stands below it is asked about.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.products import is_size
from core.intake.catalogue.wordbook import NO_PRODUCTS
from core.intake.language.lexicon import lexicon
from core.intake.language.tokens import Token
from core.intake.parsing.spans import COUNTING, NAMING, Sense, Span, SpanKind, together

PART_OF_A_HEADING = NAMING | {SpanKind.TALK, SpanKind.ATTRIBUTE, SpanKind.MEASURE, SpanKind.PACK}
MOST_UNKNOWN_WORDS = 3
DEEPEST = 5  # headings under headings
FEWEST_ROWS = 2  # of names below a number for each of them
SMALLEST_CODE = 100  # a smaller bare number behind an unknown word may well count


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What stands in the spans from `first` up to `end`: a row, or the part of one before or behind its colon."""

    first: int
    end: int
    row: int
    has_colon: bool = False  # a colon ends it


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    """The goods that a heading speaks of; `outer` is what the heading above it, right before it, speaks of."""

    senses: tuple[Sense, ...]
    outer: tuple[Sense, ...] = ()


def under_headings(spans: list[Span], tokens: Sequence[Token], index: CatalogIndex) -> list[Span]:
    """Narrow the goods of each row to those of the heading above it, and let the headings themselves ask for nothing."""
    return _Headings(spans, tokens, index).done()


class _Headings:
    """Walks over the parts of a message and keeps the heading that they stand under."""

    def __init__(self, spans: list[Span], tokens: Sequence[Token], index: CatalogIndex) -> None:
        self.spans, self.tokens, self.index = list(spans), tokens, index
        self.parts = _parts(spans, tokens)
        self.heading: Heading | None = None
        self.was_heading = False  # the part before was a heading too
        self.is_under_unknown = False
        self.any_heading = False
        self.shared: Span | None = None  # the number that a heading says for each of its goods
        self.shared_row = -1  # the row of that heading
        self.is_inline = False  # its goods stand in that row, so that it ends with the row
        self.dealt: dict[int, Span] = {}  # that number, by the place of the goods that it counts

    def done(self) -> list[Span]:
        for place, part in enumerate(self.parts):
            if self._is_number_alone(place):
                self.heading, self.shared = None, self._number_for_each(part)
                self.shared_row, self.is_inline = part.row, False
                self._silence(part)
                continue
            goods = self._goods_of_heading(part)
            if goods is not None and self._begins(place, goods):
                self._begin(part, goods)
            elif self._is_unknown_heading(place):
                self.heading, self.is_under_unknown, self.was_heading = None, True, False
                if not any(span.kind in COUNTING for span in self._inside(part)):
                    self._silence(part)
            elif part.has_colon and self._names_a_section(place):
                self._silence(part)
            else:
                if self._is_unknown(part):
                    self.heading = None  # "xyz 5": a row of the list, or the heading of what follows
                self._narrow(part)
                self.was_heading = False
        return [
            one
            for at, span in enumerate(self.spans)
            for one in ((span, self.dealt[at]) if at in self.dealt else (span,))
        ]

    def _inside(self, part: Part) -> list[Span]:
        return self.spans[part.first : part.end]

    def _goods_of_heading(self, part: Part) -> tuple[Sense, ...] | None:
        """Give the goods of a part that names goods and counts none; None if it is no such part."""
        inside = self._inside(part)
        names = [span for span in inside if span.kind is SpanKind.PRODUCT]
        is_counted = not part.has_colon and any(
            span.kind is SpanKind.QUANTITY and span.unit is not None for span in inside
        )
        if not names and part.has_colon:
            return self._goods_of_measure(inside)
        if not names or is_counted or any(span.kind is SpanKind.UNKNOWN for span in inside):
            return None
        return self._narrowed_by(part, inside, names) or None

    def _narrowed_by(self, part: Part, inside: Sequence[Span], names: Sequence[Span]) -> tuple[Sense, ...]:
        """Give the goods that all names and measures of a heading speak of; nothing if it says anything else."""
        senses = names[0].senses
        is_each = _says_each(inside)
        for name in names[1:]:
            senses = together(senses, name.senses)
        for span in inside:
            if span.kind in (SpanKind.ATTRIBUTE, SpanKind.MEASURE):
                senses = self._told_apart(senses, span)
            elif span.kind in PART_OF_A_HEADING or (part.has_colon and _is_about_each(span, is_each=is_each)):
                continue  # "highlighter sabai 10-10 ota: yellow, pink"
            elif span.kind is SpanKind.QUANTITY and span.start == names[-1].end:
                senses = self._told_apart(senses, span)  # "Redmi note 13"
            else:
                return ()
        return senses

    def _goods_of_measure(self, inside: Sequence[Span]) -> tuple[Sense, ...] | None:
        """Give all goods that have the measure which alone is the heading ("8 inch: cake board 10, cake box 5")."""
        said = [span for span in inside if span.kind is not SpanKind.TALK]
        if len(said) != 1 or said[0].kind is not SpanKind.ATTRIBUTE or said[0].attribute is None:
            return None
        return (Sense(doubt=0, products=self.index.with_attribute.get(said[0].attribute, NO_PRODUCTS)),)

    def _told_apart(self, senses: tuple[Sense, ...], span: Span) -> tuple[Sense, ...]:
        """Keep the goods that have a measure, or a bare number without unit, in their name."""
        fitting = NO_PRODUCTS
        if span.kind is SpanKind.ATTRIBUTE and span.attribute is not None:
            fitting = self.index.with_attribute.get(span.attribute, NO_PRODUCTS)
        elif span.kind is SpanKind.MEASURE:
            fitting = frozenset(
                number
                for sense in senses
                for number in sense.products
                if self.index.products[number].size == span.size
            )
        elif span.unit is None and span.value is not None and not span.many:
            fitting = self.index.with_numeral.get(span.value, NO_PRODUCTS)
        return together(senses, (Sense(doubt=0, products=fitting),))

    def _begins(self, place: int, goods: tuple[Sense, ...], *, depth: int = 0) -> bool:
        """Say whether the next part counts goods that are among these, and among others as well."""
        if place + 1 >= len(self.parts) or depth > DEEPEST:
            return False
        after = self.parts[place + 1]
        is_counted = any(span.kind is SpanKind.QUANTITY for span in self._inside(after))
        nested = None if is_counted else self._goods_of_heading(after)
        if nested is not None and (after.has_colon or self._counts(place + 2)):
            both = together(goods, nested)
            return bool(both) and self._begins(place + 1, both, depth=depth + 1)
        names = [span for span in self._inside(after) if span.kind is SpanKind.PRODUCT]
        if not self._counts(place + 1) and not (names and self._number_for_each(self.parts[place])):
            return False
        return bool(names) and bool(together(goods, names[0].senses))

    def _counts(self, place: int) -> bool:
        """Say whether a part names something and counts it, or stands in a list that does."""
        if place >= len(self.parts):
            return False
        kinds = {span.kind for span in self._inside(self.parts[place])}
        return bool(kinds & NAMING and kinds & COUNTING)

    def _begin(self, part: Part, goods: tuple[Sense, ...]) -> None:
        outer = (
            self.heading.outer or (self.heading.senses if self.was_heading else ()) if self.heading else ()
        )
        inner = together(outer, goods) if outer else ()
        self.heading = Heading(senses=inner or goods, outer=outer if inner else ())
        self.is_under_unknown, self.was_heading, self.any_heading = False, True, True
        self.shared, self.shared_row, self.is_inline = self._number_for_each(part), part.row, False
        self._silence(part)

    def _is_number_alone(self, place: int) -> bool:
        """Say whether a part only says how many of each ("sabai 2-2 carton: wai wai, mayos"), or stands so above rows of names."""
        part = self.parts[place]
        if any(span.kind in NAMING for span in self._inside(part)) or self._number_for_each(part) is None:
            return False
        return part.has_colon or (len(self.parts) - place > FEWEST_ROWS and self._only_names_from(place + 1))

    def _only_names_from(self, place: int) -> bool:
        """Say whether all parts from here on name goods and count none."""
        return all(
            any(span.kind in NAMING for span in self._inside(part))
            and not any(self._is_count(at) for at in range(part.first, part.end))
            for part in self.parts[place:]
        )

    def _number_for_each(self, part: Part) -> Span | None:
        inside = self._inside(part)
        is_each = _says_each(inside)
        number = next((span for span in inside if _is_for_each(span, is_each=is_each)), None)
        return replace(number, value=number.many[0], many=()) if number and number.many else number

    def _silence(self, part: Part) -> None:
        for at in range(part.first, part.end):
            self.spans[at] = replace(self.spans[at], kind=SpanKind.TALK, word="", senses=(), wide=())

    def _is_unknown_heading(self, place: int) -> bool:
        """Say whether a part is written as a heading below another one, and names nothing that the next part has."""
        if not self.any_heading or not self._counts(place + 1):
            return False
        part = self.parts[place]
        inside = [span for span in self._inside(part) if span.kind is not SpanKind.TALK]
        names = [span for span in inside if span.kind in NAMING]
        if not names or any(not (span.kind in NAMING or _is_code(span)) for span in inside):
            return False
        words = sum(span.end - span.start for span in names)
        return part.has_colon or (words <= MOST_UNKNOWN_WORDS and self._is_unknown(part))

    def _names_a_section(self, place: int) -> bool:
        """Say whether a part above counted goods names no goods by itself ("cold drinks:")."""
        inside = self._inside(self.parts[place])
        kinds = {span.kind for span in inside}
        return SpanKind.UNKNOWN in kinds and kinds <= NAMING | {SpanKind.TALK} and self._counts(place + 1)

    def _is_unknown(self, part: Part) -> bool:
        names = [span for span in self._inside(part) if span.kind in NAMING]
        return bool(names) and all(span.kind is SpanKind.UNKNOWN for span in names)

    def _narrow(self, part: Part) -> None:
        is_counted = any(self._is_count(at) for at in range(part.first, part.end))
        if part.row != self.shared_row and (self.is_inline or is_counted):
            self.shared = None
        self.is_inline |= part.row == self.shared_row
        for at in range(part.first, part.end):
            span = self.spans[at]
            if span.kind is not SpanKind.PRODUCT:
                continue
            if self.shared is not None and not is_counted:
                behind = at + 1 if at + 1 < part.end and self.spans[at + 1].kind in COUNTING else at
                end = self.spans[behind].end
                self.dealt[behind] = replace(self.shared, start=end - 1, end=end)
            if self.is_under_unknown:
                self.spans[at] = replace(span, is_doubted=True)
            elif self.heading is not None:
                if both := together(self.heading.senses, span.senses):
                    self.spans[at] = replace(span, senses=both, wide=together(self.heading.senses, span.wide))
                else:
                    is_alike = self._is_of_one_category(self.heading.senses, span.senses)
                    self.heading = None
                    if part.row != self.shared_row or not is_alike:
                        self.shared = None
                        self.dealt.pop(at, None)

    def _is_of_one_category(self, one: tuple[Sense, ...], other: tuple[Sense, ...]) -> bool:
        """Say whether goods are sold among those of a heading that their names do not share ("masala haru 1/1: besar, khursani")."""
        ours, theirs = (
            {self.index.products[number].category for number in senses[0].products} if senses else set()
            for senses in (one, other)
        )
        return bool(theirs) and theirs <= ours

    def _is_count(self, at: int) -> bool:
        """Say whether a part of a row counts, and is no size of the goods right before it ("besar 100")."""
        span, name = self.spans[at], self.spans[at - 1] if at else None
        if span.kind not in COUNTING or span.is_pack:
            return False
        if name is None or name.kind is not SpanKind.PRODUCT or span.unit is not None or span.value is None:
            return True
        goods = (self.index.products[number] for number in name.senses[0].products)
        return not any(is_size(product, span.value) for product in goods)


def _leads(span: Span, tokens: Sequence[Token]) -> bool:
    """Say whether a colon, or a word for a purpose ("pulsar 150 ko lagi"), parts a heading from what stands under it."""
    token = tokens[span.end - 1]
    if token.text == "-" and span.start and tokens[span.start - 1].text in lexicon().exact["several"]:
        return True  # "sabun haru - lux rose 12"
    return token.text == ":" or (span.kind is SpanKind.TALK and token.key in lexicon().markers["purposes"])


def _says_each(inside: Sequence[Span]) -> bool:
    return any(span.kind is SpanKind.EACH for span in inside)


def _is_for_each(span: Span, *, is_each: bool) -> bool:
    """Say whether a number counts each of several things: "sabai 10 ota", "10-10"."""
    if span.kind is not SpanKind.QUANTITY or span.is_pack:
        return False
    return len(set(span.many)) == 1 or (is_each and span.value is not None)


def _is_about_each(span: Span, *, is_each: bool) -> bool:
    return span.kind is SpanKind.EACH or _is_for_each(span, is_each=is_each)


def _is_code(span: Span) -> bool:
    """Say whether a bare number is part of a name rather than a count ("Duke 390")."""
    is_bare = span.kind is SpanKind.QUANTITY and span.unit is None
    return is_bare and span.value is not None and span.value >= SMALLEST_CODE


def _parts(spans: Sequence[Span], tokens: Sequence[Token]) -> list[Part]:
    """Split a message at its line ends, and rows at a colon behind names."""
    found: list[Part] = []
    first = row = 0
    before = _Before()
    for at in range(len(spans) + 1):
        is_end = at == len(spans) or spans[at].kind is SpanKind.STOP
        is_colon = not is_end and _leads(spans[at], tokens) and before.may_be_heading
        if is_end or is_colon:
            if any(span.kind is not SpanKind.TALK for span in spans[first:at]):
                found.append(Part(first=first, end=at, row=row, has_colon=is_colon))
            first = at + 1
            row += is_end
            before = _Before()
        else:
            before.add(spans[at])
    return found


@dataclass(slots=True)
class _Before:
    """What stands in a row before a colon: names, and numbers that count something there."""

    names: bool = False
    says_each: bool = False
    counts: bool = False
    counts_unless_each: bool = False

    @property
    def may_be_heading(self) -> bool:
        return self.names and not self.counts and (self.says_each or not self.counts_unless_each)

    def add(self, span: Span) -> None:
        self.names |= span.kind in NAMING or span.kind in (SpanKind.ATTRIBUTE, SpanKind.EACH)
        self.says_each |= span.kind is SpanKind.EACH
        if span.kind is SpanKind.QUANTITY and span.unit is not None:
            self.counts |= not _is_for_each(span, is_each=True)
            self.counts_unless_each |= not _is_for_each(span, is_each=False)
