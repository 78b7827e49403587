"""What fingers and phones do to a text without changing what it means."""

import re
from dataclasses import dataclass
from random import Random  # noqa: TID251 - each list is made from its own seed

from tests.generation.goods import Trade
from tests.generation.layouts import NEPALI_DIGITS
from tests.generation.speech import GREETINGS, TALK, THANKS, Language

NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk", "k": "jl", "l": "k",
    "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc",
    "y": "tu", "z": "x",
}  # fmt: skip
SIZES = {
    "g": ("g", " g", "gm", " gram"),
    "kg": ("kg", " kg", " kilo"),
    "ml": ("ml", " ml", "ML"),
    "L": ("L", " L", " ltr", " litre"),
}


@dataclass(frozen=True, kw_only=True)
class Dress:
    """How a list is dressed: nothing in it changes the goods or their numbers."""

    letters: str = "as they are"
    has_nepali_digits: bool = False
    has_wide_gaps: bool = False
    head: str = ""
    tail: str = ""
    talk: str = ""

    def put_on(self, text: str) -> str:
        text = {"lower": text.lower(), "upper": text.upper(), "title": text.title()}.get(self.letters, text)
        if self.has_wide_gaps:
            text = re.sub(r"(?<=\S) (?=\S)", "  ", text)
        if self.has_nepali_digits:
            text = text.translate(NEPALI_DIGITS)
        return "\n".join(part for part in (self.head, text, self.talk, self.tail) if part)


def dress(language: Language, chance: Random) -> Dress:
    return Dress(
        letters=chance.choice(("as they are", "as they are", "lower", "lower", "upper")),
        has_nepali_digits=chance.random() < (0.6 if language is Language.NEPALI else 0.08),
        has_wide_gaps=chance.random() < 0.1,
        head=chance.choice(GREETINGS[language]) if chance.random() < 0.3 else "",
        tail=chance.choice(THANKS[language]) if chance.random() < 0.3 else "",
        talk=chance.choice(TALK[language]) if chance.random() < 0.15 else "",
    )


def with_sizes_respelled(name: str, chance: Random) -> str:
    return re.sub(r"(?<=\d)(kg|g|ml|L)\b", lambda found: chance.choice(SIZES[found[1]]), name)


def with_a_slip(name: str, trade: Trade, chance: Random) -> str | None:
    """Return *name* with one slip of the finger in one of its longer words; None where a slip would make another word of the catalogue."""
    places = [found.span() for found in re.finditer(r"[A-Za-z]{5,}", name)]
    if not places:
        return None
    start, end = chance.choice(places)
    word = name[start:end]
    slipped = _slip(word, chance)
    known = {found for goods in trade.goods for found in goods.words}
    if slipped.lower() == word.lower() or slipped.lower() in known:
        return None
    return f"{name[:start]}{slipped}{name[end:]}"


def _slip(word: str, chance: Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    match chance.choice(("drop", "double", "swap", "neighbour")):
        case "drop":
            return word[:at] + word[at + 1 :]
        case "double":
            return word[:at] + word[at] + word[at:]
        case "swap":
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case _:
            return word[:at] + chance.choice(NEIGHBOURS[word[at].lower()]) + word[at + 1 :]
