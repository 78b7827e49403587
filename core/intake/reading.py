"""What the order reader knows of the catalogue and the shop, and what it says about one message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from core.quantity import Said
from core.refs import ProductId


class Role(StrEnum):
    """Who writes: a shop that buys, or a wholesaler that sells."""

    RETAILER = "retailer"
    VENDOR = "vendor"


class Intent(StrEnum):
    """What a whole message wants. `OTHER` is everything that the order reader leaves alone."""

    ORDER = "order"
    REORDER = "reorder"
    CART_EDIT = "cart_edit"
    STATUS = "status"
    ACCEPT = "accept"
    REJECT = "reject"
    PAYMENT = "payment"
    BALANCE = "balance"
    CANCEL = "cancel"
    HELP = "help"
    GREETING = "greeting"
    SMALLTALK = "smalltalk"
    QUERY = "query"
    CONFIRM = "confirm"
    OTHER = "other"


class Unit(StrEnum):
    """How a writer counts; `amount` of goods is always turned into base pieces of the SKU."""

    PIECE = "piece"
    PACKET = "packet"
    CASE = "case"
    CRATE = "crate"
    BOX = "box"
    CONTAINER = "container"  # "dabba": the tin or jar that goods are sold in, a box of all others
    DOZEN = "dozen"
    SACK = "sack"
    BAG = "bag"
    STRIP = "strip"
    TIN = "tin"
    JAR = "jar"
    BOTTLE = "bottle"
    POUCH = "pouch"
    CAN = "can"
    BUNDLE = "bundle"
    ROLL = "roll"
    KG = "kg"
    GRAM = "g"
    LITRE = "l"
    ML = "ml"
    QUINTAL = "quintal"
    PAIR = "pair"
    OLD_MEASURE = "old_measure"


WEIGHTS = frozenset({Unit.KG, Unit.GRAM, Unit.LITRE, Unit.ML})  # weights and volumes
_COUNTED_AS_PIECES = WEIGHTS | {Unit.PIECE, Unit.PACKET, Unit.OLD_MEASURE}


def said_as(count: Decimal | None, unit: Unit | None, pieces: Decimal) -> Said | None:
    """The wording of a quantity, to show beside its base pieces; None where it says the same as they do."""
    if count is None or unit is None or unit in _COUNTED_AS_PIECES or count == pieces:
        return None
    return Said(count=count, unit=unit.value, pieces=pieces)


class QuestionKind(StrEnum):
    """What must be asked about a line. `NOT_SOLD` names goods that the catalogue lacks."""

    WHICH_PRODUCT = "which_product"
    WHICH_PACK = "which_pack"
    HOW_MANY = "how_many"
    NOT_SOLD = "not_sold"
    UNREADABLE = "unreadable"


class EditKind(StrEnum):
    """What happens to a line of the basket; `CLEAR` empties all of it."""

    SET = "set"
    REMOVE = "remove"
    CLEAR = "clear"


class LimitHit(StrEnum):
    """Why only the beginning of a message was read (the limits are in `language.tokens`)."""

    TOO_MANY_CHARACTERS = "too_many_characters"
    TOO_MANY_LINES = "too_many_lines"
    TOO_MANY_WORDS = "too_many_words"


class Reason(StrEnum):
    """Why a line was believed."""

    EXACT_WORDS = "exact_words"
    SOUNDS_ALIKE = "sounds_alike"
    SHOP_ALIAS = "shop_alias"
    SHOP_HISTORY = "shop_history"
    CARRIED_OVER = "carried_over"


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogEntry:
    """One product as the reader needs it. The price is used only to tell packs apart ("10 wala")."""

    sku: str
    name: str
    name_ne: str = ""
    brand: str = ""
    category: str = ""
    unit: str = "pcs"
    pack_size: str = ""
    case_qty: int = 1
    price_minor: int = 0
    aliases: tuple[str, ...] = ()
    # None for a catalogue that comes from a file.
    product_id: ProductId | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Bought:
    """What a shop's past says of one SKU."""

    times: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ShopKnowledge:
    """What one retailer taught us: its own words for products, and what it bought."""

    aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    history: Mapping[str, Bought] = field(default_factory=lambda: MappingProxyType({}))


NOTHING_KNOWN = ShopKnowledge()


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadLine:
    """A line that is certain. `quantity` is in base pieces of the SKU.

    `said_count` and `unit_said` keep the wording, so that "2 carton (60 pkt)" can be shown: `said_count` counts `unit_said`,
    or pieces where no unit was said. It is None where several wordings were added up.
    """

    sku: str
    quantity: Decimal
    unit_said: Unit | None
    source_text: str
    confidence: Decimal
    reason: Reason
    said_count: Decimal | None = None
    # "5 hoina 10": the number stands for another, which may be in the basket. It is set there, not added.
    is_put_right: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class LineQuestion:
    """Something named that is not certain. `quantity` counts `unit_said`, not base pieces: the SKU is not known yet."""

    source_text: str
    kind: QuestionKind
    candidates: tuple[str, ...] = ()
    quantity: Decimal | None = None
    unit_said: Unit | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """A change of the basket as last shown: of a SKU, of a line number, or (neither) of the line last spoken of.

    `quantity` is in base pieces when `sku` is set, else it counts `unit_said`. `candidates` are what an unclear name
    may mean: if the basket holds exactly one of them, that one is meant.
    """

    kind: EditKind
    sku: str | None = None
    line_number: int | None = None
    candidates: tuple[str, ...] = ()
    quantity: Decimal | None = None
    unit_said: Unit | None = None
    # How many of `unit_said`, where `quantity` is in base pieces.
    said_count: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Slots:
    """The facts beside the goods; None is what was not said. `amount_minor` is in paisa, `qty` counts `unit`."""

    order_ref: str | None = None
    amount_minor: int | None = None
    method: str | None = None
    reference: str | None = None
    qty: Decimal | None = None
    unit: Unit | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What the order reader makes of one message.

    `lines` are certain, `questions` ask about the rest, `edits` change the basket as last shown. `unread` quotes what was
    passed over, so that no number of an order vanishes. `clarify` says that something has to be asked.
    """

    intent: Intent
    lines: tuple[ReadLine, ...] = ()
    questions: tuple[LineQuestion, ...] = ()
    edits: tuple[Edit, ...] = ()
    slots: Slots = Slots()
    clarify: bool = False
    unread: tuple[str, ...] = ()
    limit_hit: LimitHit | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """An answer to the question at `position` (0-based). `quantity` is in base pieces, None when still unknown."""

    position: int
    sku: str
    quantity: Decimal | None
    unit_said: Unit | None = None
    said_count: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """`dropped` are questions the shop gave up ("tyo chahidaina"); `left` are those still open; `unread` was not understood."""

    answered: tuple[Answered, ...] = ()
    dropped: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    unread: tuple[str, ...] = ()
