"""What people read above the columns and on the pages, in their language, from `templates/reports/headings.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from core.config import PROJECT_ROOT
from core.parties.models import Language

TEMPLATES = PROJECT_ROOT / "templates" / "reports"


@cache
def words(language: Language) -> dict[str, Any]:
    """`columns`, `reports`, `values` and the words of a page, by their codes."""
    found: dict[str, Any] = tomllib.loads((TEMPLATES / "headings.toml").read_text("utf-8"))[language]
    return found
