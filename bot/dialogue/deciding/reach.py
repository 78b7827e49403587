"""What a handler can say and which states it can lead to, read from its source, so that the map is always current."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, Final

from bot.dialogue.machine import State

_HOME: Final = "bot.dialogue"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """Everything that a function can lead to, including the dialogue functions that it calls."""

    says: frozenset[str] = frozenset()
    states: frozenset[State] = frozenset()
    asks: frozenset[str] = frozenset()


@cache
def reach_of(function: Callable[..., Any]) -> Reach:
    """Follows calls by name inside the dialogue, but not lookups in tables at run time."""
    if not isinstance(function, FunctionType):
        raise TypeError(f"{function!r} is not a plain function, so the map cannot read it")
    seen: set[FunctionType] = set()
    waiting = [function]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting.extend(_steps_of(current)[1])
    direct = [_steps_of(found)[0] for found in seen]
    return Reach(
        says=frozenset().union(*(reach.says for reach in direct)),
        states=frozenset().union(*(reach.states for reach in direct)),
        asks=frozenset().union(*(reach.asks for reach in direct)),
    )


@cache
def _steps_of(function: FunctionType) -> tuple[Reach, tuple[FunctionType, ...]]:
    """What the function itself says, leads to and asks, and the dialogue functions that it calls."""
    says: set[str] = set()
    states: set[State] = set()
    asks: set[str] = set()
    called: list[FunctionType] = []
    names = function.__globals__
    for node in ast.walk(_functions(function.__code__.co_filename)[function.__code__.co_firstlineno]):
        if isinstance(node, ast.Attribute) and _is_name(node.value, "State"):
            states.add(State[node.attr])
        if isinstance(node, ast.Call):
            says.update(_first_words(node) if _is_name(node.func, "Say") else ())
            asks.update(_kinds(node, names) if _is_name(node.func, "Ask") else ())
            called.extend(_called(node, names))
    return Reach(says=frozenset(says), states=frozenset(states), asks=frozenset(asks)), tuple(called)


@cache
def _functions(path: str) -> dict[int, ast.FunctionDef]:
    """The functions of a module by their first line. Parses each module once."""
    module = ast.parse(Path(path).read_text(encoding="utf-8"))
    return {node.lineno: node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)}


def _first_words(call: ast.Call) -> Iterator[str]:
    """The message names in the first argument of a Say; a conditional expression has two."""
    for node in ast.walk(call.args[0]):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "/" in node.value:
            yield node.value


def _kinds(call: ast.Call, names: dict[str, Any]) -> Iterator[str]:
    for keyword in call.keywords:
        if keyword.arg == "kind" and isinstance(keyword.value, ast.Name):
            yield str(names[keyword.value.id])


def _called(call: ast.Call, names: dict[str, Any]) -> Iterator[FunctionType]:
    target: Any = None
    if isinstance(call.func, ast.Name):
        target = names.get(call.func.id)
    elif isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        module = names.get(call.func.value.id)
        target = getattr(module, call.func.attr, None) if isinstance(module, ModuleType) else None
    if isinstance(target, FunctionType) and target.__module__.startswith(_HOME):
        yield target


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
