"""Reads how much of a bill was handed over in cash: "500 baki", "hoina 6085 diyo, 500 baki ho", "350 paaye"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.dialogue.reading.line_numbers import plain_digits
from bot.dialogue.reading.words import is_said
from core.intake.acts.reader import read_acts
from core.intake.acts.types import Act, ActKind, CashShare, Mood
from core.intake.reading import Role
from core.money import Money, total

# A comma between digits belongs to the number.
_CLAUSES = re.compile(r"[;\n।]+|,(?!\d)|(?<=\D)\.(?=\s|$)")
_CAME = frozenset({Mood.DONE, Mood.NOW})
_TO_COME = frozenset({Mood.DUE, Mood.FUTURE, Mood.CONDITIONAL, Mood.REPORTED, Mood.WISHED})


def cash_received(text: str, bill: Money) -> Money | None:
    """The one sum that came, of a *bill*, from what is said of it and of the rest. None where that isn't one sum.

    A denied sum counts for nothing ("no 241 chaina, 200 matra diyo"). What came and what is left must make the bill.
    """
    if "?" in text:
        return None
    came: list[Money] = []
    left: list[Money] = []
    for act in _clauses(text):
        if act.kind is not ActKind.CASH or any(letter.isdigit() for word in act.left for letter in word):
            return None
        if act.amount is None or act.is_denied:
            continue
        if _is_of_the_rest(act):
            left.append(act.amount)
        elif act.mood in _CAME:
            came.append(act.amount)
        else:
            return None
    if not came and not left:
        return None
    received = total(came) if came else bill - total(left)
    return None if came and left and received + total(left) != bill else received


def _is_of_the_rest(act: Act) -> bool:
    """Whether the sum is what didn't come: "500 baki", "500 pachi dincha", "500 left"."""
    if act.share is CashShare.LESS or act.mood in _TO_COME:
        return True
    return any(is_said(word, "cash_rest") for word in act.left)


def _clauses(text: str) -> Iterator[Act]:
    """What each clause that holds a number says of cash, the denial before it aside."""
    for clause in _CLAUSES.split(plain_digits(text)):
        words = clause.split()
        while words and is_said(words[0], "claim_missing"):
            words = words[1:]
        if not any(letter.isdigit() for word in words for letter in word):
            continue
        yield from read_acts(f"cash {' '.join(words)}", role=Role.VENDOR)
