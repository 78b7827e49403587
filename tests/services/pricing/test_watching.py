"""A price moves: its market is looked at again, and a large move waits for a person."""

import datetime as dt

import pytest
from sqlalchemy import event, select

from core.alerts.kinds import AlertKind, AlertState, Severity
from core.alerts.models import Alert
from core.catalog import service as catalog
from core.money import Money, rupees
from core.outbox.models import Job
from core.parties.models import Vendor
from core.pricing import bulk, service
from core.pricing.errors import PriceChangeHeld
from core.pricing.market import cheapest, markets
from core.pricing.models import MarketDay
from core.pricing.service.watching import LOOK_AT_MARKETS, ask_for_all_markets, look_at_markets
from tests.market import ADMIN, Market


@pytest.fixture
def market(database):
    return Market(database)


def alerts_of(session):
    session.expire_all()
    return session.scalars(select(Alert).order_by(Alert.id)).all()


def days_of(session):
    session.expire_all()
    return session.scalars(select(MarketDay).order_by(MarketDay.product_id, MarketDay.day)).all()


def deactivate(session, vendor_id, *, now):
    session.get(Vendor, vendor_id).is_active = False


def test_market_is_average_median_ends_and_the_cheapest_vendor(market):
    noodles = market.product()
    himal, ganga, mechi = (market.wholesaler(name) for name in ("Himal", "Ganga", "Mechi"))
    for vendor, price in ((himal, 22), (ganga, 20), (mechi, 27)):
        market.sells(vendor, noodles, price=rupees(price))

    found = market.look(markets, [noodles])[noodles]

    assert (found.average, found.median, found.lowest, found.highest) == (
        rupees(23),
        rupees(22),
        rupees(20),
        rupees(27),
    )
    assert (found.spread, found.vendors, found.cheapest_vendor_id) == (rupees(7), 3, ganga.id)


def test_cheapest_vendor_without_stock_is_not_recommended(market):
    noodles = market.product()
    himal, ganga = market.wholesaler("Himal"), market.wholesaler("Ganga")
    market.sells(himal, noodles, price=rupees(22), stock_of=5)
    market.sells(ganga, noodles, price=rupees(20), stock_of=0)

    assert [one.vendor_id for one in market.look(cheapest, noodles, limit=5)] == [himal.id]


@pytest.mark.parametrize(
    ("new", "kind", "severity"),
    [
        ("24.00", None, None),
        ("24.01", AlertKind.PRICE_RISE, Severity.MEDIUM),
        ("27.01", AlertKind.PRICE_RISE, Severity.HIGH),
        ("16.00", None, None),
        ("15.99", AlertKind.PRICE_FALL, Severity.MEDIUM),
        ("12.99", AlertKind.PRICE_FALL, Severity.HIGH),
    ],
)
def test_change_of_more_than_a_fifth_is_one_alert_for_a_week(market, session, new, kind, severity):
    vendor = market.wholesaler()
    listing = market.sells(vendor, market.product(), price=rupees(20))

    change = market.do(service.change_price, listing, rupees(new), actor=vendor.owner)

    found = [(a.kind, a.severity, a.subject_id, a.expires_at - market.now) for a in alerts_of(session)]
    assert found == ([] if kind is None else [(kind, severity, change.id, dt.timedelta(days=7))])


def test_change_above_half_is_held_without_an_alert_and_critical_once_confirmed(market, session):
    vendor = market.wholesaler()
    listing = market.sells(vendor, market.product(), price=rupees(20))

    with pytest.raises(PriceChangeHeld):
        market.do(service.change_price, listing, rupees("30.01"), actor=vendor.owner)
    assert alerts_of(session) == []
    market.do(service.confirm_price, listing, rupees("30.01"), actor=vendor.owner)

    (alert,) = alerts_of(session)
    assert (alert.severity, alert.state, alert.facts["new_minor"]) == (
        Severity.CRITICAL,
        AlertState.OPEN,
        3001,
    )


def test_imported_prices_raise_the_alerts_of_their_own_changes(market, session):
    vendor = market.wholesaler()
    listings = [market.sells(vendor, market.product(f"SKU-{n}"), price=rupees(20)) for n in range(3)]
    wanted = dict(zip(listings, (rupees(25), rupees(20), rupees(14)), strict=True))

    market.do(bulk.confirm_prices, wanted, actor=ADMIN)

    assert [(a.kind, a.facts["new_minor"]) for a in alerts_of(session)] == [
        (AlertKind.PRICE_RISE, 2500),
        (AlertKind.PRICE_FALL, 1400),
    ]


def test_changed_product_is_looked_at_again_and_keeps_one_row_a_day(market, session):
    vendor, noodles = market.wholesaler(), market.product()
    listing = market.sells(vendor, noodles, price=rupees(20))
    market.do(look_at_markets, product_ids=[noodles])
    market.do(service.change_price, listing, rupees(21), actor=vendor.owner)
    jobs = session.scalars(select(Job).where(Job.kind == LOOK_AT_MARKETS)).all()

    market.do(look_at_markets, **jobs[-1].arguments)

    (day,) = days_of(session)
    assert (day.average_minor, day.vendors, day.volatility) == (2100, 1, None)
    market.now += dt.timedelta(days=1)
    market.do(service.change_price, listing, rupees(19), actor=vendor.owner)
    market.do(look_at_markets, product_ids=[noodles])
    # 2,100 and 1,900: deviation 100 of a mean of 2,000, × 500.
    assert [row.volatility for row in days_of(session)] == [None, 25]


def test_look_that_ends_late_does_not_overwrite_a_newer_one(market, session):
    vendor, noodles = market.wholesaler(), market.product()
    listing = market.sells(vendor, noodles, price=rupees(20))
    earlier = market.now
    market.now += dt.timedelta(minutes=1)
    market.do(look_at_markets, product_ids=[noodles])
    market.do(catalog.set_listing_price, listing, rupees(30), actor=ADMIN)
    market.now = earlier

    market.do(look_at_markets, product_ids=[noodles])

    assert [row.average_minor for row in days_of(session)] == [2000]


def test_product_that_nobody_offers_keeps_its_past(market, session):
    vendor, noodles = market.wholesaler(), market.product()
    market.sells(vendor, noodles, price=rupees(20))
    market.do(look_at_markets, product_ids=[noodles])
    market.do(deactivate, vendor.id)
    market.now += dt.timedelta(days=1)

    assert market.do(look_at_markets, product_ids=[noodles]) == 0
    assert [row.average_minor for row in days_of(session)] == [2000]


def test_number_of_statements_does_not_follow_the_number_of_products(market, connection):
    vendor = market.wholesaler()
    few = [market.product(f"A-{n}") for n in range(2)]
    many = [market.product(f"B-{n}") for n in range(40)]
    for product in (*few, *many):
        market.sells(vendor, product, price=Money(2000))
    counted = []
    event.listen(connection, "before_cursor_execute", lambda *_facts: counted.append(1))

    market.do(look_at_markets, product_ids=few)
    first = len(counted)
    market.do(look_at_markets, product_ids=many)

    assert len(counted) - first == first


def test_all_products_are_asked_for_in_slices(market, session):
    for n in range(3):
        market.product(f"SKU-{n}")
    market.do(ask_for_all_markets)

    jobs = session.scalars(select(Job).where(Job.kind == LOOK_AT_MARKETS)).all()

    assert sum(len(job.arguments["product_ids"]) for job in jobs) == 3
