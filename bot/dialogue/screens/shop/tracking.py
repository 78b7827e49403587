"""A shop asks how its orders stand, cancels or changes one, asks for its code, is asked what only it can decide."""

from __future__ import annotations

from bot.dialogue.machine import Ask, InputKind, Outcome, PromptKind, State, Step, Turn
from bot.dialogue.reading.words import begins_with, codes, is_said, mentions
from bot.dialogue.screens.shop import ordering
from bot.dialogue.screens.shop.basket import shown
from bot.wording.errors import template_for
from bot.wording.say import Say
from core.intake.reading import EditKind, Intent
from core.messaging.models import Prompt
from core.orders import basket, ending, offers, queries
from core.orders.kinds import FulfillmentStatus, OrderStatus
from core.orders.models import Order
from core.orders.views import OrderView, Refused

CANCEL, ASKED = "cancel", "asked"
_CANCELABLE = (OrderStatus.PLACED, OrderStatus.OFFERED, OrderStatus.ACCEPTED)


def speaks_of(turn: Turn, group: str) -> bool:
    """A word of the group alone, or with an order's number beside it."""
    if turn.input.kind is not InputKind.TEXT:
        return False
    return is_said(turn.text, group) or (begins_with(turn.text, group) and bool(codes(turn.text)))


# How an order stands


def asks_status(turn: Turn) -> bool:
    if turn.input.kind is not InputKind.TEXT:
        return False
    if is_said(turn.text, "orders") or mentions(turn.text.replace("?", " "), "where_is_it"):
        return True
    return is_bare_code(turn) or turn.reading.intent is Intent.STATUS


def is_bare_code(turn: Turn) -> bool:
    found = codes(turn.text)
    return len(found) == 1 and not any(character.isalpha() for character in turn.text)


def tell_status(turn: Turn) -> Outcome:
    """One order by its number, or all that are under way."""
    if named := named_order(turn):
        view = queries.order_view(turn.session, named.id)
        return Outcome(goto=State.SHOP, say=Say("tracking/order", {"order": view}), order_id=named.id)
    views = queries.open_orders(turn.session, turn.retailer_id)
    if not views:
        return Outcome(goto=State.SHOP, say=Say("tracking/none"))
    if len(views) == 1:
        return Outcome(
            goto=State.SHOP, say=Say("tracking/order", {"order": views[0]}), order_id=views[0].order_id
        )
    return Outcome(goto=State.SHOP, say=Say("tracking/orders", {"orders": views}))


# The code for the vendor


def asks_code(turn: Turn) -> bool:
    return speaks_of(turn, "code")


def tell_code(turn: Turn) -> Outcome:
    """The delivery codes of what is on its way, again."""
    views = queries.open_orders(turn.session, turn.retailer_id)
    named = codes(turn.text)
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
        goto=State.SHOP, say=Say("tracking/code", {"parcels": parcels}), order_id=parcels[0].order_id
    )


# Canceling and changing


def wants_cancel(turn: Turn) -> bool:
    if turn.input.kind is not InputKind.TEXT:
        return False
    return speaks_of(turn, "cancel") or turn.reading.intent is Intent.CANCEL


def ask_cancel(turn: Turn) -> Outcome:
    """Ask before an order is lost; several are listed, and with none the basket is emptied."""
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
    return Outcome(goto=State.SHOP, say=Say("tracking/cancel_which", {"orders": views}))


def _cancel_basket(turn: Turn, order: Order, *, has_orders: bool) -> Outcome:
    """A plain "cancel" empties the basket; "I do not want that" might mean one line, or an order, so it does not."""
    is_plain = is_said(turn.text, "cancel") or any(edit.kind is EditKind.CLEAR for edit in turn.reading.edits)
    if is_plain and not has_orders:
        return ordering.clear(turn)
    return shown(turn, order, notes=[{"code": "cancel_what", "has_orders": has_orders}])


def where_things_stand(turn: Turn) -> Outcome:
    """After a yes that met no question: the basket when there is one, else the orders that are under way."""
    order = basket.find_basket(turn.session, turn.retailer_id)
    has_lines = order is not None and bool(basket.lines_of(turn.session, order.id))
    if not has_lines and queries.open_orders(turn.session, turn.retailer_id):
        return tell_status(turn)
    return ordering.present(turn)


def _ask_cancel(view: OrderView) -> Outcome:
    if view.status is OrderStatus.CANCELED:
        facts = {"short_code": view.short_code, "status": view.status}
        return Outcome(
            goto=State.SHOP, say=Say("errors/already_done", {"facts": facts}), order_id=view.order_id
        )
    if view.status not in _CANCELABLE:
        return Outcome(goto=State.SHOP, say=Say("tracking/order", {"order": view}), order_id=view.order_id)
    return Outcome(
        goto=State.SHOP,
        say=Say("tracking/cancel_asked", {"order": view}),
        ask=Ask(kind=CANCEL, subject_id=view.order_id, facts={"about": {"short_code": view.short_code}}),
        order_id=view.order_id,
    )


def answer_cancel(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Canceled, or left as it was."""
    if choice != "yes":
        view = queries.order_view(turn.session, prompt.subject_id)
        return Outcome(goto=State.SHOP, say=Say("tracking/order", {"order": view}), closes=[prompt])
    ending.cancel(turn.session, prompt.subject_id, reason="retailer", actor=turn.actor, now=turn.now)
    return _canceled(turn, prompt)


def _canceled(turn: Turn, prompt: Prompt) -> Outcome:
    view = queries.order_view(turn.session, prompt.subject_id)
    # What had left already goes on; the rest of the order is canceled.
    is_whole = view.status is OrderStatus.CANCELED
    return Outcome(
        goto=State.SHOP,
        say=Say("tracking/canceled" if is_whole else "tracking/order", {"order": view}),
        closes=[prompt],
        order_id=prompt.subject_id,
    )


def stale_order(turn: Turn, prompt: Prompt, _choice: str) -> Outcome:
    """What became of the order that an old button spoke of."""
    queries.get_order(turn.session, prompt.subject_id, retailer_id=turn.retailer_id)
    view = queries.order_view(turn.session, prompt.subject_id)
    return Outcome(goto=State.SHOP, say=Say("tracking/order", {"order": view}), order_id=prompt.subject_id)


def wants_change(turn: Turn) -> bool:
    return speaks_of(turn, "change")


def change(turn: Turn) -> Outcome:
    """A placed order is not edited: it is canceled and its lines lie in the basket again, until a vendor accepts."""
    order = named_order(turn)
    if order is None:
        views = queries.open_orders(turn.session, turn.retailer_id)
        open_ones = [v for v in views if v.status in (OrderStatus.PLACED, OrderStatus.OFFERED)]
        if len(open_ones) != 1:
            return ordering.present(turn)
        order = queries.get_order(turn.session, open_ones[0].order_id)
    reopened = ending.reopen_as_basket(turn.session, order.id, actor=turn.actor, now=turn.now)
    return shown(turn, reopened, notes=[{"code": "reopened", "short_code": order.short_code}])


def named_order(turn: Turn) -> Order | None:
    """The order whose number was written; somebody else's is answered like none at all."""
    found = codes(turn.text)
    if not found:
        return None
    return queries.find_by_short_code(turn.session, int(found[0]), retailer_id=turn.retailer_id)


# The retailer decides: dearer, or only a part


def answer_asked(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """The retailer's word on dearer vendors or on a part of the order."""
    answered = offers.answer_asked(
        turn.session, prompt.subject_id, yes=choice == "yes", actor=turn.actor, now=turn.now
    )
    if isinstance(answered, Refused):
        # The question stays open: with less owed, or by the owner, the same yes is possible.
        return Outcome(goto=State.SHOP, say=Say(template_for(answered.code), {"facts": answered.facts}))
    view = queries.order_view(turn.session, prompt.subject_id)
    question = prompt.facts.get("question", "part")
    return Outcome(
        goto=State.SHOP,
        say=Say("tracking/asked_answered", {"order": view, "question": question, "yes": choice == "yes"}),
        closes=[prompt],
        order_id=prompt.subject_id,
    )


STEPS: tuple[Step, ...] = (
    Step(name="code", matches=asks_code, handler=tell_code),
    Step(name="change", matches=wants_change, handler=change),
    Step(name="cancel", matches=wants_cancel, handler=ask_cancel),
    Step(name="status", matches=asks_status, handler=tell_status),
)
# What a shop may say by its keywords alone, whatever is asked just now.
KEYWORD_STEPS: tuple[Step, ...] = (Step(name="code", matches=asks_code, handler=tell_code),)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=CANCEL, answer=answer_cancel, stale=stale_order, yes="yes", no="no"),
    PromptKind(name=ASKED, answer=answer_asked, stale=stale_order, yes="yes", no="no"),
)
