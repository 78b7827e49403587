"""What can happen, named in the past tense. An event carries ids and bare facts; who reacts is in the reaction tables."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class DomainEvent:
    """The base of all events. Fields are ints, strings, booleans or None, so that they store as JSON as they are."""

    @classmethod
    def name(cls) -> str:
        return cls.__name__

    def payload(self) -> dict[str, Any]:
        return asdict(self)


# People


@dataclass(frozen=True, kw_only=True, slots=True)
class RetailerApplied(DomainEvent):
    retailer_id: int
    contact_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RetailerApproved(DomainEvent):
    retailer_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RetailerRefused(DomainEvent):
    retailer_id: int
    reason: str


# Orders


@dataclass(frozen=True, kw_only=True, slots=True)
class DebtAsked(DomainEvent):
    """A helper who may not see what the shop owes asked for it: the owner decides by one tap."""

    retailer_id: int
    contact_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnerApprovalAsked(DomainEvent):
    """A helper's yes passed the helper's limit: the owner decides by one tap."""

    order_id: int
    contact_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BasketYesAsked(DomainEvent):
    """Our people read what the shop sent into its basket: this person decides by one tap whether to order this version."""

    order_id: int
    retailer_id: int
    contact_id: int
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingBasketEnded(DomainEvent):
    """A helper's basket was not ordered: the owner `refused` it, took it over (`taken_over`), or did not answer (`silent`).

    Or somebody `canceled` it while it waited.
    """

    order_id: int
    how: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderPlaced(DomainEvent):
    order_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderAccepted(DomainEvent):
    """Every line that will come is promised by a vendor."""

    order_id: int
    total_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RetailerAsked(DomainEvent):
    """Only the retailer can decide: `dearer` (vendors left are above the ceiling) or `part` (nobody takes the rest)."""

    order_id: int
    question: str
    # The sum that a dearer rest would cost, in paisa; None for a part.
    rest_minor: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionEnded(DomainEvent):
    """What the retailer was asked is decided, or no longer to be decided, by whomever and however."""

    order_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderUnfulfilled(DomainEvent):
    order_id: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderCanceled(DomainEvent):
    order_id: int
    reason: str
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderCompleted(DomainEvent):
    order_id: int


# Offers and fulfillments


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferOpened(DomainEvent):
    offer_id: int
    order_id: int
    vendor_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferAccepted(DomainEvent):
    offer_id: int
    order_id: int
    vendor_id: int
    fulfillment_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferDeclined(DomainEvent):
    offer_id: int
    order_id: int
    vendor_id: int
    # None where the vendor said no and hasn't said why.
    reason: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferLapsed(DomainEvent):
    offer_id: int
    order_id: int
    vendor_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferUndelivered(DomainEvent):
    """Nobody at the vendor could be told of the offer in time, so it was none."""

    offer_id: int
    order_id: int
    vendor_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferClosed(DomainEvent):
    """The offer ended by another's hand: another vendor was chosen, or the order needs it no more."""

    offer_id: int
    order_id: int
    vendor_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FulfillmentDispatched(DomainEvent):
    fulfillment_id: int
    order_id: int
    vendor_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FulfillmentDelivered(DomainEvent):
    fulfillment_id: int
    order_id: int
    vendor_id: int
    invoice_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FulfillmentWithdrawn(DomainEvent):
    fulfillment_id: int
    order_id: int
    vendor_id: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FulfillmentReturned(DomainEvent):
    """The whole parcel came back to its vendor."""

    fulfillment_id: int
    order_id: int
    vendor_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FulfillmentCanceled(DomainEvent):
    """The order was canceled while this vendor had promised or sent it."""

    fulfillment_id: int
    order_id: int
    vendor_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ShortageReported(DomainEvent):
    """The shop says that something is missing or damaged."""

    shortage_id: int
    order_id: int
    vendor_id: int
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShortageAgreed(DomainEvent):
    shortage_id: int
    order_id: int
    vendor_id: int
    credited_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ShortageRefused(DomainEvent):
    shortage_id: int
    order_id: int
    vendor_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryCodeAsked(DomainEvent):
    """At the door, the vendor said that the shop doesn't have its code: it is sent again, for the `sends`th time."""

    fulfillment_id: int
    order_id: int
    vendor_id: int
    sends: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryCodeExhausted(DomainEvent):
    """Five wrong codes: an admin looks."""

    fulfillment_id: int
    order_id: int
    vendor_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class VendorDeactivated(DomainEvent):
    vendor_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RetailerDeactivated(DomainEvent):
    retailer_id: int


# Money


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentClaimed(DomainEvent):
    claim_id: int
    retailer_id: int
    vendor_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimsWaiting(DomainEvent):
    """So many claims, this one the newest, wait for one vendor's word: its owners are told of them in one list."""

    vendor_id: int
    newest_id: int
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimReplaced(DomainEvent):
    """A correction took the place of a claim; `vendor_id` is whoever was asked about it."""

    claim_id: int
    retailer_id: int
    vendor_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimWithdrawn(DomainEvent):
    """The shop took its word back; `vendor_id` is whoever was asked about it."""

    claim_id: int
    retailer_id: int
    vendor_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimRejected(DomainEvent):
    claim_id: int
    retailer_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentPosted(DomainEvent):
    payment_id: int
    retailer_id: int
    claim_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChequeTaken(DomainEvent):
    """The payee has the cheque; nothing is posted before it clears."""

    payment_id: int
    retailer_id: int
    claim_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChequeBounced(DomainEvent):
    """The bank didn't pay. What the cheque had paid, if it had cleared, is owed again."""

    payment_id: int
    retailer_id: int
    claim_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimContested(DomainEvent):
    """A second shop claims a reference that another already named."""

    claim_id: int
    retailer_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditLimitCut(DomainEvent):
    """Delays in a row cut the limit by themselves."""

    retailer_id: int
    action_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditLimitRestored(DomainEvent):
    """What automatic cuts took is given back: by time without delay, or by an admin."""

    retailer_id: int
    action_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OverdueWarned(DomainEvent):
    """A debt is so late that credit will soon stop."""

    retailer_id: int
    action_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentReminded(DomainEvent):
    """A shop is to be reminded of what it owes."""

    retailer_id: int
    reminder_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditBlocked(DomainEvent):
    """A debt is so late that new orders on credit are refused."""

    retailer_id: int
    action_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditBlockLifted(DomainEvent):
    """The late debt is paid: orders on credit are possible again."""

    retailer_id: int
    action_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AppealMade(DomainEvent):
    """A shop objects to its score, or to a block."""

    appeal_id: int
    retailer_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AppealAnswered(DomainEvent):
    """A person looked at what a shop objects to, and answered."""

    appeal_id: int
    retailer_id: int


# Catalogue and conversations


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingPriceChanged(DomainEvent):
    listing_id: int
    vendor_id: int
    product_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class VendorWeekEnded(DomainEvent):
    """A week in which something was observed of a vendor is over; the snapshot has its counts."""

    vendor_id: int
    snapshot_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeUndelivered(DomainEvent):
    """Nobody who should have been told of an event was told within ten minutes. *cause* is its name, *cause_id* its row.

    *reason* is what became of the last message: the provider's code, or a word of ours. The other fields are the
    cause's own, where it has them: an offer that nobody got is no offer.
    """

    cause: str
    cause_id: int
    reason: str
    offer_id: int | None
    order_id: int | None
    vendor_id: int | None
    retailer_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonAsked(DomainEvent):
    """Somebody must look: a photo, a request for a person, or a message that failed three times."""

    conversation_id: int
    reason: str


EVENTS: dict[str, type[DomainEvent]] = {event.name(): event for event in DomainEvent.__subclasses__()}


def from_payload(name: str, payload: dict[str, Any]) -> DomainEvent:
    """The event as it was recorded. Fields that a newer version dropped are ignored."""
    event = EVENTS[name]
    known = {field.name for field in fields(event)}
    return event(**{key: value for key, value in payload.items() if key in known})
