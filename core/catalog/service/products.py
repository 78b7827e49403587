"""The catalogue: products with a SKU and a short label of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit.service import record_action
from core.catalog.labels import short_label
from core.catalog.models import Product, VatClass
from core.catalog.service.aliases import bump_revision
from core.db.constraints import refusals
from core.errors import NotFound
from core.money import Money
from core.refs import ProductId


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductFacts:
    """All that a product says of itself. Without a `short_label` one is made from name, brand and pack."""

    sku: str
    name: str
    brand: str
    category: str
    unit: str
    pack_size: str
    case_quantity: int
    vat_class: VatClass
    name_ne: str | None = None
    reference_price: Money | None = None
    short_label: str | None = None
    is_active: bool = True


def create_product(session: Session, facts: ProductFacts, *, actor: Actor, now: dt.datetime) -> Product:
    """Create one product. Raises SkuTaken."""
    return create_products(session, [facts], actor=actor, now=now)[0]


def create_products(
    session: Session, wanted: Sequence[ProductFacts], *, actor: Actor, now: dt.datetime
) -> list[Product]:
    """Create all of them or, when a SKU is taken, none. Raises SkuTaken."""
    labels = labels_in_use(session)
    products = []
    for facts in wanted:
        named = with_short_label(facts, labels)
        labels.add(named.short_label or "")
        product = Product(created_at=now)
        _write(product, named, now=now)
        products.append(product)
    with refusals(session, skus=[facts.sku for facts in wanted]):
        session.add_all(products)
    for product in products:
        _audit_product(session, "product_created", product, actor=actor, now=now)
    bump_revision(session)
    return products


def update_product(
    session: Session, product_id: ProductId, facts: ProductFacts, *, actor: Actor, now: dt.datetime
) -> Product:
    """Write all facts of a product; `facts_of` returns the present ones to start from. Raises NotFound, SkuTaken."""
    product = session.get(Product, product_id, with_for_update={"key_share": True}, populate_existing=True)
    if product is None:
        raise NotFound(kind="products", id=product_id)
    before = facts_of(product)
    named = with_short_label(facts, labels_in_use(session) - {product.short_label})
    if named == before:
        return product
    with refusals(session, skus=[facts.sku]):
        _write(product, named, now=now)
    _audit_product(session, "product_updated", product, actor=actor, now=now)
    bump_revision(session)
    return product


def facts_of(product: Product) -> ProductFacts:
    price = product.reference_price_minor
    return ProductFacts(
        sku=product.sku,
        name=product.name,
        brand=product.brand,
        category=product.category,
        unit=product.unit,
        pack_size=product.pack_size,
        case_quantity=product.case_quantity,
        vat_class=product.vat_class,
        name_ne=product.name_ne,
        reference_price=None if price is None else Money(price),
        short_label=product.short_label,
        is_active=product.is_active,
    )


def with_short_label(facts: ProductFacts, labels: set[str]) -> ProductFacts:
    """*facts* with a short label: their own, or one that is not among *labels*."""
    if facts.short_label:
        return facts
    label = short_label(name=facts.name, brand=facts.brand, pack_size=facts.pack_size, taken=labels)
    return replace(facts, short_label=label)


def labels_in_use(session: Session) -> set[str]:
    """The short labels of all products, which a new one must not repeat."""
    return set(session.scalars(select(Product.short_label)))


def _write(product: Product, facts: ProductFacts, *, now: dt.datetime) -> None:
    product.sku = facts.sku
    product.name = facts.name
    product.name_ne = facts.name_ne
    product.brand = facts.brand
    product.category = facts.category
    product.unit = facts.unit
    product.pack_size = facts.pack_size
    product.case_quantity = facts.case_quantity
    product.vat_class = facts.vat_class
    product.short_label = facts.short_label or ""
    product.reference_price_minor = facts.reference_price.minor if facts.reference_price else None
    product.is_active = facts.is_active
    product.updated_at = now


def _audit_product(
    session: Session, action: str, product: Product, *, actor: Actor, now: dt.datetime
) -> None:
    after: dict[str, object] = {"sku": product.sku, "name": product.name, "is_active": product.is_active}
    record_action(
        session, action, subject_kind="product", subject_id=product.id, actor=actor, now=now, after=after
    )
