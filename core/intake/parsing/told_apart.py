"""Which of the goods named a draft speaks of, by the sizes and measures said with them."""

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.products import is_size
from core.intake.catalogue.wordbook import NO_PRODUCTS, Products
from core.intake.parsing.drafts import Draft, widened
from core.intake.parsing.spans import Span, SpanKind


def goods_of(draft: Draft) -> Products:
    """Give the goods that the words of a draft name, whatever its numbers say."""
    return NO_PRODUCTS.union(*(span.senses[0].products for span in draft.named if span.senses))


def packs_of(draft: Draft, index: CatalogIndex) -> Products:
    """Give the goods that fit the sizes said as well; all of them where no size was said or none fits."""
    return fitting(goods_of(draft), draft.numbers, index)


def fitting(goods: Products, numbers: tuple[Span, ...], index: CatalogIndex) -> Products:
    """Keep the goods that have the sizes and measures among some numbers; all of them where none has."""
    for span in numbers:
        if span.kind is SpanKind.ATTRIBUTE and span.attribute is not None:
            goods = goods & index.with_attribute.get(span.attribute, NO_PRODUCTS) or goods
        elif span.kind is SpanKind.MEASURE:
            goods = frozenset(one for one in goods if index.products[one].size == span.size) or goods
        elif span.kind is SpanKind.QUANTITY and span.is_pack:
            goods = frozenset(one for one in goods if is_size(index.products[one], span.value)) or goods
    return goods


def other_packs_of(draft: Draft, numbers: tuple[Span, ...], index: CatalogIndex) -> Products:
    """Give the packs of the same goods, whatever was said of their size, that have the sizes among some numbers."""
    wide = NO_PRODUCTS.union(*(span.senses[0].products for span in widened(draft.named) if span.senses))
    told = fitting(wide, numbers, index)
    return told if told != wide else NO_PRODUCTS
