"""Markets for tests of the policy: a test names only the facts that matter to it."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from core.money import Money, rupees
from core.pricing.policy import NO_SPECIAL_PRICES, ListingColumn, SpecialPrices, Tier
from core.routing.policy.facts import ListingSnapshot, Market, Need, Place, VendorSnapshot
from core.routing.policy.shelves import Conditions, shelves_of

# A Sunday.
TODAY = dt.date(2026, 11, 22)
WEIGHTS = {"availability": 30, "proximity": 20, "workload": 15, "price": 20, "reliability": 15}


def need(product_id, quantity):
    return Need(product_id=product_id, quantity=Decimal(quantity), order_line_id=product_id * 10)


def listing(product_id, price=100, *, stock=1000, minimum=0, pack=1, vendor_id=1, tiers=None, own=None):
    """*tiers*: prices by the quantity from which they hold; *own*: the asking shop's own price."""
    return ListingSnapshot(
        listing_id=vendor_id * 1000 + product_id,
        product_id=product_id,
        price_minor=rupees(price).minor,
        available=Decimal(stock),
        minimum_quantity=Decimal(minimum) if minimum else None,
        pack_multiple=None if pack == 1 else Decimal(pack),
        special=SpecialPrices(
            tiers=tuple(
                Tier(from_quantity=Decimal(quantity), price=rupees(tier))
                for quantity, tier in (tiers or {}).items()
            ),
            own=None if own is None else rupees(own),
        ),
    )


def vendor(vendor_id, *listings, **facts):
    return VendorSnapshot(vendor_id=vendor_id, listings={own.product_id: own for own in listings}, **facts)


def market(needs, vendors, *, place=None, vat=0):
    """Averages are those of the vendors given."""
    averages = {}
    for wanted in needs:
        prices = [
            seller.listings[wanted.product_id].price.minor
            for seller in vendors
            if wanted.product_id in seller.listings
        ]
        if prices:
            averages[wanted.product_id] = Money(round(Decimal(sum(prices)) / len(prices)))
    return Market(
        needs=tuple(needs),
        place=place or Place(),
        vendors=tuple(vendors),
        averages=averages,
        vat_basis_points={wanted.product_id: vat for wanted in needs},
        today=TODAY,
    )


def as_read(plain):
    """The same market with its listings side by side in columns, as they are read from the database."""
    rows = {wanted.product_id: [] for wanted in plain.needs}
    conditions = {}
    for seller in plain.vendors:
        for product_id, sold in seller.listings.items():
            if product_id not in rows:
                continue
            available = int(sold.available * 1000)
            rows[product_id].append((seller.vendor_id, sold.listing_id, sold.price_minor, available))
            of_few = Conditions(sold.minimum_quantity, sold.pack_multiple, sold.special)
            if of_few[:2] != (None, None) or sold.special != NO_SPECIAL_PRICES:
                conditions[sold.listing_id] = of_few
    columns = {product: ListingColumn(*zip(*sold, strict=True)) for product, sold in rows.items() if sold}
    shelves = shelves_of(list(rows), columns, conditions)
    return replace(
        plain,
        vendors=tuple(
            replace(seller, listings=shelves[seller.vendor_id])
            for seller in plain.vendors
            if seller.vendor_id in shelves
        ),
    )
