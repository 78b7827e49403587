"""How a list is laid out: which separators stand inside one thing ("name / number", a name above its number).

A list is written in one way from top to bottom. Stretches between separators are looked at together, so that a number
never moves to the goods of the next row: where two layouts fit equally well, the number is marked as uncertain.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.intake.catalogue.index import CatalogIndex
from core.intake.language.tokens import Kind, Token
from core.intake.parsing.price_lists import with_prices_mistrusted
from core.intake.parsing.spans import Span, SpanKind
from core.intake.reading import Unit

NAMING = frozenset({SpanKind.PRODUCT, SpanKind.UNKNOWN})
BREAKING = frozenset(
    {SpanKind.CORRECT, SpanKind.NOT, SpanKind.WITHDRAW, SpanKind.EACH, SpanKind.VAGUE, SpanKind.APPROXIMATE}
)
TELLING = frozenset({SpanKind.ATTRIBUTE, SpanKind.SMALL, SpanKind.BIG})
COUNTING = frozenset({SpanKind.QUANTITY, SpanKind.MEASURE})
DITTO = frozenset({'"', "ditto", "dito", "〃", "''"})
SEPARATING = frozenset({SpanKind.COMMA, SpanKind.STOP})


class Holds(StrEnum):
    NAME = "name"
    NUMBER = "number"
    BOTH = "both"
    EITHER = "either"  # a name with a number that may be its size
    PACK = "pack"  # only a kind of pack: the unit of the number before
    OTHER = "other"


@dataclass(slots=True)
class Stretch:
    """The spans between two separators, and how wide the gap behind it is (1 inside a row, 2 a line end, 3 more)."""

    first: int
    end: int
    holds: Holds
    gap: int = 3
    asks: bool = False  # a question mark ends it


def with_layout(spans: list[Span], tokens: Sequence[Token], index: CatalogIndex) -> list[Span]:
    """Let separators that stand inside one thing be talk, and mark numbers whose goods cannot be told as vague."""
    done = _with_ditto(spans, tokens)
    stretches = _stretches(done, tokens, index)
    done = with_prices_mistrusted(done, tokens)
    _under_unit_headings(done, stretches)
    place = 0
    while place < len(stretches):
        end = place
        while end < len(stretches) and stretches[end].holds in (
            Holds.NAME,
            Holds.NUMBER,
            Holds.EITHER,
            Holds.PACK,
        ):
            end += 1
            if stretches[end - 1].asks:
                break
        if end > place:
            _lay_out(done, stretches, place, end)
        place = max(end, place + 1)
    return done


def _with_ditto(spans: Sequence[Span], tokens: Sequence[Token]) -> list[Span]:
    """Give "10 ditto" and a mark at the end of a row the unit of the row above; without one, the number is uncertain."""
    done = list(spans)
    unit: Unit | None = None
    for place, span in enumerate(spans):
        if span.kind is SpanKind.QUANTITY and span.unit is not None:
            unit = span.unit
        mark = tokens[span.start].text if span.kind is not SpanKind.QUANTITY else ""
        if mark not in DITTO or not place:
            continue
        number = done[place - 1]
        if number.kind is SpanKind.QUANTITY and number.unit is None and _ends_row(spans, place):
            done[place - 1] = replace(number, unit=unit, is_vague=number.is_vague or unit is None)
            done[place] = replace(span, kind=SpanKind.TALK, word="", senses=())
    return done


def _ends_row(spans: Sequence[Span], place: int) -> bool:
    return place + 1 == len(spans) or spans[place + 1].kind in SEPARATING


def _under_unit_headings(spans: list[Span], stretches: list[Stretch]) -> None:
    """Give the bare numbers under a row that is only a unit ("carton:") that unit, up to the next such row."""
    unit: Unit | None = None
    for place, stretch in enumerate(stretches):
        before = stretches[place - 1] if place else None
        alone = stretch.gap > 1 and (before is None or (before.gap > 1 and before.holds is not Holds.NUMBER))
        if stretch.holds is Holds.PACK and alone:
            packs = [span for span in spans[stretch.first : stretch.end] if span.kind is SpanKind.PACK]
            unit = packs[0].unit if len(packs) == 1 else None
            for at in range(stretch.first, stretch.end):
                spans[at] = replace(spans[at], kind=SpanKind.TALK)
            stretch.holds = Holds.OTHER
        elif unit is not None:
            for at in range(stretch.first, stretch.end):
                span = spans[at]
                if span.kind is SpanKind.QUANTITY and span.unit is None and not span.is_pack:
                    spans[at] = replace(span, unit=unit)


def _lay_out(spans: list[Span], stretches: list[Stretch], place: int, end: int) -> None:
    """Join the names and numbers of a run that has nothing else in it."""
    run = _units_joined(spans, stretches[place:end], stretches[place - 1] if place else None)
    numbers = sum(one.holds is Holds.NUMBER for one in run)
    if not numbers or len(run) < 2:
        return
    before = stretches[place - 1] if place else None
    if run[0].holds is not Holds.NUMBER:
        _join_pairs(spans, run)
    elif before is not None and before.holds is Holds.BOTH and before.gap <= run[0].gap:
        for one in run:
            if one.holds is Holds.NUMBER:
                _mistrust(spans, one)
    elif run[-1].holds is not Holds.NUMBER or numbers == 1:
        _join_pairs(spans, run, numbers_first=True)
    else:
        for one in run:
            if one.holds is Holds.NUMBER:
                _mistrust(spans, one)


def _join_pairs(spans: list[Span], run: list[Stretch], *, numbers_first: bool = False) -> None:
    for one, other in itertools.pairwise(run):
        pair = (one.holds is Holds.NUMBER, other.holds is Holds.NUMBER)
        if pair == (numbers_first, not numbers_first):
            _join(spans, one, other)


def _join(spans: list[Span], one: Stretch, other: Stretch) -> None:
    for at in range(one.end, other.first):
        spans[at] = replace(spans[at], kind=SpanKind.TALK, word="")
    for name in (one, other):
        if name.holds is Holds.EITHER:
            for at in range(name.first, name.end):
                if spans[at].kind is SpanKind.MEASURE:
                    spans[at] = replace(spans[at], is_pack=True)
                elif spans[at].kind is SpanKind.QUANTITY:
                    spans[at] = replace(spans[at], kind=SpanKind.TALK)


def _mistrust(spans: list[Span], stretch: Stretch) -> None:
    for at in range(stretch.first, stretch.end):
        if spans[at].kind in (SpanKind.QUANTITY, SpanKind.MEASURE):
            spans[at] = replace(spans[at], is_vague=True)


def _units_joined(spans: list[Span], run: list[Stretch], before: Stretch | None) -> list[Stretch]:
    """Give a bare number the unit that stands in a column of its own; return the run without these columns."""
    kept: list[Stretch] = []
    for one in run:
        last = kept[-1] if kept else before
        if one.holds is not Holds.PACK:
            kept.append(one)
            continue
        number = last.end - 1 if last else -1
        if number < 0 or spans[number].kind is not SpanKind.QUANTITY or spans[number].unit is not None:
            continue
        pack = next(at for at in range(one.first, one.end) if spans[at].kind is SpanKind.PACK)
        spans[number] = replace(spans[number], unit=spans[pack].unit)
        spans[pack] = replace(spans[pack], kind=SpanKind.TALK)
        for at in range(number + 1, one.first):
            spans[at] = replace(spans[at], kind=SpanKind.TALK, word="")
        if kept:
            kept[-1] = Stretch(
                first=last.first if last else one.first, end=one.end, holds=kept[-1].holds, gap=one.gap
            )
    return kept


def _stretches(spans: list[Span], tokens: Sequence[Token], index: CatalogIndex) -> list[Stretch]:
    found: list[Stretch] = []
    first = 0
    for at in range(len(spans) + 1):
        if at < len(spans) and spans[at].kind not in SEPARATING:
            continue
        if any(span.kind is not SpanKind.TALK for span in spans[first:at]):
            found.append(Stretch(first=first, end=at, holds=_holds(spans[first:at], index), gap=0))
        if found and at < len(spans):
            found[-1].gap += 2 if tokens[spans[at].start].kind is Kind.BREAK else 1
            found[-1].asks |= tokens[spans[at].start].text == "?"
        first = at + 1
    return found


def _holds(spans: list[Span], index: CatalogIndex) -> Holds:
    kinds = {span.kind for span in spans}
    if kinds & BREAKING or any(
        span.many or span.is_vague or span.word in ("sum", "only", "set")
        for span in spans
        if span.kind not in NAMING
    ):
        return Holds.OTHER
    counts = [
        span for span in spans if span.kind in (SpanKind.QUANTITY, SpanKind.MEASURE) and not span.is_pack
    ]
    names = [span for span in spans if span.kind in NAMING]
    if not names and (kinds & TELLING or any(span.is_pack for span in spans)):
        return Holds.OTHER  # another kind of the goods before: "12W 3 pcs"
    if not names:
        if kinds <= {SpanKind.PACK, SpanKind.TALK}:
            return Holds.PACK
        return Holds.NUMBER if len(counts) == 1 else Holds.OTHER
    if not counts:
        return Holds.NAME
    if (
        len(counts) == 1
        and len(names) == 1
        and counts[0].start >= names[0].end
        and is_size_of(names, counts[0], index)
    ):
        return Holds.EITHER
    return Holds.BOTH


def is_size_of(names: Sequence[Span], number: Span, index: CatalogIndex) -> bool:
    """Say whether a weight is a pack of the goods named."""
    if number.kind is not SpanKind.MEASURE:
        return False
    return any(
        index.products[one].size == number.size
        for name in names
        for sense in name.senses[:1]
        for one in sense.products
    )
