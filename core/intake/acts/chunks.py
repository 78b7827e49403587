"""A message as a row of chunks: words with their senses, numbers with their readings, signs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from core.intake.acts.senses import Senses, act_senses, exact_words, word_keys
from core.intake.language.lexemes import Lexeme, LexemeKind, lex
from core.intake.language.numbers import read_lexemes
from core.intake.language.numerals import NumberKind, Numeral
from core.intake.language.plain import plain

# "6aina" and "hun6" are chhaina and hunchha: six is said "chha".
_SIX = re.compile(
    r"(?<![a-z0-9])6(?=(?:aina|ain|ainan|a|u|an|au)(?![a-z0-9]))|(?<=[a-z]n)6(?=[aeiou]{0,2}(?![a-z0-9]))"
)
# "1018 kata pugyo" asks where it is; elsewhere a number before "kata" counts sacks.
_WHERE = re.compile(r"(?<=\b\d{4} )kata(?= (?:pug|cha\b|chha\b|xa\b|ho\b|gay|aip|aayo|rahe|hola))")
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
    "is.reference",
    "way.",
)
_KINDS_OF_SIGNS = frozenset({LexemeKind.SIGN, LexemeKind.BREAK, LexemeKind.PICTURE})


class ChunkKind(StrEnum):
    WORD = "word"
    NUMBER = "number"
    SIGN = "sign"
    PICTURE = "picture"
    BREAK = "break"


@dataclass(frozen=True, kw_only=True, slots=True)
class Chunk:
    """One word or phrase, number or sign. `start` and `end` are places in the message as it was typed."""

    kind: ChunkKind
    text: str
    start: int
    end: int
    senses: frozenset[str] = frozenset()
    numeral: Numeral | None = None
    is_glued: bool = False

    def has(self, *senses: str) -> bool:
        return not self.senses.isdisjoint(senses)


def read_chunks(message: str) -> list[Chunk]:
    """Cut a message into chunks; every plain character that is no space is in exactly one of them."""
    written = plain(message)
    text = _WHERE.sub("kaha", _SIX.sub("x", written.text))
    lexemes = lex(text)
    numerals = {numeral.start: numeral for numeral in read_lexemes(lexemes)}
    keys = [
        word_keys(lexeme.text) if lexeme.kind is LexemeKind.WORD else frozenset[str]() for lexeme in lexemes
    ]
    words = act_senses()
    chunks: list[Chunk] = []
    at = 0
    while at < len(lexemes):
        lexeme = lexemes[at]
        found = _found(lexemes, keys, at, numerals.get(lexeme.start), words)
        end = max(lexemes[found.after - 1].end, found.numeral.end if found.numeral else 0)
        start, stop = written.span(lexeme.start, end)
        chunks.append(
            Chunk(
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
    return _with_numbers_named(chunks)


_LONGEST_SUM = 5  # digits: a longer number behind a bare "no" is a number, and no sum that is put right


def _with_numbers_named(chunks: Sequence[Chunk]) -> list[Chunk]:
    """The chunks with each "no" that stands for "number" as a word of no other meaning: "txn no KK1200", "no 555112 ko"."""
    return [
        replace(chunk, senses=_NAMES_NUMBER)
        if _means_number(chunks, place)
        else replace(chunk, senses=_STRESSES)
        if _stresses(chunks, place)
        else chunk
        for place, chunk in enumerate(chunks)
    ]


_STRESSES = frozenset({"small.func"})
# Verbs of money that came: before and behind them people of the plains write "nai" for a no.
_MAY_BE_DENIED = ("v.come.", "v.receive.", "v.reach.")
_NEPALI_ENDINGS = ("eko", "ako", "isake", "isakye")


def _stresses(chunks: Sequence[Chunk], place: int) -> bool:
    """Say whether "nai" stresses the word before it, as नै does: "500 nai tireko ho", "driver lai nai".

    At the beginning it is a no, and beside a Hindi verb it is "nahi": "paisa nai diya".
    """
    if chunks[place].text != "nai" or place == 0:
        return False
    before = chunks[place - 1]
    after = chunks[place + 1] if place + 1 < len(chunks) else None
    if before.kind not in (ChunkKind.WORD, ChunkKind.NUMBER) or before.has("talk.yes", "talk.no"):
        return False
    if (
        any(sense.startswith(_MAY_BE_DENIED) for sense in before.senses)
        or before.text in exact_words()["hindi_past"]
    ):
        return False
    if after is None or after.kind is not ChunkKind.WORD:
        # "cash nai" may be no cash.
        return not before.has("is.cash", "is.credit")
    is_participle = after.text.endswith(_NEPALI_ENDINGS) and not any(
        sense.startswith(_MAY_BE_DENIED) for sense in after.senses
    )
    return after.text in exact_words()["copula"] or after.text.startswith("tir") or is_participle


_NAMES_NUMBER = frozenset({"small.number_word"})
_NUMBERED = ("is.reference", "way.cheque", "is.line", "is.bill", "is.code")


def _means_number(chunks: Sequence[Chunk], place: int) -> bool:
    if chunks[place].text not in ("no", "nos") or not chunks[place].has("small.number_word"):
        return False
    signs = (".", ":", "#", "-")
    before = next((one for one in reversed(chunks[:place]) if one.text not in signs), None)
    after = next((one for one in chunks[place + 1 :] if one.text not in signs), None)
    if after is None or after.kind is not ChunkKind.NUMBER or after.numeral is None:
        return False
    if before is not None and before.has(*_NUMBERED):
        return True
    if after.numeral.best.kind is NumberKind.NAME:
        return True
    says_name = after.text.isdigit() and (len(after.text) > _LONGEST_SUM or after.text.startswith("0"))
    is_of_cheque = after.text.isdigit() and len(after.text) == _LONGEST_SUM
    return says_name or (is_of_cheque and any(one.has("way.cheque") for one in chunks))


class _Found(NamedTuple):
    """What stands at a place among the lexemes, up to the lexeme *after*."""

    after: int
    kind: ChunkKind
    senses: frozenset[str] = frozenset()
    numeral: Numeral | None = None


def _found(
    lexemes: Sequence[Lexeme], keys: Sequence[frozenset[str]], at: int, numeral: Numeral | None, words: Senses
) -> _Found:
    """Tell a number from a word, and a phrase from its first word: the longest phrase that is known."""
    phrase = words.find(keys, at) if keys[at] else None
    if numeral is not None and not (phrase and _is_rather_words(numeral, phrase)):
        return _Found(_after(lexemes, at, numeral.end), ChunkKind.NUMBER, numeral=numeral)
    if phrase is None:
        return _Found(at + 1, *_sign_or_unknown_word(lexemes[at], words))
    length, senses = phrase
    if length > 1 and not any(sense.startswith(_WHOLE_MEANINGS) for sense in senses):
        senses |= _moods_inside(keys[at : at + length], words)
    return _Found(at + length, ChunkKind.WORD, senses)


def _is_rather_words(numeral: Numeral, phrase: tuple[int, frozenset[str]]) -> bool:
    """Say whether a number word means no number: "ek chin" is a moment, "suna" is heard as well as nothing."""
    length, senses = phrase
    return not numeral.is_digits and (length > 1 or any(sense.startswith("mood.") for sense in senses))


def _moods_inside(keys: Sequence[frozenset[str]], words: Senses) -> frozenset[str]:
    """A phrase hides no denial, question or plan of one of its words."""
    return frozenset(
        sense
        for place in range(len(keys))
        for sense in words.alone(keys[place])
        if (sense.startswith("mood.") and sense != "mood.lead") or sense.endswith(".not")
    )


def _sign_or_unknown_word(lexeme: Lexeme, words: Senses) -> tuple[ChunkKind, frozenset[str]]:
    if lexeme.kind is LexemeKind.PICTURE:
        return ChunkKind.PICTURE, frozenset({words.pictures.get(lexeme.text, "small.picture")})
    if lexeme.kind in _KINDS_OF_SIGNS:
        return (ChunkKind.SIGN if lexeme.kind is LexemeKind.SIGN else ChunkKind.BREAK), frozenset()
    return ChunkKind.WORD, frozenset()


def _after(lexemes: Sequence[Lexeme], at: int, end: int) -> int:
    while at < len(lexemes) and lexemes[at].start < end:
        at += 1
    return at
