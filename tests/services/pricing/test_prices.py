"""Vendors change their prices by one rule; the history and the market follow."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from core.actor import SYSTEM, Actor, ActorKind, Via
from core.catalog.models import Listing, VatClass
from core.catalog.queries import get_listing
from core.catalog.service import ListingFacts, ProductFacts, create_listings, create_products, set_available
from core.errors import NotFound
from core.money import Money, rupees
from core.outbox.models import Event
from core.parties.service import (
    VendorFacts,
    activate_vendor,
    approve_vendor,
    create_vendor,
    deactivate_vendor,
)
from core.pricing import service
from core.pricing.errors import PriceChangeHeld
from core.pricing.models import PriceChange
from core.pricing.queries import market_averages

NOW = dt.datetime(2026, 11, 22, 4, 15, tzinfo=dt.UTC)
ADMIN = Actor(kind=ActorKind.ADMIN, via=Via.PANEL)


@pytest.fixture
def listings(session):
    """Sugar at Everest for 90.00, at Himal for 95.01, and at Lumbini, which is not approved, for 10.00."""
    vendors = [
        create_vendor(session, VendorFacts(business_name=name), actor=SYSTEM, now=NOW)
        for name in ("Everest", "Himal", "Lumbini")
    ]
    for vendor in vendors[:2]:
        approve_vendor(session, vendor.id, actor=ADMIN, now=NOW)
    facts = ProductFacts(
        sku="SUGAR",
        name="Sugar",
        brand="Local",
        category="Grocery",
        unit="kg",
        pack_size="1 kg",
        case_quantity=1,
        vat_class=VatClass.STANDARD,
    )
    (sugar,) = create_products(session, [facts], actor=SYSTEM, now=NOW)
    prices = (rupees(90), rupees("95.01"), rupees(10))
    made = create_listings(
        session,
        [
            ListingFacts(vendor_id=vendor.id, product_id=sugar.id, price=price)
            for vendor, price in zip(vendors, prices, strict=True)
        ],
        now=NOW,
    )
    session.commit()
    return made


def everest(listings):
    return Actor(kind=ActorKind.VENDOR, via=Via.WHATSAPP, vendor_id=listings[0].vendor_id)


def price_of(session, listing):
    return get_listing(session, listing.id).price


def average(session, listings):
    return market_averages(session, [listings[0].product_id]).get(listings[0].product_id)


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def test_the_market_is_what_approved_active_vendors_offer_now(session, listings):
    # The mean of 90.00 and 95.01 is 92.505: half a paisa goes up.
    assert average(session, listings) == rupees("92.51")

    set_available(session, listings[1].id, is_available=False, actor=ADMIN, now=NOW)
    assert average(session, listings) == rupees(90)

    session.commit()
    deactivate_vendor(session, listings[0].vendor_id, reason="moved", actor=ADMIN, now=NOW)
    assert average(session, listings) is None

    activate_vendor(session, listings[0].vendor_id, reason="back", actor=ADMIN, now=NOW)
    assert average(session, listings) == rupees(90)


def test_a_price_change_is_kept_with_the_market_it_met(session, listings):
    change = service.change_price(session, listings[0].id, rupees(100), actor=everest(listings), now=NOW)

    assert price_of(session, listings[0]) == rupees(100)
    assert (change.old_minor, change.new_minor, change.market_average_minor) == (9_000, 10_000, 9_251)


def test_the_price_it_has_already_is_no_change(session, listings):
    assert service.change_price(session, listings[0].id, rupees(90), actor=everest(listings), now=NOW) is None

    assert count(session, PriceChange) == 0


@pytest.mark.parametrize("price", [rupees("135.01"), rupees("44.99")])
def test_a_large_change_waits_and_the_old_price_stays_in_use(session, listings, price):
    events = count(session, Event)

    with pytest.raises(PriceChangeHeld) as held:
        service.change_price(session, listings[0].id, price, actor=everest(listings), now=NOW)

    assert held.value.facts["old"] == rupees(90)
    assert held.value.facts["new"] == price
    assert price_of(session, listings[0]) == rupees(90)
    assert session.scalar(select(Listing.price_minor).where(Listing.id == listings[0].id)) == 9_000
    assert (count(session, PriceChange), count(session, Event)) == (0, events)


def test_a_confirmed_large_change_is_taken(session, listings):
    change = service.confirm_price(session, listings[0].id, rupees(200), actor=everest(listings), now=NOW)

    assert price_of(session, listings[0]) == rupees(200)
    assert Money(change.new_minor) == rupees(200)


def test_another_vendors_listing_does_not_exist(session, listings):
    for change in (service.change_price, service.confirm_price):
        with pytest.raises(NotFound):
            change(session, listings[1].id, rupees(96), actor=everest(listings), now=NOW)

    assert price_of(session, listings[1]) == rupees("95.01")


def test_an_admin_changes_any_price(session, listings):
    service.change_price(session, listings[1].id, rupees(96), actor=ADMIN, now=NOW)

    assert price_of(session, listings[1]) == rupees(96)
