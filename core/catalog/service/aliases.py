"""Words that mean a product: learned from confirmations, brought by the catalogue, deleted."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.catalog.errors import WordsMeanNothing
from core.catalog.models import AliasSource, CatalogRevision, ProductAlias
from core.refs import ProductId, RetailerId

LONGEST_ALIAS = 80


def learn_alias(
    session: Session,
    product_id: ProductId,
    *,
    words: str,
    retailer_id: RetailerId | None,
    source: AliasSource,
    now: dt.datetime,
) -> None:
    """Add *words* as an alias of the product, for one shop or for everybody.

    A shop's words mean one product: the newest confirmation replaces an older one. Words for everybody may fit several
    products; the reader then asks. Raises WordsMeanNothing.
    """
    clean = clean_words(words)
    if retailer_id is not None:
        session.execute(
            delete(ProductAlias).where(
                ProductAlias.retailer_id == retailer_id,
                ProductAlias.words == clean,
                ProductAlias.product_id != product_id,
            )
        )
    row = {
        "product_id": product_id,
        "retailer_id": retailer_id,
        "words": clean,
        "source": source,
        "created_at": now,
    }
    learned = session.scalar(
        insert(ProductAlias).values(row).on_conflict_do_nothing().returning(ProductAlias.id)
    )
    # A shop's own words are read with each of its messages; only what all readers share makes their index stale.
    if learned is not None and retailer_id is None:
        bump_revision(session)


def learn_catalog_aliases(
    session: Session, aliases: Sequence[tuple[ProductId, str]], *, now: dt.datetime
) -> int:
    """Add aliases that come with the catalogue, for everybody. Returns how many are new."""
    rows = [
        {
            "product_id": product_id,
            "retailer_id": None,
            "words": clean_words(words),
            "source": AliasSource.CATALOG,
            "created_at": now,
        }
        for product_id, words in aliases
    ]
    if not rows:
        return 0
    learned = len(
        session.scalars(insert(ProductAlias).on_conflict_do_nothing().returning(ProductAlias.id), rows).all()
    )
    if learned:
        bump_revision(session)
    return learned


def delete_alias(
    session: Session, product_id: ProductId, *, words: str, retailer_id: RetailerId | None
) -> bool:
    """Delete the alias. Returns whether there was one."""
    forgotten = session.scalar(
        delete(ProductAlias)
        .where(
            ProductAlias.product_id == product_id,
            ProductAlias.words == clean_words(words),
            ProductAlias.retailer_id.is_not_distinct_from(retailer_id),
        )
        .returning(ProductAlias.id)
    )
    if forgotten is not None and retailer_id is None:
        bump_revision(session)
    return forgotten is not None


def clean_words(words: str) -> str:
    """One spelling for the same words: composed, without case, single spaces. Raises WordsMeanNothing."""
    clean = " ".join(unicodedata.normalize("NFC", words).casefold().split())
    if not clean or len(clean) > LONGEST_ALIAS:
        raise WordsMeanNothing(longest=LONGEST_ALIAS)
    return clean


def bump_revision(session: Session) -> None:
    """Tell every reader that its index of the catalogue is stale once this transaction has committed."""
    session.execute(
        insert(CatalogRevision)
        .values(id=1, revision=1)
        .on_conflict_do_update(index_elements=["id"], set_={"revision": CatalogRevision.revision + 1})
    )
