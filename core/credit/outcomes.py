"""What becomes of a credit hold: in each state each event has an outcome, or a refusal. `service/holds.py` asks it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from core.credit.errors import HoldResolved, HoldTooSmall
from core.credit.kinds import HoldStatus
from core.outcomes import NOTHING, Answers, Becomes, Refuses


class Hold(StrEnum):
    NONE = "none"
    OPEN = "open"
    RESOLVED = "resolved"

    @classmethod
    def of(cls, status: HoldStatus | None) -> Hold:
        """The state of a hold with this status; None is the lack of one."""
        return cls.NONE if status is None else cls(status.value)


class HoldEvent(StrEnum):
    PLACE = "place"
    GROW = "grow"
    SHRINK = "shrink"
    CAPTURE = "capture"
    RELEASE = "release"


Outcome = Becomes | Refuses | Answers

HOLD: Mapping[Hold, Mapping[HoldEvent, Outcome]] = {
    Hold.NONE: {
        HoldEvent.PLACE: Becomes(frozenset({Hold.OPEN}), "credit_refused above the limit"),
        HoldEvent.GROW: NOTHING,
        HoldEvent.SHRINK: NOTHING,
        HoldEvent.CAPTURE: Refuses(HoldTooSmall),
        HoldEvent.RELEASE: NOTHING,
    },
    Hold.OPEN: {
        HoldEvent.PLACE: Answers("the same hold"),
        HoldEvent.GROW: Becomes(frozenset({Hold.OPEN}), "credit_refused above the limit"),
        HoldEvent.SHRINK: Becomes(frozenset({Hold.OPEN, Hold.RESOLVED})),
        HoldEvent.CAPTURE: Becomes(
            frozenset({Hold.OPEN, Hold.RESOLVED}), "hold_too_small for more than is held"
        ),
        HoldEvent.RELEASE: Becomes(frozenset({Hold.RESOLVED})),
    },
    Hold.RESOLVED: {
        HoldEvent.PLACE: Answers("the same hold"),
        HoldEvent.GROW: Refuses(HoldResolved),
        HoldEvent.SHRINK: NOTHING,
        HoldEvent.CAPTURE: Refuses(HoldTooSmall),
        HoldEvent.RELEASE: NOTHING,
    },
}
