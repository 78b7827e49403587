"""The numbers of the order life cycle that an admin may change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderSettings:
    """Hours, counts and a limit in paisa (DOMAIN.md, section 3)."""

    CATEGORY: ClassVar[str] = "orders"

    basket_idle_hours: int = 72
    ceiling_hours: int = 24
    owner_answer_hours: int = 24
    part_answer_hours: int = 4
    receipt_hours: int = 48
    # On one parcel; and of one vendor through one channel (chat, API) on one day, whichever parcels they are for.
    wrong_codes_allowed: int = 5
    wrong_codes_per_day: int = 20
    # Late or blocked shops may still order for cash, up to this total of all their open cash orders.
    cash_limit_minor: int = 2_500_000
