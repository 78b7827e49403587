"""Clauses as wholesalers write them: a word for each of several orders, a deadline, days that are closed and open."""

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import replace

from core.intake.acts import facts
from core.intake.acts.chunks import Chunk, ChunkKind
from core.intake.acts.clauses import Break, Clause
from core.intake.acts.senses import exact_words
from core.intake.language.numbers import order_numbers
from core.intake.language.numerals import NumberKind, NumberReading

_VERDICTS = ("talk.yes", "talk.no", "v.", "mood.neg", "is.part", "is.sold_out")
_DAYS = ("mood.today", "mood.tomorrow", "mood.day_after", "day.")
_OPEN_OR_CLOSED = ("is.closed", "is.open", "v.open.", "v.close.")
_LAST_HOUR = 12


def read_deadlines(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Take "samma" after a time, and "before" in front of one, for a part of the time and no condition; "by 5" is a time."""
    told: list[Chunk] = []
    for place, chunk in enumerate(chunks):
        before = told[-1] if told else None
        after = chunks[place + 1] if place + 1 < len(chunks) else None
        if before is not None and before.numeral is not None and _counts_time(chunk):
            # "दिन" is a day, and "to give".
            told.append(
                replace(chunk, senses=frozenset(one for one in chunk.senses if one.startswith("day.")))
            )
        elif before is not None and before.text == "by" and _is_hour(chunk):
            told.append(_as_time(chunk))
        elif (
            chunk.text in exact_words()["until_after_time"] and before is not None and _tells_time(before)
        ) or (chunk.text in exact_words()["until_before_time"] and after is not None and _tells_time(after)):
            told.append(replace(chunk, senses=frozenset({"small.func"})))
        else:
            told.append(chunk)
    return told


def counts_goods(chunk: Chunk) -> bool:
    """Say whether a number can only be an amount: "aadha", "2 pkt"."""
    if chunk.numeral is None or _is_order(chunk):
        return False
    reading = chunk.numeral.best
    if reading.kind not in (NumberKind.COUNT, NumberKind.MEASURE) or reading.value is None:
        return False
    return reading.unit is not None or reading.value != int(reading.value)


def _counts_time(chunk: Chunk) -> bool:
    return chunk.has("day.minutes", "day.hours", "day.days", "day.weeks")


def _tells_time(chunk: Chunk) -> bool:
    if chunk.numeral is not None:
        return chunk.numeral.best.kind in (NumberKind.TIME, NumberKind.DATE)
    return any(sense.startswith(_DAYS) for sense in chunk.senses)


def _is_hour(chunk: Chunk) -> bool:
    reading = chunk.numeral.best if chunk.numeral is not None and chunk.numeral.is_certain else None
    value = (
        reading.value
        if reading is not None and reading.kind is NumberKind.COUNT and reading.unit is None
        else None
    )
    return value is not None and value == int(value) and 1 <= value <= _LAST_HOUR


def _as_time(chunk: Chunk) -> Chunk:
    if chunk.numeral is None:
        return chunk
    hour = int(chunk.numeral.best.value or 0)
    reading = NumberReading(kind=NumberKind.TIME, time=dt.time(hour % 24), said=chunk.text)
    return replace(chunk, numeral=replace(chunk.numeral, readings=(reading,)))


def split_and_join(clauses: Sequence[Clause]) -> list[Clause]:
    """Part what says different things of several orders or days, and join a day or goods to what is said of them behind."""
    parts = [part for clause in clauses for part in _parted(clause)]
    told: list[Clause] = []
    for clause in parts:
        last = told[-1] if told else None
        if last is not None and (_tells_when(last, clause) or _waits_for_its_state(last, clause)):
            told[-1] = last.joined(clause)
        elif last is not None and clause.before is Break.JOINED and _are_goods_gone(last, clause):
            told[-1] = replace(last, moods=last.moods | (clause.senses & {"is.sold_out", "is.back"}))
            told.append(clause)
        else:
            told.append(clause)
    return told


def _parted(clause: Clause) -> list[Clause]:
    return _by_orders(clause) or _by_state(clause) or _by_goods(clause) or [clause]


def _by_orders(clause: Clause) -> list[Clause]:
    """Part "1001 hunxa 1002 hudaina" and "accept 1001 decline 1002"; nothing where one word holds for all."""
    orders = [place for place, chunk in enumerate(clause.chunks) if _is_order(chunk)]
    if len(orders) < 2:
        return []
    leads = any(_is_verb(chunk) for chunk in clause.chunks[: orders[0]])
    cuts = [
        cut
        for place, following in itertools.pairwise(orders)
        if (cut := _cut_between(clause.chunks, place, following, leads=leads)) is not None
    ]
    last = clause.chunks[orders[-1] + 1 :]
    if not cuts or (not leads and not any(_is_verdict(chunk) for chunk in last)):
        return []
    return _cut(clause, cuts)


def _cut_between(chunks: Sequence[Chunk], place: int, following: int, *, leads: bool) -> int | None:
    """Where what is said of one order ends: before the next verb, or before the next number."""
    said = [spot for spot in range(place + 1, following) if _is_verdict(chunks[spot])]
    if not said:
        return None
    return said[0] if leads else following


def _by_state(clause: Clause) -> list[Clause]:
    """Part "aaja banda bholi khulla" and "closed today open tomorrow" between the two states."""
    states = [place for place, chunk in enumerate(clause.chunks) if _says_state(chunk)]
    if len(states) != 2 or _state(clause.chunks[states[0]]) == _state(clause.chunks[states[1]]):
        return []
    # English says the day behind its state, Nepali in front of it.
    is_day_first = any(_tells_time(chunk) for chunk in clause.chunks[: states[0]])
    return _cut(clause, [states[0] + 1 if is_day_first else states[1]])


def _by_goods(clause: Clause) -> list[Clause]:
    """Part "chini 95 tel 280" behind each number; a size in a name has its unit, and other words say something else."""
    chunks = clause.chunks
    if clause.orders or len(clause.left()) != len(clause.unknown_words):
        return []
    figures = [place for place, chunk in enumerate(chunks) if _is_bare_number(chunk)]
    cuts = [
        place + 1
        for place in figures
        if place + 1 < len(chunks) and chunks[place + 1] in clause.unknown_words
    ]
    is_paired = len(figures) == len(cuts) + 1 and bool(cuts) and figures[-1] == len(chunks) - 1
    return _cut(clause, cuts) if is_paired and figures[0] > 0 else []


def _is_bare_number(chunk: Chunk) -> bool:
    reading = chunk.numeral.best if chunk.numeral is not None else None
    return (
        reading is not None and reading.kind in (NumberKind.COUNT, NumberKind.MONEY) and reading.unit is None
    )


def _cut(clause: Clause, cuts: Sequence[int]) -> list[Clause]:
    parts: list[Clause] = []
    for start, end in zip((0, *cuts), (*cuts, len(clause.chunks)), strict=True):
        row = clause.chunks[start:end]
        before = Break.JOINED if parts else clause.before
        parts.append(replace(clause, chunks=row, before=before, start=row[0].start, end=row[-1].end))
    return parts


def _waits_for_its_state(last: Clause, clause: Clause) -> bool:
    """Say whether nothing but a day stands before "bholi banda": "aaja ra bholi banda"."""
    if clause.before is not Break.JOINED:
        return False
    is_only_day = any(_tells_time(chunk) for chunk in last.chunks) and not last.left("mood.", "day.")
    return is_only_day and not last.counts and any(_says_state(chunk) for chunk in clause.chunks)


_CANNOT = (
    "v.be.future.not", "v.give.future.not", "v.send.future.not", "v.finish.future.not", "v.deliver.future.not", "v.allowed.future.not",
)  # fmt: skip
_AGREES = ("talk.yes", "v.accept.bare", "v.accept.past", "v.accept.command")
_WHEN = (
    "mood.", "day.", "is.part", "is.goods", "v.take.", "v.be.future", "v.reach.future", "v.come.future", "v.give.future", "v.send.future", "v.deliver.future",
    "v.bring.future",
)  # fmt: skip


def _tells_when(last: Clause, clause: Clause) -> bool:
    """Say whether nothing but a time follows a yes: "accept, but it takes 2 days", "huncha tara bholi matra"."""
    puts_off = last.has(*_CANNOT) and last.has("mood.today")
    agrees = last.has(*_AGREES) and not last.is_denied and not last.left("talk.", "v.", "is.order", "mood.")
    if clause.orders or clause.is_denied or not (agrees or puts_off) or last.is_asked:
        return False
    is_sending = any(sense.startswith("v.") and sense.endswith(".future") for sense in clause.senses)
    if puts_off and not is_sending:
        return False
    if clause.before is not Break.JOINED and not (is_sending or clause.says("takes_time")):
        return False
    takes = exact_words()["takes_time"]
    others = [chunk for chunk in clause.left(*_WHEN) if chunk.text not in takes]
    spans = facts.span_chunks(clause)
    is_counting = any(chunk not in spans for chunk in clause.counts)
    return not others and not is_counting and facts.when_of(clause) is not None


def _are_goods_gone(last: Clause, clause: Clause) -> bool:
    """Say whether nothing but goods stands before "chini sakiyo": "wai wai ra chini sakiyo"."""
    is_only_goods = (
        bool(last.unknown_words) and not last.numerals and not last.left()[len(last.unknown_words) :]
    )
    return is_only_goods and bool(clause.unknown_words) and clause.has("is.sold_out", "is.back")


def _is_order(chunk: Chunk) -> bool:
    return chunk.numeral is not None and bool(order_numbers(chunk.numeral))


def _is_verdict(chunk: Chunk) -> bool:
    return counts_goods(chunk) or (
        chunk.kind in (ChunkKind.WORD, ChunkKind.PICTURE)
        and any(sense.startswith(_VERDICTS) for sense in chunk.senses)
    )


def _is_verb(chunk: Chunk) -> bool:
    return any(sense.startswith("v.") for sense in chunk.senses)


def _says_state(chunk: Chunk) -> bool:
    return any(sense.startswith(_OPEN_OR_CLOSED) for sense in chunk.senses)


def _state(chunk: Chunk) -> bool:
    """Whether it is open."""
    return any(sense.startswith(("is.open", "v.open.")) for sense in chunk.senses)
