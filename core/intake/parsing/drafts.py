"""Which quantity belongs to which goods: from parts in a row to drafts of lines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from core.intake.catalogue.products import Size
from core.intake.catalogue.wordbook import NO_PRODUCTS, Products
from core.intake.parsing.spans import COUNTING, NAMING, Span, SpanKind

NUMERIC = frozenset(
    {
        SpanKind.QUANTITY,
        SpanKind.MEASURE,
        SpanKind.ATTRIBUTE,
        SpanKind.PRICE,
        SpanKind.PACK,
        SpanKind.SMALL,
        SpanKind.BIG,
        SpanKind.VAGUE,
        SpanKind.APPROXIMATE,
    }
)
TELLING = frozenset({SpanKind.ATTRIBUTE, SpanKind.SMALL, SpanKind.BIG})
MOST_IN_A_ROW = 40  # goods without a separator between them, weighed together
_TALK = frozenset({SpanKind.TALK})
WIDEST_GAP = 12  # more numbers than this between two goods are no order
# How unlikely it is that the numbers of a share stand with one entity.
NO_AMOUNT = 10
FEWEST_BEHIND_TALK = 3  # an unknown word and two goods
TWO_COUNTS = 2  # one of them bare, so that it may be a size
SEVERAL_COUNTS = 9
SEVERAL_MEASURES = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What was said of one entity, before it is known which product it is."""

    start: int
    end: int
    named: tuple[Span, ...] = ()  # products and unknown words, in a row
    numbers: tuple[Span, ...] = ()
    is_each: bool = False
    each_of: int | None = None  # how many kinds "both" or "all three" speaks of
    is_carried: bool = False  # the goods were named by the item before
    touches: bool = False  # nothing stands between this entity and the one named before it
    row: int = 0
    near_sizes: tuple[Size, ...] = ()  # sizes of the neighbours, should this one need one
    near_goods: Products = (
        NO_PRODUCTS  # what the entity before it may be: "rara chicken 2, veg 1" is Rara twice
    )
    corrects: bool = False
    is_withdrawn: bool = False
    is_only: bool = False  # "only 3 case", "no, 3 case": stands for what was said of the same goods before
    is_put_right: bool = False  # its number stands for another one that was said, or stood before
    is_taken_out: bool = False  # withdrawn by a word for taking out of the basket
    has_strange_unit: bool = False  # an unknown word stands right after its bare number ("2 krtx")

    @property
    def counts(self) -> tuple[Span, ...]:
        inside = [span for span in self.numbers if span.kind is SpanKind.QUANTITY]
        plain = [span for span in inside if not span.in_brackets]
        return tuple(plain or inside)

    @property
    def measures(self) -> tuple[Span, ...]:
        inside = [span for span in self.numbers if span.kind is SpanKind.MEASURE]
        plain = [span for span in inside if not span.in_brackets]
        return tuple(plain or inside)

    @property
    def has_amount(self) -> bool:
        return bool(self.counts or any(not span.is_pack for span in self.measures))

    @property
    def is_vague(self) -> bool:
        """Say whether the amount is left open: "some", "around 10", or a number with a word that may be its unit."""
        if self.has_strange_unit or any(
            span.is_vague or span.kind is SpanKind.APPROXIMATE for span in self.numbers
        ):
            return True
        said = any(span.value is not None for span in self.counts) or bool(self.measures)
        return not said and any(span.kind is SpanKind.VAGUE for span in self.numbers)


@dataclass(frozen=True, kw_only=True, slots=True)
class Clause:
    """A stretch of parts between separators."""

    spans: tuple[Span, ...]
    starts_row: bool = False
    corrects: bool = False
    is_refused: bool = False  # "not fanta"
    is_only: bool = False
    sums_up: bool = False  # "total 5 carton"
    sets: bool = False  # "6 ota garnus"
    speaks_of_others: bool = False  # "aru pardaina": the rest is not wanted
    is_joined: bool = False  # "and" stands before it
    start: int = 0
    end: int = 0


def clauses(spans: Sequence[Span]) -> list[Clause]:
    """Part a message at its separators and at its corrections."""
    found: list[Clause] = []
    held: list[Span] = []
    kinds: set[SpanKind] = set()  # of what is held
    starts_row, corrects, refused, denied, others = True, False, False, False, False
    joined = False

    def close(at: int, *, at_end: bool = False) -> None:
        nonlocal held, starts_row, corrects, refused, denied, others, joined
        if kinds - _TALK or (corrects and at_end):
            start = held[0].start if held else at
            counted = denied and _is_counted(held)
            found.append(
                Clause(
                    spans=tuple(held),
                    starts_row=starts_row,
                    corrects=corrects,
                    is_refused=refused and not counted,
                    is_only=counted or any(span.word == "only" for span in held),
                    sums_up=any(span.word == "sum" for span in held),
                    sets=any(span.word == "set" for span in held),
                    speaks_of_others=others or any(span.word == "others" for span in held),
                    is_joined=joined,
                    start=start,
                    end=at,
                )
            )
            starts_row = corrects = refused = denied = others = joined = False
        held = []
        kinds.clear()

    for span in spans:
        if span.kind is SpanKind.COMMA:
            close(span.start)
            others = span.word == "others"
            joined = span.word == "and"
        elif span.kind is SpanKind.STOP:
            close(span.start, at_end=True)
            starts_row = True
        elif span.kind in (SpanKind.CORRECT, SpanKind.NOT):
            pending = corrects and not kinds - _TALK
            if not pending:
                close(span.start)
            corrects = corrects or span.kind is SpanKind.CORRECT
            refused = span.kind is SpanKind.NOT
            denied = refused and bool(span.word)
        else:
            named_before = not NAMING.isdisjoint(kinds)
            held.append(span)
            kinds.add(span.kind)
            if span.kind is SpanKind.WITHDRAW and named_before:
                close(span.end)  # what follows "X hataera" is another matter
    close(spans[-1].end if spans else 0, at_end=True)
    return found


def _is_counted(held: Sequence[Span]) -> bool:
    """Say whether goods have a number here; a weight right behind their name may be their size."""
    names = [place for place, span in enumerate(held) if span.kind in NAMING]
    return any(
        span.kind is SpanKind.QUANTITY or (span.kind is SpanKind.MEASURE and not (names and place > names[0]))
        for place, span in enumerate(held)
    )


def draft_clause(clause: Clause, row: int) -> list[Draft]:
    """Give each entity named in a clause of a row the numbers that stand with it."""
    entities, gaps = _entities_and_gaps(clause.spans)
    common = _common(clause, row)
    if not entities:
        says_something = gaps[0] or common.is_each or common.is_withdrawn or common.corrects
        return [_told(common, (), tuple(gaps[0]), clause)] if says_something else []
    if any(len(gap) > WIDEST_GAP for gap in gaps):
        return [_told(common, entity, (), clause) for entity in entities]
    drafts: list[Draft] = []
    for place, (entity, share) in enumerate(zip(entities, _shares(gaps, entities), strict=True)):
        touches = place > 0 and not gaps[place] and entity[0].start == entities[place - 1][-1].end
        for order, numbers in enumerate(_by_pack(share, entity)):
            named = widened(entity) if order else entity
            drafts.append(_told(common, named, numbers, clause, touches=touches, is_carried=order > 0))
    return _with_strange_units(_withdrawn_alone(drafts))


def _common(clause: Clause, row: int) -> Draft:
    """Give what a clause says of everything that is named in it."""
    each = [span for span in clause.spans if span.kind is SpanKind.EACH]
    withdraws = [span for span in clause.spans if span.kind is SpanKind.WITHDRAW]
    return Draft(
        start=clause.start,
        end=clause.end,
        row=row,
        is_each=bool(each),
        each_of=next((int(span.value) for span in each if span.value is not None), None),
        corrects=clause.corrects,
        is_only=clause.is_only,
        is_withdrawn=bool(withdraws) or clause.is_refused,
        is_taken_out=any(span.word for span in withdraws),
    )


def _told(
    common: Draft,
    named: tuple[Span, ...],
    numbers: tuple[Span, ...],
    clause: Clause,
    *,
    touches: bool = False,
    is_carried: bool = False,
) -> Draft:
    """Give the draft of what is named with its numbers; without either it reaches over the whole clause."""
    places = (*named, *numbers) or clause.spans
    return replace(
        common,
        start=min((span.start for span in places), default=clause.start),
        end=max((span.end for span in places), default=clause.end),
        named=named,
        numbers=numbers,
        touches=touches,
        is_carried=is_carried,
    )


def _shares(gaps: list[list[Span]], entities: list[tuple[Span, ...]]) -> list[tuple[Span, ...]]:
    """Give the numbers of each entity. Very long rows are weighed a part at a time."""
    shares: list[tuple[Span, ...]] = []
    for first in range(0, len(entities), MOST_IN_A_ROW):
        some = entities[first : first + MOST_IN_A_ROW]
        here = gaps[first : first + len(some) + 1]
        if first:
            here = [[], *here[1:]]  # the numbers before it went to the entity before it
        shares += _shared(here, some)
    return shares


def _shared(gaps: list[list[Span]], entities: list[tuple[Span, ...]]) -> list[tuple[Span, ...]]:
    """Give the likeliest shares; a word of talk before a list has none, sooner than the last goods of the list."""
    way = _split(gaps, entities)
    if way.cost < NO_AMOUNT or len(entities) < FEWEST_BEHIND_TALK or gaps[0] or not _is_unknown(entities[0]):
        return way.shares
    rest = _split(gaps[1:], entities[1:])
    return [(), *rest.shares] if rest.cost < SEVERAL_MEASURES else way.shares


def _withdrawn_alone(drafts: list[Draft]) -> list[Draft]:
    """Keep "maggi 2 ctn" of "maggi 2 ctn coke chahidaina": what has a number is wanted, what has none is not."""
    if len(drafts) < 2 or drafts[-1].has_amount or not any(draft.has_amount for draft in drafts):
        return drafts
    return [replace(draft, is_withdrawn=draft.is_withdrawn and not draft.has_amount) for draft in drafts]


def _with_strange_units(drafts: list[Draft]) -> list[Draft]:
    """Mistrust a bare number that an unknown word follows: it may be a unit that was not understood."""
    marked = list(drafts)
    for number, (draft, after) in enumerate(pairwise(drafts)):
        if after.has_amount or any(span.kind is not SpanKind.UNKNOWN for span in after.named):
            continue
        ends = after.start
        if any(
            span.kind is SpanKind.QUANTITY and span.unit is None and span.end == ends
            for span in draft.numbers
        ):
            marked[number] = replace(draft, has_strange_unit=True)
    return marked


def _entities_and_gaps(spans: Sequence[Span]) -> tuple[list[tuple[Span, ...]], list[list[Span]]]:
    """Gather goods named in a row into entities; gap 0 stands before the first entity."""
    entities: list[list[Span]] = []
    gaps: list[list[Span]] = [[]]
    touching = False
    for span in spans:
        if span.kind in NAMING:
            joins = touching and SpanKind.UNKNOWN in (span.kind, entities[-1][-1].kind)
            if joins:
                entities[-1].append(span)
            else:
                entities.append([span])
                gaps.append([])
            touching = True
        elif span.kind in NUMERIC:
            gaps[-1].append(span)
            touching = False
        else:
            touching = False
    return [tuple(entity) for entity in entities], gaps


class _Way(NamedTuple):
    """One way to share out numbers: what it costs, the numbers carried to the next entity, and the shares so far."""

    cost: int
    carried: tuple[Span, ...]
    shares: list[tuple[Span, ...]]


def _split(gaps: list[list[Span]], entities: Sequence[tuple[Span, ...]]) -> _Way:
    """Split the numbers between entities so that each entity gets one amount, all from the same side."""
    leads = _amounts(gaps[0]) > 0
    ways = [_Way(0, tuple(gaps[0]), [])]
    for place, entity in enumerate(entities):
        gap, is_last = gaps[place + 1], place + 1 == len(entities)
        may_have_none = _is_unknown(entity) and (is_last or _is_parted(entity, gap))
        is_detached = _is_unknown(entity) and _is_parted(entity, gap)
        grown: list[_Way] = []
        for cut in [len(gap)] if is_last else range(len(gap) + 1):
            left, right = tuple(gap[:cut]), tuple(gap[cut:])
            extra = int(not left and _is_torn_off(entity, right))
            if not is_last and gap:
                extra += (_amounts(right) > 0) is not leads
            options = []
            for cost, carried, shares in ways:
                share = (*carried, *left)
                own = 0 if may_have_none and not share else _cost(share) + is_detached
                options.append(_Way(cost + own + extra, right, [*shares, share]))
            grown.append(min(options, key=_by_cost))
        ways = grown
    return min(ways, key=_by_cost)


def _by_cost(way: _Way) -> int:
    return way.cost


def _is_unknown(entity: tuple[Span, ...]) -> bool:
    """Say whether nothing in an entity is known: at the end of a row it need not be goods at all."""
    return all(span.kind is SpanKind.UNKNOWN for span in entity)


def _is_parted(entity: tuple[Span, ...], gap: list[Span]) -> bool:
    """Say whether talk stands between an entity and the number behind it ("todays delivery 2 sack usna")."""
    return bool(gap) and gap[0].start != entity[-1].end


def _is_torn_off(entity: tuple[Span, ...], right: tuple[Span, ...]) -> bool:
    """Say whether a size right after its goods ("dew 500ml") would go to the next ones."""
    return bool(right) and right[0].kind is SpanKind.MEASURE and right[0].start == entity[-1].end


def widened(named: tuple[Span, ...]) -> tuple[Span, ...]:
    """Give a name without the measures that told its goods apart, for another kind of the same."""
    return tuple(replace(span, senses=span.wide) if span.wide else span for span in named)


def _by_pack(numbers: tuple[Span, ...], entity: tuple[Span, ...]) -> list[tuple[Span, ...]]:
    """Split "1 ltr 4 ota 500ml 6 ota" into one group of numbers for each pack of the same goods."""
    ordered = sorted(numbers, key=lambda span: span.start)
    if groups := _by_measure(ordered, entity):
        return groups
    kinds = ["count" if span.is_count else "pack" for span in ordered]
    if len(ordered) < 4 or len(ordered) % 2 or any(span.in_brackets for span in ordered):
        return [numbers]
    pairs = [ordered[place : place + 2] for place in range(0, len(ordered), 2)]
    if kinds[:2] * len(pairs) == kinds and sorted(kinds[:2]) == ["count", "pack"]:
        return [tuple(pair) for pair in pairs]
    return [numbers]


def _by_measure(ordered: list[Span], entity: tuple[Span, ...]) -> list[tuple[Span, ...]]:
    """Split "(bulb 9W) 5 ota 12W 3 ota" where each measure begins the number of another kind."""
    is_told_apart = any(span.wide and span.wide != span.senses for span in entity)
    if len(ordered) < 3 or len(ordered) % 2 == 0 or not is_told_apart:
        return []
    pairs = list(zip(ordered[1::2], ordered[2::2], strict=True))
    if not all(_counts_plainly(count) for count in ordered[::2]):
        return []
    if not all(_tells_another_kind(tells, count) for tells, count in pairs):
        return []
    return [(ordered[0],), *pairs]


def _counts_plainly(span: Span) -> bool:
    return span.kind in COUNTING and not span.is_pack and not span.in_brackets


def _tells_another_kind(span: Span, count: Span) -> bool:
    """Say whether a measure, or a bare number before one with a unit, begins another kind of the same goods."""
    if span.kind in TELLING:
        return True
    is_bare = span.kind is SpanKind.QUANTITY and span.unit is None
    return is_bare and (span.is_pack or count.unit is not None)


def _amounts(numbers: Sequence[Span]) -> int:
    return sum(1 for span in numbers if span.kind is SpanKind.QUANTITY and not span.in_brackets)


def _cost(numbers: Sequence[Span]) -> int:
    """Say how unlikely it is that these numbers stand with one entity: nothing, when they are one amount."""
    plain = [span for span in numbers if not span.in_brackets]
    counts = [span for span in plain if span.is_count]
    measures = [span for span in plain if span.kind is SpanKind.MEASURE]
    if len(counts) > 1 and _are_pairs(plain):
        return 1  # "colgate 100gm 2 dz 200gm 1 dz"
    cost = SEVERAL_MEASURES if len(measures) > 1 else 0
    if len(counts) > 1:
        may_be_size = len(counts) == 2 and any(span.unit is None for span in counts)
        return cost + (TWO_COUNTS if may_be_size else SEVERAL_COUNTS)
    has_amount = bool(counts) or not all(span.is_pack for span in measures)
    return cost if has_amount or _leaves_open(numbers) else cost + NO_AMOUNT


def _are_pairs(numbers: Sequence[Span]) -> bool:
    """Say whether sizes and counts take turns: each pair is another pack of the same goods."""
    ordered = sorted(numbers, key=lambda span: span.start)
    is_size = [span.kind is SpanKind.MEASURE for span in ordered]
    is_even = len(ordered) % 2 == 0
    return is_even and is_size == is_size[:2] * (len(ordered) // 2) and sum(is_size) * 2 == len(ordered)


def _leaves_open(numbers: Sequence[Span]) -> bool:
    return any(span.kind is SpanKind.VAGUE for span in numbers)
