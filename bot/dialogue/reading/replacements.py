"""Reads one thing in the place of another: "chini hoina nun 12 ota", "salt instead of sugar"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.dialogue.reading.line_numbers import plain_digits, unit_named
from bot.dialogue.reading.words import is_said, phrases, plain_words

_ENDS: Final = re.compile(r"[?\n,;।]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Replacement:
    """*gone* names the goods that aren't wanted, *instead* those that are."""

    gone: str
    instead: str


def read_replacement(text: str) -> Replacement | None:
    """The replacement that a text of one clause asks for; None for any other text."""
    if _ENDS.search(text.strip().rstrip("।.!")):
        return None
    plain = plain_words(text)
    found = _split(plain, "instead_between")
    if found is not None:
        before, after = found
        return Replacement(gone=before, instead=after)
    found = _split(plain, "instead_before")
    if found is not None:
        instead, gone = found
        return None if _amounts(gone) else Replacement(gone=gone, instead=instead)
    found = _split(plain, "not_this_but")
    return None if found is None else _not_this_but(*found)


def _not_this_but(before: str, after: str) -> Replacement | None:
    names_both = bool(_without_amounts(before)) and bool(_without_amounts(after))
    if not names_both or _amounts(before) or not _amounts(after):
        return None
    return Replacement(gone=before, instead=after)


def _split(plain: str, group: str) -> tuple[str, str] | None:
    """What stands before and behind the only phrase of the group; None without one, or with nothing on a side."""
    padded = f" {plain} "
    for phrase in sorted(phrases(group), key=len, reverse=True):
        if padded.count(f" {phrase} ") == 1:
            before, _, after = padded.partition(f" {phrase} ")
            if _bare(before) and _bare(after):
                return _bare(before), _bare(after)
    return None


def _bare(words: str) -> str:
    """Without what stands around it and says nothing: "… ho hai"."""
    said = words.split()
    while said and is_said(said[-1], "around_goods"):
        said = said[:-1]
    while said and is_said(said[0], "around_goods"):
        said = said[1:]
    return " ".join(said)


def _amounts(words: str) -> list[str]:
    return [word for word in words.split() if _is_amount(word)]


def _without_amounts(words: str) -> str:
    return " ".join(word for word in words.split() if not _is_amount(word))


def _is_amount(word: str) -> bool:
    return any(sign.isdigit() for sign in plain_digits(word)) or unit_named(word) is not None
