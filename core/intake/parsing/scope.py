"""From the drafts of each clause to the drafts of the message: what is shared, carried over, corrected, given up."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.products import Size
from core.intake.catalogue.wordbook import NO_PRODUCTS, Products
from core.intake.parsing.drafts import Clause, Draft, draft_clause, widened
from core.intake.parsing.spans import Sense, Span, SpanKind
from core.intake.parsing.told_apart import goods_of, other_packs_of, packs_of
from core.intake.reading import Unit

OTHER_PACKS = frozenset({Unit.TIN, Unit.JAR, Unit.STRIP, Unit.SACK})
MOST_SHARERS = 12  # more goods than this never share one number


@dataclass(frozen=True, kw_only=True, slots=True)
class Gathered:
    """`loose_ends` are numbers that belong to nothing named; `refused` are goods that were named and given up."""

    drafts: tuple[Draft, ...]
    loose_ends: tuple[Draft, ...] = ()
    refused: tuple[Draft, ...] = ()
    is_put_right: bool = False  # a number of this message was set anew, or goods of it were taken back


def gather(clauses: Iterable[Clause], index: CatalogIndex) -> Gathered:
    """Bring the clauses of a message together into one draft for everything that is wanted."""
    gatherer = _Gatherer(index)
    for clause in clauses:
        gatherer.add(clause)
    return gatherer.done()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Meant:
    """What a draft speaks of; it holds the draft, so that no other takes over its identity."""

    draft: Draft
    goods: Products
    packs: Products
    words: frozenset[str]


class _Gatherer:
    def __init__(self, index: CatalogIndex) -> None:
        self.index = index
        self.meant: dict[int, _Meant] = {}  # by the identity of a draft
        self.drafts: list[Draft] = []
        self.refused: list[Draft] = []
        self.taken_back: list[
            Draft
        ] = []  # refused after they were asked for with a number in the same message
        self.refused_row = -1  # where goods were refused by name last
        self.told: Draft | None = None  # a measure that stood alone last, and was not used
        self.is_put_right = False
        self.loose: list[Draft] = []
        self.lead: Draft | None = None  # numbers that wait for the goods that follow
        self.row = 0
        self.taking_out_row = -1

    def _meant_by(self, draft: Draft) -> "_Meant":
        """Give what a draft speaks of, worked out once: each refusal and correction asks for it of all drafts."""
        found = self.meant.get(id(draft))
        if found is None:
            found = self.meant[id(draft)] = _Meant(
                draft=draft,
                goods=goods_of(draft),
                packs=packs_of(draft, self.index),
                words=unknown_words_of(draft),
            )
        return found

    def _speaks_of(self, draft: Draft, goods: Products) -> bool:
        return not goods.isdisjoint(self._meant_by(draft).goods)

    def add(self, clause: Clause) -> None:
        if clause.starts_row:
            self.row += 1
        drafts = draft_clause(clause, self.row)
        if not drafts:
            return
        if not drafts[0].named:
            self._add_nameless(clause, drafts[0])
            return
        if self.taking_out_row == self.row and not any(draft.has_amount for draft in drafts):
            drafts = [replace(draft, is_withdrawn=True) for draft in drafts]  # "remove Tide and Rin"
        self._sort(clause, _without_contradictions(drafts))

    def _sort(self, clause: Clause, drafts: list[Draft]) -> None:
        """Tell what is wanted from what is given up."""
        self.told = None
        if drafts[0].is_withdrawn and drafts[0].is_taken_out:
            self._take_out(clause, drafts)
        for draft in drafts:
            if draft.is_withdrawn:
                self._refuse(draft)
        wanted = [draft for draft in drafts if not draft.is_withdrawn]
        if clause.sets:
            wanted = [draft for draft in wanted if not self._set_anew(draft)]
        if wanted:
            self._want(wanted)

    def _set_anew(self, draft: Draft) -> bool:
        """Put right what an earlier row says of the same goods ("krackjack 1 ctn⏎monaco 1 ctn⏎krackjack 3 ctn gardinu")."""
        if not draft.has_amount or draft.is_vague:
            return False
        packs = packs_of(draft, self.index)
        for place in reversed(range(len(self.drafts))):
            kept = self.drafts[place]
            is_above = kept.has_amount and kept.row != draft.row
            if is_above and not packs.isdisjoint(self._meant_by(kept).packs):
                self.drafts[place] = _put_right(kept, draft.numbers)
                self.is_put_right = True
                return True
        return False

    def _want(self, drafts: list[Draft]) -> None:
        again = drafts[0].is_only and self._says_again(drafts[0])
        if again and not drafts[0].has_amount:
            return  # "lux jasmine 2 dz, jasmine only"
        if drafts[0].corrects and self._breaks_off(drafts[0]):
            self.lead = (
                None  # "rin 5, dui... haina tin peti puja": only the number that was begun is taken back
            )
        elif again or (drafts[0].corrects and self.drafts):
            drafts[0] = self._corrected(drafts[0])
        self.drafts += self._with_lead(drafts)
        self._share()

    def _breaks_off(self, draft: Draft) -> bool:
        """Say whether a correction takes back a number whose goods were not named yet."""
        if self.lead is None or not draft.has_amount:
            return False
        goods = goods_of(draft)
        return not any(self._speaks_of(kept, goods) for kept in self.drafts)

    def _add_nameless(self, clause: Clause, draft: Draft) -> None:
        if clause.is_refused and self._is_old_number(draft):
            self.drafts[-1] = replace(self.drafts[-1], is_put_right=True)
            return
        if clause.sets and self._counts_anew(draft):
            self.is_put_right |= self.drafts[-1].row != draft.row
            self.drafts[-1] = _put_right(self.drafts[-1], draft.numbers)
        elif clause.sums_up and self._is_sum(draft):
            self.drafts[-1], self.lead = _replaced(self.drafts[-1], draft.counts[-1:]), None
        elif not clause.sums_up and not (clause.speaks_of_others and draft.is_withdrawn):
            self._add_numbers(draft)

    def _is_old_number(self, draft: Draft) -> bool:
        """Say whether a refused number is the one that stands no more ("tide 10, not 5")."""
        last = self.drafts[-1] if self.drafts else None
        if last is None or last.row != draft.row or not last.has_amount or not draft.numbers:
            return False
        return all(span.is_count for span in draft.numbers)

    def _is_sum(self, draft: Draft) -> bool:
        """Say whether a number adds up those said before it ("20 aur 4 yani 24")."""
        waiting = self.lead.counts if self.lead else ()
        before = (*(self.drafts[-1].counts if self.drafts else ()), *waiting, *draft.counts[:-1])
        parts = [span.value for span in before if span.value is not None]
        return len(parts) > 1 and [sum(parts)] == [span.value for span in draft.counts[-1:]]

    def _counts_anew(self, draft: Draft) -> bool:
        """Say whether a number stands for the one just said ("nido 4 ota, ah 6 ota garnus")."""
        last = self.drafts[-1] if self.drafts else None
        if last is None or draft.row - last.row > 1 or draft.is_withdrawn:
            return False
        one, other = ([span.unit for span in side.counts] for side in (last, draft))
        return one == other and len(one) == 1 and one[0] is not None

    def _says_again(self, draft: Draft) -> bool:
        """Say whether the same goods in the same pack were asked for before."""
        sizes = {span.size for span in draft.measures}
        goods = goods_of(draft)
        same = next((kept for kept in reversed(self.drafts) if self._speaks_of(kept, goods)), None)
        return same is not None and (not sizes or sizes == {span.size for span in same.measures})

    def _take_out(self, clause: Clause, drafts: list[Draft]) -> None:
        """Let "frooti ra red bull hataunu" and "remove Tide and Rin" speak of both."""
        if clause.spans[0].kind is not SpanKind.PRODUCT:
            self.taking_out_row = self.row
        while self.drafts and self.drafts[-1].row == self.row:
            if self.drafts[-1].has_amount or drafts[0].has_amount:
                break
            self.refused.append(self.drafts.pop())

    def done(self) -> Gathered:
        if self.lead:
            self.loose.append(self.lead)
        return Gathered(
            drafts=tuple(_with_neighbours(self.drafts)),
            loose_ends=tuple(self.loose),
            refused=tuple(self.refused if self.drafts else (*self.taken_back, *self.refused)),
            is_put_right=self.is_put_right or bool(self.taken_back),
        )

    def _add_numbers(self, draft: Draft) -> None:
        """Find the goods that numbers standing alone belong to: those before, those to come, or none."""
        if not self.drafts:
            if draft.numbers and not draft.is_withdrawn:
                self._lead(draft)
            return
        last = self.drafts[-1]
        told, self.told = self.told, None
        if draft.is_withdrawn or (draft.corrects and not draft.numbers):
            self._take_back(draft, told)
        elif draft.corrects:
            self.drafts[-1] = _put_right(last, draft.numbers)
        elif _waits_for(last, draft):
            self.drafts[-1] = _completed(last, draft)
            self._share()
        elif _tells_packs_apart(draft) or _is_another_pack(draft, last):
            self.drafts.append(replace(draft, named=self._carried(last, draft), is_carried=True))
            self._share()
        elif draft.has_amount:
            self._lead(draft)
        else:
            self.told = draft

    def _carried(self, last: Draft, draft: Draft) -> tuple[Span, ...]:
        """Give the goods of the draft before; those of their family where only these come in the pack that is counted now."""
        named = widened(last.named)
        packs = {span.unit for span in draft.counts} & OTHER_PACKS
        if len(named) != 1 or not packs or not named[0].senses:
            return named
        products = self.index.products
        goods = named[0].senses[0].products
        if any(packs & products[number].packs for number in goods):
            return named
        others = frozenset(
            number
            for family in {products[number].family for number in goods}
            for number in self.index.families[family]
            if packs & products[number].packs
        )
        return (replace(named[0], senses=(Sense(doubt=0, products=others),)),) if others else named

    def _take_back(self, draft: Draft, told: Draft | None) -> None:
        """Give up the goods named last, unless the words speak of a number that was begun, or of another pack."""
        only_corrects = not draft.is_withdrawn
        if self.lead and not draft.numbers:
            self.lead = None  # "bread 5 ota, 10 hoina", "quarter... no leave it"
        elif (only_corrects and told and self.drafts[-1].has_amount) or self._is_settled(draft):
            return  # "bulb 12w 20, 9w hoina"
        else:
            self.refused.append(self.drafts.pop())

    def _is_settled(self, draft: Draft) -> bool:
        """Refuse another pack of the goods before, or nothing where their row refused something by name already."""
        if not draft.is_withdrawn:
            return False
        last = self.drafts[-1]
        if self.refused_row == self.row and not draft.numbers:
            return True  # "cancel tide, not needed"
        told = tuple(
            replace(span, is_pack=True) if span.is_count and span.unit is None else span
            for span in draft.numbers
        )
        packs = other_packs_of(last, told, self.index) if last.has_amount else NO_PRODUCTS
        if not packs or packs & packs_of(last, self.index):
            return False
        self.drafts = [kept for kept in self.drafts if not self._meant_by(kept).packs <= packs]
        return True  # "baby oil 100 ml 12, 200 wala nachahine"

    def _lead(self, draft: Draft) -> None:
        """Let numbers wait for goods; those that waited before belong to nothing."""
        if self.lead is not None and self.lead.has_amount:
            self.loose.append(self.lead)
        self.lead = draft

    def _with_lead(self, drafts: list[Draft]) -> list[Draft]:
        lead, self.lead = self.lead, None
        if lead is None:
            return drafts
        if not drafts[0].has_amount:
            drafts[0] = replace(
                drafts[0],
                numbers=(*lead.numbers, *drafts[0].numbers),
                start=lead.start,
                corrects=lead.corrects,
            )
        elif lead.has_amount:
            self.loose.append(lead)
        return drafts

    def _refuse(self, draft: Draft) -> None:
        """Drop what was given up, also where it was asked for before."""
        given_up = [kept for kept in self.drafts if self._gives_up(draft, kept)]
        if given_up:
            gone = {id(kept) for kept in given_up}
            self.drafts = [kept for kept in self.drafts if id(kept) not in gone]
        self.refused_row = self.row
        if any(kept.has_amount for kept in given_up):
            self.taken_back.append(draft)
        else:
            self.refused.append(draft)

    def _gives_up(self, draft: Draft, kept: Draft) -> bool:
        """Say whether refused goods, in the packs that were said, are the goods of a draft."""
        one, other = self._meant_by(draft), self._meant_by(kept)
        if not one.words.isdisjoint(other.words):
            return True
        return not one.goods.isdisjoint(other.goods) and not one.packs.isdisjoint(other.packs)

    def _corrected(self, draft: Draft) -> Draft:
        goods = goods_of(draft)
        places = range(len(self.drafts) - 1, -1, -1)
        same = next((place for place in places if self._speaks_of(self.drafts[place], goods)), None)
        wrong = self.drafts.pop(-1 if same is None else same)
        if not draft.has_amount:
            amounts = tuple(span for span in wrong.numbers if span.kind is SpanKind.QUANTITY)
            return replace(draft, numbers=(*draft.numbers, *amounts))
        return replace(draft, is_put_right=same is not None)

    def _share(self) -> None:
        """Give each of several goods its number of "2/2 case", or the one number that is meant for each."""
        last = self.drafts[-1]
        self._take_from_leader()
        many = next((span for span in last.numbers if span.many), None)
        if many is not None and self._deal_list(many):
            return
        count = self._waiting(sized=True)
        if count > 1 and (last.is_each or any(draft.is_each for draft in self.drafts[-count:])):
            self._deal_each(count, last)

    def _deal_list(self, many: Span) -> bool:
        """Deal "2/2 case" out to the goods that wait for a number; False when their number does not agree."""
        values = many.many
        for count in (self._waiting(sized=False), self._waiting(sized=True)):
            if len(values) == count > 1:
                self._deal(count, many, values)
                return True
        count = self._waiting(sized=True)
        if len(set(values)) != 1 or count <= len(values):
            return False
        self._deal(count, many, (values[0],) * count)  # "A, B, C ek ek carton"
        return True

    def _deal_each(self, count: int, last: Draft) -> None:
        """Deal the one number of *last* out to the goods before it too."""
        for span in last.numbers:
            if span.kind is SpanKind.QUANTITY and span.value is not None:
                self._deal(count, span, (span.value,) * count)
                return

    def _waiting(self, *, sized: bool) -> int:
        """Count the goods at the end of the row that wait for a number, the last one included."""
        last = self.drafts[-1]
        count = 1
        row = last.row
        for draft in reversed(self.drafts[-MOST_SHARERS:-1]):
            has_number = bool(draft.counts) if sized else draft.has_amount
            is_elsewhere = row - draft.row > (1 if goods_of(draft) else 0)
            if has_number or is_elsewhere or draft.is_vague:
                break
            count, row = count + 1, draft.row
        return count

    def _take_from_leader(self) -> None:
        """Give "1 case each of A, B and C" its case for B and C."""
        last = self.drafts[-1]
        first = max(0, len(self.drafts) - MOST_SHARERS)
        place = next(
            (place for place in range(len(self.drafts) - 2, first - 1, -1) if self.drafts[place].counts), None
        )
        if place is None:
            return
        leader = self.drafts[place]
        if alike := _alike(leader):
            leader = replace(leader, numbers=alike, is_each=True)  # "ek ek carton A ra B"
        if leader.is_each and leader.row == last.row and not last.counts and not last.is_vague:
            self.drafts[place] = leader
            self.drafts[-1] = replace(last, numbers=(*last.numbers, *leader.counts), is_each=True)

    def _deal(self, count: int, span: Span, values: tuple[Decimal, ...]) -> None:
        first = len(self.drafts) - count
        shared = tuple(
            other for other in self.drafts[-1].numbers if other is not span and other.kind is SpanKind.MEASURE
        )
        for number, value in enumerate(values):
            draft = self.drafts[first + number]
            others = tuple(other for other in draft.numbers if other is not span)
            own = replace(span, value=value, many=())
            sizes = () if draft.measures else shared
            self.drafts[first + number] = replace(draft, numbers=(*others, *sizes, own), is_each=False)


def _without_contradictions(drafts: list[Draft]) -> list[Draft]:
    """Make one unknown entity of goods named in one breath, with one number, that nothing in the catalogue is all at once."""
    if any(draft.is_each or any(span.many for span in draft.numbers) for draft in drafts):
        return drafts
    kept: list[Draft] = []
    for draft in drafts:
        before = kept[-1] if kept else None
        if before is None or not draft.touches or (before.has_amount and draft.has_amount):
            kept.append(draft)
        else:
            kept[-1] = replace(
                before,
                named=(*before.named, *draft.named),
                numbers=(*before.numbers, *draft.numbers),
                end=draft.end,
            )
    return kept


def _waits_for(last: Draft, draft: Draft) -> bool:
    """Say whether goods wait for the numbers of the next draft: goods that are known, or any in the same row."""
    if last.has_amount or not draft.numbers:
        return False
    return bool(goods_of(last)) or last.row == draft.row


def _completed(last: Draft, draft: Draft) -> Draft:
    return replace(
        last,
        numbers=(*last.numbers, *draft.numbers),
        is_each=last.is_each or draft.is_each,
        end=draft.end,
    )


def _alike(leader: Draft) -> tuple[Span, ...]:
    """Give the numbers of goods that "one of each" stands before, with the one number it means."""
    many = next((span for span in leader.numbers if span.many), None)
    if many is None or set(many.many) != {1} or not leader.named or many.start > leader.named[0].start:
        return ()
    others = tuple(span for span in leader.numbers if span is not many)
    return (*others, replace(many, value=many.many[0], many=()))


def unknown_words_of(draft: Draft) -> frozenset[str]:
    return frozenset(span.word for span in draft.named if span.kind is SpanKind.UNKNOWN)


def _put_right(draft: Draft, numbers: tuple[Span, ...]) -> Draft:
    return replace(_replaced(draft, numbers), is_put_right=True)


def _replaced(draft: Draft, numbers: tuple[Span, ...]) -> Draft:
    """Put new numbers in the place of the old ones they correct."""
    counts = any(span.is_count for span in numbers)
    tells = any(_tells(span) for span in numbers)
    was_weighed = counts and not any(span.is_count for span in draft.numbers)
    numbers = tuple(_with_unit_of(draft, span) for span in numbers)
    kept = [
        span
        for span in draft.numbers
        if not (counts and span.is_count)
        and not (tells and _tells(span))
        and not (was_weighed and span.kind is SpanKind.MEASURE)
    ]
    return replace(draft, numbers=(*kept, *numbers))


def _with_unit_of(draft: Draft, span: Span) -> Span:
    """Let "hoina 5" after "2 carton" count cartons too."""
    if not span.is_count or span.unit is not None:
        return span
    units = {before.unit for before in draft.numbers if before.is_count}
    return replace(span, unit=units.pop()) if len(units) == 1 else span


def _tells(span: Span) -> bool:
    """Say whether a part tells packs apart."""
    return span.is_pack or span.kind in (
        SpanKind.MEASURE,
        SpanKind.ATTRIBUTE,
        SpanKind.PRICE,
        SpanKind.SMALL,
        SpanKind.BIG,
    )


def _tells_packs_apart(draft: Draft) -> bool:
    if draft.counts:
        return any(_tells(span) for span in draft.numbers)
    return draft.has_amount and any(span.kind is SpanKind.ATTRIBUTE for span in draft.numbers)


def _is_another_pack(draft: Draft, last: Draft) -> bool:
    """Say whether "and 2 tins" counts the goods just named in another pack."""
    units = {span.unit for span in draft.counts}
    return (
        draft.row == last.row
        and len(units) == 1
        and units <= OTHER_PACKS
        and not units & {span.unit for span in last.counts}
    )


def _with_neighbours(drafts: list[Draft]) -> list[Draft]:
    """Let a draft look at the sizes and the brand of its neighbours in the row."""
    result: list[Draft] = []
    for number, draft in enumerate(drafts):
        near: list[Size] = []
        if not draft.measures:
            for other in reversed(drafts[max(0, number - MOST_SHARERS) : number]):
                if other.row == draft.row and other.measures:
                    near += [span.size for span in other.measures if span.size]
                    break
        before = drafts[number - 1] if number else None
        near_goods = goods_of(before) if before and before.row == draft.row else NO_PRODUCTS
        has_neighbour = bool(near or near_goods)
        result.append(
            replace(draft, near_sizes=tuple(near), near_goods=near_goods) if has_neighbour else draft
        )
    return result
