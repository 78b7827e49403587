"""Several offers accepted in one message: each by itself, and all of them told in one answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.dialogue.machine import Outcome, State, Turn
from bot.dialogue.screens.vendor.offer_views import OfferView
from bot.wording.say import Say
from core.errors import DomainError
from core.messaging.models import Prompt
from core.money import Money, total
from core.orders import offers
from core.orders.views import FulfillmentView, Noted

_OFFER_KINDS = ("offer", "decline")
_MOST_LINES = 20


@dataclass(kw_only=True, slots=True)
class AcceptedEach:
    """What became of each offer. A refusal is told by its code."""

    parcels: list[FulfillmentView] = field(default_factory=list)
    noted: list[int] = field(default_factory=list)
    refused: list[dict[str, object]] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)


def accept_each(
    turn: Turn, views: Sequence[OfferView], eta: Mapping[int, dt.datetime | None]
) -> AcceptedEach:
    """Accept each offer whole, in a savepoint of its own: one that is refused leaves the others as they are."""
    done = AcceptedEach()
    for view in views:
        try:
            with turn.session.begin_nested():
                accepted = offers.accept(
                    turn.session,
                    view.offer_id,
                    eta_at=eta.get(view.offer_id),
                    actor=turn.actor,
                    now=turn.now,
                )
        except DomainError as refusal:
            done.refused.append({"short_code": view.short_code, "code": refusal.code})
            continue
        done.settled.append(view.offer_id)
        if isinstance(accepted, Noted):
            done.noted.append(view.short_code)
        else:
            done.parcels.append(accepted.fulfillment)
    return done


def tell_each(
    turn: Turn,
    done: AcceptedEach,
    *,
    yours: Sequence[FulfillmentView] = (),
    unknown: Sequence[str] = (),
    left: Sequence[str] = (),
    closes: Sequence[Prompt] = (),
) -> Outcome:
    """One message: what is theirs now and was before, what was refused and why, what there is not, what was left."""
    about = [p for p in turn.prompts if p.kind in _OFFER_KINDS and p.subject_id in done.settled]
    view = {
        "parcels": done.parcels[:_MOST_LINES],
        "more": max(len(done.parcels) - _MOST_LINES, 0),
        "count": len(done.parcels),
        "total": total(parcel.total for parcel in done.parcels),
        "noted": done.noted,
        "refused": done.refused,
        "yours": [parcel.short_code for parcel in yours],
        "unknown": list(unknown)[:_MOST_LINES],
        "left": list(left)[:3],
    }
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/accepted_several", view),
        closes=[*closes, *(prompt for prompt in about if prompt not in closes)],
        slots={"offer": None},
    )


def sum_of(views: Sequence[OfferView]) -> Money:
    return total(view.total for view in views)
