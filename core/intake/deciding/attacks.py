"""Texts that speak to a machine, and spam: found before anything else is read."""

import re
import tomllib
from functools import cache
from importlib.resources import files


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    table = tomllib.loads((files("core.intake.language.words") / "attacks.toml").read_text("utf-8"))
    return {
        name: re.compile("|".join(f"(?:{one})" for one in group["patterns"]), re.IGNORECASE | re.MULTILINE)
        for name, group in table.items()
    }


def attack_starts_at(text: str) -> int | None:
    """Say where a text begins to speak to a machine."""
    match = _patterns()["attack"].search(text)
    return match.start() if match else None


def is_spam(text: str) -> bool:
    return _patterns()["spam"].search(text) is not None
