"""Whom a shop says it paid: named in a payment, for several of one sentence, or put right beside its number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.dialogue.machine import Turn
from bot.dialogue.reading.payees import find_payee, without_words, words_of_names
from bot.dialogue.reading.words import mentions
from bot.dialogue.screens.shop import begun
from core.credit import queries as credit
from core.intake.acts.reader import read_acts
from core.intake.acts.types import Act, ActKind
from core.parties import queries as parties
from core.refs import VendorId

_CLAUSES = re.compile(r"[.,;!\n।]|\bbut\b|\btara\b")
# "not Hari", "Hari hoina": whom it did not go to.
NOT_WHOM = re.compile(
    r"\b(?:not|wasn'?t)\s+(?:to\s+)?\S+|\S+(?:\s+(?:dai|didi|lai|लाई|दाइ|दिदी))*\s+(?:hoina|haina|nahi|होइन|हैन|नहीं)(?!\S)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?।\n]\s+\S|\n")


def with_payee(turn: Turn, act: Act) -> tuple[Act, dict[str, Any]]:
    """The payment without the words that name whom it went to, and the fact who that is.

    What is left over in an act makes it uncertain; a name that is known leaves nothing over.
    """
    payee = _payee_in(turn, act.left) if act.left else None
    if payee is None:
        return act, payee_beside(turn) if not act.left else {}
    read = read_acts(without_words(act.text, act.left), role=turn.role)
    return (read[0], {"payee": payee}) if len(read) == 1 and read[0].kind is act.kind else (act, {})


def payee_put_right(turn: Turn) -> dict[str, Any]:
    """The payee of a payment that was begun, told beside its number: "sorry not Hari, it was Sunil. ref NIC4471"."""
    if not mentions(turn.text, "mistaken") or not begun.all_of(turn):
        return {}
    names = parties.names_of_vendors(turn.session)
    meant = {
        payee
        for clause in _CLAUSES.split(turn.text)
        for part in (NOT_WHOM.sub(" ", clause),)
        if (payee := find_payee(words_of_names(part, names), names)) is not None
    }
    return {"payee": meant.pop()} if len(meant) == 1 else {}


def payee_beside(turn: Turn) -> dict[str, Any]:
    """The one payee that a sentence of several payments names: "200 esewa ref A1 ra 150 khalti ref B2 himal lai tireko"."""
    said = [act.left for act in read_acts(turn.text, role=turn.role) if act.kind is ActKind.PAY and act.left]
    if not said or _SENTENCE_END.search(turn.text.strip()):
        return {}
    named = {_payee_in(turn, left) for left in said}
    payee = named.pop() if len(named) == 1 else None
    return {"payee": payee} if payee is not None else {}


def _payee_in(turn: Turn, left: Sequence[str]) -> VendorId | None:
    """The wholesaler that these words name: one that has delivered to this shop, else any of the market."""
    found = find_payee(left, names_of_those_who_billed(turn))
    return found if found is not None else find_payee(left, parties.names_of_vendors(turn.session))


def names_of_those_who_billed(turn: Turn) -> dict[VendorId, list[str]]:
    """The names by which this shop may call a wholesaler that has delivered to it."""
    billed = [VendorId(one) for one in credit.vendors_who_billed(turn.session, turn.retailer_id)]
    return parties.names_of_vendors(turn.session, billed)
