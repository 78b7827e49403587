"""From waiting messages to what the person did: texts in a row are one text, a repeated tap is one tap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.dialogue.machine import Act, ActKind
from bot.dialogue.words import ShortKind, plain_words, short_answer
from core.messaging.models import InboundMessage

_KINDS = {
    "text": ActKind.TEXT,
    "choice": ActKind.TAP,
    "location": ActKind.LOCATION,
    "media": ActKind.MEDIA,
    "reaction": ActKind.REACTION,
}


class _Weight(StrEnum):
    """A turn answers one thing that changes something; what only wants a kind word comes along."""

    LIGHT = "light"
    WORDS = "words"
    ANSWER = "answer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """The acts of this turn, main one first, with the messages they answer; `rest` waits for the next turn."""

    acts: tuple[Act, ...]
    messages: tuple[InboundMessage, ...]
    has_rest: bool


def read_waiting(messages: Sequence[InboundMessage]) -> Waiting:
    """Take as many messages, in order, as one answer can speak to.

    Texts in a row are read as one. A yes that came in one breath with new words was said before the person saw what
    the words led to, so it decides nothing. A second answer to something else begins the next turn.
    """
    main: Act | None = None
    weight = _Weight.LIGHT
    light: list[Act] = []
    taken: list[InboundMessage] = []
    for message in messages:
        for act in _acts_of(message):
            heft = _weigh(act)
            if heft is _Weight.LIGHT:
                light.append(act)
            elif main is None:
                main, weight = act, heft
            elif weight is _Weight.WORDS and act.kind is ActKind.TEXT:
                main = _joined(main, act)
            elif not (weight is _Weight.ANSWER and _is_same(main, act)):
                return Waiting(acts=_in_order(main, light), messages=tuple(taken), has_rest=True)
        taken.append(message)
    return Waiting(acts=_in_order(main, light), messages=tuple(taken), has_rest=False)


def _acts_of(message: InboundMessage) -> list[Act]:
    """A caption is text beside the picture."""
    kind = _KINDS.get(message.kind, ActKind.UNKNOWN)
    title = message.content.get("choice_title") or message.text
    act = Act(
        kind=kind,
        text=title if kind is ActKind.TAP else message.text,
        choice=message.choice_id,
        content=message.content,
        at=message.received_at,
    )
    if kind is ActKind.MEDIA and message.text.strip():
        return [Act(kind=ActKind.TEXT, text=message.text, at=message.received_at), replace(act, text="")]
    return [act]


def _weigh(act: Act) -> _Weight:
    if act.kind in (ActKind.TAP, ActKind.LOCATION):
        return _Weight.ANSWER
    if act.kind is not ActKind.TEXT:
        return _Weight.LIGHT
    short = short_answer(act.text)
    if short is None:
        return _Weight.WORDS
    return _Weight.LIGHT if short.kind is ShortKind.THANKS else _Weight.ANSWER


def _joined(main: Act, act: Act) -> Act:
    """One text out of two. What was sent twice is kept once and marked, for nobody orders twice by a slip."""
    if _is_yes(act):
        return main
    if plain_words(act.text) in {plain_words(line) for line in (main.text, *main.text.split("\n"))}:
        return replace(main, is_repeated=True)
    return replace(main, text=f"{main.text}\n{act.text}")


def _is_yes(act: Act) -> bool:
    short = short_answer(act.text)
    return short is not None and short.kind is ShortKind.YES


def _is_same(first: Act, second: Act) -> bool:
    if first.kind is ActKind.TAP and second.kind is ActKind.TAP:
        return first.choice == second.choice and first.text == second.text
    return first.kind is second.kind is ActKind.TEXT and short_answer(first.text) == short_answer(second.text)


def _in_order(main: Act | None, light: list[Act]) -> tuple[Act, ...]:
    unlike = {act.kind: act for act in light}
    return ((main,) if main else ()) + tuple(unlike.values())
