"""Amounts and packs: how much was said, which packs it fits, and how many base pieces that is."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from core.intake.catalogue.products import KILO, Product, Size, is_size
from core.intake.language.lexicon import lexicon
from core.intake.parsing.drafts import Draft
from core.intake.parsing.spans import SMALLEST_SIZE, Span, SpanKind
from core.intake.reading import Unit

OWN_PACKS = frozenset(
    {Unit.STRIP, Unit.TIN, Unit.JAR, Unit.BOTTLE, Unit.POUCH, Unit.CAN, Unit.BUNDLE, Unit.ROLL}
)
CONTAINERS = frozenset({Unit.TIN, Unit.JAR, Unit.BOTTLE, Unit.CAN})
BOXES = frozenset({Unit.BOX, Unit.CONTAINER})
BOXED = BOXES | {Unit.CASE, Unit.CRATE}
FIXED_COUNTS = {Unit.DOZEN: Decimal(12), Unit.PAIR: Decimal(2)}
COUNTED_AS = {
    Unit.SACK: frozenset({Unit.SACK}),
    Unit.QUINTAL: frozenset({Unit.SACK}),
    Unit.BAG: frozenset({Unit.SACK, Unit.BAG}),
}
MOST_PIECES = Decimal(1_000_000)
LARGEST_LINE = Decimal(999_999)
SMALLEST_STEP = Decimal("0.001")
COUNTED_BEHIND = frozenset({Unit.CASE, Unit.CRATE, Unit.BOX, Unit.CONTAINER, Unit.DOZEN, Unit.SACK, Unit.BAG})
PIECES = frozenset({Unit.PIECE, Unit.PACKET})
SACKS = frozenset({Unit.SACK, Unit.BAG})
COUNTED_INSIDE = frozenset({Unit.CRATE, Unit.STRIP, Unit.JAR, Unit.BUNDLE})
STRICT_PACKS = frozenset({Unit.STRIP, Unit.TIN, Unit.BUNDLE})
SMALL_PACK = Decimal(250)
# What a unit may count where some of the goods are sold loose.
CASES = frozenset({Unit.CASE, Unit.BOX, Unit.CRATE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """How much was said: a count of a unit, or a weight or volume of the goods themselves."""

    value: Decimal | None
    unit: Unit | None = None
    weight: Size | None = None
    many: tuple[Decimal, ...] = ()
    is_vague: bool = False
    conflict: bool = False


def numbers_that_tell(draft: Draft, products: list[Product]) -> tuple[list[Span], list[Span]]:
    """Find bare numbers that are sizes ("colgate 100 4 dz") and numbers that are prices telling packs apart ("10 wala")."""
    sizes: list[Span] = []
    selectors = [span for span in draft.numbers if span.kind is SpanKind.PRICE and span.is_pack]
    for span in draft.counts:
        if span.unit is not None or span.value is None:
            continue
        fits_size = any(is_size(product, span.value) for product in products)
        if span.is_pack:
            is_size_only = fits_size and not _is_a_price(span.value, products)
            (sizes if is_size_only else selectors).append(span)
        elif fits_size and not sizes and _another_is_the_count(span, draft.counts):
            sizes.append(span)
    return sizes, selectors


def _is_a_price(value: Decimal, products: list[Product]) -> bool:
    return any(product.price_minor == value * 100 for product in products)


def _another_is_the_count(span: Span, counts: tuple[Span, ...]) -> bool:
    """Say whether another number than this bare one counts: one with a unit ("1 case 7up 1.5"), else the last."""
    others = [other for other in counts if other is not span]
    return any(other.unit is not None for other in others) or (bool(others) and span is not counts[-1])


def amount_of(draft: Draft, size_like: Iterable[Span], products: Iterable[Product]) -> Amount:
    """Say how much was asked for, leaving out the numbers that name a size."""
    used = list(size_like)
    counts = [span for span in draft.counts if span not in used and not span.is_pack]
    if counts:
        return _amount_counted(draft, counts, products, has_size=bool(used or draft.measures))
    measures = [span for span in draft.measures if not span.is_pack]
    if len(draft.measures) > 1 and len(measures) == len(draft.measures):
        measures = measures[1:]
    if measures and measures[0].size:
        said = measures[0]
        return Amount(value=said.value, unit=said.unit, weight=said.size, is_vague=draft.is_vague)
    return Amount(value=None, is_vague=draft.is_vague)


def _amount_counted(
    draft: Draft, counts: list[Span], products: Iterable[Product], *, has_size: bool
) -> Amount:
    """Give the amount of the first of the *counts*; several contradict each other."""
    said = counts[0]
    is_rather_a_size = not has_size and _looks_like_a_size(said, products)
    return Amount(
        value=None if is_rather_a_size else said.value,
        unit=said.unit or (_unit_behind(draft, said) if len(counts) == 1 else None),
        many=said.many if said.value is None else (),
        is_vague=said.is_vague or draft.is_vague,
        conflict=len(counts) > 1,
    )


def _looks_like_a_size(span: Span, products: Iterable[Product]) -> bool:
    if span.unit is not None or span.value is None or span.value < SMALLEST_SIZE:
        return False
    return any(product.size is not None and product.size.amount == span.value for product in products)


def _unit_behind(draft: Draft, span: Span) -> Unit | None:
    """Give the unit that stands behind the goods: "2 cheese balls ctn"."""
    units = {other.unit for other in draft.numbers if other.kind is SpanKind.PACK and other.start > span.end}
    unit = units.pop() if len(units) == 1 and not span.many else None
    return unit if unit in COUNTED_BEHIND and span.start < draft.named[0].start else None


def by_pack(chosen: list[Product], packs: list[Unit | None]) -> list[Product]:
    """Keep the products that come in the packs that were named, where any does."""
    for pack in packs:
        fitting = [product for product in chosen if pack in product.packs]
        chosen = fitting or chosen
    return chosen


def by_unit(chosen: list[Product], unit: Unit | None) -> list[Product]:
    """Keep the products that come in the kind of pack that was counted, if any does."""
    wanted = _packs_counted_by(unit, chosen)
    return [product for product in chosen if product.packs & wanted] or chosen


def _packs_counted_by(unit: Unit | None, goods: list[Product]) -> frozenset[Unit]:
    """Give the kinds of pack that a unit counts of these goods; none when it tells nothing of their packs."""
    if unit is None:
        return frozenset()
    if unit in COUNTED_AS:
        return COUNTED_AS[unit]
    if unit is Unit.CONTAINER and any(product.unit in CONTAINERS for product in goods):
        return CONTAINERS
    if unit in BOXED and any(product.is_loose for product in goods):
        return CASES
    if unit is Unit.PACKET and not any(product.is_loose for product in goods):
        return frozenset()
    return frozenset({unit}) if unit in OWN_PACKS | {Unit.CRATE, Unit.PACKET} else frozenset()


def by_bigness(draft: Draft, chosen: list[Product]) -> list[Product]:
    """Tell the small one from the big one, by their names or, of two, by their sizes or prices."""
    kinds = {span.kind for span in draft.numbers}
    if named := _named_so(kinds, chosen):
        return named
    if len(chosen) != 2 or not kinds & {SpanKind.SMALL, SpanKind.BIG}:
        return chosen
    one, other = (product.size for product in chosen)
    if one is None and other is None:
        return _by_price(kinds, chosen)
    if one is None or other is None or one == other:
        return chosen
    smaller, bigger = chosen if one < other else reversed(chosen)
    return [smaller if SpanKind.SMALL in kinds else bigger]


def _named_so(kinds: set[SpanKind], chosen: list[Product]) -> list[Product]:
    """Give the one product whose name itself says small or large, as it was said."""
    for kind, names in ((SpanKind.SMALL, "small_names"), (SpanKind.BIG, "big_names")):
        named = [product for product in chosen if product.words & lexicon().exact[names]]
        if kind in kinds and len(named) == 1 and len(chosen) > 1:
            return named
    return []


def _by_price(kinds: set[SpanKind], chosen: list[Product]) -> list[Product]:
    """Tell "battery sano" from "battery thulo": of two without a weight, the small one costs less."""
    one, other = sorted(chosen, key=lambda product: product.price_minor)
    alike = (one.brand, one.category) == (other.brand, other.category)
    if not alike or one.price_minor == other.price_minor:
        return chosen
    return [one if SpanKind.SMALL in kinds else other]


def base_quantity(
    product: Product, value: Decimal | None, unit: Unit | None, *, staples: frozenset[str]
) -> Decimal | None:
    """Turn a count of a unit into base pieces of the product; None when that is not certain."""
    if _may_count_the_contents(product, value, unit):
        return None
    factor = _pieces_in(product, unit, staples)
    if value is None or factor is None:
        return None
    quantity = value * factor
    return quantity if is_orderable(product, quantity) else None


def is_orderable(product: Product, quantity: Decimal) -> bool:
    """Say whether an order line can hold a quantity: whole packs, or loose goods to the gram, up to the largest line."""
    step = SMALLEST_STEP if product.is_loose else Decimal(1)
    return 0 < quantity <= LARGEST_LINE and quantity % step == 0


def _may_count_the_contents(product: Product, value: Decimal | None, unit: Unit | None) -> bool:
    """Say whether a number may count what a pack holds: 30 eggs are one crate, or thirty."""
    if product.contents is None or product.unit not in COUNTED_INSIDE or value is None:
        return False
    if unit is Unit.DOZEN:
        return product.unit is Unit.CRATE
    if product.unit is Unit.CRATE:
        return unit in (None, Unit.PIECE)
    bare = unit is None and product.unit is not Unit.BUNDLE
    return (bare or unit is Unit.PIECE) and value >= product.contents


def _pieces_in(product: Product, unit: Unit | None, staples: frozenset[str]) -> Decimal | None:
    """Give the base pieces in one unit of a product; None when that is not certain."""
    if unit is None or unit is product.unit:
        return Decimal(1)
    if product.is_loose:
        return Decimal(1) if unit in PIECES or unit is Unit.KG else None
    if unit in SACKS:
        return _pieces_in_sack(product, unit, staples)
    if unit in BOXED and not (unit is Unit.CONTAINER and product.unit in CONTAINERS):
        return None if unit in BOXES and Unit.BOX in product.packs else Decimal(product.case_qty)
    if unit in STRICT_PACKS and unit not in product.packs:
        return None
    return Decimal(1) if unit in PIECES | OWN_PACKS | {Unit.CONTAINER} else FIXED_COUNTS.get(unit)


def _pieces_in_sack(product: Product, unit: Unit, staples: frozenset[str]) -> Decimal | None:
    if product.packs & {Unit.SACK, unit}:
        return Decimal(1)
    is_staple = product.category in staples and product.size is not None and not product.size.is_volume
    return Decimal(product.case_qty) if is_staple and product.case_qty > 1 else None


def made_of(product: Product, weight: Size) -> Decimal | None:
    """Say how many base pieces make up a weight or volume exactly."""
    if product.is_loose:
        return None if weight.is_volume else weight.amount / KILO
    if (
        product.size is None
        or product.size.is_volume != weight.is_volume
        or weight.amount % product.size.amount
    ):
        return None
    if product.size.amount < SMALL_PACK and weight.amount >= 5 * product.size.amount:
        return None  # nobody counts sachets by the kilo
    return weight.amount / product.size.amount


def is_sane(quantity: Decimal) -> bool:
    """Say whether a weight (grams) or volume (millilitres) is one that anybody orders."""
    return 0 < quantity < MOST_PIECES


def is_part(value: Decimal | None) -> bool:
    """Say whether a number is not whole, such as half a sack."""
    return value is not None and value != value.to_integral_value()
