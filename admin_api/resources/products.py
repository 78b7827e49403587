"""Products, and the words that shops use for them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any, Literal

from flask import Blueprint
from pydantic import Field, StringConstraints
from sqlalchemy import func, or_, select

from admin_api import paging
from admin_api.endpoints import ADMIN, EVERYBODY, Call, endpoint
from admin_api.fields import Given, RowId, Rupees, Text, View, rupees_or_none
from admin_api.paging import PageQuery, PageView, narrow
from core.catalog import queries, service
from core.catalog.models import AliasSource, Product, ProductAlias, VatClass
from core.catalog.service import LONGEST_ALIAS
from core.errors import NotFound
from core.parties import queries as parties
from core.refs import ProductId, RetailerId

blueprint = Blueprint("api_products", __name__)

_CONFLICT = [HTTPStatus.CONFLICT]

Sku = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,39}$"),
    Field(examples=["WW-CHK-75"]),
]
Label = Annotated[
    Text, Field(max_length=24, description="For WhatsApp lists.", examples=["Wai Wai Chicken 75g"])
]
CaseQuantity = Annotated[int, Field(ge=1, le=100_000, description="Base pieces in a case.", examples=[30])]
Words = Annotated[Text, Field(max_length=LONGEST_ALIAS, examples=["chau chau"])]


class ProductFilter(PageQuery):
    category: Text | None = None
    brand: Text | None = None
    vat_class: VatClass | None = None
    is_active: bool | None = None
    search: Text | None = Field(default=None, description="Part of a name, or the whole SKU.")
    sort: Literal["id", "-id", "sku", "-sku", "name", "-name", "updated_at", "-updated_at"] = "id"


class ProductGiven(Given):
    """Without a `short_label`, one is made from name, brand and pack."""

    sku: Sku
    name: Text = Field(examples=["Wai Wai Chicken Noodles"])
    name_ne: Text | None = Field(default=None, examples=["वाइ वाइ चाउचाउ"])
    brand: Text = Field(examples=["Wai Wai"])
    category: Text = Field(examples=["Noodles"])
    unit: Text = Field(examples=["pkt"])
    pack_size: Text = Field(examples=["75 g"])
    case_quantity: CaseQuantity
    vat_class: VatClass
    reference_price: Rupees | None = None
    short_label: Label | None = None
    is_active: bool = True


class ProductChange(Given):
    """Only the given fields change. A null `short_label` makes a new one."""

    sku: Sku | None = None
    name: Text | None = None
    name_ne: Text | None = None
    brand: Text | None = None
    category: Text | None = None
    unit: Text | None = None
    pack_size: Text | None = None
    case_quantity: CaseQuantity | None = None
    vat_class: VatClass | None = None
    reference_price: Rupees | None = None
    short_label: Label | None = None
    is_active: bool | None = None


class AliasGiven(Given):
    """Words for the product: everybody's or, with `retailer_id`, one shop's."""

    words: Words
    retailer_id: RowId | None = None


class AliasView(View):
    id: RowId
    product_id: int
    retailer_id: int | None
    words: str
    source: AliasSource
    created_at: dt.datetime


class AliasesView(View):
    items: list[AliasView]


class ProductView(View):
    id: RowId
    sku: str
    name: str
    name_ne: str | None
    brand: str
    category: str
    unit: str
    pack_size: str
    case_quantity: int
    vat_class: VatClass
    short_label: str
    reference_price: Rupees | None
    is_active: bool
    created_at: dt.datetime
    updated_at: dt.datetime


class ProductPage(PageView):
    items: list[ProductView]


_MAY_BE_NULL = frozenset({"name_ne", "reference_price", "short_label"})


def product_view(product: Product) -> ProductView:
    return ProductView(
        id=product.id,
        sku=product.sku,
        name=product.name,
        name_ne=product.name_ne,
        brand=product.brand,
        category=product.category,
        unit=product.unit,
        pack_size=product.pack_size,
        case_quantity=product.case_quantity,
        vat_class=product.vat_class,
        short_label=product.short_label,
        reference_price=rupees_or_none(product.reference_price_minor),
        is_active=product.is_active,
        created_at=product.created_at,
        updated_at=product.updated_at,
    )


@blueprint.get("/products")
@endpoint(tag="products", roles=EVERYBODY, answer=ProductPage, query=ProductFilter)
def list_products(call: Call, query: ProductFilter) -> ProductPage:
    """The catalogue."""
    wanted = select(Product)
    wanted = narrow(
        wanted,
        (Product.category, query.category),
        (Product.brand, query.brand),
        (Product.vat_class, query.vat_class),
        (Product.is_active, query.is_active),
    )
    if query.search:
        wanted = wanted.where(
            or_(
                Product.name.icontains(query.search, autoescape=True),
                Product.name_ne.icontains(query.search, autoescape=True),
                func.lower(Product.sku) == query.search.lower(),
            )
        )
    sorts = {"sku": Product.sku, "name": Product.name, "updated_at": Product.updated_at}
    found = paging.cut(call.session, wanted, key=Product.id, page=query, sorts=sorts, sort=query.sort)
    return ProductPage(items=[product_view(row) for row in found.items], total=found.total, next=found.next)


@blueprint.post("/products")
@endpoint(
    tag="products",
    roles=ADMIN,
    answer=ProductView,
    status=HTTPStatus.CREATED,
    body=ProductGiven,
    is_keyed=True,
)
def create_product(call: Call, body: ProductGiven) -> ProductView:
    """Add a product."""
    facts = body.model_dump(exclude={"reference_price"})
    price = body.reference_price.money if body.reference_price else None
    product = service.create_product(
        call.session,
        service.ProductFacts(**facts, reference_price=price),
        actor=call.actor,
        now=call.now,
    )
    call.headers["Location"] = f"/api/v1/products/{product.id}"
    return product_view(product)


@blueprint.get("/products/<id:product_id>")
@endpoint(tag="products", roles=EVERYBODY, answer=ProductView, has_etag=True)
def get_product(call: Call, product_id: int) -> ProductView:
    """One product."""
    return product_view(queries.get_product(call.session, ProductId(product_id)))


@blueprint.patch("/products/<id:product_id>")
@endpoint(
    tag="products",
    roles=ADMIN,
    answer=ProductView,
    body=ProductChange,
    is_keyed=True,
    has_etag=True,
    needs_match=True,
)
def change_product(call: Call, product_id: int, body: ProductChange) -> ProductView:
    """Change a product."""
    product = _locked(call, product_id)
    call.must_match(product_view(product))
    changes: dict[str, Any] = {}
    for name in body.model_fields_set:
        value = getattr(body, name)
        if value is not None or name in _MAY_BE_NULL:
            changes[name] = value.money if isinstance(value, Rupees) else value
    return _write(call, product, changes)


@blueprint.delete("/products/<id:product_id>")
@endpoint(tag="products", roles=ADMIN)
def remove_product(call: Call, product_id: int) -> None:
    """Deactivate the product. Orders and invoices still refer to it, so the row remains."""
    _write(call, _locked(call, product_id), {"is_active": False})


@blueprint.get("/products/<id:product_id>/aliases")
@endpoint(tag="products", roles=ADMIN, answer=AliasesView)
def list_aliases(call: Call, product_id: int) -> AliasesView:
    """The words for the product, everybody's and single shops'."""
    queries.get_product(call.session, ProductId(product_id))
    return _aliases(call, product_id)


@blueprint.post("/products/<id:product_id>/aliases")
@endpoint(tag="products", roles=ADMIN, answer=AliasesView, body=AliasGiven, is_keyed=True)
def add_alias(call: Call, product_id: int, body: AliasGiven) -> AliasesView:
    """Teach the order reader words for the product."""
    queries.get_product(call.session, ProductId(product_id))
    if body.retailer_id:
        parties.get_retailer(call.session, RetailerId(body.retailer_id))
    service.learn_alias(
        call.session,
        ProductId(product_id),
        words=body.words,
        retailer_id=None if body.retailer_id is None else RetailerId(body.retailer_id),
        source=AliasSource.ADMIN,
        now=call.now,
    )
    return _aliases(call, product_id)


@blueprint.delete("/products/<id:product_id>/aliases/<id:alias_id>")
@endpoint(tag="products", roles=ADMIN)
def forget_alias(call: Call, product_id: int, alias_id: int) -> None:
    """Remove an alias of the product."""
    alias = call.session.get(ProductAlias, alias_id)
    if alias is None or alias.product_id != product_id:
        raise NotFound(kind="product_aliases", id=alias_id)
    service.delete_alias(
        call.session,
        ProductId(product_id),
        words=alias.words,
        retailer_id=None if alias.retailer_id is None else RetailerId(alias.retailer_id),
    )


def _locked(call: Call, product_id: int) -> Product:
    product = call.session.get(Product, product_id, with_for_update={"key_share": True})
    if product is None:
        raise NotFound(kind="products", id=product_id)
    return product


def _write(call: Call, product: Product, changes: dict[str, Any]) -> ProductView:
    facts = replace(service.facts_of(product), **changes)
    return product_view(
        service.update_product(call.session, ProductId(product.id), facts, actor=call.actor, now=call.now)
    )


def _aliases(call: Call, product_id: int) -> AliasesView:
    rows = call.session.scalars(
        select(ProductAlias).where(ProductAlias.product_id == product_id).order_by(ProductAlias.id)
    )
    return AliasesView(items=[_alias_view(row) for row in rows])


def _alias_view(alias: ProductAlias) -> AliasView:
    return AliasView(
        id=alias.id,
        product_id=alias.product_id,
        retailer_id=alias.retailer_id,
        words=alias.words,
        source=alias.source,
        created_at=alias.created_at,
    )
