"""Kinds of goods that are named once: "16A ra 32A 20/20", "small 10 medium 5 large 5", "S 5 L 10", "left 5 right 5".

A measure, a size letter, or a word that is talk elsewhere names another kind of the goods before it when some of them carry it
and a number counts it.
"""

from collections.abc import Sequence
from dataclasses import replace

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.products import is_size
from core.intake.catalogue.wordbook import NO_PRODUCTS, Products
from core.intake.language.tokens import Token
from core.intake.parsing.entities import EntityReader
from core.intake.parsing.said_once import words_of
from core.intake.parsing.spans import COUNTING, NAMING, Sense, Span, SpanKind
from core.intake.reading import Unit

TALKING = frozenset({SpanKind.TALK, SpanKind.SMALL, SpanKind.BIG, SpanKind.UNKNOWN})
TELLING = frozenset({SpanKind.ATTRIBUTE, SpanKind.MEASURE, SpanKind.QUANTITY})
LETTER_UNITS = frozenset({Unit.LITRE, Unit.GRAM, Unit.ML})
LETTERS = {"s": "small", "m": "medium", "l": "large"}
FEWEST_BEFORE = 2  # goods and a comma; a code and its number
PAIR = 2
LEADING = frozenset("-:=x")
QUIET = frozenset({SpanKind.TALK, SpanKind.COMMA})


def with_kinds(spans: list[Span], tokens: Sequence[Token], reader: EntityReader) -> list[Span]:
    """Name each kind that is counted for itself, and each of several kinds that share a number."""
    spans = _with_shared_measures(_with_counted_kinds(spans, tokens, reader), reader.index)
    return _with_noun_behind(_with_variants_put_right(spans, reader.index), reader.index)


def _with_counted_kinds(spans: list[Span], tokens: Sequence[Token], reader: EntityReader) -> list[Span]:
    done: list[Span] = []
    row: list[Span] = []  # the goods named since the last line end
    for at, span in enumerate(spans):
        if span.kind is SpanKind.STOP:
            row = []
        elif span.kind is SpanKind.PRODUCT:
            row.append(span)
        elif row and _may_tell(span, tokens) and _is_counted(spans, at, tokens):
            shares = done[-1].kind is SpanKind.PRODUCT and bool(spans[at + 1].many)
            _add_kind(done, span, _alike_in(row, tokens, reader), tokens, reader, shares=shares)
            continue
        done.append(span)
    return done


def _may_tell(span: Span, tokens: Sequence[Token]) -> bool:
    if span.kind in TALKING:
        return span.end == span.start + 1
    return (
        span.kind is SpanKind.MEASURE and span.unit in LETTER_UNITS and tokens[span.end - 1].text in LETTERS
    )


def _alike_in(row: Sequence[Span], tokens: Sequence[Token], reader: EntityReader) -> Products:
    """Give what shares the first words of the goods named last with their whole name."""
    alike: Products = NO_PRODUCTS
    for span in row:
        alike = _alike(span, tokens, reader) or (alike if alike & _surest(span) else NO_PRODUCTS)
    return alike


def _is_counted(spans: Sequence[Span], at: int, tokens: Sequence[Token]) -> bool:
    """Say whether a number follows, right behind a part or behind a sign that leads to it."""
    after = spans[at + 1 : at + 3]
    if after and tokens[after[0].start].text in LEADING:
        after = after[1:]
    return bool(after) and _counts(after[0])


def _add_kind(
    done: list[Span],
    span: Span,
    alike: Products,
    tokens: Sequence[Token],
    reader: EntityReader,
    *,
    shares: bool,
) -> None:
    """Add a part that stands before a number, as a kind of the goods before it if its word names one.

    With `shares` the number is one for it and one for the goods right before it ("mirror left right 5/5").
    """
    last = next((one for one in reversed(done) if one.kind is not SpanKind.COMMA), None)
    if span.kind is SpanKind.MEASURE:  # "5 L" before a number is a number and the letter of a kind
        if kind := _kind(span.end - 1, alike, tokens, reader):
            number = replace(span, kind=SpanKind.QUANTITY, end=span.end - 1, unit=None, size=None)
            done += [replace(number, is_pack=False), kind]
        else:
            done.append(span)
    elif (_counts(last) or shares) and (kind := _kind(span.start, alike, tokens, reader)):
        done.append(kind)
    elif last is done[-1] and last.kind is SpanKind.PRODUCT and tokens[span.start].text in LETTERS:
        kind = _kind(span.start, _surest(last), tokens, reader)
        done[-1:] = (
            [replace(last, end=span.end, senses=kind.senses, wide=last.senses)] if kind else [last, span]
        )
    else:
        done.append(span)


def _kind(at: int, alike: Products, tokens: Sequence[Token], reader: EntityReader) -> Span | None:
    """Name the goods among some that are alike whose name spells the word at *at*."""
    word = tokens[at].text
    carriers = reader.index.names.carriers
    spelled = carriers.get(word) or carriers.get(LETTERS.get(word, ""), NO_PRODUCTS)
    if not (products := spelled & alike):
        return None
    senses, wide = ((Sense(doubt=0, products=some),) for some in (products, alike))
    return Span(kind=SpanKind.PRODUCT, start=at, end=at + 1, senses=senses, wide=wide)


def _alike(goods: Span, tokens: Sequence[Token], reader: EntityReader) -> Products:
    """Give the products that carry all words of a name but the last, which tells its kind."""
    if goods.wide and goods.wide != goods.senses:
        return goods.wide[0].products
    words = words_of(goods, tokens, reader)
    if len(_surest(goods)) == 1:
        words = words[:-1]
    return frozenset.intersection(*(word.products for word in words)) if words else NO_PRODUCTS


def _with_shared_measures(spans: list[Span], index: CatalogIndex) -> list[Span]:
    """Read "16A ra 32A 20/20" and "no. 2 ra 6, 10/10" as two kinds that wait for the numbers behind them."""
    done: list[Span] = []
    shared = _share_a_number(spans)
    for at, span in enumerate(spans):
        goods = _waiting(done, index) if span.kind in TELLING and shared[at + 1] else None
        if goods is not None and (products := _told_by(span, goods, index)):
            senses = (Sense(doubt=0, products=products),)
            done.append(
                replace(goods, start=span.start, end=span.end, senses=senses, wide=goods.wide or goods.senses)
            )
        else:
            done.append(span)
    return done


def _waiting(done: list[Span], index: CatalogIndex) -> Span | None:
    """Give the goods that wait before a comma or an "and"; a bare number behind them that is their size becomes part of them."""
    if len(done) < FEWEST_BEFORE or done[-1].kind is not SpanKind.COMMA:
        return None
    goods = done[-2]
    if goods.kind is SpanKind.QUANTITY and len(done) > FEWEST_BEFORE and done[-3].kind is SpanKind.PRODUCT:
        products = _told_by(goods, done[-3], index)
        if not products:
            return None
        senses = (Sense(doubt=0, products=products),)
        done[-3:-1] = [replace(done[-3], end=goods.end, senses=senses, wide=done[-3].senses)]
    return done[-2] if done[-2].kind is SpanKind.PRODUCT else None


def _with_noun_behind(spans: list[Span], index: CatalogIndex) -> list[Span]:
    """Name the rows of "100 10⏎200 20⏎register ho": codes with their numbers, and the goods only in the last row."""
    rows = _rows(spans)
    if len(rows) <= FEWEST_BEFORE or any(
        span.kind in NAMING for row in rows[:-1] for span in spans[row.start : row.stop]
    ):
        return spans
    last = spans[rows[-1].start : rows[-1].stop]
    names = [span for span in last if span.kind in NAMING]
    if (
        len(names) != 1
        or names[0].kind is not SpanKind.PRODUCT
        or any(span.kind in COUNTING for span in last)
    ):
        return spans
    done = list(spans)
    for row in rows[:-1]:
        said = [at for at in row if spans[at].kind is not SpanKind.TALK]
        products = _told_by(spans[said[0]], names[0], index)
        if len(said) != FEWEST_BEFORE or not products or not _counts(spans[said[1]]):
            return spans
        told = spans[said[0]]
        senses = (Sense(doubt=0, products=products),)
        done[said[0]] = replace(names[0], start=told.start, end=told.end, senses=senses, wide=names[0].senses)
    for at in rows[-1]:
        done[at] = replace(spans[at], kind=SpanKind.TALK, word="", senses=(), wide=())
    return done


def _rows(spans: Sequence[Span]) -> list[range]:
    """Give the places of each row that says something."""
    stops = [at for at, span in enumerate(spans) if span.kind is SpanKind.STOP]
    rows = [
        range(first, end)
        for first, end in zip([0, *(at + 1 for at in stops)], [*stops, len(spans)], strict=True)
    ]
    return [row for row in rows if any(spans[at].kind is not SpanKind.TALK for at in row)]


def _with_variants_put_right(spans: list[Span], index: CatalogIndex) -> list[Span]:
    """Read "sorry 12w hoina 9w" as another kind of the goods that were named as 12 W; what stands beside them stays."""
    done = list(spans)
    for row in _rows(spans):
        said = [spans[at] for at in row if spans[at].kind not in QUIET]
        told = [span for span in said if span.kind in TELLING]
        is_correction = len(told) == PAIR and SpanKind.CORRECT in {span.kind for span in said[1:]}
        if not is_correction or any(
            span.kind not in TELLING and span.kind is not SpanKind.CORRECT for span in said
        ):
            continue
        for at in range(row.start - 1, -1, -1):
            if right := _put_right(done[at], told[0], told[1], index):
                done[at] = right
                done[row.start : row.stop] = [
                    replace(span, kind=SpanKind.TALK, word="", value=None, attribute=None, size=None)
                    for span in done[row.start : row.stop]
                ]
                break
    return done


def _put_right(span: Span, wrong: Span, right: Span, index: CatalogIndex) -> Span | None:
    """Give goods, or the size behind them, with another measure than the one they were said with; None if they had not that one."""
    if span.kind is SpanKind.MEASURE and span.size == wrong.size and right.size is not None:
        return replace(right, start=span.start, end=span.end, is_pack=span.is_pack)
    if (
        span.kind is not SpanKind.PRODUCT
        or not span.wide
        or not _surest(span) <= _told_by(wrong, span, index)
    ):
        return None
    products = _told_by(right, span, index)
    return replace(span, senses=(Sense(doubt=0, products=products),)) if products else None


def _told_by(span: Span, goods: Span, index: CatalogIndex) -> Products:
    """Give the products, alike but for their measure, that have the measure or bare number of a part."""
    wide = (goods.wide or goods.senses)[0].products
    if span.attribute is not None:
        return wide & index.with_attribute.get(span.attribute, NO_PRODUCTS)
    if span.many or span.is_vague:
        return NO_PRODUCTS
    if span.kind is SpanKind.MEASURE:
        return frozenset(number for number in wide if index.products[number].size == span.size)
    if span.unit is not None:
        return NO_PRODUCTS
    return frozenset(number for number in wide if is_size(index.products[number], span.value))


def _share_a_number(spans: Sequence[Span]) -> list[bool]:
    """Say for each place whether the next number is one for each ("20/20"), with nothing but other kinds before it."""
    shares = [False] * (len(spans) + 1)
    for at in range(len(spans) - 1, -1, -1):
        span = spans[at]
        if span.many or span.kind is SpanKind.EACH:
            shares[at] = True
        elif span.kind in QUIET or (
            span.kind in TELLING and not (span.kind is SpanKind.QUANTITY and span.unit is not None)
        ):
            shares[at] = shares[at + 1]
    return shares


def _counts(span: Span | None) -> bool:
    return span is not None and span.kind in COUNTING and not span.is_pack


def _surest(span: Span) -> Products:
    return span.senses[0].products if span.senses else NO_PRODUCTS
