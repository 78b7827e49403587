"""Which units of a product may be parted: loose goods by weight, volume or length; a packet is sold whole."""

from decimal import Decimal
from typing import Final

PARTED: Final = frozenset(
    {"kg", "g", "gm", "gram", "l", "ltr", "litre", "liter", "ml", "m", "mtr", "metre", "meter", "ft", "feet"}
)


def may_be_parted(unit: str) -> bool:
    return unit.strip().casefold() in PARTED


def fits(unit: str, quantity: Decimal) -> bool:
    """Whether so much of a product in *unit* can be handed over: 3.3 kg can, 3.3 packets cannot."""
    return may_be_parted(unit) or quantity == quantity.to_integral_value()
