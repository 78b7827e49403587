"""What the demo vendors sell, at which prices and with how much in stock: spread around the catalogue, always the same."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy.orm import Session

from core.actor import Actor
from core.catalog import queries, service, stock
from core.catalog.service import ListingFacts
from core.money import ZERO, Money, rupees
from core.refs import ListingId, ProductId
from core.seeds.parties import Wholesaler
from core.seeds.reference import ReferenceProduct

# One band for each vendor, dealt anew for each product, so that no vendor is always the cheapest and no two ask the
# same. In basis points around the catalogue price; rounded to a printed price, at most 8 % either way.
PRICE_BANDS = ((-750, -480), (-330, -60), (60, 330), (480, 750))
# About one product in five is sold out at one of the vendors.
SOLD_OUT_ONE_IN = 5


def list_products(
    session: Session,
    vendors: Sequence[Wholesaler],
    products: Sequence[ReferenceProduct],
    *,
    actor: Actor,
    now: dt.datetime,
) -> int:
    """Let each vendor sell each product that it does not list yet. How many listings are new."""
    rows = queries.products_by_skus(session, [product.facts.sku for product in products])
    wanted: list[ListingFacts] = []
    on_hand: list[Decimal] = []
    for vendor in vendors:
        listed = {view.product_id for view in queries.listings_of_vendor(session, vendor.vendor_id)}
        for product in products:
            product_id = ProductId(rows[product.facts.sku].id)
            if product_id not in listed:
                wanted.append(_listing(vendor, product_id, product))
                on_hand.append(stock_of(vendor.demo.number, product))
    listings = service.create_listings(session, wanted, now=now)
    counted = {
        ListingId(listing.id): amount for listing, amount in zip(listings, on_hand, strict=True) if amount
    }
    stock.count_all(session, counted, cause="count:opening", reason="opening count", actor=actor, now=now)
    return len(listings)


def price_of(vendor_number: int, product: ReferenceProduct) -> Money:
    """The vendor's price today."""
    reference = (product.facts.reference_price or ZERO).rupees
    shuffle = _draw("band", product.facts.sku) % 24
    low, high = PRICE_BANDS[_permutation(shuffle)[vendor_number - 1]]
    basis_points = low + _draw("price", str(vendor_number), product.facts.sku) % (high - low + 1)
    return printed(reference * (10_000 + basis_points) / 10_000)


def printed(exact: Decimal) -> Money:
    """The nearest price that a trader would print: to 5 paisa, half a rupee or a rupee."""
    step = Decimal("0.05") if exact < 100 else Decimal("0.50") if exact < 1_000 else Decimal(1)
    return rupees((exact / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step)


def stock_of(vendor_number: int, product: ReferenceProduct) -> Decimal:
    """What the vendor has: a part of the trade's usual stock. What the trade is out of, nobody has."""
    draw = _draw("sold out", product.facts.sku)
    if draw % SOLD_OUT_ONE_IN == 0 and draw // SOLD_OUT_ONE_IN % 4 == vendor_number - 1:
        return Decimal(0)
    share = 30 + _draw("stock", str(vendor_number), product.facts.sku) % 91
    return (product.usual_stock * share / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)


def _listing(vendor: Wholesaler, product_id: ProductId, product: ReferenceProduct) -> ListingFacts:
    minimum = product.usual_minimum * vendor.demo.minimum_share
    return ListingFacts(
        vendor_id=vendor.vendor_id,
        product_id=product_id,
        price=price_of(vendor.demo.number, product),
        minimum_quantity=minimum.quantize(Decimal(1), rounding=ROUND_HALF_UP),
        lead_time_days=vendor.demo.lead_time_days,
    )


def _draw(*words: str) -> int:
    """A number that looks like chance and is the same on every machine."""
    return int.from_bytes(hashlib.sha256(" ".join(words).encode()).digest()[:8])


def _permutation(number: int) -> list[int]:
    """The *number*-th permutation of 0 to 3."""
    left = [0, 1, 2, 3]
    order = []
    for size in (6, 2, 1, 1):
        order.append(left.pop(number // size))
        number %= size
    return order
