"""What becomes of an offer: in each state each event has an outcome, or a refusal. `service/answering.py` asks it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from core.outcomes import NOTHING, Answers, Becomes, Refuses
from core.routing.errors import OfferNotOpen
from core.routing.models import OfferStatus as O


class OfferEvent(StrEnum):
    """What may happen to an offer."""

    ACCEPT = "accept"
    DECLINE = "decline"
    DEADLINE = "deadline"
    NOT_TOLD = "nobody could be told"
    ORDER_ENDS = "order ends"


Outcome = Becomes | Refuses | Answers

_NOT_OPEN: Mapping[OfferEvent, Outcome] = {
    OfferEvent.ACCEPT: Refuses(OfferNotOpen),
    OfferEvent.DECLINE: Refuses(OfferNotOpen),
    OfferEvent.DEADLINE: NOTHING,
    OfferEvent.NOT_TOLD: NOTHING,
    OfferEvent.ORDER_ENDS: NOTHING,
}
OFFER: Mapping[O, Mapping[OfferEvent, Outcome]] = {
    O.OPEN: {
        OfferEvent.ACCEPT: Becomes(
            frozenset({O.ACCEPTED, O.OPEN, O.CLOSED}),
            "open while another may still take everything; closed beyond the shop's limit with the vendor; offer_expired when late",
        ),
        OfferEvent.DECLINE: Becomes(frozenset({O.DECLINED}), "offer_expired when late"),
        OfferEvent.DEADLINE: Becomes(
            frozenset({O.LAPSED, O.ACCEPTED, O.BEATEN}), "a part that was noted is weighed"
        ),
        OfferEvent.NOT_TOLD: Becomes(
            frozenset({O.UNDELIVERED, O.OPEN}), "open where a part was noted; counts against nobody"
        ),
        OfferEvent.ORDER_ENDS: Becomes(frozenset({O.CLOSED, O.BEATEN}), "counts against nobody"),
    },
    **dict.fromkeys((O.ACCEPTED, O.DECLINED, O.LAPSED, O.UNDELIVERED, O.BEATEN, O.CLOSED), _NOT_OPEN),
}
