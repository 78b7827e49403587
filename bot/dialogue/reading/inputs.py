"""Turns waiting messages into inputs: consecutive texts are one text, a repeated tap is one tap."""

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
    """A turn takes one input that can change something, and any number of light ones."""

    LIGHT = "light"
    WORDS = "words"
    ANSWER = "answer"


@dataclass(frozen=True, kw_only=True, slots=True)
class TurnInputs:
    """The inputs of this turn, the main one first, and their messages. `has_rest`: more wait for the next turn."""

    inputs: tuple[Input, ...]
    messages: tuple[InboundMessage, ...]
    has_rest: bool


def read_waiting(messages: Sequence[InboundMessage]) -> TurnInputs:
    """Take as many messages, in order, as one answer can cover.

    Consecutive texts are read as one. A yes right after new words came before the person saw their result, so it is
    ignored. A second answer to something else begins the next turn.
    """
    main: Input | None = None
    words = _JoinedTexts()
    weight = _Weight.LIGHT
    light: list[Input] = []
    taken: list[InboundMessage] = []
    for message in messages:
        for sent in _inputs_of(message):
            sent_weight = _weigh(sent)
            if sent_weight is _Weight.LIGHT:
                light.append(sent)
            elif main is None:
                main, weight = sent, sent_weight
                words.add(sent)
            elif weight is _Weight.WORDS and sent.kind is InputKind.TEXT:
                words.add(sent)
            elif not (weight is _Weight.ANSWER and _is_same(main, sent)):
                return TurnInputs(
                    inputs=_in_order(words.joined(main), light), messages=tuple(taken), has_rest=True
                )
        taken.append(message)
    return TurnInputs(inputs=_in_order(words.joined(main), light), messages=tuple(taken), has_rest=False)


class _JoinedTexts:
    """Consecutive texts as one. A repeated text is kept once and marked, so that nobody orders twice by accident.

    Takes time linear in the number of lines.
    """

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._seen: set[str] = set()
        self._is_repeated = False

    def add(self, sent: Input) -> None:
        if self._texts and _is_yes(sent):
            return
        plain = plain_words(sent.text)
        if plain in self._seen:
            self._is_repeated = True
            return
        self._texts.append(sent.text)
        self._seen |= {plain, *map(plain_words, sent.text.split("\n"))}

    def joined(self, main: Input | None) -> Input | None:
        if main is None or (len(self._texts) == 1 and not self._is_repeated):
            return main
        return replace(main, text="\n".join(self._texts), is_repeated=self._is_repeated or main.is_repeated)


def _inputs_of(message: InboundMessage) -> list[Input]:
    """The inputs of one message. A caption is a text of its own."""
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
