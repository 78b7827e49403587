"""What nobody can give, why, and what the chat may offer instead."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from core.money import Money
from core.routing.policy.facts import Exclusion, ListingSnapshot, Need
from core.routing.policy.ranking import Candidate

# The reasons a retailer can do something about come first, then those that pass by themselves.
_HOPE = (
    Exclusion.BELOW_MINIMUM_QUANTITY,
    Exclusion.BELOW_MINIMUM_ORDER,
    Exclusion.PACK_MULTIPLE,
    Exclusion.PAIR_LIMIT_FULL,
    Exclusion.ABOVE_CEILING,
    Exclusion.NO_STOCK,
    Exclusion.HAS_OPEN_OFFER,
    Exclusion.CLOSED_TODAY,
    Exclusion.NOT_WORKING_TODAY,
    Exclusion.OPENS_TOO_LATE,
    Exclusion.OUTSIDE_RADIUS,
)
# These exclude a vendor because of its lines, so each line has its own reason.
_OF_A_LINE = {Exclusion.BELOW_MINIMUM_QUANTITY, Exclusion.PACK_MULTIPLE, Exclusion.NO_STOCK}
_OF_A_MINIMUM = {Exclusion.BELOW_MINIMUM_QUANTITY, Exclusion.PACK_MULTIPLE}


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """What nobody can give now, why, and what could be had instead where a minimum is the reason."""

    product_id: int
    order_line_id: int | None
    quantity: Decimal
    reason: Exclusion
    least_quantity: Decimal | None = None
    least_order: Money | None = None


def missing_line(need: Need, left: Decimal, candidates: Sequence[Candidate]) -> Missing:
    """Why *left* of this line is with nobody, from the vendors that list it."""
    sellers = [candidate for candidate in candidates if need.product_id in candidate.vendor.listings]
    reason = _most_hopeful({_why_missing(need, candidate) for candidate in sellers})
    refusing = [candidate for candidate in sellers if _why_missing(need, candidate) == reason]
    return Missing(
        product_id=need.product_id,
        order_line_id=need.order_line_id,
        quantity=left,
        reason=reason,
        least_quantity=_least_quantity(need, refusing) if reason in _OF_A_MINIMUM else None,
        least_order=(
            min(candidate.vendor.minimum_order for candidate in refusing)
            if reason is Exclusion.BELOW_MINIMUM_ORDER
            else None
        ),
    )


def _most_hopeful(reasons: Collection[Exclusion]) -> Exclusion:
    hopeful = next((reason for reason in _HOPE if reason in reasons), None)
    return hopeful or min(reasons, default=Exclusion.LISTS_NOTHING)


def _least_quantity(need: Need, sellers: Sequence[Candidate]) -> Decimal:
    return min(_least(candidate.vendor.listings[need.product_id]) for candidate in sellers)


def _why_missing(need: Need, candidate: Candidate) -> Exclusion:
    if candidate.exclusion is not None and candidate.exclusion not in _OF_A_LINE:
        return candidate.exclusion
    # A vendor that could give all of it and was not chosen was kept out by its minimum order or by the ceiling.
    return candidate.vendor.listings[need.product_id].blocked_by(need.quantity) or (
        Exclusion.BELOW_MINIMUM_ORDER if candidate.vendor.minimum_order else Exclusion.ABOVE_CEILING
    )


def _least(listing: ListingSnapshot) -> Decimal:
    """The smallest quantity above nothing that this listing is sold in."""
    minimum = listing.minimum_quantity or Decimal(0)
    if listing.pack_multiple is None:
        return minimum
    least = max(minimum, listing.pack_multiple)
    return (least / listing.pack_multiple).to_integral_value(ROUND_CEILING) * listing.pack_multiple
