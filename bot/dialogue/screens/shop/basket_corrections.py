"""A shop puts its basket right: one thing in the place of another, or an amount that it says was meant otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.dialogue.machine import InputKind, Outcome, Step, Turn
from bot.dialogue.reading import order_reader
from bot.dialogue.reading.replacements import read_replacement
from bot.dialogue.reading.restatements import read_restatement
from bot.dialogue.reading.words import mentions
from bot.dialogue.screens.shop.line_changes import lines_meant
from bot.dialogue.screens.shop.ordering import GOODS, ROWS, take_reading
from core.intake.acts.reader import read_acts
from core.intake.acts.types import Mood
from core.intake.reading import Edit, EditKind, LineQuestion, Reading, ReadLine
from core.orders import basket


def _replacement(turn: Turn) -> Reading | None:
    """One thing in the place of another: "chini hoina nun 12 ota". None if what it replaces isn't in the basket."""
    said = read_replacement(turn.text)
    order = None if said is None else basket.find_basket(turn.session, turn.retailer_id)
    if said is None or order is None:
        return None
    instead = order_reader.read_text(turn, said.instead)
    gone = Edit(kind=EditKind.REMOVE, candidates=tuple(order_reader.goods_in(turn.session, said.gone)))
    if not gone.candidates or not lines_meant(turn, order, gone) or not (instead.lines or instead.questions):
        return None
    return replace(instead, edits=(gone,))


def _restatement(turn: Turn) -> Reading | None:
    """Amounts of goods in the basket, said again: they are set and not added. None if none of the goods is there.

    Beside goods that aren't there, "only" is meant of its own row: "coke 2 carton, chini 10 kg matra". A row with a word
    for more adds: "2 bora thapnu".
    """
    said = read_restatement(turn.text)
    if said is None or any(act.mood is Mood.ASKED for act in read_acts(said.goods, role=turn.role)):
        return None
    order = basket.find_basket(turn.session, turn.retailer_id)
    if order is None:
        return None
    reading = order_reader.read_text(turn, said.goods)
    named: list[ReadLine | LineQuestion] = [*reading.lines, *reading.questions]
    rows = ROWS.split(said.goods)
    there = [one for one in named if (edit := _as_edit(one)) is not None and lines_meant(turn, order, edit)]
    if not said.is_whole and len(there) < len(named):
        there = _in_rows(there, [row for row in rows if mentions(row, "only")])
    more = _in_rows(there, [row for row in rows if mentions(row, "wants_more")])
    there = [one for one in there if one not in more]
    if not there:
        return None
    edits = tuple(edit for one in there if (edit := _as_edit(one)) is not None)
    return replace(
        reading,
        lines=tuple(line for line in reading.lines if line not in there),
        questions=tuple(question for question in reading.questions if question not in there),
        edits=(*reading.edits, *edits),
    )


def _in_rows(named: Sequence[ReadLine | LineQuestion], rows: Sequence[str]) -> list[ReadLine | LineQuestion]:
    return [one for one in named if any(one.source_text in row for row in rows)]


def _as_edit(named: ReadLine | LineQuestion) -> Edit | None:
    if isinstance(named, ReadLine):
        return Edit(
            kind=EditKind.SET,
            sku=named.sku,
            quantity=named.quantity,
            unit_said=named.unit_said,
            said_count=named.said_count,
        )
    if named.quantity is None or not named.candidates:
        return None
    return Edit(
        kind=EditKind.SET,
        candidates=named.candidates,
        quantity=named.quantity,
        unit_said=named.unit_said,
    )


def _step(name: str, read: Callable[[Turn], Reading | None]) -> Step:
    def matches(turn: Turn) -> bool:
        is_of_goods = turn.act is None or turn.act.kind in GOODS
        return turn.input.kind is InputKind.TEXT and is_of_goods and read(turn) is not None

    def correct(turn: Turn) -> Outcome:
        reading = read(turn)
        if reading is None:
            raise AssertionError("matched without a correction")
        return take_reading(turn, reading, slots={})

    return Step(name=name, matches=matches, handler=correct)


READ_STEPS: tuple[Step, ...] = (
    _step("replacement", _replacement),
    _step("restatement", _restatement),
)
