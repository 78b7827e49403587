"""Use cases about goods: products and the words for them, and each vendor's way of selling them. Stock is in `stock`."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit.service import record_action
from core.catalog.errors import PriceNotPositive, WordsMeanNothing
from core.catalog.labels import short_label
from core.catalog.models import (
    AliasSource,
    CatalogRevision,
    Listing,
    Product,
    ProductAlias,
    Stock,
    VatClass,
)
from core.db.constraints import refusals
from core.errors import NotFound
from core.events import ListingPriceChanged
from core.money import ZERO, Money
from core.outbox.service import record
from core.parties.queries import refuse_inactive
from core.quantity import ZERO_QUANTITY
from core.refs import ListingId, ProductId, RetailerId, VendorId

LONGEST_ALIAS = 80


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


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingFacts:
    """How one vendor begins to sell one product. The price is before VAT, for one base piece."""

    vendor_id: VendorId
    product_id: ProductId
    price: Money
    minimum_quantity: Decimal = ZERO_QUANTITY
    pack_multiple: Decimal = Decimal(1)
    lead_time_days: int = 0
    is_available: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceStep:
    """A price that really changed."""

    listing_id: ListingId
    vendor_id: VendorId
    product_id: ProductId
    before: Money
    after: Money


def create_product(session: Session, facts: ProductFacts, *, actor: Actor, now: dt.datetime) -> Product:
    """Raises SkuTaken."""
    return create_products(session, [facts], actor=actor, now=now)[0]


def create_products(
    session: Session, wanted: Sequence[ProductFacts], *, actor: Actor, now: dt.datetime
) -> list[Product]:
    """All of them or, when a SKU is taken, none. Raises SkuTaken."""
    labels = _labels_in_use(session)
    products = []
    for facts in wanted:
        named = _named(facts, labels)
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
    """Write all facts of a product; `facts_of` gives the present ones to start from. Raises SkuTaken."""
    product = session.get(Product, product_id, with_for_update={"key_share": True}, populate_existing=True)
    if product is None:
        raise NotFound(kind="products", id=product_id)
    before = facts_of(product)
    named = _named(facts, _labels_in_use(session) - {product.short_label})
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


def learn_alias(
    session: Session,
    product_id: ProductId,
    *,
    words: str,
    retailer_id: RetailerId | None,
    source: AliasSource,
    now: dt.datetime,
) -> None:
    """Let *words* mean the product, for one shop or for everybody.

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
    """Words that came with the catalogue, for everybody. How many of them were new."""
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
    """Whether the words had that meaning."""
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


def create_listing(session: Session, facts: ListingFacts, *, actor: Actor, now: dt.datetime) -> Listing:
    """A vendor begins to sell a product, with nothing in stock yet. Raises ListingExists, PriceNotPositive, PartyInactive."""
    refuse_inactive(session, actor)
    listing = create_listings(session, [facts], now=now)[0]
    record_action(
        session,
        "listing_created",
        subject_kind="listing",
        subject_id=listing.id,
        actor=actor,
        now=now,
        after={"price_minor": listing.price_minor},
    )
    return listing


def create_listings(session: Session, wanted: Sequence[ListingFacts], *, now: dt.datetime) -> list[Listing]:
    """All of them or none. Raises ListingExists, PriceNotPositive."""
    listings = [_listing(facts, now=now) for facts in wanted]
    with refusals(session, products=[facts.product_id for facts in wanted]):
        session.add_all(listings)
    session.add_all(
        [Stock(listing_id=listing.id, on_hand=ZERO_QUANTITY, reserved=ZERO_QUANTITY) for listing in listings]
    )
    session.flush()
    return listings


def set_listing_price(
    session: Session, listing_id: ListingId, price: Money, *, actor: Actor, now: dt.datetime
) -> PriceStep | None:
    """Sell at *price* from now on. None when it was the price already. Raises PriceNotPositive."""
    _check_price(price)
    listing = _lock_listing(session, listing_id)
    before = Money(listing.price_minor)
    if price == before:
        return None
    listing.price_minor = price.minor
    listing.updated_at = now
    session.flush()
    event = ListingPriceChanged(
        listing_id=listing.id, vendor_id=listing.vendor_id, product_id=listing.product_id
    )
    record(session, event, actor=actor, now=now)
    return PriceStep(
        listing_id=ListingId(listing.id),
        vendor_id=VendorId(listing.vendor_id),
        product_id=ProductId(listing.product_id),
        before=before,
        after=price,
    )


def set_available(
    session: Session, listing_id: ListingId, *, is_available: bool, actor: Actor, now: dt.datetime
) -> bool:
    """Offer the listing or hold it back, whatever its stock says. False when it stood so already.

    Raises PartyInactive.
    """
    refuse_inactive(session, actor)
    listing = _lock_listing(session, listing_id)
    if listing.is_available is is_available:
        return False
    listing.is_available = is_available
    listing.updated_at = now
    session.flush()
    _audit_listing(session, listing, {"is_available": is_available}, actor=actor, now=now)
    return True


def set_listing_terms(
    session: Session,
    listing_id: ListingId,
    *,
    minimum_quantity: Decimal,
    pack_multiple: Decimal,
    lead_time_days: int,
    actor: Actor,
    now: dt.datetime,
) -> Listing:
    """How little, in which multiples and how soon the vendor sells it. Raises PartyInactive."""
    refuse_inactive(session, actor)
    listing = _lock_listing(session, listing_id)
    listing.minimum_quantity = minimum_quantity
    listing.pack_multiple = pack_multiple
    listing.lead_time_days = lead_time_days
    listing.updated_at = now
    session.flush()
    after: dict[str, object] = {
        "minimum_quantity": str(minimum_quantity),
        "pack_multiple": str(pack_multiple),
        "lead_time_days": lead_time_days,
    }
    _audit_listing(session, listing, after, actor=actor, now=now)
    return listing


def _named(facts: ProductFacts, labels: set[str]) -> ProductFacts:
    if facts.short_label:
        return facts
    label = short_label(name=facts.name, brand=facts.brand, pack_size=facts.pack_size, taken=labels)
    return replace(facts, short_label=label)


def _labels_in_use(session: Session) -> set[str]:
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


def _listing(facts: ListingFacts, *, now: dt.datetime) -> Listing:
    _check_price(facts.price)
    return Listing(
        vendor_id=facts.vendor_id,
        product_id=facts.product_id,
        price_minor=facts.price.minor,
        minimum_quantity=facts.minimum_quantity,
        pack_multiple=facts.pack_multiple,
        lead_time_days=facts.lead_time_days,
        is_available=facts.is_available,
        updated_at=now,
    )


def _check_price(price: Money) -> None:
    if price <= ZERO:
        raise PriceNotPositive(price=price)


def _lock_listing(session: Session, listing_id: ListingId) -> Listing:
    """Weak enough to let stock movements of the listing be written meanwhile: they only need it to exist."""
    listing = session.get(Listing, listing_id, with_for_update={"key_share": True}, populate_existing=True)
    if listing is None:
        raise NotFound(kind="listings", id=listing_id)
    return listing


def _audit_product(
    session: Session, action: str, product: Product, *, actor: Actor, now: dt.datetime
) -> None:
    after: dict[str, object] = {"sku": product.sku, "name": product.name, "is_active": product.is_active}
    record_action(
        session, action, subject_kind="product", subject_id=product.id, actor=actor, now=now, after=after
    )


def _audit_listing(
    session: Session, listing: Listing, after: dict[str, object], *, actor: Actor, now: dt.datetime
) -> None:
    record_action(
        session,
        "listing_changed",
        subject_kind="listing",
        subject_id=listing.id,
        actor=actor,
        now=now,
        after=after,
    )
