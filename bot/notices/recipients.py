"""The recipients of each notice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from core import events
from core.credit.models import Payment, PaymentClaim
from core.messaging import queries as messaging_queries
from core.messaging import service as messaging
from core.orders import basket, shortages
from core.orders import queries as orders
from core.parties import queries as parties
from core.parties.models import Position
from core.parties.queries import Person
from core.refs import ContactId, ConversationId, RetailerId, VendorId

CHANNEL: Final = "whatsapp"

AboutOrder = (
    events.OrderPlaced
    | events.WaitingBasketEnded
    | events.OrderAccepted
    | events.RetailerAsked
    | events.OrderUnfulfilled
    | events.OrderCanceled
    | events.FulfillmentDispatched
    | events.DeliveryCodeAsked
    | events.FulfillmentDelivered
    | events.FulfillmentWithdrawn
    | events.FulfillmentReturned
    | events.OwnerApprovalAsked
)


AboutShop = (
    events.RetailerApproved
    | events.RetailerRefused
    | events.DebtAsked
    | events.CreditLimitCut
    | events.CreditLimitRestored
    | events.PaymentReminded
    | events.OverdueWarned
    | events.CreditBlocked
    | events.CreditBlockLifted
    | events.AppealAnswered
)


def owners_of_shop(session: Session, event: AboutShop) -> list[Person]:
    return _owners(parties.people_of_retailer(session, RetailerId(event.retailer_id)))


def owners_to_remind(session: Session, event: events.PaymentReminded) -> list[Person]:
    """The owners who didn't say STOP: nobody asked for a reminder."""
    return [person for person in owners_of_shop(session, event) if not person.opted_out]


def asked_person(session: Session, event: events.BasketYesAsked) -> list[Person]:
    """Whoever sent what was read; the shop's owners if that person acts for it no more."""
    people = parties.people_of_retailer(session, RetailerId(event.retailer_id))
    return [person for person in people if person.contact_id == event.contact_id] or _owners(people)


def owners_of_order(session: Session, event: AboutOrder) -> list[Person]:
    return _owners(_people(session, event.order_id))


def buyer(session: Session, event: AboutOrder) -> list[Person]:
    """Whoever placed the order, and also the owners if a helper did or asked for it; the owners if nobody is known."""
    order = orders.get_order(session, event.order_id)
    people = _people(session, event.order_id)
    told = _one_or_owners(people, order.placed_by)
    askers = {line.added_by for line in basket.lines_of(session, order.id)}
    helped = [person for person in people if person.position is Position.HELPER and _label(person) in askers]
    if any(person.position is Position.HELPER for person in (*told, *helped)):
        return [
            person for person in people if person in told or person in helped or person in _owners(people)
        ]
    return told


def helper_who_waited(
    session: Session, event: events.OrderPlaced | events.WaitingBasketEnded
) -> list[Person]:
    """The helper whose basket the owner has decided on; nobody if the buyer placed the order."""
    people = _people(session, event.order_id)
    order = orders.get_order(session, event.order_id)
    askers = {line.added_by for line in basket.lines_of(session, order.id)} - {order.placed_by}
    return [person for person in people if person.position is Position.HELPER and _label(person) in askers]


def people_of_vendor(
    session: Session, event: events.OfferOpened | events.FulfillmentCanceled | events.ShortageReported
) -> list[Person]:
    """Everybody who acts for the vendor. Offers leave out those who said STOP; a promised parcel concerns them."""
    people = parties.people_of_vendor(session, VendorId(event.vendor_id))
    if isinstance(event, events.OfferOpened):
        return [person for person in people if not person.opted_out]
    return people


def owners_of_payee(
    session: Session,
    event: events.PaymentClaimed | events.ClaimsWaiting | events.ClaimReplaced | events.ClaimWithdrawn,
) -> list[Person]:
    """The owners of the vendor whose invoice would be paid; nobody for a claim on the platform, which admins answer."""
    return [] if event.vendor_id is None else owners_of_vendor(session, VendorId(event.vendor_id))


def owners_of_vendor(session: Session, vendor_id: VendorId) -> list[Person]:
    return _owners(parties.people_of_vendor(session, vendor_id))


def owners_to_tell_of_week(session: Session, event: events.VendorWeekEnded) -> list[Person]:
    """The vendor's owners who didn't say STOP: nobody asked for it."""
    people = owners_of_vendor(session, VendorId(event.vendor_id))
    return [person for person in people if not person.opted_out]


def reporter(session: Session, event: events.ShortageAgreed | events.ShortageRefused) -> list[Person]:
    """Whoever reported the shortage; the owners if they are unknown."""
    label = shortages.shortage_view(session, event.shortage_id).reported_by
    return _one_or_owners(_people(session, event.order_id), label)


def claimant(session: Session, event: events.ClaimRejected) -> list[Person]:
    claim = session.get_one(PaymentClaim, event.claim_id)
    people = parties.people_of_retailer(session, RetailerId(event.retailer_id))
    return _one_or_owners(people, claim.claimed_by)


def owners_of_receiver(session: Session, event: events.ChequeBounced) -> list[Person]:
    """The owners of the vendor that has the cheque; nobody for one that came to the platform."""
    vendor_id = session.get_one(Payment, event.payment_id).vendor_id
    return [] if vendor_id is None else owners_of_vendor(session, VendorId(vendor_id))


def payer(
    session: Session, event: events.PaymentPosted | events.ChequeTaken | events.ChequeBounced
) -> list[Person]:
    """Whoever claimed the payment, or the owners; nobody for cash on delivery, which the delivery notice covers."""
    payment = session.get_one(Payment, event.payment_id)
    people = parties.people_of_retailer(session, RetailerId(event.retailer_id))
    if event.claim_id is None:
        return _owners(people) if not payment.idempotency_key.startswith("cash:invoice:") else []
    return _one_or_owners(people, session.get_one(PaymentClaim, event.claim_id).claimed_by)


def conversation_of(session: Session, person: Person, *, now: dt.datetime) -> ConversationId | None:
    """This person's conversation, created if they never wrote. None if they have no channel address."""
    known = messaging_queries.conversations_of(session, [person.contact_id])
    if person.contact_id in known:
        return ConversationId(known[person.contact_id].id)
    addresses = parties.addresses_of(session, person.contact_id, channel=CHANNEL)
    if not addresses:
        return None
    return messaging.conversation_for(
        session, contact_id=ContactId(person.contact_id), channel=CHANNEL, address=addresses[0], now=now
    )


def _people(session: Session, order_id: int) -> list[Person]:
    order = orders.get_order(session, order_id)
    return parties.people_of_retailer(session, RetailerId(order.retailer_id))


def _owners(people: Sequence[Person]) -> list[Person]:
    return [person for person in people if person.position is Position.OWNER] or list(people)


def _one_or_owners(people: Sequence[Person], label: str | None) -> list[Person]:
    return [person for person in people if _label(person) == label] or _owners(people)


def _label(person: Person) -> str:
    return f"retailer:{person.contact_id}"
