"""Which quantity belongs to which goods: from parts in a row to drafts of lines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from core.intake.catalogue.products import Size
from core.intake.catalogue.wordbook import NO_PRODUCTS, Products
from core.intake.parsing.spans import Span, SpanKind

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
COUNTED = frozenset({SpanKind.QUANTITY, SpanKind.MEASURE})
NAMING = frozenset({SpanKind.PRODUCT, SpanKind.UNKNOWN})
MOST_IN_A_ROW = 40  # goods without a separator between them, weighed together
WIDEST_GAP = 12  # more numbers than this between two goods are no order


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What was said of one thing, before it is known which product it is."""

    start: int
    end: int
    named: tuple[Span, ...] = ()  # products and strangers, in a row
    numbers: tuple[Span, ...] = ()
    is_each: bool = False
    each_of: int | None = None  # how many kinds "both" or "all three" speaks of
    is_carried: bool = False  # the goods were named by the item before
    touches: bool = False  # nothing stands between this thing and the one named before it
    row: int = 0
    near_sizes: tuple[Size, ...] = ()  # sizes of the neighbours, should this one need one
    near_goods: Products = (
        NO_PRODUCTS  # what the thing before it may be: "rara chicken 2, veg 1" is Rara twice
    )
    corrects: bool = False
    is_withdrawn: bool = False
    is_only: bool = False  # "only 3 case", "no, 3 case": stands for what was said of the same goods before
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
    starts_row, corrects, refused, denied, others = True, False, False, False, False
    joined = False

    def close(at: int, *, at_end: bool = False) -> None:
        nonlocal held, starts_row, corrects, refused, denied, others, joined
        if any(span.kind is not SpanKind.TALK for span in held) or (corrects and at_end):
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

    for span in spans:
        if span.kind is SpanKind.COMMA:
            close(span.start)
            others = span.word == "others"
            joined = span.word == "and"
        elif span.kind is SpanKind.STOP:
            close(span.start, at_end=True)
            starts_row = True
        elif span.kind in (SpanKind.CORRECT, SpanKind.NOT):
            pending = corrects and not any(held_span.kind is not SpanKind.TALK for held_span in held)
            if not pending:
                close(span.start)
            corrects = corrects or span.kind is SpanKind.CORRECT
            refused = span.kind is SpanKind.NOT
            denied = refused and bool(span.word)
        else:
            named_before = any(one.kind in NAMING for one in held)
            held.append(span)
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


def draft_clause(clause: Clause) -> list[Draft]:
    """Give each thing named in a clause the numbers that stand with it."""
    mentions, gaps = _mentions_and_gaps(clause.spans)
    each = [span for span in clause.spans if span.kind is SpanKind.EACH]
    withdrawn = any(span.kind is SpanKind.WITHDRAW for span in clause.spans) or clause.is_refused
    taken_out = any(span.kind is SpanKind.WITHDRAW and span.word for span in clause.spans)
    common = {"corrects": clause.corrects, "is_withdrawn": withdrawn, "is_taken_out": taken_out}
    if not mentions:
        numbers = tuple(span for gap in gaps for span in gap)
        return (
            [_draft(clause, (), numbers, each, **common)]
            if numbers or each or withdrawn or clause.corrects
            else []
        )
    if any(len(gap) > WIDEST_GAP for gap in gaps):
        return [_draft(clause, mention, (), each, **common) for mention in mentions]
    shares = []
    for first in range(0, len(mentions), MOST_IN_A_ROW):
        some = mentions[first : first + MOST_IN_A_ROW]
        here = gaps[first : first + len(some) + 1]
        if first:
            here = [[], *here[1:]]  # the numbers before it went to the mention before it
        shares += _split(here, some)
    drafts: list[Draft] = []
    for number, (mention, share) in enumerate(zip(mentions, shares, strict=True)):
        touches = number > 0 and not gaps[number] and mention[0].start == mentions[number - 1][-1].end
        for order, numbers in enumerate(_by_pack(share, mention)):
            draft = _draft(clause, widened(mention) if order else mention, numbers, each, **common)
            drafts.append(replace(draft, touches=touches, is_carried=order > 0))
    return _with_strange_units(_withdrawn_alone(drafts))


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


def _draft(
    clause: Clause,
    named: tuple[Span, ...],
    numbers: tuple[Span, ...],
    each: list[Span],
    *,
    corrects: bool,
    is_withdrawn: bool,
    is_taken_out: bool,
) -> Draft:
    places = [*named, *numbers] or list(clause.spans)
    start = min((span.start for span in places), default=clause.start)
    end = max((span.end for span in places), default=clause.end)
    return Draft(
        start=start,
        end=end,
        named=named,
        numbers=numbers,
        is_each=bool(each),
        each_of=next((int(span.value) for span in each if span.value is not None), None),
        corrects=corrects,
        is_only=clause.is_only,
        is_withdrawn=is_withdrawn,
        is_taken_out=is_taken_out,
    )


def _mentions_and_gaps(spans: Sequence[Span]) -> tuple[list[tuple[Span, ...]], list[list[Span]]]:
    """Gather things named in a row into mentions; gap 0 stands before the first mention."""
    mentions: list[tuple[Span, ...]] = []
    gaps: list[list[Span]] = [[]]
    touching = False
    for span in spans:
        if span.kind in NAMING:
            joins = touching and SpanKind.UNKNOWN in (span.kind, mentions[-1][-1].kind)
            if joins:
                mentions[-1] = (*mentions[-1], span)
            else:
                mentions.append((span,))
                gaps.append([])
            touching = True
        elif span.kind in NUMERIC:
            gaps[-1].append(span)
            touching = False
        else:
            touching = False
    return mentions, gaps


def _split(gaps: list[list[Span]], mentions: Sequence[tuple[Span, ...]]) -> list[tuple[Span, ...]]:
    """Split the numbers between mentions so that each mention gets one amount, all from the same side."""
    count = len(mentions)
    leads = _amounts(gaps[0]) > 0
    before = tuple(gaps[0])
    states: list[tuple[int, tuple[Span, ...], list[tuple[Span, ...]]]] = [(0, before, [])]
    for number in range(1, count + 1):
        gap = gaps[number]
        grown: list[tuple[int, tuple[Span, ...], list[tuple[Span, ...]]]] = []
        cuts = [len(gap)] if number == count else range(len(gap) + 1)
        for cut in cuts:
            left, right = tuple(gap[:cut]), tuple(gap[cut:])
            torn = _is_torn_off(mentions[number - 1], right) if not left else False
            options = []
            for cost, carried, shares in states:
                share = (*carried, *left)
                side = 0
                if number < count and gap:
                    wanted = _amounts(right) > 0 if leads else _amounts(right) == 0
                    side = 0 if wanted else 1
                alone = not share and number == count and _is_unknown_thing(mentions[-1])
                detached = _is_unknown_thing(mentions[number - 1]) and _is_parted(mentions[number - 1], gap)
                own = 0 if (alone or detached) and not share else _cost(share) + bool(detached)
                options.append((cost + own + side + torn, right, [*shares, share]))
            grown.append(min(options, key=lambda option: option[0]))
        states = grown
    return min(states, key=lambda state: state[0])[2]


def _is_unknown_thing(mention: tuple[Span, ...]) -> bool:
    """Say whether nothing in a mention is known: at the end of a row it need not be goods at all."""
    return all(span.kind is SpanKind.UNKNOWN for span in mention)


def _is_parted(mention: tuple[Span, ...], gap: list[Span]) -> bool:
    """Say whether talk stands between a mention and the number behind it ("todays delivery 2 sack usna")."""
    return bool(gap) and gap[0].start != mention[-1].end


def _is_torn_off(mention: tuple[Span, ...], right: tuple[Span, ...]) -> bool:
    """Say whether a size right after its goods ("dew 500ml") would go to the next ones."""
    return bool(right) and right[0].kind is SpanKind.MEASURE and right[0].start == mention[-1].end


def widened(named: tuple[Span, ...]) -> tuple[Span, ...]:
    """Give a name without the measures that told its goods apart, for another kind of the same."""
    return tuple(replace(span, senses=span.wide) if span.wide else span for span in named)


def _by_pack(numbers: tuple[Span, ...], mention: tuple[Span, ...]) -> list[tuple[Span, ...]]:
    """Split "1 ltr 4 ota 500ml 6 ota" into one group of numbers for each pack of the same goods."""
    ordered = sorted(numbers, key=lambda span: span.start)
    if groups := _by_measure(ordered, mention):
        return groups
    kinds = ["count" if span.kind is SpanKind.QUANTITY and not span.is_pack else "pack" for span in ordered]
    if len(ordered) < 4 or len(ordered) % 2 or any(span.in_brackets for span in ordered):
        return [numbers]
    pairs = [ordered[place : place + 2] for place in range(0, len(ordered), 2)]
    if kinds[:2] * len(pairs) == kinds and sorted(kinds[:2]) == ["count", "pack"]:
        return [tuple(pair) for pair in pairs]
    return [numbers]


def _by_measure(ordered: list[Span], mention: tuple[Span, ...]) -> list[tuple[Span, ...]]:
    """Split "(bulb 9W) 5 ota 12W 3 ota" where each measure begins the number of another kind."""
    if (
        len(ordered) < 3
        or len(ordered) % 2 == 0
        or not any(span.wide and span.wide != span.senses for span in mention)
    ):
        return []
    pairs = list(zip(ordered[1::2], ordered[2::2], strict=True))
    counts = [ordered[0], *(count for _, count in pairs)]
    if any(count.kind not in COUNTED or count.is_pack or count.in_brackets for count in counts):
        return []
    for tells, count in pairs:
        bare = (
            tells.kind is SpanKind.QUANTITY
            and tells.unit is None
            and (tells.is_pack or count.unit is not None)
        )
        if not (bare or tells.kind in (SpanKind.ATTRIBUTE, SpanKind.SMALL, SpanKind.BIG)):
            return []
    return [(ordered[0],), *pairs]


def _amounts(numbers: Sequence[Span]) -> int:
    return sum(1 for span in numbers if span.kind is SpanKind.QUANTITY and not span.in_brackets)


def _cost(numbers: Sequence[Span]) -> int:
    counts = [
        span
        for span in numbers
        if span.kind is SpanKind.QUANTITY and not span.in_brackets and not span.is_pack
    ]
    measures = [span for span in numbers if span.kind is SpanKind.MEASURE and not span.in_brackets]
    cost = 0
    if not counts and not any(not span.is_pack for span in measures):
        cost += 0 if any(span.kind is SpanKind.VAGUE for span in numbers) else 10
    if len(counts) > 1:
        sizes = sum(1 for span in counts if span.unit is None)
        cost += 2 if len(counts) == 2 and sizes else 9
    if len(measures) > 1:
        cost += 6
    return cost
