"""A message as a row of units: words with their senses, numbers with their readings, signs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from core.intake.acts.lexicon import Lexicon, lexicon, word_keys
from core.intake.language.lexemes import Lexeme, LexemeKind, lex
from core.intake.language.numbers import read_lexemes
from core.intake.language.numerals import Numeral
from core.intake.language.plain import plain

# "6aina" and "hun6" are chhaina and hunchha: six is said "chha".
_SIX = re.compile(
    r"(?<![a-z0-9])6(?=(?:aina|ain|ainan|a|u|an|au)(?![a-z0-9]))|(?<=[a-z]n)6(?=[aeiou]{0,2}(?![a-z0-9]))"
)
# Phrases whose words mean nothing of their own: "no problem", "not yet", "talk to me".
_WHOLE_MEANINGS = (
    "talk.yes",
    "talk.no",
    "talk.person",
    "talk.chat",
    "talk.thanks",
    "talk.greeting",
    "talk.stop",
    "talk.anger",
    "mood.",
    "small.",
    "is.sold_out",
    "is.who_owes",
    "is.same",
    "is.how",
    "way.",
)
_KINDS_OF_SIGNS = frozenset({LexemeKind.SIGN, LexemeKind.BREAK, LexemeKind.PICTURE})


class UnitKind(StrEnum):
    WORD = "word"
    NUMBER = "number"
    SIGN = "sign"
    PICTURE = "picture"
    BREAK = "break"


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """One word or phrase, number or sign. `start` and `end` are places in the message as it was typed."""

    kind: UnitKind
    text: str
    start: int
    end: int
    senses: frozenset[str] = frozenset()
    numeral: Numeral | None = None
    is_glued: bool = False

    def has(self, *senses: str) -> bool:
        return not self.senses.isdisjoint(senses)


def read_units(message: str) -> list[Unit]:
    """Cut a message into units; every plain character that is no space is in exactly one of them."""
    written = plain(message)
    text = _SIX.sub("x", written.text)
    lexemes = lex(text)
    numerals = {numeral.start: numeral for numeral in read_lexemes(lexemes)}
    keys = [
        word_keys(lexeme.text) if lexeme.kind is LexemeKind.WORD else frozenset[str]() for lexeme in lexemes
    ]
    units: list[Unit] = []
    at = 0
    while at < len(lexemes):
        lexeme = lexemes[at]
        found = _found(lexemes, keys, at, numerals.get(lexeme.start))
        end = max(lexemes[found.after - 1].end, found.numeral.end if found.numeral else 0)
        start, stop = written.span(lexeme.start, end)
        units.append(
            Unit(
                kind=found.kind,
                text=text[lexeme.start : end],
                start=start,
                end=stop,
                senses=found.senses,
                numeral=found.numeral,
                is_glued=lexeme.is_glued,
            )
        )
        at = found.after
    return units


class _Found(NamedTuple):
    """What stands at a place among the lexemes, up to the lexeme *after*."""

    after: int
    kind: UnitKind
    senses: frozenset[str] = frozenset()
    numeral: Numeral | None = None


def _found(
    lexemes: Sequence[Lexeme], keys: Sequence[frozenset[str]], at: int, numeral: Numeral | None
) -> _Found:
    """Tell a number from a word, and a phrase from its first word: the longest phrase that is known."""
    words = lexicon()
    phrase = words.find(keys, at) if keys[at] else None
    if numeral is not None and not (phrase and _is_rather_words(numeral, phrase)):
        return _Found(_after(lexemes, at, numeral.end), UnitKind.NUMBER, numeral=numeral)
    if phrase is None:
        return _Found(at + 1, *_sign_or_unknown_word(lexemes[at], words))
    length, senses = phrase
    if length > 1 and not any(sense.startswith(_WHOLE_MEANINGS) for sense in senses):
        senses |= _moods_inside(keys[at : at + length], words)
    return _Found(at + length, UnitKind.WORD, senses)


def _is_rather_words(numeral: Numeral, phrase: tuple[int, frozenset[str]]) -> bool:
    """Say whether a number word means no number: "ek chin" is a moment, "suna" is heard as well as nothing."""
    length, senses = phrase
    return not numeral.is_digits and (length > 1 or any(sense.startswith("mood.") for sense in senses))


def _moods_inside(keys: Sequence[frozenset[str]], words: Lexicon) -> frozenset[str]:
    """A phrase hides no denial, question or plan of one of its words."""
    return frozenset(
        sense
        for place in range(len(keys))
        for sense in words.alone(keys[place])
        if (sense.startswith("mood.") and sense != "mood.lead") or sense.endswith(".not")
    )


def _sign_or_unknown_word(lexeme: Lexeme, words: Lexicon) -> tuple[UnitKind, frozenset[str]]:
    if lexeme.kind is LexemeKind.PICTURE:
        return UnitKind.PICTURE, frozenset({words.pictures.get(lexeme.text, "small.picture")})
    if lexeme.kind in _KINDS_OF_SIGNS:
        return (UnitKind.SIGN if lexeme.kind is LexemeKind.SIGN else UnitKind.BREAK), frozenset()
    return UnitKind.WORD, frozenset()


def _after(lexemes: Sequence[Lexeme], at: int, end: int) -> int:
    while at < len(lexemes) and lexemes[at].start < end:
        at += 1
    return at
