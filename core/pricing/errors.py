"""What prices can refuse."""

from __future__ import annotations

from core.errors import DomainError


class PriceChangeHeld(DomainError):
    """So large a change waits until it is confirmed; the old price stays in use."""

    code = "price_change_held"


class TiersRefused(DomainError):
    """Tiers start above nothing, at one quantity once, and each costs less than what applies without it.

    `reason`: quantity_not_positive, quantity_twice, not_cheaper.
    """

    code = "tiers_refused"


class PriceListRefused(DomainError):
    """A price list has prices, for a time that is not past. `reason` says what is wrong.

    `reason`: empty, has_ended, or a `PeriodRefusal`.
    """

    code = "price_list_refused"


class PriceListsOverlap(DomainError):
    """Another list has a price for this shop and one of the listings on one of these days."""

    code = "price_lists_overlap"
