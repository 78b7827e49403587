"""Unclear order lines, kept in the conversation until they are answered or dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from core.intake.reading import LineQuestion, QuestionKind, Unit

SLOT = "questions"
# Questions that were shown twice; the next text about goods drops them.
SEEN = "questions_seen"
# What the last message had that we don't know or couldn't read; it is named again at the yes.
LEFT_OVER = "left_over"
MOST_NUMBERED = 24
_PER_QUESTION = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class LineChoice:
    """One numbered choice for an open line. `choice` is `line.<position>.<sku>`."""

    choice: str
    number: int
    sku: str


def kept(slots: Mapping[str, Any]) -> tuple[LineQuestion, ...]:
    return tuple(
        LineQuestion(
            source_text=row["said"],
            kind=QuestionKind(row["kind"]),
            candidates=tuple(row["candidates"]),
            quantity=None if row["quantity"] is None else Decimal(row["quantity"]),
            unit_said=None if row["unit"] is None else Unit(row["unit"]),
        )
        for row in slots.get(SLOT) or ()
    )


def still_open(slots: Mapping[str, Any]) -> tuple[tuple[LineQuestion, ...], list[str]]:
    """The questions that stay open, and the words of those that were shown twice without an answer."""
    seen = set(slots.get(SEEN) or ())
    questions = kept(slots)
    going_on = tuple(question for question in questions if question.source_text not in seen)
    return going_on, [question.source_text for question in questions if question.source_text in seen]


def as_slot(questions: Sequence[LineQuestion]) -> list[dict[str, Any]] | None:
    """The questions as plain values; None, which removes the slot, if there are none."""
    rows = [
        {
            "said": question.source_text,
            "kind": question.kind.value,
            "candidates": list(question.candidates),
            "quantity": None if question.quantity is None else str(question.quantity),
            "unit": None if question.unit_said is None else question.unit_said.value,
        }
        for question in questions
    ]
    return rows or None


def together(before: Sequence[LineQuestion], new: Sequence[LineQuestion]) -> tuple[LineQuestion, ...]:
    """Old and new questions; the same words again replace the old question."""
    again = {question.source_text for question in new}
    return (*(question for question in before if question.source_text not in again), *new)


def narrowed(before: Sequence[LineQuestion], named: LineQuestion) -> tuple[LineQuestion, ...]:
    """Narrow an open question if *named* leaves fewer of its choices; otherwise add *named* as a question."""
    for position, question in enumerate(before):
        if (
            named.quantity is None
            and len(named.candidates) > 1
            and set(named.candidates) < set(question.candidates)
        ):
            narrower = replace(question, candidates=named.candidates)
            return (*before[:position], narrower, *before[position + 1 :])
    return together(before, [named])


def left_out(slots: Mapping[str, Any]) -> list[str]:
    """The words of all that an order now would leave out."""
    return [question.source_text for question in kept(slots)] + list(slots.get(LEFT_OVER) or ())


def can_be_answered(question: LineQuestion) -> bool:
    """False for what we don't sell or couldn't read: it is named, but offers no choice."""
    return question.kind not in (QuestionKind.NOT_SOLD, QuestionKind.UNREADABLE)


def numbered(questions: Sequence[LineQuestion]) -> tuple[tuple[LineChoice, ...], ...]:
    """The choices of each question, numbered across all questions."""
    number = 0
    rows = []
    for position, question in enumerate(questions):
        choices = []
        for sku in question.candidates[:_PER_QUESTION] if question.kind is not QuestionKind.HOW_MANY else ():
            if number < MOST_NUMBERED:
                number += 1
                choices.append(LineChoice(choice=f"line.{position}.{sku}", number=number, sku=sku))
        rows.append(tuple(choices))
    return tuple(rows)
