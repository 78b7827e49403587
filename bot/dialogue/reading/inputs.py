"""From waiting messages to what the person did: texts in a row are one text, a repeated tap is one tap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.dialogue.machine import Input, InputKind
from bot.dialogue.reading.words import ShortKind, plain_words, short_answer
from core.messaging.models import InboundMessage

_KINDS = {
    "text": InputKind.TEXT,
    "choice": InputKind.TAP,
    "location": InputKind.LOCATION,
    "media": InputKind.MEDIA,
    "reaction": InputKind.REACTION,
}


class _Weight(StrEnum):
    """A turn answers one thing that changes something; what only wants a kind word comes along."""

    LIGHT = "light"
    WORDS = "words"
    ANSWER = "answer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """The inputs of this turn, main one first, with the messages they answer; `rest` waits for the next turn."""

    inputs: tuple[Input, ...]
    messages: tuple[InboundMessage, ...]
    has_rest: bool


def read_waiting(messages: Sequence[InboundMessage]) -> Waiting:
    """Take as many messages, in order, as one answer can speak to.

    Texts in a row are read as one. A yes that came in one breath with new words was said before the person saw what
    the words led to, so it decides nothing. A second answer to something else begins the next turn.
    """
    main: Input | None = None
    weight = _Weight.LIGHT
    light: list[Input] = []
    taken: list[InboundMessage] = []
    for message in messages:
        for sent in _inputs_of(message):
            heft = _weigh(sent)
            if heft is _Weight.LIGHT:
                light.append(sent)
            elif main is None:
                main, weight = sent, heft
            elif weight is _Weight.WORDS and sent.kind is InputKind.TEXT:
                main = _joined(main, sent)
            elif not (weight is _Weight.ANSWER and _is_same(main, sent)):
                return Waiting(inputs=_in_order(main, light), messages=tuple(taken), has_rest=True)
        taken.append(message)
    return Waiting(inputs=_in_order(main, light), messages=tuple(taken), has_rest=False)


def _inputs_of(message: InboundMessage) -> list[Input]:
    """A caption is text beside the picture."""
    kind = _KINDS.get(message.kind, InputKind.UNKNOWN)
    title = message.content.get("choice_title") or message.text
    sent = Input(
        kind=kind,
        text=title if kind is InputKind.TAP else message.text,
        choice=message.choice_id,
        content=message.content,
        at=message.received_at,
    )
    if kind is InputKind.MEDIA and message.text.strip():
        return [Input(kind=InputKind.TEXT, text=message.text, at=message.received_at), replace(sent, text="")]
    return [sent]


def _weigh(sent: Input) -> _Weight:
    if sent.kind in (InputKind.TAP, InputKind.LOCATION):
        return _Weight.ANSWER
    if sent.kind is not InputKind.TEXT:
        return _Weight.LIGHT
    short = short_answer(sent.text)
    if short is None:
        return _Weight.WORDS
    return _Weight.LIGHT if short.kind is ShortKind.THANKS else _Weight.ANSWER


def _joined(main: Input, sent: Input) -> Input:
    """One text out of two. What was sent twice is kept once and marked, for nobody orders twice by a slip."""
    if _is_yes(sent):
        return main
    if plain_words(sent.text) in {plain_words(line) for line in (main.text, *main.text.split("\n"))}:
        return replace(main, is_repeated=True)
    return replace(main, text=f"{main.text}\n{sent.text}")


def _is_yes(sent: Input) -> bool:
    short = short_answer(sent.text)
    return short is not None and short.kind is ShortKind.YES


def _is_same(first: Input, second: Input) -> bool:
    if first.kind is InputKind.TAP and second.kind is InputKind.TAP:
        return first.choice == second.choice and first.text == second.text
    return first.kind is second.kind is InputKind.TEXT and short_answer(first.text) == short_answer(
        second.text
    )


def _in_order(main: Input | None, light: list[Input]) -> tuple[Input, ...]:
    unlike = {sent.kind: sent for sent in light}
    return ((main,) if main else ()) + tuple(unlike.values())
