"""Payments that a shop began to tell of, and what each still waits for. None of them is dropped without a word.

The slot `CLAIM` holds the one that was asked about last, `BEGUN` those before it, oldest first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.dialogue.machine import CLAIM, Turn
from core.credit.kinds import PaymentMethod
from core.intake.acts.types import Act
from core.messaging.models import Prompt
from core.money import Money

METHOD, PAID = "pay_method", "paid"
BEGUN: Final = "claims_begun"
METHODS: Final = {
    "cash": PaymentMethod.CASH,
    "bank": PaymentMethod.BANK_TRANSFER,
    "bank_transfer": PaymentMethod.BANK_TRANSFER,
    # ConnectIPS is a transfer between banks.
    "connectips": PaymentMethod.BANK_TRANSFER,
    "cheque": PaymentMethod.CHEQUE,
    "esewa": PaymentMethod.ESEWA,
    "khalti": PaymentMethod.KHALTI,
    "fonepay": PaymentMethod.FONEPAY,
}
_MOST_KEPT = 9

Said = Mapping[str, Any]


def all_of(turn: Turn) -> list[Said]:
    """Every payment that waits for something, the one that was asked about last at the end."""
    current = turn.slots.get(CLAIM)
    return [*(turn.slots.get(BEGUN) or ()), *([current] if current else [])]


def asked_last(turn: Turn) -> Said | None:
    return turn.slots.get(CLAIM)


def without(turn: Turn, said: Said | None) -> list[Said]:
    """The payments that wait, but for *said*."""
    return [one for one in all_of(turn) if one != said]


def lacks(said: Said) -> str | None:
    """What a payment waits for: `amount`, `method`, `reference`, or `paid`, the yes that it was paid; None for nothing."""
    if not said.get("amount_minor"):
        return "amount"
    if said.get("is_doubted"):
        return "paid"
    if said.get("method") not in METHODS:
        return "method"
    is_cash = METHODS[said["method"]] is PaymentMethod.CASH
    return None if is_cash or said.get("reference") else "reference"


def gone_on_with(turn: Turn, act: Act) -> Said | None:
    """The payment of which *act* tells more: the one of that sum, else the newest that lacks what the act has."""
    newest_first = all_of(turn)[::-1]
    if act.amount is not None:
        sums = (act.amount.minor, None)
        return next((one for one in newest_first if one.get("amount_minor") in sums), None)
    if act.reference is not None:
        fitting = [one for one in newest_first if _takes_reference(one, act.method)]
        if fitting:
            return fitting[0]
    if act.method is not None and act.reference is None:
        fitting = [one for one in newest_first if lacks(one) == "method"]
        if fitting:
            return fitting[0]
    return newest_first[0] if newest_first else None


def _takes_reference(said: Said, method: str | None) -> bool:
    is_open = not said.get("reference") and said.get("method") != "cash"
    return is_open and (method is None or said.get("method") in (None, method))


def of_sum(turn: Turn, amount: Money | None) -> Said | None:
    """The newest payment that waits, of that sum."""
    if amount is None:
        return None
    return next((one for one in all_of(turn)[::-1] if one.get("amount_minor") == amount.minor), None)


def spoken_of_at(said: Said) -> dt.datetime:
    """When the shop last said something of it, which is not when it was last asked about."""
    return dt.datetime.fromisoformat(said["said_at"])


def slots(rest: Sequence[Said], current: Said | None) -> dict[str, Any]:
    """The slots with *current* as the payment that is asked about now."""
    return {
        CLAIM: dict(current) if current else None,
        BEGUN: [dict(one) for one in rest][-_MOST_KEPT:] or None,
    }


def slots_of_next(turn: Turn, rest: Sequence[Said]) -> dict[str, Any]:
    """The slots after a payment is settled: the newest of the *rest* is the one that is asked about now."""
    if not rest:
        return slots((), None)
    return slots(rest[:-1], {**rest[-1], "asked_at": turn.now.isoformat()})


def named(rest: Sequence[Said]) -> list[dict[str, Any]]:
    """The payments that still wait, newest first, for a message."""
    return [
        {
            "amount": Money(one["amount_minor"]) if one.get("amount_minor") else None,
            "method": METHODS[one["method"]].value if one.get("method") in METHODS else None,
            "lacks": lacks(one) or "paid",
        }
        for one in rest[::-1]
    ]


def prompts(turn: Turn) -> list[Prompt]:
    """The open questions about a payment that is no longer the one that is asked about."""
    return [prompt for prompt in turn.prompts if prompt.kind in (METHOD, PAID)]
