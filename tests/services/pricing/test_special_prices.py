"""Vendors write tiers and price lists: checked, held when steep, kept as history, and never two for one day."""

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from core.actor import SYSTEM, Actor, ActorKind, Via
from core.audit.models import AuditEntry
from core.catalog.errors import PriceNotPositive
from core.catalog.models import VatClass
from core.catalog.service import ListingFacts, ProductFacts, create_listings, create_products
from core.errors import NotFound
from core.money import rupees
from core.parties.service import (
    RetailerFacts,
    VendorFacts,
    approve_retailer,
    approve_vendor,
    create_retailer,
    create_vendor,
)
from core.pricing import service
from core.pricing.errors import PriceChangeHeld, PriceListRefused, PriceListsOverlap, TiersRefused
from core.pricing.models import PriceList, PriceListLine, PriceTier, SpecialPriceChange
from core.pricing.policy import SpecialPrices, Tier
from core.pricing.queries import (
    own_prices,
    prices_of_lists,
    special_prices,
    tiers_of,
)
from core.pricing.service import PriceListFacts

NOW = dt.datetime(2026, 11, 22, 4, 15, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 22)
DAY = dt.timedelta(days=1)
ADMIN = Actor(kind=ActorKind.ADMIN, via=Via.PANEL)


class Trade:
    """Everest sells sugar at 100.00 and salt at 20.00; Himal sells sugar too. Asha and Bina buy."""

    def __init__(self, session):
        self.session = session
        vendors = [
            create_vendor(session, VendorFacts(business_name=name), actor=SYSTEM, now=NOW)
            for name in ("Everest", "Himal")
        ]
        for vendor in vendors:
            approve_vendor(session, vendor.id, actor=ADMIN, now=NOW)
        session.commit()
        shops = [
            create_retailer(session, RetailerFacts(shop_name=name), actor=SYSTEM, now=NOW)
            for name in ("Asha", "Bina", "Chandra")
        ]
        for shop in shops[:2]:
            approve_retailer(session, shop.id, actor=ADMIN, now=NOW)
        products = create_products(session, [a_product("SUGAR"), a_product("SALT")], actor=SYSTEM, now=NOW)
        self.products = [product.id for product in products]
        self.asha, self.bina, self.not_approved = (shop.id for shop in shops)
        self.vendor_id = vendors[0].id
        self.everest = Actor(kind=ActorKind.VENDOR, via=Via.API, vendor_id=vendors[0].id)
        self.himal = Actor(kind=ActorKind.VENDOR, via=Via.API, vendor_id=vendors[1].id)
        sold = [(vendors[0], products[0], 100), (vendors[0], products[1], 20), (vendors[1], products[0], 98)]
        listings = create_listings(
            session,
            [
                ListingFacts(vendor_id=vendor.id, product_id=product.id, price=rupees(price))
                for vendor, product, price in sold
            ],
            now=NOW,
        )
        self.sugar, self.salt, self.himals_sugar = (listing.id for listing in listings)
        session.commit()

    def set_tiers(self, *tiers, actor=None, listing=None, **facts):
        return service.set_tiers(
            self.session, listing or self.sugar, tiers, actor=actor or self.everest, now=NOW, **facts
        )

    def agree(self, prices, *, starts_on=TODAY, ends_on=None, shop=None, actor=None, **facts):
        return service.create_price_list(
            self.session,
            PriceListFacts(starts_on=starts_on, ends_on=ends_on, prices=prices),
            vendor_id=self.vendor_id,
            retailer_id=shop or self.asha,
            actor=actor or self.everest,
            now=NOW,
            **facts,
        )

    def change(self, row, prices, *, starts_on=TODAY, ends_on=None, now=NOW, **facts):
        return service.change_price_list(
            self.session,
            row.id,
            PriceListFacts(starts_on=starts_on, ends_on=ends_on, prices=prices),
            actor=self.everest,
            now=now,
            **facts,
        )

    def own(self, on=TODAY, shop=None):
        return own_prices(self.session, shop or self.asha, [self.sugar, self.salt], on=on)

    def count(self, model):
        return self.session.scalar(select(func.count()).select_from(model))

    def history(self, listing=None):
        return [
            (row.from_quantity, row.retailer_id, row.old_minor, row.new_minor)
            for row in self.session.scalars(
                select(SpecialPriceChange)
                .where(SpecialPriceChange.listing_id == (listing or self.sugar))
                .order_by(SpecialPriceChange.id.desc())
            )
        ]


def a_product(sku):
    return ProductFacts(
        sku=sku,
        name=sku.title(),
        brand="Local",
        category="Grocery",
        unit="kg",
        pack_size="1 kg",
        case_quantity=1,
        vat_class=VatClass.STANDARD,
    )


def tier(from_quantity, price):
    return Tier(from_quantity=Decimal(from_quantity), price=rupees(price))


@pytest.fixture
def trade(session):
    return Trade(session)


def test_a_ladder_replaces_the_one_before_and_is_remembered(session, trade):
    trade.set_tiers(tier(50, 90), tier(12, 95))

    kept = trade.set_tiers(tier(12, 94), tier(50, 90))

    assert kept == tiers_of(session, trade.sugar) == (tier(12, 94), tier(50, 90))
    assert trade.history() == [
        (Decimal(12), None, 9_500, 9_400),
        (Decimal(50), None, None, 9_000),
        (Decimal(12), None, None, 9_500),
    ]
    assert session.scalars(select(AuditEntry.action).where(AuditEntry.action == "tiers_set")).all() == [
        "tiers_set",
        "tiers_set",
    ]


def test_the_ladder_it_has_already_is_no_change(trade):
    trade.set_tiers(tier(12, 95))

    assert trade.set_tiers(tier(12, 95)) == (tier(12, 95),)

    assert trade.count(SpecialPriceChange) == 1


@pytest.mark.parametrize(
    ("_case", "tiers", "reason"),
    [
        ("no cheaper than the listing", [tier(12, 100)], "not_cheaper"),
        ("no cheaper than a smaller step", [tier(12, 95), tier(50, 96)], "not_cheaper"),
        ("the same quantity twice", [tier(12, 95), tier(12, 94)], "quantity_twice"),
        ("from nothing on", [tier(0, 95)], "quantity_not_positive"),
    ],
)
def test_a_ladder_that_makes_no_sense_is_refused(session, trade, _case, tiers, reason):
    trade.set_tiers(tier(20, 97))

    with pytest.raises(TiersRefused) as refused:
        trade.set_tiers(*tiers)

    assert refused.value.facts["reason"] == reason
    assert tiers_of(session, trade.sugar) == (tier(20, 97),)


def test_a_price_of_nothing_is_no_price(trade):
    with pytest.raises(PriceNotPositive):
        trade.set_tiers(tier(12, 0))
    with pytest.raises(PriceNotPositive):
        trade.agree({trade.sugar: rupees(0)})


@pytest.mark.parametrize(
    ("_case", "before", "after"),
    [
        ("less than half of what the quantity costs now", [], [tier(12, 95), tier(50, "49.99")]),
        ("a step that goes", [tier(50, 50), tier(100, 40)], [tier(50, 50)][:0]),
    ],
)
def test_a_steep_change_of_tiers_waits_and_the_old_ladder_stays(session, trade, _case, before, after):
    trade.set_tiers(*before, is_confirmed=True)
    changes = trade.count(SpecialPriceChange)

    with pytest.raises(PriceChangeHeld) as held:
        trade.set_tiers(*after)

    assert held.value.facts["listing_id"] == trade.sugar
    assert tiers_of(session, trade.sugar) == tuple(before)
    assert trade.count(SpecialPriceChange) == changes

    trade.set_tiers(*after, is_confirmed=True)

    assert tiers_of(session, trade.sugar) == tuple(after)


def test_own_prices_are_for_one_shop_and_from_day_to_day(session, trade):
    trade.agree(
        {trade.sugar: rupees(93), trade.salt: rupees(21)}, starts_on=TODAY + DAY, ends_on=TODAY + 2 * DAY
    )

    both = {trade.sugar: rupees(93), trade.salt: rupees(21)}
    assert [trade.own(TODAY + days * DAY) for days in range(4)] == [{}, both, both, {}]
    assert trade.own(TODAY + DAY, shop=trade.bina) == {}
    assert trade.history() == [(None, trade.asha, None, 9_300)]


def test_special_prices_are_read_for_all_listings_together(session, trade):
    trade.set_tiers(tier(12, 95))
    trade.set_tiers(tier(30, 90), listing=trade.himals_sugar, actor=trade.himal)
    trade.agree({trade.sugar: rupees(93), trade.salt: rupees(21)})

    asked = special_prices(session, retailer_id=trade.asha, product_ids=trade.products[:1], on=TODAY)
    other = special_prices(session, retailer_id=trade.bina, product_ids=trade.products, on=TODAY)

    assert asked == {
        trade.sugar: SpecialPrices(tiers=(tier(12, 95),), own=rupees(93)),
        trade.himals_sugar: SpecialPrices(tiers=(tier(30, 90),)),
    }
    assert other == {
        trade.sugar: SpecialPrices(tiers=(tier(12, 95),)),
        trade.himals_sugar: SpecialPrices(tiers=(tier(30, 90),)),
    }


def test_two_own_prices_never_meet_on_one_day(session, trade):
    first = trade.agree({trade.sugar: rupees(93)}, ends_on=TODAY + 9 * DAY)

    for starts_on, ends_on in ((TODAY + 9 * DAY, None), (TODAY, TODAY), (TODAY + 2 * DAY, TODAY + 3 * DAY)):
        with pytest.raises(PriceListsOverlap):
            trade.agree(
                {trade.salt: rupees(19), trade.sugar: rupees(92)}, starts_on=starts_on, ends_on=ends_on
            )

    assert (trade.count(PriceList), trade.count(PriceListLine)) == (1, 1)
    assert prices_of_lists(session, [first.id]) == {first.id: {trade.sugar: rupees(93)}}
    # The day after, another shop, another listing: each is free.
    following = trade.agree({trade.sugar: rupees(92)}, starts_on=TODAY + 10 * DAY)
    trade.agree({trade.sugar: rupees(92)}, shop=trade.bina)
    trade.agree({trade.salt: rupees(19)})
    with pytest.raises(PriceListsOverlap):
        trade.change(following, {trade.sugar: rupees(92)}, starts_on=TODAY + 9 * DAY)
    assert following.starts_on == TODAY + 10 * DAY


def test_the_database_has_the_last_word_on_overlaps(session, trade):
    first = trade.agree({trade.sugar: rupees(93)}, ends_on=TODAY + 9 * DAY)
    later = trade.agree({trade.sugar: rupees(92)}, starts_on=TODAY + 10 * DAY)

    with pytest.raises(IntegrityError, match="ex_price_list_lines_overlap"), session.begin_nested():
        session.execute(update(PriceList).where(PriceList.id == later.id).values(during=first.during))
    with pytest.raises(IntegrityError, match="fk_price_list_lines"), session.begin_nested():
        session.execute(
            update(PriceListLine)
            .where(PriceListLine.price_list_id == later.id)
            .values(retailer_id=trade.bina)
        )
    with pytest.raises(IntegrityError, match="special_price_changes is append-only"), session.begin_nested():
        session.execute(delete(SpecialPriceChange))


def test_a_list_in_force_changes_from_today_and_keeps_its_first_day(session, trade):
    row = trade.agree({trade.sugar: rupees(93), trade.salt: rupees(19)})
    tomorrow = NOW + DAY

    trade.change(row, {trade.sugar: rupees(90)}, ends_on=TODAY + 5 * DAY, now=tomorrow)

    assert trade.own(TODAY + DAY) == {trade.sugar: rupees(90)}
    assert (row.starts_on, row.ends_on) == (TODAY, TODAY + 5 * DAY)
    assert trade.history()[0] == (None, trade.asha, 9_300, 9_000)
    assert trade.history(trade.salt)[0] == (None, trade.asha, 1_900, None)
    with pytest.raises(PriceListRefused) as moved:
        trade.change(row, {trade.sugar: rupees(90)}, starts_on=TODAY + DAY, now=tomorrow)
    assert moved.value.facts["reason"] == "has_begun"


def test_a_list_written_as_it_is_already_is_no_change(trade):
    row = trade.agree({trade.sugar: rupees(93)})

    trade.change(row, {trade.sugar: rupees(93)})

    assert trade.count(SpecialPriceChange) == 1


@pytest.mark.parametrize("price", ["49.99", "150.01"])
def test_a_steep_own_price_waits(trade, price):
    with pytest.raises(PriceChangeHeld) as held:
        trade.agree({trade.salt: rupees(19), trade.sugar: rupees(price)})

    assert (held.value.facts["old"], held.value.facts["new"]) == (rupees(100), rupees(price))
    assert (trade.count(PriceList), trade.count(SpecialPriceChange)) == (0, 0)

    trade.agree({trade.sugar: rupees(price)}, is_confirmed=True)

    assert trade.own() == {trade.sugar: rupees(price)}


def test_a_change_is_steep_against_what_the_shop_pays(trade):
    row = trade.agree({trade.sugar: rupees(60)}, ends_on=TODAY + DAY)

    with pytest.raises(PriceChangeHeld):
        trade.change(row, {trade.sugar: rupees(91)})
    with pytest.raises(PriceChangeHeld):
        trade.agree({trade.sugar: rupees(91)}, starts_on=TODAY + 2 * DAY)
    with pytest.raises(PriceChangeHeld):
        service.end_price_list(trade.session, row.id, actor=trade.everest, now=NOW)

    assert trade.own() == {trade.sugar: rupees(60)}
    trade.agree({trade.sugar: rupees(90)}, starts_on=TODAY + 2 * DAY)


def test_ending_a_list_keeps_what_has_applied(session, trade):
    begun = trade.agree({trade.sugar: rupees(93)})
    planned = trade.agree({trade.salt: rupees(19)}, starts_on=TODAY + 5 * DAY)
    later = NOW + 2 * DAY

    for row in (begun, planned):
        service.end_price_list(session, row.id, actor=trade.everest, now=later)

    assert (begun.starts_on, begun.ends_on) == (TODAY, TODAY + DAY)
    assert [trade.own(TODAY + days * DAY) for days in (0, 1, 2)] == [
        {trade.sugar: rupees(93)},
        {trade.sugar: rupees(93)},
        {},
    ]
    assert session.scalars(select(PriceList.id)).all() == [begun.id]
    assert trade.history(trade.salt)[0] == (None, trade.asha, 1_900, None)
    with pytest.raises(PriceListRefused) as ended:
        service.end_price_list(session, begun.id, actor=trade.everest, now=later)
    assert ended.value.facts["reason"] == "has_ended"
    with pytest.raises(PriceListRefused):
        trade.change(begun, {trade.sugar: rupees(92)}, now=later)


def test_a_list_is_for_days_to_come_and_not_empty(trade):
    for prices, starts_on, reason in (
        ({}, TODAY, "empty"),
        ({trade.sugar: rupees(93)}, TODAY - DAY, "starts_in_the_past"),
    ):
        with pytest.raises(PriceListRefused) as refused:
            trade.agree(prices, starts_on=starts_on)
        assert refused.value.facts["reason"] == reason

    assert trade.count(PriceList) == 0


def test_what_is_anothers_does_not_exist(session, trade):
    row = trade.agree({trade.sugar: rupees(93)})

    with pytest.raises(NotFound):
        trade.set_tiers(tier(12, 95), actor=trade.himal)
    with pytest.raises(NotFound):
        trade.agree({trade.salt: rupees(19)}, actor=trade.himal)
    with pytest.raises(NotFound):
        trade.agree({trade.himals_sugar: rupees(93)})
    with pytest.raises(NotFound):
        trade.agree({trade.salt: rupees(19)}, shop=trade.not_approved)
    with pytest.raises(NotFound):
        service.end_price_list(session, row.id, actor=trade.himal, now=NOW)

    assert (trade.count(PriceTier), trade.count(PriceListLine)) == (0, 1)


def test_an_admin_writes_for_any_vendor(trade):
    trade.set_tiers(tier(12, 95), actor=ADMIN)
    trade.agree({trade.sugar: rupees(93)}, actor=ADMIN)

    assert (trade.count(PriceTier), trade.own()) == (1, {trade.sugar: rupees(93)})
