"""Words said once for several goods: "samsung a14 ko glass 20 ra cover 10", "brake shoe pulsar 10, splendor 5", "a14 ra a15 ko cover".

Goods that could be several take over the first words of the goods before them, as many as some of them carry; goods that wait
for a number that is shared take over the last words of the goods behind them. Only what is said surely is taken over: a model,
a brand in one breath, or what "ko" parts from the rest; and nothing across a verb that refuses or corrects.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.wordbook import NO_PRODUCTS, Products
from core.intake.language.lexicon import lexicon
from core.intake.language.phonetics import light
from core.intake.language.tokens import Kind, Token
from core.intake.parsing.entities import EntityReader
from core.intake.parsing.spans import COUNTING, Sense, Span, SpanKind, together

ENDING = frozenset({SpanKind.STOP, SpanKind.WITHDRAW, SpanKind.NOT, SpanKind.CORRECT, SpanKind.UNKNOWN})
FEWEST = 2  # fewer goods are certain already
MOST_KINDS = 12
DIFFERENT_WORDS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A word or a figure inside a name, and the products that carry it."""

    text: str
    end: int
    products: Products
    is_figure: bool = False
    is_bigness: bool = False  # "small", "thulo"
    has_of: bool = False  # "ko" follows it


class Distance(IntEnum):
    """What stands between goods and the goods before them."""

    ONE_BREATH = 0  # nothing but a number, or "and"
    COMMA = 1
    ROW = 2


def with_said_once(spans: list[Span], tokens: Sequence[Token], reader: EntityReader) -> list[Span]:
    """Narrow goods that could be several by words that were said once for them and their neighbours."""
    done = [_as_wide_as_its_words(span, tokens, reader) for span in spans]
    for block in _blocks(spans, tokens):
        _take_from_before(done, block, tokens, reader)
        _take_from_behind(done, block, tokens, reader)
    return done


def _as_wide_as_its_words(span: Span, tokens: Sequence[Token], reader: EntityReader) -> Span:
    """Let "pulsar 150 brake shoe" without its measure be the brake shoes of every Pulsar, not all that is sold for one."""
    if not span.wide or span.wide == span.senses:
        return span
    wide = span.wide
    for word in words_of(span, tokens, reader):
        if not word.is_figure and not word.is_bigness:
            wide = together(wide, (Sense(doubt=0, products=word.products),)) or wide
    return replace(span, wide=wide)


def _blocks(spans: Sequence[Span], tokens: Sequence[Token]) -> Iterator[range]:
    """Split a message where nothing is taken over any more: at a full stop, a refusal, a correction, an unknown word."""
    first = 0
    for at in range(len(spans) + 1):
        is_line_end = at < len(spans) and tokens[spans[at].start].kind is Kind.BREAK
        if at == len(spans) or (spans[at].kind in ENDING and not is_line_end):
            if at > first:
                yield range(first, at)
            first = at + 1


def _take_from_before(spans: list[Span], block: range, tokens: Sequence[Token], reader: EntityReader) -> None:
    before: Span | None = None  # goods whose first words may be taken over
    distance = Distance.ONE_BREATH
    for at in block:
        span = spans[at]
        if span.kind is SpanKind.STOP:
            before = None if distance is Distance.ROW else before
            distance = Distance.ROW
        elif tokens[span.start].text in lexicon().exact["ditto"] and distance is Distance.ROW:
            distance = Distance.ONE_BREATH
        elif span.kind is SpanKind.COMMA and distance is not Distance.ROW:
            distance = Distance.ONE_BREATH if span.word == "and" else Distance.COMMA
        if span.kind is not SpanKind.PRODUCT:
            continue
        taken = _taken_over(span, before, distance, tokens, reader) if before else ()
        if taken:
            spans[at] = replace(span, senses=taken, wide=())
        else:
            before = span
        distance = Distance.ONE_BREATH


def _taken_over(
    span: Span, before: Span, distance: Distance, tokens: Sequence[Token], reader: EntityReader
) -> tuple[Sense, ...]:
    """Give the senses of goods with the longest beginning of the name before them that some of them carry."""
    goods = _surest(span)
    if len(goods) < FEWEST or span.is_fixed:
        return ()
    words = words_of(before, tokens, reader)
    if distance is not Distance.ROW and all(word.is_figure for word in words_of(span, tokens, reader)):
        # "pulsar 150 ko brake shoe 10, 220 ko 5": another figure of the same goods.
        rest = [word.products for word in words if not word.is_figure]
        others = (
            frozenset.intersection(goods, *rest) - _surest(before) if len(rest) < len(words) else NO_PRODUCTS
        )
        if rest and others:
            return together(span.senses[:1], (Sense(doubt=0, products=others),))
    said: list[Word] = []
    taken: Products = NO_PRODUCTS
    beginning: Products | None = None
    for word in words:
        beginning = word.products if beginning is None else beginning & word.products
        if not beginning & goods:
            break
        said.append(word)
        taken = beginning & goods
    if _is_for_another(words, span, tokens):
        return _with_last_words_of(words, span, before)
    if not said and distance is Distance.ONE_BREATH:
        return _with_figures_of(words, span, before)
    if not said or taken & _surest(before):
        return ()
    if not _are_surely_meant(said, taken, _surest(before), distance, reader.index):
        return ()
    return together(span.senses[:1], (Sense(doubt=0, products=taken),))


def _with_figures_of(words: Sequence[Word], span: Span, before: Span) -> tuple[Sense, ...]:
    """Let "mrf 2.75-18 tyre ra tube" be a tube of that size: a brand that has none is left out."""
    figures = [word.products for word in words if word.is_figure]
    taken = frozenset.intersection(_surest(span), *figures) - _surest(before) if figures else NO_PRODUCTS
    return together(span.senses[:1], (Sense(doubt=0, products=taken),)) if taken else ()


def _is_for_another(words: Sequence[Word], span: Span, tokens: Sequence[Token]) -> bool:
    """Say whether "ko" stands behind both models ("apache 160 ko chain kit 2 ra pulsar 150 ko 3")."""
    behind = tokens[span.end].key if span.end < len(tokens) else ""
    return behind in lexicon().markers["possessive"] and any(word.has_of for word in words)


def _with_last_words_of(words: Sequence[Word], span: Span, before: Span) -> tuple[Sense, ...]:
    """Take over the words behind "ko": the same part of another model."""
    last_of = max(place for place, word in enumerate(words) if word.has_of)
    part = [word.products for word in words[last_of + 1 :]]
    taken = frozenset.intersection(_surest(span), *part) - _surest(before) if part else NO_PRODUCTS
    return together(span.senses[:1], (Sense(doubt=0, products=taken),)) if taken else ()


def _are_surely_meant(
    said: Sequence[Word], taken: Products, before: Products, distance: Distance, index: CatalogIndex
) -> bool:
    """Say whether the first words of a name are meant for the next goods too."""
    is_proper = any(word.is_figure for word in said) or len(said) > 1 or _is_proper(said[0], index)
    if is_proper and _are_kinds(taken | before, index):
        return True
    return distance is not Distance.ROW and _is_sure(said, index, distance)


def _are_kinds(goods: Products, index: CatalogIndex) -> bool:
    """Say whether goods differ in one word or in their measures only: "gripper blue 10, red 5"."""
    first, *others = (index.products[number] for number in sorted(goods))
    return len(others) <= MOST_KINDS and all(
        (one.brand, one.category) == (first.brand, first.category)
        and len(one.words ^ first.words) <= DIFFERENT_WORDS
        for one in others
    )


def _is_sure(said: Sequence[Word], index: CatalogIndex, distance: Distance) -> bool:
    """Say whether words are a model, or a brand in one breath."""
    carried = frozenset.intersection(*(word.products for word in said))
    if _is_brand(said, carried, index):
        return distance is Distance.ONE_BREATH
    if len(said) > 1 or said[0].is_figure:
        return True
    if not _is_proper(said[0], index):
        return False
    is_model = len({index.products[one].category for one in carried}) > 1
    return is_model or said[0].has_of or distance is Distance.ONE_BREATH


def _take_from_behind(spans: list[Span], block: range, tokens: Sequence[Token], reader: EntityReader) -> None:
    """Let "a14 ra a15 ko cover 10/10" speak of two covers: the goods before wait for their number."""
    behind: tuple[Word, ...] = ()
    waits = False
    for at in reversed(block):
        span = spans[at]
        if span.kind is SpanKind.STOP:
            waits, behind = False, ()
        elif span.kind in COUNTING:
            waits, behind = bool(span.many), ()
        elif span.kind is SpanKind.EACH:
            waits, behind = True, ()
        elif span.kind is SpanKind.PRODUCT and waits:
            if behind and len(_surest(span)) > 1:
                spans[at] = _with_ending(span, behind)
            elif not behind:
                behind = words_of(span, tokens, reader)


def _with_ending(span: Span, words: Sequence[Word]) -> Span:
    ending: Products | None = None
    senses: tuple[Sense, ...] = ()
    for word in reversed(words[1:]):
        ending = word.products if ending is None else ending & word.products
        both = together(span.senses[:1], (Sense(doubt=0, products=ending),))
        if not both:
            break
        senses = both
    return replace(span, senses=senses, wide=()) if senses else span


def words_of(span: Span, tokens: Sequence[Token], reader: EntityReader) -> tuple[Word, ...]:
    """Give the words of a name that its goods carry; what lies between them is left out."""
    goods = _surest(span)
    found: list[Word] = []
    at = span.start
    while at < span.end:
        word = _word(at, span.end, goods, reader)
        if word is None:
            if tokens[at].key in lexicon().markers["possessive"] and found:
                found[-1] = replace(found[-1], has_of=True)
            at += 1
            continue
        found.append(word)
        at = word.end
    return tuple(found)


def _word(at: int, end: int, goods: Products, reader: EntityReader) -> Word | None:
    for after, attribute in reader.measures.get(at, ()):
        carriers = reader.index.with_attribute.get(attribute, NO_PRODUCTS)
        if after <= end and goods <= carriers:
            return Word(text=reader.tokens[at].text, end=after, products=carriers, is_figure=True)
    value = reader.tokens[at].value
    if value is not None and goods <= (carriers := reader.index.with_numeral.get(value, NO_PRODUCTS)):
        return Word(text=reader.tokens[at].text, end=at + 1, products=carriers, is_figure=True)
    if goods <= (carriers := reader.index.with_pack_word.get(reader.tokens[at].key, NO_PRODUCTS)):
        return Word(text=reader.tokens[at].text, end=at + 1, products=carriers)
    for length in (1, 2):
        if at + length > end:
            break
        senses = (
            reader.names.word_senses(at, extending=True) if length == 1 else reader.names.joined(at, length)
        )
        carriers = next((sense.products for sense in senses if goods <= sense.products), NO_PRODUCTS)
        if carriers:
            has_figure = any(letter.isdigit() for letter in reader.tokens[at].text)
            is_bigness = reader.names.has_cue(at, "small") or reader.names.has_cue(at, "big")
            return Word(
                text=reader.tokens[at].text,
                end=at + length,
                products=carriers,
                is_figure=has_figure,
                is_bigness=is_bigness,
            )
    return None


def _surest(span: Span) -> Products:
    return span.senses[0].products if span.senses else NO_PRODUCTS


def _is_brand(said: Sequence[Word], carried: Products, index: CatalogIndex) -> bool:
    """Say whether words name a whole brand and no model of it."""
    some = index.products[next(iter(carried))]
    brand = some.brand.split()
    if not brand or carried != index.names.carriers.get(brand[0]):
        return False
    return not any(word.text in some.words and word.text not in brand for word in said)


def _is_proper(word: Word, index: CatalogIndex) -> bool:
    """Say whether a word is a name, a brand's or a model's, and not one of the language for a colour or a kind."""
    key = light(word.text)
    return key not in index.goods_words and word.text not in lexicon().never_goods
