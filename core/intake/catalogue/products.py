"""A product as the reader knows it, and how surely a word names one."""

from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum

from core.intake.language.measures import Attribute
from core.intake.reading import Unit
from core.refs import ProductId

KILO = Decimal(1000)  # grams, or millilitres


class Surety(IntEnum):
    """How a word was recognised, the surest first."""

    SPELLED = 0
    HEARD = 1  # the same letters, but for breath ("thin", "tin")
    SOUNDS_ALIKE = 2  # another reading of its spelling
    TRANSLATED = 3  # another language's word for it
    SHORT_FORM = 4  # a code, initials, or the category
    BEGINNING = 5
    MISSPELLED = 6
    GUESSED = 7  # a slip in a short word: believed only beside another word of the same name


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Size:
    """A pack's weight in grams or volume in millilitres."""

    amount: Decimal
    is_volume: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Product:
    """A product as the reader compares it.

    `case_qty` is the number of base pieces in a case, `price_minor` the price of one base piece in paisa, for telling
    packs apart only.
    """

    sku: str
    size: Size | None
    unit: Unit | None
    packs: frozenset[Unit]  # every kind of pack its name and unit speak of
    is_loose: bool
    contents: int | None  # how many pieces its pack holds, if it says so
    case_qty: int
    price_minor: int
    category: str
    brand: str
    words: frozenset[str]  # of its name, without sizes and packs
    family: str  # the same goods in other packs
    product_id: ProductId | None = None
    attributes: frozenset[Attribute] = frozenset()
    numerals: frozenset[Decimal] = frozenset()  # numbers of its name that are no weight, as they are written

    @property
    def names_its_brand(self) -> bool:
        """Say whether the brand stands in the name; "Local" is a brand that nobody says."""
        return any(word in self.words for word in self.brand.split())


def is_size(product: Product, value: Decimal | None) -> bool:
    """Say whether a bare number is a number of the product's name, or its weight or volume in either unit."""
    if value is None:
        return False
    if value in product.numerals:
        return True
    if product.size is None:
        return False
    return product.size.amount == value or (product.size.amount == value * KILO and value < KILO)
