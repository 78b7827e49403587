"""What many vendors sell of the same products, side by side in whole numbers; a listing is made only where somebody looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from itertools import compress, repeat
from operator import itemgetter
from typing import NamedTuple

from core.pricing.policy import NO_SPECIAL_PRICES, ListingColumn, SpecialPrices
from core.routing.policy.facts import ListingSnapshot


class Conditions(NamedTuple):
    """What few listings have: the smallest quantity, the pack, and prices that depart from the usual one."""

    minimum_quantity: Decimal | None = None
    pack_multiple: Decimal | None = None
    special: SpecialPrices = NO_SPECIAL_PRICES


class Shelf(Mapping[int, ListingSnapshot]):
    """One vendor's listings by product. In the rows, 0 stands for a product that it doesn't list."""

    __slots__ = ("_listings", "available", "conditions", "listing_ids", "prices_minor", "product_ids")

    def __init__(
        self,
        product_ids: tuple[int, ...],
        listing_ids: tuple[int, ...],
        prices_minor: tuple[int, ...],
        available: tuple[int, ...],
        conditions: Mapping[int, Conditions],
    ) -> None:
        self.product_ids = product_ids
        self.listing_ids = listing_ids
        self.prices_minor = prices_minor
        self.available = available  # in thousandths
        self.conditions = conditions  # of the market's listings, by listing
        self._listings: dict[int, ListingSnapshot] | None = None

    @property
    def is_plain(self) -> bool:
        """Whether any quantity of all that it lists is sold at the usual price."""
        return not self.conditions or self.conditions.keys().isdisjoint(self.listing_ids)

    def rows(self) -> tuple[tuple[int, ...], ...]:
        """Products, listings, prices and stock of all that it lists."""
        rows = (self.product_ids, self.listing_ids, self.prices_minor, self.available)
        if len(self) == len(self.product_ids):
            return rows
        return tuple(tuple(compress(row, self.listing_ids)) for row in rows)

    def only(self, product_ids: AbstractSet[int]) -> Shelf:
        kept = [number for number, product_id in enumerate(self.product_ids) if product_id in product_ids]
        ids, listings, prices, available = (
            tuple(row[number] for number in kept)
            for row in (self.product_ids, self.listing_ids, self.prices_minor, self.available)
        )
        return Shelf(ids, listings, prices, available, self.conditions)

    def __getitem__(self, product_id: int) -> ListingSnapshot:
        if self._listings is None:
            self._listings = dict(self._made())
        return self._listings[product_id]

    def __iter__(self) -> Iterator[int]:
        pairs = zip(self.product_ids, self.listing_ids, strict=True)
        return (product_id for product_id, listing_id in pairs if listing_id)

    def __len__(self) -> int:
        return len(self.listing_ids) - self.listing_ids.count(0)

    def _made(self) -> Iterator[tuple[int, ListingSnapshot]]:
        usual = Conditions()
        rows = zip(self.product_ids, self.listing_ids, self.prices_minor, self.available, strict=True)
        for product_id, listing_id, price_minor, available in rows:
            if listing_id:
                yield (
                    product_id,
                    ListingSnapshot(
                        listing_id,
                        product_id,
                        price_minor,
                        Decimal(available).scaleb(-3),
                        *self.conditions.get(listing_id, usual),
                    ),
                )


def shelves_of(
    product_ids: Sequence[int],
    columns: Mapping[int, ListingColumn],
    conditions: Mapping[int, Conditions],
) -> dict[int, Shelf]:
    """The shelf of each vendor that lists one of the products, in their order."""
    vendor_ids = sorted(set().union(*(column.vendor_ids for column in columns.values())))
    nothing = ListingColumn((), (), (), ())
    aligned = [_aligned(columns.get(product_id, nothing), vendor_ids) for product_id in product_ids]
    # Turned round: from a row for each product to one for each vendor.
    rows = (zip(*map(itemgetter(part), aligned), strict=True) for part in range(3))
    ids = tuple(product_ids)
    return {
        vendor_id: Shelf(ids, row[0], row[1], row[2], conditions)
        for vendor_id, *row in zip(vendor_ids, *rows, strict=True)
    }


def _aligned(column: ListingColumn, vendor_ids: Sequence[int]) -> list[Sequence[int]]:
    """The column's listings, prices and stock in the order of *vendor_ids*, 0 for a vendor without."""
    parts = (column.listing_ids, column.prices_minor, column.available)
    if list(column.vendor_ids) == vendor_ids:
        return list(parts)
    return [
        list(map(dict(zip(column.vendor_ids, part, strict=True)).get, vendor_ids, repeat(0)))
        for part in parts
    ]
