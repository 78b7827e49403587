"""Prints docs/dialogue.md: `python -m bot.dialogue.map`. With `--check`, only checks that the page is up to date."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.dialogue.deciding.prompts import PROMPTS
from bot.dialogue.deciding.reach import Reach, reach_of
from bot.dialogue.deciding.table import ANYWHERE, TABLE
from bot.dialogue.machine import PromptKind, State, Step

PAGE = Path(__file__).resolve().parents[2] / "docs" / "dialogue.md"


def page() -> str:
    return "\n".join(_lines()) + "\n"


def main() -> int:
    if "--check" in sys.argv[1:]:
        is_current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page()
        if not is_current:
            sys.stderr.write(
                "docs/dialogue.md is out of date: python -m bot.dialogue.map > docs/dialogue.md\n"
            )
        return 0 if is_current else 1
    sys.stdout.write(page())
    return 0


def _lines() -> Iterator[str]:
    yield "# The conversation"
    yield ""
    yield "Generated from the table by `python -m bot.dialogue.map`; don't edit. In each state, the first matching step"
    yield "answers; the steps of *anywhere* come before those of the state. A question that waits for an answer is a"
    yield "prompt, not a state."
    yield ""
    yield "## Anywhere"
    yield from _steps(ANYWHERE)
    for state in State:
        yield ""
        yield f"## {state}"
        yield from _steps(TABLE[state])
    yield ""
    yield "## Prompts"
    yield ""
    yield "| prompt | a bare yes | a bare no | answers lead to | says |"
    yield "|---|---|---|---|---|"
    for kind in PROMPTS.values():
        yield _prompt(kind)


def _steps(steps: Iterable[Step]) -> Iterator[str]:
    yield ""
    yield "| step | what happens | leads to | says | asks |"
    yield "|---|---|---|---|---|"
    for step in steps:
        reach = reach_of(step.handler)
        first = (step.handler.__doc__ or "").strip().splitlines()
        yield f"| {step.name} | {first[0] if first else ''} | {_row(reach)} |"


def _prompt(kind: PromptKind) -> str:
    reach = reach_of(kind.answer)
    yes = "as shown" if kind.name in ("basket", "clear_order") else kind.yes or "–"
    return f"| {kind.name} | {yes} | {kind.no or '–'} | {_names(reach.states)} | {_names(reach.says)} |"


def _row(reach: Reach) -> str:
    return f"{_names(reach.states)} | {_names(reach.says)} | {_names(reach.asks)}"


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(str(name) for name in names)) or "–"


if __name__ == "__main__":
    sys.exit(main())
