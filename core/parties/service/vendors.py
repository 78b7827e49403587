"""Wholesalers: entered and approved by admins, and their working time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import business_date
from core.db.locks import LockRank, lock
from core.events import VendorDeactivated
from core.money import ZERO, Money
from core.outbox.service import record
from core.parties.address import Address, write_address
from core.parties.errors import AlreadyApproved
from core.parties.models import Approval, Language, User, Vendor, vendor_codes
from core.parties.naming import require_name
from core.parties.opening import USUAL_HOURS, WEEK, Hours, same_hours
from core.parties.queries import check_active
from core.parties.service.auditing import audit_party
from core.parties.service.users import end_sign_ins
from core.parties.sign_in_models import EndReason
from core.refs import VendorId

SUNDAY_TO_FRIDAY = frozenset({7, 1, 2, 3, 4, 5})
EVERY_DAY = frozenset(range(1, 8))


@dataclass(frozen=True, kw_only=True, slots=True)
class VendorFacts:
    """What is known of a wholesaler besides its approval. Working days are ISO weekdays, 1 = Monday."""

    business_name: str
    pan: str | None = None
    address: Address = field(default_factory=Address)
    language: Language = Language.ENGLISH
    service_radius_km: Decimal = Decimal(50)
    working_days: frozenset[int] = SUNDAY_TO_FRIDAY
    hours: tuple[Hours, ...] = (USUAL_HOURS,) * WEEK  # of each weekday, Monday first
    minimum_order: Money = ZERO
    commission_basis_points: int = 200

    def __post_init__(self) -> None:
        if not self.working_days <= EVERY_DAY:
            raise ValueError(f"not ISO weekdays: {sorted(self.working_days - EVERY_DAY)}")
        if len(self.hours) != WEEK:
            raise ValueError("each weekday has its hours")


def create_vendor(session: Session, facts: VendorFacts, *, actor: Actor, now: dt.datetime) -> Vendor:
    """A wholesaler that waits for approval."""
    vendor = Vendor(code=f"V-{session.scalar(vendor_codes):04d}", created_at=now)
    _write(vendor, facts)
    session.add(vendor)
    session.flush()
    audit_party(session, "vendor_created", vendor, actor=actor, now=now)
    return vendor


def update_vendor(
    session: Session, vendor_id: VendorId, facts: VendorFacts, *, actor: Actor, now: dt.datetime
) -> Vendor:
    vendor = lock(session, Vendor, vendor_id, LockRank.VENDOR)
    before = _terms(vendor)
    _write(vendor, facts)
    session.flush()
    audit_party(session, "vendor_updated", vendor, actor=actor, now=now, before=before, after=_terms(vendor))
    return vendor


def approve_vendor(session: Session, vendor_id: VendorId, *, actor: Actor, now: dt.datetime) -> Vendor:
    """Let the vendor get offers. A second approval changes nothing."""
    vendor = lock(session, Vendor, vendor_id, LockRank.VENDOR)
    if vendor.approval is Approval.APPROVED:
        return vendor
    vendor.approval = Approval.APPROVED
    vendor.approved_at = now
    session.flush()
    audit_party(session, "vendor_approved", vendor, actor=actor, now=now)
    return vendor


def refuse_vendor(
    session: Session, vendor_id: VendorId, *, reason: str, actor: Actor, now: dt.datetime
) -> Vendor:
    """Turn an application down. Raises AlreadyApproved; a second refusal changes nothing."""
    vendor = lock(session, Vendor, vendor_id, LockRank.VENDOR)
    if vendor.approval is Approval.APPROVED:
        raise AlreadyApproved(vendor_id=vendor.id)
    if vendor.approval is Approval.REFUSED:
        return vendor
    vendor.approval = Approval.REFUSED
    session.flush()
    audit_party(session, "vendor_refused", vendor, actor=actor, now=now, reason=reason)
    return vendor


def activate_vendor(
    session: Session, vendor_id: VendorId, *, reason: str, actor: Actor, now: dt.datetime
) -> Vendor:
    vendor = lock(session, Vendor, vendor_id, LockRank.VENDOR)
    if not vendor.is_active:
        vendor.is_active = True
        session.flush()
        audit_party(session, "vendor_activated", vendor, actor=actor, now=now, reason=reason)
    return vendor


def deactivate_vendor(
    session: Session, vendor_id: VendorId, *, reason: str, actor: Actor, now: dt.datetime
) -> Vendor:
    """The vendor can do nothing any more, and its users are signed out for good.

    What it has not sent goes to others (`core.orders.stopping`); what is on its way is an admin's to deliver.
    """
    vendor = lock(session, Vendor, vendor_id, LockRank.VENDOR)
    if vendor.is_active:
        vendor.is_active = False
        session.flush()
        end_sign_ins(session, User.vendor_id == vendor.id, reason=EndReason.DEACTIVATED, now=now)
        audit_party(session, "vendor_deactivated", vendor, actor=actor, now=now, reason=reason)
        record(session, VendorDeactivated(vendor_id=vendor.id), actor=actor, now=now)
    return vendor


def close_vendor_for_day(
    session: Session,
    vendor_id: VendorId,
    *,
    actor: Actor,
    now: dt.datetime,
    day: dt.date | None = None,
) -> dt.date:
    """Close the vendor for *day*, or today in Kathmandu: it gets no new offers. Returns the day. Raises PartyInactive."""
    vendor = lock(session, Vendor, vendor_id, LockRank.VENDOR)
    check_active(session, actor)
    today = business_date(now)
    closed_on = day or today
    if closed_on not in vendor.closed_days:
        # Past days decide nothing any more.
        vendor.closed_days = sorted({closed_on, *(one for one in vendor.closed_days if one >= today)})
        session.flush()
        after: dict[str, object] = {"closed_on": closed_on.isoformat()}
        audit_party(session, "vendor_closed_for_day", vendor, actor=actor, now=now, after=after)
    return closed_on


def open_vendor_again(
    session: Session,
    vendor_id: VendorId,
    *,
    actor: Actor,
    now: dt.datetime,
    day: dt.date | None = None,
) -> Vendor:
    """Take back the closed *day*, or all of them. Changes nothing when it wasn't closed. Raises PartyInactive."""
    vendor = lock(session, Vendor, vendor_id, LockRank.VENDOR)
    check_active(session, actor)
    opened = [one for one in vendor.closed_days if day in (None, one)]
    if opened:
        before: dict[str, object] = {"closed_days": [one.isoformat() for one in vendor.closed_days]}
        vendor.closed_days = [one for one in vendor.closed_days if one not in opened]
        session.flush()
        audit_party(session, "vendor_opened_again", vendor, actor=actor, now=now, before=before)
    return vendor


def set_hours(
    session: Session,
    vendor_id: VendorId,
    hours: Hours,
    *,
    weekdays: Collection[int] | None = None,
    actor: Actor,
    now: dt.datetime,
) -> Vendor:
    """Open at these *hours* on these ISO *weekdays*, which are worked from now on; on all that are worked without them.

    Offers that are open keep the deadline they were made with. Raises PartyInactive.
    """
    vendor = lock(session, Vendor, vendor_id, LockRank.VENDOR)
    check_active(session, actor)
    before = _terms(vendor)
    week = same_hours(weekdays or EVERY_DAY, hours, vendor.opening.hours)
    _write_hours(vendor, week, {*vendor.working_days, *(weekdays or ())})
    session.flush()
    _audit_hours(session, vendor, before, actor=actor, now=now)
    return vendor


def set_working_day(
    session: Session, vendor_id: VendorId, weekday: int, *, is_open: bool, actor: Actor, now: dt.datetime
) -> Vendor:
    """Work on this ISO *weekday* every week, or never. Raises PartyInactive."""
    vendor = lock(session, Vendor, vendor_id, LockRank.VENDOR)
    check_active(session, actor)
    before = _terms(vendor)
    days = {*vendor.working_days, weekday} if is_open else {*vendor.working_days} - {weekday}
    vendor.working_days = sorted(days)
    session.flush()
    _audit_hours(session, vendor, before, actor=actor, now=now)
    return vendor


def _audit_hours(
    session: Session, vendor: Vendor, before: dict[str, object], *, actor: Actor, now: dt.datetime
) -> None:
    after = _terms(vendor)
    if after != before:
        audit_party(session, "vendor_hours_changed", vendor, actor=actor, now=now, before=before, after=after)


def _write_hours(vendor: Vendor, hours: Sequence[Hours], working_days: Collection[int]) -> None:
    vendor.working_days = sorted(working_days)
    vendor.opens_minutes = [shift.opens for shift in hours]
    vendor.closes_minutes = [shift.closes for shift in hours]


def _write(vendor: Vendor, facts: VendorFacts) -> None:
    vendor.business_name = require_name(facts.business_name)
    vendor.pan = facts.pan
    vendor.language = facts.language
    vendor.service_radius_km = facts.service_radius_km
    _write_hours(vendor, facts.hours, facts.working_days)
    vendor.minimum_order_minor = facts.minimum_order.minor
    vendor.commission_basis_points = facts.commission_basis_points
    write_address(vendor, facts.address)


def _terms(vendor: Vendor) -> dict[str, object]:
    return {
        "business_name": vendor.business_name,
        "service_radius_km": str(vendor.service_radius_km),
        "working_days": vendor.working_days,
        "opens_minutes": vendor.opens_minutes,
        "closes_minutes": vendor.closes_minutes,
        "minimum_order_minor": vendor.minimum_order_minor,
        "commission_basis_points": vendor.commission_basis_points,
    }
