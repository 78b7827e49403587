"""Names that the writing splits are brought together; sizes and packs are read beside the goods that have them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import islice

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.products import Product, Size, Surety, is_size
from core.intake.catalogue.wordbook import NO_PRODUCTS
from core.intake.language.lexicon import lexicon
from core.intake.language.measures import BARE, Attribute
from core.intake.language.tokens import Token
from core.intake.parsing.spans import COUNTING, SEPARATING, SMALLEST_SIZE, Sense, Span, SpanKind, together
from core.intake.reading import Unit

QUIET = frozenset({SpanKind.TALK, SpanKind.COMMA, SpanKind.STOP})
OPENING = frozenset("([{")
PAIR = 2
LOOSE = "loose"


def brought_together(spans: list[Span], tokens: Sequence[Token]) -> list[Span]:
    """Join a name that a size, brackets or its number split ("ghiu 1 ltr amul", "Oreo (vanilla)", "brake shoe 10 pulsar ko")."""
    done: list[Span] = []
    for at, span in enumerate(spans):
        split = len(done) > 1 and (
            done[-1].kind in (SpanKind.MEASURE, SpanKind.ATTRIBUTE, SpanKind.SMALL, SpanKind.BIG)
            or done[-1].is_pack
            or _text(done[-1], tokens) in OPENING
            or (done[-1].is_count and _ends_a_name(spans, at, tokens))
        )
        name = done[-2] if split and span.kind is SpanKind.PRODUCT else None
        if (
            name is not None
            and name.kind is SpanKind.PRODUCT
            and (both := together(name.senses, span.senses))
        ):
            counted = len(done) > 2 and done[-3].kind in COUNTING and not done[-1].is_count
            between = done[-1]
            if between.kind is SpanKind.TALK or (not counted and both[0].products <= name.senses[0].products):
                done[-2:] = [
                    replace(name, senses=both, end=between.start),
                    replace(between, end=span.end),
                ]
                continue
        done.append(span)
    return done


def _ends_a_name(spans: Sequence[Span], at: int, tokens: Sequence[Token]) -> bool:
    """Say whether goods behind a number only tell more of those before it: "ko" follows, or nothing ("wai wai 2 ctn chicken")."""
    following = spans[at + 1 : at + 2]
    if following and _text(following[0], tokens) in lexicon().markers["possessive"]:
        return True
    if following and following[0].kind is SpanKind.MEASURE:
        following = spans[at + 2 : at + 3]  # "tel 5 jar dhara 5L"
    return not following or following[0].kind in SEPARATING


def with_sizes(spans: list[Span], index: CatalogIndex) -> list[Span]:
    """Read the bare number in "3 case sprite 500" as the pack of that brand it equals."""
    done: list[Span] = []
    for span in spans:
        name = done[-1] if done else None
        if (
            name is not None
            and name.kind is SpanKind.PRODUCT
            and name.end == span.start
            and _may_be_size(span)
        ):
            products = [index.products[number] for number in name.senses[0].products]
            sizes = {product.size for product in products if product.size and _is_amount(product.size, span)}
            if len(sizes) == 1:
                done.append(replace(span, kind=SpanKind.MEASURE, size=sizes.pop(), is_pack=True))
                continue
        done.append(span)
    return done


def with_contents(spans: list[Span], tokens: Sequence[Token], index: CatalogIndex) -> list[Span]:
    """Read "cotton buds 100 pcs" as a name with what its pack holds, where another number is the count."""
    done: list[Span] = []
    passed = -1
    for_each = _rows_counted_for_each(spans)
    for at, span in enumerate(spans):
        if at <= passed:
            continue
        last = _contents_end(spans, at, tokens, index)
        if last > at and (
            _counts_before(spans, at) or _counts_behind(spans, last, counted_for_each=for_each[last + 1])
        ):
            carriers = index.with_numeral.get(spans[at + 1].value or Decimal(0), NO_PRODUCTS)
            senses = together(span.senses, (Sense(doubt=0, products=carriers),))
            done.append(replace(span, end=spans[last].end, senses=senses))
            passed = last
        else:
            done.append(span)
    return done


def _contents_end(spans: Sequence[Span], at: int, tokens: Sequence[Token], index: CatalogIndex) -> int:
    """Give the place of the last span of "100 pcs" right behind goods whose packs hold so many; *at* if there is none."""
    span, number = spans[at], spans[at + 1] if at + 1 < len(spans) else None
    if span.kind is not SpanKind.PRODUCT or number is None or number.kind is not SpanKind.QUANTITY:
        return at
    if not span.senses[0].products & index.with_numeral.get(number.value or Decimal(0), NO_PRODUCTS):
        return at
    if number.unit is Unit.PIECE:
        return at + 1
    after = spans[at + 2] if at + 2 < len(spans) else None
    is_word = after is not None and tokens[after.start].text in lexicon().exact["contents"]
    return at + 2 if number.unit is None and is_word else at


def _counts_before(spans: Sequence[Span], at: int) -> bool:
    before = next(
        (one for one in reversed(spans[max(0, at - 2) : at]) if one.kind is not SpanKind.TALK), None
    )
    return before is not None and before.is_count


def _rows_counted_for_each(spans: Sequence[Span]) -> list[bool]:
    """Say for each place whether the rest of its row holds a number and says that it is for each."""
    found = [False] * (len(spans) + 1)
    has_each = has_count = False
    for place in range(len(spans) - 1, -1, -1):
        span = spans[place]
        if span.kind is SpanKind.STOP:
            has_each = has_count = False
        has_each |= span.kind is SpanKind.EACH
        has_count |= span.is_count
        found[place] = has_each and has_count
    return found


def _counts_behind(spans: Sequence[Span], at: int, *, counted_for_each: bool) -> bool:
    """Say whether the next number stands behind, with nothing but talk and one line end before it."""
    if counted_for_each:
        return True
    stops = 0
    for place in range(at + 1, len(spans)):
        span = spans[place]
        stops += span.kind is SpanKind.STOP
        if span.is_count:
            return True
        if stops > 1 or span.kind not in (SpanKind.TALK, SpanKind.STOP, SpanKind.EACH):
            return False
    return False


def with_leaders(spans: list[Span], tokens: Sequence[Token], index: CatalogIndex) -> list[Span]:
    """Read "closeup 150 .... 12" and, below "red label", "250 - 10" as a size and a count, if the goods named come in that size."""
    done: list[Span] = []
    goods: Span | None = None
    last: Span | None = None  # the last span that is no talk
    for span in spans:
        goods = span if span.kind is SpanKind.PRODUCT else goods
        is_near = last is goods or (last is not None and last.kind in SEPARATING)
        starts_row = last is not None and last.kind is SpanKind.STOP
        dash = _spaced_dash(span, tokens, descending=not starts_row) if goods is not None and is_near else 0
        if goods is not None and dash:
            products = [
                index.products[one] for sense in (goods.wide or goods.senses)[:1] for one in sense.products
            ]
            if any(is_size(product, span.many[0]) for product in products):
                bare = replace(span, end=dash, value=span.many[0], many=(), unit=None, is_vague=False)
                size = _as_pack(bare, products)
                count = replace(span, start=dash + 1, value=span.many[1], many=(), is_vague=False)
                done += [
                    size,
                    replace(span, kind=SpanKind.TALK, start=dash, end=dash + 1, value=None, many=()),
                    count,
                ]
                last = count
                continue
        done.append(span)
        last = last if span.kind is SpanKind.TALK else span
    return done


def _as_pack(number: Span, products: Sequence[Product]) -> Span:
    """Give a bare number as the weight of a pack, or as one of the names, that it tells apart."""
    sizes = {product.size for product in products if product.size and _is_amount(product.size, number)}
    if len(sizes) == 1 and not any(number.value in product.numerals for product in products):
        return replace(number, kind=SpanKind.MEASURE, size=sizes.pop(), is_pack=True)
    return replace(number, is_pack=True)


def _spaced_dash(span: Span, tokens: Sequence[Token], *, descending: bool) -> int:
    """Give the place of a dash with space around it between two numbers, a smaller one behind it if *descending*; else 0."""
    if span.kind is not SpanKind.QUANTITY or len(span.many) != PAIR:
        return 0
    if span.many[0] == span.many[1] or (descending and span.many[0] < span.many[1]):
        return 0
    dash = span.start + 1
    row = tokens[dash : dash + 2]
    return dash if row[0].text == "-" and not any(token.glued for token in row) else 0


def with_carried_sizes(spans: list[Span], index: CatalogIndex) -> list[Span]:
    """Read "50 20 strip" behind "atenol 25 10 strip" as another size of it, and "12-13 6" behind "spanner 10-11 4"."""
    done: list[Span] = []
    goods: Span | None = None
    before: Span | None = None  # the last span that is no talk
    for place, span in enumerate(spans):
        if span.kind is SpanKind.PRODUCT:
            goods = span
        after = next((one for one in spans[place + 1 : place + 3] if one.kind is not SpanKind.TALK), None)
        alone = before is not None and (before.kind in SEPARATING or _is_counted_pack(before, goods))
        counted = after is not None and after.kind in COUNTING and not after.is_vague and not after.many
        if goods is not None and alone and counted and span.kind is SpanKind.QUANTITY and span.unit is None:
            done += _as_size(span, goods, index)
        else:
            done.append(span)
        before = before if span.kind is SpanKind.TALK else span
    return done


def _is_counted_pack(before: Span, goods: Span | None) -> bool:
    """Say whether a number may begin another size: behind the goods themselves, or behind a number with its unit."""
    return before is goods or (before.kind is SpanKind.QUANTITY and before.unit is not None)


def _as_size(span: Span, goods: Span, index: CatalogIndex) -> list[Span]:
    """Give a number as one that tells sizes of the goods named before apart; unchanged if none of them has it."""
    kinds = [index.products[one] for sense in (goods.wide or goods.senses)[:1] for one in sense.products]
    if span.value is not None and any(is_size(product, span.value) for product in kinds):
        return [_as_pack(span, kinds)]
    numbers = [Attribute(kind=BARE, value=value.normalize()) for value in span.many]
    if numbers and any(product.attributes.issuperset(numbers) for product in kinds):
        return [
            replace(span, kind=SpanKind.ATTRIBUTE, value=None, many=(), is_vague=False, attribute=number)
            for number in numbers
        ]
    return [span]


def with_loose(spans: list[Span], index: CatalogIndex) -> list[Span]:
    """Let "khula" behind goods tell how they are packed: "chiura 15 kilo khula", "rajma 5 kg, kerau 5 kg - sabai loose"."""
    loose = index.names.carriers.get(LOOSE)
    row = _Row(done=[])
    for place, span in enumerate(spans):
        is_loose = span.kind is SpanKind.PRODUCT and span.senses[0].products == loose
        is_counted = any(one.kind in COUNTING and not one.is_pack for one in spans[place + 1 : place + 2])
        row.add(_told_loose(row, span, is_counted=is_counted) if is_loose else span)
    return row.done


@dataclass(slots=True)
class _Row:
    """The spans up to here, and what is asked of the last row of them."""

    done: list[Span]
    places: list[int] = field(default_factory=list)  # of its goods
    told: int = 0  # how many of them were told together already
    is_parted: bool = False  # a comma stands behind the last goods
    is_for_each: bool = False  # a word for "each" stands behind the last goods
    is_counted: bool = False  # a number stands behind the last comma

    def add(self, span: Span) -> None:
        if span.kind is SpanKind.STOP:
            self.places, self.told = [], 0
        elif span.kind is SpanKind.PRODUCT:
            self.places.append(len(self.done))
            self.is_parted = self.is_for_each = False
        elif span.kind is SpanKind.COMMA:
            self.is_parted, self.is_counted = True, False
        elif span.kind in COUNTING:
            self.is_counted = True
        self.is_for_each |= span.kind is SpanKind.EACH
        self.done.append(span)


def _told_loose(row: _Row, span: Span, *, is_counted: bool) -> Span:
    """Give the part anew: goods of its own if it has a number of its own, else talk that tells more of those before."""
    if not row.places:
        return span
    last, done = row.places[-1], row.done
    if row.is_parted and (row.is_counted or is_counted):
        return replace(span, senses=together(done[last].senses, span.senses) or span.senses)
    if row.is_for_each:
        places, row.told = row.places[row.told :], len(row.places)
    else:
        places = [last]
    for place in places:
        both = together(done[place].senses, span.senses)
        done[place] = replace(done[place], senses=both or done[place].senses)
    return replace(span, kind=SpanKind.TALK)


def _may_be_size(span: Span) -> bool:
    bare = span.kind is SpanKind.QUANTITY and span.unit is None and not span.is_pack and not span.is_vague
    if not bare or span.value is None:
        return False
    return span.value >= SMALLEST_SIZE or span.value != span.value.to_integral_value()


def _is_amount(size: Size, span: Span) -> bool:
    value = span.value or Decimal(0)
    return size.amount == value or (value < SMALLEST_SIZE and size.amount == value * 1000)


def with_slips(spans: list[Span], tokens: Sequence[Token], index: CatalogIndex) -> list[Span]:
    """Join an unknown word to the goods right behind it if it is a slip of a word of their name ("tito karela")."""
    done: list[Span] = []
    for span in spans:
        before = done[-1] if done else None
        if span.kind is SpanKind.PRODUCT and before is not None and _may_be_slip(before, span):
            word = tokens[before.start].text
            senses = tuple(
                Sense(doubt=sense.doubt + int(Surety.MISSPELLED), products=products)
                for sense in span.senses
                if (products := index.near(word, sense.products))
            )
            if senses:
                done[-1] = replace(span, start=before.start, senses=senses, wide=())
                continue
        done.append(span)
    return done


def _may_be_slip(word: Span, goods: Span) -> bool:
    return (
        word.kind is SpanKind.UNKNOWN
        and word.end == goods.start
        and not goods.is_fixed
        and word.end - word.start == 1
    )


def set_anew(spans: list[Span], tokens: Sequence[Token]) -> list[Span]:
    """Read "mayos 1 ctn, make that 3 ctn" as a correction: a number that is set right after goods with a number."""
    done = list(spans)
    last: SpanKind | None = None  # of what says something
    is_named = False
    for place, span in enumerate(spans):
        before, named_before = last, is_named
        last = last if span.kind in QUIET else span.kind
        is_named |= span.kind is SpanKind.PRODUCT
        if (
            span.word != "set"
            or span.kind is not SpanKind.TALK
            or tokens[span.start].text not in lexicon().exact["setting"]
        ):
            continue
        if before not in COUNTING or not named_before:
            continue
        after = list(islice((one.kind for one in spans[place + 1 :] if one.kind is not SpanKind.TALK), PAIR))
        if after[:1] and after[0] in COUNTING and after[1:] in ([], [SpanKind.STOP]):
            done[place] = replace(span, kind=SpanKind.CORRECT)
    return done


def with_swaps(spans: list[Span]) -> list[Span]:
    """Let "X ko thau ma" give up X only where other goods follow; else it says nothing certain."""
    last = max((place for place, span in enumerate(spans) if span.kind is SpanKind.PRODUCT), default=-1)
    return [
        replace(span, kind=SpanKind.TALK) if span.word == "in_place" and place > last else span
        for place, span in enumerate(spans)
    ]


def _text(span: Span, tokens: Sequence[Token]) -> str:
    return tokens[span.start].text if span.start < len(tokens) else ""
