"""Use cases about goods: products and the words for them, and each vendor's way of selling them. Stock is in `stock`."""

from core.catalog.service.aliases import (
    LONGEST_ALIAS,
    bump_revision,
    clean_words,
    delete_alias,
    learn_alias,
    learn_catalog_aliases,
)
from core.catalog.service.listings import (
    ListingFacts,
    PriceStep,
    create_listing,
    create_listings,
    set_available,
    set_listing_price,
    set_listing_terms,
)
from core.catalog.service.products import (
    ProductFacts,
    create_product,
    create_products,
    facts_of,
    labels_in_use,
    update_product,
    with_short_label,
)

__all__ = [
    "LONGEST_ALIAS",
    "ListingFacts",
    "PriceStep",
    "ProductFacts",
    "bump_revision",
    "clean_words",
    "create_listing",
    "create_listings",
    "create_product",
    "create_products",
    "delete_alias",
    "facts_of",
    "labels_in_use",
    "learn_alias",
    "learn_catalog_aliases",
    "set_available",
    "set_listing_price",
    "set_listing_terms",
    "update_product",
    "with_short_label",
]
