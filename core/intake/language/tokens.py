"""From a raw message to tokens: odd characters out, digits of any script made plain, glued words parted."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.intake.language.phonetics import light
from core.intake.language.tables import without_tables
from core.intake.reading import LimitHit

MAX_CHARACTERS = 16_000
MAX_LINES = 200
MAX_TOKENS = 3_000
MAX_MARKS_IN_A_ROW = 4

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\u20e3\U000e0000-\U000e007f]"
)
BREAKS = re.compile("\r\n?|[\u2028\u2029\u0085\x0b\x0c]")
APOSTROPHES = re.compile("(?<=\\w)['\u2019\u2018\u02bc`](?=\\w)")
STRUCK_OUT = re.compile(r"(?<![\w~])~([^~\n]{1,80})~(?![\w~])")
MARKUP = re.compile(r"(?<![\w*_])([*_]{1,3})(?=\S)([^*_\n]{1,400}?)(?<=\S)\1(?![\w*_])")
FORWARDED = re.compile(
    r"^ ?(?:\[?\s*\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?,?\s+\d{1,2}:\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?\s*\]?\s*(?:-\s*)?[^:\n]{1,40}:"
    r"|\[\s*\d{1,2}:\d{2}(?::\d{2})?\s*(?:[ap]m)?,?[^\]\n]{0,20}\]\s*[^:\n]{1,40}:"
    r"|(?:forwarded|forwarded message|fwd|fw)\s*:?\s*$)",
    re.IGNORECASE | re.MULTILINE,
)
IN_ONE = re.compile(
    r"(?<![\w.])(\d)[ -]{0,2}(?:in|इन)[ -]{0,2}(\d)(?![\d.])(?!\s*(?:l|lt|ltrs?|lit(?:er|re|ar)s?|kgs?|kilo|gm?|grams?|ml)\b)",
    re.IGNORECASE,
)
DOTS = re.compile(r"(?<=[^\s.])[ ]*\.{2,}[ ]*(?=([^\s.]))")
UNABBREVIATED = {
    "मि.लि": "मिलि",
    "कि.ग्रा": "किलो",
    "के.जी": "केजी",
    "ग्रा": "ग्राम",
    "लि": "लिटर",
    "से.मि": "सेमी",
    "मि.मि": "मिमि",
    "एम.एल": "एमएल",
}
ABBREVIATED = re.compile(r"(?<=[\d ])(" + "|".join(map(re.escape, UNABBREVIATED)) + r")\.(?!\w)")
POINTERS = re.compile("[➤👉→➡⇒▶]")
FRACTIONS = {"½": "1/2", "¼": "1/4", "¾": "3/4"}
RAISED = re.compile("[\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089]")
SIGNS = str.maketrans({
    "×": " x ", "✕": " x ", "✖": " x ", "✗": " x ", "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "‒": "-", "―": "-",
    "।": ".", "॥": ".", "•": "\n", "●": "\n", "▪": "\n", "◦": "\n", "‣": "\n", "·": "\n", "⁄": "/", "∕": "/",
    "“": '"', "”": '"', "‟": '"', "«": '"', "»": '"', "₨": " rs ", "₹": " rs ", "…": "...", "🔟": "10", "॰": ".", "\\": "/",
})  # fmt: skip


class Kind(StrEnum):
    WORD = "word"
    NUMBER = "number"
    SIGN = "sign"
    BREAK = "break"


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    kind: Kind
    text: str  # lower case
    key: str  # how the words of the language are looked up
    start: int
    end: int
    glued: bool  # nothing stands between this token and the one before
    value: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Cleaned:
    text: str
    limit_hit: LimitHit | None


def clean(raw: str) -> Cleaned:
    """Give the text that can be read, never longer than the limit, with plain digits and signs."""
    limit = LimitHit.TOO_MANY_CHARACTERS if len(raw) > MAX_CHARACTERS else None
    text = INVISIBLE.sub("", raw[: MAX_CHARACTERS * 2])
    text = text[:MAX_CHARACTERS]
    if not text.isascii():
        text = "\n".join(_without_pointers(row) for row in text.split("\n"))
        text = _plain_characters(text)
    text = without_tables(APOSTROPHES.sub("", BREAKS.sub("\n", text)))
    text = IN_ONE.sub(r"\1in\2", DOTS.sub(_dots, text))  # "3 in 1" is one word of a name
    if not text.isascii():
        text = ABBREVIATED.sub(lambda match: UNABBREVIATED[match[1]], text)
    text = "\n".join(" ".join(row.split()) for row in text.split("\n") if row.strip())
    text = FORWARDED.sub("\n", text)
    text = MARKUP.sub(r"\2", STRUCK_OUT.sub(" ", text))
    lines = [row for row in text.split("\n") if row.strip()]
    if len(lines) > MAX_LINES:
        text, limit = "\n".join(lines[:MAX_LINES]), limit or LimitHit.TOO_MANY_LINES
    return Cleaned(text=text, limit_hit=limit)


def _dots(match: re.Match[str]) -> str:
    """Read a run of dots before a number as a dash ("sprite....3 case"), else as the end of an entry."""
    return " - " if match[1].isdigit() else ", "


def _without_pointers(row: str) -> str:
    """Read pointing signs as bullets where a row begins with one, else as a dash ("coke 👉 2 case")."""
    if not POINTERS.search(row):
        return row
    return POINTERS.sub("\n" if POINTERS.match(row.lstrip()) else " - ", row)


def _plain_characters(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for letter in text:
        if letter in FRACTIONS:
            kept.append((" " if kept and kept[-1].isdigit() else "") + FRACTIONS[letter])
            continue
        if RAISED.match(letter) and not (kept and (kept[-1][-1:].isalpha() or RAISED.match(kept[-1]))):
            kept.append("^")  # "2²" is not 22, and "² kg" counts nothing; "mm²" is a unit
        category = unicodedata.category(letter)
        marks = marks + 1 if category[0] == "M" else 0
        if marks > MAX_MARKS_IN_A_ROW or (category in ("Cc", "Cs", "Cn", "Co") and letter not in "\n\r\t"):
            continue
        kept.append(str(unicodedata.digit(letter)) if category == "Nd" else letter)
    text = unicodedata.normalize("NFKC", "".join(kept).translate(SIGNS))
    return text.translate(SIGNS)


PIECES = re.compile(
    r"(?P<number>\d{1,3}(?:,\d{2,3})*,\d{3}(?![\d])(?:\.\d+)?|\d+(?:\.\d+)?|(?<![\w.])\.\d+)"
    r"|(?P<unit>(?:kg|gm|g|ml|ltr|l|pcs|pkt|btl)(?=[x*]\d))"
    r"|(?P<times>x(?=\d)|(?<=\d)x(?![^\W\d_])|(?<!\w)x(?!\w))"
    r"|(?P<word>[^\W\d_]+(?:[\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963]+[^\W\d_]*)*)"
    r"|(?P<break>\n)"
    r"|(?P<sign>[^\w\s])",
    re.IGNORECASE,
)
KINDS = {"number": Kind.NUMBER, "word": Kind.WORD, "unit": Kind.WORD, "break": Kind.BREAK}
CODE = re.compile(
    r"(?<![\w-])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+(?![\w-])|(?<![\w.,])(?=\w*[A-Za-z])(?=\w*\d)[A-Za-z0-9]+(?![\w])"
)


def tokenize(text: str, *, is_name: Callable[[str], bool]) -> list[Token]:
    """Part the text into tokens; a mix of letters and digits stays whole only when `is_name` knows it ("7up")."""
    names = dict(_names(text, is_name))
    places = sorted(names)
    tokens: list[Token] = []
    position = 0
    last_end = -1
    while position < len(text) and len(tokens) < MAX_TOKENS:
        if name := names.get(position):
            end = position + len(name)
            tokens.append(_token(Kind.WORD, text, position, end, glued=position == last_end))
            position = last_end = end
            continue
        match = PIECES.search(text, position)
        if match is None:
            break
        start, end = match.span()
        after = bisect_right(places, position)
        if after < len(places) and places[after] <= start:
            position = places[after]
            continue
        kind = KINDS.get(match.lastgroup or "", Kind.SIGN)
        if kind is Kind.NUMBER and text[start - 1 : start] == "^" and not text[: start - 1][-1:].isdecimal():
            kind = Kind.WORD  # a raised figure by itself may be a footnote
        tokens.append(_token(kind, text, start, end, glued=start == last_end))
        position = last_end = end
    return tokens


def _names(text: str, is_name: Callable[[str], bool]) -> Iterator[tuple[int, str]]:
    """Find the mixes of letters and digits that are names, whole or between their dashes ("BL-5C")."""
    for match in CODE.finditer(text):
        if is_name(match.group()):
            yield match.start(), match.group()
            continue
        start = match.start()
        for part in match.group().split("-"):
            if part and not part.isalpha() and not part.isdigit() and is_name(part):
                yield start, part
            start += len(part) + 1


def _token(kind: Kind, text: str, start: int, end: int, *, glued: bool) -> Token:
    said = text[start:end].lower()
    value = Decimal(said.replace(",", "")) if kind is Kind.NUMBER else None
    key = (light(said) or said) if kind is Kind.WORD else said
    return Token(kind=kind, text=said, key=key, start=start, end=end, glued=glued, value=value)
