"""Goods that a shop would add to an order that is placed: an order's number is no quantity, and nothing is added unseen."""

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
# "1024 ma 5 kg chini thapnu", "add 2 kg sugar to order 1024".
_NAMES_ORDER: Final = re.compile(
    r"(?:^|\n)\s*#?([1-9]\d{3,5})\s*(?:ma|mai|maa|मा)(?!\w)|(?:order|अर्डर)\s*#?([1-9]\d{3,5})(?!\d)",
    re.IGNORECASE,
)


def adds_to_placed(turn: Turn) -> bool:
    return turn.act is not None and turn.act.kind in _GOODS and _order_named(turn) is not None


def tell_it_is_placed(turn: Turn) -> Outcome:
    """Say that the order is placed, and how to change it or to order apart. Nothing goes into the basket."""
    order = _order_named(turn)
    if order is None:
        return Outcome()
    view = queries.order_view(turn.session, order.id)
    return Outcome(goto=State.SHOP, say=Say("ordering/placed_already", {"order": view}), order_id=order.id)


def _order_named(turn: Turn) -> Order | None:
    """The placed order of this shop that the text would add to."""
    found = _NAMES_ORDER.search(plain_digits(turn.text)) if turn.input.kind is InputKind.TEXT else None
    if found is None:
        return None
    try:
        order = queries.find_by_short_code(
            turn.session, int(found[1] or found[2]), retailer_id=turn.retailer_id
        )
    except NotFound:
        return None
    return None if order is None or order.status is OrderStatus.DRAFT else order


STEPS: tuple[Step, ...] = (
    Step(name="added_to_placed", matches=adds_to_placed, handler=tell_it_is_placed, takes=_GOODS),
)
