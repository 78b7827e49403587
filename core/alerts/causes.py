"""Which events a person should look at, and which events end such a cause. Pure: events in, values out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from core import events
from core.alerts.kinds import AlertKind, Severity


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause:
    """What an alert is about: at most one is open for a kind and a subject."""

    kind: AlertKind
    subject_kind: str
    subject_id: int
    severity: Severity = Severity.MEDIUM
    facts: Mapping[str, Any] = field(default_factory=dict)


# Reasons to ask for a person that cannot wait for the end of the day.
_URGENT_REASONS: Final = frozenset({"failed", "complaint", "shortage"})


def _person_asked(event: events.PersonAsked) -> Cause:
    return Cause(
        kind=AlertKind.PERSON_ASKED,
        subject_kind="conversation",
        subject_id=event.conversation_id,
        severity=Severity.HIGH if event.reason in _URGENT_REASONS else Severity.MEDIUM,
        facts={"reason": event.reason},
    )


def _code_exhausted(event: events.DeliveryCodeExhausted) -> Cause:
    return Cause(
        kind=AlertKind.DELIVERY_CODE_EXHAUSTED,
        subject_kind="fulfillment",
        subject_id=event.fulfillment_id,
        severity=Severity.HIGH,
        facts={"order_id": event.order_id, "vendor_id": event.vendor_id},
    )


def _claim_contested(event: events.ClaimContested) -> Cause:
    return Cause(
        kind=AlertKind.CLAIM_CONTESTED,
        subject_kind="claim",
        subject_id=event.claim_id,
        severity=Severity.HIGH,
        facts={"retailer_id": event.retailer_id},
    )


def _claim_for_admin(event: events.PaymentClaimed) -> Cause | None:
    """None for a claim that a wholesaler was asked about."""
    if event.vendor_id is not None:
        return None
    return Cause(
        kind=AlertKind.CLAIM_FOR_ADMIN,
        subject_kind="claim",
        subject_id=event.claim_id,
        facts={"retailer_id": event.retailer_id},
    )


def _unfulfilled(event: events.OrderUnfulfilled) -> Cause:
    return Cause(
        kind=AlertKind.ORDER_UNFULFILLED,
        subject_kind="order",
        subject_id=event.order_id,
        facts={"reason": event.reason},
    )


def _shortage_refused(event: events.ShortageRefused) -> Cause:
    return Cause(
        kind=AlertKind.SHORTAGE_REFUSED,
        subject_kind="shortage",
        subject_id=event.shortage_id,
        facts={"order_id": event.order_id, "vendor_id": event.vendor_id},
    )


def _undelivered(event: events.NoticeUndelivered) -> Cause:
    """One for each party that cannot be reached, or order that somebody was not told of; `times` counts what was lost.

    A vendor that got no offer is the vendor's trouble: the order goes on without it.
    """
    ids = {
        "vendor": event.vendor_id if event.offer_id is not None or event.order_id is None else None,
        "order": event.order_id,
        "retailer": event.retailer_id,
    }
    kind, subject_id = next(
        ((kind, found) for kind, found in ids.items() if found is not None), ("event", event.cause_id)
    )
    return Cause(
        kind=AlertKind.NOTICE_UNDELIVERED,
        subject_kind=kind,
        subject_id=subject_id,
        severity=Severity.HIGH,
        facts={name: value for name, value in event.payload().items() if value is not None},
    )


def _appeal(event: events.AppealMade) -> Cause:
    return Cause(
        kind=AlertKind.APPEAL,
        subject_kind="appeal",
        subject_id=event.appeal_id,
        severity=Severity.HIGH,
        facts={"retailer_id": event.retailer_id},
    )


RAISED_BY: Final[Mapping[type[events.DomainEvent], Callable[[Any], Cause | None]]] = {
    events.PersonAsked: _person_asked,
    events.DeliveryCodeExhausted: _code_exhausted,
    events.ClaimContested: _claim_contested,
    events.PaymentClaimed: _claim_for_admin,
    events.OrderUnfulfilled: _unfulfilled,
    events.ShortageRefused: _shortage_refused,
    events.NoticeUndelivered: _undelivered,
    events.AppealMade: _appeal,
}

_OF_CLAIMS: Final = (
    (AlertKind.CLAIM_CONTESTED, "claim", "claim_id"),
    (AlertKind.CLAIM_FOR_ADMIN, "claim", "claim_id"),
)
_OF_PARCELS: Final = (
    (AlertKind.DELIVERY_CODE_EXHAUSTED, "fulfillment", "fulfillment_id"),
    (AlertKind.DEACTIVATED_ON_THE_WAY, "fulfillment", "fulfillment_id"),
)

# The kinds that an event ends, each with the kind of its subject and the field of the event that names the subject.
RESOLVED_BY: Final[Mapping[type[events.DomainEvent], tuple[tuple[AlertKind, str, str], ...]]] = {
    events.ClaimRejected: _OF_CLAIMS,
    events.ClaimReplaced: _OF_CLAIMS,
    events.ClaimWithdrawn: _OF_CLAIMS,
    events.ChequeTaken: _OF_CLAIMS,
    events.PaymentPosted: _OF_CLAIMS,
    events.FulfillmentDelivered: _OF_PARCELS,
    events.FulfillmentReturned: _OF_PARCELS,
    events.FulfillmentCanceled: _OF_PARCELS,
    events.AppealAnswered: ((AlertKind.APPEAL, "appeal", "appeal_id"),),
    events.ShortageAgreed: ((AlertKind.SHORTAGE_REFUSED, "shortage", "shortage_id"),),
}
