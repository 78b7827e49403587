"""A vendor accepts, but for a later day than usual: the day is read back before it is promised to the shop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.dialogue.machine import Ask, Outcome, PromptKind, State, Turn
from bot.dialogue.screens.vendor.accepted import accept_each, accept_one, tell_each
from bot.dialogue.screens.vendor.offer_views import OfferView, offer_view
from bot.dialogue.screens.vendor.offers import LATE, list_offers, prompts_about, show_offer, stale_offer
from bot.dialogue.screens.vendor.open_work import lock_several
from bot.wording.say import Say
from core.catalog import queries as catalog
from core.messaging.models import Prompt
from core.orders.eta import is_later_than_usual


@dataclass(frozen=True, kw_only=True, slots=True)
class Promise:
    """An offer with the time that the vendor named, whole or with the quantity of each order line."""

    view: OfferView
    eta_at: dt.datetime | None
    quantities: Mapping[int, Decimal] | None = None


def is_late(turn: Turn, promise: Promise) -> bool:
    if promise.eta_at is None:
        return False
    lead_days = catalog.longest_lead(turn.session, {line.listing_id for line in promise.view.lines})
    return is_later_than_usual(promise.eta_at, lead_days=lead_days, now=turn.now)


def accept_or_ask(turn: Turn, promise: Promise) -> Outcome:
    """Accept, but read a later day than usual back first."""
    if is_late(turn, promise):
        return ask_late(turn, [promise])
    return _accept(turn, promise)


def ask_late(turn: Turn, promises: Sequence[Promise], *, unknown: Sequence[str] = ()) -> Outcome:
    """Read the day of each promise back, with one yes for all of them."""
    first = promises[0].view
    view = {
        "promises": [
            {"offer": one.view, "eta_at": one.eta_at, "is_part": one.quantities is not None}
            for one in promises
        ],
        "unknown": list(unknown),
    }
    return Outcome(
        goto=State.VENDOR,
        say=Say("vendor/late_asked", view),
        ask=Ask(
            kind=LATE,
            subject_id=first.offer_id,
            facts={
                "about": {"short_code": first.short_code},
                "promises": [_kept(one) for one in promises],
            },
            expires_at=min(one.view.expires_at for one in promises),
        ),
        closes=[prompt for one in promises for prompt in prompts_about(turn, one.view.offer_id)],
        slots={"offer": None},
        order_id=first.order_id,
    )


def answer_late(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    """Promise what was read back, or show the offer again."""
    promises = [_promise(turn, kept) for kept in prompt.facts["promises"]]
    if choice != "yes":
        shown = show_offer(promises[0].view) if len(promises) == 1 else list_offers(turn)
        return Outcome(
            goto=shown.goto, say=shown.say, ask=shown.ask, order_id=shown.order_id, closes=[prompt]
        )
    if len(promises) == 1:
        done = _accept(turn, promises[0])
        return Outcome(
            goto=done.goto,
            say=done.say,
            ask=done.ask,
            slots=done.slots,
            order_id=done.order_id,
            closes=[prompt, *done.closes],
        )
    lock_several(turn, *(one.view.order_id for one in promises))
    eta = {one.view.offer_id: one.eta_at for one in promises}
    return tell_each(turn, accept_each(turn, [one.view for one in promises], eta), closes=[prompt])


def _accept(turn: Turn, promise: Promise) -> Outcome:
    quantities = None if promise.quantities is None else dict(promise.quantities)
    return accept_one(turn, promise.view.offer_id, quantities, eta_at=promise.eta_at)


def _kept(promise: Promise) -> dict[str, Any]:
    quantities = promise.quantities
    return {
        "offer": promise.view.offer_id,
        "eta_at": None if promise.eta_at is None else promise.eta_at.isoformat(),
        "quantities": None if quantities is None else {str(line): str(of) for line, of in quantities.items()},
    }


def _promise(turn: Turn, kept: Mapping[str, Any]) -> Promise:
    quantities = kept["quantities"]
    return Promise(
        view=offer_view(turn.session, kept["offer"], vendor_id=turn.vendor_id),
        eta_at=None if kept["eta_at"] is None else dt.datetime.fromisoformat(kept["eta_at"]),
        quantities=None
        if quantities is None
        else {int(line): Decimal(of) for line, of in quantities.items()},
    )


PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=LATE, subject="offer", answer=answer_late, stale=stale_offer, yes="yes", no="no"),
)
