"""Finds the wholesaler that a shop says it paid: "5000 Hari Traders lai esewa AB12", "paid Ramesh dai 2000 cash"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.dialogue.reading.words import is_said
from core.intake.language.phonetics import is_devanagari, sound_keys, without_case_ending
from core.refs import VendorId

_EDGES = ".,:;()*–-'\"“”!।"
_SHORTEST_NAME = 3
# Endings that people glue to a name in Latin letters; in Devanagari `without_case_ending` knows them.
_ENDINGS = ("laai", "lai", "bata", "sanga", "ko", "le")


def find_payee(left: Sequence[str], names: Mapping[VendorId, Sequence[str]]) -> VendorId | None:
    """The one vendor whose names explain all of these words; None when none does, or several do.

    *names* are a vendor's own name and those of its people. Words such as "traders" or "dai" name nobody by themselves.
    """
    said = [forms for word in left if not _is_beside(forms := _forms(word))]
    if not said:
        return None
    found = [
        vendor_id
        for vendor_id, known in names.items()
        if all(_is_of(forms, _sounds(known)) for forms in said)
    ]
    return found[0] if len(found) == 1 else None


def words_of_names(text: str, names: Mapping[VendorId, Sequence[str]]) -> tuple[str, ...]:
    """The words of the text that stand in any of the names, and those that stand beside names."""
    sounds = _sounds([name for known in names.values() for name in known])
    words = [word.strip(_EDGES).casefold() for word in text.split()]
    return tuple(word for word in words if _is_beside(_forms(word)) or _is_of(_forms(word), sounds))


def is_named(word: str, name: str) -> bool:
    """Whether the word is of that name, with or without an ending glued to it."""
    return bool(name) and _is_of(_forms(word), _sounds([name]))


def without_words(text: str, left: Sequence[str]) -> str:
    """The text without these words, each taken out once."""
    gone = [word.casefold() for word in left]
    kept = []
    for word in text.split():
        bare = word.strip(_EDGES).casefold()
        if bare in gone or word.casefold() in gone:
            gone.remove(bare if bare in gone else word.casefold())
        else:
            kept.append(word)
    return " ".join(kept)


def _sounds(names: Sequence[str]) -> frozenset[str]:
    return frozenset(key for name in names for word in name.casefold().split() for key in sound_keys(word))


def _is_of(forms: frozenset[str], sounds: frozenset[str]) -> bool:
    return any(key in sounds for form in forms if len(form) >= _SHORTEST_NAME for key in sound_keys(form))


def _is_beside(forms: frozenset[str]) -> bool:
    return any(is_said(form, "beside_payee") for form in forms)


def _forms(word: str) -> frozenset[str]:
    """The word with and without an ending that is glued to it."""
    bare = word.strip(_EDGES).casefold()
    if is_devanagari(bare):
        return frozenset({bare, without_case_ending(bare) or bare})
    glued = (ending for ending in _ENDINGS if bare.endswith(ending))
    return frozenset({bare, *(bare.removesuffix(ending) for ending in glued)})
