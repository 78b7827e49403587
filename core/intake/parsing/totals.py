"""A total that is parted into kinds: "wai wai 5 ctn (veg 2, chicken 3)", "lux 3 dozen: rose 2 jasmine 1".

The numbers of the kinds add up to the total, so they count its unit, and the kinds are kinds of the goods it counts.
A number that adds up those before it ("lux 12, lemon 12, total 24") asks for nothing, whatever goods its word names.
"""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from core.intake.parsing.spans import NAMING, Span, SpanKind, together

FEWEST_KINDS = 2
MOST_KINDS = 20
LENGTH_OF_TOTAL = 2  # spans: its goods and its number
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
    done = list(row)
    said = [place for place, span in enumerate(row) if span.kind not in QUIET]
    at = 0
    while at < len(said):
        kinds = _kinds_of_total(row, said[at:])
        for place in said[at : at + LENGTH_OF_TOTAL] if kinds else ():
            done[place] = _silent(row[place])
        for place, span in kinds.items():
            done[place] = span
        at += LENGTH_OF_TOTAL + len(kinds) if kinds else 1
    return done


def _kinds_of_total(row: Sequence[Span], said: Sequence[int]) -> dict[int, Span]:
    """Give the names and numbers of the kinds by place if *said* begins with a total and its kinds, else none."""
    names = [place for place in said[:LENGTH_OF_TOTAL] if row[place].kind is SpanKind.PRODUCT]
    counts = [place for place in said[:LENGTH_OF_TOTAL] if row[place].is_exact_count]
    if len(names) != 1 or len(counts) != 1:
        return {}
    goods, count = row[names[0]], row[counts[0]]
    kinds = _up_to_sum(row, said[LENGTH_OF_TOTAL:], count.value or Decimal())
    behind = said[LENGTH_OF_TOTAL + len(kinds) :][:LENGTH_OF_TOTAL]
    named = [place for place in kinds if row[place].kind in NAMING]
    numbers = [place for place in kinds if place not in named]
    if len(named) < FEWEST_KINDS or len(named) != len(numbers) or not _alternate(kinds, named):
        return {}
    if not _adds_up([row[place] for place in numbers], count):
        return {}
    narrowed = {place: together(goods.senses, row[place].senses) for place in named}
    # One kind more than adds up: who knows which of the numbers is wrong.
    if not all(narrowed.values()) or any(together(goods.senses, row[place].senses) for place in behind):
        return {}
    return {
        **{place: replace(row[place], senses=narrowed[place], in_brackets=False) for place in named},
        **{place: replace(row[place], unit=count.unit, in_brackets=False) for place in numbers},
    }


def _up_to_sum(row: Sequence[Span], said: Sequence[int], total: Decimal) -> Sequence[int]:
    """Give the places up to the name and number with which the numbers reach *total*."""
    rest = total
    for length, place in enumerate(said[: 2 * MOST_KINDS], start=1):
        rest -= row[place].value or 0 if row[place].is_exact_count else 0
        if rest <= 0 and length % 2 == 0:
            return said[:length]
    return ()


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
