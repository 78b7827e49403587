"""Stock: reserved at acceptance, gone at dispatch, back on release or return; each cause once."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.catalog import service, stock
from core.catalog.errors import StockBelowPromised, StockNotReserved, StockShort
from core.catalog.models import Stock, StockMovement, VatClass
from core.catalog.service import ListingFacts, ProductFacts
from core.errors import NotFound
from core.money import rupees
from core.parties.service import VendorFacts, create_vendor


@pytest.fixture
def listings(session, admin, now):
    """Tea with seven on hand, sugar with three."""
    vendor = create_vendor(session, VendorFacts(business_name="Everest Traders"), actor=admin, now=now)
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
        actor=admin,
        now=now,
    )
    created = service.create_listings(
        session,
        [ListingFacts(vendor_id=vendor.id, product_id=product.id, price=rupees(100)) for product in products],
        now=now,
    )
    tea, sugar = (listing.id for listing in created)
    counted = {tea: Decimal(7), sugar: Decimal(3)}
    stock.count_all(session, counted, cause="count:opening", reason=None, actor=admin, now=now)
    return tea, sugar


@pytest.fixture
def levels(session, listings):
    """On hand and reserved, for tea and for sugar."""

    def read():
        rows = {row.listing_id: row for row in session.scalars(select(Stock))}
        return [(rows[listing_id].on_hand, rows[listing_id].reserved) for listing_id in listings]

    return read


def test_goods_go_from_shelf_to_promise_to_street(session, listings, levels, admin, now):
    tea, sugar = listings
    stock.reserve(session, {tea: Decimal(5), sugar: Decimal(3)}, cause="fulfillment:1", actor=admin, now=now)
    promised = levels()
    stock.release(session, {tea: Decimal(1)}, cause="fulfillment:1", actor=admin, now=now)
    stock.take(session, {tea: Decimal(4), sugar: Decimal(3)}, cause="fulfillment:1", actor=admin, now=now)
    sent = levels()
    stock.put_back(session, {sugar: Decimal(2)}, cause="return:1", actor=admin, now=now, reason="broken sack")

    assert promised == [(7, 5), (3, 3)]
    assert sent == [(3, 0), (0, 0)]
    assert levels() == [(3, 0), (2, 0)]
    last = session.scalars(select(StockMovement).order_by(StockMovement.id.desc())).first()
    assert (last.kind, last.on_hand_change, last.reserved_change) == ("returned", 2, 0)
    assert (last.cause, last.reason, last.actor) == ("return:1", "broken sack", "admin")


def test_what_is_short_is_named_and_nothing_moves(session, listings, levels, admin, now):
    tea, sugar = listings

    with pytest.raises(StockShort) as refused:
        stock.reserve(session, {tea: Decimal(5), sugar: Decimal("3.001")}, cause="f:1", actor=admin, now=now)

    assert refused.value.facts == {"short": {sugar: Decimal(3)}}
    assert levels() == [(7, 0), (3, 0)]


def test_the_same_cause_moves_goods_once(session, listings, levels, admin, now):
    tea, sugar = listings
    for _ in range(2):
        stock.reserve(session, {tea: Decimal(5)}, cause="f:1", actor=admin, now=now)
    for _ in range(2):
        stock.take(session, {tea: Decimal(2)}, cause="f:1", actor=admin, now=now)
    for _ in range(2):
        stock.release(session, {tea: Decimal(3)}, cause="f:1", actor=admin, now=now)
    for _ in range(2):
        stock.put_back(session, {tea: Decimal(1)}, cause="f:1", actor=admin, now=now)
    for _ in range(2):
        stock.count(session, sugar, Decimal(9), cause="count:2", reason=None, actor=admin, now=now)

    assert levels() == [(6, 0), (9, 0)]


def test_a_repeated_reservation_is_not_short_of_what_it_took_itself(session, listings, levels, admin, now):
    tea, _ = listings

    stock.reserve(session, {tea: Decimal(7)}, cause="f:1", actor=admin, now=now)
    stock.reserve(session, {tea: Decimal(7)}, cause="f:1", actor=admin, now=now)

    assert levels() == [(7, 7), (3, 0)]


@pytest.mark.parametrize("move", [stock.release, stock.take])
def test_only_what_is_reserved_can_leave(session, listings, levels, admin, now, move):
    tea, sugar = listings
    stock.reserve(session, {tea: Decimal(2)}, cause="f:1", actor=admin, now=now)

    with pytest.raises(StockNotReserved) as refused:
        move(session, {tea: Decimal(2), sugar: Decimal(1)}, cause="f:1", actor=admin, now=now)

    assert refused.value.facts == {"reserved": {sugar: Decimal(0)}}
    assert levels() == [(7, 2), (3, 0)]


def test_a_count_below_what_is_promised_is_refused(session, listings, levels, admin, now):
    tea, _ = listings
    stock.reserve(session, {tea: Decimal(5)}, cause="f:1", actor=admin, now=now)

    with pytest.raises(StockBelowPromised) as refused:
        stock.count(session, tea, Decimal(4), cause="count:2", reason=None, actor=admin, now=now)

    assert refused.value.facts == {"promised": {tea: Decimal(5)}}
    assert levels() == [(7, 5), (3, 0)]


def test_nothing_of_a_thing_is_no_movement(session, listings, levels, admin, now):
    tea, _ = listings

    stock.reserve(session, {tea: Decimal(0)}, cause="f:1", actor=admin, now=now)

    assert levels() == [(7, 0), (3, 0)]
    assert "reserved" not in session.scalars(select(StockMovement.kind)).all()


def test_an_unknown_listing_is_said_to_be_unknown(session, listings, levels, admin, now):
    tea, _ = listings

    with pytest.raises(NotFound):
        stock.reserve(session, {tea: Decimal(1), 10**9: Decimal(1)}, cause="f:1", actor=admin, now=now)

    assert levels() == [(7, 0), (3, 0)]
