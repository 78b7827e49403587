"""What an event leads to in a state: a table's cell is one of these, and use cases ask the table. Pure.

The tables are `orders/outcomes.py`, `routing/outcomes.py` and `credit/outcomes.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from core.errors import DomainError

State = TypeVar("State", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Becomes:
    """One of these states follows, and *note* says when which."""

    states: frozenset[StrEnum]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Refuses:
    """Nothing changes, and this error is raised."""

    error: type[DomainError]


@dataclass(frozen=True, slots=True)
class Answers:
    """No error and no change: the answer says how things are, under this code."""

    code: str


NOTHING = Answers("nothing")


def refusal_of(
    table: Mapping[State, Mapping[Any, Any]], state: State, event: Any
) -> type[DomainError] | None:
    """The error that *event* raises in *state*; None where it is not refused."""
    outcome = table[state][event]
    return outcome.error if isinstance(outcome, Refuses) else None


def changes(table: Mapping[State, Mapping[Any, Any]], state: State, event: Any) -> bool:
    """Whether *event* has an effect in *state*: neither a refusal nor an answer that changes nothing."""
    return not isinstance(table[state][event], Refuses | Answers)


def states_changed_by(table: Mapping[State, Mapping[Any, Any]], event: Any) -> frozenset[State]:
    """The states in which *event* has an effect."""
    return frozenset(state for state in table if changes(table, state, event))
