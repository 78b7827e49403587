"""What a handler may say and where it may lead, read from its own source: so that the map cannot be out of date."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, Final

from bot.dialogue.machine import State

_HOME: Final = "bot.dialogue"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """All that can follow from calling a function, the functions of the dialogue that it calls included."""

    says: frozenset[str] = frozenset()
    states: frozenset[State] = frozenset()
    asks: frozenset[str] = frozenset()


@cache
def reach_of(function: Callable[..., Any]) -> Reach:
    """Follow calls by name inside the dialogue. What is looked up in a table at run time is not followed."""
    seen: set[Callable[..., Any]] = set()
    says: set[str] = set()
    states: set[State] = set()
    asks: set[str] = set()
    waiting = [function]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        names = current.__globals__ if isinstance(current, FunctionType) else {}
        tree = ast.parse(textwrap.dedent(inspect.getsource(current)))
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and _is_name(node.value, "State"):
                states.add(State[node.attr])
            if isinstance(node, ast.Call):
                says.update(_first_words(node) if _is_name(node.func, "Say") else ())
                asks.update(_kinds(node, names) if _is_name(node.func, "Ask") else ())
                waiting.extend(_called(node, names))
    return Reach(says=frozenset(says), states=frozenset(states), asks=frozenset(asks))


def _first_words(call: ast.Call) -> Iterator[str]:
    """The names that the first argument of a Say can be; a condition between two gives both."""
    for node in ast.walk(call.args[0]):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "/" in node.value:
            yield node.value


def _kinds(call: ast.Call, names: dict[str, Any]) -> Iterator[str]:
    for keyword in call.keywords:
        if keyword.arg == "kind" and isinstance(keyword.value, ast.Name):
            yield str(names[keyword.value.id])


def _called(call: ast.Call, names: dict[str, Any]) -> Iterator[Callable[..., Any]]:
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
