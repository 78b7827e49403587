"""How a list is laid out: which separators stand inside one entry ("name / number", a name above its number).

A list is written in one way from top to bottom. Stretches between separators are looked at together, so that a number
never moves to the goods of the next row: where two layouts fit equally well, the number is marked as uncertain.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.intake.catalogue.index import CatalogIndex
from core.intake.language.lexicon import lexicon
from core.intake.language.tokens import Kind, Token
from core.intake.parsing.price_lists import with_prices_mistrusted
from core.intake.parsing.spans import COUNTING, NAMING, SEPARATING, Span, SpanKind
from core.intake.reading import Unit

BREAKING = frozenset(
    {SpanKind.CORRECT, SpanKind.NOT, SpanKind.WITHDRAW, SpanKind.EACH, SpanKind.VAGUE, SpanKind.APPROXIMATE}
)
TELLING = frozenset({SpanKind.ATTRIBUTE, SpanKind.SMALL, SpanKind.BIG})
UNPAIRED_WORDS = frozenset({"sum", "only", "set"})  # of spans whose numbers stand for themselves


class Holds(StrEnum):
    NAME = "name"
    NUMBER = "number"
    BOTH = "both"
    EITHER = "either"  # a name with a number that may be its size
    PACK = "pack"  # only a kind of pack: the unit of the number before
    OTHER = "other"


PAIRED = frozenset({Holds.NAME, Holds.NUMBER, Holds.EITHER, Holds.PACK})


@dataclass(slots=True)
class Stretch:
    """The spans between two separators, and how wide the gap behind it is (1 inside a row, 2 a line end, 3 more)."""

    first: int
    end: int
    holds: Holds
    gap: int = 3
    asks: bool = False  # a question mark ends it


def with_layout(spans: list[Span], tokens: Sequence[Token], index: CatalogIndex) -> list[Span]:
    """Let separators that stand inside one entry be talk, and mark numbers whose goods cannot be told as vague."""
    done = _with_ditto(spans, tokens)
    stretches = _stretches(done, tokens, index)
    done = with_prices_mistrusted(done, tokens)
    _under_unit_headings(done, stretches)
    place = 0
    while place < len(stretches):
        end = _end_of_run(stretches, place)
        if end > place:
            _lay_out(done, stretches, place, end)
        place = max(end, place + 1)
    return done


def _end_of_run(stretches: list[Stretch], place: int) -> int:
    """Say where a run of names and numbers ends: at the first stretch that holds more, or behind a question."""
    while place < len(stretches) and stretches[place].holds in PAIRED:
        place += 1
        if stretches[place - 1].asks:
            break
    return place


def _with_ditto(spans: Sequence[Span], tokens: Sequence[Token]) -> list[Span]:
    """Give "10 ditto" and a mark at the end of a row the unit of the row above; without one, the number is uncertain."""
    done = list(spans)
    ditto = lexicon().exact["ditto"]
    unit: Unit | None = None
    above: Unit | None = None
    for place, span in enumerate(spans):
        if span.kind is SpanKind.STOP:
            above = unit
        elif span.kind is SpanKind.QUANTITY and span.unit is not None:
            unit = span.unit
        mark = tokens[span.start].text if span.kind is not SpanKind.QUANTITY else ""
        if mark not in ditto or not place:
            continue
        number = done[place - 1]
        if _takes_unit_from_above(number, tokens) and _ends_row(spans, place):
            unit = above
            done[place - 1] = replace(number, unit=unit, is_vague=number.is_vague or unit is None)
            done[place] = replace(span, kind=SpanKind.TALK, word="", senses=())
    return done


def _takes_unit_from_above(number: Span, tokens: Sequence[Token]) -> bool:
    """Say whether no unit stands behind a number; the word for a pack before it ("oil pouch 8 ditto") belongs to the name."""
    is_bare = number.unit is None or tokens[number.end - 1].kind is Kind.NUMBER
    return number.kind is SpanKind.QUANTITY and is_bare


def _ends_row(spans: Sequence[Span], place: int) -> bool:
    return place + 1 == len(spans) or spans[place + 1].kind in SEPARATING


def _under_unit_headings(spans: list[Span], stretches: list[Stretch]) -> None:
    """Give the bare numbers under a row that is only a unit ("carton:") that unit, up to the next such row."""
    unit: Unit | None = None
    for place, stretch in enumerate(stretches):
        here = range(stretch.first, stretch.end)
        if stretch.holds is Holds.PACK and _is_alone(stretch, stretches[place - 1] if place else None):
            packs = [spans[at] for at in here if spans[at].kind is SpanKind.PACK]
            unit = packs[0].unit if len(packs) == 1 else None
            for at in here:
                spans[at] = replace(spans[at], kind=SpanKind.TALK)
            stretch.holds = Holds.OTHER
        elif unit is not None:
            for at in here:
                if _is_bare(spans[at]):
                    spans[at] = replace(spans[at], unit=unit)


def _is_alone(stretch: Stretch, before: Stretch | None) -> bool:
    """Say whether a stretch is a row of its own, and no unit of a number in the row before."""
    if stretch.gap <= 1:
        return False
    return before is None or (before.gap > 1 and before.holds is not Holds.NUMBER)


def _is_bare(span: Span) -> bool:
    return span.kind is SpanKind.QUANTITY and span.unit is None and not span.is_pack


def _lay_out(spans: list[Span], stretches: list[Stretch], place: int, end: int) -> None:
    """Join the names and numbers of a run that has nothing else in it."""
    run = _units_joined(spans, stretches[place:end], stretches[place - 1] if place else None)
    numbers = [one for one in run if one.holds is Holds.NUMBER]
    if not numbers or len(run) < 2:
        return
    before = stretches[place - 1] if place else None
    begins, ends = (run[at].holds is Holds.NUMBER for at in (0, -1))
    counts_again = before is not None and before.holds is Holds.BOTH and before.gap <= run[0].gap
    if not begins:
        _join_pairs(spans, run)
    elif not counts_again and (not ends or len(numbers) == 1):
        _join_pairs(spans, run, numbers_first=True)
    else:
        for number in numbers:
            _mistrust(spans, number)


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
        if spans[at].kind in COUNTING:
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
    if _stands_for_itself(spans):
        return Holds.OTHER
    names = [span for span in spans if span.kind in NAMING]
    counts = [span for span in spans if span.kind in COUNTING and not span.is_pack]
    if not names:
        return _holds_without_name(spans, counts)
    if not counts:
        return Holds.NAME
    is_behind = len(counts) == len(names) == 1 and counts[0].start >= names[0].end
    return Holds.EITHER if is_behind and is_size_of(names, counts[0], index) else Holds.BOTH


def _stands_for_itself(spans: list[Span]) -> bool:
    """Say whether a stretch says more than a name or a number: it refuses, corrects, sums up or leaves open."""
    return any(
        span.kind in BREAKING
        or (span.kind not in NAMING and (span.many or span.is_vague or span.word in UNPAIRED_WORDS))
        for span in spans
    )


def _holds_without_name(spans: list[Span], counts: list[Span]) -> Holds:
    kinds = {span.kind for span in spans}
    if kinds & TELLING or any(span.is_pack for span in spans):
        return Holds.OTHER  # another kind of the goods before: "12W 3 pcs"
    if kinds <= {SpanKind.PACK, SpanKind.TALK}:
        return Holds.PACK
    return Holds.NUMBER if len(counts) == 1 else Holds.OTHER


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
