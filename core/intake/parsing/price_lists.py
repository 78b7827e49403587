"""Lists that tell prices: their numbers count nothing, however much they look like an order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.products import Product
from core.intake.language.lexicon import lexicon
from core.intake.language.tokens import Token
from core.intake.parsing.spans import COUNTING, NAMING, Span, SpanKind
from core.intake.reading import Unit

TOLD_NEAR = Decimal("0.5")  # how far a price under a heading may be from ours
BARE_NEAR = Decimal("0.15")  # the same where no heading says that these are prices
SMALLEST_BARE = Decimal(100)  # smaller numbers are pieces as often as prices
FEWEST_BARE = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class PricedRow:
    """One row of a list: the number that may be a price, and our prices of the goods it may stand beside."""

    value: Decimal
    prices: tuple[Decimal, ...]
    is_bare: bool = True  # False: a price of a case ("wai wai ctn 600")

    def is_near(self, share: Decimal) -> bool:
        return any(abs(self.value - price) <= share * price for price in self.prices)


def is_price_list(spans: Sequence[Span], tokens: Sequence[Token], index: CatalogIndex) -> bool:
    """Say whether every row of a message tells a price: under a heading that says so, or because all equal ours."""
    heading, rows = _heading_and_rows(spans)
    found: list[PricedRow] = []
    for row in rows:
        priced = _priced(row, index)
        if priced is None:
            return False
        found.append(priced)
    if not found:
        return False
    if says_prices(heading, tokens):
        return _are_prices_under_heading(found)
    return len(found) >= FEWEST_BARE and all(
        row.is_bare and row.value >= SMALLEST_BARE and row.is_near(BARE_NEAR) for row in found
    )


def _are_prices_under_heading(rows: Sequence[PricedRow]) -> bool:
    """Say whether half of the rows may tell a price, and none surely counts cases."""
    may_be = [row.is_near(TOLD_NEAR) or (row.is_bare and not row.prices) for row in rows]
    counts = any(not row.is_bare and not row.is_near(TOLD_NEAR) for row in rows)
    return sum(may_be) * 2 >= len(rows) and not counts


def with_prices_mistrusted(spans: list[Span], tokens: Sequence[Token]) -> list[Span]:
    """Make every number under a heading that says "rate" or "price list" uncertain: they are prices, or they are not."""
    heading, _ = _heading_and_rows(spans)
    if not says_prices(heading, tokens):
        return spans
    end = heading[-1].end
    return [
        replace(span, is_vague=True) if span.kind in COUNTING and span.start >= end else span
        for span in spans
    ]


def says_prices(heading: Sequence[Span], tokens: Sequence[Token]) -> bool:
    prices = lexicon().markers["price_headings"]
    return any(token.key in prices for span in heading for token in tokens[span.start : span.end])


def _heading_and_rows(spans: Sequence[Span]) -> tuple[list[Span], list[list[Span]]]:
    """Split off the rows before the first number; the rest are the rows that name or count something."""
    heading: list[Span] = []
    rows: list[list[Span]] = []
    for row in _rows(spans):
        kinds = {span.kind for span in row}
        if not rows and not kinds & (COUNTING | {SpanKind.PRICE}):
            heading += row
        elif kinds & (NAMING | COUNTING):
            rows.append(row)
    return heading, rows


def _rows(spans: Sequence[Span]) -> Iterator[list[Span]]:
    row: list[Span] = []
    for span in spans:
        if span.kind is SpanKind.STOP:
            if row:
                yield row
            row = []
        else:
            row.append(span)
    if row:
        yield row


def _is_size(measure: Span, goods: Sequence[Product]) -> bool:
    """Say whether a weight is one of the packs, or the one kilo or litre that a price is told for."""
    return measure.value == 1 or any(product.size == measure.size for product in goods)


def _priced(row: Sequence[Span], index: CatalogIndex) -> PricedRow | None:
    """Give the price that a row tells of the goods named in it; None if it may count something."""
    goods = [index.products[one] for span in row for sense in span.senses[:1] for one in sense.products]
    if any(span.kind is SpanKind.MEASURE and not _is_size(span, goods) for span in row):
        return None  # "mausam 4 kg @125"
    number = _only_number(row, goods)
    if number is None or number.value is None or not _stands_behind_a_name(number, row):
        return None
    if number.kind is SpanKind.QUANTITY and number.unit not in (None, Unit.CASE):
        return None
    is_bare = number.unit is None
    prices = (product.price_minor * (1 if is_bare else product.case_qty) for product in goods)
    return PricedRow(
        value=number.value, prices=tuple(Decimal(price) / 100 for price in prices), is_bare=is_bare
    )


def _only_number(row: Sequence[Span], goods: Sequence[Product]) -> Span | None:
    """Give the one number of a row, besides what the packs of the goods hold."""
    contents = {product.contents for product in goods}
    numbers = [
        span
        for span in row
        if span.kind in (SpanKind.QUANTITY, SpanKind.PRICE) and span.value not in contents
    ]
    return numbers[0] if len(numbers) == 1 else None


def _stands_behind_a_name(number: Span, row: Sequence[Span]) -> bool:
    first = next((span for span in row if span.kind in NAMING), None)
    return first is not None and number.start >= first.start
