"""Texts that speak to a machine, and spam: found before anything else is read."""

import re
import tomllib
from functools import cache
from importlib.resources import files

_BOUNDARY = r"\b"
# Capitals whose lower case has another length, and letters that compare as "i" and "s" without regard to case.
_ODD_LETTERS = str.maketrans({"\u0130": "i", "\u0131": "i", "\u017f": "s"})


@cache
def _patterns() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    """Give two patterns for each group, for texts in lower case.

    Signs that begin with a word share one look for a boundary, so that most places of a text are left after one step.
    """
    table = tomllib.loads((files("core.intake.language.words") / "attacks.toml").read_text("utf-8"))
    return {name: _parted(group["patterns"]) for name, group in table.items()}


def _parted(signs: list[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = "|".join(f"(?:{one[len(_BOUNDARY) :]})" for one in signs if one.startswith(_BOUNDARY))
    others = "|".join(f"(?:{one})" for one in signs if not one.startswith(_BOUNDARY))
    return re.compile(rf"\b(?:{words})", re.MULTILINE), re.compile(others, re.MULTILINE)


def attack_starts_at(text: str) -> int | None:
    """Say where a text begins to speak to a machine."""
    lowered = _lowered(text)
    found = [match.start() for one in _patterns()["attack"] if (match := one.search(lowered))]
    return min(found, default=None)


def is_spam(text: str) -> bool:
    """Say whether a text is an advertisement or a chain letter."""
    lowered = _lowered(text)
    return any(one.search(lowered) for one in _patterns()["spam"])


def _lowered(text: str) -> str:
    """Give a text in lower case, letter for letter."""
    return text.translate(_ODD_LETTERS).lower() if not text.isascii() else text.lower()
