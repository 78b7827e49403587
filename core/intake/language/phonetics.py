"""How words sound: one alphabet for both scripts, and keys under which spellings of one word meet.

`light` keeps what tells number words and verbs apart (sat 7, sath 60). `sound_keys` folds much more, because names of
goods are written by ear: वाइवाइ, waiwai and Wai Wai all become `baibai`.
"""

import re
from functools import lru_cache

CONSONANTS = {
    "क": "k", "ख": "kh", "ग": "g", "घ": "gh", "ङ": "ng", "च": "ch", "छ": "chh", "ज": "j", "झ": "jh", "ञ": "n",
    "ट": "t", "ठ": "th", "ड": "d", "ढ": "dh", "ण": "n", "त": "t", "थ": "th", "द": "d", "ध": "dh", "न": "n",
    "प": "p", "फ": "ph", "ब": "b", "भ": "bh", "म": "m", "य": "y", "र": "r", "ल": "l", "व": "w", "श": "sh",
    "ष": "sh", "स": "s", "ह": "h", "ळ": "l", "ऩ": "n", "ऱ": "r",
}  # fmt: skip
WITH_NUKTA = {"क": "k", "ख": "kh", "ग": "g", "ज": "z", "फ": "f", "ड": "d", "ढ": "dh"}
VOWELS = {
    "अ": "a", "आ": "aa", "इ": "i", "ई": "ee", "उ": "u", "ऊ": "oo", "ऋ": "ri", "ए": "e", "ऐ": "ai", "ओ": "o",
    "औ": "au", "ऑ": "o", "ऍ": "e", "ऎ": "e", "ऒ": "o",
}  # fmt: skip
MATRAS = {
    "ा": "aa", "ि": "i", "ी": "ee", "ु": "u", "ू": "oo", "ृ": "ri", "े": "e", "ै": "ai", "ो": "o", "ौ": "au",
    "ॉ": "o", "ॅ": "e", "ॆ": "e", "ॊ": "o",
}  # fmt: skip
VOWEL_LETTERS = frozenset("aeiou")
VIRAMA, NUKTA, ANUSVARA, CHANDRABINDU, VISARGA = "्", "़", "ं", "ँ", "ः"
BEHIND_VOWELS = {**VOWELS, ANUSVARA: "n", CHANDRABINDU: ""}
DEVANAGARI = re.compile(r"[\u0900-\u097f]")
UNSPOKEN = re.compile(r"(?<=[aeiou][bcdfghjklmnprstvwyz])A(?=[bcdfghjklmnprstvwyz]+[aeiou])")
NOT_LETTERS = re.compile(r"[^a-z0-9]+")


def is_devanagari(word: str) -> bool:
    return not word.isascii() and DEVANAGARI.search(word) is not None


def romanize(word: str) -> str:
    """Write Devanagari in Latin letters; the unwritten last "a" of a word is not spoken and not written."""
    return _spelled(word).replace("A", "a")


def romanize_quickly_spoken(word: str) -> str:
    """Write Devanagari as often spoken: an unwritten "a" between two syllables is dropped too (कोलगेट: kolget)."""
    return UNSPOKEN.sub("", _spelled(word)).replace("A", "a")


def _spelled(word: str) -> str:
    """Write Devanagari in Latin letters; `A` stands for an "a" that is not written."""
    out: list[str] = []
    inherent = False  # the consonant just written still carries its unwritten "a"
    for position, letter in enumerate(word):
        if letter in CONSONANTS:
            if inherent:
                out.append("A")
            out.append(_consonant(letter, word[position + 1 : position + 2]))
            inherent = True
            continue
        if letter in (VISARGA, NUKTA):
            continue
        if letter in MATRAS:
            out.append(MATRAS[letter])
        elif letter != VIRAMA:
            out.append(("A" if inherent else "") + BEHIND_VOWELS.get(letter, letter))
        inherent = False
    if inherent and len(out) == 1:
        out.append("a")
    return "".join(out).replace("jn", "gy").replace("hw", "w")


def _consonant(letter: str, follows: str) -> str:
    if follows == NUKTA:
        return WITH_NUKTA.get(letter, CONSONANTS[letter])
    return CONSONANTS[letter]


REPEATED = re.compile(r"([a-zC])\1+")

CASE_ENDINGS = (
    "हरूको",
    "हरुको",
    "हरू",
    "हरु",
    "लाई",
    "बाट",
    "वाला",
    "वाली",
    "को",
    "का",
    "की",
    "के",
    "मा",
    "ले",
    "मै",
    "नै",
)


def without_case_ending(word: str) -> str | None:
    """Give a Devanagari noun without the ending glued to it (लिटरको: लिटर), None if it has none."""
    if not is_devanagari(word):
        return None
    for ending in CASE_ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word[: -len(ending)]
    return None


@lru_cache(maxsize=65536)
def light(word: str) -> str:
    """Give the key of a word of the language: script, length of vowels and doubled letters do not matter."""
    word = romanize(word) if is_devanagari(word) else word
    word = NOT_LETTERS.sub("", word.lower())
    word = word.replace("ee", "i").replace("oo", "u").replace("w", "v").replace("sh", "s").replace("ph", "f")
    word = (
        word.replace("z", "j")
        .replace("x", "ks")
        .replace("chh", "ch")
        .replace("cchh", "ch")
        .replace("cch", "ch")
    )
    return REPEATED.sub(r"\1", word)


# Each step is a pattern with its replacement, tried only on words that hold one of the letters it needs.
_NATIVE_STEPS = (
    ("h", re.compile(r"(?<=[tdbgjr])h"), ""),
    ("h", re.compile(r"kh"), "k"),
    ("ck", re.compile(r"ck"), "k"),
    ("q", re.compile(r"q"), "k"),
    ("v", re.compile(r"v"), "b"),
    ("ch", re.compile(r"ch"), "C"),
    ("c", re.compile(r"c(?=[eiy])"), "s"),
    ("c", re.compile(r"c"), "k"),
    ("y", re.compile(r"(?<=[bCdfgjklmnprstiaeou])y(?=[aeiou])"), ""),
    ("y", re.compile(r"y"), "i"),
    ("h", re.compile(r"(?<=[aeiou])h(?![aeiou])"), ""),
    ("ou", re.compile(r"ou"), "au"),
    ("n", re.compile(r"n(?=[pbm])"), "m"),
)

_ENGLISH_STEPS = (
    ("u", re.compile(r"(?<=[bcdfghjklmnprstvz])u(?=[bcdfgkmnpstvxz](?:[^aeiouy]|$))"), "a"),
    ("u", re.compile(r"u(?=([bcdfgklmnpstvz])\1)"), "a"),
    ("g", re.compile(r"g(?=[eiy])"), "j"),
    ("qu", re.compile(r"qu"), "kv"),
    ("tu", re.compile(r"t(?=u[nr]e)"), "ch"),
    ("a", re.compile(r"ay|ai(?=[a-z])"), "e"),
    ("ey", re.compile(r"ey"), "e"),
    ("kn", re.compile(r"^kn|(?<=[a-z])kn"), "n"),
    ("uoy", re.compile(r"uoy"), "oi"),
    ("wr", re.compile(r"^wr"), "r"),
    ("wh", re.compile(r"wh"), "v"),
    ("tch", re.compile(r"tch"), "ch"),
    ("dge", re.compile(r"dge"), "j"),
    ("tion", re.compile(r"tion"), "shan"),
    ("ck", re.compile(r"ck"), "k"),
    ("igh", re.compile(r"igh"), "ai"),
    ("oa", re.compile(r"oa"), "o"),
    ("oo", re.compile(r"oo"), "u"),
    ("e", re.compile(r"ee|ea"), "i"),
    ("ui", re.compile(r"ui(?=[a-z])"), "i"),
    ("ou", re.compile(r"ou(?=l)"), "o"),
    ("ow", re.compile(r"ow(?=[aeiou]|$|s$|l|n)"), "o"),
    ("ew", re.compile(r"ew"), "yu"),
    ("a", re.compile(r"aw|au"), "o"),
    ("e", re.compile(r"a([bcdgkmptv])(?=(?:el|le|er)s?$)"), r"e\1"),
    ("el", re.compile(r"(?<=[bcdfgkmnptv])el(?=s?$)"), "al"),
    ("e", re.compile(r"a([bcdfgklmnprstvz])e(?=s?$)"), r"e\1"),
    ("e", re.compile(r"i([bcdfgklmnprstvz])e(?=s?$)"), r"ai\1"),
    ("e", re.compile(r"([ou])([bcdfgklmnprstvz])e(?=s?$)"), r"\1\2"),
    ("le", re.compile(r"([bcdfgkpt])le(?=s?$)"), r"\1al"),
    ("r", re.compile(r"[eo]r(?=s?$)"), "ar"),
    ("r", re.compile(r"[uieo]r(?=[^aeiouy]|$)"), "ar"),
    ("e", re.compile(r"(?<=[a-z]{2}[^aeiou])e(?=s?$)"), ""),
)


@lru_cache(maxsize=65536)
def native(word: str) -> str:
    """Give the sound of a word read the Nepali way, letter by letter."""
    word = light(word)
    for needed, pattern, written in _NATIVE_STEPS:
        if needed in word:
            word = pattern.sub(written, word)
    return REPEATED.sub(r"\1", word)


@lru_cache(maxsize=65536)
def english(word: str) -> str:
    """Give the sound of a word read the English way ("colgate" and कोलगेट are both `kolget`)."""
    word = NOT_LETTERS.sub("", word.lower())
    for needed, pattern, written in _ENGLISH_STEPS:
        if needed in word:
            word = pattern.sub(written, word)
    return native(word)


LONG_NAME = 6
LONG_VOWELS = {"i": "ai", "o": "o", "a": "e"}
SILENT_E = re.compile(r"([bcdfghjklmnprstvw]{1,2})([aio])([bcdfgklmnpstvz])e(?=[bcdfghjklmnprstvw][a-z]{2})")


@lru_cache(maxsize=65536)
def sound_keys(word: str) -> tuple[str, ...]:
    """Give the sounds a written word may stand for, the likeliest first."""
    if is_devanagari(word):
        return tuple(dict.fromkeys((native(word), native(romanize_quickly_spoken(word)))))
    keys = [native(word), english(word)]
    if "ea" in word:
        keys += [
            english(word.replace("ea", "e")),
            english(word.replace("ea", "ia")),
        ]  # bread, and real (riyal); but tea
    if "ack" in word and len(word) > LONG_NAME:
        keys.append(english(word.replace("ack", "ek")))  # krackjack
    if "eo" in word:
        keys.append(english(word.replace("eo", "io")))  # oreo
    if part := SILENT_E.match(word):
        keys.append(english(f"{part[1]}{LONG_VOWELS[part[2]]}{part[3]}{word[part.end() :]}"))  # life|buoy
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        keys += [native(word[:-1]), english(word[:-1])]
    keys += [
        key[:-1] + "j" for key in keys if key[-1:] == "s" and key[-2:-1] in VOWEL_LETTERS
    ]  # rose, Lay's: "roz", "lez"
    return tuple(dict.fromkeys(key for key in keys if key))


_VOWEL = re.compile(r"[aeiou]+")


@lru_cache(maxsize=65536)
def skeleton(key: str) -> str:
    """Give the consonants of a sound key; a leading vowel is kept as `.`."""
    bones = _VOWEL.sub("", key)
    return "." + bones if key[:1] in "aeiou" else bones


def is_inside(short: str, whole: str) -> bool:
    """Say whether the letters of an abbreviation stand in the word in their order."""
    rest = iter(whole)
    return all(letter in rest for letter in short)


def run_together(one: str, other: str) -> str:
    """Join two sounds; a letter doubled where they meet is heard once."""
    return one + other[1:] if one[-1:] == other[:1] else one + other
