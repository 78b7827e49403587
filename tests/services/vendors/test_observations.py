import datetime as dt
from decimal import Decimal

from sqlalchemy import func, select

from core.catalog.models import Listing, Product, VatClass
from core.parties.models import Approval
from core.vendors.models import ObservationKind, VendorObservation
from core.vendors.queries import price_indexes, reliability
from core.vendors.service import observe, recalculate
from tests.services.vendors.conftest import HOUR, NOW, a_vendor, add


def test_second_observation_of_the_same_kind_changes_nothing(session, order, saw):
    vendor = a_vendor(session, "V-1")
    offer = saw(vendor, "delivered", hours=30)

    observe(
        session,
        ObservationKind.DELIVERED,
        vendor_id=vendor.id,
        offer_id=offer.id,
        order_id=order.id,
        hours=Decimal(5),
        now=NOW,
    )

    assert session.scalars(select(VendorObservation.hours)).all() == [Decimal(30)]


def test_reliability_of_many_vendors_in_a_few_statements(session, saw):
    good, bad, new = (a_vendor(session, code) for code in ("good", "bad", "new"))
    for _ in range(10):
        saw(good, "offered", "accepted", "delivered", hours=20)
        saw(bad, "offered", "lapsed")

    # Neither lists anything: (25 × 100 + 30 × 100 + 20 × 100 + 15 × 100) / 90 against the prior of 60 for ten orders.
    assert reliability(session, [good.id, bad.id, new.id], now=NOW) == {good.id: 80, bad.id: 30, new.id: 60}


def test_observations_older_than_half_a_year_no_longer_count(session, saw):
    vendor = a_vendor(session, "V-1")
    saw(vendor, "lapsed", at=NOW - dt.timedelta(days=181))

    assert reliability(session, [vendor.id], now=NOW) == {vendor.id: 60}


def test_forced_acceptance_does_not_count_as_an_answer(session, saw):
    vendor = a_vendor(session, "V-1")
    saw(vendor, "declined")
    before = reliability(session, [vendor.id], now=NOW)
    saw(vendor, "accepted", "withdrawn", is_override=True)

    # Acceptance stays 0; completion 0 and cancellation 100 are real: 0 points, now worth two orders.
    assert before == {vendor.id: Decimal("54.545")}
    assert reliability(session, [vendor.id], now=NOW) == {vendor.id: 50}


def test_price_index_compares_what_is_listed_with_the_market(session):
    cheap, dear, unapproved = (
        a_vendor(session, "cheap"),
        a_vendor(session, "dear"),
        a_vendor(session, "new", approval=Approval.APPLIED, approved_at=None),
    )
    product = add(
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
    for vendor, price in ((cheap, 9500), (dear, 10500), (unapproved, 1)):
        add(session, Listing(vendor_id=vendor.id, product_id=product.id, price_minor=price, updated_at=NOW))

    assert price_indexes(session, [cheap.id, dear.id]) == {cheap.id: 90, dear.id: 70}


def test_scorecard_and_later_observations_give_the_same_score_as_counting_everything(session, saw):
    vendor, other = a_vendor(session, "V-1"), a_vendor(session, "V-2")
    for hour in range(4):
        saw(vendor, "accepted", "delivered", hours=48, at=NOW - hour * HOUR)
    recalculate(session, now=NOW)
    saw(vendor, "declined", at=NOW + HOUR)
    saw(other, "lapsed", at=NOW + HOUR)
    later = NOW + 2 * HOUR

    with_card = reliability(session, [vendor.id, other.id], now=later)
    without = reliability(session, [vendor.id, other.id], now=later + dt.timedelta(days=1))
    recalculate(session, now=later)

    assert with_card == without == reliability(session, [vendor.id, other.id], now=later)
    assert with_card[other.id] == Decimal("54.545")
    assert session.scalar(select(func.count()).select_from(VendorObservation)) == 10
