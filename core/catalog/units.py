"""Which units of a product may be parted: loose goods by weight, volume or length; a packet is sold whole."""

from decimal import Decimal
from typing import Final

DIVISIBLE_UNITS: Final = frozenset(
    {"kg", "g", "gm", "gram", "l", "ltr", "litre", "liter", "ml", "m", "mtr", "metre", "meter", "ft", "feet"}
)


def is_divisible(unit: str) -> bool:
    return unit.strip().casefold() in DIVISIBLE_UNITS


def is_valid_quantity(unit: str, quantity: Decimal) -> bool:
    """Whether so much of a product in *unit* can be handed over: 3.3 kg can, 3.3 packets cannot."""
    return is_divisible(unit) or quantity == quantity.to_integral_value()
