"""Reads answers to payment claims that wait: "1 ra 3 aayo, 2 aayena", "KT77Z1 bhetyo", "pahilako aayo, aru aako chaina".

A denied claim is never read as received, nor one that came as rejected: what can be read in two ways isn't read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from bot.dialogue.reading.claim_clauses import EDGES, Clause, Exceptions, Group, Item, read_clause
from bot.dialogue.reading.claim_names import ListedClaim
from bot.dialogue.reading.claim_words import Verdict
from bot.dialogue.reading.line_numbers import plain_digits

__all__ = ["ClaimAnswers", "ListedClaim", "read_claim_answers"]

_CLAUSES = re.compile(r"[;\n!।]+|,(?!\d)|\.(?=\s|$)")
_NUMBER_SIGN = re.compile(r"\b(?:no|num|nos)\.\s*(?=\d)", re.IGNORECASE)
_PICTURES = re.compile("([✅❌👍👎✔✖])\ufe0f?")


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimAnswers:
    """The claims whose money came, those whose money didn't, and the clauses that nothing explains."""

    received: tuple[int, ...]
    missing: tuple[int, ...]
    left: tuple[str, ...]


@dataclass(slots=True)
class _Result:
    judged: list[tuple[Group, bool, str]] = field(default_factory=list)
    left: list[Clause] = field(default_factory=list)


def read_claim_answers(
    text: str, listed: Sequence[ListedClaim], *, has_numbers: bool = True
) -> ClaimAnswers | None:
    """What the text says of each listed claim. None when it judges none of them, or asks.

    A claim is named by its number in the list (if it *has_numbers*), its amount, its reference, its shop or somebody
    there; "all" names every one, "all but 2" the others, "none" says no to every one, and "the rest" names those that
    nothing was said of. A name of several claims names none, unless "both" or "all" stands beside it. A clause with a word that
    nothing explains says nothing.
    """
    if "?" in text:
        return None
    spaced = _PICTURES.sub(r" \1 ", _NUMBER_SIGN.sub("number ", plain_digits(text)))
    clauses = [
        read_clause(clause, listed, has_numbers=has_numbers)
        for clause in _CLAUSES.split(spaced)
        if clause.strip(f" {EDGES}")
    ]
    result = _Result()
    segment: list[Clause] = []
    for clause in _with_exceptions(clauses):
        if clause.items is None:
            _take_segment(segment, result)
            result.left.append(clause)
            segment = []
        else:
            segment.append(clause)
    _take_segment(segment, result)
    return _settled(result, listed)


def _with_exceptions(clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses with "sabai aayo, 2 bahek" as one."""
    found: list[Clause] = []
    for clause in clauses:
        alone = clause.items[0] if clause.items is not None and len(clause.items) == 1 else None
        if not (isinstance(alone, Group) and alone.but and not alone.is_open and not alone.ids):
            found.append(clause)
            continue
        before = found[-1] if found else None
        items = list(before.items or ()) if before is not None else []
        exception = Exceptions()
        exception.ids = alone.but
        if before is not None and items and exception.put_into(items):
            found[-1] = replace(before, items=tuple(items))
        else:
            found.append(replace(clause, items=None, is_murky=True))
    return found


# How clauses hang together


def _take_segment(segment: Sequence[Clause], result: _Result) -> None:
    """Read clauses that stand side by side as a whole, else one by one."""
    if not segment:
        return
    readings = [
        reading
        for reading in (_names_first(segment), _verdict_first(segment), _each_by_itself(segment))
        if reading is not None
    ]
    if readings and all(_same(reading, readings[0]) for reading in readings):
        result.judged += readings[0]
        return
    for clause in segment:
        alone = None if readings else _by_itself(clause)
        if alone is None:
            result.left.append(clause)
        else:
            result.judged += alone


_Judged = list[tuple[Group, bool, str]]


def _same(one: _Judged, other: _Judged) -> bool:
    return {(g, came) for g, came, _ in one} == {(g, came) for g, came, _ in other}


def _names_first(segment: Sequence[Clause]) -> _Judged | None:
    """Names, then what is said of them: "1, 3 aayo, 2 aayena". An answer before them is about nothing: "hoina, 2 aayo"."""
    judged: _Judged = []
    pending: list[tuple[Group, str]] = []
    last: Verdict | None = None
    items = _without_answers(segment)
    for item, text in items:
        if isinstance(item, Group):
            pending.append((item, text))
            continue
        if item.came is None or not pending:
            return None
        judged += [(group, _told(group, item), text) for group, _ in pending]
        pending, last = [], item
    if _are_odd(judged, items):
        return None
    if pending:
        # "1 aayo 2": the two is about nothing, unless its clause may have said so before it.
        is_sure = last is not None and not last.is_answer
        starts = [clause.items[0] for clause in segment if clause.items]
        if not is_sure or any(isinstance(item, Verdict) for item in starts):
            return None
    return judged or None


def _are_odd(judged: _Judged, items: Sequence[tuple[Item, str]]) -> bool:
    """Whether a group can't have the verdict that stands with it: "kehi aayo", "none not came", "baki cha"."""
    verdicts = [item for item, _ in items if isinstance(item, Verdict)]
    is_only_there = any(verdict.is_only_there for verdict in verdicts)
    return any(
        (group.is_any and came) or (group.is_none and came) or (group.is_due and came and is_only_there)
        for group, came, _ in judged
    )


def _told(group: Group, verdict: Verdict) -> bool:
    """What the verdict says of the group: "none came" denies, "none missing" would say that all came."""
    return not verdict.came if group.is_none else bool(verdict.came)


def _without_answers(segment: Sequence[Clause]) -> list[tuple[Item, str]]:
    """The items without an answer that stands before a clause with its own verdict: "hoina, 2 aayo", "huncha 1 aayena"."""
    found: list[tuple[Item, str]] = []
    for place, clause in enumerate(segment):
        items = list(clause.items or ())
        verdicts = [item for item in items if isinstance(item, Verdict)]
        following = segment[place + 1].items if place + 1 < len(segment) else None
        is_alone = len(items) == 1 and bool(verdicts) and verdicts[0].is_answer
        if is_alone and following and _ends_with_verdict(following) and not _ends_with_names(found):
            continue
        if (
            len(verdicts) > 1
            and isinstance(items[0], Verdict)
            and items[0].is_answer
            and _ends_with_verdict(items)
            and not any(verdict.is_answer for verdict in verdicts[1:])
        ):
            items = items[1:]
        found += [(item, clause.text) for item in items]
    return found


def _ends_with_verdict(items: Sequence[Item]) -> bool:
    return len(items) > 1 and isinstance(items[-1], Verdict)


def _ends_with_names(items: Sequence[tuple[Item, str]]) -> bool:
    return bool(items) and isinstance(items[-1][0], Group)


def _verdict_first(segment: Sequence[Clause]) -> _Judged | None:
    """What is said, then the names: "received 1 and 3, not 2"."""
    items = [(item, clause.text) for clause in segment for item in clause.items or ()]
    verdicts = [item for item, _ in items if isinstance(item, Verdict)]
    if not verdicts or not isinstance(items[0][0], Verdict) or isinstance(items[-1][0], Verdict):
        return None
    if verdicts[0].is_answer and not all(verdict.is_answer for verdict in verdicts):
        return None
    judged: _Judged = []
    current, is_named = verdicts[0], True
    for item, text in items:
        if isinstance(item, Verdict):
            if item.came is None or not is_named:
                return None
            current, is_named = item, False
        else:
            judged.append((item, _told(item, current), text))
            is_named = True
    return None if _are_odd(judged, items) else judged


def _each_by_itself(segment: Sequence[Clause]) -> _Judged | None:
    read = [_by_itself(clause) for clause in segment if not _is_only_answer(clause)]
    if any(one is None for one in read):
        return None
    return list(chain.from_iterable(one or [] for one in read)) or None


def _is_only_answer(clause: Clause) -> bool:
    return all(isinstance(item, Verdict) and item.is_answer for item in clause.items or ())


def _by_itself(clause: Clause) -> _Judged | None:
    """A clause that is whole: its last names have their verdict, or the word "none" says enough."""
    items = clause.items or ()
    if len(items) == 1 and isinstance(items[0], Group) and items[0].is_none and not items[0].but:
        return [(items[0], False, clause.text)]
    return _verdict_first([clause]) if not _ends_with_verdict(items or (Group(),)) else _names_first([clause])


# The whole text


def _settled(result: _Result, listed: Sequence[ListedClaim]) -> ClaimAnswers | None:
    """Each claim with its verdict; a claim that was said both to have come and not to have come has none."""
    told: dict[int, set[bool]] = {}
    for group, came, _ in result.judged:
        for claim_id in group.ids:
            told.setdefault(claim_id, set()).add(came)
    left = [clause.text for clause in result.left]
    wholes = [(group, came, text) for group, came, text in result.judged if group.is_open]
    # "Aru" is nobody where a clause that isn't read may have named somebody.
    if any(clause.is_murky and not clause.ids for clause in result.left):
        left += [text for _, _, text in wholes]
        wholes = []
    spoken_of = set(told) | {claim_id for clause in result.left for claim_id in clause.ids}
    for group, came, _ in wholes:
        for claim_id, said in _of_whole(group, listed, spoken_of, came=came):
            told.setdefault(claim_id, set()).add(said)
    left += [text for group, _, text in result.judged if any(len(told[one]) > 1 for one in group.ids)]
    if not any(len(said) == 1 for said in told.values()):
        return None
    return ClaimAnswers(
        received=tuple(claim_id for claim_id, said in told.items() if said == {True}),
        missing=tuple(claim_id for claim_id, said in told.items() if said == {False}),
        left=tuple(dict.fromkeys(left)),
    )


def _of_whole(
    group: Group, listed: Sequence[ListedClaim], spoken_of: set[int], *, came: bool
) -> list[tuple[int, bool]]:
    """What "all", "the rest" or "none" says of each claim that nothing else was said of; its exception is the other way."""
    return [
        (claim.claim_id, came if claim.claim_id not in group.but else not came)
        for claim in listed
        if claim.claim_id in group.but or claim.claim_id not in spoken_of
    ]
