"""Numbers and words that are never an order: clock times, dates, telephones, addresses, links, list numbers."""

import re
import tomllib
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from core.intake.language.lexicon import Lexicon
from core.intake.language.tokens import Kind, Token

LIST_NUMBER = re.compile(
    r"^[ \t]*\(?(\d{1,3})\s?[.)](?!\d)(?=[ \t]*\S)|^[ \t]*\(?(\d{1,3})[.)](?=\d+\s?(?:x|kg|g|ml|l|ltr|ctn|carton|pkt|case|dz)\b)",
    re.MULTILINE,
)
LABEL = re.compile(
    r"^[ \t]*(?:item|product|saman|sn|sr|line)\s*(?:no|number)?\s*[.#-]?\s*\d{1,3}\s*[:.)-]",
    re.IGNORECASE | re.MULTILINE,
)
INLINE_NUMBER = re.compile(r"(?<![\w.,(])(\d{1,2})[.)](?=\s*[^\W\d_])")
ROW_NUMBER = re.compile(r"^[ \t]*(\d{1,2})(?:\s*[-:])?[ \t]+(?=[^\W\d_])")
NUMBER = re.compile(r"\d")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mask:
    """A pattern of what is never an order, looked for in texts that hold one of `needs` (in any text where it is empty).

    In a text that holds one of `unless`, it may be an order.
    """

    pattern: re.Pattern[str]
    needs: tuple[str, ...]
    unless: tuple[str, ...]

    def may_match(self, small: str) -> bool:
        if any(word in small for word in self.unless):
            return False
        return not self.needs or any(need in small for need in self.needs)


@cache
def _masks() -> tuple[Mask, ...]:
    table = tomllib.loads((files("core.intake.language.words") / "masking.toml").read_text("utf-8"))
    masks = []
    for row in table["patterns"]:
        pattern = row["pattern"].replace("{months}", table["months"]).replace("{clock}", table["clock"])
        masks.append(
            Mask(
                pattern=re.compile(pattern, re.IGNORECASE),
                needs=tuple(row.get("needs", ())),
                unless=tuple(row.get("unless", ())),
            )
        )
    return tuple(masks)


def mark(text: str, tokens: list[Token], words: Lexicon) -> list[bool]:
    """Say for each token whether it belongs to something that is no order."""
    marks = [False] * len(tokens)
    starts = [token.start for token in tokens]
    for start, end in _spans(text):
        place = bisect_left(starts, start)
        while place < len(tokens) and tokens[place].end <= end:
            marks[place] = True
            place += 1
    _mark_addresses(tokens, words, marks)
    return marks


def _spans(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    if not NUMBER.search(text) and "www" not in text and "@" not in text and "://" not in text:
        return spans
    small = text.lower()
    for mask in _masks():
        if mask.may_match(small):
            spans += [match.span() for match in mask.pattern.finditer(text)]
    spans += [match.span() for pattern in (LIST_NUMBER, LABEL) for match in pattern.finditer(text)]
    expected = 1
    for match in INLINE_NUMBER.finditer(text):
        if int(match[1]) == expected:
            spans.append(match.span())
            expected += 1
    return spans + _numbered_rows(text)


def _numbered_rows(text: str) -> list[tuple[int, int]]:
    """Find rows that begin with 1, 2, 3 … and hold another number: the first is the number of the row."""
    spans: list[tuple[int, int]] = []
    offset = 0
    expected = 1
    for row in text.split("\n"):
        if row.strip():
            match = ROW_NUMBER.match(row)
            if match and int(match[1]) == expected and NUMBER.search(row, match.end()):
                spans.append((offset + match.start(1), offset + match.end(1)))
                expected += 1
            elif expected > 1 or spans:
                return []
        offset += len(row) + 1
    return spans if len(spans) > 1 else []


def _mark_addresses(tokens: list[Token], words: Lexicon, marks: list[bool]) -> None:
    for place, token in enumerate(tokens):
        if token.kind is not Kind.WORD or token.key not in words.places:
            continue
        after = place + 1
        if after < len(tokens) and tokens[after].text in ("-", ","):
            after += 1
        follows = tokens[after + 1] if after + 1 < len(tokens) else None
        if (
            after < len(tokens)
            and tokens[after].kind is Kind.NUMBER
            and not (follows and follows.key in words.units)
        ):
            marks[place] = marks[after] = True
