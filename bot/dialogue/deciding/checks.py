"""Checks the conversation's table at start-up."""

from __future__ import annotations

from collections.abc import Iterator

from bot.dialogue.deciding import acting
from bot.dialogue.deciding.prompts import PROMPTS
from bot.dialogue.deciding.reach import Reach, reach_of
from bot.dialogue.deciding.stepping import answer_input, still
from bot.dialogue.deciding.table import ANYWHERE, REMINDERS, TABLE
from bot.dialogue.machine import State, always
from bot.wording.labels import LANGUAGES, ROOT


class TableInvalid(RuntimeError):
    """The conversation's table has gaps; the message lists all of them."""


def check_table() -> None:
    """Raise TableInvalid unless every state is reachable and always answers, and every message has a template."""
    if problems := list(_problems()):
        raise TableInvalid("\n".join(problems))


def reaches() -> Iterator[tuple[str, Reach]]:
    """Every handler with what it can lead to."""
    for state, reminder in REMINDERS.items():
        yield f"{state}.reminder", reach_of(reminder)
    yield "anywhere.later", reach_of(answer_input)
    yield "anywhere.still", reach_of(still)
    for step in ANYWHERE:
        yield f"anywhere.{step.name}", reach_of(step.handler)
    for state, steps in TABLE.items():
        for step in steps:
            yield f"{state}.{step.name}", reach_of(step.handler)
    for kind in PROMPTS.values():
        for part in (kind.answer, kind.stale, kind.answer_several):
            if part is not None:
                yield f"prompt.{kind.name}", reach_of(part)


def says_in_dialogue() -> frozenset[str]:
    return frozenset(name for _, reach in reaches() for name in reach.says)


def _problems() -> Iterator[str]:
    for state in State:
        if state not in TABLE:
            yield f"{state}: no steps"
        elif TABLE[state][-1].matches is not always and state not in _FED_BY_ANYWHERE:
            yield f"{state}: its last step does not always match, so something could stay unanswered"
    reachable = {state for _, reach in reaches() for state in reach.states} | reach_of(acting.home).states
    for state in set(State) - reachable:
        yield f"{state}: nothing leads here"
    for where, reach in reaches():
        for kind in reach.asks - PROMPTS.keys() - {"which"}:
            yield f"{where}: asks {kind!r}, which nobody can answer"
        for name in reach.says:
            for language in LANGUAGES:
                if not (ROOT / language / f"{name}.j2").exists():
                    yield f"{where}: {name} has no words in {language}"


# States that only take text: the steps of *anywhere* answer taps, pictures and the rest.
_FED_BY_ANYWHERE = frozenset({State.PART, State.DECLINE_WORDS, State.SHORT_PARCEL, State.SHORTFALL})
