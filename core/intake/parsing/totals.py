"""A total that is parted into kinds: "wai wai 5 ctn (veg 2, chicken 3)", "lux 3 dozen: rose 2 jasmine 1".

The numbers of the kinds add up to the total, so they count its unit, and the kinds are kinds of the goods it counts.
A number that adds up those before it ("lux 12, lemon 12, total 24") asks for nothing, whatever goods its word names.
"""

import itertools
from collections.abc import Sequence
from dataclasses import replace

from core.intake.parsing.spans import NAMING, Span, SpanKind, together

FEWEST_KINDS = 2
QUIET = frozenset({SpanKind.TALK, SpanKind.COMMA})


def with_totals(spans: list[Span], sums: frozenset[int]) -> list[Span]:
    """Give each kind of a total its goods and unit, and let the total itself ask for nothing.

    *sums* are the places of words such as "total", which may be words of a name as well.
    """
    done: list[Span] = []
    first = 0
    for at in range(len(spans) + 1):
        if at == len(spans) or spans[at].kind is SpanKind.STOP:
            done += _without_sum(_parted(spans[first:at]), sums) + spans[at : at + 1]
            first = at + 1
    return done


def _parted(row: list[Span]) -> list[Span]:
    said = [place for place, span in enumerate(row) if span.kind not in QUIET]
    total, kinds = said[:2], said[2:]
    names = [place for place in kinds if row[place].kind in NAMING]
    numbers = [place for place in kinds if place not in names]
    if len(names) < FEWEST_KINDS or len(names) != len(numbers) or not _alternate(kinds, names):
        return row
    goods, count = sorted((row[place] for place in total), key=lambda span: span.kind is not SpanKind.PRODUCT)
    if goods.kind is not SpanKind.PRODUCT or not _adds_up([row[place] for place in numbers], count):
        return row
    narrowed = {place: together(goods.senses, row[place].senses) for place in names}
    if not all(narrowed.values()):
        return row
    done = list(row)
    for place in total:
        done[place] = _silent(row[place])
    for place in names:
        done[place] = replace(row[place], senses=narrowed[place], in_brackets=False)
    for place in numbers:
        done[place] = replace(row[place], unit=count.unit, in_brackets=False)
    return done


def _without_sum(row: list[Span], sums: frozenset[int]) -> list[Span]:
    done = list(row)
    counted: list[Span] = []
    names = 0
    for place, span in enumerate(row):
        names += span.kind is SpanKind.PRODUCT and span.start not in sums
        before = row[place - 1] if place else None
        is_named = before is not None and before.start in sums and before.end == before.start + 1
        if is_named and names >= FEWEST_KINDS and len(counted) >= FEWEST_KINDS and _adds_up(counted, span):
            done[place - 1 : place + 1] = [_silent(done[place - 1]), _silent(span)]
        elif span.is_count:
            counted.append(span)
    return done


def _silent(span: Span) -> Span:
    return replace(span, kind=SpanKind.TALK, word="", value=None, unit=None, senses=(), wide=())


def _alternate(kinds: Sequence[int], names: Sequence[int]) -> bool:
    """Say whether names and numbers take turns."""
    is_name = [place in names for place in kinds]
    return all(one != other for one, other in itertools.pairwise(is_name))


def _adds_up(parts: Sequence[Span], total: Span) -> bool:
    """Say whether bare numbers, or numbers of the same unit, add up to the total."""
    if not all(one.is_exact_count for one in (total, *parts)):
        return False
    if any(part.unit not in (None, total.unit) for part in parts):
        return False
    return sum(part.value or 0 for part in parts) == total.value
