"""Every way in which a vendor's prices change: decided by one rule whoever asks, and kept as history."""

from core.pricing.service.price_lists import (
    PriceListFacts,
    change_price_list,
    create_price_list,
    end_price_list,
)
from core.pricing.service.prices import change_price, confirm_price
from core.pricing.service.tiers import set_tiers

__all__ = [
    "PriceListFacts",
    "change_price",
    "change_price_list",
    "confirm_price",
    "create_price_list",
    "end_price_list",
    "set_tiers",
]
