"""Questions end with what they are about: which of them stay, because they are about more, or were asked anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.dialogue.screens.shop import tracking
from bot.dialogue.screens.vendor import offers as vendor_offers
from core.messaging import service as messaging
from core.messaging.models import Prompt
from core.orders.models import Order
from core.orders.outcomes import ORDER, OrderEvent
from core.outcomes import changes
from core.routing.models import Offer, OfferStatus


def settle(session: Session, *, kind: str, subject_id: int, now: dt.datetime) -> None:
    """Close the questions of this kind about the subject, in all chats, except those that still wait."""
    is_asked = _STILL_ASKED.get(kind, _is_over)

    def still_asked(prompt: Prompt) -> bool:
        return is_asked(session, prompt)

    messaging.void_prompts(session, kind=kind, subject_id=subject_id, still_asked=still_asked, now=now)


def _is_over(_session: Session, _prompt: Prompt) -> bool:
    return False


def _is_question_of_order(session: Session, prompt: Prompt) -> bool:
    """The job that closes an earlier question may run after the order asks another."""
    order = session.get_one(Order, prompt.subject_id)
    if order.asked is None or order.asked_at is None:
        return False
    return prompt.facts.get("asked_at") in (None, order.asked_at.isoformat())


def _may_be_canceled(session: Session, prompt: Prompt) -> bool:
    return changes(ORDER, session.get_one(Order, prompt.subject_id).status, OrderEvent.CANCEL)


def _is_about_open_offer(session: Session, prompt: Prompt) -> bool:
    """One question may be about several offers, under the first of them."""
    promised = [kept["offer"] for kept in prompt.facts.get("promises", ())]
    named = [prompt.subject_id, *prompt.facts.get("offers", ()), *promised]
    is_open = select(Offer.id).where(Offer.id.in_(named), Offer.status == OfferStatus.OPEN)
    return session.scalar(is_open.limit(1)) is not None


_STILL_ASKED: Final[Mapping[str, Callable[[Session, Prompt], bool]]] = {
    tracking.ASKED: _is_question_of_order,
    tracking.CANCEL: _may_be_canceled,
    vendor_offers.DECLINE: _is_about_open_offer,
    vendor_offers.LATE: _is_about_open_offer,
}
