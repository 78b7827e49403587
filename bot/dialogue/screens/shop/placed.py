"""Goods that a shop would add to a placed order or take out of it: an order's number is no quantity, and nothing is changed unseen."""

from __future__ import annotations

import re
from typing import Final

from bot.dialogue.machine import InputKind, Outcome, State, Step, Turn
from bot.dialogue.reading.line_numbers import plain_digits
from bot.dialogue.screens.shop.line_changes import lines_meant
from bot.dialogue.screens.shop.tracking import CHANGEABLE
from bot.wording.say import Say
from core.catalog import queries as catalog
from core.errors import NotFound
from core.intake.acts.types import ActKind
from core.orders import basket, queries
from core.orders.kinds import OrderStatus
from core.orders.models import Order
from core.orders.views import OrderView

_GOODS: Final = frozenset({ActKind.ORDER, ActKind.EDIT})
# "1024 ma 5 kg chini thapnu", "add 2 kg sugar to order 1024", "change 1024 coke 3 peti", "chini 1024 bata hatau".
_NAMES_ORDER: Final = re.compile(
    r"(?:^|\n)\s*#?([1-9]\d{3,5})\s*(?:ma|mai|maa|मा)(?!\w)|(?:order|अर्डर|from|of)\s*#?([1-9]\d{3,5})(?!\d)"
    r"|(?:change|chenj|edit|update|badal\w*|फेर\S*)\s+(?:order\s+)?#?([1-9]\d{3,5})(?!\d)"
    r"|(?<![\d.,])#?([1-9]\d{3,5})\s*(?:bata|baata|dekhi|ko|बाट|को|ma|मा)(?![\w\u0900-\u097f])",
    re.IGNORECASE,
)


def changes_placed(turn: Turn) -> bool:
    """Goods beside the number of a placed order; also "1024 ko chini chahiyena", which cancels nothing."""
    act = turn.act
    if act is None or _order_named(turn) is None:
        return False
    is_part = act.kind is ActKind.CANCEL and not act.moves and bool(act.left)
    return act.kind in _GOODS or is_part


def tell_it_is_placed(turn: Turn) -> Outcome:
    """Say that the order is placed, and how to change it or to order apart. Nothing goes into the basket."""
    order = _order_named(turn)
    if order is None:
        return Outcome()
    view = queries.order_view(turn.session, order.id)
    return Outcome(goto=State.SHOP, say=Say("ordering/placed_already", {"order": view}), order_id=order.id)


def _order_named(turn: Turn) -> Order | None:
    """The placed order of this shop that the text is about."""
    found = _NAMES_ORDER.search(plain_digits(turn.text)) if turn.input.kind is InputKind.TEXT else None
    if found is None:
        return None
    try:
        number = next(int(group) for group in found.groups() if group)
        order = queries.find_by_short_code(turn.session, number, retailer_id=turn.retailer_id)
    except NotFound:
        return None
    return None if order is None or order.status is OrderStatus.DRAFT else order


def changes_placed_goods(turn: Turn) -> bool:
    """A change of goods that aren't in the basket, but in an order that can still be changed: "wait, make it 10 kg sugar"."""
    is_about_goods = turn.act is None or turn.act.kind in _GOODS
    return turn.input.kind is InputKind.TEXT and is_about_goods and _order_with_goods(turn) is not None


def tell_its_goods_are_placed(turn: Turn) -> Outcome:
    """Say that they are in that order, and how to change it."""
    view = _order_with_goods(turn)
    if view is None:
        raise AssertionError("matched without an order")
    return Outcome(
        goto=State.SHOP, say=Say("ordering/placed_already", {"order": view}), order_id=view.order_id
    )


def _order_with_goods(turn: Turn) -> OrderView | None:
    edits = [edit for edit in turn.reading.edits if edit.sku is not None or edit.candidates]
    draft = basket.find_basket(turn.session, turn.retailer_id) if edits else None
    if not edits or any(lines_meant(turn, draft, edit) for edit in edits):
        return None
    skus = {sku for edit in edits for sku in ((edit.sku,) if edit.sku is not None else edit.candidates)}
    named = {one.id for one in catalog.products_by_skus(turn.session, skus).values()}
    found = [
        view
        for view in queries.open_orders(turn.session, turn.retailer_id)
        if view.status in CHANGEABLE and any(row.line.product_id in named for row in view.lines)
    ]
    return found[0] if len(found) == 1 else None


READ_STEPS: tuple[Step, ...] = (
    Step(name="placed_goods", matches=changes_placed_goods, handler=tell_its_goods_are_placed, takes=_GOODS),
)
STEPS: tuple[Step, ...] = (
    Step(name="placed_already", matches=changes_placed, handler=tell_it_is_placed, takes=_GOODS),
)
