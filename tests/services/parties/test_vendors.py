"""Wholesalers: approval and working time."""

import datetime as dt

import pytest

from core.parties import queries, service
from core.parties.models import Approval, Position
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
    assert vendor.closed_on == dt.date(2026, 11, 23)


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
    one_stopped = queries.vendors_that_stopped(session, [vendor.id])
    service.opt_out(session, people[1], now=now)
    all_stopped = queries.vendors_that_stopped(session, [vendor.id])

    assert one_stopped == frozenset()
    assert all_stopped == {vendor.id}


def test_a_week_has_seven_days():
    with pytest.raises(ValueError, match="not ISO weekdays"):
        VendorFacts(business_name="Everest Traders", working_days=frozenset({0, 1}))
