"""The dialogue's interface to the order reader: messages, answers to open lines, and quantities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

from sqlalchemy.orm import Session

from bot.dialogue.machine import InputKind, PartyKind, Turn
from core.catalog import queries as catalog
from core.catalog.models import Product
from core.clock import business_date
from core.db.session import writes
from core.intake import service as intake
from core.intake.acts.reader import read_acts
from core.intake.acts.types import ActKind
from core.intake.reading import Answer, Edit, LineQuestion, QuestionKind, Reading, ShopKnowledge
from core.orders import queries as orders
from core.pricing import queries as pricing
from core.pricing.policy import NO_SPECIAL_PRICES, apply_price
from core.refs import ProductId

# What a shop may say together with an order; each has a step of its own.
BESIDE_GOODS: Final = frozenset(
    {
        ActKind.PAY,
        ActKind.PROMISE,
        ActKind.CORRECT_PAYMENT,
        ActKind.BALANCE,
        ActKind.STATEMENT,
        ActKind.SCORECARD,
        ActKind.INVOICE,
        ActKind.STATUS,
        ActKind.RECEIVED,
        ActKind.SHORT,
        ActKind.DAMAGED,
        ActKind.CANCEL,
        ActKind.PERSON,
        ActKind.COMPLAINT,
        ActKind.STOP,
    }
)
# Words that fit more goods than this name nothing in particular.
_MOST_ASKED_ABOUT = 8


def reading_once() -> Callable[[Turn], Reading]:
    """A cached reader for a turn's text: it reads again only for another text or party, or after a write."""
    seen: dict[tuple[str, PartyKind, int | None, int], Reading] = {}

    def read(turn: Turn) -> Reading:
        text = goods_words(turn)
        key = (text, turn.party.kind, turn.party.party_id, writes(turn.session))
        if key not in seen:
            seen[key] = read_text(turn, text)
        return seen[key]

    return read


def goods_words(turn: Turn) -> str:
    """The text without what a shop says beside its goods, such as a payment."""
    if turn.party.kind is PartyKind.VENDOR or turn.input.kind is not InputKind.TEXT:
        return turn.text
    acts = read_acts(turn.text, role=turn.role)
    others = [
        act for act in acts if act.kind in BESIDE_GOODS or (act.kind is ActKind.PLACE and not act.moves)
    ]
    if not others or not any(act.kind in (ActKind.ORDER, ActKind.EDIT) for act in acts):
        return turn.text
    return "\n".join(act.text for act in acts if act not in others)


def read_text(turn: Turn, text: str) -> Reading:
    return intake.read(turn.session, text, role=turn.role, shop=_shop(turn))


def read_answer(turn: Turn, questions: Sequence[LineQuestion], words: str) -> Answer:
    return intake.read_answer(turn.session, words, questions, shop=_shop(turn))


def quantity_of(turn: Turn, question: LineQuestion, sku: str) -> Decimal | None:
    """How many base pieces of *sku* the open line asks for; None without a quantity."""
    return intake.base_pieces(turn.session, sku, question.quantity, question.unit_said)


def how_many(question: LineQuestion, sku: str) -> LineQuestion:
    """The question for the quantity, now that the product is known."""
    return LineQuestion(
        source_text=question.source_text, kind=QuestionKind.HOW_MANY, candidates=(sku,), quantity=None
    )


def pieces(turn: Turn, product_id: int | None, edit: Edit) -> Decimal | None:
    """The base pieces that a change sets, by the unit that was said if the product wasn't named."""
    if product_id is None or edit.sku is not None:
        return edit.quantity
    sku = product(turn, product_id).sku
    return intake.base_pieces(turn.session, sku, edit.quantity, edit.unit_said)


def product(turn: Turn, product_id: int) -> Product:
    return catalog.get_product(turn.session, ProductId(product_id))


def learn(turn: Turn) -> None:
    """Learn the words whose meaning the shop chose for this basket, now that the order confirms them."""
    for row in turn.slots.get("learned") or ():
        intake.learn(
            turn.session,
            words=row["said"],
            product_id=ProductId(row["product_id"]),
            retailer_id=turn.retailer_id,
            now=turn.now,
        )


def goods_in(session: Session, text: str) -> list[str]:
    """The SKUs that the text names; none if it fits too many."""
    skus = intake.goods_named(session, text)
    return skus if len(skus) <= _MOST_ASKED_ABOUT else []


def goods_asked_about(turn: Turn) -> list[dict[str, Any]]:
    """The goods that a question names, with this shop's lowest current price for one piece."""
    skus = goods_in(turn.session, turn.text)
    products = catalog.products_by_skus(turn.session, skus)
    product_ids = [ProductId(found.id) for found in products.values()]
    listings = catalog.find_listings(turn.session, product_ids)
    special = (
        pricing.special_prices(
            turn.session,
            retailer_id=turn.retailer_id,
            product_ids=product_ids,
            on=business_date(turn.now),
        )
        if turn.party.kind is PartyKind.RETAILER
        else {}
    )
    asked = []
    for sku in skus:
        prices = [
            apply_price(row.price, Decimal(1), special.get(row.listing_id, NO_SPECIAL_PRICES)).price
            for row in listings
            if sku in products and row.product_id == products[sku].id and row.available
        ]
        if sku in products:
            asked.append({"product": products[sku], "price": min(prices, default=None)})
    return asked


def _shop(turn: Turn) -> ShopKnowledge:
    if turn.party.kind is not PartyKind.RETAILER:
        return ShopKnowledge()
    bought = orders.purchase_counts(turn.session, turn.retailer_id)
    return intake.knowledge_of(turn.session, turn.retailer_id, bought=bought)
