"""What the reader needs from the database: the catalogue as it stands, and what one shop taught us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, literal, select, true
from sqlalchemy.orm import Session

from core.catalog import queries as catalog
from core.catalog.models import Product, ProductAlias
from core.db.session import read_once, writes
from core.intake.reader import alias_key
from core.intake.reading import Bought, CatalogEntry, ShopKnowledge
from core.refs import RetailerId


@dataclass(frozen=True, slots=True)
class Stamp:
    """Changes whenever the reader's index must. Ids are in it because a restored database may count anew."""

    revision: int
    newest_product: int
    newest_alias: int


def catalog_stamp(session: Session) -> Stamp:
    """Return the stamp of the catalogue as it stands. Read again only after something was written: one turn reads its words by one catalogue."""
    key = (Stamp, writes(session))
    kept = read_once(session)
    if key not in kept:
        row = session.execute(select(*_stamp())).one()
        kept[key] = Stamp(row[0], row[1], row[2])
    stamp: Stamp = kept[key]
    return stamp


def _stamp() -> tuple[ColumnElement[int], ...]:
    aliases = select(func.coalesce(func.max(ProductAlias.id), 0)).where(ProductAlias.retailer_id.is_(None))
    return (
        catalog.revision_now(),
        select(func.coalesce(func.max(Product.id), 0)).scalar_subquery(),
        aliases.scalar_subquery(),
    )


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
            product_id=row.product_id,
            price_minor=row.reference_price_minor or 0,
            aliases=row.aliases,
        )
        for row in catalog.reader_entries(session)
    ]


def knowledge_of(session: Session, retailer_id: RetailerId, *, bought: Mapping[str, int]) -> ShopKnowledge:
    """The shop's own words, and how often it bought each product (*bought*, by SKU, comes from its orders)."""
    own = catalog.words_of_retailer(retailer_id).subquery()
    # The state of the catalogue comes along, because the reading that follows asks for it.
    only_row = select(literal(1)).subquery()
    rows = session.execute(
        select(*_stamp(), own.c.words, own.c.sku)
        .select_from(only_row.outerjoin(own, true()))
        .order_by(own.c.id)
    ).all()
    read_once(session)[Stamp, writes(session)] = Stamp(rows[0][0], rows[0][1], rows[0][2])
    return ShopKnowledge(
        aliases={alias_key(words): sku for *_, words, sku in rows if words is not None},
        history={sku: Bought(times=times) for sku, times in bought.items()},
    )
