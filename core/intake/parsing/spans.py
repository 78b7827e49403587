"""The spans of a message: what each token, or run of tokens, is to an order."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.intake.catalogue.products import Size, Surety
from core.intake.catalogue.wordbook import Products
from core.intake.language.lexicon import Cue
from core.intake.language.measures import Attribute
from core.intake.reading import Unit

SENSES_KEPT = 4


class SpanKind(StrEnum):
    PRODUCT = "product"
    UNKNOWN = "unknown"  # a word that might name goods this catalogue lacks
    QUANTITY = "quantity"
    MEASURE = "measure"  # a weight or volume: a pack or an amount, seen later
    ATTRIBUTE = "attribute"  # a measure that only tells goods apart ("9W"), not part of a name yet
    PRICE = "price"
    PACK = "pack"  # a kind of pack without a number
    SMALL = "small"
    BIG = "big"
    EACH = "each"
    VAGUE = "vague"
    APPROXIMATE = "approximate"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    NOT = "not"
    COMMA = "comma"  # parts items of one row
    STOP = "stop"  # ends a row
    TALK = "talk"


NAMING = frozenset({SpanKind.PRODUCT, SpanKind.UNKNOWN})
SMALLEST_SIZE = Decimal(100)  # a smaller bare number counts
COUNTING = frozenset({SpanKind.QUANTITY, SpanKind.MEASURE})
SEPARATING = frozenset({SpanKind.COMMA, SpanKind.STOP})


@dataclass(frozen=True, kw_only=True, slots=True)
class Sense:
    """One way to read the words of an entity; a smaller `doubt` is surer."""

    doubt: int
    products: Products


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    kind: SpanKind
    start: int
    end: int
    value: Decimal | None = None
    many: tuple[Decimal, ...] = ()
    unit: Unit | None = None
    size: Size | None = None
    senses: tuple[Sense, ...] = ()
    surety: Surety = Surety.SPELLED
    is_pack: bool = False  # "5 kg ko" is surely a pack, "40 wala" surely tells packs apart
    is_fixed: bool = False  # a product code or the shop's own word
    is_vague: bool = False
    is_doubted: bool = False  # stands under a heading that names nothing sold here: asked about
    in_brackets: bool = False
    wide: tuple[Sense, ...] = ()  # the senses of a name without the measures in it
    word: str = ""  # the key of an unknown word
    attribute: Attribute | None = None
    words: int = 0  # of a name, without its sizes and what stands between

    @property
    def is_count(self) -> bool:
        """Say whether it is a number that counts, and names no size."""
        return self.kind is SpanKind.QUANTITY and not self.is_pack

    @property
    def is_exact_count(self) -> bool:
        """Say whether it counts with one number, which nothing makes vague."""
        return self.is_count and self.value is not None and not (self.many or self.is_vague)


@dataclass(frozen=True, kw_only=True, slots=True)
class TaggedMessage:
    spans: tuple[Span, ...]
    cues: tuple[Cue, ...]
    is_price_list: bool = False


def together(one: tuple[Sense, ...], other: tuple[Sense, ...]) -> tuple[Sense, ...]:
    """Give the senses in which some product carries both words, the surest first."""
    both = [
        Sense(doubt=left.doubt + right.doubt, products=products)
        for left in one
        for right in other
        if (products := left.products & right.products)
    ]
    return tuple(sorted(both, key=lambda sense: sense.doubt)[:SENSES_KEPT])
