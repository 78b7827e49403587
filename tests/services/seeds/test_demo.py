"""The demo market: the same for everybody, made once, and never in production."""

import datetime as dt
import math
from decimal import Decimal

import pytest
from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import sessionmaker

from core.actor import Actor, ActorKind, Via
from core.catalog import queries as catalog
from core.catalog.models import Listing, Product, Stock, VatClass
from core.config import Environment
from core.credit.models import CreditAccount
from core.credit.queries import find_differences, standing
from core.messaging.models import OutboundMessage
from core.money import ZERO, rupees
from core.orders.basket import same_again
from core.orders.models import FulfillmentLine, Order, OrderLine
from core.outbox.models import Event, Job
from core.parties import demo_logins, service
from core.parties.models import Contact, Retailer, User, Vendor
from core.parties.queries import addresses_of, has_demo_logins, people_of_retailer
from core.pricing.models import PriceChange
from core.pricing.service.watching import LOOK_AT_MARKETS
from core.routing.models import Offer, OfferStatus
from core.seeds.demo import DemoNotForProduction, seed_demo
from core.seeds.people import DEMO_PEOPLE, Side
from core.seeds.reference import read_products

NOW = dt.datetime(2026, 11, 22, 4, 15, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def seeded(engine):
    """A connection that sees the demo market, made once for these tests and rolled back after them."""
    with engine.connect() as connection:
        outer = connection.begin()
        seed_demo(connection, environment=Environment.DEVELOPMENT, now=NOW)
        yield connection
        outer.rollback()


@pytest.fixture
def sessions(seeded):
    with seeded.begin_nested() as savepoint:
        yield sessionmaker(seeded, join_transaction_mode="create_savepoint", expire_on_commit=False)
        savepoint.rollback()


@pytest.fixture
def market(session):
    return session


def rows_by_table(session):
    names = inspect(session.connection()).get_table_names()
    return {name: session.scalar(text(f"SELECT count(*) FROM {name}")) for name in names}  # noqa: S608


def test_a_second_run_changes_nothing(seeded, market):
    before = rows_by_table(market)
    listing = market.scalars(select(Listing).order_by(Listing.id)).first()
    listing.price_minor = of_a_vendor = listing.price_minor + 1
    market.commit()

    again = seed_demo(seeded, environment=Environment.DEVELOPMENT, now=NOW + dt.timedelta(days=3))

    assert (again.products, again.listings) == (0, 0)
    assert rows_by_table(market) == before
    market.refresh(listing)
    assert listing.price_minor == of_a_vendor


def test_production_is_refused_and_nothing_is_written(seeded, market):
    before = rows_by_table(market)

    with pytest.raises(DemoNotForProduction):
        seed_demo(seeded, environment=Environment.PRODUCTION, now=NOW)

    assert rows_by_table(market) == before


def test_every_published_login_works_by_email_and_those_with_a_phone_by_phone(market):
    for email, password in demo_logins.DEMO_LOGINS.items():
        user = service.authenticate(market, name=email, password=password)
        if user.phone:
            assert service.authenticate(market, name=user.phone, password=password).id == user.id

    phones = market.scalars(select(User.phone).where(User.phone.is_not(None)).order_by(User.phone)).all()
    assert phones == [f"+977980100000{n}" for n in range(1, 5)] + [f"+977984100000{n}" for n in range(1, 7)]
    assert has_demo_logins(market)


def test_the_people_are_reached_by_its_phones(market):
    for member in DEMO_PEOPLE.values():
        contact = market.scalar(select(Contact).where(Contact.phone == member.phone))
        if member.side is Side.NOBODY_YET:
            assert contact is None
        else:
            assert addresses_of(market, contact.id, channel="whatsapp") == (f"whatsapp:{member.phone}",)
            assert contact.name == member.full_name


def test_shops_are_as_the_story_says(market):
    shops = market.scalars(select(Retailer).order_by(Retailer.id)).all()
    limits = dict(market.execute(select(CreditAccount.retailer_id, CreditAccount.limit_minor)).all())

    assert [shop.language for shop in shops] == ["en", "ne", "en", "ne", "ne", "en"]
    assert {shop.approval for shop in shops} == {"approved"}
    assert [limits.get(shop.id, 0) // 100 for shop in shops] == [200_000, 150_000, 100_000, 80_000, 0, 50_000]
    owner, helper = people_of_retailer(market, shops[0].id)
    assert (owner.name, owner.position, owner.order_limit) == ("Asha Gurung", "owner", None)
    assert (helper.name, helper.position, helper.order_limit) == ("Bibek Gurung", "helper", rupees(10_000))


def test_two_vendors_at_least_work_every_day_and_reach_every_shop(market):
    vendors = market.scalars(select(Vendor)).all()
    for shop in market.scalars(select(Retailer)):
        for weekday in range(1, 8):
            reach = [
                vendor
                for vendor in vendors
                if weekday in vendor.working_days and kilometres(shop, vendor) <= vendor.service_radius_km
            ]
            assert len(reach) >= 2, (shop.shop_name, weekday)


def test_all_vendors_list_all_products_at_prices_of_their_own(market):
    asked: dict[int, list[int]] = {}
    for product_id, price in market.execute(select(Listing.product_id, Listing.price_minor)):
        asked.setdefault(product_id, []).append(price)

    assert len(asked) == 186
    for product in market.scalars(select(Product)):
        prices = asked[product.id]
        assert len(set(prices)) == 4, product.sku
        assert min(prices) >= product.reference_price_minor * 92 // 100
        assert max(prices) <= product.reference_price_minor * 108 // 100


def test_three_products_are_sold_out_everywhere_and_all_others_are_had_at_three_vendors(market):
    having = dict(
        market.execute(
            select(Product.sku, func.count().filter(Stock.on_hand > 0))
            .join(Listing, Listing.product_id == Product.id)
            .join(Stock, Stock.listing_id == Listing.id)
            .group_by(Product.sku)
        ).all()
    )

    nobody = {sku for sku, vendors in having.items() if vendors == 0}
    assert nobody == {"KURK-GC-40", "HORL-500", "AMUL-CHS-200"}
    assert {vendors for sku, vendors in having.items() if sku not in nobody} == {3, 4}


def test_every_product_has_a_nepali_name_and_its_vat_class(market):
    entries = catalog.reader_entries(market)

    assert len({entry.name_ne for entry in entries}) == 186
    exempt = market.scalars(
        select(Product.category).where(Product.vat_class == VatClass.EXEMPT).group_by(Product.category)
    ).all()
    assert set(exempt) == {"Rice", "Pulses", "Flour", "Sugar & Salt", "Dairy"}
    classes = dict(market.execute(select(Product.sku, Product.vat_class)).all())
    assert (classes["AAYO-1"], classes["SUG-LS"]) == ("exempt", "standard")
    assert (classes["DDC-MLK-500"], classes["AMUL-TZ-1L"]) == ("exempt", "standard")


def test_the_past_makes_the_story_true(market):
    shops = market.scalars(select(Retailer).order_by(Retailer.id)).all()
    asha, maya, rajan, deepak, sita, ramesh = (standing(market, shop.id, now=NOW) for shop in shops)

    assert [one.overdue for one in (asha, maya, rajan)] == [ZERO] * 3
    assert all(rupees(10_000) < one.posted < rupees(30_000) for one in (asha, maya, rajan))
    assert (deepak.oldest_days_past_due, deepak.overdue > ZERO) == (8, True)
    assert rupees(65_000) < deepak.posted < rupees(78_000)
    assert (sita.posted, sita.limit) == (ZERO, ZERO)
    assert (ramesh.oldest_days_past_due, ramesh.posted) == (95, ramesh.overdue)
    assert [shop.block_reason for shop in shops] == [None] * 5 + ["overdue"]


def test_the_past_is_over_and_the_books_agree(market):
    statuses = market.scalars(select(Order.status).distinct()).all()

    assert statuses == ["completed"]
    assert find_differences(market) == []
    assert market.scalar(select(func.sum(Stock.reserved))) == 0


def test_nobody_is_told_today_of_what_was_long_ago(market):
    assert market.scalar(select(func.count()).select_from(Event)) > 100
    # A price that changed has its market looked at; that tells nobody.
    assert set(market.scalars(select(Job.kind))) == {LOOK_AT_MARKETS}
    assert market.scalar(select(func.count()).select_from(OutboundMessage)) == 0


def test_same_again_has_something_to_say(market):
    asha = market.scalars(select(Retailer).order_by(Retailer.id)).first()
    owner = people_of_retailer(market, asha.id)[0]
    actor = Actor(kind=ActorKind.RETAILER, via=Via.WHATSAPP, contact_id=owner.contact_id, retailer_id=asha.id)

    again = same_again(market, retailer_id=asha.id, actor=actor, now=NOW)

    changed = {price.name: price.now > price.then for price in again.prices}
    assert changed["Wai Wai Chicken Noodles 75g"] is True
    assert changed["Dhara Mustard Oil 1L"] is False
    assert market.scalar(select(func.count()).select_from(PriceChange)) == 16


def test_one_vendor_said_no_and_one_parcel_came_short(market):
    declined = market.scalars(select(Offer).where(Offer.status == OfferStatus.DECLINED)).all()
    short = market.execute(
        select(Product.sku, FulfillmentLine.quantity - FulfillmentLine.delivered_quantity)
        .join(OrderLine, OrderLine.id == FulfillmentLine.order_line_id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(FulfillmentLine.delivered_quantity < FulfillmentLine.quantity)
    ).all()

    assert len(declined) == 1
    assert [tuple(row) for row in short] == [("COKE-1500", 2)]


def test_the_files_name_the_same_products():
    products = list(read_products())

    assert len({product.facts.sku for product in products}) == 186
    assert all(product.facts.reference_price for product in products)
    assert sum(product.usual_stock == Decimal(0) for product in products) == 3


def kilometres(shop, vendor):
    lat1, lon1, lat2, lon2 = (
        math.radians(value) for value in (shop.latitude, shop.longitude, vendor.latitude, vendor.longitude)
    )
    half = (
        math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * 6371 * math.asin(math.sqrt(half))
