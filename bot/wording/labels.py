"""Words for the closed sets of the domain (statuses, units, reasons), from templates/<language>/labels.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2] / "templates"
LANGUAGES = ("en", "ne")


@cache
def labels(language: str) -> Mapping[str, Any]:
    return tomllib.loads((ROOT / language / "labels.toml").read_text(encoding="utf-8"))


def label(value: object, group: str, *, language: str) -> str:
    """The word for *value* in its group; without one, the value itself, with spaces for underscores."""
    words: Mapping[str, str] = labels(language)[group]
    return words.get(str(value), str(value).replace("_", " "))
