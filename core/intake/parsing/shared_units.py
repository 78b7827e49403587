"""Units said once for a list ("pepsi 3, 7up 2, sabai case ma") or again, because they could not be read ("2 xyz = 2 carton")."""

from collections.abc import Sequence
from dataclasses import replace

from core.intake.language.lexicon import lexicon
from core.intake.language.tokens import Token
from core.intake.parsing.spans import COUNTING, SEPARATING, SMALLEST_SIZE, Span, SpanKind
from core.intake.reading import Unit

NOTHING_ELSE = frozenset({SpanKind.PACK, SpanKind.TALK, SpanKind.EACH})
WORD_AND_NUMBER = 2
PARTING = frozenset(":()[]")


def with_shared_units(spans: list[Span], tokens: Sequence[Token]) -> list[Span]:
    """Give bare numbers the unit that is said for all of them behind the list, or behind their row."""
    done = _with_one_number_for_each(_with_units_said_again(spans, tokens))
    first = 0
    row = 0
    for at in range(len(done) + 1):
        if at < len(done) and at > first and _ends_with_unit_of_all(done, at):
            first = at  # "rose 2 jasmine 3 sabai darjan"
            continue
        if at < len(done) and done[at].kind not in SEPARATING and not _is_colon(done[at], tokens):
            continue
        clause = done[first:at]
        if unit := _unit_of_all(clause, tokens):
            before = range(0 if first == row else row, first)
            _give(
                done, before if any(_is_bare(done[place]) for place in before) else range(at, len(done)), unit
            )
            done[first:at] = [replace(span, kind=SpanKind.TALK, word="") for span in clause]
        if at < len(done) and done[at].kind is SpanKind.STOP:
            row = at + 1
        first = at + 1
    return done


def _is_colon(span: Span, tokens: Sequence[Token]) -> bool:
    """Say whether a colon or a bracket parts what is said of all from the list ("3 rara, 2 maggi (sabai peti)")."""
    return span.kind is SpanKind.TALK and tokens[span.start].text in PARTING


def _ends_with_unit_of_all(spans: Sequence[Span], at: int) -> bool:
    """Say whether "each" stands here, and nothing but a kind of pack up to the end of the row."""
    if spans[at].kind is not SpanKind.EACH or at + 1 >= len(spans) or spans[at + 1].kind is not SpanKind.PACK:
        return False
    end = next(
        (place for place in range(at + 2, min(at + 5, len(spans))) if spans[place].kind is not SpanKind.TALK),
        len(spans),
    )
    return end >= len(spans) or spans[end].kind is SpanKind.STOP


def _unit_of_all(clause: Sequence[Span], tokens: Sequence[Token]) -> Unit | None:
    """Give the unit of "sabai case ma" and "darjan ma"; None for a clause that says anything else."""
    packs = [span for span in clause if span.kind is SpanKind.PACK]
    if len(packs) != 1 or any(span.kind not in NOTHING_ELSE for span in clause):
        return None
    is_in = any(
        token.key in lexicon().markers["counted_in"] for token in tokens[packs[0].end : packs[0].end + 1]
    )
    is_of_all = any(span.kind is SpanKind.EACH for span in clause)
    return packs[0].unit if is_in or is_of_all else None


def _give(spans: list[Span], places: range, unit: Unit) -> None:
    """Give the unit to the last bare number of each clause, or before each name."""
    waiting: int | None = None
    for at in (*places, None):
        if at is None or spans[at].kind in SEPARATING or spans[at].kind is SpanKind.PRODUCT:
            if waiting is not None:
                spans[waiting] = replace(spans[waiting], unit=unit)
            waiting = None
        elif spans[at].kind is SpanKind.QUANTITY and not spans[at].is_pack:
            waiting = at if spans[at].unit is None else None


def _is_bare(span: Span) -> bool:
    return span.kind is SpanKind.QUANTITY and span.unit is None and not span.is_pack


def _with_units_said_again(spans: list[Span], tokens: Sequence[Token]) -> list[Span]:
    """Leave out a number with an unknown word where the same number follows with a unit that is known."""
    done: list[Span] = []
    for span in spans:
        said = [one for one in done[-WORD_AND_NUMBER - 1 :] if not _is_sign(one, tokens)][-WORD_AND_NUMBER:]
        if (
            span.unit is not None
            and len(said) == WORD_AND_NUMBER
            and [one.kind for one in said] == [SpanKind.QUANTITY, SpanKind.UNKNOWN]
            and _is_bare(said[0])
            and said[0].value == span.value
            and _is_sign(done[-1], tokens)
        ):
            done = [
                replace(one, kind=SpanKind.TALK, word="", value=None) if one in said else one for one in done
            ]
        done.append(span)
    return done


def _with_one_number_for_each(spans: list[Span]) -> list[Span]:
    """Read "krackjack, monaco 1 1 carton" as one number for each, where several goods of the row wait for theirs."""
    done: list[Span] = []
    waiting = 0
    for span in spans:
        before = done[-1] if done else None
        if span.kind is SpanKind.STOP:
            waiting = 0
        elif span.kind is SpanKind.PRODUCT:
            waiting += 1
        elif (
            waiting > 1
            and before is not None
            and _is_bare(before)
            and before.end == span.start
            and span.kind is SpanKind.QUANTITY
            and before.value == span.value
            and span.value is not None
            and 0 < span.value < SMALLEST_SIZE
        ):
            twice = (span.value, span.value)
            done[-1] = replace(span, start=before.start, value=None, many=twice)
            waiting = 0
            continue
        elif span.kind in COUNTING and not span.is_pack and not _is_bare(span):
            waiting = 0
        done.append(span)
    return done


def _is_sign(span: Span, tokens: Sequence[Token]) -> bool:
    return span.kind is SpanKind.TALK and tokens[span.start].text in ("=", "-", ":", "(")
