"""Reads answers to payment claims that wait: "1 ra 3 aayo, 2 aayena", "KT77Z1 bhetyo", "asha ko aayo", "2 bahek sabai aayo"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.dialogue.reading.line_numbers import plain_digits
from bot.dialogue.reading.words import is_said
from core.identity import reference_key
from core.money import Money, rupees

_CLAUSES = re.compile(r"[;\n!।]+|,(?!\d)|\.(?=\s|$)")
_LIST_OF_NUMBERS = re.compile(r"\d{1,2}(?:,\d{1,2})+")
_SPAN_OF_NUMBERS = re.compile(r"(\d{1,2})[-–](\d{1,2})")
_AFTER_REF = re.compile(r"ref[-:#]?([0-9a-z-]+)$", re.IGNORECASE)
_ORDINALS = (
    {"first", "1st", "pahilo", "pailo", "पहिलो"},
    {"second", "2nd", "dosro", "दोस्रो"},
    {"third", "3rd", "tesro", "तेस्रो"},
    {"fourth", "4th", "chautho", "चौथो"},
    {"fifth", "5th", "pachau", "pachaun", "पाँचौं"},
)
_SUM = re.compile(r"\d{1,3}(?:,\d{2,3})+|\d+(?:\.\d{1,2})?")
# English says no before the verb.
_NOT_RECEIVED = re.compile(
    r"\b(?:not|never|haven't|havent|hasn't|hasnt|didn't|didnt)\s+(?:yet\s+)?(?:received|receive|got|get|come|came)\b",
    re.IGNORECASE,
)
_EDGES = ".,:()*–-'\"“”"
_SHORTEST_NAME = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedClaim:
    """A claim as the list showed it; its number is its place, from 1."""

    claim_id: int
    retailer_id: int
    shop_name: str
    # Names of the shop's people.
    people: tuple[str, ...] = ()
    amount: Money
    reference_key: str | None

    @property
    def names(self) -> frozenset[str]:
        return frozenset(word for name in (self.shop_name, *self.people) for word in name.casefold().split())


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimAnswers:
    """The claims whose money came, those whose money didn't, and the clauses that nothing explains."""

    received: tuple[int, ...]
    missing: tuple[int, ...]
    left: tuple[str, ...]


@dataclass(slots=True)
class _Reading:
    listed: Sequence[ListedClaim]
    # Whether the list was shown with numbers.
    has_numbers: bool
    verdicts: dict[int, bool] = field(default_factory=dict)
    # Named and not yet judged; and a verdict that came before what it is about.
    pending: list[int] = field(default_factory=list)
    ahead: bool | None = None
    # "All but 2": these get the other verdict. `excludes` while English still names them, after its "except".
    excluded: list[int] = field(default_factory=list)
    excludes: bool = False

    @property
    def is_alone(self) -> bool:
        """Whether one claim was asked about by itself: then only its shop or its reference names it."""
        return not self.has_numbers and len(self.listed) == 1


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
    reading, left = _Reading(listed, has_numbers), []
    for clause in _CLAUSES.split(_NOT_RECEIVED.sub("missing", plain_digits(text))):
        words = [word for word in (raw.strip(_EDGES) for raw in clause.split()) if word]
        before = dict(reading.verdicts)
        if not _take_clause(reading, words):
            left.append(clause.strip())
            reading.pending.clear()
            reading.verdicts = before
        reading.ahead, reading.excluded, reading.excludes = None, [], False
    received = tuple(claim_id for claim_id, came in reading.verdicts.items() if came)
    missing = tuple(claim_id for claim_id, came in reading.verdicts.items() if not came)
    if not reading.verdicts:
        return None
    return ClaimAnswers(received=received, missing=missing, left=tuple(left))


def _take_clause(reading: _Reading, words: Sequence[str]) -> bool:
    """Take a clause into the reading; False when a word of it is left over."""
    of_shop = _claims_of_named_shop(reading.listed, words)
    if len(of_shop) < 2:
        return all(_take(reading, word) for word in words)
    # What else is said picks among that shop's claims: its sum, its reference, "both".
    picked = _Reading(of_shop, has_numbers=False)
    others = [word for word in words if not _is_name(word, reading.listed)]
    is_read = all(_take(picked, word) for word in others)
    reading.verdicts.update(picked.verdicts)
    return is_read and bool(picked.verdicts)


def _claims_of_named_shop(listed: Sequence[ListedClaim], words: Sequence[str]) -> list[ListedClaim]:
    named = {
        claim.retailer_id
        for word in words
        if _is_name(word, listed)
        for claim in listed
        if word.casefold() in claim.names
    }
    return [claim for claim in listed if len(named) == 1 and claim.retailer_id in named]


def _take(reading: _Reading, word: str) -> bool:
    """Take one word into the reading; False when nothing explains it."""
    if reading.is_alone and _is_its_sum(word, reading.listed[0]):
        return True
    if is_said(word, "claim_none") and not reading.is_alone:
        reading.verdicts.update(dict.fromkeys((claim.claim_id for claim in reading.listed), False))
        reading.ahead = False
        return True
    if is_said(word, "claim_except"):
        _exclude(reading)
        return True
    named = _named(reading, word)
    if named and reading.excludes:
        reading.excluded += named
        reading.pending = [claim_id for claim_id in reading.pending if claim_id not in named]
        return True
    if named:
        if reading.ahead is None:
            reading.pending += named
        else:
            reading.verdicts.update(dict.fromkeys(named, reading.ahead))
        return True
    for group, came in (("claim_missing", False), ("claim_received", True)):
        if is_said(word, group):
            _judge(reading, came=came)
            return True
    return is_said(word, "claim_small_words")


def _exclude(reading: _Reading) -> None:
    """Leave out what was named before the word ("2 bahek sabai"), or what will be ("all except 2")."""
    already = len(set(reading.pending)) == len(reading.listed)
    if reading.pending and not already:
        for claim_id in reading.pending:
            if claim_id in reading.verdicts:
                # "Sabai aayo, 2 bahek".
                reading.verdicts[claim_id] = not reading.verdicts[claim_id]
        reading.excluded = list(reading.pending)
        reading.pending.clear()
    else:
        reading.excludes = True


def _judge(reading: _Reading, *, came: bool) -> None:
    """The verdict is on what was named before it, or on what follows. "Not" beside "received" stays a no."""
    if reading.pending:
        reading.verdicts.update(dict.fromkeys(reading.pending, came))
        reading.verdicts.update(dict.fromkeys(reading.excluded, not came))
        reading.pending.clear()
    elif reading.ahead is None:
        reading.ahead = came


def _named(reading: _Reading, word: str) -> list[int]:
    listed = reading.listed
    if reading.is_alone and (is_said(word, "claim_all") or is_said(word, "claim_rest")):
        return []
    if is_said(word, "claim_all"):
        return [claim.claim_id for claim in listed if claim.claim_id not in reading.excluded]
    if is_said(word, "claim_rest"):
        said = {*reading.verdicts, *reading.pending}
        return [claim.claim_id for claim in listed if claim.claim_id not in said]
    if numbers := _places(word):
        return (
            [listed[n - 1].claim_id for n in numbers]
            if reading.has_numbers and all(0 < n <= len(listed) for n in numbers)
            else []
        )
    if _SUM.fullmatch(word):
        return _by_number(reading, word)
    key = reference_key(word)
    fitting = [claim for claim in listed if key is not None and claim.reference_key == key]
    # "REF500" for the reference 500.
    fitting = fitting or [
        claim
        for claim in listed
        if (bare := _AFTER_REF.match(word)) and claim.reference_key == reference_key(bare[1])
    ]
    if not fitting and _is_name(word, listed):
        fitting = [claim for claim in listed if word.casefold() in claim.names]
    return [fitting[0].claim_id] if len(fitting) == 1 else []


def _places(word: str) -> list[int]:
    """The places that "1,3", "2-4" or "tesro" name."""
    if _LIST_OF_NUMBERS.fullmatch(word):
        return [int(number) for number in word.split(",")]
    if spanned := _SPAN_OF_NUMBERS.fullmatch(word):
        return list(range(int(spanned[1]), int(spanned[2]) + 1))
    return [place for place, names in enumerate(_ORDINALS, start=1) if word.casefold() in names]


def _by_number(reading: _Reading, word: str) -> list[int]:
    """A place in the list, else the one claim of that amount, else the one with that reference."""
    listed = reading.listed
    if reading.has_numbers and word.isdigit() and 0 < int(word) <= len(listed):
        return [listed[int(word) - 1].claim_id]
    if reading.is_alone:
        return []
    amount = rupees(word.replace(",", ""))
    fitting = [claim for claim in listed if claim.amount == amount] or [
        claim for claim in listed if claim.reference_key == reference_key(word)
    ]
    return [fitting[0].claim_id] if len(fitting) == 1 else []


def _is_its_sum(word: str, claim: ListedClaim) -> bool:
    return bool(_SUM.fullmatch(word)) and rupees(word.replace(",", "")) == claim.amount


def _is_name(word: str, listed: Sequence[ListedClaim]) -> bool:
    """Whether the word names one of these shops and no other of the list."""
    said = word.casefold()
    if len(said) < _SHORTEST_NAME:
        return False
    return len({claim.retailer_id for claim in listed if said in claim.names}) == 1
