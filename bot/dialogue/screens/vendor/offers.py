"""Shows a vendor's offers: one with its prompt, several as a list, one by its number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from bot.dialogue.machine import Ask, Outcome, State, Step, Turn, does
from bot.dialogue.reading.days import promised_at
from bot.dialogue.screens.vendor.offer_views import OfferView, offer_view, open_offers
from bot.dialogue.screens.vendor.open_work import nothing_of_that, numbers_in, those_named
from bot.wording.say import Say
from core.errors import NotFound
from core.intake.acts.types import ActKind
from core.messaging.models import Prompt
from core.orders import queries as orders
from core.routing import queries as routing
from core.routing.models import OfferStatus

# How long after its deadline an offer is still known by its number, and by a bare yes.
_REMEMBERED = dt.timedelta(days=14)
_TODAY = dt.timedelta(hours=24)
OFFER, DECLINE, LATE = "offer", "decline", "late"
ACCEPT, REFUSE, PART = "accept", "decline", "part"


def ask_offer(view: OfferView, *, eta_at: dt.datetime | None = None) -> Ask:
    return Ask(
        kind=OFFER,
        subject_id=view.offer_id,
        facts={
            "about": {"short_code": view.short_code, "total_minor": view.total.minor},
            "eta_at": eta_at.isoformat() if eta_at else None,
        },
        expires_at=view.expires_at,
    )


def show_offer(view: OfferView, *, note: str | None = None, eta_at: dt.datetime | None = None) -> Outcome:
    """Show one offer with its lines, its deadline and its prompt; *note* says why it is shown again."""
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/offer", {"offer": view, "note": note, "eta_at": eta_at}),
        ask=ask_offer(view, eta_at=eta_at),
        order_id=view.order_id,
    )


def offer_closed(view: OfferView, *, is_done: bool = False) -> Outcome:
    """Say that the offer can't be answered any more; *is_done* if this vendor has already accepted it."""
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/offer_closed", {"offer": view, "is_done": is_done}),
        order_id=view.order_id,
    )


def tell_closed(turn: Turn, numbers: Sequence[str]) -> Outcome:
    """An answer that came too late: say what became of the one offer that it names, or of the last one of today.

    Where it can mean no offer of this vendor, say what waits.
    """
    order_ids = [order_id for number in numbers if (order_id := _order_of(turn, number)) is not None]
    if len(order_ids) != len(numbers) or len(numbers) > 1:
        return nothing_of_that(turn, "offer", numbers)
    since = turn.now - (_REMEMBERED if numbers else _TODAY)
    offer = routing.last_closed_offer(
        turn.session,
        turn.vendor_id,
        order_id=order_ids[0] if order_ids else None,
        since=since,
        now=turn.now,
    )
    if offer is None:
        return nothing_of_that(turn, "offer", numbers)
    view = offer_view(turn.session, offer.id, vendor_id=turn.vendor_id)
    return offer_closed(view, is_done=view.status is OfferStatus.ACCEPTED)


def _order_of(turn: Turn, number: str) -> int | None:
    """The id of any order with that number; whether an offer of it was this vendor's is looked at next."""
    try:
        return orders.find_by_short_code(turn.session, int(number)).id
    except (NotFound, OverflowError):
        return None


def list_offers(turn: Turn, several_views: list[OfferView] | None = None) -> Outcome:
    """Show the only open offer in full, or list several by number."""
    views = several_views or open_offers(turn.session, turn.vendor_id, now=turn.now)
    if not views:
        return nothing_of_that(turn, "offer")
    if len(views) == 1:
        return show_offer(views[0])
    return Outcome(goto=State.VENDOR, say=Say("vendor/offers", {"offers": views}))


def names_offer(turn: Turn) -> bool:
    """The number of an open offer's order, alone or with words that no other step understood."""
    act = turn.act
    if act is None or act.kind not in (ActKind.CODE, ActKind.ETA, ActKind.UNREAD, ActKind.STATUS):
        return False
    named = replace(act, orders=numbers_in(act))
    return bool(those_named(named, open_offers(turn.session, turn.vendor_id, now=turn.now)))


def show_named(turn: Turn) -> Outcome:
    """Show the offer with that number, and the time that was named beside it."""
    act = replace(turn.acts[0], orders=numbers_in(turn.acts[0]))
    views = those_named(act, open_offers(turn.session, turn.vendor_id, now=turn.now))
    if len(views) > 1:
        return list_offers(turn, views)
    return show_offer(views[0], eta_at=promised_at(act.when, now=turn.now)) if views else list_offers(turn)


def stale_offer(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """An old button: show the offer again if it is open, or say that it has been answered."""
    view = offer_view(turn.session, prompt.subject_id, vendor_id=turn.vendor_id)
    if view.status is OfferStatus.OPEN and view.expires_at > turn.now:
        return show_offer(view)
    is_done = view.status is OfferStatus.ACCEPTED and choice in (ACCEPT, PART, "yes")
    return offer_closed(view, is_done=is_done)


def offer_in_hand(turn: Turn) -> OfferView | None:
    offer_id = turn.slots.get("offer")
    if offer_id is None:
        return None
    view = offer_view(turn.session, offer_id, vendor_id=turn.vendor_id)
    return view if view.status is OfferStatus.OPEN and view.expires_at > turn.now else None


def prompts_about(turn: Turn, offer_id: int) -> list[Prompt]:
    return [p for p in turn.prompts if p.kind in (OFFER, DECLINE, LATE) and p.subject_id == offer_id]


STEPS: tuple[Step, ...] = (
    Step(
        name="offers",
        matches=does(ActKind.OFFERS),
        handler=list_offers,
        takes=frozenset({ActKind.OFFERS}),
    ),
    Step(name="offer", matches=names_offer, handler=show_named, takes=frozenset()),
)
