"""The reader's index follows the catalogue: exactly, and mostly before anybody asks."""

from dataclasses import replace
from threading import Event, Thread

import pytest

from core.actor import SYSTEM
from core.catalog import service as catalog
from core.catalog.models import AliasSource, Product, VatClass
from core.catalog.service import ProductFacts
from core.clock import system_now
from core.intake import service as intake
from core.intake.catalogue.indexing import index_entries, read_entries
from core.intake.queries import catalog_entries
from core.intake.reading import Role, ShopKnowledge
from tests.platform.processes import wait_until

SUGAR = ProductFacts(
    sku="SUGAR-1",
    name="Sugar 1 kg",
    brand="Local",
    category="Staples",
    unit="pkt",
    pack_size="1 kg",
    case_quantity=20,
    vat_class=VatClass.EXEMPT,
)
COKE = replace(
    SUGAR, sku="COKE-250", name="Coca-Cola 250ml", brand="Coca-Cola", unit="btl", pack_size="250 ml"
)


NOW = system_now()


@pytest.fixture(autouse=True)
def new_process(monkeypatch):
    monkeypatch.setattr(intake, "_built", intake._Built())


@pytest.fixture
def goods(session):
    return catalog.create_products(session, [SUGAR, COKE], actor=SYSTEM, now=NOW)


def read(session, text):
    reading = intake.read(session, text, role=Role.RETAILER, shop=ShopKnowledge())
    return [(line.sku, line.quantity) for line in reading.lines]


def test_order_right_after_a_change_is_read_by_the_changed_catalogue(session, goods):
    assert read(session, "coke 2 carton") == [("COKE-250", 40)]

    coke = session.query(Product).filter_by(sku="COKE-250").one()
    catalog.update_product(session, coke.id, replace(COKE, case_quantity=24), actor=SYSTEM, now=NOW)
    assert read(session, "coke 2 carton, Sugar 5 pkt") == [("COKE-250", 48), ("SUGAR-1", 5)]

    catalog.create_product(
        session, replace(SUGAR, sku="SALT-1", name="Aayo Salt 1 kg"), actor=SYSTEM, now=NOW
    )
    assert read(session, "aayo salt 3 pkt") == [("SALT-1", 3)]

    catalog.learn_alias(
        session, coke.id, words="kalo jhol", retailer_id=None, source=AliasSource.CATALOG, now=NOW
    )
    assert read(session, "kalo jhol 6") == [("COKE-250", 6)]

    catalog.update_product(session, coke.id, replace(COKE, is_active=False), actor=SYSTEM, now=NOW)
    assert read(session, "coke 2 carton, sugar 5 pkt") == [("SUGAR-1", 5)]


def test_only_what_changed_is_read_again(session, goods):
    before = read_entries(catalog_entries(session))
    coke = session.query(Product).filter_by(sku="COKE-250").one()
    catalog.update_product(session, coke.id, replace(COKE, name="Coke 250ml"), actor=SYSTEM, now=NOW)

    after = read_entries(catalog_entries(session), known=before)

    kept = [entry for entry in after if any(after[entry] is known for known in before.values())]
    assert [entry.sku for entry in kept] == ["SUGAR-1"]
    assert [index_entries(after.values()).products[number].words for number in (0, 1)] == [
        frozenset({"coke"}),
        frozenset({"sugar"}),
    ]


def test_index_is_built_soon_after_a_change_before_anybody_writes(fresh_database):
    stopping = Event()
    keeper = Thread(target=intake.keep_index_ready, args=(fresh_database.database, stopping))
    keeper.start()
    try:
        for facts in (SUGAR, COKE):
            with fresh_database.database.transaction() as session:
                catalog.create_product(session, facts, actor=SYSTEM, now=NOW)
            wait_until(
                lambda sku=facts.sku: intake._built.index and sku in intake._built.index.by_sku,
                "the index knows the new product",
            )
    finally:
        stopping.set()
        keeper.join()


def test_keeper_outlives_a_database_that_is_away(fresh_database, monkeypatch):
    away, stopping = [True], Event()
    real = intake.index_of

    def index_of(session):
        if away:
            away.pop()
            session.connection().invalidate()
            session.connection()
        return real(session)

    monkeypatch.setattr(intake, "index_of", index_of)
    keeper = Thread(target=intake.keep_index_ready, args=(fresh_database.database, stopping))
    keeper.start()
    try:
        wait_until(lambda: intake._built.index is not None, "the index is built")
    finally:
        stopping.set()
        keeper.join()
