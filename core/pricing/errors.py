"""What prices can refuse."""

from __future__ import annotations

from core.errors import DomainError


class PriceChangeHeld(DomainError):
    """So large a change waits until it is confirmed; the old price stays in use."""

    code = "price_change_held"
