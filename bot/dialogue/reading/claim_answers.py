"""Reads answers to a numbered list of payment claims: "1 ra 3 aayo, 2 aayena", "KT77Z1 bhetyo", "sabai aayo"."""

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
    shop_name: str
    amount: Money
    reference_key: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimAnswers:
    """The claims whose money came, those whose money didn't, and the clauses that nothing explains."""

    received: tuple[int, ...]
    missing: tuple[int, ...]
    left: tuple[str, ...]


@dataclass(slots=True)
class _Reading:
    listed: Sequence[ListedClaim]
    verdicts: dict[int, bool] = field(default_factory=dict)
    # Named and not yet judged; and a verdict that came before what it is about.
    pending: list[int] = field(default_factory=list)
    ahead: bool | None = None


def read_claim_answers(text: str, listed: Sequence[ListedClaim]) -> ClaimAnswers | None:
    """What the text says of each listed claim. None when it judges none of them, or asks.

    A claim is named by its number, its amount, its reference or its shop, "all" names every one and "the rest" those
    that nothing was said of.
    """
    if "?" in text:
        return None
    reading, left = _Reading(listed), []
    for clause in _CLAUSES.split(_NOT_RECEIVED.sub("missing", plain_digits(text))):
        words = [word for word in (raw.strip(_EDGES) for raw in clause.split()) if word]
        if not all(_take(reading, word) for word in words):
            left.append(clause.strip())
            reading.pending.clear()
        reading.ahead = None
    received = tuple(claim_id for claim_id, came in reading.verdicts.items() if came)
    missing = tuple(claim_id for claim_id, came in reading.verdicts.items() if not came)
    if not reading.verdicts:
        return None
    return ClaimAnswers(received=received, missing=missing, left=tuple(left))


def _take(reading: _Reading, word: str) -> bool:
    """Take one word into the reading; False when nothing explains it."""
    named = _named(reading, word)
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


def _judge(reading: _Reading, *, came: bool) -> None:
    """The verdict is on what was named before it, or on what follows. "Not" beside "received" stays a no."""
    if reading.pending:
        reading.verdicts.update(dict.fromkeys(reading.pending, came))
        reading.pending.clear()
    elif reading.ahead is None:
        reading.ahead = came


def _named(reading: _Reading, word: str) -> list[int]:
    listed = reading.listed
    if is_said(word, "claim_all"):
        return [claim.claim_id for claim in listed]
    if is_said(word, "claim_rest"):
        said = {*reading.verdicts, *reading.pending}
        return [claim.claim_id for claim in listed if claim.claim_id not in said]
    if _LIST_OF_NUMBERS.fullmatch(word):
        numbers = [int(number) for number in word.split(",")]
        return [listed[n - 1].claim_id for n in numbers] if all(0 < n <= len(listed) for n in numbers) else []
    if _SUM.fullmatch(word):
        return _by_number(listed, word)
    key = reference_key(word)
    fitting = [claim for claim in listed if key is not None and claim.reference_key == key]
    fitting = fitting or [claim for claim in listed if _is_name(word, claim.shop_name, listed)]
    return [fitting[0].claim_id] if len(fitting) == 1 else []


def _by_number(listed: Sequence[ListedClaim], word: str) -> list[int]:
    """A place in the list, else the one claim of that amount, else the one with that reference."""
    if word.isdigit() and 0 < int(word) <= len(listed):
        return [listed[int(word) - 1].claim_id]
    amount = rupees(word.replace(",", ""))
    fitting = [claim for claim in listed if claim.amount == amount] or [
        claim for claim in listed if claim.reference_key == reference_key(word)
    ]
    return [fitting[0].claim_id] if len(fitting) == 1 else []


def _is_name(word: str, shop_name: str, listed: Sequence[ListedClaim]) -> bool:
    """Whether the word is in this shop's name and in no other's of the list."""
    said = word.casefold()
    if len(said) < _SHORTEST_NAME or said not in shop_name.casefold().split():
        return False
    return sum(said in one.shop_name.casefold().split() for one in listed) == 1
