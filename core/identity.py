"""What a reference is compared by, so that one that looks the same is the same wherever it is typed. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Signs that belong to a reference; any other sign is dropped, as a space is.
SIGNS: Final = frozenset("-/.#:")
# Letters and marks by their category that nothing shows: fillers, variation selectors, joiners of graphemes.
_FILLERS: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


# The letters of Cyrillic, Greek, Armenian and Latin beside A to Z that are read as one of those, each as it is written:
# a Greek ν is read as v, its capital as N.
LOOK_ALIKES: Final = {
    letter: plain
    for plain, letters in {
        "A": "АΑᎪꓮ", "B": "ВΒᏴꓐ", "C": "СϹᏟꓚ", "D": "ᎠꓓƉĐ", "E": "ЕΕᎬꓰ", "F": "ϜꓝҒ", "G": "ԌᏀꓖ", "H": "НΗᎻꓧ", "I": "ІΙӀᏆꓲ",
        "J": "ЈͿᎫꓙ", "K": "КΚᏦꓗ", "L": "ᏞꓡԼ", "M": "МΜᎷꓟ", "N": "ΝꓠՈ", "O": "ОΟՕꓳӨΘ", "P": "РΡᏢꓑ", "Q": "ԚՔ", "R": "ᎡᏒꓣ",
        "S": "ЅՏᏚꓢ", "T": "ТΤᎢꓔ", "U": "ՍꓴԱ", "V": "ѴᏙꓦ", "W": "ԜᎳꓪШ", "X": "ХΧꓫ", "Y": "УҮΥꓬ", "Z": "ΖᏃꓜ", "3": "ЗӠƷ", "6": "б",
        "a": "аαɑ", "b": "вЬьβƅ", "c": "сϲᴄ", "d": "ԁժɖđ", "e": "еҽє", "f": "ғք", "g": "ɡցԍ", "h": "һհнћ", "i": "іιıɩ", "j": "јϳ",
        "k": "кκ", "l": "ӏǀ", "m": "мᴍ", "n": "пոռղ", "o": "оοօσөθ", "p": "рρթ", "q": "ԛգզ", "r": "гᴦ", "s": "ѕꜱտ", "t": "тτ",
        "u": "υսʋц", "v": "ѵν", "w": "ԝωաш", "x": "хχ×", "y": "уүγყ", "z": "ᴢʐ",
    }.items()
    for letter in letters
} | {"з": "3", "ӡ": "3", "ʒ": "3"}  # fmt: skip
# "LATIN SMALL LETTER E WITH STROKE" is read as e, "LATIN LETTER SMALL CAPITAL R" as r.
_OF_LATIN: Final = re.compile(r"LATIN (?:(CAPITAL|SMALL) LETTER|LETTER SMALL CAPITAL) ([A-Z])(?: WITH .*)?")
_DIRECTIONS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# What stands before a number and is no part of it.
_WORDS_FOR_NUMBER: Final = frozenset(
    [
        "no",
        "nos",
        "num",
        "number",
        "nambar",
        "bill",
        "invoice",
        "inv",
        "slip",
        "chalan",
        "challan",
        "नं",
        "न",
        "नम्बर",
        "बिल",
    ]
)
_BEFORE_FIGURES: Final = re.compile(rf"^(?:{'|'.join(sorted(_WORDS_FOR_NUMBER, reverse=True))})(?=[0-9])")
_PARTS_OF_NUMBER: Final = re.compile(r"[0-9]+|[^\W0-9_](?:[^\W0-9_]|[\u0900-\u0963])*")
# Letters that are read as figures, beside one.
_LIKE_FIGURES: Final = re.compile(r"[oil0-9]*[0-9][oil0-9]*")
_FIGURES_READ: Final = str.maketrans({"o": "0", "l": "1", "i": "1"})
_NO_SIGNS: Final = dict.fromkeys(map(ord, SIGNS))
_DEVANAGARI: Final = re.compile("[\u0900-\u097f]")


def is_invisible(character: str) -> bool:
    """Whether the character has neither a width nor a place of its own: joiners, direction overrides, soft hyphens."""
    return unicodedata.category(character) == "Cf" or _FILLERS.match(character) is not None


def turns_lines(character: str) -> bool:
    """Whether it breaks a line or changes the direction in which one is read, so that a line says what it doesn't hold."""
    return unicodedata.category(character) in {"Cc", "Zl", "Zp"} or character in _DIRECTIONS


def reference_key(reference: str | None) -> str | None:
    """The reference as it is compared: letters, digits and its signs in their plain forms, in Latin digits.

    Width, case, spaces, whatever nothing shows, and the alphabet of a letter that is read as A to Z make no difference. None when nothing is left. The key of a key is
    the key, and so is that of a cleaned reference.
    """
    # Twice: what is left after dropping and folding may compose anew.
    return _plain(_plain(reference or "")) or None


def bare_key(reference: str | None) -> str | None:
    """The key without its signs: a trailing stop, a "#" or a hyphen makes no other payment unless somebody looked.

    `core.credit.models.bare_column` says the same in the database.
    """
    key = reference_key(reference)
    return None if key is None else key.translate(_NO_SIGNS) or None


def spoken_number(number: str) -> str:
    """What people would call the number of a bill: "No. Q-017", "#Q/17" and "q 17" are all q17.

    Two bills may rightly differ in what is left out here, so it is a reason to ask, never to take one for the other.
    """
    runs = (_BEFORE_FIGURES.sub("", run) for run in _plain_words(number).split())
    read = (_LIKE_FIGURES.sub(lambda found: found.group().translate(_FIGURES_READ), run) for run in runs)
    parts = [part for run in read for part in _PARTS_OF_NUMBER.findall(run) if part not in _WORDS_FOR_NUMBER]
    spoken = ""
    for part in parts:
        figures = part.lstrip("0") or "0" if part.isdigit() else part
        # "1/17" is not "117".
        spoken += f"-{figures}" if spoken[-1:].isdigit() and figures.isdigit() else figures
    return spoken


def as_read(text: str) -> str:
    """The text with each letter that is read as one of A to Z, and each dash, written as that. Devanagari stays as it is."""
    plain = unicodedata.normalize(
        "NFKD", "".join(LOOK_ALIKES.get(character, character) for character in text)
    )
    return unicodedata.normalize("NFC", "".join(_as_read(character) for character in plain))


def is_readable(character: str) -> bool:
    """Whether people here read it: a sign, or a letter or digit of Latin or Devanagari without ornament."""
    return (
        character.isascii()
        or unicodedata.category(character)[0] not in "LMN"
        or _DEVANAGARI.match(character) is not None
    )


def _plain_words(text: str) -> str:
    """As `reference_key`, with what stands between words left where it is."""
    return " ".join(reference_key(word) or "" for word in re.split(r"[^\w\u0900-\u097f]+|_", text))


def _as_read(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Pd" or character == "\u2212":
        return "-"
    if character.isascii() or _DEVANAGARI.match(character):
        return character
    if category == "Nd":
        return str(unicodedata.digit(character))
    if character in LOOK_ALIKES:
        return LOOK_ALIKES[character]
    # An accent, which few read and nobody types into a reference.
    if category == "Mn" and not is_invisible(character):
        return ""
    latin = _OF_LATIN.fullmatch(unicodedata.name(character, ""))
    if latin:
        return latin[2] if latin[1] == "CAPITAL" else latin[2].lower()
    return character


def _plain(text: str) -> str:
    kept = "".join(_kept(character) for character in as_read(text))
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", kept).casefold())


def _kept(character: str) -> str:
    if is_invisible(character):
        return ""
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.digit(character))
    return character if character in SIGNS or unicodedata.category(character)[0] in "LM" else ""
