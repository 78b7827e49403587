"""What the reader needs from the database: the catalogue as it stands, and what one shop taught us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.catalog import queries as catalog
from core.catalog.models import Product, ProductAlias
from core.intake.reader import alias_key
from core.intake.reading import Bought, CatalogEntry, ShopKnowledge
from core.refs import RetailerId


@dataclass(frozen=True, kw_only=True, slots=True)
class Stamp:
    """Changes whenever the reader's index must. Ids are in it because a restored database may count anew."""

    revision: int
    newest_product: int
    newest_alias: int


def catalog_stamp(session: Session) -> Stamp:
    """Return the stamp of the catalogue as it stands; one statement."""
    newest = session.execute(
        select(
            select(func.coalesce(func.max(Product.id), 0)).scalar_subquery(),
            select(func.coalesce(func.max(ProductAlias.id), 0))
            .where(ProductAlias.retailer_id.is_(None))
            .scalar_subquery(),
            catalog.revision_now(),
        )
    ).one()
    return Stamp(revision=newest[2], newest_product=newest[0], newest_alias=newest[1])


def catalog_entries(session: Session) -> list[CatalogEntry]:
    """Every active product in the reader's terms."""
    return [
        CatalogEntry(
            sku=row.sku,
            name=row.name,
            name_ne=row.name_ne or "",
            brand=row.brand,
            category=row.category,
            unit=row.unit,
            pack_size=row.pack_size,
            case_qty=row.case_quantity,
            price_minor=row.reference_price.minor if row.reference_price else 0,
            aliases=row.aliases,
        )
        for row in catalog.reader_entries(session)
    ]


def knowledge_of(session: Session, retailer_id: RetailerId, *, bought: Mapping[str, int]) -> ShopKnowledge:
    """The shop's own words, and how often it bought each product (*bought*, by SKU, comes from its orders)."""
    aliases = catalog.aliases_of_retailer(session, retailer_id)
    return ShopKnowledge(
        aliases={alias_key(words): sku for words, sku in aliases.items()},
        history={sku: Bought(times=times) for sku, times in bought.items()},
    )
