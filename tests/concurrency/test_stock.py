"""Many vendors' people answering at once never promise more than there is."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.actor import SYSTEM
from core.catalog import service, stock
from core.catalog.errors import StockShort
from core.catalog.models import Stock, VatClass
from core.catalog.service import ListingFacts, ProductFacts
from core.money import rupees
from core.parties.service import VendorFacts, create_vendor

NOW = dt.datetime(2026, 11, 22, 4, 15, tzinfo=dt.UTC)


@pytest.fixture
def listings(fresh_database):
    """Tea and sugar with seven of each."""
    with fresh_database.database.transaction() as session:
        vendor = create_vendor(session, VendorFacts(business_name="Everest"), actor=SYSTEM, now=NOW)
        products = service.create_products(
            session,
            [
                ProductFacts(
                    sku=sku,
                    name=sku,
                    brand="Local",
                    category="Grocery",
                    unit="pkt",
                    pack_size="1 kg",
                    case_quantity=1,
                    vat_class=VatClass.STANDARD,
                )
                for sku in ("TEA", "SUGAR")
            ],
            actor=SYSTEM,
            now=NOW,
        )
        wanted = [
            ListingFacts(vendor_id=vendor.id, product_id=product.id, price=rupees(100))
            for product in products
        ]
        ids = [listing.id for listing in service.create_listings(session, wanted, now=NOW)]
        stock.count_all(
            session, dict.fromkeys(ids, Decimal(7)), cause="count:1", reason=None, actor=SYSTEM, now=NOW
        )
    return ids


def at_once(work, workers):
    """Run *work* with each number at the same moment; what each returned or refused with."""
    barrier = threading.Barrier(workers)
    results = [None] * workers

    def run(number):
        barrier.wait(timeout=10)
        try:
            results[number] = work(number)
        except StockShort as refused:
            results[number] = refused

    threads = [threading.Thread(target=run, args=[number]) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()
    return results


def levels(fresh_database):
    with fresh_database.database.transaction() as session:
        return [
            (row.on_hand, row.reserved) for row in session.scalars(select(Stock).order_by(Stock.listing_id))
        ]


def test_ten_reservations_at_once_of_a_stock_of_seven_give_seven(fresh_database, listings):
    tea, _ = listings

    def reserve(number):
        with fresh_database.database.transaction() as session:
            stock.reserve(session, {tea: Decimal(1)}, cause=f"fulfillment:{number}", actor=SYSTEM, now=NOW)
        return "reserved"

    results = at_once(reserve, 10)

    assert results.count("reserved") == 7
    assert [refused.facts for refused in results if refused != "reserved"] == [{"short": {tea: 0}}] * 3
    assert levels(fresh_database) == [(7, 7), (7, 0)]


def test_the_same_reservation_at_once_is_made_once(fresh_database, listings):
    tea, _ = listings

    def reserve(_):
        with fresh_database.database.transaction() as session:
            stock.reserve(session, {tea: Decimal(5)}, cause="fulfillment:1", actor=SYSTEM, now=NOW)
        return "reserved"

    assert at_once(reserve, 8) == ["reserved"] * 8
    assert levels(fresh_database) == [(7, 5), (7, 0)]


def test_reservations_named_in_opposite_order_do_not_wait_for_each_other(fresh_database, listings):
    tea, sugar = listings

    def reserve(number):
        wanted = [(tea, Decimal(1)), (sugar, Decimal(1))]
        with fresh_database.database.transaction() as session:
            stock.reserve(
                session,
                dict(wanted if number % 2 else reversed(wanted)),
                cause=f"fulfillment:{number}",
                actor=SYSTEM,
                now=NOW,
            )
        return "reserved"

    assert at_once(reserve, 6) == ["reserved"] * 6
    assert levels(fresh_database) == [(7, 6), (7, 6)]
