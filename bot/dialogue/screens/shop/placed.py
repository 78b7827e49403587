"""Goods that a shop would add to a placed order or take out of it: an order's number is no quantity, and nothing is changed unseen."""

from __future__ import annotations

import re
from typing import Final

from bot.dialogue.machine import InputKind, Outcome, State, Step, Turn
from bot.dialogue.reading.line_numbers import plain_digits
from bot.wording.say import Say
from core.errors import NotFound
from core.intake.acts.types import ActKind
from core.orders import queries
from core.orders.kinds import OrderStatus
from core.orders.models import Order

_GOODS: Final = frozenset({ActKind.ORDER, ActKind.EDIT})
# "1024 ma 5 kg chini thapnu", "add 2 kg sugar to order 1024", "chini 1024 bata hatau".
_NAMES_ORDER: Final = re.compile(
    r"(?:^|\n)\s*#?([1-9]\d{3,5})\s*(?:ma|mai|maa|मा)(?!\w)|(?:order|अर्डर|from|of)\s*#?([1-9]\d{3,5})(?!\d)"
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
        order = queries.find_by_short_code(
            turn.session, int(found[1] or found[2] or found[3]), retailer_id=turn.retailer_id
        )
    except NotFound:
        return None
    return None if order is None or order.status is OrderStatus.DRAFT else order


STEPS: tuple[Step, ...] = (
    Step(name="placed_already", matches=changes_placed, handler=tell_it_is_placed, takes=_GOODS),
)
