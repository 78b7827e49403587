"""Vendors: creating and approving them, their radius, working days and commission. A vendor sees itself."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any, Literal

from flask import Blueprint
from pydantic import BeforeValidator, Field
from sqlalchemy import or_, select

from admin_api import paging
from admin_api.endpoints import ADMIN, ADMIN_OR_VENDOR, Call, endpoint
from admin_api.fields import Day, Given, Pan, ReasonGiven, RowId, Rupees, Text, View, plain_decimal
from admin_api.paging import PageQuery, PageView, narrow
from admin_api.resources.addresses import AddressGiven, AddressView, address_of, address_view
from core.db.locks import LockRank, lock
from core.money import Money
from core.parties import queries, service
from core.parties.models import Approval, Language, Vendor
from core.parties.opening import Hours, by_weekday
from core.parties.service import VendorFacts
from core.refs import VendorId

blueprint = Blueprint("api_vendors", __name__)

Radius = Annotated[
    Decimal,
    Field(gt=0, le=2000, max_digits=6, decimal_places=2, examples=["50.00"]),
    BeforeValidator(plain_decimal),
]
Weekday = Annotated[int, Field(ge=1, le=7, description="ISO: 1 is Monday, 7 is Sunday.")]
Clock = Annotated[
    str, Field(pattern=r"^(?:[01]\d|2[0-3]):[0-5]\d$", description="Kathmandu time.", examples=["07:00"])
]
BasisPoints = Annotated[int, Field(ge=0, le=10_000, description="Hundredths of a per cent.", examples=[200])]
NEPALS_WEEK: list[int] = [7, 1, 2, 3, 4, 5]


class ShiftGiven(Given):
    """From when until when a weekday's shift lasts. It ends on the next day when `closes` is not after `opens`."""

    opens: Clock = Field(examples=["07:00"])
    closes: Clock = Field(examples=["20:00"])

    def hours(self) -> Hours:
        return Hours.between(dt.time.fromisoformat(self.opens), dt.time.fromisoformat(self.closes))


class HoursGiven(ShiftGiven):
    """The hours of these weekdays, which are worked from now on; without weekdays, of all that are worked."""

    weekdays: list[Weekday] | None = Field(default=None, min_length=1, max_length=7)


class WorkingDayGiven(Given):
    """Whether this weekday is worked every week."""

    weekday: Weekday
    is_open: bool


class ShiftView(View):
    """One weekday that is worked."""

    weekday: int
    opens: str = Field(examples=["07:00"])
    closes: str = Field(examples=["20:00"], description="On the next day when it is not after `opens`.")


class VendorFilter(PageQuery):
    approval: Approval | None = None
    is_active: bool | None = None
    search: Text | None = Field(default=None, description="Part of the business name, or the whole code.")
    sort: Literal["id", "-id", "business_name", "-business_name", "created_at", "-created_at"] = "id"


class VendorGiven(Given):
    business_name: Text = Field(examples=["Himal Traders"])
    pan: Pan | None = None
    language: Language = Language.ENGLISH
    address: AddressGiven = Field(default_factory=AddressGiven)
    service_radius_km: Radius = Decimal(50)
    working_days: list[Weekday] = Field(default=NEPALS_WEEK, max_length=7)
    minimum_order: Rupees = Rupees(amount="0.00")
    commission_basis_points: BasisPoints = 200


class VendorChange(Given):
    """Only the given fields change."""

    business_name: Text | None = Field(default=None, examples=["Himal Traders"])
    pan: Pan | None = None
    language: Language | None = None
    address: AddressGiven | None = None
    service_radius_km: Radius | None = None
    working_days: list[Weekday] | None = Field(default=None, max_length=7)
    minimum_order: Rupees | None = None
    commission_basis_points: BasisPoints | None = None


class ClosedGiven(Given):
    """The day without new offers; by default today."""

    day: Day | None = None


class OpenedGiven(Given):
    """The closed day that is taken back; all of them without it."""

    day: Day | None = None


class VendorView(View):
    id: RowId
    code: str = Field(examples=["V-0001"])
    business_name: str
    pan: str | None
    language: Language
    approval: Approval
    approved_at: dt.datetime | None
    is_active: bool
    address: AddressView
    service_radius_km: str = Field(examples=["50.00"])
    working_days: list[int]
    opening_hours: list[ShiftView]
    closed_days: list[dt.date] = Field(description="Days without new offers, beside the weekly ones.")
    minimum_order: Rupees
    commission_basis_points: int
    created_at: dt.datetime


class VendorPage(PageView):
    items: list[VendorView]


def vendor_view(vendor: Vendor) -> VendorView:
    return VendorView(
        id=vendor.id,
        code=vendor.code,
        business_name=vendor.business_name,
        pan=vendor.pan,
        language=vendor.language,
        approval=vendor.approval,
        approved_at=vendor.approved_at,
        is_active=vendor.is_active,
        address=address_view(vendor),
        service_radius_km=f"{vendor.service_radius_km:.2f}",
        working_days=list(vendor.working_days),
        opening_hours=[
            ShiftView(
                weekday=weekday,
                opens=f"{shift.opens_at:%H:%M}",
                closes=f"{shift.closes_at:%H:%M}",
            )
            for weekday, shift in by_weekday(vendor.opening).items()
        ],
        closed_days=vendor.closed_days,
        minimum_order=Rupees.of_minor(vendor.minimum_order_minor),
        commission_basis_points=vendor.commission_basis_points,
        created_at=vendor.created_at,
    )


@blueprint.get("/vendors")
@endpoint(tag="vendors", roles=ADMIN, answer=VendorPage, query=VendorFilter)
def list_vendors(call: Call, query: VendorFilter) -> VendorPage:
    """Vendors. Filter by approval or name."""
    wanted = select(Vendor)
    wanted = narrow(wanted, (Vendor.approval, query.approval), (Vendor.is_active, query.is_active))
    if query.search:
        wanted = wanted.where(
            or_(
                Vendor.business_name.icontains(query.search, autoescape=True),
                Vendor.code == query.search.upper(),
            )
        )
    sorts = {"business_name": Vendor.business_name, "created_at": Vendor.created_at}
    found = paging.cut(call.session, wanted, key=Vendor.id, page=query, sorts=sorts, sort=query.sort)
    return VendorPage(items=[vendor_view(row) for row in found.items], total=found.total, next=found.next)


@blueprint.post("/vendors")
@endpoint(
    tag="vendors", roles=ADMIN, answer=VendorView, status=HTTPStatus.CREATED, body=VendorGiven, is_keyed=True
)
def create_vendor(call: Call, body: VendorGiven) -> VendorView:
    """Create a vendor. It waits for approval."""
    facts = VendorFacts(
        business_name=body.business_name,
        pan=body.pan,
        language=body.language,
        address=body.address.address(),
        service_radius_km=body.service_radius_km,
        working_days=frozenset(body.working_days),
        minimum_order=body.minimum_order.money,
        commission_basis_points=body.commission_basis_points,
    )
    vendor = service.create_vendor(call.session, facts, actor=call.actor, now=call.now)
    call.headers["Location"] = f"/api/v1/vendors/{vendor.id}"
    return vendor_view(vendor)


@blueprint.get("/vendors/<id:vendor_id>")
@endpoint(tag="vendors", roles=ADMIN_OR_VENDOR, answer=VendorView, has_etag=True)
def get_vendor(call: Call, vendor_id: int) -> VendorView:
    """One vendor."""
    call.must_own(vendor_id=vendor_id, kind="vendors", row_id=vendor_id)
    return vendor_view(queries.get_vendor(call.session, VendorId(vendor_id)))


@blueprint.patch("/vendors/<id:vendor_id>")
@endpoint(
    tag="vendors",
    roles=ADMIN,
    answer=VendorView,
    body=VendorChange,
    is_keyed=True,
    has_etag=True,
    needs_match=True,
)
def change_vendor(call: Call, vendor_id: int, body: VendorChange) -> VendorView:
    """Change a vendor's details or terms."""
    vendor = lock(call.session, Vendor, vendor_id, LockRank.VENDOR)
    call.must_match(vendor_view(vendor))
    facts: dict[str, Any] = {
        "business_name": vendor.business_name,
        "pan": vendor.pan,
        "language": vendor.language,
        "service_radius_km": vendor.service_radius_km,
        "working_days": frozenset(vendor.working_days),
        "hours": vendor.opening.hours,
        "minimum_order": Money(vendor.minimum_order_minor),
        "commission_basis_points": vendor.commission_basis_points,
        "address": address_of(vendor),
    }
    for name in body.model_fields_set:
        value = getattr(body, name)
        if value is not None or name == "pan":
            facts[name] = _as_fact(value)
    changed = service.update_vendor(
        call.session, VendorId(vendor_id), VendorFacts(**facts), actor=call.actor, now=call.now
    )
    return vendor_view(changed)


@blueprint.post("/vendors/<id:vendor_id>/approve")
@endpoint(tag="vendors", roles=ADMIN, answer=VendorView, is_keyed=True)
def approve_vendor(call: Call, vendor_id: int) -> VendorView:
    """Approve a vendor. It starts to get offers."""
    return vendor_view(
        service.approve_vendor(call.session, VendorId(vendor_id), actor=call.actor, now=call.now)
    )


@blueprint.post("/vendors/<id:vendor_id>/refuse")
@endpoint(
    tag="vendors",
    roles=ADMIN,
    answer=VendorView,
    body=ReasonGiven,
    is_keyed=True,
    refusals=[HTTPStatus.CONFLICT],
)
def refuse_vendor(call: Call, vendor_id: int, body: ReasonGiven) -> VendorView:
    """Refuse an application."""
    refused = service.refuse_vendor(
        call.session, VendorId(vendor_id), reason=body.reason, actor=call.actor, now=call.now
    )
    return vendor_view(refused)


@blueprint.post("/vendors/<id:vendor_id>/activate")
@endpoint(tag="vendors", roles=ADMIN, answer=VendorView, body=ReasonGiven, is_keyed=True)
def activate_vendor(call: Call, vendor_id: int, body: ReasonGiven) -> VendorView:
    """Activate the vendor. It gets offers again."""
    active = service.activate_vendor(
        call.session, VendorId(vendor_id), reason=body.reason, actor=call.actor, now=call.now
    )
    return vendor_view(active)


@blueprint.post("/vendors/<id:vendor_id>/deactivate")
@endpoint(tag="vendors", roles=ADMIN, answer=VendorView, body=ReasonGiven, is_keyed=True)
def deactivate_vendor(call: Call, vendor_id: int, body: ReasonGiven) -> VendorView:
    """Deactivate the vendor. It gets no more offers; what it has promised stays promised."""
    idle = service.deactivate_vendor(
        call.session, VendorId(vendor_id), reason=body.reason, actor=call.actor, now=call.now
    )
    return vendor_view(idle)


@blueprint.post("/vendors/<id:vendor_id>/close")
@endpoint(tag="vendors", roles=ADMIN_OR_VENDOR, answer=VendorView, body=ClosedGiven, is_keyed=True)
def close_vendor(call: Call, vendor_id: int, body: ClosedGiven) -> VendorView:
    """Close for a day: no new offers on that day."""
    call.must_own(vendor_id=vendor_id, kind="vendors", row_id=vendor_id)
    service.close_vendor_for_day(
        call.session, VendorId(vendor_id), day=body.day, actor=call.actor, now=call.now
    )
    return vendor_view(queries.get_vendor(call.session, VendorId(vendor_id)))


@blueprint.post("/vendors/<id:vendor_id>/open")
@endpoint(tag="vendors", roles=ADMIN_OR_VENDOR, answer=VendorView, body=OpenedGiven, is_keyed=True)
def open_vendor(call: Call, vendor_id: int, body: OpenedGiven) -> VendorView:
    """Take back a closed day."""
    call.must_own(vendor_id=vendor_id, kind="vendors", row_id=vendor_id)
    opened = service.open_vendor_again(
        call.session, VendorId(vendor_id), day=body.day, actor=call.actor, now=call.now
    )
    return vendor_view(opened)


@blueprint.post("/vendors/<id:vendor_id>/hours")
@endpoint(tag="vendors", roles=ADMIN_OR_VENDOR, answer=VendorView, body=HoursGiven, is_keyed=True)
def set_hours(call: Call, vendor_id: int, body: HoursGiven) -> VendorView:
    """Set opening hours. An offer made outside them rings when the vendor opens; open offers keep their deadline."""
    call.must_own(vendor_id=vendor_id, kind="vendors", row_id=vendor_id)
    vendor = service.set_hours(
        call.session,
        VendorId(vendor_id),
        body.hours(),
        weekdays=body.weekdays,
        actor=call.actor,
        now=call.now,
    )
    return vendor_view(vendor)


@blueprint.post("/vendors/<id:vendor_id>/working-day")
@endpoint(tag="vendors", roles=ADMIN_OR_VENDOR, answer=VendorView, body=WorkingDayGiven, is_keyed=True)
def set_working_day(call: Call, vendor_id: int, body: WorkingDayGiven) -> VendorView:
    """Work on a weekday every week, or never. For a single day: close and open."""
    call.must_own(vendor_id=vendor_id, kind="vendors", row_id=vendor_id)
    vendor = service.set_working_day(
        call.session,
        VendorId(vendor_id),
        body.weekday,
        is_open=body.is_open,
        actor=call.actor,
        now=call.now,
    )
    return vendor_view(vendor)


def _as_fact(value: Any) -> Any:
    if isinstance(value, Rupees):
        return value.money
    if isinstance(value, AddressGiven):
        return value.address()
    return frozenset(value) if isinstance(value, list) else value
