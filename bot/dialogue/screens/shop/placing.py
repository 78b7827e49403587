"""Placing an order: the yes to a basket, what prevents it, and the owner's decision on a helper's basket."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from bot.dialogue.deciding import open_lines
from bot.dialogue.machine import Ask, Outcome, PromptKind, State, Step, Turn, does
from bot.dialogue.reading import order_reader
from bot.dialogue.reading.line_numbers import CONTRASTS
from bot.dialogue.screens.shop import line_changes, ordering, tracking
from bot.dialogue.screens.shop.basket import (
    BASKET,
    CASH,
    CLEAR_ORDER,
    CLEAR_PART,
    CREDIT,
    SUBSTITUTE,
    earlier,
    not_ordered,
    shown,
)
from bot.wording.say import Say
from core.catalog import queries as catalog
from core.catalog.models import Product
from core.intake.acts.types import Act, ActKind, Mood
from core.intake.reading import Answer, Answered
from core.messaging.models import Prompt
from core.orders import basket, placing, queries
from core.orders.kinds import OrderStatus, Terms
from core.orders.views import NewLine, Placed, Refused
from core.parties.models import Position
from core.refs import ProductId

OWNER = "owner"
_PAIR = re.compile(r"\d+\s*(?:ko|को|[-:=])\s*\d+", re.IGNORECASE)
_FORGOTTEN = {
    "last_order": None,
    "learned": None,
    "repeated": None,
    "shown": None,
    open_lines.SLOT: None,
    open_lines.LEFT_OVER: None,
}


def answer_basket(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Order on credit or for cash, choose a product for an unclear line, or empty the basket."""
    if choice.startswith("line."):
        return answer_lines(turn, prompt, (choice,))
    if choice.startswith(f"{SUBSTITUTE}."):
        return line_changes.take_instead(turn, (choice,))
    match choice:
        case "credit" | "cash":
            return place(turn, prompt.subject_id, version=prompt.facts["version"], terms=Terms(choice))
        case "clear":
            return ordering.clear(turn)
        case "clear_part":
            return ask_clear_part(turn, prompt)
        case "again" if turn.slots.get("repeated"):
            return ordering.add_again(turn)
        case "later":
            return Outcome(goto=State.SHOP, say=Say("ordering/kept"), closes=[prompt])
        case _:
            return ordering.present(turn)


def answer_lines(turn: Turn, prompt: Prompt, choices: tuple[str, ...]) -> Outcome:
    """Take the chosen products, each for one unclear line."""
    if CLEAR_PART in choices:
        return ask_clear_part(turn, prompt)
    if all(choice.startswith(f"{SUBSTITUTE}.") for choice in choices):
        return line_changes.take_instead(turn, choices)
    asked = open_lines.kept(turn.slots)
    if len(asked) > 1 and 2 * len(_PAIR.findall(turn.text)) == len(choices):
        choices = choices[1::2]  # "1 ko 9, 2 ko 3": the first of each pair names the line
    chosen: dict[int, list[str]] = {}
    for choice in choices:
        if not choice.startswith("line."):
            return ordering.present(turn)
        _, position, sku = choice.split(".", 2)
        chosen.setdefault(int(position), []).append(sku)
    if any(position >= len(asked) for position in chosen):
        return ordering.present(turn)
    answered = tuple(
        Answered(
            position=position,
            sku=sku,
            quantity=order_reader.quantity_of(turn, asked[position], sku),
            unit_said=asked[position].unit_said,
            said_count=asked[position].quantity,
        )
        for position, skus in sorted(chosen.items())
        for sku in dict.fromkeys(skus)
    )
    left = tuple(position for position in range(len(asked)) if position not in chosen)
    return ordering.take_answer(turn, asked, Answer(answered=answered, left=left))


def ask_clear_part(turn: Turn, prompt: Prompt) -> Outcome:
    """A yes while lines are unclear: offer to order the clear ones, and name the rest."""
    order = basket.find_basket(turn.session, turn.retailer_id)
    if order is None or order.id != prompt.subject_id:
        return ordering.present(turn)
    view = basket.show(turn.session, order.id, now=turn.now)
    can_credit = bool(prompt.facts.get("can_credit"))
    facts = {
        "version": view.version,
        "can_credit": can_credit,
        "terms": prompt.facts.get("terms"),
        "yes": CREDIT if can_credit else CASH,
        "about": {"total_minor": view.total.minor},
    }
    message = {
        "basket": view,
        "left_out": open_lines.left_out(turn.slots),
        "can_credit": can_credit,
    }
    return Outcome(
        goto=State.SHOP,
        say=Say("ordering/clear_part", message),
        ask=Ask(kind=CLEAR_ORDER, subject_id=order.id, facts=facts),
        closes=earlier(turn),
    )


def answer_clear_part(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Order the clear part, or keep the basket and its questions."""
    if choice in (CREDIT, CASH):
        return place(turn, prompt.subject_id, version=prompt.facts["version"], terms=Terms(choice))
    return ordering.present(turn)


def stale_basket(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """An old button of a basket: show what became of it, and the present basket."""
    order = queries.get_order(turn.session, prompt.subject_id, retailer_id=turn.retailer_id)
    if choice in (CREDIT, CASH) and order.placed_at is not None:
        return already_placed(turn, order.id)
    current = basket.find_basket(turn.session, turn.retailer_id)
    return shown(turn, current, notes=[{"code": "stale"}] if current else ())


def already_placed(turn: Turn, order_id: int) -> Outcome:
    """Say that the order was already placed, with its number and status."""
    view = queries.order_view(turn.session, order_id)
    return Outcome(goto=State.SHOP, say=Say("ordering/already_placed", {"order": view}), order_id=order_id)


def order_on_terms(turn: Turn) -> Outcome:
    """Order the basket on the named terms, or its default ones. "Shall I order?" only shows it again."""
    prompt = _waiting(turn)
    act = next((act for act in turn.acts if act.kind is ActKind.PLACE), None)
    if prompt is None or act is None or not act.moves:
        return _present_or_not_ordered(turn, act)
    if open_lines.kept(turn.slots) and prompt.kind == BASKET:
        return ask_clear_part(turn, prompt)
    meant = act.terms or prompt.facts.get("yes")
    if meant is None:
        return ordering.present(turn)
    terms = Terms(meant)
    return place(turn, prompt.subject_id, version=prompt.facts["version"], terms=terms)


# What may stand behind the "but" without being goods, money or an order of its own.
_BESIDE_DOUBTED_YES = frozenset(
    {ActKind.YES, ActKind.PLACE, ActKind.NO, ActKind.UNREAD, ActKind.TOO_DEAR, ActKind.LATER, ActKind.CHAT, ActKind.THANKS}
)  # fmt: skip
_WHY_NOT = {
    Mood.CONDITIONAL: "condition",
    Mood.REPORTED: "condition",
    Mood.FUTURE: "later",
    Mood.WISHED: "later",
    Mood.DUE: "later",
}


def _present_or_not_ordered(turn: Turn, act: Act | None) -> Outcome:
    order = basket.find_basket(turn.session, turn.retailer_id)
    why = _WHY_NOT.get(act.mood) if act is not None else None
    if order is None or not basket.lines_of(turn.session, order.id):
        return tracking.where_things_stand(turn)
    if why is None:
        return ordering.present(turn)
    return not_ordered(turn, order, why)


def agrees_later(turn: Turn) -> bool:
    """A yes that depends on something or is for later, while a basket or an order waits for one."""
    act = turn.act
    is_yes = act is not None and act.kind in (ActKind.YES, ActKind.PLACE) and act.mood in _WHY_NOT
    waits = [prompt for prompt in turn.prompts if prompt.kind in (tracking.ASKED, tracking.CANCEL)]
    return is_yes and (_waiting(turn) is not None or bool(waits))


def takes_yes_back(turn: Turn) -> bool:
    """A yes with a word against it behind a "but", while a basket waits for one: "ok pathaunu tara sodhera bhanchu"."""
    if turn.act is None or turn.act.kind not in _PLACES or _waiting(turn) is None:
        return False
    is_doubted = turn.act.is_denied or (turn.act.mood in (Mood.DONE, Mood.NOW) and not turn.act.is_certain)
    is_alone = all(act.kind in _BESIDE_DOUBTED_YES for act in turn.acts)
    return is_doubted and is_alone and CONTRASTS.search(turn.text) is not None


def keep_basket_open(turn: Turn) -> Outcome:
    """Say that nothing is ordered yet, and what would order it."""
    order = basket.find_basket(turn.session, turn.retailer_id)
    if order is None or not basket.lines_of(turn.session, order.id):
        return tracking.where_things_stand(turn)
    return not_ordered(turn, order, "condition")


def keep_basket(turn: Turn) -> Outcome:
    """Say that nothing is ordered yet, and what would order it; or how the order stands that waits for an answer."""
    if _waiting(turn) is None:
        return tracking.tell_status(turn)
    return _present_or_not_ordered(turn, turn.act)


def only_places(turn: Turn) -> bool:
    """A yes to the basket in words. With goods beside it, the basket changes first and is shown again."""
    is_place = any(act.kind is ActKind.PLACE for act in turn.acts)
    is_alone = not any(act.kind in (ActKind.ORDER, ActKind.EDIT, ActKind.UNREAD) for act in turn.acts)
    return is_place and is_alone and does(*_PLACES)(turn)


def agrees(turn: Turn) -> bool:
    """A "send it" without terms, while only one prompt waits, about a placed order."""
    act = turn.act
    if act is None or act.kind is not ActKind.PLACE or not act.moves or act.terms or _waiting(turn):
        return False
    return len(_about_orders(turn)) == 1


def agree(turn: Turn) -> Outcome:
    """Agree to a dearer price or to a part of the order."""
    prompt = _about_orders(turn)[0]
    return tracking.answer_asked(turn, prompt, "yes")


def speaks_of_price(turn: Turn) -> bool:
    """A word about the price, while the shop is asked to agree to a dearer one or to a part."""
    return does(ActKind.TOO_DEAR)(turn) and bool(_about_orders(turn))


def answer_too_dear(turn: Turn) -> Outcome:
    """Take a clear no to the dearer price; anything else asks once more."""
    asked = _about_orders(turn)
    is_refused = turn.act is not None and turn.act.is_denied and turn.act.is_certain
    if len(asked) == 1 and is_refused:
        return tracking.answer_asked(turn, asked[0], "no")
    return tracking.ask_again(turn, asked[-1])


def _about_orders(turn: Turn) -> list[Prompt]:
    return [prompt for prompt in turn.prompts if prompt.kind == tracking.ASKED]


def _waiting(turn: Turn) -> Prompt | None:
    return next(
        (
            prompt
            for prompt in turn.prompts
            if prompt.kind in (BASKET, CLEAR_ORDER) and prompt.facts.get("terms")
        ),
        None,
    )


def place(turn: Turn, order_id: int, *, version: int | None, terms: Terms) -> Outcome:
    """Place the order, or say why not and what to do instead."""
    if version is None:
        return ordering.present(turn)
    placed = placing.place(
        turn.session,
        order_id,
        version=version,
        terms=terms,
        actor=turn.actor,
        now=turn.now,
    )
    if isinstance(placed, Refused):
        return refused(turn, order_id, placed)
    order_reader.learn(turn)
    return _placed(turn, placed)


def _placed(turn: Turn, placed: Placed) -> Outcome:
    settled = [prompt for prompt in turn.prompts if prompt.subject_id == placed.order_id]
    return Outcome(
        goto=State.SHOP,
        say=Say(
            "ordering/placed",
            {
                "placed": placed,
                "left_out": open_lines.left_out(turn.slots),
                "nobody_has": _nobody_has(turn, placed),
            },
        ),
        closes=[prompt for prompt in settled if prompt.kind in (BASKET, CLEAR_ORDER, OWNER)],
        slots=dict(_FORGOTTEN),
        order_id=placed.order_id,
    )


def _nobody_has(turn: Turn, placed: Placed) -> list[Product]:
    """The goods that the basket showed as unavailable, which aren't part of the order."""
    order = queries.get_order(turn.session, placed.order_id)
    missing = [ProductId(product_id) for product_id in order.shown_missing or ()]
    return list(catalog.products_by_ids(turn.session, missing).values())


def refused(turn: Turn, order_id: int, refusal: Refused) -> Outcome:
    """Say why the order wasn't placed. If the basket only needs another look, show it again."""
    facts = refusal.facts
    current = basket.find_basket(turn.session, turn.retailer_id)
    match refusal.code:
        case "already_placed":
            return already_placed(turn, order_id)
        case "basket_changed" | "basket_empty":
            return shown(turn, current, notes=[{"code": "basket_changed"}])
        case "total_rose":
            note = {"code": "total_rose", "shown": facts["shown_minor"], "total": facts["total_minor"]}
            return shown(turn, current, notes=[note])
        case "lines_missing":
            products = catalog.products_by_ids(
                turn.session, [ProductId(product_id) for product_id in facts["product_ids"]]
            )
            note = {"code": "lines_missing", "products": list(products.values())}
            return shown(turn, current, notes=[note])
        case "owner_must_approve":
            return Outcome(
                goto=State.SHOP,
                say=Say("ordering/owner_must_approve", {"facts": facts}),
                slots=dict(_FORGOTTEN),
                order_id=order_id,
            )
        case _:
            return _keep_basket(turn, order_id, refusal)


def _keep_basket(turn: Turn, order_id: int, refusal: Refused) -> Outcome:
    """Give the reason with its numbers. The basket stays; cash is offered if it is possible."""
    reason = str(refusal.facts.get("reason", refusal.code))
    may_pay_cash = refusal.code in ("credit_refused", "orders_blocked") and reason != "cash_due"
    order = queries.get_order(turn.session, order_id, retailer_id=turn.retailer_id)
    view: dict[str, Any] = {
        "code": refusal.code,
        "reason": reason,
        "facts": refusal.facts,
        "may_pay_cash": may_pay_cash,
        "sees_debt": turn.party.sees_debt,
    }
    facts = {
        "version": order.version,
        "can_credit": False,
        "terms": [CASH],
        "yes": CASH,
        "about": {"total_minor": order.shown_total_minor or 0},
    }
    return Outcome(
        goto=State.SHOP,
        say=Say("ordering/refused", view),
        ask=Ask(kind=BASKET, subject_id=order_id, facts=facts) if may_pay_cash else None,
        closes=earlier(turn),
    )


def answer_owner(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """The owner approves, changes or refuses a helper's basket. If the total has risen, ask again."""
    if turn.party.position is not Position.OWNER:
        return Outcome(say=Say("errors/not_allowed"))
    if choice == "change":
        return take_over(turn, prompt)
    if choice != "yes":
        placing.refuse_waiting(turn.session, prompt.subject_id, actor=turn.actor, now=turn.now)
        return Outcome(say=Say("ordering/owner_refused", {"is_stale": False}), closes=[prompt])
    placed = placing.approve_waiting(turn.session, prompt.subject_id, actor=turn.actor, now=turn.now)
    if isinstance(placed, Placed):
        return _placed(turn, placed)
    if placed.code == "already_placed":
        return stale_owner(turn, prompt, choice)
    if placed.code in ("total_rose", "lines_missing", "basket_changed"):
        return ask_owner(turn, prompt.subject_id)
    view = {
        "code": placed.code,
        "reason": str(placed.facts.get("reason", placed.code)),
        "facts": placed.facts,
        "may_pay_cash": False,
        "sees_debt": turn.party.sees_debt,
    }
    return Outcome(say=Say("ordering/refused", view))


def take_over(turn: Turn, prompt: Prompt) -> Outcome:
    """Move the helper's lines into the shop's open basket, where the owner can change and order them."""
    waiting = basket.show(turn.session, prompt.subject_id, now=turn.now)
    placing.refuse_waiting(turn.session, prompt.subject_id, takes_over=True, actor=turn.actor, now=turn.now)
    lines = [
        NewLine(product_id=line.product_id, quantity=line.quantity, said=line.said) for line in waiting.lines
    ]
    order = basket.add_lines(
        turn.session, retailer_id=turn.retailer_id, lines=lines, actor=turn.actor, now=turn.now
    )
    outcome = shown(turn, order, notes=[{"code": "taken_over"}])
    return replace(outcome, closes=[*outcome.closes, prompt])


def ask_owner(turn: Turn, order_id: int, *, has_risen: bool = True) -> Outcome:
    """Show the waiting basket at today's prices, and ask again."""
    view = basket.show(turn.session, order_id, now=turn.now)
    return Outcome(
        say=Say("ordering/owner_asked", {"basket": view, "helper": None, "has_risen": has_risen}),
        ask=Ask(kind=OWNER, subject_id=order_id, facts={"about": {"total_minor": view.total.minor}}),
    )


def stale_owner(turn: Turn, prompt: Prompt, _choice: str) -> Outcome:
    order = queries.get_order(turn.session, prompt.subject_id, retailer_id=turn.retailer_id)
    if order.status is OrderStatus.DRAFT and order.awaiting_owner_since is not None:
        return ask_owner(turn, order.id)
    if order.placed_at is not None:
        return already_placed(turn, order.id)
    # Another owner said no, or nobody answered in time.
    return Outcome(say=Say("ordering/owner_refused", {"is_stale": True}))


_PLACES: Final = frozenset({ActKind.PLACE, ActKind.YES, ActKind.THANKS, ActKind.GREETING})
STEPS: tuple[Step, ...] = (
    Step(
        name="too_dear",
        matches=speaks_of_price,
        handler=answer_too_dear,
        takes=frozenset({ActKind.TOO_DEAR, ActKind.NO}),
    ),
    Step(name="yes_taken_back", matches=takes_yes_back, handler=keep_basket_open, takes=_BESIDE_DOUBTED_YES),
    Step(name="agree", matches=agrees, handler=agree, takes=_PLACES),
    Step(name="terms", matches=only_places, handler=order_on_terms, takes=_PLACES),
    Step(name="agrees_later", matches=agrees_later, handler=keep_basket, takes=_PLACES | {ActKind.UNREAD}),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(
        name=BASKET,
        answer=answer_basket,
        answer_several=answer_lines,
        stale=stale_basket,
        no="later",
        subject="basket",
        agreed_with="terms",
    ),
    PromptKind(name=CLEAR_ORDER, answer=answer_clear_part, stale=stale_basket, no="later", subject="basket"),
    PromptKind(name=OWNER, answer=answer_owner, stale=stale_owner, yes="yes", no="no"),
)
