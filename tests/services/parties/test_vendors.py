"""Wholesalers: approval and working time."""

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.audit.models import AuditEntry
from core.clock import business_date
from core.money import rupees
from core.parties import queries, service
from core.parties.address import Address
from core.parties.errors import AlreadyApproved
from core.parties.models import Approval, Position, Vendor
from core.parties.service import VendorFacts


@pytest.fixture
def vendor(session, admin, now):
    return service.create_vendor(session, VendorFacts(business_name="Everest Traders"), actor=admin, now=now)


def test_a_new_vendor_waits_and_works_sunday_to_friday(vendor):
    assert vendor.approval is Approval.APPLIED
    assert vendor.working_days == [1, 2, 3, 4, 5, 7]
    assert vendor.code.startswith("V-")


def test_approval_is_given_once(session, vendor, admin, now):
    service.approve_vendor(session, vendor.id, actor=admin, now=now)
    service.approve_vendor(session, vendor.id, actor=admin, now=now + dt.timedelta(days=1))

    assert (vendor.approval, vendor.approved_at) == (Approval.APPROVED, now)


def test_closing_for_today_means_today_in_kathmandu(session, vendor, admin):
    late = dt.datetime(2026, 11, 22, 19, 0, tzinfo=dt.UTC)

    assert service.close_vendor_for_day(session, vendor.id, actor=admin, now=late) == dt.date(2026, 11, 23)
    assert vendor.closed_days == [dt.date(2026, 11, 23)]


def test_each_closed_day_is_kept_and_taken_back_by_itself(session, vendor, admin, now):
    today = business_date(now)
    days = [today + dt.timedelta(days=count) for count in range(3)]
    for day in reversed(days):
        service.close_vendor_for_day(session, vendor.id, day=day, actor=admin, now=now)
    assert vendor.closed_days == days

    service.open_vendor_again(session, vendor.id, day=days[1], actor=admin, now=now)
    assert vendor.closed_days == [days[0], days[2]]

    later = now + dt.timedelta(days=1)
    service.close_vendor_for_day(session, vendor.id, day=days[1], actor=admin, now=later)
    assert vendor.closed_days == days[1:]

    service.open_vendor_again(session, vendor.id, actor=admin, now=later)
    assert vendor.closed_days == []


def test_a_vendor_has_stopped_when_all_its_people_have(session, vendor, admin, now):
    people = [
        service.contact_for(session, channel="whatsapp", addresses=[address], profile_name=None, now=now).id
        for address in ("whatsapp:+9779801000001", "whatsapp:+9779801000009")
    ]
    for contact_id in people:
        service.add_person(
            session, contact_id, vendor_id=vendor.id, position=Position.OWNER, actor=admin, now=now
        )

    service.opt_out(session, people[0], now=now)
    asked = select(queries.has_stopped()).where(Vendor.id == vendor.id)
    one_stopped = session.scalar(asked)
    service.opt_out(session, people[1], now=now)
    all_stopped = session.scalar(asked)

    assert (one_stopped, all_stopped) == (False, True)


def test_a_week_has_seven_days():
    with pytest.raises(ValueError, match="not ISO weekdays"):
        VendorFacts(business_name="Everest Traders", working_days=frozenset({0, 1}))


def test_terms_that_change_are_kept_with_what_they_were(session, vendor, admin, now):
    facts = VendorFacts(
        business_name="Everest Traders",
        address=Address(area="Asan", latitude=Decimal("27.7071801"), longitude=Decimal("85.31193")),
        service_radius_km=Decimal(12),
        working_days=frozenset({6, 7}),
        minimum_order=rupees(500),
        commission_basis_points=150,
    )

    service.update_vendor(session, vendor.id, facts, actor=admin, now=now)

    assert (vendor.area, vendor.latitude, vendor.longitude) == (
        "Asan",
        Decimal("27.707180"),
        Decimal("85.311930"),
    )
    assert (vendor.working_days, vendor.minimum_order_minor) == ([6, 7], 50_000)
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.before["commission_basis_points"]) == ("vendor_updated", 200)
    assert entry.after["commission_basis_points"] == 150


def test_a_vendor_is_switched_off_and_on_once(session, vendor, admin, now):
    for _ in range(2):
        service.deactivate_vendor(session, vendor.id, reason="no license", actor=admin, now=now)
    assert vendor.is_active is False

    for _ in range(2):
        service.activate_vendor(session, vendor.id, reason="license shown", actor=admin, now=now)
    assert vendor.is_active is True

    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["vendor_created", "vendor_deactivated", "vendor_activated"]


def test_an_approved_vendor_is_not_refused(session, vendor, admin, now):
    service.approve_vendor(session, vendor.id, actor=admin, now=now)

    with pytest.raises(AlreadyApproved):
        service.refuse_vendor(session, vendor.id, reason="too far", actor=admin, now=now)

    assert vendor.approval is Approval.APPROVED


def test_a_point_has_both_coordinates():
    with pytest.raises(ValueError, match="latitude and a longitude"):
        Address(latitude=Decimal("27.7"))
