"""Reads about people: parties, who acts for them, and who may sign in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, bindparam, exists, false, func, select
from sqlalchemy.orm import Session, aliased

from core.actor import Actor, ActorKind
from core.db.session import read_once
from core.errors import NotFound
from core.money import Money
from core.parties import passwords
from core.parties.demo_logins import DEMO_LOGINS
from core.parties.errors import PartyInactive
from core.parties.models import (
    Approval,
    ChannelAddress,
    Contact,
    Language,
    Membership,
    Position,
    Retailer,
    User,
    Vendor,
)
from core.refs import ContactId, RetailerId, UserId, VendorId

Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody who acts for a party. `language` is their own choice, else the party's."""

    contact_id: ContactId
    name: str | None
    language: Language
    position: Position
    order_limit: Money | None
    day_limit: Money | None
    # What the shop owes is shown to its owners, and to a helper whom an owner allowed it.
    sees_debt: bool
    opted_out: bool


def get_contact(session: Session, contact_id: ContactId) -> Contact:
    return _found(session.get(Contact, contact_id), "contacts", contact_id)


def get_retailer(session: Session, retailer_id: RetailerId) -> Retailer:
    return _found(_get_once(session, Retailer, retailer_id), "retailers", retailer_id)


def get_vendor(session: Session, vendor_id: VendorId) -> Vendor:
    return _found(_get_once(session, Vendor, vendor_id), "vendors", vendor_id)


def get_user(session: Session, user_id: UserId) -> User:
    return _found(session.get(User, user_id), "users", user_id)


# Built once: it runs for every message that comes in.
_KNOWN_BY: Final = (
    select(ChannelAddress.contact_id)
    .join(Contact, Contact.id == ChannelAddress.contact_id)
    .where(
        ChannelAddress.channel == bindparam("channel"),
        ChannelAddress.address.in_(bindparam("addresses", expanding=True)),
        Contact.name.is_not(None),
        Contact.phone.is_not(None),
    )
)


def find_known_contact(session: Session, *, channel: str, addresses: Collection[str]) -> ContactId | None:
    """The one person whom all *addresses* name and of whom a message can teach nothing; None asks `contact_for`."""
    owners = session.connection().scalars(_KNOWN_BY, {"channel": channel, "addresses": list(addresses)}).all()
    return ContactId(owners[0]) if len(owners) == len(addresses) and len(set(owners)) == 1 else None


def addresses_of(session: Session, contact_id: ContactId, *, channel: str) -> tuple[str, ...]:
    """The names that *channel* has for this person, oldest first."""
    return tuple(
        session.scalars(
            select(ChannelAddress.address)
            .where(ChannelAddress.contact_id == contact_id, ChannelAddress.channel == channel)
            .order_by(ChannelAddress.id)
        )
    )


def memberships(session: Session, contact_id: ContactId) -> list[Membership]:
    """The parties this contact acts for, oldest first."""
    return list(
        session.scalars(select(Membership).where(Membership.contact_id == contact_id).order_by(Membership.id))
    )


def acting_only_for(
    session: Session, *, retailer_id: int | None = None, vendor_id: int | None = None
) -> list[ContactId]:
    """The contacts of this shop or vendor who act for nobody else."""
    other = aliased(Membership)
    is_alone = ~exists().where(other.contact_id == Membership.contact_id, other.id != Membership.id)
    party = (
        Membership.vendor_id == vendor_id if retailer_id is None else Membership.retailer_id == retailer_id
    )
    return [
        ContactId(found) for found in session.scalars(select(Membership.contact_id).where(party, is_alone))
    ]


def check_active(session: Session, actor: Actor) -> None:
    """Raise PartyInactive when the actor's vendor or shop was deactivated. Admins and the system always act.

    Asks the database each time: whoever waited for a lock calls it behind the lock, and is refused if the party was
    deactivated meanwhile. Raises NotFound.
    """
    if actor.kind is ActorKind.VENDOR and actor.vendor_id is not None:
        is_active = session.scalar(select(Vendor.is_active).where(Vendor.id == actor.vendor_id))
        if not _found(is_active, "vendors", actor.vendor_id):
            raise PartyInactive(vendor_id=actor.vendor_id)
    elif actor.kind is ActorKind.RETAILER and actor.retailer_id is not None:
        is_active = session.scalar(select(Retailer.is_active).where(Retailer.id == actor.retailer_id))
        if not _found(is_active, "retailers", actor.retailer_id):
            raise PartyInactive(retailer_id=actor.retailer_id)


def have_person_in_common(session: Session, retailer_id: RetailerId, vendor_id: VendorId) -> bool:
    """Whether somebody stands on both sides: one contact, or one phone of contacts and users. An e-mail is one user's."""
    return not _names(session, retailer_id=retailer_id).isdisjoint(_names(session, vendor_id=vendor_id))


def _names(
    session: Session, *, retailer_id: RetailerId | None = None, vendor_id: VendorId | None = None
) -> set[str]:
    """Everything that tells who acts for the party: contacts, their phones, phones of its users."""
    contacts = session.execute(
        select(Contact.id, Contact.phone)
        .join(Membership, Membership.contact_id == Contact.id)
        .where(
            Membership.retailer_id == retailer_id if vendor_id is None else Membership.vendor_id == vendor_id
        )
    ).all()
    users = session.scalars(
        select(User.phone).where(
            User.retailer_id == retailer_id if vendor_id is None else User.vendor_id == vendor_id
        )
    )
    names = {f"contact:{contact_id}" for contact_id, _ in contacts}
    return names | {phone for phone in (*(phone for _, phone in contacts), *users) if phone}


def contact_with_parties(
    session: Session, contact_id: ContactId
) -> tuple[Contact, list[tuple[Membership, Retailer | None, Vendor | None]]]:
    """The contact and the parties they act for, oldest first, in one statement. Raises NotFound."""
    rows = session.execute(
        select(Contact, Membership, Retailer, Vendor)
        .outerjoin(Membership, Membership.contact_id == Contact.id)
        .outerjoin(Retailer, Retailer.id == Membership.retailer_id)
        .outerjoin(Vendor, Vendor.id == Membership.vendor_id)
        .where(Contact.id == contact_id)
        .order_by(Membership.id)
    ).all()
    kept = read_once(session)
    for row in rows:
        kept.update({(type(party), party.id): party for party in (row[2], row[3]) if party is not None})
    contact = _found(rows[0][0] if rows else None, "contacts", contact_id)
    return contact, [(membership, retailer, vendor) for _, membership, retailer, vendor in rows if membership]


def people_of_retailer(session: Session, retailer_id: RetailerId) -> list[Person]:
    """Owners first, then helpers, oldest first."""
    rows = session.execute(
        select(Contact, Membership, Retailer.language)
        .join(Membership, Membership.contact_id == Contact.id)
        .join(Retailer, Retailer.id == Membership.retailer_id)
        .where(Membership.retailer_id == retailer_id)
        .order_by(Membership.position.desc(), Membership.id)
    )
    return [_person(contact, membership, language) for contact, membership, language in rows]


def people_of_vendor(session: Session, vendor_id: VendorId) -> list[Person]:
    """Owners first, then helpers, oldest first."""
    rows = session.execute(
        select(Contact, Membership, Vendor.language)
        .join(Membership, Membership.contact_id == Contact.id)
        .join(Vendor, Vendor.id == Membership.vendor_id)
        .where(Membership.vendor_id == vendor_id)
        .order_by(Membership.position.desc(), Membership.id)
    )
    return [_person(contact, membership, language) for contact, membership, language in rows]


def names_of_vendors(
    session: Session, vendor_ids: Collection[VendorId] | None = None
) -> dict[VendorId, list[str]]:
    """By what these vendors are called, or all active ones: the business and everybody who acts for it."""
    statement = (
        select(Vendor.id, Vendor.business_name, Contact.name)
        .outerjoin(Membership, Membership.vendor_id == Vendor.id)
        .outerjoin(Contact, Contact.id == Membership.contact_id)
        .order_by(Vendor.id, Contact.id)
    )
    if vendor_ids is None:
        statement = statement.where(Vendor.is_active)
    else:
        statement = statement.where(Vendor.id.in_(vendor_ids))
    names: dict[VendorId, list[str]] = {}
    for vendor_id, business, person in session.execute(statement):
        known = names.setdefault(VendorId(vendor_id), [business])
        known += [person] if person else []
    return names


def vendors_by_ids(session: Session, vendor_ids: Iterable[VendorId]) -> dict[VendorId, Vendor]:
    rows = session.scalars(select(Vendor).where(Vendor.id.in_(set(vendor_ids))))
    return {VendorId(row.id): row for row in rows}


def least_minimum_order(session: Session) -> Money | None:
    """The smallest minimum that a wholesaler sets for an order, before VAT; None when somebody sets none."""
    least = session.scalar(
        select(func.min(Vendor.minimum_order_minor)).where(
            Vendor.approval == Approval.APPROVED, Vendor.is_active
        )
    )
    return Money(least) if least else None


def has_stopped() -> ColumnElement[bool]:
    """Whether every contact of a vendor has sent STOP, as a column of a statement about vendors: it gets no offers until START.

    One without any contact has not.
    """
    have_all_stopped = (
        select(func.bool_and(Contact.opted_out_at.is_not(None)))
        .join(Membership, Membership.contact_id == Contact.id)
        .where(Membership.vendor_id == Vendor.id)
        .correlate(Vendor)
        .scalar_subquery()
    )
    return func.coalesce(have_all_stopped, false())


def split_contacts(session: Session) -> list[tuple[str, tuple[ContactId, ...]]]:
    """People who share a phone, with that phone: probably one person under two addresses, for an admin to join."""
    rows = session.execute(
        select(Contact.phone, func.array_agg(Contact.id))
        .where(Contact.phone.is_not(None))
        .group_by(Contact.phone)
        .having(func.count() > 1)
        .order_by(Contact.phone)
    )
    return [(phone or "", tuple(ContactId(contact_id) for contact_id in sorted(ids))) for phone, ids in rows]


def has_demo_logins(session: Session) -> bool:
    """Whether somebody could sign in with a published demo password. Costs a hash for each demo e-mail in use."""
    users: Sequence[User] = session.scalars(
        select(User).where(func.lower(User.email).in_(DEMO_LOGINS), User.is_active)
    ).all()
    return any(
        passwords.is_password(DEMO_LOGINS[(user.email or "").lower()], user.password_hash) for user in users
    )


def _get_once(session: Session, model: type[Row], row_id: int) -> Row | None:
    """As `get`; the session itself keeps a row only while somebody refers to it, and would read it again and again."""
    row = session.get(model, row_id)
    read_once(session)[model, row_id] = row
    return row


def _found(row: Row | None, kind: str, row_id: int) -> Row:
    if row is None:
        raise NotFound(kind=kind, id=row_id)
    return row


def _person(contact: Contact, membership: Membership, party_language: Language) -> Person:
    order_limit, day_limit = (
        None if limit is None else Money(limit)
        for limit in (membership.order_limit_minor, membership.day_limit_minor)
    )
    return Person(
        contact_id=ContactId(contact.id),
        name=contact.name,
        language=contact.language or party_language,
        position=membership.position,
        order_limit=order_limit,
        day_limit=day_limit,
        sees_debt=membership.sees_debt or membership.position is Position.OWNER,
        opted_out=contact.opted_out_at is not None,
    )
