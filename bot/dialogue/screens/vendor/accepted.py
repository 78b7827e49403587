"""Records the offers a vendor accepted, one or several, and says what became of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bot.dialogue.machine import Ask, Outcome, State, Turn
from bot.dialogue.screens.vendor.offer_views import OfferView, offer_view
from bot.dialogue.screens.vendor.offers import DECLINE, LATE, OFFER, prompts_about
from bot.dialogue.screens.vendor.open_work import MOST_LISTED
from bot.wording.errors import say_refusal
from bot.wording.say import Say
from core.errors import DomainError
from core.messaging.models import Prompt
from core.money import Money, total
from core.orders import offers
from core.orders.errors import VendorLimitFull
from core.orders.views import Accepted, FulfillmentView, Noted

DISPATCH = "dispatch"


def accept_one(
    turn: Turn,
    offer_id: int,
    quantities: dict[int, Decimal] | None = None,
    *,
    eta_at: dt.datetime | None = None,
) -> Outcome:
    accepted = offers.accept(
        turn.session, offer_id, quantities=quantities, eta_at=eta_at, actor=turn.actor, now=turn.now
    )
    if isinstance(accepted, VendorLimitFull):
        return Outcome(
            goto=State.VENDOR,
            say=say_refusal(accepted),
            closes=prompts_about(turn, offer_id),
            slots={"offer": None},
            order_id=accepted.facts["order_id"],
        )
    if isinstance(accepted, Noted):
        view = offer_view(turn.session, offer_id, vendor_id=turn.vendor_id)
        return Outcome(
            goto=State.VENDOR,
            say=Say("vendor/noted", {"offer": view, "until": accepted.until}),
            closes=prompts_about(turn, offer_id),
            slots={"offer": None},
            order_id=accepted.order_id,
        )
    return _accepted(turn, offer_id, accepted)


def _accepted(turn: Turn, offer_id: int, accepted: Accepted) -> Outcome:
    parcel = accepted.fulfillment
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/accepted", {"parcel": parcel, "is_part": accepted.is_part}),
        ask=ask_dispatch(parcel),
        closes=prompts_about(turn, offer_id),
        slots={"offer": None},
        order_id=accepted.fulfillment.order_id,
    )


def ask_dispatch(parcel: FulfillmentView) -> Ask:
    return Ask(
        kind=DISPATCH,
        subject_id=parcel.fulfillment_id,
        facts={"about": {"short_code": parcel.short_code}},
    )


@dataclass(kw_only=True, slots=True)
class AcceptedEach:
    """What became of each offer: a parcel, noted, or refused with a code."""

    parcels: list[FulfillmentView] = field(default_factory=list)
    noted: list[int] = field(default_factory=list)
    refused: list[dict[str, object]] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)


def accept_each(
    turn: Turn, views: Sequence[OfferView], eta: Mapping[int, dt.datetime | None]
) -> AcceptedEach:
    """Accept each whole offer in its own savepoint, so that a refusal doesn't undo the others."""
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
        if isinstance(accepted, VendorLimitFull):
            done.refused.append({"short_code": view.short_code, "code": accepted.code})
        elif isinstance(accepted, Noted):
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
    """One message: accepted, already accepted, refused with the reason, unknown numbers, and text that wasn't followed."""
    about = [p for p in turn.prompts if p.kind in (OFFER, DECLINE, LATE) and p.subject_id in done.settled]
    view = {
        "parcels": done.parcels[:MOST_LISTED],
        "more": max(len(done.parcels) - MOST_LISTED, 0),
        "count": len(done.parcels),
        "total": total(parcel.total for parcel in done.parcels),
        "noted": done.noted,
        "refused": done.refused,
        "yours": [parcel.short_code for parcel in yours],
        "unknown": list(unknown)[:MOST_LISTED],
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
