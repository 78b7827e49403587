"""Shops: applying by chat, being approved or refused, and being blocked. Nothing is ever active by itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.db.locks import LockRank, lock
from core.errors import ChangedMeanwhile
from core.events import RetailerApplied, RetailerApproved, RetailerDeactivated, RetailerRefused
from core.outbox.service import record
from core.parties.address import Address, write_address
from core.parties.errors import AlreadyApproved
from core.parties.models import (
    Approval,
    Contact,
    Language,
    Membership,
    Position,
    Retailer,
    User,
    retailer_codes,
)
from core.parties.naming import clean_name, require_name
from core.parties.service.auditing import audit_party
from core.parties.service.users import end_sign_ins
from core.parties.sign_in_models import EndReason
from core.refs import ContactId, RetailerId, VendorId


@dataclass(frozen=True, kw_only=True, slots=True)
class RetailerFacts:
    """What is known of a shop besides its approval."""

    shop_name: str
    owner_name: str | None = None
    pan: str | None = None
    address: Address = field(default_factory=Address)
    language: Language = Language.ENGLISH
    terms_days: int = 30


def apply_retailer(
    session: Session,
    contact_id: ContactId,
    *,
    shop_name: str,
    area: str | None,
    location: tuple[Decimal, Decimal] | None,
    language: Language,
    introduced_by: VendorId | None = None,
    actor: Actor,
    now: dt.datetime,
) -> Retailer:
    """Apply for a shop: it waits for approval, and the person is its owner.

    Applying again while waiting corrects the facts; after a refusal it is a new application; an approved owner gets
    the shop they have, unchanged (an admin opens a second one).
    """
    contact = lock(session, Contact, contact_id, LockRank.CONTACT)
    latitude, longitude = location or (None, None)
    facts = RetailerFacts(
        shop_name=shop_name,
        owner_name=contact.name,
        address=Address(area=area, latitude=latitude, longitude=longitude),
        language=language,
    )
    retailer = _newest_owned(session, contact)
    if retailer is not None and retailer.approval is Approval.APPROVED:
        return retailer
    asks_again = retailer is not None and retailer.approval is Approval.APPLIED
    if retailer is None:
        retailer = _new_retailer(session, now=now)
        session.add(retailer)
    _write(retailer, facts)
    retailer.approval = Approval.APPLIED
    retailer.introduced_by_id = retailer.introduced_by_id or introduced_by
    session.flush()
    if not asks_again:
        _make_owner(session, contact, retailer)
        record(session, RetailerApplied(retailer_id=retailer.id, contact_id=contact.id), actor=actor, now=now)
    contact.language = contact.language or language
    session.flush()
    return retailer


def keep_introduction(
    session: Session, retailer_id: RetailerId, vendor_id: VendorId, *, actor: Actor, now: dt.datetime
) -> bool:
    """Keep by whose link a shop came that still waits for approval. False when that is known, or decided."""
    retailer = lock(session, Retailer, retailer_id, LockRank.RETAILER)
    if retailer.introduced_by_id is not None or retailer.approval is not Approval.APPLIED:
        return False
    retailer.introduced_by_id = vendor_id
    session.flush()
    audit_party(
        session, "retailer_introduced", retailer, actor=actor, now=now, after={"introduced_by_id": vendor_id}
    )
    return True


def create_retailer(session: Session, facts: RetailerFacts, *, actor: Actor, now: dt.datetime) -> Retailer:
    """Enter a shop as an admin. It waits for approval like any other."""
    retailer = _new_retailer(session, now=now)
    _write(retailer, facts)
    session.add(retailer)
    session.flush()
    audit_party(session, "retailer_created", retailer, actor=actor, now=now)
    return retailer


def update_retailer(
    session: Session, retailer_id: RetailerId, facts: RetailerFacts, *, actor: Actor, now: dt.datetime
) -> Retailer:
    retailer = lock(session, Retailer, retailer_id, LockRank.RETAILER)
    before = _terms(retailer)
    _write(retailer, facts)
    session.flush()
    audit_party(
        session, "retailer_updated", retailer, actor=actor, now=now, before=before, after=_terms(retailer)
    )
    return retailer


def approve_retailer(
    session: Session,
    retailer_id: RetailerId,
    *,
    seen: Approval | None = None,
    actor: Actor,
    now: dt.datetime,
) -> Retailer:
    """Let the shop order. A second approval changes nothing and tells nobody.

    Raises ChangedMeanwhile if it isn't any more what it was when it was *seen*.
    """
    retailer = lock(session, Retailer, retailer_id, LockRank.RETAILER)
    if seen is not None and retailer.approval is not seen:
        raise ChangedMeanwhile(retailer_id=retailer.id)
    if retailer.approval is Approval.APPROVED:
        return retailer
    retailer.approval = Approval.APPROVED
    retailer.approved_at = now
    session.flush()
    record(session, RetailerApproved(retailer_id=retailer.id), actor=actor, now=now)
    audit_party(session, "retailer_approved", retailer, actor=actor, now=now)
    return retailer


def refuse_retailer(
    session: Session, retailer_id: RetailerId, *, reason: str, actor: Actor, now: dt.datetime
) -> Retailer:
    """Turn an application down. Raises AlreadyApproved; a second refusal changes nothing."""
    retailer = lock(session, Retailer, retailer_id, LockRank.RETAILER)
    if retailer.approval is Approval.APPROVED:
        raise AlreadyApproved(retailer_id=retailer.id)
    if retailer.approval is Approval.REFUSED:
        return retailer
    retailer.approval = Approval.REFUSED
    session.flush()
    record(session, RetailerRefused(retailer_id=retailer.id, reason=reason), actor=actor, now=now)
    audit_party(session, "retailer_refused", retailer, actor=actor, now=now, reason=reason)
    return retailer


def block_retailer(
    session: Session, retailer_id: RetailerId, *, reason: str, actor: Actor, now: dt.datetime
) -> Retailer:
    """Stop credit orders; login, payments and cash orders go on. The first block stands until it is lifted."""
    retailer = lock(session, Retailer, retailer_id, LockRank.RETAILER)
    if retailer.blocked_at is not None:
        return retailer
    retailer.blocked_at = now
    retailer.block_reason = reason
    session.flush()
    audit_party(session, "retailer_blocked", retailer, actor=actor, now=now, reason=reason)
    return retailer


def unblock_retailer(
    session: Session, retailer_id: RetailerId, *, reason: str, actor: Actor, now: dt.datetime
) -> Retailer:
    retailer = lock(session, Retailer, retailer_id, LockRank.RETAILER)
    if retailer.blocked_at is None:
        return retailer
    before: dict[str, object] = {
        "blocked_at": retailer.blocked_at.isoformat(),
        "block_reason": retailer.block_reason,
    }
    retailer.blocked_at = None
    retailer.block_reason = None
    session.flush()
    audit_party(session, "retailer_unblocked", retailer, actor=actor, now=now, before=before, reason=reason)
    return retailer


def activate_retailer(
    session: Session, retailer_id: RetailerId, *, reason: str, actor: Actor, now: dt.datetime
) -> Retailer:
    """Let the shop's people act for it again. A second time changes nothing."""
    retailer = lock(session, Retailer, retailer_id, LockRank.RETAILER)
    if not retailer.is_active:
        retailer.is_active = True
        session.flush()
        audit_party(session, "retailer_activated", retailer, actor=actor, now=now, reason=reason)
    return retailer


def deactivate_retailer(
    session: Session, retailer_id: RetailerId, *, reason: str, actor: Actor, now: dt.datetime
) -> Retailer:
    """Stop everybody from acting for the shop, in the chat and through the API. Its debts stay.

    What has not left for it is canceled (`core.orders.stopping`).
    """
    retailer = lock(session, Retailer, retailer_id, LockRank.RETAILER)
    if retailer.is_active:
        retailer.is_active = False
        session.flush()
        end_sign_ins(session, User.retailer_id == retailer.id, reason=EndReason.DEACTIVATED, now=now)
        audit_party(session, "retailer_deactivated", retailer, actor=actor, now=now, reason=reason)
        record(session, RetailerDeactivated(retailer_id=retailer.id), actor=actor, now=now)
    return retailer


def _new_retailer(session: Session, *, now: dt.datetime) -> Retailer:
    return Retailer(code=f"R-{session.scalar(retailer_codes):04d}", created_at=now)


def _write(retailer: Retailer, facts: RetailerFacts) -> None:
    retailer.shop_name = require_name(facts.shop_name)
    retailer.owner_name = clean_name(facts.owner_name)
    retailer.pan = facts.pan
    retailer.language = facts.language
    retailer.terms_days = facts.terms_days
    write_address(retailer, facts.address)


def _terms(retailer: Retailer) -> dict[str, object]:
    return {"shop_name": retailer.shop_name, "pan": retailer.pan, "terms_days": retailer.terms_days}


def _newest_owned(session: Session, contact: Contact) -> Retailer | None:
    return session.scalar(
        select(Retailer)
        .join(Membership, Membership.retailer_id == Retailer.id)
        .where(Membership.contact_id == contact.id, Membership.position == Position.OWNER)
        .order_by(Retailer.id.desc())
        .limit(1)
    )


def _make_owner(session: Session, contact: Contact, retailer: Retailer) -> None:
    owner = session.scalar(
        select(Membership).where(Membership.contact_id == contact.id, Membership.retailer_id == retailer.id)
    )
    if owner is None:
        session.add(Membership(contact_id=contact.id, retailer_id=retailer.id, position=Position.OWNER))
        session.flush()
