"""People who act for a shop or a wholesaler in the chat, their channel addresses, and joining duplicates."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Literal

from flask import Blueprint
from pydantic import Field
from sqlalchemy import or_, select

from admin_api import paging
from admin_api.endpoints import ADMIN, ADMIN_OR_RETAILER, ADMIN_OR_VENDOR, Call, endpoint
from admin_api.fields import Given, Phone, RowId, Rupees, Text, View
from admin_api.paging import PageQuery, PageView
from core.errors import NotFound
from core.parties import queries, service
from core.parties.errors import PhoneNotUnderstood
from core.parties.models import ChannelAddress, Contact, Language, Position
from core.parties.phones import find_phone
from core.parties.queries import Person
from core.refs import ContactId, RetailerId, VendorId

blueprint = Blueprint("api_people", __name__)

CHANNEL = "whatsapp"
_CONFLICT = [HTTPStatus.CONFLICT]


class PersonGiven(Given):
    """Identified by the phone. A helper's order above `order_limit` or `day_limit` waits for the owner."""

    phone: Phone
    name: Text | None = Field(default=None, examples=["Bina"])
    position: Position = Position.HELPER
    order_limit: Rupees | None = None
    day_limit: Rupees | None = Field(default=None, description="How much a helper may order per day.")
    sees_debt: bool = Field(default=False, description="Whether a helper sees what the shop owes.")


class PersonView(View):
    contact_id: int
    name: str | None
    language: Language
    position: Position
    order_limit: Rupees | None
    day_limit: Rupees | None
    sees_debt: bool
    opted_out: bool


class PeopleView(View):
    items: list[PersonView]


class ContactFilter(PageQuery):
    search: Text | None = Field(default=None, description="In the name, or the whole phone.")
    sort: Literal["id", "-id"] = "-id"


class ContactSummary(View):
    id: RowId
    name: str | None
    phone: str | None
    language: Language | None
    opted_out_at: dt.datetime | None
    created_at: dt.datetime


class ContactPage(PageView):
    items: list[ContactSummary]


class AddressOut(View):
    channel: str
    address: str
    created_at: dt.datetime


class MembershipOut(View):
    retailer_id: int | None
    vendor_id: int | None
    position: Position


class ContactOut(ContactSummary):
    addresses: list[AddressOut]
    memberships: list[MembershipOut]


class SplitOut(View):
    """Contacts that share a phone: probably one person."""

    phone: str
    contact_ids: list[int]


class SplitsOut(View):
    items: list[SplitOut]


class JoinGiven(Given):
    """The contact whose addresses and memberships move to this one."""

    other_id: RowId


@blueprint.get("/retailers/<id:retailer_id>/people")
@endpoint(tag="people", roles=ADMIN_OR_RETAILER, answer=PeopleView)
def list_retailer_people(call: Call, retailer_id: int) -> PeopleView:
    """The owner and the helpers, as WhatsApp knows them."""
    call.must_own(retailer_id=retailer_id, kind="retailers", row_id=retailer_id)
    queries.get_retailer(call.session, RetailerId(retailer_id))
    return _people(queries.people_of_retailer(call.session, RetailerId(retailer_id)))


@blueprint.post("/retailers/<id:retailer_id>/people")
@endpoint(tag="people", roles=ADMIN, answer=PeopleView, body=PersonGiven, is_keyed=True)
def add_retailer_person(call: Call, retailer_id: int, body: PersonGiven) -> PeopleView:
    """Let somebody order for the shop, or change their position and limits."""
    queries.get_retailer(call.session, RetailerId(retailer_id))
    service.add_person(
        call.session,
        _contact(call, body),
        retailer_id=RetailerId(retailer_id),
        position=body.position,
        order_limit=None if body.order_limit is None else body.order_limit.money,
        day_limit=None if body.day_limit is None else body.day_limit.money,
        sees_debt=body.sees_debt,
        actor=call.actor,
        now=call.now,
    )
    return _people(queries.people_of_retailer(call.session, RetailerId(retailer_id)))


class DebtGiven(Given):
    sees_debt: bool = Field(description="Whether this helper sees what the shop owes.")


@blueprint.put("/retailers/<id:retailer_id>/people/<id:contact_id>/debt")
@endpoint(tag="people", roles=ADMIN_OR_RETAILER, answer=PeopleView, body=DebtGiven)
def let_person_see_debt(call: Call, retailer_id: int, contact_id: int, body: DebtGiven) -> PeopleView:
    """Set whether a helper sees what the shop owes. Owners always do."""
    call.must_own(retailer_id=retailer_id, kind="retailers", row_id=retailer_id)
    service.let_see_debt(
        call.session,
        ContactId(contact_id),
        retailer_id=RetailerId(retailer_id),
        is_allowed=body.sees_debt,
        actor=call.actor,
        now=call.now,
    )
    return _people(queries.people_of_retailer(call.session, RetailerId(retailer_id)))


@blueprint.delete("/retailers/<id:retailer_id>/people/<id:contact_id>")
@endpoint(tag="people", roles=ADMIN, refusals=_CONFLICT)
def remove_retailer_person(call: Call, retailer_id: int, contact_id: int) -> None:
    """Stop somebody from ordering for the shop."""
    service.remove_person(
        call.session,
        ContactId(contact_id),
        retailer_id=RetailerId(retailer_id),
        actor=call.actor,
        now=call.now,
    )


@blueprint.get("/vendors/<id:vendor_id>/people")
@endpoint(tag="people", roles=ADMIN_OR_VENDOR, answer=PeopleView)
def list_vendor_people(call: Call, vendor_id: int) -> PeopleView:
    """Who answers offers for the wholesaler."""
    call.must_own(vendor_id=vendor_id, kind="vendors", row_id=vendor_id)
    queries.get_vendor(call.session, VendorId(vendor_id))
    return _people(queries.people_of_vendor(call.session, VendorId(vendor_id)))


@blueprint.post("/vendors/<id:vendor_id>/people")
@endpoint(tag="people", roles=ADMIN, answer=PeopleView, body=PersonGiven, is_keyed=True)
def add_vendor_person(call: Call, vendor_id: int, body: PersonGiven) -> PeopleView:
    """Let somebody answer offers for the wholesaler."""
    queries.get_vendor(call.session, VendorId(vendor_id))
    service.add_person(
        call.session,
        _contact(call, body),
        vendor_id=VendorId(vendor_id),
        position=body.position,
        actor=call.actor,
        now=call.now,
    )
    return _people(queries.people_of_vendor(call.session, VendorId(vendor_id)))


@blueprint.delete("/vendors/<id:vendor_id>/people/<id:contact_id>")
@endpoint(tag="people", roles=ADMIN, refusals=_CONFLICT)
def remove_vendor_person(call: Call, vendor_id: int, contact_id: int) -> None:
    """Stop somebody from answering offers."""
    service.remove_person(
        call.session, ContactId(contact_id), vendor_id=VendorId(vendor_id), actor=call.actor, now=call.now
    )


@blueprint.get("/contacts")
@endpoint(tag="people", roles=ADMIN, answer=ContactPage, query=ContactFilter)
def list_contacts(call: Call, query: ContactFilter) -> ContactPage:
    """Everybody who has ever written to us."""
    wanted = select(Contact)
    if query.search:
        wanted = wanted.where(
            or_(Contact.name.icontains(query.search, autoescape=True), Contact.phone == query.search)
        )
    found = paging.cut(call.session, wanted, key=Contact.id, page=query, sort=query.sort)
    return ContactPage(items=[_summary(row) for row in found.items], total=found.total, next=found.next)


@blueprint.get("/contacts/split")
@endpoint(tag="people", roles=ADMIN, answer=SplitsOut)
def list_split_contacts(call: Call) -> SplitsOut:
    """Contacts that share a phone, for an admin to join."""
    return SplitsOut(
        items=[
            SplitOut(phone=phone, contact_ids=list(ids))
            for phone, ids in queries.split_contacts(call.session)
        ]
    )


@blueprint.get("/contacts/<id:contact_id>")
@endpoint(tag="people", roles=ADMIN, answer=ContactOut)
def get_contact(call: Call, contact_id: int) -> ContactOut:
    """One person, their channel addresses, and whom they act for."""
    return _contact_out(call, queries.get_contact(call.session, ContactId(contact_id)))


@blueprint.post("/contacts/<id:contact_id>/join")
@endpoint(
    tag="people",
    roles=ADMIN,
    answer=ContactOut,
    body=JoinGiven,
    is_keyed=True,
    refusals=[HTTPStatus.CONFLICT],
)
def join_contacts(call: Call, contact_id: int, body: JoinGiven) -> ContactOut:
    """Say that two contacts are one person."""
    if body.other_id == contact_id:
        raise NotFound(kind="contacts", id=body.other_id)
    kept = service.join_contacts(
        call.session,
        keep_id=ContactId(contact_id),
        other_id=ContactId(body.other_id),
        actor=call.actor,
        now=call.now,
    )
    return _contact_out(call, kept)


def _contact(call: Call, body: PersonGiven) -> ContactId:
    phone = find_phone(body.phone)
    if phone is None:
        raise PhoneNotUnderstood(phone=body.phone)
    contact = service.contact_for(
        call.session,
        channel=CHANNEL,
        addresses=[f"{CHANNEL}:{phone}"],
        profile_name=body.name,
        phone=phone,
        now=call.now,
    )
    return ContactId(contact.id)


def _people(people: list[Person]) -> PeopleView:
    return PeopleView(
        items=[
            PersonView(
                contact_id=person.contact_id,
                name=person.name,
                language=person.language,
                position=person.position,
                order_limit=None if person.order_limit is None else Rupees.of(person.order_limit),
                day_limit=None if person.day_limit is None else Rupees.of(person.day_limit),
                sees_debt=person.sees_debt,
                opted_out=person.opted_out,
            )
            for person in people
        ]
    )


def _summary(contact: Contact) -> ContactSummary:
    return ContactSummary(
        id=contact.id,
        name=contact.name,
        phone=contact.phone,
        language=contact.language,
        opted_out_at=contact.opted_out_at,
        created_at=contact.created_at,
    )


def _contact_out(call: Call, contact: Contact) -> ContactOut:
    addresses = call.session.scalars(
        select(ChannelAddress).where(ChannelAddress.contact_id == contact.id).order_by(ChannelAddress.id)
    )
    return ContactOut(
        **dict(_summary(contact)),
        addresses=[
            AddressOut(channel=row.channel, address=row.address, created_at=row.created_at)
            for row in addresses
        ],
        memberships=[
            MembershipOut(retailer_id=row.retailer_id, vendor_id=row.vendor_id, position=row.position)
            for row in queries.memberships(call.session, ContactId(contact.id))
        ],
    )
