"""Sizes and numbers in turn behind one name, all of them bare: "jeans 30 5 32 4 34 3", "fevicol 50 12 100 6"."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.products import is_size
from core.intake.catalogue.wordbook import Products
from core.intake.parsing.spans import Span, SpanKind

FEWEST = 2  # sizes; one beside its number is read where the draft is settled


def with_size_chains(spans: list[Span], index: CatalogIndex) -> list[Span]:
    """Mark the sizes among bare numbers that stand in turn with counts, where they can be read in this way only."""
    done = list(spans)
    for at, span in enumerate(spans):
        if span.kind is not SpanKind.PRODUCT or not span.senses:
            continue
        chain = list(takewhile(_is_bare, spans[at + 1 :]))
        has_size = bool(span.wide) and span.wide != span.senses
        sizes, counts = (chain[1::2], chain[::2]) if has_size else (chain[::2], chain[1::2])
        is_whole = len(sizes) == len(counts) - has_size and len(sizes) + has_size >= FEWEST
        goods = (span.wide or span.senses)[0].products
        if is_whole and _are_sizes(sizes, goods, index) and not _are_sizes(counts, goods, index):
            for size in sizes:
                done[at + 1 + chain.index(size)] = replace(size, is_pack=True)
    return done


def _is_bare(span: Span) -> bool:
    is_plain = span.value is not None and not (span.many or span.is_vague or span.is_pack)
    return span.kind is SpanKind.QUANTITY and span.unit is None and is_plain


def _are_sizes(numbers: Sequence[Span], goods: Products, index: CatalogIndex) -> bool:
    """Say whether each number is the size of some of the goods, and no two are the same."""
    values = {number.value for number in numbers}
    return len(values) == len(numbers) and all(
        any(is_size(index.products[one], value) for one in goods) for value in values
    )
