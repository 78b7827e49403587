"""What waits for an admin's decision, from all parts of the business, the most urgent first: two statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, String, exists, func, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Session

from core.alerts.kinds import AlertKind, AlertState, Severity
from core.alerts.models import Alert
from core.credit.correction_models import CorrectionRequest
from core.credit.kinds import ClaimStatus, CorrectionStatus
from core.credit.models import PaymentClaim
from core.messaging.models import Conversation, InboundMessage
from core.orders.models import Order
from core.parties.models import Approval, Contact, Retailer, Vendor
from core.routing.models import Offer, OfferStatus

# An offer that nobody answers is worth a call before its deadline, not after.
NEAR_DEADLINE: Final = dt.timedelta(minutes=30)
MOST_OF_A_KIND: Final = 50

_URGENCY_OF_SEVERITY: Final = {
    Severity.CRITICAL: 0,
    Severity.HIGH: 1,
    Severity.MEDIUM: 3,
    Severity.LOW: 4,
}
_URGENCY: Final = {
    "offer": 1,
    "conversation": 2,
    "claim": 2,
    "correction": 2,
    "retailer": 3,
    "vendor": 3,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """One thing. `kind` names the sentence and the actions; `alert` is set where an alert says it."""

    kind: str
    id: int
    urgency: int
    since: dt.datetime
    title: str
    detail: str | None = None
    amount_minor: int | None = None
    due_at: dt.datetime | None = None
    path: str
    alert: Alert | None = None


def waiting(session: Session, *, now: dt.datetime) -> list[Waiting]:
    """At most 50 of each kind; the lists behind the menu show the rest."""
    found = [*_decisions(session, now=now), *_alerts(session)]
    return sorted(found, key=lambda one: (one.urgency, one.due_at or one.since))


def path_of(subject_kind: str, subject_id: int, facts: Mapping[str, Any]) -> str:
    """The page about what an alert names."""
    rooms = {
        "order": "orders",
        "retailer": "retailers",
        "vendor": "vendors",
        "conversation": "conversations",
        "product": "prices",
        "claim": "claims",
    }
    if subject_kind in rooms:
        return f"/admin/{rooms[subject_kind]}/{subject_id}"
    if "order_id" in facts:
        return f"/admin/orders/{facts['order_id']}"
    return "/admin/queues" if subject_kind == "job" else "/admin/alerts"


def _decisions(session: Session, *, now: dt.datetime) -> list[Waiting]:
    rows = session.execute(union_all(*(part.limit(MOST_OF_A_KIND) for part in _parts(now))))
    return [
        Waiting(
            kind=row.kind,
            id=row.id,
            urgency=_URGENCY[row.kind],
            since=row.since,
            title=row.title,
            detail=row.detail,
            amount_minor=row.amount_minor,
            due_at=row.due_at,
            path=f"/admin/{row.room}/{row.target}",
        )
        for row in rows
    ]


def _parts(now: dt.datetime) -> list[Select[Any]]:
    none, never = null().cast(String), null().cast(TIMESTAMP(timezone=True))
    no_amount = literal(None, type_=PaymentClaim.amount_minor.type)

    def part(
        kind: str, room: str, row_id: Any, target: Any, since: Any, title: Any, **more: Any
    ) -> Select[Any]:
        return select(
            literal(kind).label("kind"),
            row_id.label("id"),
            literal(room).label("room"),
            target.label("target"),
            since.label("since"),
            title.label("title"),
            more.get("detail", none).label("detail"),
            more.get("amount", no_amount).label("amount_minor"),
            more.get("due", never).label("due_at"),
        )

    unread = exists().where(
        InboundMessage.conversation_id == Conversation.id, InboundMessage.handled_at.is_(None)
    )
    return [
        part(
            "retailer", "retailers", Retailer.id, Retailer.id, Retailer.created_at, Retailer.shop_name,
            detail=Retailer.code,
        )
        .where(Retailer.approval == Approval.APPLIED)
        .order_by(Retailer.id),
        part(
            "vendor", "vendors", Vendor.id, Vendor.id, Vendor.created_at, Vendor.business_name,
            detail=Vendor.code,
        )
        .where(Vendor.approval == Approval.APPLIED)
        .order_by(Vendor.id),
        part(
            "claim", "claims", PaymentClaim.id, PaymentClaim.id, PaymentClaim.claimed_at, Retailer.shop_name,
            detail=PaymentClaim.method.cast(String), amount=PaymentClaim.amount_minor,
        )
        .join(Retailer, Retailer.id == PaymentClaim.retailer_id)
        .where(PaymentClaim.status == ClaimStatus.OPEN, PaymentClaim.vendor_id.is_(None))
        .order_by(PaymentClaim.id),
        part(
            "correction", "retailers", CorrectionRequest.id, CorrectionRequest.retailer_id,
            CorrectionRequest.asked_at, Retailer.shop_name,
            detail=CorrectionRequest.kind.cast(String), amount=CorrectionRequest.amount_minor,
        )
        .join(Retailer, Retailer.id == CorrectionRequest.retailer_id)
        .where(CorrectionRequest.status == CorrectionStatus.OPEN)
        .order_by(CorrectionRequest.id),
        part(
            "offer", "orders", Offer.id, Offer.order_id, Offer.opened_at, Vendor.business_name,
            detail=func.coalesce(Order.short_code.cast(String), ""), due=Offer.expires_at,
        )
        .join(Vendor, Vendor.id == Offer.vendor_id)
        .join(Order, Order.id == Offer.order_id)
        .where(
            Offer.status == OfferStatus.OPEN,
            Offer.answered_at.is_(None),
            Offer.expires_at > now,
            Offer.expires_at <= now + NEAR_DEADLINE,
        )
        .order_by(Offer.expires_at),
        part(
            "conversation", "conversations", Conversation.id, Conversation.id,
            func.coalesce(Conversation.last_inbound_at, Conversation.created_at),
            func.coalesce(Contact.name, Contact.phone, ""),
        )
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(Conversation.taken_over_at.is_not(None), unread)
        .order_by(Conversation.id),
    ]  # fmt: skip


def _alerts(session: Session) -> list[Waiting]:
    """Open alerts with the name of whom they are about, where it is one of ours."""
    name = func.coalesce(Retailer.shop_name, Vendor.business_name, Contact.name, Contact.phone)
    rows = session.execute(
        select(Alert, name.label("name"), Order.short_code)
        .outerjoin(Retailer, (Alert.subject_kind == "retailer") & (Retailer.id == Alert.subject_id))
        .outerjoin(Vendor, (Alert.subject_kind == "vendor") & (Vendor.id == Alert.subject_id))
        .outerjoin(Order, (Alert.subject_kind == "order") & (Order.id == Alert.subject_id))
        .outerjoin(
            Conversation, (Alert.subject_kind == "conversation") & (Conversation.id == Alert.subject_id)
        )
        .outerjoin(Contact, Contact.id == Conversation.contact_id)
        .where(Alert.state == AlertState.OPEN)
        .order_by(Alert.last_at)
        .limit(4 * MOST_OF_A_KIND)
    )
    return [
        Waiting(
            kind="alert",
            id=alert.id,
            urgency=_URGENCY_OF_SEVERITY[alert.severity],
            since=alert.raised_at,
            title=found or (f"KH-{short_code:06d}" if short_code else ""),
            detail=_reason(alert),
            path=path_of(alert.subject_kind, alert.subject_id, alert.facts),
            alert=alert,
        )
        for alert, found, short_code in rows
    ]


def _reason(alert: Alert) -> str | None:
    keys = ("reason", "kind", "job_kind")
    found = next((alert.facts[key] for key in keys if alert.facts.get(key)), None)
    return None if found is None or alert.kind is AlertKind.BOOKS_DIFFER else str(found)
