"""The whole life of an order as tables: in each state each event has an outcome, or a refusal that has words. Pure.

`transitions` says which moves there are; this says what people and the clock can cause, and what becomes of the goods and
the credit with it. The use cases ask it. `check` runs when the program starts, over the tables of offers and holds as well,
and docs/order-life.md is made from all of them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.credit.outcomes import HOLD, Hold, HoldEvent
from core.orders.errors import AlreadyDone, NothingAsked, TooLate
from core.orders.kinds import FulfillmentStatus as F
from core.orders.kinds import OrderStatus as S
from core.orders.transitions import FULFILLMENT_MOVES, ORDER_MOVES
from core.outcomes import NOTHING, Answers, Becomes, Refuses
from core.routing.models import OfferStatus as O
from core.routing.outcomes import OFFER, OfferEvent


class OrderEvent(StrEnum):
    """What may be asked of an order as a whole."""

    PLACE = "place"
    APPROVE = "approve"  # the owner's yes to a helper's basket
    REFUSE = "refuse"  # the owner's no
    OWNER_SILENT = "owner silent"
    OVERRIDE = "override"
    SEEK_AGAIN = "seek again"
    YES = "yes"  # the retailer's, to a dearer vendor or to a part
    NO = "no"
    SILENCE = "silence"
    CANCEL = "cancel"
    CHANGE = "change"
    CONFIRM_RECEIPT = "confirm receipt"
    RECEIPT_DUE = "receipt due"


class PartEvent(StrEnum):
    """What may be asked of one vendor's part."""

    DISPATCH = "dispatch"
    DELIVER = "deliver"
    WITHDRAW = "withdraw"
    RETURN = "return"
    CANCEL = "cancel"


class Question(StrEnum):
    """What the retailer is asked: nothing, whether dearer vendors may be asked, or whether the part is taken."""

    NONE = "none"
    DEARER = "dearer"
    PART = "part"


class QuestionEvent(StrEnum):
    YES = "yes"
    NO = "no"
    SILENCE = "silence"
    # Another search makes it a question about other goods or another price.
    SOUGHT_ANEW = "sought anew"
    ORDER_ENDS = "order ends"


class Goods(StrEnum):
    """What becomes of the vendor's stock."""

    RESERVED = "reserved"
    TAKEN = "taken"
    RELEASED = "released"
    PUT_BACK = "put back"
    GONE = "gone"


class Credit(StrEnum):
    """What becomes of the credit that is held for the part; an order for cash holds none."""

    HELD = "held"
    CAPTURED = "captured"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class PartBecomes:
    state: F
    goods: Goods
    credit: Credit


DONE, LATE, NOT_ASKED = Refuses(AlreadyDone), Refuses(TooLate), Refuses(NothingAsked)
PLACED_BEFORE = Answers("already_placed")

# Seeking ends with an offer, with a question, or with nobody.
_SOUGHT: frozenset[StrEnum] = frozenset({S.OFFERED, S.PLACED, S.UNFULFILLED})
# What has left, or was taken, when the rest is given up.
_WITHOUT_REST: frozenset[StrEnum] = frozenset({S.ACCEPTED, S.DISPATCHED, S.DELIVERED})
_HAS_LEFT: frozenset[StrEnum] = frozenset({S.DISPATCHED, S.DELIVERED})

Outcome = Becomes | PartBecomes | Refuses | Answers

_ENDED: Mapping[OrderEvent, Outcome] = {
    OrderEvent.PLACE: PLACED_BEFORE,
    OrderEvent.APPROVE: PLACED_BEFORE,
    OrderEvent.REFUSE: LATE,
    OrderEvent.OWNER_SILENT: NOTHING,
    OrderEvent.OVERRIDE: LATE,
    OrderEvent.SEEK_AGAIN: LATE,
    OrderEvent.YES: NOT_ASKED,
    OrderEvent.NO: NOT_ASKED,
    OrderEvent.SILENCE: NOTHING,
    OrderEvent.CANCEL: LATE,
    OrderEvent.CHANGE: LATE,
    OrderEvent.CONFIRM_RECEIPT: LATE,
    OrderEvent.RECEIPT_DUE: NOTHING,
}
_SEEKING: Mapping[OrderEvent, Outcome] = {
    **_ENDED,
    OrderEvent.OVERRIDE: Becomes(_SOUGHT, "asked, unless it is dearer than was agreed"),
    OrderEvent.SEEK_AGAIN: Becomes(_SOUGHT, "too_late while a higher price is asked about"),
    OrderEvent.CANCEL: Becomes(_HAS_LEFT | {S.CANCELED}, "what has left goes on"),
    OrderEvent.CHANGE: Becomes(frozenset({S.CANCELED}), "too late once a vendor has accepted a part"),
}
ORDER: dict[S, Mapping[OrderEvent, Outcome]] = {
    S.DRAFT: {
        **_ENDED,
        OrderEvent.PLACE: Becomes(
            _SOUGHT | {S.DRAFT}, "stays when a price rose, credit is refused or an owner is asked"
        ),
        OrderEvent.APPROVE: Becomes(_SOUGHT | {S.DRAFT}, "only a basket that waits for the owner"),
        OrderEvent.REFUSE: Becomes(frozenset({S.CANCELED}), "only a basket that waits for the owner"),
        OrderEvent.OWNER_SILENT: Becomes(frozenset({S.CANCELED}), "after 24 hours"),
        OrderEvent.CANCEL: Becomes(frozenset({S.CANCELED})),
    },
    S.PLACED: {
        **_SEEKING,
        OrderEvent.YES: Becomes(_SOUGHT | _WITHOUT_REST, "dearer: asked; part: taken"),
        OrderEvent.NO: Becomes(
            _WITHOUT_REST | {S.UNFULFILLED, S.CANCELED}, "dearer: rest given up; part: canceled"
        ),
        OrderEvent.SILENCE: Becomes(
            _WITHOUT_REST | {S.UNFULFILLED}, "a part is taken, a dearer rest given up"
        ),
    },
    S.OFFERED: _SEEKING,
    S.ACCEPTED: {
        **_ENDED,
        OrderEvent.CANCEL: Becomes(_HAS_LEFT | {S.CANCELED}, "what has left goes on"),
    },
    S.DISPATCHED: _ENDED,
    S.DELIVERED: {
        **_ENDED,
        OrderEvent.CONFIRM_RECEIPT: Becomes(frozenset({S.COMPLETED})),
        OrderEvent.RECEIPT_DUE: Becomes(frozenset({S.COMPLETED}), "after 48 hours without a complaint"),
    },
    S.COMPLETED: {**_ENDED, OrderEvent.CONFIRM_RECEIPT: DONE},
    S.CANCELED: {**_ENDED, OrderEvent.CANCEL: DONE, OrderEvent.REFUSE: DONE},
    S.UNFULFILLED: _ENDED,
}

_PART_ENDED: Mapping[PartEvent, Outcome] = dict.fromkeys(PartEvent, LATE)
PART: Mapping[F, Mapping[PartEvent, Outcome]] = {
    F.ACCEPTED: {
        PartEvent.DISPATCH: PartBecomes(F.DISPATCHED, Goods.TAKEN, Credit.HELD),
        PartEvent.DELIVER: LATE,
        PartEvent.WITHDRAW: PartBecomes(F.WITHDRAWN, Goods.RELEASED, Credit.HELD),
        PartEvent.RETURN: LATE,
        PartEvent.CANCEL: PartBecomes(F.CANCELED, Goods.RELEASED, Credit.RELEASED),
    },
    F.DISPATCHED: {
        **_PART_ENDED,
        PartEvent.DISPATCH: DONE,
        PartEvent.DELIVER: PartBecomes(F.DELIVERED, Goods.GONE, Credit.CAPTURED),
        PartEvent.RETURN: PartBecomes(F.RETURNED, Goods.PUT_BACK, Credit.RELEASED),
    },
    F.DELIVERED: {**_PART_ENDED, PartEvent.DISPATCH: DONE, PartEvent.DELIVER: DONE},
    F.WITHDRAWN: _PART_ENDED,
    F.CANCELED: _PART_ENDED,
    F.RETURNED: {**_PART_ENDED, PartEvent.RETURN: DONE},
}
QUESTION: Mapping[Question, Mapping[QuestionEvent, Outcome]] = {
    Question.NONE: {
        QuestionEvent.YES: NOT_ASKED,
        QuestionEvent.NO: NOT_ASKED,
        QuestionEvent.SILENCE: NOTHING,
        QuestionEvent.SOUGHT_ANEW: Becomes(frozenset(Question), "dearer, part, or somebody is asked"),
        QuestionEvent.ORDER_ENDS: NOTHING,
    },
    Question.DEARER: {
        QuestionEvent.YES: Becomes(
            frozenset({Question.NONE, Question.DEARER}), "asked again when dearer still"
        ),
        QuestionEvent.NO: Becomes(frozenset({Question.NONE}), "the rest is given up"),
        QuestionEvent.SILENCE: Becomes(
            frozenset({Question.NONE}), "when the ceiling ends; the rest is given up"
        ),
        QuestionEvent.SOUGHT_ANEW: Becomes(frozenset(Question), "the same question goes on under its time"),
        QuestionEvent.ORDER_ENDS: Becomes(frozenset({Question.NONE})),
    },
    Question.PART: {
        QuestionEvent.YES: Becomes(frozenset({Question.NONE}), "the part is taken"),
        QuestionEvent.NO: Becomes(frozenset({Question.NONE}), "what has not left is canceled"),
        QuestionEvent.SILENCE: Becomes(frozenset({Question.NONE}), "after 4 hours the part is taken"),
        QuestionEvent.SOUGHT_ANEW: Becomes(frozenset(Question), "the same question goes on under its time"),
        QuestionEvent.ORDER_ENDS: Becomes(frozenset({Question.NONE})),
    },
}


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the page, and where each state can lead by the moves there are."""

    title: str
    states: type[StrEnum]
    events: type[StrEnum]
    table: Mapping[Any, Mapping[Any, Outcome]]
    reach: Mapping[Any, frozenset[Any]]


def _within_reach(start: S) -> frozenset[S]:
    """A use case may take an order over several moves at once."""
    seen = {start}
    waiting = [start]
    while waiting:
        new = ORDER_MOVES[waiting.pop()] - seen
        seen |= new
        waiting += new
    return frozenset(seen)


SECTIONS: tuple[Section, ...] = (
    Section("The order", S, OrderEvent, ORDER, {status: _within_reach(status) for status in S}),
    Section("A vendor's part, its goods and its credit", F, PartEvent, PART, FULFILLMENT_MOVES),
    Section("An offer", O, OfferEvent, OFFER, {O.OPEN: frozenset(O)}),
    Section(
        "The question to the retailer",
        Question,
        QuestionEvent,
        QUESTION,
        dict.fromkeys(Question, frozenset(Question)),
    ),
    Section(
        "The credit hold", Hold, HoldEvent, HOLD, dict.fromkeys(Hold, frozenset({Hold.OPEN, Hold.RESOLVED}))
    ),
)


def check() -> None:
    """Raise when a state leaves an event without an outcome, or promises a state that no moves lead to."""
    gaps = [f"{part.title}: {gap}" for part in SECTIONS for gap in _gaps(part)]
    if gaps:
        raise ValueError("the life of an order has gaps: " + "; ".join(gaps))


def _gaps(part: Section) -> Iterator[str]:
    for state in part.states:
        for event in part.events:
            outcome = part.table.get(state, {}).get(event)
            if outcome is None:
                yield f"{state} has no outcome for {event}"
            else:
                yield from (
                    f"{event} cannot lead from {state} to {goal}"
                    for goal in _goals(outcome)
                    if goal not in part.reach.get(state, ())
                )


def _goals(outcome: Outcome) -> frozenset[StrEnum]:
    match outcome:
        case Becomes(states=states):
            return states
        case PartBecomes(state=state):
            return frozenset({state})
    return frozenset()


def as_markdown() -> str:
    """docs/order-life.md."""
    return "\n".join([*_HEAD, *(line for part in SECTIONS for line in _section(part))]) + "\n"


_HEAD = (
    "# The life of an order",
    "",
    "Made by `python -m core.orders.outcomes`; do not edit. A refusal is named by its code and has words in",
    "`templates/<language>/errors/`. What stands in brackets is an answer that changes nothing.",
)


def _section(part: Section) -> Iterator[str]:
    yield from ("", f"## {part.title}", "")
    yield "| | " + " | ".join(f"`{state}`" for state in part.states) + " |"
    yield "|---|" + "---|" * len(part.states)
    for event in part.events:
        cells = (_cell(part.table[state][event], part.states) for state in part.states)
        yield f"| **{event}** | " + " | ".join(cells) + " |"


def _cell(outcome: Outcome, states: type[StrEnum]) -> str:
    match outcome:
        case Refuses(error=error):
            return error.code
        case Answers(code=code):
            return f"({code})"
        case PartBecomes(state=state, goods=goods, credit=credit):
            return f"→ `{state}`; goods {goods}, credit {credit}"
        case Becomes(states=goals, note=note):
            ways = ", ".join(f"`{state}`" for state in states if state in goals)
            return f"→ {ways}" + (f" ({note})" if note else "")


check()

if __name__ == "__main__":
    sys.stdout.write(as_markdown())
