"""What the panel says, from `templates/admin/words/`, and the words that it shares with the chat, in one language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from core.config import PROJECT_ROOT
from core.parties.models import Language

TEMPLATES = PROJECT_ROOT / "templates"
WORDS = TEMPLATES / "admin" / "words"


@cache
def words_of(language: Language) -> Mapping[str, Any]:
    return tomllib.loads((WORDS / f"{language}.toml").read_text("utf-8"))


@cache
def labels_of(language: Language) -> Mapping[str, Any]:
    return tomllib.loads((TEMPLATES / language / "labels.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences by their key, and words for the values of closed sets."""

    language: Language

    def say(self, key: str, **facts: object) -> str:
        """The sentence of this key with its facts. A key that is missing is a fault, which a test finds."""
        group, _, name = key.partition(".")
        sentence: str = words_of(self.language)[group][name]
        return sentence.format(**facts) if facts else sentence

    def has(self, key: str) -> bool:
        group, _, name = key.partition(".")
        return name in words_of(self.language).get(group, {})

    def label(self, value: object, group: str) -> str:
        """The word for *value*: the panel's own, the chat's, or the value itself with spaces for underscores."""
        code = str(value)
        for words in (words_of(self.language), labels_of(self.language)):
            found = words.get(group, {})
            if code in found:
                return str(found[code])
        return code.replace("_", " ").replace("-", " ")

    def months(self) -> list[str]:
        return list(labels_of(self.language)["months"]["bs"])
