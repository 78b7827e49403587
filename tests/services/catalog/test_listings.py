"""Each vendor's way of selling a product."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.catalog import queries, service, stock
from core.catalog.errors import ListingExists, PriceNotPositive
from core.catalog.models import Listing, VatClass
from core.catalog.service import ListingFacts, PriceStep, ProductFacts
from core.errors import NotFound
from core.money import ZERO, rupees
from core.outbox.models import Event
from core.parties.service import VendorFacts, create_vendor


@pytest.fixture
def sugar(session, admin, now):
    facts = ProductFacts(
        sku="SUG-50",
        name="Sugar Chini 50kg Sack",
        brand="Local",
        category="Sugar & Salt",
        unit="sack",
        pack_size="50 kg",
        case_quantity=1,
        vat_class=VatClass.STANDARD,
    )
    return service.create_product(session, facts, actor=admin, now=now)


@pytest.fixture
def vendor(session, admin, now):
    return create_vendor(session, VendorFacts(business_name="Everest Traders"), actor=admin, now=now)


@pytest.fixture
def listing(session, vendor, sugar, admin, now):
    facts = ListingFacts(
        vendor_id=vendor.id, product_id=sugar.id, price=rupees(4_700), minimum_quantity=Decimal(2)
    )
    return service.create_listing(session, facts, actor=admin, now=now)


def test_a_new_listing_has_nothing_in_stock(session, listing, vendor, sugar):
    (view,) = queries.find_listings(session, [sugar.id])

    assert (view.listing_id, view.vendor_id, view.product_id) == (listing.id, vendor.id, sugar.id)
    assert (view.price, view.available, view.minimum_quantity) == (rupees(4_700), 0, 2)
    assert (view.pack_multiple, view.lead_time_days) == (1, 0)


def test_a_vendor_lists_a_product_once(session, listing, vendor, sugar, now):
    with pytest.raises(ListingExists):
        service.create_listings(
            session, [ListingFacts(vendor_id=vendor.id, product_id=sugar.id, price=rupees(1))], now=now
        )

    assert session.scalar(select(func.count()).select_from(Listing)) == 1


def test_a_new_price_is_told_once(session, listing, vendor, sugar, admin, now):
    step = service.set_listing_price(session, listing.id, rupees(4_800), actor=admin, now=now)
    again = service.set_listing_price(session, listing.id, rupees(4_800), actor=admin, now=now)

    assert step == PriceStep(
        listing_id=listing.id,
        vendor_id=vendor.id,
        product_id=sugar.id,
        before=rupees(4_700),
        after=rupees(4_800),
    )
    assert again is None
    (event,) = session.scalars(select(Event)).all()
    assert (event.name, event.payload) == (
        "ListingPriceChanged",
        {"listing_id": listing.id, "vendor_id": vendor.id, "product_id": sugar.id},
    )


@pytest.mark.parametrize("price", [ZERO, rupees(-1)])
def test_nothing_is_given_away(session, listing, admin, now, price):
    with pytest.raises(PriceNotPositive):
        service.set_listing_price(session, listing.id, price, actor=admin, now=now)

    assert queries.get_listing(session, listing.id).price == rupees(4_700)


def test_a_listing_held_back_is_seen_only_by_its_vendor(session, listing, vendor, sugar, admin, now):
    assert service.set_available(session, listing.id, is_available=False, actor=admin, now=now) is True
    assert service.set_available(session, listing.id, is_available=False, actor=admin, now=now) is False

    assert queries.find_listings(session, [sugar.id]) == []
    (own,) = queries.listings_of_vendor(session, vendor.id)
    assert (own.listing_id, own.is_available) == (listing.id, False)


def test_available_is_what_is_on_hand_and_not_promised(session, listing, admin, now):
    stock.count(session, listing.id, Decimal(10), cause="count:1", reason=None, actor=admin, now=now)
    stock.reserve(session, {listing.id: Decimal("2.5")}, cause="fulfillment:1", actor=admin, now=now)

    assert queries.get_listing(session, listing.id).available == Decimal("7.5")


def test_terms_are_changed_together(session, listing, admin, now):
    service.set_listing_terms(
        session,
        listing.id,
        minimum_quantity=Decimal(5),
        pack_multiple=Decimal(5),
        lead_time_days=2,
        actor=admin,
        now=now,
    )

    view = queries.get_listing(session, listing.id)
    assert (view.minimum_quantity, view.pack_multiple, view.lead_time_days) == (5, 5, 2)


def test_an_unknown_listing_is_said_to_be_unknown(session, admin, now):
    with pytest.raises(NotFound):
        service.set_listing_price(session, 0, rupees(1), actor=admin, now=now)
