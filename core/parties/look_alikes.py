"""Names that would be read as ours, or as an order of ours: look-alike letters, and sentences in the place of a name. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Letters that look like one of those our name is written with, beside what NFKD takes apart: Cyrillic, Greek, Armenian,
# Coptic, Cherokee, Latin letters with a stroke, and figures.
_LIKE: Final = {
    letter: plain
    for plain, letters in {
        "k": "кқҝҟӄκκĸƙⲕᴋꞣꝁ",
        "h": "һнңҥӊӈհηɦħⱨнᏂʜⲏ",
        "a": "аαɑⱥаӑ4ᴀⲁ",
        "c": "сϲƈȼꞓⲥᴄ",
        "o": "оοօøσ0ⲟᴏөоഠ๐൦౦೦၀०০੦૦",
        "n": "пոռղɴⲛƞ",
        "t": "тτᴛ",
        "e": "еєεҽ",
        "m": "мᴍ",
    }.items()
    for letter in letters
}
_OURS: Final = frozenset({"khacho", "khancho", "खाचो", "खाञ्चो", "खान्चो"})
# Longer than any other word that begins or ends so, and so ours inside any other.
_INSIDE: Final = ("khaacho", "khaancho", "खाचो")
_NASAL: Final = re.compile("[\u0901\u0902]")
_NOT_WORDS: Final = re.compile(r"[^\w\u0900-\u097f]+")

_SENTENCES: Final = re.compile(
    r"""
      \b(?:order|invoice|payment|parcel|delivery|bill|code|otp)\b\W*(?:no|number|nambar)?\W*\d
    | \b(?:un)?paid\b | \bcancel+ed\b | \bdelivered\b | \brefunded\b | \bconfirmed\b | \boverdue\b
    | \bdo\s*n[o']?t\b | \bdont\b | \bno\s+(?:need|cash|payment|money)\b
    | \b(?:take|collect|give|send|pay|return|hand)\s+(?:no\s+|the\s+|me\s+|him\s+|her\s+)*(?:cash|money|paisa|rs|goods|code|amount)\b
    | \b(?:paisa|cash|nagad|rakam)\b.*\b(?:na\w+u|tirisak\w*|tiryo|tireko|linu|dinu|pathau\w*)\b
    | \b(?:tirisak\w*|bhuktani|radd?h?a?\s+bhayo|cancel\s+bhayo|chukta\s+bhayo|bujha(?:i|e)\w*)\b
    | रद्द | भुक्तानी | तिरिसक | बुझाइसक | चुक्ता\s*भ | (?:नलिनु|नदिनु|नतिर्नु)
    | (?:अर्डर|बिल|कोड)\s*(?:नं|नम्बर)?\W*[\d०-९]
    """,
    re.IGNORECASE | re.VERBOSE,
)


def reads_as_us(name: str) -> bool:
    """Whether a person would read our name in it."""
    letters = _skeleton(name)
    together = _NOT_WORDS.sub("", letters)
    words = [once(word) for word in _NOT_WORDS.split(letters)]
    if once(together) in _OURS or any(word in _OURS for word in words):
        return True
    return any(one in _at_most_twice(together) for one in _INSIDE)


def orders_something(name: str) -> bool:
    """Whether it is a sentence about an order or money, as only we say it, and no name."""
    plain = _skeleton(name, keeps_figures=True)
    return any(_SENTENCES.search(one) is not None for one in (name, plain))


def once(word: str) -> str:
    """Each letter that is repeated, once: "Khaaacho" reads as "Khacho"."""
    return re.sub(r"(.)\1+", r"\1", word)


def _at_most_twice(word: str) -> str:
    return re.sub(r"(.)\1{2,}", r"\1\1", word)


def _skeleton(name: str, *, keeps_figures: bool = False) -> str:
    """The letters as the eye takes them: without accents, in the letters that they look like."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    kept = []
    for letter in plain:
        if unicodedata.category(letter) == "Mn" and not "\u0900" <= letter <= "\u097f":
            continue
        if keeps_figures and unicodedata.category(letter) == "Nd":
            kept.append(str(unicodedata.digit(letter)))
        else:
            kept.append(_LIKE.get(letter, letter))
    return _NASAL.sub("", "".join(kept))
