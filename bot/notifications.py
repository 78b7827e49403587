"""Which events lead to which notices: one table, and the job that renders and queues them.

Whoever caused an event has had the answer to their own message, so the table names the others.
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
from bot.dialogue.screens.vendor import accepted as vendor_accepted
from bot.dialogue.screens.vendor import claims as vendor_claims
from bot.dialogue.screens.vendor import handover as vendor_handover
from bot.dialogue.screens.vendor import offers as vendor_offers
from bot.dialogue.screens.vendor import parcels as vendor_parcels
from bot.dialogue.screens.vendor import shortages as vendor_shortages
from bot.notices import money, recipients, settling, validity, vendor_weeks, views
from bot.notices.hours import at_once, by_day, when_vendor_opens
from bot.notices.views import Notice
from bot.reactions import TOLD_EVENTS, kind_of
from bot.wording.render import render
from bot.wording.say import Rendered
from core import events
from core.actor import SYSTEM
from core.credit import queries as credit
from core.events import DomainEvent
from core.messaging import notices
from core.messaging import service as messaging
from core.outbox.models import Queue
from core.outbox.service import add_job, record
from core.parties.queries import Person
from core.refs import ConversationId, VendorId

Arguments = dict[str, Any]
Recipients = Callable[[Session, Any], Iterable[Person]]
View = Callable[[Session, Any], Notice | None]
ToldAt = Callable[[Session, Any, dt.datetime], dt.datetime]
# Why the notice of an event is obsolete, or None while it still holds.
StillTrue = Callable[[Session, Any, dt.datetime], str | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Notification:
    """Sends *view* to *recipients*; nobody gets anything if the view is None.

    A message may wait for hours before it can go out, so *valid* is asked again just before that. *told_at* is when
    it goes out: most at once, what is not urgent by day, an offer when its vendor opens.
    """

    recipients: Recipients
    view: View
    valid: StillTrue
    told_at: ToldAt = at_once


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatEffects:
    """What an event leads to in the chats: notices, and the prompts that it settles (kind, field with the subject's id)."""

    notifications: tuple[Notification, ...] = ()
    settles: tuple[tuple[str, str], ...] = ()
    # Adds a later job that tells of several events of this kind together.
    gather: Callable[[Session, Any, dt.datetime], None] | None = None
    # Adds the job that tells what still holds, when a notice of this event is obsolete.
    instead: Callable[[Session, Any, dt.datetime], None] | None = None


TELL_CLAIMS: Final = "tell_claims"
# The first claim is told at once; those that follow wait so long for each other.
CLAIMS_WAIT: Final = dt.timedelta(minutes=2)


def _gather_claims(session: Session, event: events.PaymentClaimed, now: dt.datetime) -> None:
    if event.vendor_id is not None and money.is_one_of_several(session, event):
        _list_claims(session, VendorId(event.vendor_id), due_at=now + CLAIMS_WAIT, now=now)


def _list_claims_anew(session: Session, event: events.ClaimsWaiting, now: dt.datetime) -> None:
    _list_claims(session, VendorId(event.vendor_id), due_at=now, now=now)


def _list_claims(session: Session, vendor_id: VendorId, *, due_at: dt.datetime, now: dt.datetime) -> None:
    add_job(
        session,
        TELL_CLAIMS,
        queue=Queue.WHATSAPP,
        arguments={"vendor_id": vendor_id},
        dedup_key=f"vendor:{vendor_id}",
        due_at=due_at,
        now=now,
    )


def _tell_claims(session: Session, arguments: Arguments, now: dt.datetime) -> None:
    """Have the owners of this vendor told, in one list, of the claims that wait for its word by now."""
    vendor_id = VendorId(arguments["vendor_id"])
    if waiting := credit.open_claims_for_vendor(session, vendor_id):
        event = events.ClaimsWaiting(vendor_id=vendor_id, newest_id=waiting[-1].id, count=len(waiting))
        record(session, event, actor=SYSTEM, now=now)


def _about_credit(view: View, valid: StillTrue) -> ChatEffects:
    """What risk control did by itself, for the owners, by day."""
    return ChatEffects(
        notifications=(
            Notification(recipients=recipients.owners_of_shop, view=view, valid=valid, told_at=by_day),
        )
    )


_PARCEL_LEFT: Final = (
    (vendor_accepted.DISPATCH, "fulfillment_id"),
    (vendor_parcels.WITHDRAW, "fulfillment_id"),
)
_PARCEL_ENDED: Final = (
    *_PARCEL_LEFT,
    *((kind, "fulfillment_id") for kind in vendor_handover.DELIVERY_PROMPTS),
)
_CLAIM_SETTLED: Final = ((vendor_claims.CLAIM, "claim_id"), (vendor_claims.CLAIM_SUM, "claim_id"))
# "Why?" is asked after the no, so it outlives the offer.
_OFFER_SETTLED: Final = tuple((kind, "offer_id") for kind in (vendor_offers.OFFER, vendor_offers.LATE))
# A yes of somebody else to the basket that was placed stays open: it is told that all is ordered already.
_BASKET_ORDERED: Final = ((placing.OWNER, "order_id"),)
_ORDER_ENDED: Final = tuple((kind, "order_id") for kind in (tracking.ASKED, tracking.CANCEL, receipt.RECEIPT))

NOTIFICATIONS: Final[Mapping[type[DomainEvent], ChatEffects]] = {
    events.RetailerApproved: ChatEffects(
        notifications=(
            Notification(
                recipients=recipients.owners_of_shop, view=views.approved, valid=validity.while_approved
            ),
        )
    ),
    events.RetailerRefused: ChatEffects(
        notifications=(
            Notification(
                recipients=recipients.owners_of_shop, view=views.refused, valid=validity.while_refused
            ),
        )
    ),
    events.OwnerApprovalAsked: ChatEffects(
        notifications=(
            Notification(
                recipients=recipients.owners_of_order,
                view=views.owner_asked,
                valid=validity.while_owner_decides,
            ),
        )
    ),
    events.BasketYesAsked: ChatEffects(
        notifications=(
            Notification(
                recipients=recipients.asked_person,
                view=views.yes_asked,
                valid=validity.while_basket_is_as_asked,
            ),
        )
    ),
    events.DebtAsked: ChatEffects(
        notifications=(
            Notification(
                recipients=recipients.owners_of_shop,
                view=views.debt_asked,
                valid=validity.while_debt_is_hidden,
            ),
        )
    ),
    events.WaitingBasketEnded: ChatEffects(
        notifications=(
            Notification(
                recipients=recipients.helper_who_waited, view=views.helper_refused, valid=validity.always
            ),
        ),
        settles=((placing.OWNER, "order_id"),),
    ),
    events.OrderPlaced: ChatEffects(
        notifications=(
            Notification(
                recipients=recipients.helper_who_waited,
                view=views.helper_placed,
                valid=validity.while_order_lives,
            ),
        ),
        settles=_BASKET_ORDERED,
    ),
    events.OrderAccepted: ChatEffects(
        notifications=(
            Notification(recipients=recipients.buyer, view=views.accepted, valid=validity.while_accepted),
        ),
        settles=((tracking.ASKED, "order_id"),),
    ),
    events.RetailerAsked: ChatEffects(
        notifications=(
            Notification(recipients=recipients.buyer, view=views.asked, valid=validity.while_asked),
        )
    ),
    events.QuestionEnded: ChatEffects(settles=((tracking.ASKED, "order_id"),)),
    events.OrderUnfulfilled: ChatEffects(
        notifications=(
            Notification(recipients=recipients.buyer, view=views.unfulfilled, valid=validity.always),
        ),
        settles=_ORDER_ENDED,
    ),
    events.OrderCanceled: ChatEffects(
        notifications=(
            Notification(recipients=recipients.buyer, view=views.canceled, valid=validity.always),
        ),
        settles=_ORDER_ENDED,
    ),
    events.OrderCompleted: ChatEffects(settles=_ORDER_ENDED),
    events.OfferOpened: ChatEffects(
        notifications=(
            Notification(
                recipients=recipients.people_of_vendor,
                view=views.offer,
                valid=validity.while_offer_is_open,
                told_at=when_vendor_opens,
            ),
        )
    ),
    events.OfferAccepted: ChatEffects(settles=_OFFER_SETTLED),
    events.OfferDeclined: ChatEffects(settles=_OFFER_SETTLED),
    events.OfferLapsed: ChatEffects(settles=_OFFER_SETTLED),
    events.OfferUndelivered: ChatEffects(settles=_OFFER_SETTLED),
    events.OfferClosed: ChatEffects(settles=_OFFER_SETTLED),
    events.FulfillmentDispatched: ChatEffects(
        notifications=(
            Notification(recipients=recipients.buyer, view=views.dispatched, valid=validity.while_on_the_way),
        ),
        settles=(*_PARCEL_LEFT, (tracking.CANCEL, "order_id")),
    ),
    events.DeliveryCodeAsked: ChatEffects(
        notifications=(
            Notification(recipients=recipients.buyer, view=views.code_again, valid=validity.while_on_the_way),
        )
    ),
    events.FulfillmentDelivered: ChatEffects(
        notifications=(
            Notification(recipients=recipients.buyer, view=views.delivered, valid=validity.always),
        ),
        settles=_PARCEL_ENDED,
    ),
    events.FulfillmentWithdrawn: ChatEffects(
        notifications=(
            Notification(recipients=recipients.buyer, view=views.withdrawn, valid=validity.while_order_lives),
        ),
        settles=_PARCEL_ENDED,
    ),
    events.FulfillmentReturned: ChatEffects(
        notifications=(
            Notification(recipients=recipients.buyer, view=views.returned, valid=validity.always),
        ),
        settles=_PARCEL_ENDED,
    ),
    events.FulfillmentCanceled: ChatEffects(
        notifications=(
            Notification(
                recipients=recipients.people_of_vendor, view=views.parcel_canceled, valid=validity.always
            ),
        ),
        settles=_PARCEL_ENDED,
    ),
    events.ShortageReported: ChatEffects(
        notifications=(
            Notification(
                recipients=recipients.people_of_vendor,
                view=views.shortage_reported,
                valid=validity.while_shortage_is_open,
            ),
        )
    ),
    events.ShortageAgreed: ChatEffects(
        notifications=(
            Notification(recipients=recipients.reporter, view=views.shortage_agreed, valid=validity.always),
        ),
        settles=((vendor_shortages.SHORTAGE, "shortage_id"),),
    ),
    events.ShortageRefused: ChatEffects(
        notifications=(
            Notification(recipients=recipients.reporter, view=views.shortage_refused, valid=validity.always),
        ),
        settles=((vendor_shortages.SHORTAGE, "shortage_id"),),
    ),
    events.PaymentClaimed: ChatEffects(
        notifications=(
            Notification(
                recipients=recipients.owners_of_payee, view=money.claim, valid=validity.while_claim_is_open
            ),
        ),
        gather=_gather_claims,
    ),
    events.ClaimsWaiting: ChatEffects(
        notifications=(
            Notification(
                recipients=recipients.owners_of_payee,
                view=money.waiting_claims,
                valid=validity.while_claims_are_as_listed,
            ),
        ),
        instead=_list_claims_anew,
    ),
    events.ClaimReplaced: ChatEffects(
        notifications=(
            Notification(
                recipients=recipients.owners_of_payee, view=money.claim_replaced, valid=validity.always
            ),
        ),
        settles=_CLAIM_SETTLED,
    ),
    events.ClaimWithdrawn: ChatEffects(
        notifications=(
            Notification(
                recipients=recipients.owners_of_payee, view=money.claim_withdrawn, valid=validity.always
            ),
        ),
        settles=_CLAIM_SETTLED,
    ),
    events.ClaimRejected: ChatEffects(
        notifications=(
            Notification(recipients=recipients.claimant, view=money.claim_rejected, valid=validity.always),
        ),
        settles=_CLAIM_SETTLED,
    ),
    events.PaymentPosted: ChatEffects(
        notifications=(
            Notification(recipients=recipients.payer, view=money.payment_posted, valid=validity.always),
        ),
        settles=_CLAIM_SETTLED,
    ),
    events.ChequeTaken: ChatEffects(
        notifications=(
            Notification(recipients=recipients.payer, view=money.cheque_taken, valid=validity.always),
        ),
        settles=_CLAIM_SETTLED,
    ),
    events.ChequeBounced: ChatEffects(
        notifications=(
            Notification(recipients=recipients.payer, view=money.cheque_bounced, valid=validity.always),
            Notification(
                recipients=recipients.owners_of_receiver,
                view=money.cheque_bounced_of_shop,
                valid=validity.always,
            ),
        ),
    ),
    events.CreditLimitCut: _about_credit(money.limit_cut, validity.while_action_stands),
    events.CreditLimitRestored: _about_credit(money.limit_restored, validity.always),
    events.PaymentReminded: ChatEffects(
        notifications=(
            Notification(
                recipients=recipients.owners_to_remind,
                view=money.payment_reminded,
                valid=validity.while_reminded_of_debt,
                told_at=by_day,
            ),
        )
    ),
    events.OverdueWarned: _about_credit(money.overdue_warned, validity.while_overdue),
    events.CreditBlocked: _about_credit(money.credit_blocked, validity.while_action_stands),
    events.CreditBlockLifted: _about_credit(money.block_lifted, validity.always),
    events.AppealAnswered: _about_credit(money.appeal_answered, validity.always),
    events.VendorWeekEnded: ChatEffects(
        notifications=(
            Notification(
                recipients=recipients.owners_to_tell_of_week,
                view=vendor_weeks.ended,
                valid=vendor_weeks.while_recent,
                told_at=by_day,
            ),
        )
    ),
}


if NOTIFICATIONS.keys() != set(TOLD_EVENTS):
    raise AssertionError(f"bot/reactions.py differs: {NOTIFICATIONS.keys() ^ set(TOLD_EVENTS)}")


def why_obsolete(session: Session, name: str, payload: Mapping[str, Any], now: dt.datetime) -> str | None:
    """Why a notice of this event is obsolete; None while it still holds. What holds of an obsolete one is told anew."""
    event = events.from_payload(name, dict(payload))
    effects = NOTIFICATIONS.get(type(event), ChatEffects())
    reasons = (notification.valid(session, event, now) for notification in effects.notifications)
    found = next((reason for reason in reasons if reason), None)
    if found and effects.instead is not None:
        effects.instead(session, event, now)
    return found


def tell(session: Session, event: DomainEvent, *, now: dt.datetime, event_id: int | None = None) -> None:
    """Settle the prompts that the event answers, and queue its notices, one per person."""
    effects = NOTIFICATIONS[type(event)]
    for prompt_kind, field_name in effects.settles:
        subject_id = getattr(event, field_name)
        if subject_id is not None:
            settling.settle(session, kind=prompt_kind, subject_id=subject_id, now=now)
    if effects.gather is not None:
        effects.gather(session, event, now)
    for notification in effects.notifications:
        notice = notification.view(session, event)
        if notice is None:
            continue
        people = list(notification.recipients(session, event))
        written_to = [
            (person, conversation_id)
            for person in people
            if (conversation_id := recipients.conversation_of(session, person, now=now)) is not None
        ]
        told_at = notification.told_at(session, event, now)
        for person, conversation_id in written_to:
            _queue(session, conversation_id, person, notice, event_id=event_id, now=told_at)
        if people and not written_to and event_id is not None:
            notices.note_unreachable(session, event_id, now=now)


def _queue(
    session: Session,
    conversation_id: ConversationId,
    person: Person,
    notice: Notice,
    *,
    event_id: int | None,
    now: dt.datetime,
) -> None:
    say = notice.without_debt if notice.without_debt and not person.sees_debt else notice.say
    rendered = render(say, language=person.language, now=now)
    told = session.begin_nested()
    token = None
    if notice.ask is not None:
        token = _open(session, conversation_id, notice.ask, rendered, now=now)
    queued = messaging.queue_outbound(
        session,
        conversation_id=conversation_id,
        say=notice.say.name,
        language=rendered.language,
        body=rendered.body,
        content=rendered.content(token),
        dedup_key=f"{notice.say.name}:{notice.subject}:{person.contact_id}",
        order_id=notice.order_id,
        is_notice=True,
        event_id=event_id,
        send_after=now,
        now=now,
    )
    if queued is None:
        # Told before: the question on the phone stays the one that is open.
        told.rollback()
    else:
        told.commit()


def _open(
    session: Session, conversation_id: ConversationId, ask: Ask, rendered: Rendered, *, now: dt.datetime
) -> str:
    return open_question(session, conversation_id, ask, rendered, now=now).token


def _act(event_type: type[DomainEvent]) -> Callable[[Session, Arguments, dt.datetime], None]:
    def act(session: Session, arguments: Arguments, now: dt.datetime) -> None:
        event = events.from_payload(event_type.name(), arguments)
        tell(session, event, event_id=arguments.get("event_id"), now=now)

    return act


ACTS: Final = {kind_of(event): _act(event) for event in NOTIFICATIONS} | {TELL_CLAIMS: _tell_claims}
