"""Which units a product may be sold in fractions of: weight, volume and length; a packet is sold whole."""

from decimal import Decimal
from typing import Final

DIVISIBLE_UNITS: Final = frozenset(
    {"kg", "g", "gm", "gram", "l", "ltr", "litre", "liter", "ml", "m", "mtr", "metre", "meter", "ft", "feet"}
)


def is_divisible(unit: str) -> bool:
    """Whether a fraction of one *unit* can be sold."""
    return unit.strip().casefold() in DIVISIBLE_UNITS


def is_valid_quantity(unit: str, quantity: Decimal) -> bool:
    """Whether *quantity* of a product in *unit* can be sold: 3.3 kg can, 3.3 packets can't."""
    return is_divisible(unit) or quantity == quantity.to_integral_value()
