"""Who is told of what: one table from events to messages, and the job that words and queues them.

A person who caused something got the answer to their own message, so the table tells the others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from bot.dialogue.deciding.opening import open_question
from bot.dialogue.machine import Ask
from bot.dialogue.screens.shop import placing, receipt, tracking
from bot.dialogue.screens.vendor import home as vendor_home
from bot.dialogue.screens.vendor import offers as vendor_offers
from bot.dialogue.screens.vendor import parcels as vendor_parcels
from bot.dialogue.screens.vendor import shortages as vendor_shortages
from bot.notices import recipients, views
from bot.notices.views import Notice
from bot.wording.render import render
from bot.wording.say import Rendered
from core import events
from core.events import DomainEvent
from core.messaging import service as messaging
from core.outbox.models import Queue
from core.outbox.service import Reaction, ReactionTable
from core.parties.queries import Person
from core.refs import ConversationId

Arguments = dict[str, Any]
Recipients = Callable[[Session, Any], Iterable[Person]]
View = Callable[[Session, Any], Notice | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Notification:
    """*recipients* are told what *view* says; None from the view tells nobody."""

    recipients: Recipients
    view: View


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What follows an event in the chats: the messages, and the questions that it settles (kind, field of its id).

    *replaces* names subjects that the event does not: their questions of that kind are settled too.
    """

    notifications: tuple[Notification, ...] = ()
    settles: tuple[tuple[str, str], ...] = ()
    replaces: tuple[str, Callable[[Session, Any], Iterable[int]]] | None = None


_PARCEL_LEFT: Final = (
    (vendor_offers.DISPATCH, "fulfillment_id"),
    (vendor_parcels.WITHDRAW, "fulfillment_id"),
)
_PARCEL_ENDED: Final = (*_PARCEL_LEFT, (vendor_parcels.CASH_TAKEN, "fulfillment_id"))
_OFFER_SETTLED: Final = ((vendor_offers.OFFER, "offer_id"), (vendor_offers.DECLINE, "offer_id"))

NOTIFICATIONS: Final[Mapping[type[DomainEvent], Told]] = {
    events.RetailerApproved: Told(
        notifications=(Notification(recipients=recipients.owners_of_shop, view=views.approved),)
    ),
    events.RetailerRefused: Told(
        notifications=(Notification(recipients=recipients.owners_of_shop, view=views.refused),)
    ),
    events.OwnerApprovalAsked: Told(
        notifications=(Notification(recipients=recipients.owners_of_order, view=views.owner_asked),)
    ),
    events.OrderPlaced: Told(
        notifications=(Notification(recipients=recipients.helper_who_waited, view=views.helper_placed),),
        settles=((placing.OWNER, "order_id"),),
    ),
    events.OrderAccepted: Told(
        notifications=(Notification(recipients=recipients.buyer, view=views.accepted),),
        settles=((tracking.ASKED, "order_id"),),
    ),
    events.RetailerAsked: Told(notifications=(Notification(recipients=recipients.buyer, view=views.asked),)),
    events.OrderUnfulfilled: Told(
        notifications=(Notification(recipients=recipients.buyer, view=views.unfulfilled),),
        settles=((tracking.ASKED, "order_id"), (tracking.CANCEL, "order_id")),
    ),
    events.OrderCanceled: Told(
        notifications=(Notification(recipients=recipients.buyer, view=views.canceled),),
        settles=((tracking.ASKED, "order_id"), (tracking.CANCEL, "order_id")),
    ),
    events.OrderCompleted: Told(settles=((receipt.RECEIPT, "order_id"),)),
    events.OfferOpened: Told(
        notifications=(Notification(recipients=recipients.people_of_vendor, view=views.offer),)
    ),
    events.OfferAccepted: Told(settles=_OFFER_SETTLED),
    events.OfferDeclined: Told(settles=_OFFER_SETTLED),
    events.OfferLapsed: Told(settles=_OFFER_SETTLED),
    events.FulfillmentDispatched: Told(
        notifications=(Notification(recipients=recipients.buyer, view=views.dispatched),),
        settles=_PARCEL_LEFT,
    ),
    events.FulfillmentDelivered: Told(
        notifications=(Notification(recipients=recipients.buyer, view=views.delivered),),
        settles=_PARCEL_ENDED,
    ),
    events.FulfillmentWithdrawn: Told(
        notifications=(Notification(recipients=recipients.buyer, view=views.withdrawn),),
        settles=_PARCEL_ENDED,
    ),
    events.FulfillmentCanceled: Told(
        notifications=(Notification(recipients=recipients.people_of_vendor, view=views.parcel_canceled),),
        settles=_PARCEL_ENDED,
    ),
    events.ShortageReported: Told(
        notifications=(Notification(recipients=recipients.people_of_vendor, view=views.shortage_reported),)
    ),
    events.ShortageAgreed: Told(
        notifications=(Notification(recipients=recipients.reporter, view=views.shortage_agreed),),
        settles=((vendor_shortages.SHORTAGE, "shortage_id"),),
    ),
    events.ShortageRefused: Told(
        notifications=(Notification(recipients=recipients.reporter, view=views.shortage_refused),),
        settles=((vendor_shortages.SHORTAGE, "shortage_id"),),
    ),
    events.PaymentClaimed: Told(
        notifications=(Notification(recipients=recipients.owners_of_payee, view=views.claim),),
        replaces=(vendor_home.CLAIM, views.replaced_claims),
    ),
    events.ClaimRejected: Told(
        notifications=(Notification(recipients=recipients.claimant, view=views.claim_rejected),),
        settles=((vendor_home.CLAIM, "claim_id"),),
    ),
    events.PaymentPosted: Told(
        notifications=(Notification(recipients=recipients.payer, view=views.payment_posted),),
        settles=((vendor_home.CLAIM, "claim_id"),),
    ),
}


def kind_of(event: type[DomainEvent]) -> str:
    """The kind of job that tells people of this event."""
    return f"tell:{event.name()}"


REACTIONS: Final[ReactionTable] = {
    event: (Reaction(kind=kind_of(event), queue=Queue.WHATSAPP),) for event in NOTIFICATIONS
}


def tell(session: Session, event: DomainEvent, *, now: dt.datetime) -> None:
    """Settle the questions that the event answers, and queue its messages: one for each person."""
    told = NOTIFICATIONS[type(event)]
    for prompt_kind, field_name in told.settles:
        subject_id = getattr(event, field_name)
        if subject_id is not None:
            messaging.void_prompts(session, kind=prompt_kind, subject_id=subject_id, now=now)
    if told.replaces is not None:
        prompt_kind, subjects = told.replaces
        for subject_id in subjects(session, event):
            messaging.void_prompts(session, kind=prompt_kind, subject_id=subject_id, now=now)
    for notification in told.notifications:
        notice = notification.view(session, event)
        if notice is None:
            continue
        for person in notification.recipients(session, event):
            conversation_id = recipients.conversation_of(session, person, now=now)
            if conversation_id is not None:
                _queue(session, conversation_id, person, notice, now=now)


def _queue(
    session: Session, conversation_id: ConversationId, person: Person, notice: Notice, *, now: dt.datetime
) -> None:
    rendered = render(notice.say, language=person.language, now=now)
    token = None
    if notice.ask is not None:
        token = _open(session, conversation_id, notice.ask, rendered, now=now)
    messaging.queue_outbound(
        session,
        conversation_id=conversation_id,
        say=notice.say.name,
        language=rendered.language,
        body=rendered.body,
        content=rendered.content(token),
        dedup_key=f"{notice.say.name}:{notice.subject}:{person.contact_id}",
        order_id=notice.order_id,
        now=now,
    )


def _open(
    session: Session, conversation_id: ConversationId, ask: Ask, rendered: Rendered, *, now: dt.datetime
) -> str:
    return open_question(session, conversation_id, ask, rendered, now=now).token


def _act(event_type: type[DomainEvent]) -> Callable[[Session, Arguments, dt.datetime], None]:
    def act(session: Session, arguments: Arguments, now: dt.datetime) -> None:
        tell(session, events.from_payload(event_type.name(), arguments), now=now)

    return act


ACTS: Final = {kind_of(event): _act(event) for event in NOTIFICATIONS}
