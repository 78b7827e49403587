"""Products and the words that mean them."""

from dataclasses import replace

import pytest

from core.catalog import queries, service
from core.catalog.errors import SkuTaken, WordsMeanNothing
from core.catalog.models import AliasSource, VatClass
from core.catalog.service import ProductFacts
from core.money import rupees
from core.parties.service import RetailerFacts, create_retailer

BUTTER = ProductFacts(
    sku="AMUL-BTR-100",
    name="Amul Butter 100g",
    brand="Amul",
    category="Dairy",
    unit="pkt",
    pack_size="100 g",
    case_quantity=30,
    vat_class=VatClass.STANDARD,
    name_ne="अमूल बटर १०० ग्राम",
    reference_price=rupees(130),
)
BIG_BUTTER = replace(BUTTER, sku="AMUL-BTR-500", name="Amul Butter 500g", pack_size="500 g", case_quantity=20)


@pytest.fixture
def butter(session, admin, now):
    return service.create_product(session, BUTTER, actor=admin, now=now)


@pytest.fixture
def big_butter(session, admin, now):
    return service.create_product(session, BIG_BUTTER, actor=admin, now=now)


@pytest.fixture
def shop(session, admin, now):
    return create_retailer(session, RetailerFacts(shop_name="Asha Kirana"), actor=admin, now=now)


def test_a_new_product_gets_a_label_and_readers_hear_of_it(session, butter):
    (entry,) = queries.reader_entries(session)

    assert butter.short_label == "Amul Butter 100g"
    assert (entry.sku, entry.reference_price_minor, entry.aliases) == ("AMUL-BTR-100", 13_000, ())
    assert queries.catalog_revision(session) == 1


def test_a_sku_is_one_product(session, butter, admin, now):
    with pytest.raises(SkuTaken):
        service.create_products(session, [BIG_BUTTER, BUTTER], actor=admin, now=now)

    assert queries.list_products(session).total == 1
    assert queries.catalog_revision(session) == 1


def test_an_update_writes_what_changed_and_readers_hear_of_it_once(session, butter, admin, now):
    changed = replace(service.facts_of(butter), name_ne="अमुल बटर")

    service.update_product(session, butter.id, changed, actor=admin, now=now)
    service.update_product(session, butter.id, changed, actor=admin, now=now)

    assert butter.name_ne == "अमुल बटर"
    assert butter.short_label == "Amul Butter 100g"
    assert queries.catalog_revision(session) == 2


def test_a_product_that_is_no_longer_sold_is_not_read(session, butter, admin, now):
    service.update_product(session, butter.id, replace(BUTTER, is_active=False), actor=admin, now=now)

    assert queries.reader_entries(session) == []
    assert queries.catalog_revision(session) == 2


def test_products_are_found_by_id_and_sku(session, butter, big_butter):
    assert queries.products_by_ids(session, [butter.id, 0]) == {butter.id: butter}
    assert queries.products_by_skus(session, ["AMUL-BTR-500"]) == {"AMUL-BTR-500": big_butter}
    assert queries.product_by_sku(session, "AMUL-BTR-100") is butter
    assert queries.product_by_sku(session, "AMUL") is None
    assert queries.list_products(session, search="बटर").total == 2


def learn(session, product, words, now, *, shop=None, source=AliasSource.CONFIRMED):
    service.learn_alias(
        session,
        product.id,
        words=words,
        retailer_id=shop.id if shop else None,
        source=source,
        now=now,
    )


def test_words_for_everybody_may_fit_several_products(session, butter, big_butter, now):
    for product in (butter, big_butter, butter):
        learn(session, product, "  Makhan ", now, source=AliasSource.ADMIN)

    assert [entry.aliases for entry in queries.reader_entries(session)] == [("makhan",), ("makhan",)]
    assert queries.catalog_revision(session) == 4


def test_a_shops_words_mean_what_it_confirmed_last(session, butter, big_butter, shop, now):
    before = queries.catalog_revision(session)

    learn(session, butter, "thulo  Makhan", now, shop=shop)
    learn(session, big_butter, "Thulo makhan", now, shop=shop)

    found = session.execute(queries.words_of_retailer(shop.id)).all()
    assert [(row.words, row.sku) for row in found] == [("thulo makhan", "AMUL-BTR-500")]
    assert [entry.aliases for entry in queries.reader_entries(session)] == [(), ()]
    assert queries.catalog_revision(session) == before


def test_words_that_came_with_the_catalogue_are_learned_once(session, butter, big_butter, now):
    words = [(butter.id, "मक्खन"), (big_butter.id, "मक्खन"), (butter.id, "makkhan")]

    assert service.learn_catalog_aliases(session, words, now=now) == 3
    assert service.learn_catalog_aliases(session, words, now=now) == 0
    assert queries.catalog_revision(session) == 3


def test_a_forgotten_word_means_nothing(session, butter, now):
    learn(session, butter, "makhan", now)

    assert service.delete_alias(session, butter.id, words="MAKHAN", retailer_id=None) is True
    assert service.delete_alias(session, butter.id, words="MAKHAN", retailer_id=None) is False
    assert queries.reader_entries(session)[0].aliases == ()


@pytest.mark.parametrize("words", ["", "   ", "x" * 81])
def test_an_alias_is_some_words(session, butter, now, words):
    with pytest.raises(WordsMeanNothing):
        learn(session, butter, words, now)
