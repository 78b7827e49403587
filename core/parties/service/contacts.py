"""Who is writing: contacts, the names a channel has for them, and the parties they act for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit.service import record_action
from core.db.locks import LockRank, lock_all
from core.errors import NotFound
from core.events import DebtAsked
from core.money import Money
from core.outbox.service import record
from core.parties import queries
from core.parties.errors import LastOwner
from core.parties.models import ChannelAddress, Contact, Language, Membership, Position
from core.parties.naming import clean_name
from core.refs import ContactId, RetailerId, VendorId


def contact_for(
    session: Session,
    *,
    channel: str,
    addresses: Sequence[str],
    profile_name: str | None,
    now: dt.datetime,
    phone: str | None = None,
) -> Contact:
    """The person whom *channel* names by any of *addresses*; created when nobody is known by them.

    New addresses are learned. When the addresses belong to different people, the person of the first known one answers
    and nothing is moved: an admin joins them (`queries.split_contacts` lists such people by their common phone).
    """
    if not addresses:
        raise ValueError("a sender has at least one address")
    known = _owners(session, channel, addresses)
    if len(known) < len(set(addresses)):
        # Two webhooks of one new sender: the second waits here until the first has committed, then finds its contact.
        for address in sorted(set(addresses)):
            session.execute(
                select(func.pg_advisory_xact_lock(func.hashtextextended(f"{channel} {address}", 0)))
            )
        known = _owners(session, channel, addresses)
    contact_id = next((known[address] for address in addresses if address in known), None)
    if contact_id is None:
        contact = Contact(name=clean_name(profile_name), phone=phone, created_at=now)
        session.add(contact)
        session.flush()
    else:
        contact = queries.get_contact(session, contact_id)
        _learn(contact, profile_name=profile_name, phone=phone)
    for other_id in set(known.values()) - {contact.id}:
        _learn(queries.get_contact(session, other_id), profile_name=None, phone=phone)
    for address in dict.fromkeys(addresses):
        if address not in known:
            session.add(
                ChannelAddress(contact_id=contact.id, channel=channel, address=address, created_at=now)
            )
    session.flush()
    return contact


def set_language(session: Session, contact_id: ContactId, language: Language, *, now: dt.datetime) -> None:  # noqa: ARG001 - every use case is told the time
    queries.get_contact(session, contact_id).language = language
    session.flush()


def opt_out(session: Session, contact_id: ContactId, *, now: dt.datetime) -> bool:
    """STOP. False when the person had stopped before: the first time stands."""
    return _set_opted_out(session, contact_id, now, Contact.opted_out_at.is_(None))


def opt_in(session: Session, contact_id: ContactId, *, now: dt.datetime) -> bool:  # noqa: ARG001
    """START. False when the person had not stopped."""
    return _set_opted_out(session, contact_id, None, Contact.opted_out_at.is_not(None))


def add_person(
    session: Session,
    contact_id: ContactId,
    *,
    position: Position,
    actor: Actor,
    now: dt.datetime,
    retailer_id: RetailerId | None = None,
    vendor_id: VendorId | None = None,
    order_limit: Money | None = None,
    day_limit: Money | None = None,
    sees_debt: bool = False,
) -> Membership:
    """Let a contact act for one party. A second call changes position and limits."""
    membership = session.scalars(
        insert(Membership)
        .values(
            contact_id=contact_id,
            retailer_id=retailer_id,
            vendor_id=vendor_id,
            position=position,
            order_limit_minor=_minor(order_limit),
            day_limit_minor=_minor(day_limit),
            sees_debt=sees_debt,
        )
        .on_conflict_do_update(
            index_elements=["contact_id", "retailer_id" if vendor_id is None else "vendor_id"],
            set_={
                "position": position,
                "order_limit_minor": _minor(order_limit),
                "day_limit_minor": _minor(day_limit),
                "sees_debt": sees_debt,
            },
        )
        .returning(Membership),
        execution_options={"populate_existing": True},
    ).one()
    record_action(
        session,
        "person_added",
        subject_kind="contact",
        subject_id=contact_id,
        actor=actor,
        now=now,
        after={"retailer_id": retailer_id, "vendor_id": vendor_id, "position": position},
    )
    return membership


def let_see_debt(
    session: Session,
    contact_id: ContactId,
    *,
    retailer_id: RetailerId,
    is_allowed: bool,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Let a helper see what the shop owes, or not. Raises NotFound for somebody who does not act for the shop."""
    membership = session.scalar(
        select(Membership)
        .where(Membership.contact_id == contact_id, Membership.retailer_id == retailer_id)
        .with_for_update()
    )
    if membership is None:
        raise NotFound(kind="people", id=contact_id)
    if membership.sees_debt is is_allowed:
        return
    membership.sees_debt = is_allowed
    session.flush()
    record_action(
        session,
        "debt_shown" if is_allowed else "debt_hidden",
        subject_kind="contact",
        subject_id=contact_id,
        actor=actor,
        now=now,
        after={"retailer_id": retailer_id, "sees_debt": is_allowed},
    )


def ask_to_see_debt(
    session: Session, contact_id: ContactId, *, retailer_id: RetailerId, actor: Actor, now: dt.datetime
) -> None:
    """A helper asked what the shop owes: the owners are asked whether they may see it."""
    record(session, DebtAsked(retailer_id=retailer_id, contact_id=contact_id), actor=actor, now=now)


def remove_person(
    session: Session,
    contact_id: ContactId,
    *,
    actor: Actor,
    now: dt.datetime,
    retailer_id: RetailerId | None = None,
    vendor_id: VendorId | None = None,
) -> None:
    """Stop a contact from acting for a party. Raises NotFound, and LastOwner because every party keeps an owner."""
    party = Membership.retailer_id == retailer_id if vendor_id is None else Membership.vendor_id == vendor_id
    people = session.scalars(select(Membership).where(party).order_by(Membership.id).with_for_update()).all()
    leaving = next((row for row in people if row.contact_id == contact_id), None)
    if leaving is None:
        raise NotFound(kind="memberships", id=contact_id)
    owners = [row for row in people if row.position is Position.OWNER]
    if owners == [leaving]:
        raise LastOwner(contact_id=contact_id)
    session.delete(leaving)
    session.flush()
    record_action(
        session,
        "person_removed",
        subject_kind="contact",
        subject_id=contact_id,
        actor=actor,
        now=now,
        before={"retailer_id": retailer_id, "vendor_id": vendor_id, "position": leaving.position},
    )


def join_contacts(
    session: Session, *, keep_id: ContactId, other_id: ContactId, actor: Actor, now: dt.datetime
) -> Contact:
    """Say that two contacts are one person: addresses and memberships of the other move to the kept one.

    The other contact stays, with its conversations, as a record that nobody writes to any more.
    """
    contacts = lock_all(session, Contact, [keep_id, other_id], LockRank.CONTACT)
    if len(contacts) != 2:
        raise NotFound(kind="contacts", id=[keep_id, other_id])
    kept, other = contacts[keep_id], contacts[other_id]
    session.execute(
        update(ChannelAddress).where(ChannelAddress.contact_id == other.id).values(contact_id=kept.id)
    )
    held = {(row.retailer_id, row.vendor_id) for row in queries.memberships(session, keep_id)}
    for membership in queries.memberships(session, other_id):
        if (membership.retailer_id, membership.vendor_id) in held:
            session.delete(membership)
        else:
            membership.contact_id = kept.id
    _learn(kept, profile_name=other.name, phone=other.phone)
    other.phone = None
    session.flush()
    record_action(
        session,
        "contacts_joined",
        subject_kind="contact",
        subject_id=kept.id,
        actor=actor,
        now=now,
        after={"joined": other.id},
    )
    return kept


def _minor(limit: Money | None) -> int | None:
    """A limit of nothing is a limit, not the lack of one."""
    return None if limit is None else limit.minor


def _owners(session: Session, channel: str, addresses: Sequence[str]) -> dict[str, ContactId]:
    rows = session.execute(
        select(ChannelAddress.address, ChannelAddress.contact_id).where(
            ChannelAddress.channel == channel, ChannelAddress.address.in_(addresses)
        )
    )
    return {address: ContactId(contact_id) for address, contact_id in rows}


def _learn(contact: Contact, *, profile_name: str | None, phone: str | None) -> None:
    """Fill what was not known. What a person or an admin said before is not overwritten by a profile."""
    contact.name = contact.name or clean_name(profile_name)
    contact.phone = contact.phone or phone


def _set_opted_out(
    session: Session, contact_id: ContactId, value: dt.datetime | None, differs: ColumnElement[bool]
) -> bool:
    changed = session.scalar(
        update(Contact)
        .where(Contact.id == contact_id, differs)
        .values(opted_out_at=value)
        .returning(Contact.id)
    )
    if changed is None:
        queries.get_contact(session, contact_id)
    return changed is not None
