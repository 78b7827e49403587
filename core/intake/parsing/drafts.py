"""Which quantity belongs to which goods: from parts in a row to drafts of lines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from core.intake.catalogue.products import Size
from core.intake.catalogue.wordbook import NO_PRODUCTS, Products
from core.intake.parsing.spans import Atom, Part

NUMERIC = frozenset(
    {Atom.QUANTITY, Atom.MEASURE, Atom.PRICE, Atom.PACK, Atom.SMALL, Atom.BIG, Atom.VAGUE, Atom.APPROXIMATE}
)
NAMING = frozenset({Atom.PRODUCT, Atom.STRANGER})
MOST_IN_A_ROW = 40  # goods without a separator between them, weighed together
WIDEST_GAP = 12  # more numbers than this between two goods are no order


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What was said of one thing, before it is known which product it is."""

    start: int
    end: int
    named: tuple[Part, ...] = ()  # products and strangers, in a row
    figures: tuple[Part, ...] = ()
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
    def counts(self) -> tuple[Part, ...]:
        inside = [part for part in self.figures if part.kind is Atom.QUANTITY]
        plain = [part for part in inside if not part.in_brackets]
        return tuple(plain or inside)

    @property
    def measures(self) -> tuple[Part, ...]:
        inside = [part for part in self.figures if part.kind is Atom.MEASURE]
        plain = [part for part in inside if not part.in_brackets]
        return tuple(plain or inside)

    @property
    def has_amount(self) -> bool:
        return bool(self.counts or any(not part.is_pack for part in self.measures))

    @property
    def is_vague(self) -> bool:
        """Say whether the amount is left open: "some", "around 10", or a number with a word that may be its unit."""
        if self.has_strange_unit or any(
            part.is_vague or part.kind is Atom.APPROXIMATE for part in self.figures
        ):
            return True
        said = any(part.value is not None for part in self.counts) or bool(self.measures)
        return not said and any(part.kind is Atom.VAGUE for part in self.figures)


@dataclass(frozen=True, kw_only=True, slots=True)
class Clause:
    """A stretch of parts between separators."""

    parts: tuple[Part, ...]
    starts_row: bool = False
    corrects: bool = False
    is_refused: bool = False  # "not fanta"
    is_only: bool = False
    sums_up: bool = False  # "total 5 carton"
    sets: bool = False  # "6 ota garnus"
    speaks_of_others: bool = False  # "aru pardaina": the rest is not wanted
    start: int = 0
    end: int = 0


def clauses(parts: Sequence[Part]) -> list[Clause]:
    """Part a message at its separators and at its corrections."""
    found: list[Clause] = []
    held: list[Part] = []
    starts_row, corrects, refused, denied, others = True, False, False, False, False

    def close(at: int, *, at_end: bool = False) -> None:
        nonlocal held, starts_row, corrects, refused, denied, others
        if any(part.kind is not Atom.TALK for part in held) or (corrects and at_end):
            start = held[0].start if held else at
            counted = denied and any(part.kind in (Atom.QUANTITY, Atom.MEASURE) for part in held)
            found.append(
                Clause(
                    parts=tuple(held),
                    starts_row=starts_row,
                    corrects=corrects,
                    is_refused=refused and not counted,
                    is_only=counted or any(part.word == "only" for part in held),
                    sums_up=any(part.word == "sum" for part in held),
                    sets=any(part.word == "set" for part in held),
                    speaks_of_others=others or any(part.word == "others" for part in held),
                    start=start,
                    end=at,
                )
            )
            starts_row = corrects = refused = denied = others = False
        held = []

    for part in parts:
        if part.kind is Atom.COMMA:
            close(part.start)
            others = part.word == "others"
        elif part.kind is Atom.STOP:
            close(part.start, at_end=True)
            starts_row = True
        elif part.kind in (Atom.CORRECT, Atom.NOT):
            pending = corrects and not any(held_part.kind is not Atom.TALK for held_part in held)
            if not pending:
                close(part.start)
            corrects = corrects or part.kind is Atom.CORRECT
            refused = part.kind is Atom.NOT
            denied = refused and bool(part.word)
        else:
            named_before = any(one.kind in NAMING for one in held)
            held.append(part)
            if part.kind is Atom.WITHDRAW and named_before:
                close(part.end)  # what follows "X hataera" is another matter
    close(parts[-1].end if parts else 0, at_end=True)
    return found


def draft_clause(clause: Clause) -> list[Draft]:
    """Give each thing named in a clause the numbers that stand with it."""
    mentions, gaps = _mentions_and_gaps(clause.parts)
    each = [part for part in clause.parts if part.kind is Atom.EACH]
    withdrawn = any(part.kind is Atom.WITHDRAW for part in clause.parts) or clause.is_refused
    taken_out = any(part.kind is Atom.WITHDRAW and part.word for part in clause.parts)
    common = {"corrects": clause.corrects, "is_withdrawn": withdrawn, "is_taken_out": taken_out}
    if not mentions:
        figures = tuple(part for gap in gaps for part in gap)
        return (
            [_draft(clause, (), figures, each, **common)]
            if figures or each or withdrawn or clause.corrects
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
        for order, figures in enumerate(_by_pack(share)):
            draft = _draft(clause, mention, figures, each, **common)
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
        if after.has_amount or any(part.kind is not Atom.STRANGER for part in after.named):
            continue
        ends = after.start
        if any(
            part.kind is Atom.QUANTITY and part.unit is None and part.end == ends for part in draft.figures
        ):
            marked[number] = replace(draft, has_strange_unit=True)
    return marked


def _draft(
    clause: Clause,
    named: tuple[Part, ...],
    figures: tuple[Part, ...],
    each: list[Part],
    *,
    corrects: bool,
    is_withdrawn: bool,
    is_taken_out: bool,
) -> Draft:
    places = [*named, *figures] or list(clause.parts)
    start = min((part.start for part in places), default=clause.start)
    end = max((part.end for part in places), default=clause.end)
    return Draft(
        start=start,
        end=end,
        named=named,
        figures=figures,
        is_each=bool(each),
        each_of=next((int(part.value) for part in each if part.value is not None), None),
        corrects=corrects,
        is_only=clause.is_only,
        is_withdrawn=is_withdrawn,
        is_taken_out=is_taken_out,
    )


def _mentions_and_gaps(parts: Sequence[Part]) -> tuple[list[tuple[Part, ...]], list[list[Part]]]:
    """Gather things named in a row into mentions; gap 0 stands before the first mention."""
    mentions: list[tuple[Part, ...]] = []
    gaps: list[list[Part]] = [[]]
    touching = False
    for part in parts:
        if part.kind in NAMING:
            joins = touching and Atom.STRANGER in (part.kind, mentions[-1][-1].kind)
            if joins:
                mentions[-1] = (*mentions[-1], part)
            else:
                mentions.append((part,))
                gaps.append([])
            touching = True
        elif part.kind in NUMERIC:
            gaps[-1].append(part)
            touching = False
        else:
            touching = False
    return mentions, gaps


def _split(gaps: list[list[Part]], mentions: Sequence[tuple[Part, ...]]) -> list[tuple[Part, ...]]:
    """Split the numbers between mentions so that each mention gets one amount, all from the same side."""
    count = len(mentions)
    leads = _amounts(gaps[0]) > 0
    before = tuple(gaps[0])
    states: list[tuple[int, tuple[Part, ...], list[tuple[Part, ...]]]] = [(0, before, [])]
    for number in range(1, count + 1):
        gap = gaps[number]
        grown: list[tuple[int, tuple[Part, ...], list[tuple[Part, ...]]]] = []
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
                alone = not share and number == count and _is_strange(mentions[-1])
                detached = _is_strange(mentions[number - 1]) and _is_parted(mentions[number - 1], gap)
                own = 0 if (alone or detached) and not share else _cost(share) + bool(detached)
                options.append((cost + own + side + torn, right, [*shares, share]))
            grown.append(min(options, key=lambda option: option[0]))
        states = grown
    return min(states, key=lambda state: state[0])[2]


def _is_strange(mention: tuple[Part, ...]) -> bool:
    """Say whether nothing in a mention is known: at the end of a row it need not be goods at all."""
    return all(part.kind is Atom.STRANGER for part in mention)


def _is_parted(mention: tuple[Part, ...], gap: list[Part]) -> bool:
    """Say whether talk stands between a mention and the number behind it ("todays delivery 2 sack usna")."""
    return bool(gap) and gap[0].start != mention[-1].end


def _is_torn_off(mention: tuple[Part, ...], right: tuple[Part, ...]) -> bool:
    """Say whether a size right after its goods ("dew 500ml") would go to the next ones."""
    return bool(right) and right[0].kind is Atom.MEASURE and right[0].start == mention[-1].end


def _by_pack(figures: tuple[Part, ...]) -> list[tuple[Part, ...]]:
    """Split "1 ltr 4 ota 500ml 6 ota" into one group of numbers for each pack of the same goods."""
    ordered = sorted(figures, key=lambda part: part.start)
    kinds = ["count" if part.kind is Atom.QUANTITY and not part.is_pack else "pack" for part in ordered]
    if len(ordered) < 4 or len(ordered) % 2 or any(part.in_brackets for part in ordered):
        return [figures]
    pairs = [ordered[place : place + 2] for place in range(0, len(ordered), 2)]
    if kinds[:2] * len(pairs) == kinds and sorted(kinds[:2]) == ["count", "pack"]:
        return [tuple(pair) for pair in pairs]
    return [figures]


def _amounts(figures: Sequence[Part]) -> int:
    return sum(1 for part in figures if part.kind is Atom.QUANTITY and not part.in_brackets)


def _cost(figures: Sequence[Part]) -> int:
    counts = [
        part for part in figures if part.kind is Atom.QUANTITY and not part.in_brackets and not part.is_pack
    ]
    measures = [part for part in figures if part.kind is Atom.MEASURE and not part.in_brackets]
    cost = 0
    if not counts and not any(not part.is_pack for part in measures):
        cost += 0 if any(part.kind is Atom.VAGUE for part in figures) else 10
    if len(counts) > 1:
        sizes = sum(1 for part in counts if part.unit is None)
        cost += 2 if len(counts) == 2 and sizes else 9
    if len(measures) > 1:
        cost += 6
    return cost
