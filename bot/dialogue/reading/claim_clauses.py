"""Reads one clause of an answer to payment claims: which claims are named, and what is said of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.dialogue.reading.claim_names import (
    SUM,
    ListedClaim,
    NamedBy,
    claims_of_named_shop,
    is_its_sum,
    is_name,
    named,
)
from bot.dialogue.reading.claim_words import Said, Verdict, joined, said_by, verdict_of
from bot.dialogue.reading.words import is_said

EDGES = ".,:()*–-'\"“”"
_SIGNS = frozenset({"#", "&", "+", "-"})
# Beside these "no" is the word for a number: "1 no ko aayo".
_BEHIND_NUMBER = frozenset({"ko", "को", "wala", "वाला", "ma", "मा", "bata", "बाट"})
_COUNTS = (("claim_two", 2), ("claim_three", 3))


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """What one verdict is about. Of "all", "the rest" and "none", what else was said is taken off at the end."""

    ids: tuple[int, ...] = ()
    is_all: bool = False
    is_rest: bool = False
    # "None came" denies by itself, "kehi" only with a denial.
    is_none: bool = False
    is_any: bool = False
    is_due: bool = False
    but: tuple[int, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.is_all or self.is_rest or self.is_none or self.is_any


Item = Group | Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Clause:
    """The items of a clause; None where a word of it isn't explained. `ids` and `is_murky` tell what it may be about."""

    text: str
    items: tuple[Item, ...] | None
    ids: frozenset[int] = frozenset()
    is_murky: bool = False

    @property
    def is_only_names(self) -> bool:
        return bool(self.items) and all(isinstance(item, Group) for item in self.items or ())


def read_clause(text: str, listed: Sequence[ListedClaim], *, has_numbers: bool) -> Clause:
    words = joined([word for word in (raw.strip(EDGES) for raw in text.split()) if word])
    of_shop = claims_of_named_shop(listed, words)
    if len(of_shop) < 2:
        return _parse(text, words, listed, has_numbers=has_numbers)
    # What else is said picks among that shop's claims: its sum, its reference, "both".
    others = [word for word in words if not is_name(word, listed)]
    clause = _parse(text, others, of_shop, has_numbers=False)
    items = clause.items
    if items is not None:
        groups = [_of_shop(item, of_shop) for item in items if isinstance(item, Group)]
        if not groups or any(group is None for group in groups):
            items = None
        else:
            items = tuple(
                _of_shop(item, of_shop) or item if isinstance(item, Group) else item for item in items
            )
    return replace(clause, items=items, ids=frozenset(claim.claim_id for claim in of_shop))


def _of_shop(group: Group, of_shop: Sequence[ListedClaim]) -> Group | None:
    """The group with "all" as that shop's claims; None where it says the rest or none."""
    if group.is_rest or group.is_none or group.is_any:
        return None
    if not group.is_all:
        return group
    return Group(ids=tuple(claim.claim_id for claim in of_shop if claim.claim_id not in group.but))


def _parse(text: str, words: Sequence[str], listed: Sequence[ListedClaim], *, has_numbers: bool) -> Clause:
    reading = _Reading(listed, has_numbers=has_numbers)
    for place, word in enumerate(words):
        if not _is_number_word(words, place):
            reading.take(word)
    items = reading.finish()
    return Clause(text=text.strip(), items=items, ids=frozenset(reading.ids), is_murky=reading.is_murky)


class _Reading:
    """Takes a clause word by word. A run of words that say something of money makes one verdict."""

    def __init__(self, listed: Sequence[ListedClaim], *, has_numbers: bool) -> None:
        self._listed, self._has_numbers = listed, has_numbers
        self._is_alone = not has_numbers and len(listed) == 1
        self._items: list[Item] = []
        self._run: list[str] = []
        self._names, self._exception = _Names(listed), Exceptions()
        self._is_read = True
        self.ids: set[int] = set()
        self.is_murky = False

    def take(self, word: str) -> None:
        found = named(word, self._listed, has_numbers=self._has_numbers)
        if found is None and said_by(word) is not None:
            self._run.append(word)
            self._is_read &= self._names.close(self._items)
            self._exception.close()
            self.is_murky = True
            return
        if self._run and not _is_small(word):
            self._items.append(verdict_of(self._run))
            self._run = []
        if found is not None:
            self.ids |= set(found[1])
            self._is_read &= self._exception.takes(found[1]) or self._names.add(*found)
        else:
            self._take_other(word)

    def _take_other(self, word: str) -> None:
        if self._is_alone and is_its_sum(word, self._listed[0]):
            return
        if is_said(word, "claim_except"):
            self._is_read &= self._exception.begin(self._names)
        elif is_said(word, "claim_joining") or word in ("&", "+"):
            self._names.is_joined = True
        elif not self._is_alone and self._names.add_whole(word):
            self.is_murky = True
        elif not _is_small(word):
            self._is_read = False
            self.is_murky = self.is_murky or bool(SUM.search(word))

    def finish(self) -> tuple[Item, ...] | None:
        """The items of the clause; None where a word isn't explained or one contradicts another."""
        if self._run and not _only_waits(self._run, self._items):
            self._items.append(verdict_of(self._run))
        self._is_read &= self._names.close(self._items)
        self._is_read &= self._exception.put_into(self._items)
        is_sure = not any(isinstance(item, Verdict) and item.came is None for item in self._items)
        return tuple(self._items) if self._is_read and is_sure else None


def _only_waits(run: Sequence[str], items: Sequence[Item]) -> bool:
    """Whether a "yet" at the end belongs to the denial before it: "haven't received 1 yet"."""
    is_denied = any(isinstance(item, Verdict) and item.came is False for item in items)
    return is_denied and all(said_by(word) is Said.YET for word in run)


def _is_small(word: str) -> bool:
    return word in _SIGNS or is_said(word, "claim_small_words") or is_said(word, "claim_joining")


def _is_number_word(words: Sequence[str], place: int) -> bool:
    """Whether "no" at this place is the word for a number: "ref no 555", "1 no ko", "1 aayo no 2 aayena"."""
    if words[place].casefold() != "no":
        return False
    before = words[place - 1] if place else ""
    after = words[place + 1] if place + 1 < len(words) else ""
    if is_said(before, "claim_before_number") or after.casefold() in _BEHIND_NUMBER:
        return True
    return after[:1].isdigit() and said_by(before) in (Said.CAME, Said.NOT_COME)


class _Names:
    """The names that stand together before or behind a verdict."""

    def __init__(self, listed: Sequence[ListedClaim]) -> None:
        self._listed = listed
        self._is_spoilt = False
        self._group = Group()
        self._last: tuple[NamedBy, tuple[int, ...]] | None = None
        self.is_joined = False

    @property
    def ids(self) -> tuple[int, ...]:
        return self._group.ids

    @property
    def is_whole(self) -> bool:
        return self._group.is_open

    def add(self, by: NamedBy, ids: tuple[int, ...]) -> bool:
        """Add a name; False where it says another thing of the one before it: "2 ma 3000" of two claims."""
        agrees = self._last is None or self._last[0] is by or self.is_joined or set(ids) <= set(self.ids)
        if self._group.is_open and not self.is_joined:
            agrees = False
        self._group = replace(self._group, ids=tuple(dict.fromkeys((*self.ids, *ids))))
        self._last, self.is_joined = (by, ids), False
        return agrees

    def add_whole(self, word: str) -> bool:
        """Take "all", "both", "the rest", "none"; False when the word is none of these."""
        many = next((count for group, count in _COUNTS if is_said(word, group)), None)
        if many is not None or is_said(word, "claim_every"):
            # "1 ra 2 duitai": both of those.
            if self.ids:
                if many is not None and many != len(self.ids):
                    self._spoil()
            elif many is not None and many != len(self._listed):
                self._spoil()
            else:
                self._group = replace(self._group, is_all=True)
            return True
        if is_said(word, "claim_rest"):
            if self.ids and not self.is_joined:
                self._spoil()
            self._group = replace(self._group, is_rest=True, is_due=is_said(word, "claim_still_due"))
            return True
        for group, is_none in (("claim_none", True), ("claim_any", False)):
            if is_said(word, group):
                if self.ids:
                    self._spoil()
                self._group = replace(self._group, is_none=is_none, is_any=not is_none)
                return True
        return False

    def _spoil(self) -> None:
        self._is_spoilt = True

    def forget(self) -> None:
        self._group, self._last = Group(), None

    def close(self, items: list[Item]) -> bool:
        """Add the names to the items; False where they contradict each other."""
        if self._group != Group():
            items.append(self._group)
        self._group, self._last, self.is_joined = Group(), None, False
        return not self._is_spoilt


class Exceptions:
    """What is taken out of "all": named before the word in Nepali ("2 bahek"), behind it in English ("except 2")."""

    def __init__(self) -> None:
        self.ids: tuple[int, ...] = ()
        self._is_named_behind = self._is_open = False

    def begin(self, names: _Names) -> bool:
        if self.ids or self._is_named_behind:
            return False
        if names.ids and not names.is_whole:
            self.ids = names.ids
            names.forget()
        else:
            self._is_named_behind = self._is_open = True
        return True

    def close(self) -> None:
        """A verdict ends the names of "all except 2 came"."""
        self._is_open = False

    def takes(self, ids: Iterable[int]) -> bool:
        """Take a name behind "except"."""
        if self._is_open:
            self.ids = (*self.ids, *ids)
        return self._is_open

    def put_into(self, items: list[Item]) -> bool:
        """Put the exception to its "all"; by itself it is a group of its own for the clause before."""
        if not self.ids:
            return not self._is_named_behind
        if not items:
            items.append(Group(but=self.ids))
            return True
        for place, item in enumerate(items):
            if isinstance(item, Group) and (item.is_all or item.is_none):
                items[place] = replace(item, but=self.ids)
                return True
        return False
