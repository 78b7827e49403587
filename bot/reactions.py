"""Which events lead to notices. Apart from `notifications`, because the web process only needs the job's name."""

from __future__ import annotations

from typing import Final

from core import events
from core.events import DomainEvent
from core.outbox.models import Queue
from core.outbox.service import Reaction, ReactionTable

# `notifications` has the table of notices, and refuses to start if it differs from this list.
TOLD_EVENTS: Final[tuple[type[DomainEvent], ...]] = (
    events.RetailerApproved,
    events.RetailerRefused,
    events.DebtAsked,
    events.OwnerApprovalAsked,
    events.BasketYesAsked,
    events.WaitingBasketEnded,
    events.OrderPlaced,
    events.OrderAccepted,
    events.RetailerAsked,
    events.QuestionEnded,
    events.OrderUnfulfilled,
    events.OrderCanceled,
    events.OrderCompleted,
    events.OfferOpened,
    events.OfferAccepted,
    events.OfferDeclined,
    events.OfferLapsed,
    events.OfferUndelivered,
    events.OfferClosed,
    events.FulfillmentDispatched,
    events.DeliveryCodeAsked,
    events.FulfillmentDelivered,
    events.FulfillmentWithdrawn,
    events.FulfillmentReturned,
    events.FulfillmentCanceled,
    events.ShortageReported,
    events.ShortageAgreed,
    events.ShortageRefused,
    events.PaymentClaimed,
    events.ClaimsWaiting,
    events.ClaimReplaced,
    events.ClaimWithdrawn,
    events.ClaimRejected,
    events.PaymentPosted,
    events.ChequeTaken,
    events.ChequeBounced,
    events.CreditLimitCut,
    events.CreditLimitRestored,
    events.PaymentReminded,
    events.OverdueWarned,
    events.CreditBlocked,
    events.CreditBlockLifted,
    events.AppealAnswered,
    events.VendorWeekEnded,
)


def kind_of(event: type[DomainEvent]) -> str:
    """The kind of the job that queues the notices of this event."""
    return f"tell:{event.name()}"


REACTIONS: Final[ReactionTable] = {
    event: (Reaction(kind=kind_of(event), queue=Queue.WHATSAPP),) for event in TOLD_EVENTS
}
