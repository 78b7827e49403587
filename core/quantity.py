"""Quantities in base pieces of a product; loose goods have three decimals of a kilo."""

from decimal import ROUND_HALF_UP, Decimal

THOUSANDTH = Decimal("0.001")
ZERO_QUANTITY = Decimal(0)
LARGEST = Decimal(999_999)


def quantity(value: Decimal | int | str) -> Decimal:
    """*value* with exactly three decimals, rounded half up. Raises ValueError outside 0 … 999,999."""
    exact = Decimal(value).quantize(THOUSANDTH, rounding=ROUND_HALF_UP)
    if not ZERO_QUANTITY <= exact <= LARGEST:
        raise ValueError(f"quantity {value} is out of range")
    return exact
