"""An import asks the database by the batch, never by the row."""

import io
from collections.abc import Sequence

import pytest
from sqlalchemy import event

from core.actor import SYSTEM
from core.exchange import listings, products, retailers, stock
from core.exchange.files import FileKind
from core.exchange.importing import import_file
from core.exchange.staging import BATCH
from core.parties import service as parties
from tests.market import MONDAY

ROWS = {
    "products": "S-{n},Name {n},Brand,Staples,kg,{n} kg,1,exempt",
    "listings": "{vendor},S-{n},{price},{n},1,1,yes",
    "stock": "{vendor},S-{n},{price}",
    "retailers": "K-{n},Shop {n},{price}",
}
HEADINGS = {
    "products": "sku,name,brand,category,unit,pack_size,case_quantity,vat_class",
    "listings": "vendor,sku,price,minimum_quantity,pack_multiple,lead_time_days,is_available",
    "stock": "vendor,sku,on_hand",
    "retailers": "code,shop_name,terms_days",
}


@pytest.fixture
def vendor(session):
    facts = parties.VendorFacts(business_name="Himal")
    vendor = parties.create_vendor(session, facts, actor=SYSTEM, now=MONDAY)
    session.flush()
    return vendor.code


@pytest.fixture
def upload(session, connection, vendor):
    """Import rows of these numbers; how many statements that took."""
    seen = []
    event.listen(connection, "before_cursor_execute", lambda *facts: seen.append(facts[2]))

    def do(kind, numbers: Sequence[int], price=20):
        rows = [ROWS[kind.NAME].format(n=n, vendor=vendor, price=price) for n in numbers]
        file = io.BytesIO("\n".join([HEADINGS[kind.NAME], *rows]).encode())
        # A file is a transaction of its own: what the one before has read is forgotten.
        session.commit()
        seen.clear()
        report = import_file(
            session,
            kind,
            file,
            FileKind.CSV,
            own_vendor=None,
            dry_run=False,
            confirm_price_changes=False,
            actor=SYSTEM,
            now=MONDAY,
        )
        assert report.created + report.changed == len(numbers)
        return len(seen)

    return do


@pytest.mark.parametrize("kind", [products, listings, retailers], ids=lambda kind: kind.NAME)
def test_rows_of_a_batch_cost_no_statements(upload, kind):
    if kind is listings:
        upload(products, range(BATCH))

    few, many = upload(kind, range(10)), upload(kind, range(10, BATCH))

    assert many == few


@pytest.mark.parametrize(("kind", "price"), [(listings, 25), (retailers, 60)], ids=["listings", "retailers"])
def test_changed_rows_of_a_batch_cost_no_statements(upload, kind, price):
    if kind is listings:
        upload(products, range(BATCH))
    upload(kind, range(BATCH))

    few, many = upload(kind, range(10), price), upload(kind, range(10, BATCH), price)

    assert many == few


def test_counts_of_a_batch_cost_no_statements(upload):
    upload(products, range(BATCH))
    upload(listings, range(BATCH))

    assert upload(stock, range(10)) == upload(stock, range(10, BATCH))


def test_batches_cost_the_same_each(upload):
    one, two, three = (
        upload(products, range(count * 10_000, count * 10_000 + count * BATCH)) for count in (1, 2, 3)
    )

    assert three - two == two - one
