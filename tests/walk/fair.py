"""Which refusals are a fair answer on a walk: those that the tables of an order's life name, and a few that each use case has besides.

Others take part meanwhile, so a refusal is fair when it is due in a state that the subject may have been in between a
look before and a look after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.orders.models import Fulfillment, Order
from core.orders.outcomes import OFFER, ORDER, PART, Answers, OfferEvent, OrderEvent, PartEvent, Refuses
from core.orders.transitions import FULFILLMENT_MOVES, ORDER_MOVES
from core.routing.models import Offer, OfferStatus

# By use case: the event of the life that it is, if it is one.
EVENTS: Mapping[str, StrEnum] = {
    "place": OrderEvent.PLACE,
    "approve_waiting": OrderEvent.APPROVE,
    "refuse_waiting": OrderEvent.REFUSE,
    "override": OrderEvent.OVERRIDE,
    "seek_again": OrderEvent.SEEK_AGAIN,
    "cancel": OrderEvent.CANCEL,
    "reopen_as_basket": OrderEvent.CHANGE,
    "answer_asked": OrderEvent.NO,
    "close_unanswered": OrderEvent.SILENCE,
    "confirm_receipt": OrderEvent.CONFIRM_RECEIPT,
    "dispatch": PartEvent.DISPATCH,
    "withdraw": PartEvent.WITHDRAW,
    "deliver": PartEvent.DELIVER,
    "deliver_without_code": PartEvent.DELIVER,
    "mark_returned": PartEvent.RETURN,
    "accept": OfferEvent.ACCEPT,
    "decline": OfferEvent.DECLINE,
    "close_undelivered": OfferEvent.NOT_TOLD,
}
_YES = frozenset({"owner_must_approve", "credit_refused", "cash_limit", "cash_due"})
_SEEN = frozenset({"basket_changed", "basket_empty", "total_rose", "lines_missing", "nothing_available"})
# The exceptions that the tables tell in words: fair where the event otherwise has an outcome.
NOTED: Mapping[StrEnum, frozenset[str]] = {
    OrderEvent.PLACE: _YES | _SEEN,
    OrderEvent.APPROVE: _YES | _SEEN | {"already_placed"},
    OrderEvent.REFUSE: frozenset({"not_found"}),
    # After its deadline silence has answered the question, whether or not the job has run.
    OrderEvent.YES: _YES | {"too_late"},
    OrderEvent.NO: frozenset({"too_late"}),
    OrderEvent.OVERRIDE: frozenset({"override_refused"}),
    OrderEvent.SEEK_AGAIN: frozenset({"too_late"}),
    OrderEvent.CHANGE: frozenset({"too_late"}),
    # All of it short is no delivery, and nobody hands over more cash than what came is worth.
    PartEvent.DELIVER: frozenset({"cash_not_stated", "nothing_delivered", "amount_too_large"}),
    OfferEvent.ACCEPT: frozenset({"offer_expired", "stock_short", "vendor_limit_full"}),
    OfferEvent.DECLINE: frozenset({"offer_expired"}),
}
# What else a use case may answer, whatever the state; nothing where it is not named.
BESIDES: Mapping[str, frozenset[str]] = {
    "approve_waiting": frozenset({"not_allowed"}),
    "refuse_waiting": frozenset({"not_allowed"}),
    # Wrong codes lock the door for the day, whatever became of the parcel; a wrong one finds nothing once it has come.
    "deliver": frozenset({"code_locked", "not_found"}),
    "report": frozenset({"shortage_open", "shortage_too_late", "short_more_than_promised"}),
    "agree": frozenset({"shortage_answered"}),
    "refuse": frozenset({"shortage_answered"}),
    "claim_payment": frozenset({"claim_answered", "reference_taken"}),
    "confirm_claim": frozenset({"claim_answered", "claim_needs_admin"}),
    "reject_claim": frozenset({"claim_answered"}),
    "clear_cheque": frozenset({"cheque_not_open"}),
    "bounce_cheque": frozenset({"cheque_not_open"}),
    "count": frozenset({"stock_below_promised"}),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One table of the life, whose states its subjects pass and by which moves."""

    model: Any
    events: type[StrEnum]
    table: Mapping[Any, Mapping[Any, Any]]
    moves: Mapping[Any, frozenset[Any]]


KINDS = (
    Kind(Order, OrderEvent, ORDER, ORDER_MOVES),
    Kind(Fulfillment, PartEvent, PART, FULFILLMENT_MOVES),
    Kind(Offer, OfferEvent, OFFER, {OfferStatus.OPEN: frozenset(OfferStatus)}),
)


def event_of(name: str, facts: Mapping[str, Any]) -> StrEnum | None:
    return OrderEvent.YES if facts.get("yes") else EVENTS.get(name)


def kind_of(event: StrEnum | None) -> Kind | None:
    return next((kind for kind in KINDS if isinstance(event, kind.events)), None)


def is_due(event: StrEnum, code: str, *, before: StrEnum, after: StrEnum) -> bool:
    """Whether a table has the event refused with *code* where its subject went from *before* to *after*."""
    kind = kind_of(event)
    if kind is None:
        return False
    between = [state for state in _reach(kind, before) if after in _reach(kind, state)]
    return any(_says(kind.table[state][event], event, code) for state in between)


def _says(cell: Any, event: StrEnum, code: str) -> bool:
    if isinstance(cell, Refuses):
        return cell.error.code == code
    if isinstance(cell, Answers):
        return cell.code == code
    return code in NOTED.get(event, ())


def _reach(kind: Kind, state: StrEnum) -> set[StrEnum]:
    seen, waiting = {state}, [state]
    while waiting:
        new = kind.moves.get(waiting.pop(), frozenset()) - seen
        seen |= new
        waiting += new
    return seen
