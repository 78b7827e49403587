"""Every kind of question that can wait for an answer, and what its answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.dialogue.machine import PromptKind
from bot.dialogue.screens import (
    account,
    ordering,
    people,
    placing,
    receipt,
    tracking,
    vendor_home,
    vendor_listings,
    vendor_offers,
    vendor_parcels,
)

PROMPTS: Final[Mapping[str, PromptKind]] = {
    kind.name: kind
    for kinds in (
        people.PROMPT_KINDS,
        ordering.PROMPT_KINDS,
        placing.PROMPT_KINDS,
        receipt.PROMPT_KINDS,
        tracking.PROMPT_KINDS,
        account.PROMPT_KINDS,
        vendor_offers.PROMPT_KINDS,
        vendor_parcels.PROMPT_KINDS,
        vendor_listings.PROMPT_KINDS,
        vendor_home.PROMPT_KINDS,
    )
    for kind in kinds
}
