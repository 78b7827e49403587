"""Numbers that prove to be prices: a rate behind a count that equals ours, and the sum that count times rate gives."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.wordbook import NO_PRODUCTS, Products
from core.intake.parsing.spans import Span, SpanKind
from core.intake.reading import Unit

BETWEEN = frozenset({SpanKind.TALK, SpanKind.COMMA})
_ENDING = frozenset({SpanKind.STOP, SpanKind.COMMA})
SMALLEST_PRICE = Decimal(20)  # a smaller number behind a count may well count other goods
NEAR = Decimal("0.25")  # how far the rate that a shop writes may be from ours
MOST_ROWS_BELOW = 1  # a count and its rate may stand in the row below the name


def with_rates(spans: list[Span], index: CatalogIndex) -> list[Span]:
    """Read "12 pkt 290" behind goods that cost 290 as a count with its rate, and "12 x 240 = 2880" as one with its sum."""
    done = list(spans)
    bare = _BareNumbers(spans)
    goods, rows_below = NO_PRODUCTS, 0
    for at, span in enumerate(spans):
        if span.kind is SpanKind.PRODUCT:
            goods, rows_below = span.senses[0].products, 0
        elif span.kind is SpanKind.STOP:
            rows_below += 1
        elif span.is_exact_count and (done[at].kind is SpanKind.QUANTITY):
            near = goods if rows_below <= MOST_ROWS_BELOW else NO_PRODUCTS
            for place in _prices_behind(spans, at, bare.behind(at), near, index):
                done[place] = replace(spans[place], kind=SpanKind.PRICE, is_pack=False)
    return [
        replace(span, kind=SpanKind.TALK) if span.kind is SpanKind.EACH and _follows_price(done, at) else span
        for at, span in enumerate(done)
    ]


def _prices_behind(
    spans: Sequence[Span], at: int, places: Sequence[int], goods: Products, index: CatalogIndex
) -> Iterator[int]:
    """Give which *places* right behind the count at *at* are the rate, and the sum."""
    count, values = spans[at].value or Decimal(0), [spans[place].value or Decimal(0) for place in places]
    if len(places) > 1 and count * values[0] == values[1]:
        yield from places[:2]
    elif places and spans[places[0]].kind is SpanKind.PRICE:
        return
    elif (
        places and values[0] >= SMALLEST_PRICE and count > 0 and _is_told(values[0], spans[at], goods, index)
    ):
        yield places[0]


class _BareNumbers:
    """The bare numbers behind each place up to the end of their clause, found in one pass over the message."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = spans
        self._next = [len(spans)] * (len(spans) + 1)  # the next span that is no talk
        self._ends_well = [True] * (len(spans) + 1)  # nothing but bare numbers up to the end of the clause
        for place in range(len(spans) - 1, -1, -1):
            span = spans[place]
            goes_on = span.kind is SpanKind.TALK or _is_bare(span)
            self._next[place] = self._next[place + 1] if span.kind is SpanKind.TALK else place
            self._ends_well[place] = self._ends_well[place + 1] if goes_on else span.kind in _ENDING

    def behind(self, at: int) -> list[int]:
        """Give the places of the first two; nothing where anything else stands in their clause."""
        first = self._next[at + 1]
        if first == len(self._spans) or not self._ends_well[first + 1]:
            return []
        if self._spans[first].kind is not SpanKind.PRICE and not _is_bare(self._spans[first]):
            return []
        second = self._next[first + 1]
        is_bare = second < len(self._spans) and _is_bare(self._spans[second])
        return [first, second] if is_bare else [first]


def _is_bare(span: Span) -> bool:
    return span.is_exact_count and span.unit is None


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


def _is_told(value: Decimal, count: Span, goods: Products, index: CatalogIndex) -> bool:
    """Say whether a number behind a count is its rate, or what it costs in all ("harpic 6 = 1260")."""
    rates = (value, value / (count.value or Decimal(1)))
    return any(_is_price(rate, number, count, index) for rate in rates for number in goods)


def _follows_price(spans: Sequence[Span], at: int) -> bool:
    """Say whether "each" stands right behind a price: it tells what one costs."""
    return at > 0 and spans[at - 1].kind is SpanKind.PRICE
