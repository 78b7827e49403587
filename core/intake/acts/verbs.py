"""The forms of Nepali verbs, made from their stems: what was done, will be, shall be, was not, must not.

Only forms that people type are made; each is looked up whole, so that an ending is never guessed from a word's shape.
"""

import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any


class Tense(StrEnum):
    """What the form of a verb says: that it is done, will be done, or shall be done."""

    PAST = "past"
    FUTURE = "future"  # also the habitual present: "garchu" is what I do and what I am going to do
    COMMAND = "command"
    BARE = "bare"  # a stem, an infinitive or a participle: says by itself neither that it is done nor that it shall be
    IF = "if"
    DUE = "due"  # still to be done


_DENIED_BY_NA = frozenset({"i", "era", "eko", "yo", "e"})  # beside commands and conditions: "nagareko"


@cache
def _endings() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((files("core.intake.acts.words") / "verb_endings.toml").read_text(encoding="utf-8"))


def forms(stem: str, conjugation: str) -> Iterator[tuple[str, Tense, bool]]:
    """Give every form of a verb with its tense, and whether it denies. Commands are also denied by their "na-"."""
    denied = _endings()[conjugation]["denied"]
    for tense in Tense:
        for ending in _endings()[conjugation][tense].split():
            yield stem + ending, tense, False
            if tense in (Tense.COMMAND, Tense.IF) or ending in _DENIED_BY_NA:
                yield "na" + stem + ending, tense, True
        for ending in denied.get(tense, "").split():
            yield stem + ending, tense, True
