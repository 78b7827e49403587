"""From a draft to a certain line, or to a question. Nothing here guesses: when two readings are left, it asks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from rapidfuzz import fuzz

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.products import KILO, Product, Size, Surety, is_size
from core.intake.catalogue.wordbook import Products
from core.intake.deciding.packs import (
    Amount,
    amount_of,
    base_quantity,
    by_bigness,
    by_pack,
    by_unit,
    is_orderable,
    is_part,
    is_sane,
    made_of,
    numbers_that_tell,
)
from core.intake.parsing.drafts import Draft
from core.intake.parsing.spans import Sense, Span, SpanKind
from core.intake.reading import LineQuestion, QuestionKind, ReadLine, Reason, ShopKnowledge, Unit

MOST_CANDIDATES = 20
TOO_MANY = 1_000  # a word that fits so many products is asked about, whatever its size
CERTAIN_AFTER = 2  # purchases of one candidate and none of the others
MANY = 1_000
QUINTAL = Decimal(100) * KILO
PACKED_AS = frozenset(
    {"tab", "tabs", "tablet", "tablets", "cap", "caps", "capsule", "capsules", "strip", "pc", "pcs"}
)
SACKS = frozenset({Unit.SACK, Unit.BAG})
CONFIDENCE = (
    Decimal("1.00"),
    Decimal("0.98"),
    Decimal("0.97"),
    Decimal("0.95"),
    Decimal("0.90"),
    Decimal("0.85"),
    Decimal("0.80"),
)
__all__ = ["Outcome", "Resolver", "base_quantity"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    lines: tuple[ReadLine, ...] = ()
    question: LineQuestion | None = None


class Resolver:
    """Resolves drafts against one catalogue and one shop's past."""

    def __init__(self, index: CatalogIndex, shop: ShopKnowledge, source: Callable[[Draft], str]) -> None:
        self.index, self.shop, self.source = index, shop, source
        self.last: tuple[int, Product] | None = None  # the row and the product of the line decided last

    def resolve(self, draft: Draft) -> Outcome:
        """Give the line (or, for "both kinds", the lines) that is certain, else the question to ask."""
        named = [span for span in draft.named if span.kind is SpanKind.PRODUCT]
        if not named or len(draft.named) > 1:
            return self._ask(draft, QuestionKind.NOT_SOLD, self._union(named), amount_of(draft, (), ()))
        mention = named[0]
        for sense in mention.senses:
            if len(sense.products) > TOO_MANY:
                return self._ask(draft, QuestionKind.WHICH_PRODUCT, sense.products, amount_of(draft, (), ()))
            if outcome := self._resolve_sense(draft, mention, sense):
                if len(outcome.lines) == 1:
                    sku = outcome.lines[0].sku
                    self.last = (draft.row, self.index.products[self.index.by_sku[sku.upper()]])
                return outcome
        return self._ask(draft, QuestionKind.WHICH_PACK, mention.senses[0].products, amount_of(draft, (), ()))

    def candidates(self, draft: Draft) -> Products:
        """Products the words of a draft may speak of, whatever its numbers say."""
        named = [span for span in draft.named if span.kind is SpanKind.PRODUCT]
        return self._union(named)

    def narrowed(self, draft: Draft) -> Products:
        """The same, narrowed by the sizes, prices and packs that were said."""
        return self.narrow(draft, self.candidates(draft))

    def narrow(self, draft: Draft, candidates: Products) -> Products:
        """Keep the candidates that fit the sizes, prices and packs of a draft; all of them when none does."""
        chosen = self._products(candidates)
        size_like, selectors = numbers_that_tell(draft, chosen)
        fitting = self._fitting(
            draft, chosen, size_like, [span.size for span in draft.measures if span.size], selectors
        )
        return frozenset(self._numbers(fitting)) or candidates

    def sku(self, number: int) -> str:
        return self.index.products[number].sku

    def _resolve_sense(self, draft: Draft, mention: Span, sense: Sense) -> Outcome | None:
        """Resolve one way to read the words; None when its packs do not fit what was said."""
        products = self._products(sense.products)
        size_like, selectors = numbers_that_tell(draft, products)
        amount = amount_of(draft, size_like, products)
        sizes = [span.size for span in draft.measures if span.size and span.size != amount.weight]
        chosen = self._fitting(draft, by_unit(products, amount.unit), size_like, sizes, selectors)
        chosen = chosen or self._fitting(draft, products, size_like, sizes, selectors)
        if not chosen:
            return None
        if draft.is_each and (lines := self._each(draft, sense, chosen, amount)):
            return Outcome(lines=lines)
        if len(chosen) > 1:
            chosen = self._kind_of_last(draft, sense, chosen) or self._by_neighbours(draft, chosen)
        return self._decide(draft, sense, chosen, amount, fixed=mention.is_fixed)

    def _fitting(
        self,
        draft: Draft,
        chosen: list[Product],
        size_like: list[Span],
        sizes: list[Size],
        selectors: list[Span],
    ) -> list[Product]:
        for span in size_like:
            chosen = [product for product in chosen if is_size(product, span.value)]
        for span in draft.numbers:
            if span.attribute is not None:
                chosen = [product for product in chosen if span.attribute in product.attributes]
        for size in sizes:
            chosen = [product for product in chosen if product.size == size]
        for span in selectors:
            chosen = [product for product in chosen if product.price_minor == (span.value or 0) * 100]
        chosen = self._by_rate(draft, chosen)
        chosen = by_pack(chosen, [span.unit for span in draft.numbers if span.kind is SpanKind.PACK])
        return by_bigness(draft, chosen)

    def _decide(
        self, draft: Draft, sense: Sense, chosen: list[Product], amount: Amount, *, fixed: bool
    ) -> Outcome:
        if amount.weight is not None:
            return self._weighed(draft, sense, chosen, amount)
        if amount.unit is Unit.QUINTAL or (amount.unit in (Unit.SACK, Unit.BAG) and is_part(amount.value)):
            return self._weighed_by_sack(draft, sense, chosen, amount)
        reason = None
        chosen = _whole_named(draft, chosen)
        if len(chosen) > 1 and (usual := self._usual(chosen)):
            chosen, reason = [usual], Reason.SHOP_HISTORY
        if len(chosen) > 1:
            kind = (
                QuestionKind.WHICH_PACK
                if len({product.family for product in chosen}) == 1
                else QuestionKind.WHICH_PRODUCT
            )
            return self._ask(draft, kind, self._numbers(chosen), amount)
        if (
            sense.doubt >= Surety.GUESSED
            and len(draft.named) == 1
            and draft.named[0].end - draft.named[0].start == 1
        ):
            return self._ask(draft, QuestionKind.WHICH_PRODUCT, self._numbers(chosen), amount)
        product = chosen[0]
        quantity = base_quantity(product, amount.value, amount.unit, staples=self.index.staples)
        if sense.doubt >= Surety.BEGINNING and amount.unit is None and (amount.value or 0) >= MANY:
            quantity = None  # a slip of the finger and a number that is no usual one: "salary 25000"
        if quantity is None or draft.is_vague or amount.is_vague or amount.conflict or amount.many:
            return self._ask(draft, QuestionKind.HOW_MANY, self._numbers(chosen), amount)
        if fixed:
            reason = reason or Reason.SHOP_ALIAS
        return Outcome(lines=(self._line(draft, sense, product, quantity, amount, reason),))

    def _weighed(self, draft: Draft, sense: Sense, chosen: list[Product], amount: Amount) -> Outcome:
        """Turn "5 kg" or "15 litre" of goods into loose kilos or whole packs, if only one way makes it up."""
        weight = amount.weight
        question = self._ask(draft, QuestionKind.WHICH_PACK, self._numbers(chosen), amount)
        if weight is None or draft.is_vague or not is_sane(weight.amount):
            return self._ask(draft, QuestionKind.HOW_MANY, self._numbers(chosen), amount)
        if weight.amount < KILO or not all(product.category in self.index.staples for product in chosen):
            packed = [product for product in chosen if product.size == weight]
            if packed and not any(
                product.is_loose for product in chosen
            ):  # "coke 500ml": a size, and no number
                kind = QuestionKind.HOW_MANY if len(packed) == 1 else QuestionKind.WHICH_PRODUCT
                return self._ask(draft, kind, self._numbers(packed), Amount(value=None))
        if not any(product.category in self.index.staples or product.size == weight for product in chosen):
            return question  # "sprite 2 litre" is a bottle that is not sold, not four small ones
        makers = [(product, count) for product in chosen if (count := made_of(product, weight)) is not None]
        if not makers:
            return question
        families = {product.family for product, _ in makers}
        if len(families) > 1:
            usual = self._usual([product for product, _ in makers])
            makers = [(product, count) for product, count in makers if product is usual]
            if not makers:
                return self._ask(draft, QuestionKind.WHICH_PRODUCT, self._numbers(chosen), amount)
        whole, loose = _whole_and_loose(makers, weight)
        if len(whole) == 1 and not loose and not self._is_amount_of_packs(draft, chosen, weight):
            return self._ask(draft, QuestionKind.HOW_MANY, self._numbers([whole[0][0]]), amount)
        best = whole if len(whole) == 1 else loose or makers
        if len(best) != 1:
            return question
        return self._made_up(draft, sense, best[0], amount)

    def _made_up(self, draft: Draft, sense: Sense, maker: tuple[Product, Decimal], amount: Amount) -> Outcome:
        product, count = maker
        if not is_orderable(product, count):
            return self._ask(draft, QuestionKind.HOW_MANY, self._numbers([product]), amount)
        return Outcome(lines=(self._line(draft, sense, product, count, amount, None),))

    def _is_amount_of_packs(self, draft: Draft, chosen: list[Product], weight: Size) -> bool:
        """Say whether a weight that is just one pack was meant as an amount ("5 kg basmati"), not as a size ("coke 500ml")."""
        if weight.amount < KILO or any(product.category not in self.index.staples for product in chosen):
            return False
        measure = next(span for span in draft.measures if span.size == weight)
        return measure.start < draft.named[0].start

    def _weighed_by_sack(self, draft: Draft, sense: Sense, chosen: list[Product], amount: Amount) -> Outcome:
        """Turn quintals into sacks when they divide evenly, else into loose kilos; half a sack into loose kilos."""
        sacks = [product for product in chosen if Unit.SACK in product.packs and product.size]
        ask = self._ask(draft, QuestionKind.WHICH_PACK, self._numbers(chosen), amount)
        if (
            amount.value is None
            or len({product.family for product in chosen}) > 1
            or len(sacks) > 1
            or draft.is_vague
        ):
            return ask
        loose = [product for product in self._products(sense.products) if product.is_loose]
        if amount.unit is Unit.QUINTAL:
            weight = Size(amount=amount.value * QUINTAL, is_volume=False)
        elif sacks and sacks[0].size:
            weight = Size(amount=amount.value * sacks[0].size.amount, is_volume=False)
        else:
            return ask
        count = made_of(sacks[0], weight) if sacks else None
        if count is not None and is_orderable(sacks[0], count):
            return Outcome(lines=(self._line(draft, sense, sacks[0], count, amount, None),))
        if len(loose) == 1 and is_orderable(loose[0], weight.amount / KILO):
            return Outcome(lines=(self._line(draft, sense, loose[0], weight.amount / KILO, amount, None),))
        return ask

    def _each(
        self, draft: Draft, sense: Sense, chosen: list[Product], amount: Amount
    ) -> tuple[ReadLine, ...]:
        """Give one line for each kind when the shop said so ("duitai 1/1 darjan") and their number agrees."""
        said = draft.each_of
        if amount.weight or amount.is_vague or len(chosen) < 2 or (said is not None and said != len(chosen)):
            return ()
        values = amount.many or ((amount.value,) * len(chosen) if amount.value is not None else ())
        if said is None and amount.many and set(values) == {1}:
            values = values[:1] * len(chosen)  # "sabai flavour 1/1"
        if len(values) != len(chosen) or len(set(values)) != 1 or (said is None and not amount.many):
            return ()
        lines = []
        for product, value in zip(chosen, values, strict=True):
            quantity = base_quantity(product, value, amount.unit, staples=self.index.staples)
            if quantity is None:
                return ()
            lines.append(self._line(draft, sense, product, quantity, replace(amount, value=value), None))
        return tuple(lines)

    def _by_rate(self, draft: Draft, chosen: list[Product]) -> list[Product]:
        """Let a price that only came along ("@ 19") tell packs apart where it can."""
        for span in draft.numbers:
            if span.kind is SpanKind.PRICE and not span.is_pack and len(chosen) > 1:
                fitting = [product for product in chosen if product.price_minor == (span.value or 0) * 100]
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

    def _kind_of_last(self, draft: Draft, sense: Sense, chosen: list[Product]) -> list[Product]:
        """Read a word that only tells kinds apart as a kind of the goods before: "gripper blue 10, red 5"."""
        if self.last is None or draft.row - self.last[0] > 1 or draft.is_carried:
            return []
        last = self.last[1]
        if self.index.by_sku[last.sku.upper()] in sense.products:
            return []
        kinds = [product for product in chosen if _are_kinds(product, last) and _share_goods(product, last)]
        return kinds if len(kinds) == 1 else []

    def _usual(self, chosen: list[Product]) -> Product | None:
        """Give the one candidate that this shop buys again and again, when it never bought another."""
        bought = [product for product in chosen if self._times(product)]
        if len(bought) == 1 and self._times(bought[0]) >= CERTAIN_AFTER:
            return bought[0]
        return None

    def _times(self, product: Product) -> int:
        known = self.shop.history.get(product.sku)
        return known.times if known else 0

    def _line(
        self,
        draft: Draft,
        sense: Sense,
        product: Product,
        quantity: Decimal,
        said: Amount,
        reason: Reason | None,
    ) -> ReadLine:
        if reason is None:
            reason = (
                Reason.CARRIED_OVER
                if draft.is_carried
                else Reason.SOUNDS_ALIKE
                if sense.doubt
                else Reason.EXACT_WORDS
            )
        return ReadLine(
            sku=product.sku,
            quantity=quantity,
            unit_said=said.unit,
            said_count=said.value,
            source_text=self.source(draft),
            confidence=CONFIDENCE[min(sense.doubt, len(CONFIDENCE) - 1)],
            reason=reason,
        )

    def _ask(self, draft: Draft, kind: QuestionKind, products: Iterable[int], amount: Amount) -> Outcome:
        numbers = sorted(products)
        if len(numbers) <= TOO_MANY:
            numbers.sort(key=lambda number: self._distance(draft, number, amount))
        return Outcome(
            question=LineQuestion(
                source_text=self.source(draft),
                kind=kind,
                candidates=tuple(self.index.products[number].sku for number in numbers[:MOST_CANDIDATES]),
                quantity=None if amount.is_vague or amount.conflict else amount.value,
                unit_said=amount.unit,
            )
        )

    def _distance(self, draft: Draft, number: int, amount: Amount) -> tuple[float, ...]:
        """Order the choices of a question: what the shop buys first, then what carries most of what was said."""
        product = self.index.products[number]
        names = [span for span in draft.named if span.senses]
        carried = sum(number in span.senses[0].products for span in names)
        told = sum(
            span.attribute in product.attributes for span in draft.numbers if span.attribute is not None
        )
        figures = [span.value for span in draft.counts if span.unit is None]
        sized = any(span.size == product.size for span in draft.measures) or any(
            is_size(product, figure) for figure in figures
        )
        strange = [span.word for span in draft.named if span.kind is SpanKind.UNKNOWN and span.word]
        likeness = sum(
            max((fuzz.ratio(word, other) for other in product.words), default=0) for word in strange
        )
        return (
            -self._times(product),
            -carried,
            -told,
            -int(sized),
            -likeness,
            -int(amount.unit in product.packs),
            number,
        )

    def _products(self, numbers: Products) -> list[Product]:
        return [self.index.products[number] for number in sorted(numbers)]

    def _numbers(self, products: Iterable[Product]) -> list[int]:
        return [self.index.by_sku[product.sku.upper()] for product in products]

    def _union(self, named: list[Span]) -> Products:
        return frozenset(number for span in named for number in span.senses[0].products)


def _share_goods(one: Product, other: Product) -> bool:
    """Say whether two names have more in common than their brand."""
    return bool((one.words & other.words) - set(one.brand.split()))


def _whole_named(draft: Draft, chosen: list[Product]) -> list[Product]:
    """Give the one product whose whole name was said, where the names of the others go on ("Flexi", "Flexi MR")."""
    shortest = min(chosen, key=lambda product: len(product.words - PACKED_AS))
    said = sum(span.words for span in draft.named)
    if said != len(shortest.words - PACKED_AS) or len(chosen) < 2:
        return chosen
    is_beginning = all(
        shortest.words < product.words and shortest.category == product.category
        for product in chosen
        if product is not shortest
    )
    return [shortest] if is_beginning else chosen


Makers = list[tuple[Product, Decimal]]


def _whole_and_loose(makers: Makers, weight: Size) -> tuple[Makers, Makers]:
    """Split the ways to make up a weight into packs of just that weight and loose goods."""
    loose = [(product, count) for product, count in makers if product.is_loose]
    whole = [(product, count) for product, count in makers if product.size == weight]
    if loose and not any(product.packs & SACKS for product, _ in whole):
        whole = []  # "10 kg" of goods sold loose and by the crate is a weight
    return whole, loose


def _are_kinds(one: Product, other: Product) -> bool:
    """Say whether two products differ in one word or in their measures only."""
    return (one.brand, one.category) == (other.brand, other.category) and len(one.words ^ other.words) <= 2


def _are_siblings(one: Product, other: Product) -> bool:
    """Say whether two products are kinds of one thing: Oreo Vanilla and Oreo Chocolate."""
    return (one.brand, one.category) == (other.brand, other.category) and 0 < len(
        one.words ^ other.words
    ) <= 2
