"""The catalogue that every installation starts with: products, their Nepali names, VAT classes, and words for them."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sqlalchemy.orm import Session

from core.actor import Actor
from core.catalog import queries, service
from core.catalog.models import VatClass
from core.catalog.service import ProductFacts
from core.money import rupees
from core.refs import ProductId

CATALOG = Path(__file__).parent / "data" / "catalog.csv"
NEPALI = Path(__file__).parent / "data" / "nepali.csv"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferenceProduct:
    """One product of the files, with the trade's usual stock and minimum for vendors that list it."""

    facts: ProductFacts
    aliases: tuple[str, ...]
    usual_stock: Decimal
    usual_minimum: Decimal


def seed_reference(session: Session, *, actor: Actor, now: dt.datetime) -> int:
    """Add the products that are missing; those that are there stay as people have made them. How many were added."""
    products = list(read_products())
    known = queries.products_by_skus(session, [product.facts.sku for product in products])
    missing = [product for product in products if product.facts.sku not in known]
    if not missing:
        return 0
    created = service.create_products(session, [product.facts for product in missing], actor=actor, now=now)
    aliases = [
        (ProductId(row.id), words)
        for row, product in zip(created, missing, strict=True)
        for words in product.aliases
    ]
    service.learn_catalog_aliases(session, aliases, now=now)
    return len(missing)


def read_products() -> Iterator[ReferenceProduct]:
    """The two files joined by SKU. Each product has a line in both."""
    with NEPALI.open(encoding="utf-8", newline="") as file:
        nepali = {row["sku"]: row for row in csv.DictReader(file)}
    with CATALOG.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield _product(row, nepali[row["sku"]])


def _product(row: dict[str, str], nepali: dict[str, str]) -> ReferenceProduct:
    return ReferenceProduct(
        facts=ProductFacts(
            sku=row["sku"],
            name=row["name"],
            name_ne=nepali["name_ne"],
            brand=row["brand"],
            category=row["category"],
            unit=row["unit"],
            pack_size=row["pack_size"],
            case_quantity=int(row["case_qty"]),
            vat_class=VatClass(nepali["vat_class"]),
            reference_price=rupees(row["price_npr"]),
        ),
        aliases=tuple(words for words in nepali["aliases"].split(";") if words),
        usual_stock=Decimal(row["stock"]),
        usual_minimum=Decimal(row["moq"]),
    )
