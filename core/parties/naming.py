"""What a person typed, made fit to be stored and shown to others: a name, a reference, a note.

Letters, their marks, digits and a small set of signs on one line, up to a length. What could speak for the bot or break
a message goes: signs of formatting, line breaks of every kind, control characters, direction overrides and characters
without a width. A joiner stays where Devanagari needs it, between two of its letters.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from core.identity import SIGNS, as_read, is_invisible, is_readable
from core.parties.errors import NameRefused
from core.parties.look_alikes import mixes_scripts, orders_something, reads_as_us, states_something

LONGEST_NAME: Final = 80
LONGEST_REFERENCE: Final = 60
LONGEST_NOTE: Final = 300

_IN_NAMES: Final = frozenset(" &'’.,-–/()+#%")
_IN_REFERENCES: Final = SIGNS | {" "}
_IN_NOTES: Final = _IN_NAMES | frozenset('?!:;@"“”₹=।')
_JOINERS: Final = frozenset("\u200c\u200d")
# What the letters and marks of Latin and Devanagari are called.
_SCRIPTS: Final = ("LATIN ", "DEVANAGARI ", "COMBINING ")
_WORD_OF_OURS: Final = re.compile("[a-z]+(_[a-z]+)*")
_DEVANAGARI: Final = re.compile("[\u0900-\u097f]")


def clean_name(typed: str | None, *, longest: int = LONGEST_NAME) -> str | None:
    """The name of a person, a shop or a place.

    None when nothing readable is left, when it has letters that people here don't read, which are there to look like
    others, when a word mixes Latin and Devanagari (but for the ending of a case), and when it would be read as our own name or as a sentence of ours.
    """
    name = _bare(typed, longest=longest)
    if not any(character.isalpha() for character in name) or not _is_readable(name) or _speaks_for_us(name):
        return None
    return name


def require_name(typed: str) -> str:
    """As `clean_name`, where a name is required. Raises NameRefused."""
    name = clean_name(typed)
    if name is None:
        raise NameRefused(name=typed[:LONGEST_NAME])
    return name


def require_place(typed: str | None) -> str | None:
    """A part of an address, which may be a number alone; None where there is none. Raises NameRefused."""
    if not (typed or "").strip():
        return None
    place = _bare(typed, longest=LONGEST_NAME)
    if (
        not any(character.isalnum() for character in place)
        or not _is_readable(place)
        or _speaks_for_us(place)
    ):
        raise NameRefused(name=(typed or "")[:LONGEST_NAME])
    return place


def clean_reference(typed: str | None) -> str | None:
    """A transaction number or the like, with letters that look like others written as those, as they are compared.

    None when nothing is left, when it has letters that nobody here reads, and when it would be read as a sentence of ours.
    """
    plain = as_read((typed or "")[: LONGEST_REFERENCE * 4])
    reference = _cleaned(plain, allowed=_IN_REFERENCES, longest=LONGEST_REFERENCE).strip()
    if not all(is_readable(character) for character in reference):
        return None
    return None if reads_as_us(reference) or states_something(reference) else reference or None


def clean_note(typed: str | None, *, longest: int = LONGEST_NOTE) -> str | None:
    """A remark in a person's own words; None when nothing is left."""
    return _cleaned(typed or "", allowed=_IN_NOTES, longest=longest).strip() or None


def clean_reason(typed: str) -> str:
    """Why somebody did something: a word of ours such as `no_stock` as it is, anything else as a note.

    `other` when nothing is left.
    """
    return typed if _WORD_OF_OURS.fullmatch(typed) else clean_note(typed) or "other"


def _cleaned(typed: str, *, allowed: frozenset[str], longest: int) -> str:
    # Only as much as could be kept is looked at: what was typed may be as long as a message.
    text = unicodedata.normalize("NFC", typed[: longest * 4])
    kept = (_kept(text, place, allowed) for place in range(len(text)))
    return " ".join("".join(kept).split())[:longest].rstrip()


def _kept(text: str, place: int, allowed: frozenset[str]) -> str:
    character = text[place]
    if character in _JOINERS:
        around = text[place - 1 : place] + text[place + 1 : place + 2]
        return character if len(_DEVANAGARI.findall(around)) == len(around) == 2 else ""
    if is_invisible(character):
        return ""
    category = unicodedata.category(character)
    # Whatever is neither kept nor invisible parts two words.
    return character if character in allowed or category[0] in "LM" or category == "Nd" else " "


def _bare(typed: str | None, *, longest: int) -> str:
    return _cleaned(typed or "", allowed=_IN_NAMES, longest=longest).strip(" &'’.,-–/+#")


def _is_readable(name: str) -> bool:
    """Whether all its letters and figures are Latin or Devanagari, in their plain forms."""
    return all(
        character.isascii() or unicodedata.name(character, "").startswith(_SCRIPTS)
        for character in name
        if unicodedata.category(character)[0] in "LMN"
    )


def _speaks_for_us(name: str) -> bool:
    return mixes_scripts(name) or reads_as_us(name) or orders_something(name)
