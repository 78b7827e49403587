"""Changes to lines of the basket: by name, by number, or to whichever line the words fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from bot.dialogue.deciding import open_lines
from bot.dialogue.machine import Ask, InputKind, Outcome, PromptKind, State, Step, Turn
from bot.dialogue.reading import order_reader
from bot.dialogue.reading.line_numbers import line_change
from bot.dialogue.screens.shop.basket import earlier, note, shown
from bot.wording.say import Say
from core.catalog import queries as catalog
from core.intake.reading import Edit, EditKind, LineQuestion, Unit, said_as
from core.messaging.models import Prompt
from core.orders import basket
from core.orders.models import Order, OrderLine
from core.orders.views import NewLine
from core.quantity import ZERO_QUANTITY, Said

WHICH_LINE = "which_line"
_MOST_ASKED = 9


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsettled:
    """A change that several lines of the basket could mean."""

    edit: Edit
    product_ids: tuple[int, ...]


def apply_edits(
    turn: Turn, order: Order | None, edits: Sequence[Edit]
) -> tuple[Order | None, list[dict[str, Any]], Unsettled | None]:
    """Apply the changes. Returns the first that fits several lines, to ask about it; notes those that fit none."""
    notes: list[dict[str, Any]] = []
    asked: Unsettled | None = None
    for edit in edits:
        if edit.kind is EditKind.CLEAR:
            order = basket.clear(turn.session, retailer_id=turn.retailer_id, actor=turn.actor, now=turn.now)
            notes += note("cleared")
            continue
        aimed = lines_meant(turn, order, edit)
        if len(aimed) > 1 and asked is None:
            asked = Unsettled(edit=edit, product_ids=tuple(line.product_id for line in aimed))
        elif len(aimed) > 1:
            notes += note("say_line", number=edit.quantity)
        elif aimed and _may_count_pieces(aimed[0], edit):
            notes += _which_unit(turn, aimed[0], edit)
        elif (change := _change(turn, aimed[0], edit) if aimed else None) is None:
            notes += note("no_such_line", number=edit.line_number)
        else:
            order = _set_quantity(turn, aimed[0].product_id, change)
            notes += _changed_note(turn, aimed[0].product_id, change)
    return order, notes, asked


def add_lines(turn: Turn, lines: Sequence[NewLine]) -> Order | None:
    if not lines:
        return basket.find_basket(turn.session, turn.retailer_id)
    return basket.add_lines(
        turn.session, retailer_id=turn.retailer_id, lines=lines, actor=turn.actor, now=turn.now
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A line's new quantity in base pieces, and how it was said if otherwise."""

    quantity: Decimal
    said: Said | None = None


_TAKEN_OUT = Change(quantity=ZERO_QUANTITY)


def _set_quantity(turn: Turn, product_id: int, change: Change) -> Order:
    return basket.set_quantity(
        turn.session,
        retailer_id=turn.retailer_id,
        product_id=product_id,
        wanted=change.quantity,
        said=change.said,
        actor=turn.actor,
        now=turn.now,
    )


def _may_count_pieces(line: OrderLine, edit: Edit) -> bool:
    """Whether a bare number is as large as a whole carton of the line: "40" of 2 carton is 40 carton or 40 packets."""
    if edit.kind is EditKind.REMOVE or edit.unit_said is not None or edit.quantity is None:
        return False
    return line.said is not None and edit.quantity >= line.said.times(Decimal(1)).pieces


def _which_unit(turn: Turn, line: OrderLine, edit: Edit) -> list[dict[str, Any]]:
    lines = [one.product_id for one in basket.lines_of(turn.session, line.order_id)]
    return note(
        "say_unit",
        line=lines.index(line.product_id) + 1,
        number=edit.quantity,
        unit=line.said_unit,
        product=order_reader.product(turn, line.product_id),
    )


def _change(turn: Turn, line: OrderLine, edit: Edit) -> Change | None:
    """What becomes of the line; None if the product can't be counted in that unit.

    A bare number counts what the line counts: "make that 3" of 2 carton is 3 carton.
    """
    if edit.kind is EditKind.REMOVE:
        return _TAKEN_OUT
    if edit.unit_said is None and edit.quantity is not None and line.said is not None:
        said = line.said.times(edit.quantity)
        return Change(quantity=said.pieces, said=said)
    pieces = order_reader.pieces(turn, line.product_id, edit)
    if pieces is None:
        return None
    count = edit.said_count if edit.sku is not None else edit.quantity
    return Change(quantity=pieces, said=said_as(count, edit.unit_said, pieces))


def lines_meant(turn: Turn, order: Order | None, edit: Edit) -> tuple[OrderLine, ...]:
    """The lines of the basket that an edit can mean: by name, or by the line number as last shown.

    Without either, the line that was last mentioned alone, or else every line that the unit fits.
    """
    if order is None:
        return ()
    lines = basket.lines_of(turn.session, order.id)
    if edit.sku is not None or edit.candidates:
        return _named_lines(turn, lines, [edit.sku] if edit.sku is not None else edit.candidates)
    if edit.line_number is not None:
        return _numbered_line(turn, lines, edit.line_number)
    fitting = tuple(line for line in lines if _change(turn, line, edit) is not None)
    spoken_of = tuple(line for line in fitting if line.product_id == turn.slots.get("last_product"))
    return spoken_of or fitting


def _named_lines(turn: Turn, lines: Sequence[OrderLine], skus: Sequence[str]) -> tuple[OrderLine, ...]:
    named = {found.id for found in catalog.products_by_skus(turn.session, skus).values()}
    return tuple(line for line in lines if line.product_id in named)


def _numbered_line(turn: Turn, lines: Sequence[OrderLine], number: int) -> tuple[OrderLine, ...]:
    """The line that the person saw under this number, if it is still there."""
    shown_ids = list(turn.slots.get("shown") or ())
    # What came since, as from the clerk's desk, stands below.
    shown_ids += [line.product_id for line in lines if line.product_id not in shown_ids]
    meant = shown_ids[number - 1] if 1 <= number <= len(shown_ids) else None
    return tuple(line for line in lines if line.product_id == meant)


def _changed_note(turn: Turn, product_id: int, change: Change) -> list[dict[str, Any]]:
    product = order_reader.product(turn, product_id)
    if change.quantity == ZERO_QUANTITY:
        return note("removed", product=product)
    goods = {"quantity": change.quantity, "unit": product.unit, "said": change.said}
    return note("changed", product=product, goods=goods)


def take_instead(turn: Turn, choices: Sequence[str]) -> Outcome:
    """Replace a line that nobody has by a substitute, in the same quantity, and show the basket."""
    order = basket.find_basket(turn.session, turn.retailer_id)
    notes: list[dict[str, Any]] = []
    for choice in choices:
        old_id, new_id = (int(part) for part in choice.split(".")[1:])
        lines = basket.lines_of(turn.session, order.id) if order is not None else []
        line = next((one for one in lines if one.product_id == old_id), None)
        if line is None:
            notes += note("no_such_line", number=None)
            continue
        old, new = order_reader.product(turn, old_id), order_reader.product(turn, new_id)
        said = line.said if old.case_quantity == new.case_quantity else None
        add_lines(
            turn,
            [NewLine(product_id=new_id, quantity=line.quantity, source_text=line.source_text, said=said)],
        )
        order = _set_quantity(turn, old_id, _TAKEN_OUT)
        notes += note("instead", old=old, new=new)
    return shown(turn, order, notes=notes)


def sets_line(turn: Turn) -> bool:
    """A line by its number with its new quantity: "line 2: 5", "२ नम्बर ५"."""
    return turn.input.kind is InputKind.TEXT and line_change(turn.text) is not None


def set_line(turn: Turn) -> Outcome:
    """Set the numbered line to so many; zero removes it."""
    change = line_change(turn.text)
    if change is None:
        raise AssertionError("matched without a line")
    edit = Edit(
        kind=EditKind.SET if change.count else EditKind.REMOVE,
        line_number=change.line,
        quantity=change.count,
        unit_said=change.unit,
    )
    order, notes, _unsettled = apply_edits(turn, basket.find_basket(turn.session, turn.retailer_id), [edit])
    return shown(turn, order, notes=notes)


def ask_line(
    turn: Turn,
    order: Order,
    unsettled: Unsettled,
    *,
    notes: Sequence[dict[str, Any]],
    questions: Sequence[LineQuestion],
    slots: Mapping[str, Any],
) -> Outcome:
    """Ask which of the fitting lines is meant. The other changes are already done."""
    edit = unsettled.edit
    view = basket.show(turn.session, order.id, now=turn.now)
    lines = [line for line in view.lines if line.product_id in unsettled.product_ids][:_MOST_ASKED]
    removes = edit.kind is EditKind.REMOVE
    facts = {
        "quantity": None if removes else str(edit.quantity),
        "unit": edit.unit_said.value if edit.unit_said else None,
        "numbered": [str(line.product_id) for line in lines],
        "about": {"total_minor": view.total.minor},
    }
    message = {
        "notes": list(notes),
        "lines": lines,
        "quantity": None if removes else edit.quantity,
        "unit": edit.unit_said.value if edit.unit_said else None,
        "as_list": len({line.short_label for line in lines}) == len(lines),
    }
    return Outcome(
        goto=State.SHOP,
        say=Say("ordering/which_line", message),
        ask=Ask(kind=WHICH_LINE, subject_id=order.id, facts=facts),
        closes=earlier(turn),
        slots={
            **slots,
            open_lines.SLOT: open_lines.as_slot([q for q in questions if open_lines.can_be_answered(q)]),
        },
    )


def answer_which_line(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Apply the change to the chosen line."""
    facts = prompt.facts
    product_id = int(choice)
    order = basket.find_basket(turn.session, turn.retailer_id)
    lines = basket.lines_of(turn.session, order.id) if order else []
    line = next((one for one in lines if one.product_id == product_id), None)
    edit = Edit(
        kind=EditKind.REMOVE if facts["quantity"] is None else EditKind.SET,
        quantity=None if facts["quantity"] is None else Decimal(facts["quantity"]),
        unit_said=None if facts["unit"] is None else Unit(facts["unit"]),
    )
    change = _change(turn, line, edit) if line is not None else None
    if change is None:
        return shown(turn, order, notes=note("no_such_line", number=None))
    order = _set_quantity(turn, product_id, change)
    outcome = shown(
        turn, order, notes=_changed_note(turn, product_id, change), slots={"last_product": product_id}
    )
    return replace(outcome, closes=[*outcome.closes, prompt])


def stale_which_line(turn: Turn, _prompt: Prompt, _choice: str) -> Outcome:
    return shown(turn, basket.find_basket(turn.session, turn.retailer_id), notes=note("stale"))


STEPS: tuple[Step, ...] = (Step(name="line", matches=sets_line, handler=set_line),)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=WHICH_LINE, answer=answer_which_line, stale=stale_which_line, subject="basket"),
)
