"""Whether parts of an order are within the agreed price, where a line that comes in parts is rounded more than once. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.money import ZERO, Money
from core.routing.policy.facts import Market


@dataclass(frozen=True, kw_only=True, slots=True)
class Ceiling:
    """The agreed price, and up to how much above it the roundings of parts of lines may lead."""

    amount: Money
    spare: Money = ZERO

    def allows(self, total: Money, *, roundings: int) -> bool:
        """A paisa for each rounding is no higher price: the unit prices are what they were."""
        return total.minor - min(roundings, self.spare.minor) <= self.amount.minor


def roundings(market: Market, assignment: Mapping[int, Mapping[int, Decimal]]) -> int:
    """How often an amount is rounded in lines that come in parts: a line from one vendor costs what was agreed."""
    count = 0
    for need in market.needs:
        parts = [fills[need.product_id] for fills in assignment.values() if need.product_id in fills]
        if need.is_part or len(parts) > 1:
            vat = market.vat_basis_points[need.product_id]
            count += sum(roundings_of(quantity, vat) for quantity in parts)
    return count


def roundings_of(quantity: Decimal, vat_basis_points: int) -> int:
    """The VAT of a part is rounded, and its net if it is no whole number."""
    return (vat_basis_points > 0) + (quantity != quantity.to_integral_value())
