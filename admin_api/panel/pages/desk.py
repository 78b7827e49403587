"""The clerk's desk: a photo, a voice note or an unclear order, typed by a person and read by the order reader, line by line.

What is certain goes into the shop's basket, and the basket to the shop for its yes; what the clerk chooses or corrects is
learned as the shop's own.
"""

from __future__ import annotations

from decimal import Decimal

from flask import Blueprint, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_api.endpoints import Call
from admin_api.panel.doors import Done, Shown, action, page
from admin_api.panel.forms import FieldNotUnderstood, number
from admin_api.panel.pages.media import media_of
from admin_api.panel.routes import act, show
from core.catalog import queries as catalog
from core.catalog.models import Product
from core.errors import DomainError, NotFound
from core.intake import service as intake
from core.intake.queries import knowledge_of
from core.intake.reading import Role, Unit
from core.messaging import queries as messaging
from core.messaging import service as conversations
from core.messaging.acting import parties_of_writers
from core.messaging.models import Conversation, InboundMessage
from core.orders import asking, basket
from core.orders import queries as orders
from core.orders.kinds import OrderStatus
from core.orders.models import Order, OrderLine
from core.orders.views import NewLine
from core.parties import queries as parties
from core.quantity import LARGEST
from core.refs import ContactId, ConversationId, ProductId, RetailerId

_LAST_MESSAGES = 10
_LONGEST = 4000
_MOST_LINES = 100


class ProductNotClear(DomainError):
    """The words name no product, or several."""

    code = "product_not_clear"


def add(panel: Blueprint) -> None:
    show(panel, "/conversations/<id:conversation_id>/desk", desk)
    act(panel, "/conversations/<id:conversation_id>/desk", fill)
    act(panel, "/conversations/<id:conversation_id>/send-basket", send)


@page
def desk(call: Call, conversation_id: int) -> Shown:
    session = call.session
    chat, retailer_id = _chat_of_shop(call, conversation_id)
    text = request.args.get("text", "")[:_LONGEST]
    reading, products = None, {}
    if text.strip():
        bought = orders.purchase_counts(session, retailer_id)
        shop = knowledge_of(session, retailer_id, bought=bought)
        reading = intake.read(session, text, role=Role.RETAILER, shop=shop)
        skus = {line.sku for line in reading.lines}
        skus |= {sku for question in reading.questions for sku in question.candidates}
        products = catalog.products_by_skus(session, skus)
    seen, in_basket = _basket(session, retailer_id)
    messages = session.scalars(
        select(InboundMessage)
        .where(InboundMessage.conversation_id == conversation_id)
        .order_by(InboundMessage.id.desc())
        .limit(_LAST_MESSAGES)
    ).all()
    return Shown(
        template="desk.html",
        facts={
            "chat": chat,
            "shop": parties.get_retailer(session, retailer_id),
            "messages": list(reversed(messages)),
            "media_of": media_of,
            "seen": seen,
            "in_basket": in_basket,
            "text": text,
            "reading": reading,
            "products": products,
        },
    )


@action
def fill(call: Call, conversation_id: int) -> Done:
    """Put the chosen lines into the basket. A line without a product or with nothing of it stays out."""
    chat, retailer_id = _chat_of_shop(call, conversation_id)
    chosen = _chosen(call)
    products = catalog.products_by_skus(call.session, [sku for sku, *_ in chosen])
    if not chosen or any(sku not in products for sku, *_ in chosen):
        raise FieldNotUnderstood(field="lines")
    lines = [
        NewLine(product_id=products[sku].id, quantity=pieces, source_text=words or None)
        for sku, pieces, words, _ in chosen
        if pieces
    ]
    if not lines:
        raise FieldNotUnderstood(field="quantity")
    is_sent = request.form.get("then") == "send"
    if is_sent:
        _hand_back(call, chat)
    # A form that was sent twice, or was filled over another basket, is refused.
    seen = request.form.get("seen") or None
    basket.add_lines(
        call.session, retailer_id=retailer_id, lines=lines, seen=seen, actor=call.actor, now=call.now
    )
    for sku, _, words, is_corrected in chosen:
        if is_corrected and words:
            product_id = ProductId(products[sku].id)
            intake.learn(
                call.session, words=words, product_id=product_id, retailer_id=retailer_id, now=call.now
            )
    if not is_sent:
        # Without the text, so that the same lines aren't put in once more.
        return Done(
            say="basket_filled",
            facts={"n": str(len(lines))},
            to=f"/admin/conversations/{conversation_id}/desk",
        )
    return _send(call, chat, retailer_id)


@action
def send(call: Call, conversation_id: int) -> Done:
    """Ask the person of the chat for the yes to the basket as it stands."""
    chat, retailer_id = _chat_of_shop(call, conversation_id)
    _hand_back(call, chat)
    return _send(call, chat, retailer_id)


def _hand_back(call: Call, chat: Conversation) -> None:
    """In a chat that somebody took over, the bot would not hear the yes: it is handed back, before the basket is locked."""
    conversations.answered_at_desk(call.session, ConversationId(chat.id), actor=call.actor, now=call.now)


def _send(call: Call, chat: Conversation, retailer_id: RetailerId) -> Done:
    asking.ask_for_yes(
        call.session, retailer_id, contact_id=ContactId(chat.contact_id), actor=call.actor, now=call.now
    )
    return Done(say="sent_for_yes", to=f"/admin/conversations/{chat.id}")


def _basket(session: Session, retailer_id: RetailerId) -> tuple[str, list[tuple[OrderLine, Product]]]:
    """Which state of the shop's basket this is, and what it holds: one statement."""
    rows = session.execute(
        select(Order, OrderLine, Product)
        .outerjoin(OrderLine, OrderLine.order_id == Order.id)
        .outerjoin(Product, Product.id == OrderLine.product_id)
        .where(
            Order.retailer_id == retailer_id,
            Order.status == OrderStatus.DRAFT,
            Order.awaiting_owner_since.is_(None),
        )
        .order_by(OrderLine.position)
    ).all()
    state = basket.state_of(rows[0][0] if rows else None)
    return state, [(line, product) for _, line, product in rows if line is not None]


def _named_instead(call: Call, words: str) -> str | None:
    """The product that the clerk names by its SKU or its words; None for no words. Words for none or for several are refused."""
    named = words.strip()[:200]
    if not named:
        return None
    if catalog.products_by_skus(call.session, {named.upper()}):
        return named.upper()
    found = intake.goods_named(call.session, named)
    if len(found) != 1:
        raise ProductNotClear(words=named, found=len(found))
    return found[0]


def _chosen(call: Call) -> list[tuple[str, Decimal, str, bool]]:
    """The SKU, base pieces and words of each line of the form, and whether the clerk chose or corrected its product."""
    form, none = request.form, [""] * _MOST_LINES
    rows = zip(
        form.getlist("sku")[:_MOST_LINES],
        form.getlist("quantity"),
        form.getlist("words"),
        form.getlist("corrected"),
        [*form.getlist("instead"), *none],
        [*form.getlist("unit"), *none],
        strict=False,
    )
    found = []
    for given, quantity, words, corrected, named, unit in rows:
        if not quantity.strip():
            if named.strip() or (given and corrected == "yes"):
                raise FieldNotUnderstood(field="quantity")  # chosen, but not how many
            continue
        if not (given or named.strip()):
            continue
        sku = _named_instead(call, named) or given
        is_corrected = bool(named.strip()) or corrected == "yes"
        found.append((sku, _pieces(call, sku, quantity, unit), words[:500], is_corrected))
    return found


def _chat_of_shop(call: Call, conversation_id: int) -> tuple[Conversation, RetailerId]:
    """Raises NotFound where nobody acts for a shop."""
    chat = messaging.get_conversation(call.session, ConversationId(conversation_id))
    retailer_id, _ = parties_of_writers(call.session, [conversation_id])[conversation_id]
    if retailer_id is None:
        raise NotFound(kind="conversations", id=conversation_id)
    return chat, retailer_id


def _pieces(call: Call, sku: str, text: str, unit: str) -> Decimal:
    """In base pieces. An unclear line counts what was said, whose size is known with its product."""
    value = _number(text)
    if unit not in set(Unit) or not value:
        return value
    pieces = intake.base_pieces(call.session, sku, value, Unit(unit))
    if pieces is None:
        raise FieldNotUnderstood(field="quantity")
    return pieces


def _number(text: str) -> Decimal:
    value = number(text, field="quantity")
    if value > LARGEST:
        raise FieldNotUnderstood(field="quantity")
    return value
