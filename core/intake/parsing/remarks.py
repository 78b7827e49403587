"""Remarks beside a list that are no goods and no unit: where and when it is wanted ("rin 3 newroad ma"), and thanks for what came."""

from collections.abc import Sequence
from dataclasses import replace

from core.intake.language.lexicon import lexicon
from core.intake.language.phonetics import without_case_ending
from core.intake.language.tokens import Token
from core.intake.parsing.spans import COUNTING, NAMING, SEPARATING, Span, SpanKind

MOST_BETWEEN = 2  # words between a preposition and its place: "to my shop"


def with_remarks(spans: list[Span], tokens: Sequence[Token]) -> list[Span]:
    """Let words that are not known be talk behind a list, where a word beside them says that they are a place or a time."""
    done = list(spans)
    first = next((at for at, span in enumerate(spans) if span.kind in COUNTING), len(spans))
    for at in range(len(spans) - 1, first, -1):
        if spans[at].kind not in NAMING or _is_counted(spans, at):
            continue
        if spans[at].kind is SpanKind.PRODUCT:
            is_remark = _follows(done, at, tokens, lexicon().exact["place_prepositions"])
        elif _touches_goods(spans, at):
            is_remark = False
        else:
            is_remark = _ends_a_place(done, at, tokens) or _follows(
                done, at, tokens, lexicon().exact["prepositions"]
            )
        if is_remark:
            done[at] = replace(spans[at], kind=SpanKind.TALK, word="remark", senses=(), wide=())
    return done


def with_thanks(spans: list[Span], tokens: Sequence[Token]) -> list[Span]:
    """Let goods that somebody is thanked for be talk: "thanks for the 5 tide, now send rin", "tide 5 ko lagi dhanyabad"."""
    done = list(spans)
    first = 0
    for at in range(len(spans) + 1):
        if at < len(spans) and spans[at].kind not in SEPARATING:
            continue
        clause = range(first, at)
        first = at + 1
        if not _thanks_for_goods(spans, clause, tokens):
            continue
        for place in clause:
            if spans[place].kind in COUNTING | NAMING:
                done[place] = replace(
                    spans[place],
                    kind=SpanKind.TALK,
                    word="",
                    value=None,
                    unit=None,
                    size=None,
                    senses=(),
                    wide=(),
                )
    return done


def _thanks_for_goods(spans: Sequence[Span], clause: range, tokens: Sequence[Token]) -> bool:
    """Say whether a clause thanks for what it names, and asks for nothing."""
    said = [spans[place] for place in clause]
    if any(span.word == "send" for span in said):
        return False
    if any(span.word == "thanks_for" for span in said):
        return True
    keys = {token.key for span in said for token in tokens[span.start : span.end]}
    markers = lexicon().markers
    return bool(keys & markers["thanks"]) and bool(keys & markers["purposes"])


def _touches_goods(spans: Sequence[Span], at: int) -> bool:
    return any(spans[place].kind is SpanKind.PRODUCT for place in (at - 1, at + 1) if 0 <= place < len(spans))


def _is_counted(spans: Sequence[Span], at: int) -> bool:
    return at + 1 < len(spans) and spans[at + 1].kind in COUNTING


def _ends_a_place(spans: Sequence[Span], at: int, tokens: Sequence[Token]) -> bool:
    """Say whether "ma" or "agadi" stands behind a word or on it, or another word of a place does ("road gate ma")."""
    if without_case_ending(tokens[spans[at].start].text) is not None:
        return True
    after = spans[at + 1] if at + 1 < len(spans) else None
    if after is None or after.kind is not SpanKind.TALK:
        return False
    return after.word == "remark" or tokens[after.start].key in lexicon().markers["beside_places"]


def _follows(spans: Sequence[Span], at: int, tokens: Sequence[Token], words: frozenset[str]) -> bool:
    """Say whether one of some prepositions stands before a word, with hardly a word between."""
    for place in range(at - 1, max(-1, at - 2 - MOST_BETWEEN), -1):
        if spans[place].kind in COUNTING | NAMING:
            return False
        if tokens[spans[place].start].text in words:
            return True
    return False
