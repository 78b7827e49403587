"""Reads about goods: products, who sells them at what price and stock, and what the order reader knows of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ColumnExpressionArgument, Select, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from core.catalog.errors import QuantityNotWhole
from core.catalog.models import CatalogRevision, Listing, Product, ProductAlias, Stock
from core.catalog.units import is_valid_quantity
from core.db.pages import DEFAULT_LIMIT, Page, page
from core.errors import NotFound
from core.money import Money
from core.quantity import ZERO_QUANTITY
from core.refs import ListingId, ProductId, RetailerId, VendorId


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingView:
    """One vendor's way of selling one product, with what it has now."""

    listing_id: ListingId
    vendor_id: VendorId
    product_id: ProductId
    price: Money
    available: Decimal
    minimum_quantity: Decimal
    pack_multiple: Decimal
    lead_time_days: int
    is_available: bool


class ReaderEntry(NamedTuple):
    """One product as the order reader needs it, with the aliases that everybody shares."""

    product_id: ProductId
    sku: str
    name: str
    name_ne: str | None
    brand: str
    category: str
    unit: str
    pack_size: str
    case_quantity: int
    reference_price_minor: int | None
    aliases: tuple[str, ...]


def get_product(session: Session, product_id: ProductId) -> Product:
    """Raises NotFound."""
    product = session.get(Product, product_id)
    if product is None:
        raise NotFound(kind="products", id=product_id)
    return product


def products_by_ids(session: Session, product_ids: Iterable[ProductId]) -> dict[ProductId, Product]:
    if not (wanted := set(product_ids)):
        return {}
    rows = session.scalars(select(Product).where(Product.id.in_(wanted)))
    return {ProductId(row.id): row for row in rows}


def check_quantities(session: Session, wanted: Mapping[ProductId, Decimal]) -> None:
    """Raise QuantityNotWhole for 3.3 packets; 3.3 kg of loose sugar are fine.

    Asks the database only when there is a part of a piece.
    """
    parts = {product_id: much for product_id, much in wanted.items() if much != much.to_integral_value()}
    if not parts:
        return
    for product_id, product in products_by_ids(session, parts).items():
        if not is_valid_quantity(product.unit, parts[product_id]):
            raise QuantityNotWhole(
                product_id=product_id, name=product.name, unit=product.unit, quantity=parts[product_id]
            )


def check_taken_off(session: Session, taken: Iterable[tuple[ProductId, Decimal, Decimal]]) -> None:
    """As `check_quantities`, for what comes off a quantity: product, how much, of how much. All of it may always come off."""
    check_quantities(session, {product_id: much for product_id, much, of in taken if much != of})


def product_by_sku(session: Session, sku: str) -> Product | None:
    """The product with this SKU, whatever its case."""
    return session.scalar(select(Product).where(func.lower(Product.sku) == sku.lower()))


def products_by_skus(session: Session, skus: Iterable[str]) -> dict[str, Product]:
    if not (wanted := set(skus)):
        return {}
    return {row.sku: row for row in session.scalars(select(Product).where(Product.sku.in_(wanted)))}


def products_of_category(session: Session, category: str, *, unit: str) -> list[Product]:
    """The active products of a category that are counted alike."""
    alike = select(Product).where(Product.category == category, Product.unit == unit, Product.is_active)
    return list(session.scalars(alike.order_by(Product.id)))


def list_products(
    session: Session,
    *,
    category: str | None = None,
    search: str | None = None,
    after: int | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[Product]:
    statement = select(Product)
    if category:
        statement = statement.where(Product.category == category)
    if search:
        statement = statement.where(
            or_(
                Product.name.icontains(search, autoescape=True),
                Product.name_ne.icontains(search, autoescape=True),
                func.lower(Product.sku) == search.lower(),
            )
        )
    return page(session, statement, Product, after=after, limit=limit)


def get_listing(session: Session, listing_id: ListingId) -> ListingView:
    """Raises NotFound."""
    found = _views(session, Listing.id == listing_id)
    if not found:
        raise NotFound(kind="listings", id=listing_id)
    return found[0]


def find_listings(session: Session, product_ids: Iterable[ProductId]) -> list[ListingView]:
    """The available listings of these products, of any vendor, by id."""
    return _views(session, Listing.product_id.in_(set(product_ids)), Listing.is_available, Product.is_active)


def listings_of_vendor(session: Session, vendor_id: VendorId) -> list[ListingView]:
    """All listings of this vendor, unavailable ones included."""
    return _views(session, Listing.vendor_id == vendor_id)


def longest_lead(session: Session, listing_ids: Iterable[ListingId]) -> int:
    """The most days that one of the listings takes to be sent; 0 for none of them."""
    return (
        session.scalar(select(func.max(Listing.lead_time_days)).where(Listing.id.in_(set(listing_ids)))) or 0
    )


def catalog_revision(session: Session) -> int:
    """A number that grows with every change that the order reader must see; 0 for an empty catalogue."""
    return session.scalar(select(revision_now())) or 0


def revision_now() -> ColumnElement[int]:
    """The revision of the catalogue as a column of another statement."""
    revision = select(CatalogRevision.revision).where(CatalogRevision.id == 1).scalar_subquery()
    return func.coalesce(revision, 0)


def reader_entries(session: Session) -> list[ReaderEntry]:
    """Every active product, in the order of SKUs, with its shared aliases."""
    aliases = (
        select(
            ProductAlias.product_id,
            func.array_agg(aggregate_order_by(ProductAlias.words, ProductAlias.id)).label("words"),
        )
        .where(ProductAlias.retailer_id.is_(None))
        .group_by(ProductAlias.product_id)
        .subquery()
    )
    # Columns, not objects: there may be tens of thousands of them, and somebody's order waits.
    rows = session.execute(
        select(
            Product.id,
            Product.sku,
            Product.name,
            Product.name_ne,
            Product.brand,
            Product.category,
            Product.unit,
            Product.pack_size,
            Product.case_quantity,
            Product.reference_price_minor,
            aliases.c.words,
        )
        .outerjoin(aliases, aliases.c.product_id == Product.id)
        .where(Product.is_active)
        .order_by(Product.sku)
    )
    return [ReaderEntry._make((*facts, tuple(words or ()))) for *facts, words in rows]


def words_of_retailer(retailer_id: RetailerId) -> Select[int, str, str]:
    """The shop's own words, each with the SKU that it confirmed for them, to be part of a statement: later ids count."""
    return (
        select(ProductAlias.id, ProductAlias.words, Product.sku)
        .join(Product, Product.id == ProductAlias.product_id)
        .where(ProductAlias.retailer_id == retailer_id, Product.is_active)
    )


def _views(session: Session, *conditions: ColumnExpressionArgument[bool]) -> list[ListingView]:
    rows = session.execute(
        select(
            Listing.id,
            Listing.vendor_id,
            Listing.product_id,
            Listing.price_minor,
            func.coalesce(Stock.on_hand - Stock.reserved, ZERO_QUANTITY).label("available"),
            Listing.minimum_quantity,
            Listing.pack_multiple,
            Listing.lead_time_days,
            Listing.is_available,
        )
        .join(Product, Product.id == Listing.product_id)
        .outerjoin(Stock, Stock.listing_id == Listing.id)
        .where(*conditions)
        .order_by(Listing.id)
    )
    return [_view(row) for row in rows]


def _view(row: Any) -> ListingView:
    return ListingView(
        listing_id=ListingId(row.id),
        vendor_id=VendorId(row.vendor_id),
        product_id=ProductId(row.product_id),
        price=Money(row.price_minor),
        available=row.available,
        minimum_quantity=row.minimum_quantity,
        pack_multiple=row.pack_multiple,
        lead_time_days=row.lead_time_days,
        is_available=row.is_available,
    )
