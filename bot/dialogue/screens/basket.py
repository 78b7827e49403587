"""The basket as a message: its lines and total, what was not clear, and the question whether to order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.dialogue import questions as open_lines
from bot.dialogue.machine import Ask, Outcome, State, Turn
from bot.wording.say import Say
from core.catalog import queries as catalog
from core.credit import queries as credit
from core.intake.reading import LineQuestion, QuestionKind
from core.messaging.models import Prompt
from core.money import ZERO
from core.orders import basket
from core.orders.models import Order
from core.orders.views import BasketView

BASKET, CLEAR_ORDER = "basket", "clear_order"
CREDIT, CASH, CLEAR_PART = "credit", "cash", "clear_part"
# Beyond this many lines the message uses the short labels; beyond the second it leaves out the unit price too.
_SHORT_FROM, _SHORTEST_FROM = 9, 18
_MOST_ROWS = 9


def shown(
    turn: Turn,
    order: Order | None,
    *,
    notes: Sequence[Mapping[str, Any]] = (),
    questions: Sequence[LineQuestion] | None = None,
    slots: Mapping[str, Any] | None = None,
) -> Outcome:
    """Show the basket and ask for the yes, together with what is still open about its lines, as one question.

    `notes` say what just happened, each a code with its facts. *questions* replace those that were kept.
    """
    asked = open_lines.kept(turn.slots) if questions is None else tuple(questions)
    waiting = tuple(question for question in asked if open_lines.can_be_answered(question))
    view = None if order is None else basket.show(turn.session, order.id, now=turn.now)
    kept: dict[str, Any] = {**(slots or {}), open_lines.SLOT: open_lines.as_slot(waiting)}
    if view is not None:
        kept["shown"] = [line.product_id for line in view.lines]
    is_empty = view is None or view.is_empty
    facts = _facts(turn, view, waiting)
    message = _message(turn, view, asked, notes=notes, facts=facts)
    if is_empty and not waiting:
        return Outcome(
            goto=State.SHOP, say=Say("ordering/nothing", message), closes=earlier(turn), slots=kept
        )
    subject = (
        view.order_id
        if view is not None
        else basket.open_basket(turn.session, retailer_id=turn.retailer_id, actor=turn.actor, now=turn.now).id
    )
    return Outcome(
        goto=State.SHOP,
        say=Say("ordering/basket" if not is_empty else "ordering/questions", message),
        ask=Ask(kind=BASKET, subject_id=subject, facts=facts),
        closes=earlier(turn),
        slots=kept,
    )


def earlier(turn: Turn) -> list[Prompt]:
    """What asked about a basket before: whatever is shown now takes its place."""
    return [prompt for prompt in turn.prompts if prompt.kind in (BASKET, CLEAR_ORDER)]


def _facts(turn: Turn, view: BasketView | None, waiting: Sequence[LineQuestion]) -> dict[str, Any]:
    """What the prompt remembers: the version that a yes is for, and what the numbers mean."""
    standing = credit.standing(turn.session, turn.retailer_id, now=turn.now)
    can_credit = standing.limit > ZERO
    can_order = view is not None and view.is_placeable
    facts: dict[str, Any] = {
        "version": view.version if view else None,
        "can_credit": can_credit,
        "about": {"total_minor": view.total.minor if view else 0},
    }
    if can_order:
        facts["yes"] = CLEAR_PART if waiting else (CREDIT if can_credit else CASH)
    if waiting:
        facts["wants_quantity"] = any(q.kind is QuestionKind.HOW_MANY for q in waiting)
        facts["numbered"] = [
            choice.choice for choices in open_lines.numbered(waiting) for choice in choices
        ] + ([CLEAR_PART] if can_order else [])
    return facts


def _message(
    turn: Turn,
    view: BasketView | None,
    asked: Sequence[LineQuestion],
    *,
    notes: Sequence[Mapping[str, Any]],
    facts: Mapping[str, Any],
) -> dict[str, Any]:
    waiting = [question for question in asked if open_lines.can_be_answered(question)]
    numbers = open_lines.numbered(waiting)
    products = catalog.products_by_skus(turn.session, [sku for q in waiting for sku in q.candidates])
    lines = view.lines if view else ()
    # WhatsApp refuses two rows that look the same, as one product in two questions would.
    titles = [choice.sku for choices in numbers for choice in choices]
    rows = len(titles)
    return {
        "basket": view,
        "lines": lines,
        "style": "full"
        if len(lines) < _SHORT_FROM
        else "short"
        if len(lines) < _SHORTEST_FROM
        else "shortest",
        "can_credit": facts["can_credit"],
        "can_order": view is not None and view.is_placeable,
        "notes": list(notes),
        "questions": [
            {
                "said": question.source_text,
                "kind": question.kind.value,
                "choices": [
                    {"choice": choice.choice, "number": choice.number, "product": products[choice.sku]}
                    for choice in choices
                    if choice.sku in products
                ],
                "product": products.get(question.candidates[0]) if question.candidates else None,
            }
            for question, choices in zip(waiting, numbers, strict=True)
        ],
        "numbered": bool(rows),
        "as_list": 0 < rows <= _MOST_ROWS and len(set(titles)) == rows and len(lines) < _SHORT_FROM,
        "not_sold": [q.source_text for q in asked if q.kind is QuestionKind.NOT_SOLD],
        "unread": [q.source_text for q in asked if q.kind is QuestionKind.UNREADABLE],
    }
