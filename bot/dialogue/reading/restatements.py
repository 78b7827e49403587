"""Reads what a shop says it said: "tel 3 matra vaneko, 12 haina", "i said 3 oil not 12", "chini 10 kg matra rakhnu"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.dialogue.reading.line_numbers import plain_digits, unit_named
from bot.dialogue.reading.words import is_said, phrases, plain_words

# A comma or a stop between digits belongs to the number.
_WORDS: Final = re.compile(r"(?:[^\s,;।!?.]|[.,](?=\d))+|[,;।!?.\n]")
_SIGNS: Final = frozenset(",;।!.\n")


@dataclass(frozen=True, kw_only=True, slots=True)
class Restatement:
    """The goods as they should stand, without the numbers that are denied.

    Unless *is_whole*, "only" may be meant of its own row alone.
    """

    goods: str
    is_whole: bool


def read_restatement(text: str) -> Restatement | None:
    """None where nothing says that an amount was said before, is denied, or is all that is wanted; and for a question."""
    if "?" in text:
        return None
    words, has_denied = _without_denied_numbers(_WORDS.findall(text))
    plain = plain_words(" ".join(words))
    was_said = any(f" {phrase} " in f" {plain} " for phrase in phrases("was_ordered_so"))
    if not has_denied and not was_said and not any(is_said(word, "only") for word in words):
        return None
    goods = _without_phrases(words, "was_ordered_so") if was_said else words
    return Restatement(goods=_joined(goods), is_whole=has_denied or was_said)


def _without_denied_numbers(words: list[str]) -> tuple[list[str], bool]:
    """The words without "12 haina", "20 kg hoina" and "not 12"; a denied name stays, as that is another wish."""
    kept: list[str] = []
    has_denied = False
    place = 0
    while place < len(words):
        behind = _number_from(words, place + 1)
        if is_said(words[place], "denies_before") and behind:
            place, has_denied = behind, True
            continue
        if is_said(words[place], "denies_behind") and (denied := _number_at_end(kept)):
            kept, has_denied = kept[:-denied], True
        else:
            kept.append(words[place])
        place += 1
    return kept, has_denied


def _number_from(words: list[str], place: int) -> int:
    """Where the number at *place* ends with its unit; 0 where there is none."""
    if place >= len(words) or not _is_number(words[place]):
        return 0
    return place + 2 if place + 1 < len(words) and unit_named(words[place + 1]) else place + 1


def _number_at_end(words: list[str]) -> int:
    """How many of the last words are a number with its unit."""
    has_unit = bool(words) and unit_named(words[-1]) is not None and not _is_number(words[-1])
    length = 1 + has_unit
    return length if len(words) >= length and _is_number(words[-length]) else 0


def _is_number(word: str) -> bool:
    return plain_digits(word)[:1].isdigit()


def _without_phrases(words: list[str], group: str) -> list[str]:
    longest = max(len(phrase.split()) for phrase in phrases(group))
    kept: list[str] = []
    place = 0
    while place < len(words):
        length = next(
            (n for n in range(longest, 0, -1) if is_said(" ".join(words[place : place + n]), group)), 0
        )
        kept += [] if length else [words[place]]
        place += length or 1
    return kept


def _joined(words: list[str]) -> str:
    """The words as a text again, without signs that part nothing any more."""
    parted: list[str] = []
    for word in words:
        if word in _SIGNS and (not parted or parted[-1] in _SIGNS):
            continue
        parted.append(word)
    while parted and parted[-1] in _SIGNS:
        parted.pop()
    return " ".join(parted)
