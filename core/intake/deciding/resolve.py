"""From a draft to a certain line, or to a question. Nothing here guesses: when two readings are left, it asks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from rapidfuzz import fuzz

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.products import KILO, Product, Size, Surety, is_size
from core.intake.catalogue.wordbook import Products
from core.intake.deciding.packs import (
    SACKS,
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
from core.intake.language.lexicon import lexicon
from core.intake.parsing.drafts import Draft
from core.intake.parsing.spans import Sense, Span, SpanKind
from core.intake.reading import LineQuestion, QuestionKind, ReadLine, Reason, ShopKnowledge, Unit

MOST_CANDIDATES = 20
TOO_MANY = 1_000  # a word that fits so many products is asked about, whatever its size
CERTAIN_AFTER = 2  # purchases of one candidate and none of the others
MANY = 1_000
SEVERAL = 2
QUINTAL = Decimal(100) * KILO
CONFIDENCE = (
    Decimal("1.00"),
    Decimal("0.98"),
    Decimal("0.97"),
    Decimal("0.95"),
    Decimal("0.90"),
    Decimal("0.85"),
    Decimal("0.80"),
)
Makers = list[tuple[Product, Decimal]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What becomes of a draft: lines that are certain, or one question."""

    lines: tuple[ReadLine, ...] = ()
    question: LineQuestion | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One way to read a draft: the sense of its words, the amount said, and the products that fit both."""

    draft: Draft
    sense: Sense
    amount: Amount
    fitting: list[Product]

    @property
    def is_of_one_family(self) -> bool:
        return len({product.family for product in self.fitting}) == 1

    @property
    def is_guessed_from_one_word(self) -> bool:
        named = self.draft.named
        return self.sense.doubt >= Surety.GUESSED and len(named) == 1 and named[0].end - named[0].start == 1

    @property
    def is_open(self) -> bool:
        """Say whether the amount was left open, or said in more than one way."""
        amount = self.amount
        return self.draft.is_vague or amount.is_vague or amount.conflict or bool(amount.many)


class Resolver:
    """Resolves drafts against one catalogue and one shop's past."""

    def __init__(self, index: CatalogIndex, shop: ShopKnowledge, source: Callable[[Draft], str]) -> None:
        self.index, self.shop, self.source = index, shop, source

    def resolve(self, draft: Draft) -> Outcome:
        """Give the line (or, for "both kinds", the lines) that is certain, else the question to ask."""
        named = [span for span in draft.named if span.kind is SpanKind.PRODUCT]
        if not named or len(draft.named) > 1:
            return self._ask(draft, QuestionKind.NOT_SOLD, self._union(named), amount_of(draft, (), ()))
        entity = named[0]
        if entity.is_doubted:
            return self._ask(draft, QuestionKind.WHICH_PRODUCT, self._union(named), amount_of(draft, (), ()))
        for sense in entity.senses:
            if len(sense.products) > TOO_MANY:
                return self._ask(draft, QuestionKind.WHICH_PRODUCT, sense.products, amount_of(draft, (), ()))
            if outcome := self._resolve_sense(draft, entity, sense):
                return outcome
        return self._ask(draft, QuestionKind.WHICH_PACK, entity.senses[0].products, amount_of(draft, (), ()))

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

    def _resolve_sense(self, draft: Draft, entity: Span, sense: Sense) -> Outcome | None:
        """Resolve one way to read the words; None when its packs do not fit what was said."""
        products = self._products(sense.products)
        size_like, selectors = numbers_that_tell(draft, products)
        amount = amount_of(draft, size_like, products)
        sizes = [span.size for span in draft.measures if span.size and span.size != amount.weight]
        chosen = self._fitting(draft, by_unit(products, amount.unit), size_like, sizes, selectors)
        chosen = chosen or self._fitting(draft, products, size_like, sizes, selectors)
        if not chosen:
            return None
        if draft.is_each and (
            lines := self._each(Choice(draft=draft, sense=sense, amount=amount, fitting=chosen))
        ):
            return Outcome(lines=lines)
        if len(chosen) > 1:
            chosen = self._by_neighbours(draft, chosen)
        return self._decide(
            Choice(draft=draft, sense=sense, amount=amount, fitting=chosen), fixed=entity.is_fixed
        )

    def _fitting(
        self,
        draft: Draft,
        chosen: list[Product],
        size_like: list[Span],
        sizes: list[Size],
        selectors: list[Span],
    ) -> list[Product]:
        """Keep the products that have every size, measure and price that was said."""
        numbers = [span.value for span in size_like]
        attributes = [span.attribute for span in draft.numbers if span.attribute is not None]
        told = [
            product
            for product in chosen
            if all(is_size(product, number) for number in numbers)
            and product.attributes.issuperset(attributes)
            and all(product.size == size for size in sizes)
            and all(_is_told_by(product, span) for span in selectors)
        ]
        told = self._by_rate(draft, told)
        told = by_pack(told, [span.unit for span in draft.numbers if span.kind is SpanKind.PACK])
        return by_bigness(draft, told)

    def _decide(self, choice: Choice, *, fixed: bool) -> Outcome:
        amount = choice.amount
        if amount.weight is not None:
            return self._weighed(choice, amount.weight)
        if amount.unit is Unit.QUINTAL or (amount.unit in SACKS and is_part(amount.value)):
            return self._weighed_by_sack(choice)
        usual = self._usual(choice.fitting) if len(choice.fitting) > 1 else None
        fitting = _whole_named(choice.draft, choice.fitting)
        if usual is None and len(fitting) > 1:
            choice = replace(choice, fitting=fitting)
            kind = QuestionKind.WHICH_PACK if choice.is_of_one_family else QuestionKind.WHICH_PRODUCT
            return self._ask_about(choice, kind, fitting)
        product = usual or fitting[0]
        if choice.is_guessed_from_one_word:
            return self._ask_about(choice, QuestionKind.WHICH_PRODUCT, [product])
        quantity = self._certain_quantity(choice, product)
        if quantity is None:
            return self._ask_about(choice, QuestionKind.HOW_MANY, [product])
        reason = Reason.SHOP_HISTORY if usual else Reason.SHOP_ALIAS if fixed else None
        return Outcome(lines=(self._line(choice, product, quantity, reason),))

    def _certain_quantity(self, choice: Choice, product: Product) -> Decimal | None:
        """Give the base pieces of a product that were said; None when that is not certain."""
        amount = choice.amount
        is_large = amount.unit is None and (amount.value or 0) >= MANY
        if choice.is_open or (is_large and choice.sense.doubt >= Surety.BEGINNING):
            return None  # a slip of the finger and a number that is no usual one: "salary 25000"
        return base_quantity(product, amount.value, amount.unit, staples=self.index.staples)

    def _weighed(self, choice: Choice, weight: Size) -> Outcome:
        """Turn "5 kg" or "15 litre" of goods into loose kilos or whole packs, if only one way makes it up."""
        fitting = choice.fitting
        if choice.draft.is_vague or not is_sane(weight.amount):
            return self._ask_about(choice, QuestionKind.HOW_MANY, fitting)
        if packed := self._packs_of_size(choice, weight):
            kind = QuestionKind.HOW_MANY if len(packed) == 1 else QuestionKind.WHICH_PRODUCT
            return self._ask(choice.draft, kind, self._numbers(packed), Amount(value=None))
        if not any(self._is_staple(product) or product.size == weight for product in fitting):
            # "sprite 2 litre" is a bottle that is not sold, not four small ones
            return self._ask_about(choice, QuestionKind.WHICH_PACK, fitting)
        makers = [(product, count) for product in fitting if (count := made_of(product, weight)) is not None]
        if len({product.family for product, _ in makers}) > 1:
            usual = self._usual([product for product, _ in makers])
            makers = [(product, count) for product, count in makers if product is usual]
            if not makers:
                return self._ask_about(choice, QuestionKind.WHICH_PRODUCT, fitting)
        return self._made_up(choice, makers, weight)

    def _packs_of_size(self, choice: Choice, weight: Size) -> list[Product]:
        """Give the packs that a weight names as their size, without a number of them: "coke 500ml"."""
        fitting = choice.fitting
        if any(product.is_loose for product in fitting):
            return []
        if weight.amount >= KILO and all(self._is_staple(product) for product in fitting):
            return []
        return [product for product in fitting if product.size == weight]

    def _made_up(self, choice: Choice, makers: Makers, weight: Size) -> Outcome:
        whole, loose = _whole_and_loose(makers, weight)
        if len(whole) == 1 and not loose and not self._is_amount_of_packs(choice, weight):
            return self._ask_about(choice, QuestionKind.HOW_MANY, [whole[0][0]])
        best = whole if len(whole) == 1 else loose or makers
        if len(best) != 1:
            return self._ask_about(choice, QuestionKind.WHICH_PACK, choice.fitting)
        product, count = best[0]
        if not is_orderable(product, count):
            return self._ask_about(choice, QuestionKind.HOW_MANY, [product])
        return Outcome(lines=(self._line(choice, product, count, None),))

    def _is_amount_of_packs(self, choice: Choice, weight: Size) -> bool:
        """Say whether a weight that is just one pack was meant as an amount ("5 kg basmati"), not as a size ("coke 500ml")."""
        if weight.amount < KILO or not all(self._is_staple(product) for product in choice.fitting):
            return False
        measure = next(span for span in choice.draft.measures if span.size == weight)
        return measure.start < choice.draft.named[0].start

    def _is_staple(self, product: Product) -> bool:
        return product.category in self.index.staples

    def _weighed_by_sack(self, choice: Choice) -> Outcome:
        """Turn quintals into sacks when they divide evenly, else into loose kilos; half a sack into loose kilos."""
        sacks = [product for product in choice.fitting if Unit.SACK in product.packs and product.size]
        loose = [product for product in self._products(choice.sense.products) if product.is_loose]
        weight = _weight_of_sacks(choice.amount, sacks[0] if sacks else None)
        unclear = self._ask_about(choice, QuestionKind.WHICH_PACK, choice.fitting)
        if weight is None or len(sacks) > 1 or not choice.is_of_one_family or choice.draft.is_vague:
            return unclear
        for product in (*sacks, *(loose if len(loose) == 1 else ())):
            count = made_of(product, weight)
            if count is not None and is_orderable(product, count):
                return Outcome(lines=(self._line(choice, product, count, None),))
        return unclear

    def _each(self, choice: Choice) -> tuple[ReadLine, ...]:
        """Give one line for each kind when the shop said so ("duitai 1/1 darjan") and their number agrees."""
        value = _value_of_each(choice)
        if value is None:
            return ()
        amount = replace(choice.amount, value=value)
        lines = []
        for product in choice.fitting:
            quantity = base_quantity(product, value, amount.unit, staples=self.index.staples)
            if quantity is None:
                return ()
            lines.append(self._line(replace(choice, amount=amount), product, quantity, None))
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

    def _usual(self, chosen: list[Product]) -> Product | None:
        """Give the one candidate that this shop buys again and again, when it never bought another."""
        bought = [product for product in chosen if self._times(product)]
        if len(bought) == 1 and self._times(bought[0]) >= CERTAIN_AFTER:
            return bought[0]
        return None

    def _times(self, product: Product) -> int:
        known = self.shop.history.get(product.sku)
        return known.times if known else 0

    def _line(self, choice: Choice, product: Product, quantity: Decimal, reason: Reason | None) -> ReadLine:
        """Give a line; without a *reason* of the shop's own, the words are why it is believed."""
        doubt = choice.sense.doubt
        by_words = Reason.SOUNDS_ALIKE if doubt else Reason.EXACT_WORDS
        return ReadLine(
            sku=product.sku,
            quantity=quantity,
            unit_said=choice.amount.unit,
            said_count=choice.amount.value,
            source_text=self.source(choice.draft),
            confidence=CONFIDENCE[min(doubt, len(CONFIDENCE) - 1)],
            reason=reason or (Reason.CARRIED_OVER if choice.draft.is_carried else by_words),
            is_put_right=choice.draft.is_put_right,
        )

    def _ask_about(self, choice: Choice, kind: QuestionKind, products: Iterable[Product]) -> Outcome:
        return self._ask(choice.draft, kind, self._numbers(products), choice.amount)

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
        carried = sum(number in span.senses[0].products for span in draft.named if span.senses)
        told = sum(span.attribute in product.attributes for span in draft.numbers if span.attribute)
        return (
            -self._times(product),
            -carried,
            -told,
            -int(_is_sized(draft, product)),
            -_likeness(draft, product),
            -int(amount.unit in product.packs),
            number,
        )

    def _products(self, numbers: Products) -> list[Product]:
        return [self.index.products[number] for number in sorted(numbers)]

    def _numbers(self, products: Iterable[Product]) -> list[int]:
        return [self.index.by_sku[product.sku.upper()] for product in products]

    def _union(self, named: list[Span]) -> Products:
        return frozenset(number for span in named for number in span.senses[0].products)


def _is_told_by(product: Product, span: Span) -> bool:
    """Say whether "10 wala" or "250 wala" speaks of a product: by its price, or by its size where others have that price."""
    value = span.value or Decimal(0)
    return product.price_minor == value * 100 or (span.kind is SpanKind.QUANTITY and is_size(product, value))


def _is_sized(draft: Draft, product: Product) -> bool:
    """Say whether a size or a bare number of a draft is the product's size."""
    numbers = [span.value for span in draft.counts if span.unit is None]
    is_measured = any(span.size == product.size for span in draft.measures)
    return is_measured or any(is_size(product, number) for number in numbers)


def _likeness(draft: Draft, product: Product) -> float:
    """Say how alike the unknown words of a draft are to words of a product's name: 0 to 100 for each."""
    unknown = [span.word for span in draft.named if span.kind is SpanKind.UNKNOWN and span.word]
    return sum(max((fuzz.ratio(word, other) for other in product.words), default=0) for word in unknown)


def _weight_of_sacks(amount: Amount, sack: Product | None) -> Size | None:
    """Give the weight of quintals, or of a part of a sack; None when it cannot be told."""
    if amount.value is None:
        return None
    if amount.unit is Unit.QUINTAL:
        return Size(amount=amount.value * QUINTAL, is_volume=False)
    if sack is None or sack.size is None:
        return None
    return Size(amount=amount.value * sack.size.amount, is_volume=False)


def _value_of_each(choice: Choice) -> Decimal | None:
    """Give the one number that is meant for each kind; None when their number does not agree with what was said."""
    amount, kinds, said = choice.amount, len(choice.fitting), choice.draft.each_of
    if amount.weight or amount.is_vague or kinds < 2 or (said is not None and said != kinds):
        return None
    if not amount.many:
        return amount.value if said is not None else None
    is_one_of_each = set(amount.many) == {1}  # "sabai flavour 1/1", "tinai 1/1"
    agrees = len(set(amount.many)) == 1 and (is_one_of_each or len(amount.many) == kinds)
    return amount.many[0] if agrees else None


def _whole_named(draft: Draft, chosen: list[Product]) -> list[Product]:
    """Give the products whose whole name was said, where the names of the others go on ("Flexi", "Flexi MR")."""
    if len(chosen) < SEVERAL or len({product.is_loose for product in chosen}) > 1:
        return chosen  # loose, or by the sack?
    shortest = min(chosen, key=lambda product: len(_telling(product)))
    said = sum(span.words for span in draft.named)
    words = shortest.words
    if said in (len(words), len(words - lexicon().exact["packed_as"])):
        whole = [product for product in chosen if product.words == words]
        return whole if all(words <= product.words for product in chosen) else chosen
    others = [product for product in chosen if product is not shortest]
    is_beginning = all(
        shortest.brand == other.brand and _telling(shortest) < _telling(other) for other in others
    )
    return [shortest] if is_beginning and said == len(_telling(shortest)) >= SEVERAL else chosen


def _telling(product: Product) -> frozenset[str]:
    """Give the words of a name that say what the goods are: without the brand and how they are packed."""
    return product.words - lexicon().exact["packed_as"] - frozenset(product.brand.split())


def _whole_and_loose(makers: Makers, weight: Size) -> tuple[Makers, Makers]:
    """Split the ways to make up a weight into packs of just that weight and loose goods."""
    loose = [(product, count) for product, count in makers if product.is_loose]
    whole = [(product, count) for product, count in makers if product.size == weight]
    if loose and not any(product.packs & SACKS for product, _ in whole):
        whole = []  # "10 kg" of goods sold loose and by the crate is a weight
    return whole, loose


def _are_siblings(one: Product, other: Product) -> bool:
    """Say whether two products are kinds of the same goods: Oreo Vanilla and Oreo Chocolate; "Local" is no brand."""
    alike = (one.brand, one.category) == (other.brand, other.category)
    return alike and one.names_its_brand and 0 < len(one.words ^ other.words) <= 2
