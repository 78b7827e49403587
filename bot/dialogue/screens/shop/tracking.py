"""A shop's placed orders: status, delivery code, canceling, changing, and decisions that only the shop can make."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from bot.dialogue.machine import POINTED, Ask, Outcome, PromptKind, State, Step, Turn, does
from bot.dialogue.reading.words import mentions
from bot.dialogue.screens.shop import ordering
from bot.dialogue.screens.shop.basket import not_ordered, questions_kept, shown
from bot.wording.errors import template_for
from bot.wording.say import Say
from core.intake.acts.types import ActKind, Mood
from core.intake.reading import EditKind, Intent
from core.messaging.models import Prompt
from core.money import Money, total
from core.orders import basket, ending, offers, queries
from core.orders.kinds import FulfillmentStatus, OrderStatus
from core.orders.models import Order
from core.orders.outcomes import ORDER, OrderEvent
from core.orders.transitions import OPEN
from core.orders.views import LineView, OrderView, Refused
from core.outcomes import states_changed_by
from core.parties.models import Position

CANCEL, ASKED = "cancel", "asked"
# As many as fit into one message.
_MOST_LISTED, _MOST_CODES = 10, 15
_GONE = frozenset({FulfillmentStatus.DISPATCHED, FulfillmentStatus.DELIVERED})
_CANCELABLE = states_changed_by(ORDER, OrderEvent.CANCEL) & OPEN
CHANGEABLE = states_changed_by(ORDER, OrderEvent.CHANGE)


# How an order stands


def asks_status(turn: Turn) -> bool:
    """A question about status, a lone order number (also with a yes to nothing that is asked), or a bare "and?"."""
    if does(ActKind.STATUS)(turn):
        return True
    if turn.act is None or len(turn.acts) > 1:
        return False
    is_number = turn.act.kind in (ActKind.CODE, ActKind.YES, ActKind.NO) and bool(turn.act.orders)
    return is_number or (turn.act.kind is ActKind.YES and turn.act.mood is Mood.ASKED)


def tell_status(turn: Turn) -> Outcome:
    """Show the order with that number, or all that are open."""
    asked = questions_kept(turn)
    if named := named_order(turn):
        view = queries.order_view(turn.session, named.id)
        facts: dict[str, Any] = {"order": view, "asked": asked, "was_asked": _was_asked(turn)}
        say = Say("tracking/order", facts)
        return Outcome(goto=State.SHOP, say=say, order_id=named.id, slots=_pointed(turn, view))
    views = queries.open_orders(turn.session, turn.retailer_id)
    waiting = basket.find_waiting(turn.session, turn.retailer_id)
    if waiting is not None and (not views or turn.party.position is Position.HELPER):
        is_owner = turn.party.position is Position.OWNER
        waits = {"total": Money(waiting.shown_total_minor or 0), "is_owner": is_owner}
        return Outcome(goto=State.SHOP, say=Say("tracking/waits_for_owner", waits), order_id=waiting.id)
    draft = basket.find_basket(turn.session, turn.retailer_id)
    is_of_basket = not views or mentions(turn.text, "asks_why")
    if is_of_basket and draft is not None and basket.lines_of(turn.session, draft.id):
        # Nothing has been ordered yet, or it is asked why not: the question must be about the basket.
        return not_ordered(turn, draft, "asked")
    if not views:
        return Outcome(goto=State.SHOP, say=Say("tracking/none"))
    if len(views) == 1:
        facts = {"order": views[0], "asked": asked, "was_asked": _was_asked(turn)}
        say = Say("tracking/order", facts)
        return Outcome(goto=State.SHOP, say=say, order_id=views[0].order_id, slots=_pointed(turn, *views))
    say = Say("tracking/orders", {**listed(views), "asked": asked})
    return Outcome(goto=State.SHOP, say=say, slots=_pointed(turn, *views))


def _pointed(turn: Turn, *views: OrderView) -> dict[str, Any]:
    """That the person was told which orders wait for an answer: a yes after that may be for one of them."""
    waiting = [view.order_id for view in views if view.asked]
    return {POINTED: {"orders": waiting, "at": turn.now.isoformat()}} if waiting else {}


def _was_asked(turn: Turn) -> bool:
    """Whether a question about an order is this person's to answer: the owner's, or that of a helper who was asked."""
    return turn.party.position is Position.OWNER or any(prompt.kind == ASKED for prompt in turn.prompts)


def listed(views: Sequence[OrderView]) -> dict[str, Any]:
    """As many orders as fit into a message, the newest, and how many more there are."""
    return {"orders": views[:_MOST_LISTED], "more": max(len(views) - _MOST_LISTED, 0)}


# The code for the vendor


def asks_code(turn: Turn) -> bool:
    """The shop asks for the code, or types it into its own chat by mistake."""
    typed = does(ActKind.CODE)(turn) and turn.act is not None and bool(turn.act.codes)
    return typed or does(ActKind.ASK_CODE)(turn)


def tell_code(turn: Turn) -> Outcome:
    """Show the delivery codes of dispatched parcels again."""
    views = queries.open_orders(turn.session, turn.retailer_id)
    named = numbers_said(turn)
    parcels = [
        part
        for view in views
        if not named or str(view.short_code) in named
        for part in view.fulfillments
        if part.status is FulfillmentStatus.DISPATCHED
    ]
    if not parcels:
        return Outcome(goto=State.SHOP, say=Say("tracking/no_code"))
    return Outcome(
        goto=State.SHOP,
        say=Say(
            "tracking/code", {"parcels": parcels[-_MOST_CODES:], "more": max(len(parcels) - _MOST_CODES, 0)}
        ),
        order_id=parcels[0].order_id,
    )


# Canceling and changing


def wants_cancel(turn: Turn) -> bool:
    return does(ActKind.CANCEL)(turn) or (does(ActKind.UNREAD)(turn) and turn.reading.intent is Intent.CANCEL)


def ask_cancel(turn: Turn) -> Outcome:
    """Ask before canceling an order. Several are listed; without any, the basket is emptied.

    "Do not cancel" and "was it canceled?" only show the status.
    """
    if turn.act is not None and turn.act.kind is ActKind.CANCEL and not turn.act.moves:
        return tell_status(turn)
    if named := named_order(turn):
        return _ask_cancel(queries.order_view(turn.session, named.id))
    views = [v for v in queries.open_orders(turn.session, turn.retailer_id) if v.status in _CANCELABLE]
    order = basket.find_basket(turn.session, turn.retailer_id)
    if order is not None and basket.lines_of(turn.session, order.id):
        return _cancel_basket(turn, order, has_orders=bool(views))
    if not views:
        return Outcome(goto=State.SHOP, say=Say("tracking/nothing_to_cancel"))
    if len(views) == 1:
        return _ask_cancel(views[0])
    return Outcome(goto=State.SHOP, say=Say("tracking/cancel_which", listed(views)))


def _cancel_basket(turn: Turn, order: Order, *, has_orders: bool) -> Outcome:
    """A plain "cancel" empties the basket. "I do not want that" may mean a line or an order, so ask."""
    is_plain = does(ActKind.CANCEL)(turn) or any(edit.kind is EditKind.CLEAR for edit in turn.reading.edits)
    if is_plain and not has_orders:
        return ordering.clear(turn)
    return shown(turn, order, notes=[{"code": "cancel_what", "has_orders": has_orders}])


def where_things_stand(turn: Turn) -> Outcome:
    """After a yes without an open prompt: show the basket, or else the open orders."""
    order = basket.find_basket(turn.session, turn.retailer_id)
    has_lines = order is not None and bool(basket.lines_of(turn.session, order.id))
    if not has_lines and queries.open_orders(turn.session, turn.retailer_id):
        return tell_status(turn)
    return ordering.present(turn)


def what_waits(turn: Turn) -> Outcome:
    """After thanks: that the basket waits for its yes, in short; or else where things stand."""
    order = basket.find_basket(turn.session, turn.retailer_id)
    if order is not None and basket.lines_of(turn.session, order.id):
        return not_ordered(turn, order, "asked")
    return where_things_stand(turn)


def _ask_cancel(view: OrderView) -> Outcome:
    if view.status is OrderStatus.CANCELED:
        facts = {"short_code": view.short_code, "status": view.status}
        return Outcome(
            goto=State.SHOP, say=Say("errors/already_done", {"facts": facts}), order_id=view.order_id
        )
    if view.status not in _CANCELABLE:
        say = Say("tracking/cancel_too_late", {"order": view})
        return Outcome(goto=State.SHOP, say=say, order_id=view.order_id)
    return Outcome(
        goto=State.SHOP,
        say=Say("tracking/cancel_asked", {"order": view, "rest": not_gone(view), "gone": gone_total(view)}),
        ask=Ask(kind=CANCEL, subject_id=view.order_id, facts={"about": {"short_code": view.short_code}}),
        order_id=view.order_id,
    )


def answer_cancel(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Cancel the order, or leave it. A yes after other words is asked for once more."""
    if choice == "again":
        return replace(_ask_cancel(queries.order_view(turn.session, prompt.subject_id)), closes=[prompt])
    if choice != "yes":
        view = queries.order_view(turn.session, prompt.subject_id)
        return Outcome(goto=State.SHOP, say=Say("tracking/order", {"order": view}), closes=[prompt])
    rest = not_gone(queries.order_view(turn.session, prompt.subject_id))
    ending.cancel(turn.session, prompt.subject_id, reason="retailer", actor=turn.actor, now=turn.now)
    return _canceled(turn, prompt, rest)


def _canceled(turn: Turn, prompt: Prompt, rest: Sequence[GoodsLeft]) -> Outcome:
    """What has already left goes on; only the *rest* is canceled."""
    view = queries.order_view(turn.session, prompt.subject_id)
    say = (
        Say("tracking/canceled", {"order": view})
        if view.status is OrderStatus.CANCELED
        else Say("tracking/rest_canceled", {"order": view, "rest": rest, "gone": gone_total(view)})
    )
    return Outcome(goto=State.SHOP, say=say, closes=[prompt], order_id=prompt.subject_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class GoodsLeft:
    """How much of a line has not left yet, and can still be canceled."""

    line: LineView
    quantity: Decimal


def not_gone(view: OrderView) -> list[GoodsLeft]:
    """What of an order can still be canceled: what is neither on its way nor given up."""
    gone: dict[int, Decimal] = defaultdict(Decimal)
    for part in view.fulfillments:
        if part.status in _GONE:
            for row in part.lines:
                gone[row.line.order_line_id] += row.line.quantity
    left = [
        GoodsLeft(
            line=row.line,
            quantity=row.line.quantity - row.unfulfilled - gone[row.line.order_line_id],
        )
        for row in view.lines
    ]
    return [one for one in left if one.quantity > 0]


def gone_total(view: OrderView) -> Money:
    """What the parts come to that have left."""
    return total(part.total for part in view.fulfillments if part.status in _GONE)


def stale_order(turn: Turn, prompt: Prompt, _choice: str) -> Outcome:
    """Show the order of an old button."""
    queries.get_order(turn.session, prompt.subject_id, retailer_id=turn.retailer_id)
    view = queries.order_view(turn.session, prompt.subject_id)
    return Outcome(goto=State.SHOP, say=Say("tracking/order", {"order": view}), order_id=prompt.subject_id)


def wants_change(turn: Turn) -> bool:
    """A request to change a placed order."""
    return does(ActKind.CHANGE)(turn)


def change(turn: Turn) -> Outcome:
    """Change a placed order that no vendor has accepted: cancel it and put its lines back into the basket."""
    order = named_order(turn)
    if turn.act is None or not turn.act.moves:
        return tell_status(turn)
    if order is None:
        views = queries.open_orders(turn.session, turn.retailer_id)
        open_ones = [v for v in views if v.status in CHANGEABLE]
        if len(open_ones) != 1:
            return ordering.present(turn)
        order = queries.get_order(turn.session, open_ones[0].order_id)
    reopened = ending.reopen_as_basket(turn.session, order.id, actor=turn.actor, now=turn.now)
    return shown(turn, reopened, notes=[{"code": "reopened", "short_code": order.short_code}])


def numbers_said(turn: Turn) -> tuple[str, ...]:
    """The order numbers in the acts."""
    return tuple(number for act in turn.acts for number in act.orders)


def named_order(turn: Turn) -> Order | None:
    """The order with the number in the text. Raises NotFound for another shop's, as for none."""
    found = numbers_said(turn)
    if not found:
        return None
    return queries.find_by_short_code(turn.session, int(found[0]), retailer_id=turn.retailer_id)


# Decisions for the retailer: dearer vendors, or only a part


# By `asked_at` an answer names its question, so that a yes never means another price.
_OF_QUESTION = ("question", "about", "asked_at", "new_total_minor")


def answer_asked(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """The retailer accepts dearer vendors or a part of the order, or doesn't."""
    asked_at = prompt.facts.get("asked_at")
    answered = offers.answer_asked(
        turn.session,
        prompt.subject_id,
        yes=choice == "yes",
        asked_at=None if asked_at is None else dt.datetime.fromisoformat(asked_at),
        actor=turn.actor,
        now=turn.now,
    )
    if isinstance(answered, Refused):
        # The prompt stays open: the same yes may succeed later, or for the owner.
        return Outcome(goto=State.SHOP, say=Say(template_for(answered.code), {"facts": answered.facts}))
    view = queries.order_view(turn.session, prompt.subject_id)
    question = prompt.facts.get("question", "part")
    return Outcome(
        goto=State.SHOP,
        say=Say("tracking/asked_answered", {"order": view, "question": question, "yes": choice == "yes"}),
        closes=[prompt],
        order_id=prompt.subject_id,
    )


def ask_again(turn: Turn, prompt: Prompt) -> Outcome:
    """Say why the shop is asked about its order, and ask once more."""
    view = queries.order_view(turn.session, prompt.subject_id)
    kept: dict[str, Any] = {key: prompt.facts[key] for key in _OF_QUESTION if key in prompt.facts}
    new_total = kept.get("new_total_minor")
    shown = {
        "order": view,
        "question": kept.get("question", "part"),
        "new_total": None if new_total is None else Money(new_total),
    }
    return Outcome(
        goto=State.SHOP,
        say=Say("tracking/asked_again", shown),
        ask=Ask(kind=ASKED, subject_id=prompt.subject_id, facts=kept, expires_at=prompt.expires_at),
        closes=[prompt],
        order_id=prompt.subject_id,
    )


# What a shop can say in any of its states.
KEYWORD_STEPS: tuple[Step, ...] = (
    Step(
        name="code",
        matches=asks_code,
        handler=tell_code,
        takes=frozenset({ActKind.ASK_CODE, ActKind.CODE}),
    ),
)
# A question how an order stands is none of a shortage that is asked about.
STATUS_STEPS: tuple[Step, ...] = (
    Step(name="status", matches=does(ActKind.STATUS), handler=tell_status, takes=frozenset({ActKind.STATUS})),
)
STEPS: tuple[Step, ...] = (
    *KEYWORD_STEPS,
    Step(name="change", matches=wants_change, handler=change, takes=frozenset({ActKind.CHANGE})),
    Step(name="cancel", matches=wants_cancel, handler=ask_cancel, takes=frozenset({ActKind.CANCEL})),
    Step(
        name="status",
        matches=asks_status,
        handler=tell_status,
        takes=frozenset(
            {ActKind.STATUS, ActKind.CODE, ActKind.GREETING, ActKind.CHAT, ActKind.YES, ActKind.NO}
        ),
    ),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(
        name=CANCEL,
        answer=answer_cancel,
        stale=stale_order,
        yes="yes",
        no="no",
        late_yes="again",
        subject="order",
    ),
    PromptKind(name=ASKED, answer=answer_asked, stale=stale_order, yes="yes", no="no", subject="order"),
)
