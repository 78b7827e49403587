"""What is sold: products, each vendor's listing of them, and the stock behind a listing, movement by movement."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, one_of, primary_key


class VatClass(StrEnum):
    STANDARD = "standard"
    EXEMPT = "exempt"


class AliasSource(StrEnum):
    CATALOG = "catalog"
    ADMIN = "admin"
    CONFIRMED = "confirmed"


class MovementKind(StrEnum):
    COUNTED = "counted"
    RECEIVED = "received"
    RESERVED = "reserved"
    RELEASED = "released"
    DISPATCHED = "dispatched"
    RETURNED = "returned"


class Product(Base):
    __tablename__ = "products"
    __table_args__ = (
        # A SKU is one whatever its case.
        Index("uq_products_sku_lower", func.lower(text("sku")), unique=True),
        CheckConstraint("case_quantity >= 1", name="case_holds_something"),
        CheckConstraint("char_length(short_label) <= 24", name="short_label_fits_a_list_row"),
    )

    id: Mapped[int] = primary_key()
    sku: Mapped[str]
    name: Mapped[str]
    name_ne: Mapped[str | None]
    brand: Mapped[str]
    category: Mapped[str] = mapped_column(index=True)
    unit: Mapped[str]
    pack_size: Mapped[str]
    case_quantity: Mapped[int]
    vat_class: Mapped[VatClass] = mapped_column(one_of(VatClass))
    short_label: Mapped[str]
    # What the trade usually pays for one base piece; lets words like "the 10 rupee one" select a pack.
    reference_price_minor: Mapped[int | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]


class ProductAlias(Base):
    """Words that mean a product: for everybody, or for one retailer who confirmed them."""

    __tablename__ = "product_aliases"
    __table_args__ = (
        UniqueConstraint("words", "retailer_id", "product_id", postgresql_nulls_not_distinct=True),
        Index(None, "retailer_id"),
    )

    id: Mapped[int] = primary_key()
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    retailer_id: Mapped[int | None] = mapped_column(ForeignKey("retailers.id"))
    words: Mapped[str]
    source: Mapped[AliasSource] = mapped_column(one_of(AliasSource))
    created_at: Mapped[dt.datetime]


class CatalogRevision(Base):
    """Counts changes to names, aliases and packs, so that a process knows when its reader's index is stale."""

    __tablename__ = "catalog_revision"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int]


class Listing(Base):
    """One vendor's way of selling one product. The price is before VAT, for one base piece."""

    __tablename__ = "listings"
    __table_args__ = (
        UniqueConstraint("vendor_id", "product_id"),
        Index(None, "product_id"),
        CheckConstraint("price_minor > 0", name="price_is_positive"),
        CheckConstraint("minimum_quantity >= 0", name="minimum_is_not_negative"),
        CheckConstraint("pack_multiple > 0", name="multiple_is_positive"),
    )

    id: Mapped[int] = primary_key()
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    price_minor: Mapped[int]
    minimum_quantity: Mapped[Decimal] = mapped_column(default=Decimal(0))
    pack_multiple: Mapped[Decimal] = mapped_column(default=Decimal(1))
    lead_time_days: Mapped[int] = mapped_column(default=0)
    is_available: Mapped[bool] = mapped_column(default=True)
    updated_at: Mapped[dt.datetime]


class Stock(Base):
    """A vendor's stock of a listing. Available = on hand − reserved; the database keeps it from going below zero."""

    __tablename__ = "stock"
    __table_args__ = (
        CheckConstraint("reserved >= 0", name="reserved_is_not_negative"),
        CheckConstraint("on_hand >= reserved", name="available_is_not_negative"),
    )

    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"), primary_key=True)
    on_hand: Mapped[Decimal]
    reserved: Mapped[Decimal] = mapped_column(default=Decimal(0))


class StockMovement(Base):
    """Why stock changed. Append-only; unique per cause, so that a repeated job moves goods once."""

    __tablename__ = "stock_movements"
    __table_args__ = (
        Index(None, "listing_id", "id"),
        UniqueConstraint("listing_id", "kind", "cause"),
    )

    id: Mapped[int] = primary_key()
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"))
    kind: Mapped[MovementKind] = mapped_column(one_of(MovementKind))
    on_hand_change: Mapped[Decimal]
    reserved_change: Mapped[Decimal]
    # For example `fulfillment:12`, or `count:<idempotency key>`.
    cause: Mapped[str]
    reason: Mapped[str | None]
    actor: Mapped[str]
    at: Mapped[dt.datetime]
