"""What a decision knew of its candidates, as one document, so that `what-if` replays it without guessing.

In columns, because there may be tens of thousands of listings.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from core.money import Money
from core.pricing.policy import NO_SPECIAL_PRICES, THOUSANDTHS, SpecialPrices, Tier
from core.routing.policy.facts import ListingSnapshot
from core.routing.policy.ranking import Candidate
from core.routing.policy.shelves import Shelf


def document_of(candidates: Sequence[Candidate]) -> dict[str, Any]:
    """The document of these candidates. What few vendors or listings have is kept by its id."""
    vendors = [candidate.vendor for candidate in candidates]
    return {
        "vendor_id": [vendor.vendor_id for vendor in vendors],
        "distance_km": [_text(candidate.distance_km) for candidate in candidates],
        "open_fulfillments": [vendor.open_fulfillments for vendor in vendors],
        "waits_minutes": [vendor.waits_minutes for vendor in vendors],
        "price_ratio": [str(candidate.price_ratio) for candidate in candidates],
        "reliability": [str(vendor.reliability) for vendor in vendors],
        "minimum_order_minor": [vendor.minimum_order.minor for vendor in vendors],
        "pair_available_minor": {
            vendor.vendor_id: vendor.pair_available.minor
            for vendor in vendors
            if vendor.pair_available is not None
        },
        "recent_minor": {vendor.vendor_id: vendor.recent.minor for vendor in vendors if vendor.recent},
        "listings": _listings_of([vendor.listings for vendor in vendors]),
    }


def _listings_of(sold: Sequence[Mapping[int, ListingSnapshot]]) -> dict[str, Any]:
    """In columns. What any quantity is sold of, and at the usual price, is only numbers."""
    ids: list[int] = []
    products: list[int] = []
    prices: list[int] = []
    thousandths: list[int] = []
    odd: list[ListingSnapshot] = []
    for listings in sold:
        rows: Sequence[Sequence[int]]
        if isinstance(listings, Shelf) and listings.is_plain:
            rows = listings.rows()
        else:
            odd += listings.values()
            rows = _rows(listings.values())
        for column, row in zip((products, ids, prices, thousandths), rows, strict=True):
            column.extend(row)
    return {
        "of_vendor": [len(listings) for listings in sold],
        "id": ids,
        "product_id": products,
        "price_minor": prices,
        "thousandths": thousandths,
        "minimum": {
            row.listing_id: str(row.minimum_quantity) for row in odd if row.minimum_quantity is not None
        },
        "pack": {row.listing_id: str(row.pack_multiple) for row in odd if row.pack_multiple is not None},
        "special": {
            row.listing_id: _special(row.special) for row in odd if row.special is not NO_SPECIAL_PRICES
        },
    }


def _rows(listings: Collection[ListingSnapshot]) -> tuple[list[int], ...]:
    """Products, listings, prices and thousandths."""
    return (
        [listing.product_id for listing in listings],
        [listing.listing_id for listing in listings],
        [listing.price_minor for listing in listings],
        [int(listing.available * THOUSANDTHS) for listing in listings],
    )


def facts_in(document: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    """The facts of each candidate but its listings, by vendor."""
    ids = document["vendor_id"]
    names = [name for name, column in document.items() if isinstance(column, list) and name != "vendor_id"]
    rows = zip(*(document[name] for name in names), strict=True)
    pair_available, recent = document["pair_available_minor"], document["recent_minor"]
    return {
        vendor_id: {
            **dict(zip(names, row, strict=True)),
            "pair_available_minor": pair_available.get(str(vendor_id)),
            "recent_minor": recent.get(str(vendor_id), 0),
        }
        for vendor_id, row in zip(ids, rows, strict=True)
    }


def facts_of_candidates(document: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    """All facts of each candidate, as the API shows them: its listings in rows, what is special by listing."""
    listings = listings_in(document)
    return {
        vendor_id: {
            **facts,
            "listings": [_listing(listing) for listing in listings[vendor_id].values()],
            "special": {
                str(listing.listing_id): _special(listing.special)
                for listing in listings[vendor_id].values()
                if listing.special is not NO_SPECIAL_PRICES
            },
        }
        for vendor_id, facts in facts_in(document).items()
    }


def listings_in(document: Mapping[str, Any]) -> dict[int, dict[int, ListingSnapshot]]:
    """The listings of the document by vendor and product."""
    columns = document["listings"]
    minimum, pack, special = columns["minimum"], columns["pack"], columns["special"]
    rows = zip(columns["id"], columns["product_id"], columns["price_minor"], _available(columns), strict=True)
    listings: dict[int, dict[int, ListingSnapshot]] = {}
    for vendor_id, count in zip(document["vendor_id"], columns["of_vendor"], strict=True):
        own = listings[vendor_id] = {}
        for listing_id, product_id, price_minor, available in islice(rows, count):
            key = str(listing_id)
            own[product_id] = ListingSnapshot(
                listing_id,
                product_id,
                price_minor,
                available,
                Decimal(minimum[key]) if key in minimum else None,
                Decimal(pack[key]) if key in pack else None,
                _special_in(special[key]) if key in special else NO_SPECIAL_PRICES,
            )
    return listings


def _available(columns: Mapping[str, Any]) -> Iterable[Decimal]:
    """Decisions before December 2026 have text there."""
    if "available" in columns:
        return map(Decimal, columns["available"])
    return (Decimal(number).scaleb(-3) for number in columns["thousandths"])


def _listing(listing: ListingSnapshot) -> list[Any]:
    """Product, listing, price, available, minimum, pack."""
    return [
        listing.product_id,
        listing.listing_id,
        listing.price_minor,
        str(listing.available),
        str(listing.minimum_quantity or 0),
        str(listing.pack_multiple or 1),
    ]


def _special(special: SpecialPrices) -> dict[str, Any]:
    return {
        "own_minor": None if special.own is None else special.own.minor,
        "tiers": [[str(tier.from_quantity), tier.price.minor] for tier in special.tiers],
    }


def _special_in(stored: Mapping[str, Any]) -> SpecialPrices:
    own = stored["own_minor"]
    return SpecialPrices(
        tiers=tuple(
            Tier(from_quantity=Decimal(from_quantity), price=Money(price_minor))
            for from_quantity, price_minor in stored["tiers"]
        ),
        own=None if own is None else Money(own),
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
