"""From a draft to a certain line, or to a question. Nothing here guesses: when two readings are left, it asks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from core.intake.atoms import Atom, Part, Sense
from core.intake.index import CatalogIndex, Product, Products, Size
from core.intake.items import Draft
from core.intake.reading import LineQuestion, QuestionKind, ReadLine, Reason, ShopKnowledge, Unit

MOST_PIECES = Decimal(1_000_000)
MOST_CANDIDATES = 20
TOO_MANY = 1_000  # a word that fits so many products is asked about, whatever its size
CERTAIN_AFTER = 2  # purchases of one candidate and none of the others
PIECES = frozenset({None, Unit.PIECE, Unit.PACKET})
OWN_PACKS = frozenset({Unit.STRIP, Unit.TIN, Unit.JAR, Unit.BOTTLE, Unit.POUCH, Unit.CAN, Unit.BUNDLE, Unit.ROLL})
STRICT_PACKS = frozenset({Unit.STRIP, Unit.TIN, Unit.BUNDLE})
KILO = Decimal(1000)
SMALL_PACK = Decimal(250)
QUINTAL = Decimal(100) * KILO
CONFIDENCE = (Decimal("1.00"), Decimal("0.98"), Decimal("0.97"), Decimal("0.95"), Decimal("0.90"), Decimal("0.85"), Decimal("0.80"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    lines: tuple[ReadLine, ...] = ()
    question: LineQuestion | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """How much was said: a count of a unit, or a weight or volume of the goods themselves."""

    value: Decimal | None
    unit: Unit | None = None
    weight: Size | None = None
    many: tuple[Decimal, ...] = ()
    is_vague: bool = False
    conflict: bool = False


class Resolver:
    """Resolves drafts against one catalogue and one shop's past."""

    def __init__(self, index: CatalogIndex, shop: ShopKnowledge, source: Callable[[Draft], str]) -> None:
        self.index, self.shop, self.source = index, shop, source

    def resolve(self, draft: Draft) -> Outcome:
        """Give the line (or, for "both kinds", the lines) that is certain, else the question to ask."""
        named = [part for part in draft.named if part.kind is Atom.PRODUCT]
        if not named or len(draft.named) > 1:
            return self._ask(draft, QuestionKind.NOT_SOLD, self._union(named), _amount(draft, (), ()))
        mention = named[0]
        for sense in mention.senses:
            if len(sense.products) > TOO_MANY:
                return self._ask(draft, QuestionKind.WHICH_PRODUCT, sense.products, _amount(draft, (), ()))
            if outcome := self._resolve_sense(draft, mention, sense):
                return outcome
        return self._ask(draft, QuestionKind.WHICH_PACK, mention.senses[0].products, _amount(draft, (), ()))

    def candidates(self, draft: Draft) -> Products:
        """Products the words of a draft may speak of, whatever its numbers say."""
        named = [part for part in draft.named if part.kind is Atom.PRODUCT]
        return self._union(named)

    def narrowed(self, draft: Draft) -> Products:
        """The same, narrowed by the sizes, prices and packs that were said."""
        return self.narrow(draft, self.candidates(draft))

    def narrow(self, draft: Draft, candidates: Products) -> Products:
        """Keep the candidates that fit the sizes, prices and packs of a draft; all of them when none does."""
        chosen = self._products(candidates)
        size_like, selectors = _size_like(draft, chosen)
        fitting = self._fitting(draft, chosen, size_like, [part.size for part in draft.measures if part.size], selectors)
        return frozenset(self._numbers(fitting)) or candidates

    def sku(self, number: int) -> str:
        return self.index.products[number].sku

    # -- which product ----------------------------------------------------------------------------------------------

    def _resolve_sense(self, draft: Draft, mention: Part, sense: Sense) -> Outcome | None:
        """Resolve one way to read the words; None when its packs do not fit what was said."""
        products = self._products(sense.products)
        size_like, selectors = _size_like(draft, products)
        amount = _amount(draft, size_like, products)
        sizes = [part.size for part in draft.measures if part.size and part.size != amount.weight]
        chosen = self._fitting(draft, _by_unit(products, amount.unit), size_like, sizes, selectors)
        chosen = chosen or self._fitting(draft, products, size_like, sizes, selectors)
        if not chosen:
            return None
        if draft.is_each and (lines := self._each(draft, sense, chosen, amount)):
            return Outcome(lines=lines)
        if len(chosen) > 1:
            chosen = self._by_neighbours(draft, chosen)
        return self._decide(draft, sense, chosen, amount, fixed=mention.is_fixed)

    def _fitting(
        self, draft: Draft, chosen: list[Product], size_like: list[Part], sizes: list[Size], selectors: list[Part]
    ) -> list[Product]:
        for part in size_like:
            chosen = [product for product in chosen if _is_size(product, part.value)]
        for size in sizes:
            chosen = [product for product in chosen if product.size == size]
        for part in selectors:
            chosen = [product for product in chosen if product.price_minor == (part.value or 0) * 100]
        chosen = self._by_rate(draft, chosen)
        chosen = _by_pack(chosen, [part.unit for part in draft.figures if part.kind is Atom.PACK])
        return _by_bigness(draft, chosen)

    def _decide(self, draft: Draft, sense: Sense, chosen: list[Product], amount: Amount, *, fixed: bool) -> Outcome:
        if amount.weight is not None:
            return self._weighed(draft, sense, chosen, amount)
        if amount.unit is Unit.QUINTAL or (amount.unit in (Unit.SACK, Unit.BAG) and _is_part(amount.value)):
            return self._weighed_by_sack(draft, sense, chosen, amount)
        reason = None
        if len(chosen) > 1 and (usual := self._usual(chosen)):
            chosen, reason = [usual], Reason.SHOP_HISTORY
        if len(chosen) > 1:
            kind = QuestionKind.WHICH_PACK if len({product.family for product in chosen}) == 1 else QuestionKind.WHICH_PRODUCT
            return self._ask(draft, kind, self._numbers(chosen), amount)
        product = chosen[0]
        quantity = base_quantity(product, amount.value, amount.unit, staples=self.index.staples)
        if quantity is None or draft.is_vague or amount.is_vague or amount.conflict or amount.many:
            return self._ask(draft, QuestionKind.HOW_MANY, self._numbers(chosen), amount)
        if fixed:
            reason = reason or Reason.SHOP_ALIAS
        return Outcome(lines=(self._line(draft, sense, product, quantity, amount.unit, reason),))

    def _weighed(self, draft: Draft, sense: Sense, chosen: list[Product], amount: Amount) -> Outcome:
        """Turn "5 kg" or "15 litre" of goods into loose kilos or whole packs, if only one way makes it up."""
        weight = amount.weight
        question = self._ask(draft, QuestionKind.WHICH_PACK, self._numbers(chosen), amount)
        if weight is None or draft.is_vague or not _is_sane(weight.amount):
            return self._ask(draft, QuestionKind.HOW_MANY, self._numbers(chosen), amount)
        if weight.amount < KILO or not all(product.category in self.index.staples for product in chosen):
            packed = [product for product in chosen if product.size == weight]
            if packed and not any(product.is_loose for product in chosen):  # "coke 500ml": a size, and no number
                kind = QuestionKind.HOW_MANY if len(packed) == 1 else QuestionKind.WHICH_PRODUCT
                return self._ask(draft, kind, self._numbers(packed), Amount(value=None))
        makers = [(product, count) for product in chosen if (count := _made_of(product, weight)) is not None]
        if not makers:
            return question
        families = {product.family for product, _ in makers}
        if len(families) > 1:
            usual = self._usual([product for product, _ in makers])
            makers = [(product, count) for product, count in makers if product is usual]
            if not makers:
                return self._ask(draft, QuestionKind.WHICH_PRODUCT, self._numbers(chosen), amount)
        whole = [(product, count) for product, count in makers if product.size == weight]
        loose = [(product, count) for product, count in makers if product.is_loose]
        if len(whole) == 1 and not loose and not self._is_amount_of_packs(draft, chosen, weight):
            return self._ask(draft, QuestionKind.HOW_MANY, self._numbers([whole[0][0]]), amount)
        best = whole if len(whole) == 1 else loose or makers
        if len(best) != 1:
            return question
        product, count = best[0]
        return Outcome(lines=(self._line(draft, sense, product, count, amount.unit, None),))

    def _is_amount_of_packs(self, draft: Draft, chosen: list[Product], weight: Size) -> bool:
        """Say whether a weight that is just one pack was meant as an amount ("5 kg basmati"), not as a size ("coke 500ml")."""
        if weight.amount < KILO or any(product.category not in self.index.staples for product in chosen):
            return False
        measure = next(part for part in draft.measures if part.size == weight)
        return measure.start < draft.named[0].start

    def _weighed_by_sack(self, draft: Draft, sense: Sense, chosen: list[Product], amount: Amount) -> Outcome:
        """Turn quintals into sacks when they divide evenly, else into loose kilos; half a sack into loose kilos."""
        family = [product for product in self._relatives(draft, sense) if product.family == chosen[0].family]
        sacks = [product for product in chosen if Unit.SACK in product.packs and product.size]
        ask = self._ask(draft, QuestionKind.WHICH_PACK, self._numbers(chosen), amount)
        if amount.value is None or len({product.family for product in chosen}) > 1 or len(sacks) > 1 or draft.is_vague:
            return ask
        loose = [product for product in family if product.is_loose]
        if amount.unit is Unit.QUINTAL:
            weight = Size(amount=amount.value * QUINTAL, is_volume=False)
        elif sacks and sacks[0].size:
            weight = Size(amount=amount.value * sacks[0].size.amount, is_volume=False)
        else:
            return ask
        count = _made_of(sacks[0], weight) if sacks else None
        if count is not None:
            return Outcome(lines=(self._line(draft, sense, sacks[0], count, amount.unit, None),))
        if len(loose) == 1 and _is_sane(weight.amount / KILO):
            return Outcome(lines=(self._line(draft, sense, loose[0], weight.amount / KILO, amount.unit, None),))
        return ask

    def _relatives(self, draft: Draft, sense: Sense) -> list[Product]:
        del draft
        return self._products(sense.products)

    def _each(self, draft: Draft, sense: Sense, chosen: list[Product], amount: Amount) -> tuple[ReadLine, ...]:
        """Give one line for each kind when the shop said so ("duitai 1/1 darjan") and their number agrees."""
        said = draft.each_of
        if amount.weight or amount.is_vague or len(chosen) < 2 or (said is not None and said != len(chosen)):
            return ()
        values = amount.many or ((amount.value,) * len(chosen) if amount.value is not None else ())
        if len(values) != len(chosen) or len(set(values)) != 1 or (said is None and not amount.many):
            return ()
        lines = []
        for product, value in zip(chosen, values, strict=True):
            quantity = base_quantity(product, value, amount.unit, staples=self.index.staples)
            if quantity is None:
                return ()
            lines.append(self._line(draft, sense, product, quantity, amount.unit, None))
        return tuple(lines)

    def _by_rate(self, draft: Draft, chosen: list[Product]) -> list[Product]:
        """Let a price that only came along ("@ 19") tell packs apart where it can."""
        for part in draft.figures:
            if part.kind is Atom.PRICE and not part.is_pack and len(chosen) > 1:
                fitting = [product for product in chosen if product.price_minor == (part.value or 0) * 100]
                chosen = fitting or chosen
        return chosen

    def _by_neighbours(self, draft: Draft, chosen: list[Product]) -> list[Product]:
        if len(draft.near_goods) == 1 and not draft.is_carried:
            near = self.index.products[next(iter(draft.near_goods))]
            siblings = [product for product in chosen if _are_siblings(product, near)]
            if len(siblings) == 1:
                return siblings
        for size in draft.near_sizes:
            fitting = [product for product in chosen if product.size == size]
            if len(fitting) == 1 and len({product.category for product in chosen}) == 1:
                return fitting
        return chosen

    def _usual(self, chosen: list[Product]) -> Product | None:
        """Give the one candidate that this shop buys again and again, when it never bought another."""
        bought = [product for product in chosen if self._times(product)]
        if len(bought) == 1 and self._times(bought[0]) >= CERTAIN_AFTER:
            return bought[0]
        return None

    def _times(self, product: Product) -> int:
        known = self.shop.history.get(product.sku)
        return known.times if known else 0

    # -- wording the result -----------------------------------------------------------------------------------------

    def _line(
        self, draft: Draft, sense: Sense, product: Product, quantity: Decimal, unit: Unit | None, reason: Reason | None
    ) -> ReadLine:
        if reason is None:
            reason = Reason.CARRIED_OVER if draft.is_carried else Reason.SOUNDS_ALIKE if sense.doubt else Reason.EXACT_WORDS
        return ReadLine(
            sku=product.sku,
            quantity=quantity,
            unit_said=unit,
            source_text=self.source(draft),
            confidence=CONFIDENCE[min(sense.doubt, len(CONFIDENCE) - 1)],
            reason=reason,
        )

    def _ask(self, draft: Draft, kind: QuestionKind, products: Iterable[int], amount: Amount) -> Outcome:
        numbers = sorted(products)
        numbers.sort(key=lambda number: -self._times(self.index.products[number]))
        return Outcome(
            question=LineQuestion(
                source_text=self.source(draft),
                kind=kind,
                candidates=tuple(self.index.products[number].sku for number in numbers[:MOST_CANDIDATES]),
                quantity=None if amount.is_vague or amount.conflict else amount.value,
                unit_said=amount.unit,
            )
        )

    def _products(self, numbers: Products) -> list[Product]:
        return [self.index.products[number] for number in sorted(numbers)]

    def _numbers(self, products: Iterable[Product]) -> list[int]:
        return [self.index.by_sku[product.sku.upper()] for product in products]

    def _union(self, named: list[Part]) -> Products:
        return frozenset(number for part in named for number in part.senses[0].products)


# -- what was said about amounts and packs ------------------------------------------------------------------------------


def _size_like(draft: Draft, products: list[Product]) -> tuple[list[Part], list[Part]]:
    """Find bare numbers that are sizes ("colgate 100 4 dz") and numbers that are prices telling packs apart ("10 wala")."""
    sizes: list[Part] = []
    selectors = [part for part in draft.figures if part.kind is Atom.PRICE and part.is_pack]
    bare = [part for part in draft.counts if part.unit is None and part.value is not None]
    for part in bare:
        fits_size = any(_is_size(product, part.value) for product in products)
        if part.is_pack:
            fits_price = any(product.price_minor == (part.value or 0) * 100 for product in products)
            (sizes if fits_size and not fits_price else selectors).append(part)
        elif fits_size and not sizes and _another_is_the_count(part, draft.counts):
            sizes.append(part)
    return sizes, selectors


def _another_is_the_count(part: Part, counts: tuple[Part, ...]) -> bool:
    """Say whether another number than this bare one counts: one with a unit ("1 case 7up 1.5"), else the last."""
    others = [other for other in counts if other is not part]
    return any(other.unit is not None for other in others) or (bool(others) and part is not counts[-1])


def _are_siblings(one: Product, other: Product) -> bool:
    """Say whether two products are kinds of one thing: Oreo Vanilla and Oreo Chocolate."""
    return (one.brand, one.category) == (other.brand, other.category) and 0 < len(one.words ^ other.words) <= 2


def _is_size(product: Product, value: Decimal | None) -> bool:
    if product.size is None or value is None:
        return False
    return product.size.amount == value or (product.size.amount == value * KILO and value < KILO)


def _amount(draft: Draft, size_like: Iterable[Part], products: Iterable[Product]) -> Amount:
    """Say how much was asked for, leaving out the numbers that name a size."""
    used = list(size_like)
    counts = [part for part in draft.counts if part not in used and not part.is_pack]
    if counts:
        part = counts[-1] if len(counts) == 1 else counts[0]
        sizes = {product.size.amount for product in products if product.size}
        looks_like_size = part.unit is None and part.value in sizes and part.value is not None and part.value >= 100
        return Amount(
            value=None if looks_like_size and not draft.measures and not used else part.value,
            unit=part.unit,
            many=part.many if part.value is None else (),
            is_vague=part.is_vague or draft.is_vague,
            conflict=len(counts) > 1,
        )
    open_measures = [part for part in draft.measures if not part.is_pack]
    if len(draft.measures) > 1 and len(open_measures) == len(draft.measures):
        open_measures = open_measures[1:]
    if open_measures and open_measures[0].size:
        return Amount(value=open_measures[0].value, unit=open_measures[0].unit, weight=open_measures[0].size, is_vague=draft.is_vague)
    return Amount(value=None, is_vague=draft.is_vague)


def _by_pack(chosen: list[Product], packs: list[Unit | None]) -> list[Product]:
    for pack in packs:
        fitting = [product for product in chosen if pack in product.packs]
        chosen = fitting or chosen
    return chosen


def _by_unit(chosen: list[Product], unit: Unit | None) -> list[Product]:
    """Keep the products that come in the kind of pack that was counted, if any does."""
    if unit in (Unit.SACK, Unit.QUINTAL):
        wanted = frozenset({Unit.SACK})
    elif unit is Unit.BAG:
        wanted = frozenset({Unit.SACK, Unit.BAG})
    elif unit in OWN_PACKS or unit is Unit.CRATE:
        wanted = frozenset({unit})
    else:
        return chosen
    return [product for product in chosen if product.packs & wanted] or chosen


def _by_bigness(draft: Draft, chosen: list[Product]) -> list[Product]:
    kinds = {part.kind for part in draft.figures}
    if len(chosen) != 2 or not kinds & {Atom.SMALL, Atom.BIG} or any(product.size is None for product in chosen):
        return chosen
    ordered = sorted(chosen, key=lambda product: product.size or Size(amount=Decimal(0), is_volume=False))
    if ordered[0].size == ordered[1].size:
        return chosen
    return [ordered[0 if Atom.SMALL in kinds else 1]]


def base_quantity(product: Product, value: Decimal | None, unit: Unit | None, *, staples: frozenset[str]) -> Decimal | None:
    """Turn a count of a unit into base pieces of the product; None when that is not certain."""
    factor = _pieces_in(product, unit, staples)
    if value is None or factor is None:
        return None
    quantity = value * factor
    if not _is_sane(quantity) or (not product.is_loose and quantity != quantity.to_integral_value()):
        return None
    return quantity


def _pieces_in(product: Product, unit: Unit | None, staples: frozenset[str]) -> Decimal | None:
    if unit is product.unit and unit is not None:
        return Decimal(1)
    if product.is_loose:
        return Decimal(1) if unit in PIECES or unit is Unit.KG else None
    if unit in PIECES:
        return Decimal(1)
    if unit is Unit.DOZEN:
        return Decimal(12)
    if unit is Unit.PAIR:
        return Decimal(2)
    if unit in (Unit.CASE, Unit.CRATE, Unit.BOX):
        is_boxes = unit is Unit.BOX and Unit.BOX in product.packs
        return None if is_boxes else Decimal(product.case_qty)
    if unit in (Unit.SACK, Unit.BAG):
        if product.packs & {Unit.SACK, unit}:
            return Decimal(1)
        is_staple = product.category in staples and product.size is not None and not product.size.is_volume
        return Decimal(product.case_qty) if is_staple and product.case_qty > 1 else None
    if unit in OWN_PACKS:
        return Decimal(1) if unit in product.packs or unit not in STRICT_PACKS else None
    return None


def _made_of(product: Product, weight: Size) -> Decimal | None:
    """Say how many base pieces make up a weight or volume exactly."""
    if product.is_loose:
        return None if weight.is_volume else weight.amount / KILO
    if product.size is None or product.size.is_volume != weight.is_volume or weight.amount % product.size.amount:
        return None
    if product.size.amount < SMALL_PACK and weight.amount >= 5 * product.size.amount:
        return None  # nobody counts sachets by the kilo
    return weight.amount / product.size.amount


def _is_sane(quantity: Decimal) -> bool:
    return 0 < quantity < MOST_PIECES


def _is_part(value: Decimal | None) -> bool:
    return value is not None and value != value.to_integral_value()
