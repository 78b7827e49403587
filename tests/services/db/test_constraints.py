"""One table says which refusal a violated constraint stands for; whatever it does not name is a programming error."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.catalog.errors import SkuTaken
from core.catalog.models import CatalogRevision
from core.db.constraints import REFUSALS, constraint_of, refusals
from core.errors import DomainError


def test_every_constraint_of_the_table_exists_and_leads_to_a_domain_error(session):
    known = set(
        session.scalars(text("SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes"))
    )

    assert set(REFUSALS) <= known
    for refusal in REFUSALS.values():
        assert issubclass(refusal.error_class(), DomainError)


def test_a_refused_block_is_undone_and_the_rest_of_the_transaction_stays(session):
    session.execute(text("INSERT INTO catalog_revision (id, revision) VALUES (1, 7)"))
    product = (
        "INSERT INTO products (sku, name, brand, category, unit, pack_size, case_quantity, vat_class, short_label,"
        " is_active, created_at, updated_at)"
        " VALUES ('A-1', 'A', 'B', 'C', 'kg', '1 kg', 1, 'exempt', 'A', true, now(), now())"
    )
    session.execute(text(product))

    def write_both():
        with refusals(session, skus=["A-1"]):
            session.execute(text("UPDATE catalog_revision SET revision = 8"))
            session.execute(text(product))

    with pytest.raises(SkuTaken) as refused:
        write_both()

    assert refused.value.facts == {"skus": ["A-1"]}
    assert session.scalar(text("SELECT revision FROM catalog_revision")) == 7
    assert session.scalar(text("SELECT count(*) FROM products")) == 1


def test_a_constraint_that_is_not_in_the_table_is_not_worded_as_a_refusal(session):
    with pytest.raises(IntegrityError) as violated, refusals(session):
        session.add(CatalogRevision(id=2, revision=1))

    assert constraint_of(violated.value) == "ck_catalog_revision_one_row"
