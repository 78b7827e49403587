"""The two life cycles as tables, and the rule that makes an order's status out of its parts. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from enum import IntEnum

from core.orders.kinds import FulfillmentStatus as F
from core.orders.kinds import OrderStatus as S

# The database checks the same moves (trigger orders_follow_life_cycle); a test holds the two against each other.
ORDER_MOVES: Mapping[S, frozenset[S]] = {
    S.DRAFT: frozenset({S.PLACED, S.CANCELED}),
    # Straight to accepted when the retailer takes the part that is promised and lets the rest go.
    S.PLACED: frozenset({S.OFFERED, S.ACCEPTED, S.UNFULFILLED, S.CANCELED}),
    S.OFFERED: frozenset({S.ACCEPTED, S.PLACED, S.UNFULFILLED, S.CANCELED}),
    # Back when a vendor withdraws: to offered, or to placed while the retailer is asked.
    S.ACCEPTED: frozenset({S.DISPATCHED, S.OFFERED, S.PLACED, S.CANCELED}),
    S.DISPATCHED: frozenset({S.DELIVERED, S.CANCELED}),
    S.DELIVERED: frozenset({S.COMPLETED}),
    S.COMPLETED: frozenset(),
    S.CANCELED: frozenset(),
    S.UNFULFILLED: frozenset(),
}

FULFILLMENT_MOVES: Mapping[F, frozenset[F]] = {
    F.ACCEPTED: frozenset({F.DISPATCHED, F.WITHDRAWN, F.CANCELED}),
    F.DISPATCHED: frozenset({F.DELIVERED, F.RETURNED}),
    F.DELIVERED: frozenset(),
    F.WITHDRAWN: frozenset(),
    F.CANCELED: frozenset(),
    F.RETURNED: frozenset(),
}

# Vendors are still sought, or asked and not yet all agreed.
SOUGHT = frozenset({S.PLACED, S.OFFERED})
OPEN = SOUGHT | {S.ACCEPTED, S.DISPATCHED}
# Nothing of the order is to come any more, whether or not it has ended.
SETTLED = frozenset({S.DELIVERED, S.COMPLETED, S.CANCELED, S.UNFULFILLED})
ENDED = frozenset({S.COMPLETED, S.CANCELED, S.UNFULFILLED})
ENDED_WITHOUT_DELIVERY = ENDED - {S.COMPLETED}
LIVE = frozenset({F.ACCEPTED, F.DISPATCHED, F.DELIVERED})
TO_COME = frozenset({F.ACCEPTED, F.DISPATCHED})


class Progress(IntEnum):
    """How far a part has come; the order is as far as its least advanced live part."""

    SOUGHT = 0
    OFFERED = 1
    ACCEPTED = 2
    DISPATCHED = 3
    DELIVERED = 4


_STATUS_OF = {
    Progress.SOUGHT: S.PLACED,
    Progress.OFFERED: S.OFFERED,
    Progress.ACCEPTED: S.ACCEPTED,
    Progress.DISPATCHED: S.DISPATCHED,
    Progress.DELIVERED: S.DELIVERED,
}
_PROGRESS_OF = {
    F.ACCEPTED: Progress.ACCEPTED,
    F.DISPATCHED: Progress.DISPATCHED,
    F.DELIVERED: Progress.DELIVERED,
}


def steps_between(start: S, goal: S) -> list[S]:
    """The fewest moves that lead from *start* to *goal*, through states in which the order has not ended.

    More than one where several parts stand at different states: a part that was delivered makes the order
    `delivered` only once nobody is sought for the rest, and the order then passes what lies between.
    """
    ways = deque([[start]])
    seen = {start}
    while ways:
        way = ways.popleft()
        if way[-1] is goal:
            return way[1:]
        # Of two ways of one length the one through `placed`: nobody was offered anything between.
        for step in sorted(ORDER_MOVES[way[-1]] - seen, key=lambda status: (status is not S.PLACED, status)):
            seen.add(step)
            ways.append([*way, step])
    raise AssertionError(f"no order can go from {start} to {goal}")


def roll_up(fulfillments: Iterable[F], *, has_open_offer: bool, has_unplaced: bool) -> S | None:
    """The status that the parts make together. None when no part is live: the order has ended without delivery.

    What still waits in an open offer or is being sought counts as a part. When a quantity is sought while another
    is offered, the offer decides: the search goes on by itself when the offer is answered.
    """
    parts = [_PROGRESS_OF[status] for status in fulfillments if status in LIVE]
    if has_open_offer:
        parts.append(Progress.OFFERED)
    elif has_unplaced:
        parts.append(Progress.SOUGHT)
    return _STATUS_OF[min(parts)] if parts else None
