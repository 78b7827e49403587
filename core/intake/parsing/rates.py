"""Numbers that prove to be prices: a rate behind a count that equals ours, and the sum that count times rate gives."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.wordbook import NO_PRODUCTS, Products
from core.intake.parsing.spans import Span, SpanKind
from core.intake.reading import Unit

BETWEEN = frozenset({SpanKind.TALK, SpanKind.COMMA})
SMALLEST_PRICE = Decimal(20)  # a smaller number behind a count may well count other goods
NEAR = Decimal("0.25")  # how far the rate that a shop writes may be from ours
MOST_ROWS_BELOW = 1  # a count and its rate may stand in the row below the name


def with_rates(spans: list[Span], index: CatalogIndex) -> list[Span]:
    """Read "12 pkt 290" behind goods that cost 290 as a count with its rate, and "12 x 240 = 2880" as one with its sum."""
    done = list(spans)
    goods, rows_below = NO_PRODUCTS, 0
    for at, span in enumerate(spans):
        if span.kind is SpanKind.PRODUCT:
            goods, rows_below = span.senses[0].products, 0
        elif span.kind is SpanKind.STOP:
            rows_below += 1
        elif _is_count(span) and (done[at].kind is SpanKind.QUANTITY):
            near = goods if rows_below <= MOST_ROWS_BELOW else NO_PRODUCTS
            for place in _prices_behind(spans, at, near, index):
                done[place] = replace(spans[place], kind=SpanKind.PRICE, is_pack=False)
    return [
        replace(span, kind=SpanKind.TALK) if span.kind is SpanKind.EACH and _follows_price(done, at) else span
        for at, span in enumerate(done)
    ]


def _prices_behind(spans: Sequence[Span], at: int, goods: Products, index: CatalogIndex) -> Iterator[int]:
    """Give the places of the rate, and of the sum, that stand right behind the count at *at*."""
    places = _bare_numbers_behind(spans, at)
    count, values = spans[at].value or Decimal(0), [spans[place].value or Decimal(0) for place in places]
    if len(places) > 1 and count * values[0] == values[1]:
        yield from places[:2]
    elif places and spans[places[0]].kind is SpanKind.PRICE:
        return
    elif (
        places
        and values[0] >= SMALLEST_PRICE
        and any(_is_price(values[0], number, spans[at], index) for number in goods)
    ):
        yield places[0]


def _bare_numbers_behind(spans: Sequence[Span], at: int) -> list[int]:
    found: list[int] = []
    for place in range(at + 1, len(spans)):
        span = spans[place]
        if span.kind is SpanKind.TALK:
            continue
        is_rate = span.kind is SpanKind.PRICE and not found
        if not is_rate and (not _is_count(span) or span.unit is not None):
            return found if span.kind in (SpanKind.STOP, SpanKind.COMMA) else []
        found.append(place)
    return found


def _is_price(value: Decimal, number: int, count: Span, index: CatalogIndex) -> bool:
    """Say whether a number is our price of a product, or near it behind a count that has its unit."""
    product = index.products[number]
    price = Decimal(product.price_minor) / 100
    if value == product.contents or not price:
        return False
    if count.unit is None:
        return value == price
    prices = {price, price * product.case_qty} if count.unit is Unit.CASE else {price}
    return any(abs(value - one) <= NEAR * one for one in prices)


def _is_count(span: Span) -> bool:
    is_plain = not (span.is_pack or span.many or span.is_vague)
    return span.kind is SpanKind.QUANTITY and span.value is not None and is_plain


def _follows_price(spans: Sequence[Span], at: int) -> bool:
    """Say whether "each" stands right behind a price: it tells what one costs."""
    return at > 0 and spans[at - 1].kind is SpanKind.PRICE
