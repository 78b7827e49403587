"""The demo market's logins, wholesalers, shops and the phones of their people."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.parties import demo_logins, service
from core.parties.models import Role, User
from core.refs import ContactId, RetailerId, VendorId
from core.seeds.people import (
    CHANNEL,
    RETAILERS,
    VENDORS,
    DemoPerson,
    DemoRetailer,
    DemoVendor,
    Side,
    people_of,
)

MONTH = dt.timedelta(days=30)
VENDORS_SINCE = 30 * MONTH


@dataclass(frozen=True, kw_only=True, slots=True)
class Shop:
    """One of the six, as it is in the database. What people have made of one that was there is left alone."""

    retailer_id: RetailerId
    demo: DemoRetailer
    is_new: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Wholesaler:
    vendor_id: VendorId
    demo: DemoVendor


def seed_admin(session: Session, *, actor: Actor, now: dt.datetime) -> User:
    return _find_user(session, demo_logins.ADMIN_EMAIL) or service.create_user(
        session,
        role=Role.ADMIN,
        name="Khaacho",
        email=demo_logins.ADMIN_EMAIL,
        password=demo_logins.ADMIN_PASSWORD,
        actor=actor,
        now=now,
    )


def seed_vendors(session: Session, *, actor: Actor, now: dt.datetime) -> list[Wholesaler]:
    return [Wholesaler(vendor_id=_vendor(session, demo, actor=actor, now=now), demo=demo) for demo in VENDORS]


def seed_retailers(session: Session, *, actor: Actor, now: dt.datetime) -> list[Shop]:
    return [_retailer(session, demo, actor=actor, now=now) for demo in RETAILERS]


def _vendor(session: Session, demo: DemoVendor, *, actor: Actor, now: dt.datetime) -> VendorId:
    if (known := _find_user(session, demo.email)) is not None and known.vendor_id is not None:
        return VendorId(known.vendor_id)
    since = now - VENDORS_SINCE
    vendor = service.create_vendor(session, demo.facts, actor=actor, now=since)
    vendor_id = VendorId(vendor.id)
    service.approve_vendor(session, vendor_id, actor=actor, now=since)
    owner, *_ = people_of(Side.VENDOR, demo.number)
    for member in people_of(Side.VENDOR, demo.number):
        contact_id = _contact(session, member, now=since)
        service.add_person(
            session, contact_id, vendor_id=vendor_id, position=member.position, actor=actor, now=since
        )
        service.set_language(session, contact_id, demo.facts.language, now=since)
    service.create_user(
        session,
        role=Role.VENDOR,
        name=owner.full_name,
        email=demo.email,
        phone=owner.phone,
        password=demo_logins.VENDOR_PASSWORD,
        vendor_id=vendor_id,
        actor=actor,
        now=since,
    )
    return vendor_id


def _retailer(session: Session, demo: DemoRetailer, *, actor: Actor, now: dt.datetime) -> Shop:
    if (known := _find_user(session, demo.email)) is not None and known.retailer_id is not None:
        return Shop(retailer_id=RetailerId(known.retailer_id), demo=demo, is_new=False)
    since = now - demo.months_old * MONTH
    retailer = service.create_retailer(session, demo.facts, actor=actor, now=since)
    retailer_id = RetailerId(retailer.id)
    service.approve_retailer(session, retailer_id, actor=actor, now=since)
    owner, *_ = people_of(Side.RETAILER, demo.number)
    for member in people_of(Side.RETAILER, demo.number):
        contact_id = _contact(session, member, now=since)
        service.add_person(
            session,
            contact_id,
            retailer_id=retailer_id,
            position=member.position,
            order_limit=member.order_limit,
            actor=actor,
            now=since,
        )
        service.set_language(session, contact_id, demo.facts.language, now=since)
    service.create_user(
        session,
        role=Role.RETAILER,
        name=owner.full_name,
        email=demo.email,
        phone=owner.phone,
        password=demo_logins.RETAILER_PASSWORD,
        retailer_id=retailer_id,
        actor=actor,
        now=since,
    )
    return Shop(retailer_id=retailer_id, demo=demo, is_new=True)


def _contact(session: Session, member: DemoPerson, *, now: dt.datetime) -> ContactId:
    contact = service.contact_for(
        session,
        channel=CHANNEL,
        addresses=[member.address],
        profile_name=member.full_name,
        phone=member.phone,
        now=now,
    )
    return ContactId(contact.id)


def _find_user(session: Session, email: str) -> User | None:
    return session.scalar(select(User).where(User.email == email))
