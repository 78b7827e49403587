"""What a shop could take instead of goods that nobody has: proposed, never put in by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlalchemy.orm import Session

from core.catalog import queries as catalog
from core.catalog.models import Product
from core.money import Money
from core.orders.parts import open_work
from core.refs import ProductId
from core.routing import service as routing

MOST: Final = 3
# Priced together to find the few that somebody has.
_CONSIDERED: Final = 12
_FAR_APART: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Substitute:
    product: Product
    unit_price: Money


def substitutes(
    session: Session,
    *,
    retailer_id: int,
    product_id: int,
    quantity: Decimal,
    excluded: Collection[int],
    on_credit: bool,
    now: dt.datetime,
) -> tuple[Substitute, ...]:
    """Up to three goods of the same kind and unit that somebody has in this quantity, the most alike first."""
    alike = _alike(session, ProductId(product_id), excluded)
    plan = routing.preview(
        session,
        retailer_id=retailer_id,
        needs=[
            routing.Need(product_id=product.id, quantity=quantity, order_line_id=None) for product in alike
        ],
        workloads=open_work(session),
        on_credit=on_credit,
        now=now,
    )
    missing = {row.product_id for row in plan.missing}
    prices = {line.product_id: line.unit_price for part in plan.parts for line in part.lines}
    found = [product for product in alike if product.id in prices and product.id not in missing]
    return tuple(Substitute(product=product, unit_price=prices[product.id]) for product in found[:MOST])


def _alike(session: Session, product_id: ProductId, excluded: Collection[int]) -> list[Product]:
    """The most alike goods that are worth pricing, whether or not somebody has them."""
    wanted = catalog.get_product(session, product_id)
    others = [
        product
        for product in catalog.products_of_category(session, wanted.category, unit=wanted.unit)
        if product.id != wanted.id and product.id not in excluded
    ]
    return sorted(others, key=lambda product: _unlikeness(wanted, product))[:_CONSIDERED]


def _unlikeness(wanted: Product, other: Product) -> tuple[bool, bool, int, bool, int, int]:
    """Prices of another order last; then same brand, words in common, same pack, the nearest in price."""
    price, others = wanted.reference_price_minor or 0, other.reference_price_minor or 0
    is_far = not price <= others * _FAR_APART <= price * _FAR_APART * _FAR_APART
    in_common = len(_words(wanted) & _words(other))
    return (
        is_far,
        other.brand != wanted.brand,
        -in_common,
        other.pack_size != wanted.pack_size,
        abs(price - others),
        other.id,
    )


def _words(product: Product) -> frozenset[str]:
    return frozenset(word for word in product.name.casefold().split() if word.isalpha())
