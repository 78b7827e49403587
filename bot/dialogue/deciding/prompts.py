"""Every kind of prompt, and what its answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.dialogue.machine import PromptKind
from bot.dialogue.screens.everybody import onboarding, people
from bot.dialogue.screens.shop import account, line_changes, payments, placing, receipt, tracking
from bot.dialogue.screens.vendor import accepting as vendor_accepting
from bot.dialogue.screens.vendor import cash as vendor_cash
from bot.dialogue.screens.vendor import claims as vendor_claims
from bot.dialogue.screens.vendor import declining as vendor_declining
from bot.dialogue.screens.vendor import handover as vendor_handover
from bot.dialogue.screens.vendor import home as vendor_home
from bot.dialogue.screens.vendor import late as vendor_late
from bot.dialogue.screens.vendor import listings as vendor_listings
from bot.dialogue.screens.vendor import parcels as vendor_parcels
from bot.dialogue.screens.vendor import returns as vendor_returns
from bot.dialogue.screens.vendor import shortages as vendor_shortages

PROMPTS: Final[Mapping[str, PromptKind]] = {
    kind.name: kind
    for kinds in (
        onboarding.PROMPT_KINDS,
        people.PROMPT_KINDS,
        line_changes.PROMPT_KINDS,
        placing.PROMPT_KINDS,
        receipt.PROMPT_KINDS,
        tracking.PROMPT_KINDS,
        account.PROMPT_KINDS,
        payments.PROMPT_KINDS,
        vendor_accepting.PROMPT_KINDS,
        vendor_late.PROMPT_KINDS,
        vendor_declining.PROMPT_KINDS,
        vendor_parcels.PROMPT_KINDS,
        vendor_cash.PROMPT_KINDS,
        vendor_handover.PROMPT_KINDS,
        vendor_returns.PROMPT_KINDS,
        vendor_shortages.PROMPT_KINDS,
        vendor_listings.PROMPT_KINDS,
        vendor_claims.PROMPT_KINDS,
        vendor_home.PROMPT_KINDS,
    )
    for kind in kinds
}
