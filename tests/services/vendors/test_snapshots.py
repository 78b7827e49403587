import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.exc import IntegrityError

from core.catalog.models import Listing, Product, VatClass
from core.clock import KATHMANDU
from core.vendors.models import VendorScorecard, VendorSnapshot
from core.vendors.periods import Period
from core.vendors.service import recalculate
from tests.services.vendors.conftest import NOW, a_vendor, add

DAY = dt.timedelta(days=1)


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=KATHMANDU)


def snapshots(session, vendor, period):
    session.expire_all()
    rows = session.scalars(
        select(VendorSnapshot)
        .where(VendorSnapshot.vendor_id == vendor.id, VendorSnapshot.period == period)
        .order_by(VendorSnapshot.first_day)
    )
    return {row.first_day.isoformat(): row for row in rows}


def listed(session, vendor, product, price):
    return add(
        session, Listing(vendor_id=vendor.id, product_id=product.id, price_minor=price, updated_at=NOW)
    )


@pytest.fixture
def rice(session):
    return add(
        session,
        Product(
            sku="RICE",
            name="Rice",
            brand="",
            category="staples",
            unit="kg",
            pack_size="25 kg",
            case_quantity=1,
            vat_class=VatClass.EXEMPT,
            short_label="Rice",
            created_at=NOW,
            updated_at=NOW,
        ),
    )


def test_observation_counts_in_the_day_week_month_and_quarter_it_happened_in(session, saw):
    vendor = a_vendor(session, "V-1")
    # The last second of a quarter, and the first of the next: Wednesday and Thursday of one week.
    saw(vendor, "declined", at=at("2026-09-30T23:59:59"))
    saw(vendor, "accepted", "delivered", hours=30, at=at("2026-10-01T00:00:00"))

    recalculate(session, now=at("2026-10-01T06:20"))

    days = snapshots(session, vendor, Period.DAY)
    assert [(day, row.declined, row.accepted) for day, row in days.items()] == [
        ("2026-09-30", 1, 0),
        ("2026-10-01", 0, 1),
    ]
    (week,) = snapshots(session, vendor, Period.WEEK).values()
    assert (week.first_day.isoformat(), week.declined, week.delivered) == ("2026-09-28", 1, 1)
    assert week.delivery_hours == 30
    assert list(snapshots(session, vendor, Period.MONTH)) == ["2026-09-01", "2026-10-01"]
    assert list(snapshots(session, vendor, Period.QUARTER)) == ["2026-07-01", "2026-10-01"]


def test_vendor_without_observations_in_a_slice_has_no_snapshot_and_still_a_scorecard(session):
    vendor = a_vendor(session, "V-1")

    recalculate(session, now=NOW)

    assert snapshots(session, vendor, Period.DAY) == {}
    assert session.get_one(VendorScorecard, vendor.id).accepted == 0


def test_counting_again_replaces_and_reaches_back_to_the_last_count(session, saw):
    vendor = a_vendor(session, "V-1")
    saw(vendor, "accepted", at=at("2026-11-20T17:00"))
    recalculate(session, now=at("2026-11-20T18:20"))
    # Nobody counted for two days.
    saw(vendor, "lapsed", at=at("2026-11-20T22:00"))
    saw(vendor, "declined", at=at("2026-11-21T12:00"))

    for _ in range(2):
        recalculate(session, now=at("2026-11-23T00:20"))

    days = snapshots(session, vendor, Period.DAY)
    assert [(day, row.accepted, row.declined, row.lapsed) for day, row in days.items()] == [
        ("2026-11-20", 1, 0, 1),
        ("2026-11-21", 0, 1, 0),
    ]


def test_observation_that_was_in_flight_at_midnight_is_counted_later(session, saw):
    vendor = a_vendor(session, "V-1")
    recalculate(session, now=at("2026-11-21T00:20"))
    saw(vendor, "accepted", at=at("2026-11-20T23:59"))

    recalculate(session, now=at("2026-11-21T00:21"), vendor_id=vendor.id)

    assert list(snapshots(session, vendor, Period.DAY)) == ["2026-11-20"]


def test_slice_keeps_the_prices_it_ended_with(session, saw, rice):
    vendor, other = a_vendor(session, "V-1"), a_vendor(session, "V-2")
    listed(session, vendor, rice, 9500)
    dear = listed(session, other, rice, 10500)
    saw(vendor, "accepted", at=at("2026-11-20T12:00"))
    recalculate(session, now=at("2026-11-20T18:20"))

    session.execute(update(Listing).where(Listing.id == dear.id).values(price_minor=9500))
    saw(vendor, "accepted", at=at("2026-11-21T12:00"))
    recalculate(session, now=at("2026-11-21T18:20"))

    # 9,500 of 10,000, then of 9,500.
    ratios = {day: row.price_ratio for day, row in snapshots(session, vendor, Period.DAY).items()}
    assert ratios == {"2026-11-20": Decimal("0.95"), "2026-11-21": 1}


def test_slice_counted_long_after_its_end_has_no_prices(session, saw, rice):
    vendor = a_vendor(session, "V-1")
    listed(session, vendor, rice, 9500)
    saw(vendor, "accepted", at=NOW - 9 * DAY)

    recalculate(session, now=NOW)

    (day,) = snapshots(session, vendor, Period.DAY).values()
    (quarter,) = snapshots(session, vendor, Period.QUARTER).values()
    assert (day.price_ratio, quarter.price_ratio) == (None, 1)


def test_one_vendor_is_counted_without_the_others(session, saw):
    vendor, other = a_vendor(session, "V-1"), a_vendor(session, "V-2")
    for one in (vendor, other):
        saw(one, "accepted", at=NOW)

    recalculate(session, now=NOW, vendor_id=vendor.id)

    assert len(snapshots(session, vendor, Period.DAY)) == 1
    assert snapshots(session, other, Period.DAY) == {}


@pytest.mark.parametrize("vendors", [1, 7])
def test_number_of_statements_does_not_depend_on_the_number_of_vendors(session, saw, vendors):
    for number in range(vendors):
        saw(a_vendor(session, f"V-{number}"), "accepted", "delivered", hours=20)
    recalculate(session, now=NOW)
    seen = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *call: seen.append(call[2]))

    recalculate(session, now=NOW)

    # When it was counted last, the scorecards, and the four periods; the settings are known.
    assert len(seen) == 6


def test_database_refuses_a_slice_that_begins_in_the_middle(session):
    vendor = a_vendor(session, "V-1")

    with pytest.raises(IntegrityError, match="begins_its_period"):
        add(
            session,
            VendorSnapshot(
                vendor_id=vendor.id,
                period=Period.WEEK,
                first_day=dt.date(2026, 11, 24),
                answered_yes=0,
                declined=0,
                lapsed=0,
                accepted=0,
                delivered=0,
                withdrawn=0,
                delivery_hours=Decimal(0),
                measured_deliveries=0,
                calculated_at=NOW,
            ),
        )
