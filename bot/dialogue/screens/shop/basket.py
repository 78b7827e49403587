"""The basket as a message: its lines and total, unclear lines, and the question whether to order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from bot.dialogue.deciding import open_lines
from bot.dialogue.machine import Ask, Outcome, State, Turn
from bot.wording.say import Say
from core.catalog import queries as catalog
from core.catalog.models import Product
from core.credit.kinds import HoldRefusal
from core.intake.reading import LineQuestion, QuestionKind
from core.messaging.models import Prompt
from core.money import ZERO, Money
from core.orders import basket
from core.orders.limits import OpenTerms, open_terms
from core.orders.models import Order
from core.orders.substitutes import substitutes
from core.orders.views import BasketLine, BasketView

BASKET, CLEAR_ORDER = "basket", "clear_order"
CREDIT, CASH, CLEAR_PART, SUBSTITUTE = "credit", "cash", "clear_part", "instead"
# From this many lines on, the message uses short labels; from the second, it leaves out unit prices too; from the third,
# all prices but the total.
_SHORT_FROM, _SHORTEST_FROM, _NO_PRICES_FROM = 9, 18, 31
_MOST_ROWS = 9
_MOST_REPLACED = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class InsteadChoice:
    """`choice` is `instead.<product nobody has>.<product somebody has>`."""

    choice: str
    number: int
    product: Product
    unit_price: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Instead:
    """A line that nobody has, and its substitutes."""

    line: BasketLine
    choices: tuple[InsteadChoice, ...]


def shown(
    turn: Turn,
    order: Order | None,
    *,
    notes: Sequence[Mapping[str, Any]] = (),
    questions: Sequence[LineQuestion] | None = None,
    slots: Mapping[str, Any] | None = None,
) -> Outcome:
    """Show the basket and ask whether to order, together with its unclear lines, as one prompt.

    *notes* say what just happened, each a code with its facts. *questions* replace those that were kept.
    """
    asked = open_lines.kept(turn.slots) if questions is None else tuple(questions)
    waiting = tuple(question for question in asked if open_lines.can_be_answered(question))
    view = None if order is None else basket.show(turn.session, order.id, now=turn.now)
    left_over = [question.source_text for question in asked if not open_lines.can_be_answered(question)]
    kept: dict[str, Any] = {
        **(slots or {}),
        open_lines.SLOT: open_lines.as_slot(waiting),
        open_lines.LEFT_OVER: left_over or None,
    }
    if view is not None:
        kept["shown"] = [line.product_id for line in view.lines]
    is_empty = view is None or view.is_empty
    instead = () if waiting or view is None else _instead_of(turn, view)
    can = open_terms(turn.session, turn.retailer_id, view.total if view else ZERO, now=turn.now)
    facts = _facts(view, waiting, instead, can)
    message = _message(turn, view, asked, notes=notes, can=can, instead=instead)
    if is_empty and not waiting:
        return Outcome(
            goto=State.SHOP, say=Say("ordering/nothing", message), closes=earlier(turn), slots=kept
        )
    return Outcome(
        goto=State.SHOP,
        say=Say("ordering/basket" if not is_empty else "ordering/questions", message),
        ask=Ask(kind=BASKET, subject_id=_subject_id(turn, view), facts=facts),
        closes=earlier(turn),
        slots=kept,
    )


def for_yes(session: Session, order: Order, *, now: dt.datetime) -> tuple[dict[str, Any], Ask]:
    """The facts of a basket that somebody else filled, and the question whether to order it: the same prompt as in a turn."""
    view = basket.show(session, order.id, now=now)
    can = open_terms(session, order.retailer_id, view.total, now=now)
    message = {
        "basket": view,
        "lines": view.lines,
        "style": _style(len(view.lines)),
        "is_placeable": view.is_placeable,
        "can_order": view.is_placeable and (can.on_credit or can.in_cash),
        "can_credit": can.on_credit,
        "yes_is_cash": can.why_no_credit == HoldRefusal.NO_ACCOUNT,
        "can": can,
    }
    return message, Ask(kind=BASKET, subject_id=order.id, facts=_facts(view, (), (), can))


def not_ordered(turn: Turn, order: Order, why: str) -> Outcome:
    """Say that nothing is ordered yet, without showing again what hasn't changed. With open lines, show them.

    *why* is "condition", "later" or "asked".
    """
    note_of = note("not_ordered", why=why)
    if open_lines.kept(turn.slots):
        return shown(turn, order, notes=note_of)
    view = basket.show(turn.session, order.id, now=turn.now)
    can = open_terms(turn.session, turn.retailer_id, view.total, now=turn.now)
    if not view.is_placeable or not (can.on_credit or can.in_cash):
        return shown(turn, order, notes=note_of)
    return Outcome(
        goto=State.SHOP,
        say=Say("ordering/not_ordered", _reminder(view, can, note_of)),
        ask=Ask(kind=BASKET, subject_id=order.id, facts=_facts(view, (), (), can)),
        closes=earlier(turn),
    )


def _reminder(view: BasketView, can: OpenTerms, notes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "notes": notes,
        "basket": view,
        "can_credit": can.on_credit,
        "yes_is_cash": can.why_no_credit == HoldRefusal.NO_ACCOUNT,
    }


def _subject_id(turn: Turn, view: BasketView | None) -> int:
    """The basket that the prompt is about. Questions about a first order open an empty one."""
    if view is not None:
        return view.order_id
    return basket.open_basket(turn.session, retailer_id=turn.retailer_id, actor=turn.actor, now=turn.now).id


def note(code: str, **facts: Any) -> list[dict[str, Any]]:
    """A note on what just happened to the basket; none if it would name nothing."""
    if facts and all(value in ([], None) for value in facts.values()) and code in ("dropped", "unread"):
        return []
    return [{"code": code, **facts}]


def earlier(turn: Turn) -> list[Prompt]:
    """Open prompts about a basket, which the new message replaces."""
    return [prompt for prompt in turn.prompts if prompt.kind in (BASKET, CLEAR_ORDER)]


def _instead_of(turn: Turn, view: BasketView) -> tuple[Instead, ...]:
    """Substitutes for the first lines that nobody has."""
    taken = {line.product_id for line in view.lines}
    proposed: list[Instead] = []
    for line in [line for line in view.lines if _nobody_has(line)][:_MOST_REPLACED]:
        found = substitutes(
            turn.session,
            retailer_id=view.retailer_id,
            product_id=line.product_id,
            quantity=line.quantity,
            excluded=taken,
            on_credit=True,
            now=turn.now,
        )
        if found:
            first = 1 + sum(len(one.choices) for one in proposed)
            choices = tuple(
                InsteadChoice(
                    choice=f"{SUBSTITUTE}.{line.product_id}.{each.product.id}",
                    number=number,
                    product=each.product,
                    unit_price=each.unit_price,
                )
                for number, each in enumerate(found, start=first)
            )
            proposed.append(Instead(line=line, choices=choices))
            # A list shows each product once.
            taken |= {each.product.id for each in found}
    return tuple(proposed)


def _nobody_has(line: BasketLine) -> bool:
    """Whether nobody has it at all, rather than only in larger amounts."""
    why = line.why_short
    return not line.is_available and not (why and (why.least_quantity or why.least_order))


def _facts(
    view: BasketView | None, waiting: Sequence[LineQuestion], instead: Sequence[Instead], can: OpenTerms
) -> dict[str, Any]:
    """The prompt's facts: the version that a yes is for, and what the numbers mean."""
    terms = [CREDIT] * can.on_credit + [CASH] * can.in_cash
    answers = _answers(terms, waiting) if terms and view is not None and view.is_placeable else []
    facts: dict[str, Any] = {
        "version": view.version if view else None,
        "can_credit": can.on_credit,
        "about": {"total_minor": view.total.minor if view else 0},
    }
    if answers:
        facts["terms"] = terms
        # A yes never means cash to a shop that is used to credit: it has to say so.
        if waiting or can.on_credit or can.why_no_credit == HoldRefusal.NO_ACCOUNT:
            facts["yes"] = answers[0]
    if waiting:
        facts["wants_quantity"] = any(q.kind is QuestionKind.HOW_MANY for q in waiting)
        numbered = open_lines.numbered(waiting)
        facts["numbered"] = [choice.choice for choices in numbered for choice in choices] + answers
    elif instead:
        facts["numbered"] = [choice.choice for one in instead for choice in one.choices] + answers
    return facts


def _answers(terms: list[str], waiting: Sequence[LineQuestion]) -> list[str]:
    """The choices for a basket that can be ordered; the first is what a plain yes means."""
    return [CLEAR_PART] if waiting else terms


def _message(
    turn: Turn,
    view: BasketView | None,
    asked: Sequence[LineQuestion],
    *,
    notes: Sequence[Mapping[str, Any]],
    can: OpenTerms,
    instead: Sequence[Instead],
) -> dict[str, Any]:
    waiting = [question for question in asked if open_lines.can_be_answered(question)]
    # WhatsApp refuses two rows that look the same, as one product in two questions would.
    titles = [choice.sku for choices in open_lines.numbered(waiting) for choice in choices]
    is_placeable = view is not None and view.is_placeable
    lines = view.lines if view else ()
    can_be_rows = 0 < len(titles) <= _MOST_ROWS and len(set(titles)) == len(titles)
    return {
        "basket": view,
        "lines": lines,
        "style": _style(len(lines)),
        "can_credit": can.on_credit,
        "yes_is_cash": can.why_no_credit == HoldRefusal.NO_ACCOUNT,
        "is_placeable": is_placeable,
        "can_order": is_placeable and (can.on_credit or can.in_cash),
        "can": can,
        "sees_debt": turn.party.sees_debt,
        "notes": list(notes),
        "instead": instead,
        "next_number": sum(len(one.choices) for one in instead) + 1,
        "questions": _questions(turn, waiting),
        "numbered": bool(titles),
        "as_list": can_be_rows and len(lines) < _SHORT_FROM,
        "not_sold": [q.source_text for q in asked if q.kind is QuestionKind.NOT_SOLD],
        "unread": [q.source_text for q in asked if q.kind is QuestionKind.UNREADABLE],
    }


def _style(line_count: int) -> str:
    if line_count < _SHORT_FROM:
        return "full"
    if line_count < _SHORTEST_FROM:
        return "short"
    return "shortest" if line_count < _NO_PRICES_FROM else "no_prices"


def questions_kept(turn: Turn) -> list[dict[str, Any]]:
    """The open lines with the numbers under which they were shown, to be named again beside another answer."""
    return _questions(turn, open_lines.kept(turn.slots))


def _questions(turn: Turn, waiting: Sequence[LineQuestion]) -> list[dict[str, Any]]:
    """Each open line in its own words, with the numbered products that it may mean."""
    products = catalog.products_by_skus(turn.session, [sku for q in waiting for sku in q.candidates])
    return [
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
        for question, choices in zip(waiting, open_lines.numbered(waiting), strict=True)
    ]
