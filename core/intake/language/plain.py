"""A message in plain characters: digits of any script as 0-9, one kind of dash, no invisible ones, lower case.

Every plain character remembers where it came from, so that what is read can be quoted as it was typed.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from core.intake.language.phonetics import is_devanagari, romanize

MOST_CHARACTERS = 16_000
MOST_MARKS_IN_A_ROW = 4

_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\u20e3\U0001f3fb-\U0001f3ff\U000e0000-\U000e007f]"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BLANKS = str.maketrans({"\r": "\n", "\t": " "})
_PLAINER = {
    "×": "x", "✕": "x", "✖": "x", "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "‒": "-", "―": "-", "।": ".", "॥": ".", "॰": ".",
    "⁄": "/", "∕": "/", "“": '"', "”": '"', "‟": '"', "«": '"', "»": '"', "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "₨": "₨", "₹": "₨",
    "\t": " ", "\u00a0": " ", "\r": "\n", "\u2028": "\n", "\u2029": "\n", "\x85": "\n", "\x0b": "\n", "\x0c": "\n", "•": "\n", "●": "\n", "|": ",", "\\": "/",
    "…": ".", "़": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plain:
    """`at` holds, for each plain character, its place in the message; one more stands for the end."""

    text: str
    at: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the place in the message of the plain characters from *start* up to *end*."""
        return (self.at[start], self.at[end - 1] + 1) if end > start else (self.at[start], self.at[start])


def plain(message: str) -> Plain:
    """Give the message in plain characters, up to the limit. Never raises for any text."""
    if message.isascii() and not _CONTROLS.search(message):
        text = message[:MOST_CHARACTERS].translate(_BLANKS).lower()
        return Plain(text=text, at=(*range(len(text)), len(message)))
    kept: list[str] = []
    at: list[int] = []
    marks = 0
    for place, letter in enumerate(message[:MOST_CHARACTERS]):
        if letter.isascii():
            written = "\n" if letter == "\r" else " " if letter == "\t" else letter.lower()
            if letter < " " and letter not in "\n\r\t":
                continue
            marks = 0
        else:
            category = unicodedata.category(letter)
            marks = marks + 1 if category[0] == "M" else 0
            if marks > MOST_MARKS_IN_A_ROW or _UNSEEN.match(letter):
                continue
            written = _plainer(letter, category)
        kept.extend(written)
        at.extend([place] * len(written))
    at.append(len(message))
    return Plain(text="".join(kept), at=tuple(at))


def _plainer(letter: str, category: str) -> str:
    if letter in _PLAINER:
        return _PLAINER[letter]
    if category == "Nd":
        return str(unicodedata.digit(letter))
    if category in ("Cc", "Cs", "Cn", "Co"):
        return ""
    if letter in "½¼¾":
        return letter
    simple = unicodedata.normalize("NFKC", letter)
    # A letter with its nukta in one character is written as the letter alone.
    if "\u0958" <= letter <= "\u095f":
        simple = unicodedata.normalize("NFD", letter)[0]
    return "".join(_PLAINER.get(part, part) for part in simple.lower())


_STEPS = (
    (re.compile(r"[^a-z]+"), ""),
    (re.compile(r"x"), "ch"),
    (re.compile(r"c?chh?"), "ch"),
    (re.compile(r"ee"), "i"),
    (re.compile(r"oo"), "u"),
    (re.compile(r"v"), "bh"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"z"), "j"),
    (re.compile(r"(?<=[aeiou])y(?=[aeiou])"), ""),
    (re.compile(r"([aeiou])\1+"), r"\1"),
)


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Give the key under which the spellings of one word of the language meet: "bhayena", "vaena" and भएन are "bhaena".

    Long and short vowels are one, and so are the ways to write chha, bha and pha; this is only for the closed lists of the
    language, never for names of goods.
    """
    if is_devanagari(word):
        word = romanize(word)
    word = word.lower()
    for pattern, written in _STEPS:
        word = pattern.sub(written, word)
    return word


def keys_of(word: str) -> tuple[str, ...]:
    """Give the keys of a word as it may be spoken: Devanagari does not write whether its last "a" is heard."""
    key = fold(word)
    return (key, key + "a") if "\u0915" <= word[-1:] <= "\u0939" else (key,)
