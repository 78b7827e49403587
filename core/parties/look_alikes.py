"""Names that would be read as ours, or as an order of ours: look-alike letters, and sentences in the place of a name. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from rapidfuzz.distance import Levenshtein

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
# The sounds of our name, however they are spelt: k, kh or q; one or more a, nasal only behind an h, for "kancho" is the
# youngest son; ch, chh, tch or c; o, oo, oh, ow or au.
_SOUNDS_LIKE_US: Final = re.compile(r"(?:[kq]a|[kq]ha[nm]?)(?:t?chh?|c)(?:o|oh|ow|au)")
_SOUNDS_LIKE_US_NE: Final = re.compile("खा(?:[नञङ]्)?(?:[चछ]्)*[चछ][ोौ]")
_SHORTEST_NEAR: Final = 6
# "Kanchho Kirana": the shop of the youngest son.
_YOUNGEST: Final = ("kan", "kam")
_NASAL: Final = re.compile("[\u0901\u0902]")
_LATIN: Final = "[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"
_DEVANAGARI: Final = "[\u0900-\u0963\u0972-\u097f]"
_BOTH_SCRIPTS: Final = re.compile(f"{_LATIN}{_DEVANAGARI}|{_DEVANAGARI}{_LATIN}")
# "KTMको Store": a word with the ending of a case, as people write it.
_LATIN_WITH_CASE: Final = re.compile(
    f"(?<!{_DEVANAGARI})({_LATIN}{{2,}})(को|का|की|मा|लाई|ले|बाट|से|में)(?!{_DEVANAGARI})"
)
_NOT_WORDS: Final = re.compile(r"[^\w\u0900-\u097f]+")

# A word that only stands behind our name when somebody speaks for us.
_OUR_PEOPLE: Final = re.compile(
    r"[kq](?:a+|ha+[nm]?)t?c+h*o+(?:support|team|help|official|admin|care|service|app|bot|pay)"
)
_SPELT: Final = re.compile(r"(?<!\w)(?:\w ){2,}\w(?!\w)")

_NUMBERED: Final = re.compile(
    r"""
      \b(?:order|invoice|payment|parcel|delivery|bill|code|otp)\b\W*(?:no|number|nambar|is|kh)?\W*\d
    | \bkh\W*\d{4}
    | (?:अर्डर|बिल|कोड)\s*(?:नं|नम्बर)?\W*[\d०-९]
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MATTER: Final = r"(?:cash|money|paisa|nagad|rakam|rs|amount|payment|advance|dues?|goods|saa?maa?n|maa?l|code|kod|otp|parcel|order|bill)"
_MATTER_NE: Final = "(?:नगद|पैसा|रकम|भुक्तान|सामान|माल|कोड|बिल|अर्डर)"
# By what they do: an order about money, goods or a code; a word that such a thing is paid, come or due; our say-so.
_SENTENCES: Final = re.compile(
    rf"""
      \b(?:un)?paid\b | \bcancel+ed\b | \bdelivered\b | \brefunded\b | \bconfirmed\b | \boverdue\b
    | \b(?:received|recieved|settled|cleared|waived)\b | \badmin(?:istrator)?\b
    | \b(?:approved|verified|checked|allowed)\s+by\b
    | \bdo\s*n[o']?t\b | \bdont\b | \bno\s+(?:need|cash|payment|money|dues?|balance|code|charge)\b
    | \bnothing\s+(?:to|is|more|due|owed)\b | \bwithout\s+(?:the\s+|a\s+|any\s+)*{_MATTER}\b
    | \b(?:take|collect|give|send|pay|return|hand|leave|deliver|drop|release|accept|refund|skip|dispatch)
      \s+(?:over\s+|no\s+|the\s+|all\s+|my\s+|me\s+|him\s+|her\s+)*{_MATTER}\b
    | \b{_MATTER}\b.*\b(?:na\w+u|linu|dinu|pathau\w*|tiryo|tireko
        |na(?:li|di|tir|mag|gar|rakh|bujhau|pathau|chahi)(?:n[ue]\w*|u?s|hos|yo|ne)
        |(?:li|di|tir|rakh|chh?od|pathau|bujhau)nu(?:s|hos|hola|hosh)?
        |a+yo|a+ko|pa+y(?:o|e|en|au|aun|ou|eko|ako)|prapta?|pugyo|bhayo|baa?ki|chahi\w*na)\b
    | \b(?:tirisak\w*|bhuktani|radd?h?a?\s+bhayo|cancel\s+bhayo|chukta\s+bhayo|bujha(?:i|e)\w*)\b
    | रद्द | भुक्तान | तिरिसक | बुझाइसक | चुक्ता\s*भ | (?:नलिनु|नदिनु|नतिर्नु)
    | {_MATTER_NE}.*(?:दिनु|लिनु|तिर्नु|राख्नु|छोड्नु|पठाउनु|भयो|आयो|पायौ|पाइयो|पाएँ|पाए|प्राप्त|बाँकी|नचाहि|चाहि[ँं]?(?:दैन|न्न))
    """,
    re.IGNORECASE | re.VERBOSE,
)


def reads_as_us(name: str) -> bool:
    """Whether a person would read our name in it."""
    letters = _skeleton(_LATIN_WITH_CASE.sub(r"\1 \2", name))
    together = _NOT_WORDS.sub("", letters)
    words = [once(word) for word in _NOT_WORDS.split(letters)]
    if once(together) in _OURS or any(word in _OURS for word in words):
        return True
    if any(_is_near(word) for word in (*words, once(together))) or _OUR_PEOPLE.search(together):
        return True
    return any(one in _at_most_twice(together) for one in _INSIDE)


def mixes_scripts(name: str) -> bool:
    """Whether a letter of Latin stands beside one of Devanagari in a word, as only a look-alike has them."""
    return (
        _BOTH_SCRIPTS.search(_LATIN_WITH_CASE.sub(r"\1 \2", unicodedata.normalize("NFC", name))) is not None
    )


def _is_near(word: str) -> bool:
    """Whether it sounds like our name, or is a letter away from it and begins and ends like it."""
    if _SOUNDS_LIKE_US.fullmatch(word) or _SOUNDS_LIKE_US_NE.fullmatch(word):
        return True
    is_alike = len(word) >= _SHORTEST_NEAR and word[0] == "k" and word[-1] == "o" and "ch" in word
    return (
        is_alike
        and not word.startswith(_YOUNGEST)
        and any(Levenshtein.distance(word, ours, score_cutoff=1) <= 1 for ours in ("khacho", "khancho"))
    )


def orders_something(name: str) -> bool:
    """Whether it is a sentence about an order or money, as only we say it, and no name."""
    return any(_SENTENCES.search(one) or _NUMBERED.search(one) for one in _readings(name))


def states_something(reference: str) -> bool:
    """Whether a reference is such a sentence. One word is none, and neither is a number with a word before it."""
    words = [word for word in reference.split() if not any(letter.isdigit() for letter in word)]
    return sum(any(letter.isalpha() for letter in word) for word in words) > 1 and any(
        _SENTENCES.search(one) is not None for one in _readings(reference)
    )


def _readings(text: str) -> tuple[str, ...]:
    """As it was typed, as the eye takes its letters, and with spelt words together: "p a i d"."""
    plain = _skeleton(text, keeps_figures=True)
    return text, plain, _SPELT.sub(lambda found: found.group().replace(" ", ""), plain)


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
