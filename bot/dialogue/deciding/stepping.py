"""Runs the matching step for each act of an input, each in its own savepoint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Protocol

from bot.dialogue.deciding.prompts import PROMPTS
from bot.dialogue.deciding.table import ANYWHERE, TABLE
from bot.dialogue.machine import SILENCE, WAITS_FOR_WORDS, Outcome, PartyKind, Step, Turn
from bot.dialogue.screens.vendor.open_work import lock_several
from bot.wording.errors import say_refusal
from bot.wording.say import Say
from core.db.session import writes
from core.errors import DomainError
from core.intake.acts.types import Act
from core.parties.errors import PartyInactive

# A text with more acts than this is carried out up to here; the rest is named to the person.
MOST_STEPS: Final = 8
_LONGEST_NAMED: Final = 3
# About the person and not the party: no more messages, messages again, another party.
_ABOUT_ONESELF: Final = frozenset({"stop", "start", "switch_party"})


@dataclass(frozen=True, kw_only=True, slots=True)
class StepAnswer:
    """The result of one step, after its savepoint has ended."""

    step: str
    outcome: Outcome
    turn: Turn

    @property
    def is_question(self) -> bool:
        return is_question(self.outcome)


class After(Protocol):
    """Applies an answer and returns the turn for the next act."""

    def __call__(self, answered: StepAnswer, *, is_last: bool) -> Turn: ...


def is_question(outcome: Outcome) -> bool:
    """Whether the person has to answer something next. A shortcut button isn't a question."""
    if outcome.goto in WAITS_FOR_WORDS:
        return True
    if outcome.ask is None:
        return False
    kind = PROMPTS.get(outcome.ask.kind)
    return kind is None or not kind.is_shortcut


def still(say: Say) -> Say:
    """The words before an answer that would be the same as the last one, word for word."""
    return Say("anywhere/still", {"message": say.name.rpartition("/")[2]})


def answer_input(turn: Turn, after: After) -> tuple[list[StepAnswer], Turn]:
    """Answer one input, act by act; *after* applies each answer and returns the turn for the next act.

    Every act is matched in the state in which the text was written; the final state is that of the question, if any.
    Only one question is asked: an act that would ask a second one is rolled back and named to the person, and so are
    acts beyond the limit. What several acts of a wholesaler may change is locked before the first of them.
    """
    if turn.party.kind is PartyKind.VENDOR:
        lock_several(turn)
    answers: list[StepAnswer] = []
    later: list[Act] = []
    began, asking = turn.state, None
    left = list(turn.acts)
    while True:
        step, taken, left = _next(replace(turn, state=began), left)
        answered = _run(step, replace(turn, state=began, acts=taken), may_ask=asking is None)
        if answered is None:
            later.extend(taken)
        else:
            turn = after(answered, is_last=not left)
            answers.append(answered)
            asking = turn.state if answered.is_question else asking
        if not left:
            break
        if len(answers) + len(later) >= MOST_STEPS:
            later.extend(left)
            break
    if later:
        outcome = Outcome(say=Say("anywhere/later", _named(later)), is_aside=True)
        answers.append(StepAnswer(step="later", outcome=outcome, turn=turn))
    return answers, replace(turn, state=asking or turn.state)


def _next(turn: Turn, left: list[Act]) -> tuple[Step, tuple[Act, ...], list[Act]]:
    """The step for the first remaining act, the acts that it answers, and those that remain."""
    turn = replace(turn, acts=tuple(left))
    step = next((step for step in (*ANYWHERE, *TABLE[turn.state]) if step.matches(turn)), _NOTHING)
    if step.takes is None or not left:
        return step, tuple(left), []
    taken = (left[0], *(act for act in left[1:] if step.takes_too(act)))
    return step, taken, [act for act in left[1:] if not step.takes_too(act)]


def _run(step: Step, turn: Turn, *, may_ask: bool) -> StepAnswer | None:
    """Run the step. A refusal rolls it back and becomes the answer. None if it was rolled back because it would ask."""
    savepoint = turn.session.begin_nested()
    began = writes(turn.session)
    try:
        outcome = step.handler(turn)
        if not turn.party.is_active and step.name not in _ABOUT_ONESELF:
            _must_only_read(turn, outcome, began)
    except DomainError as refusal:
        savepoint.rollback()
        return StepAnswer(
            step=f"{step.name}:{refusal.code}", outcome=Outcome(say=say_refusal(refusal)), turn=turn
        )
    except BaseException:
        savepoint.rollback()
        raise
    if not may_ask and is_question(outcome):
        savepoint.rollback()
        return None
    savepoint.commit()
    return StepAnswer(step=step.name, outcome=outcome, turn=turn)


def _must_only_read(turn: Turn, outcome: Outcome, began: int) -> None:
    """The one place that says what the chat of a deactivated party may still do. Raises PartyInactive.

    It may read, such as what it owes and is owed; nothing is written for it, and it is asked nothing that it could
    not do after its answer.
    """
    if writes(turn.session) != began or is_question(outcome):
        raise PartyInactive


def _named(later: list[Act]) -> dict[str, object]:
    said = [act.text for act in later[:_LONGEST_NAMED]]
    return {"said": said, "more": len(later) - len(said)}


def _stay_silent(_turn: Turn) -> Outcome:
    return SILENCE


_NOTHING: Final = Step(name="nothing", matches=lambda _turn: True, handler=_stay_silent)
