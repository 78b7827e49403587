"""Sample views for every message, which the wording check renders in every language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.wording.samples import account, shop, vendor
from bot.wording.samples.records import View


def samples() -> Mapping[str, Sequence[View]]:
    """The sample views by message name. A message without an entry takes no facts."""
    return {
        **shop.anywhere(),
        **shop.onboarding(),
        **shop.ordering(),
        **shop.tracking(),
        **account.account(),
        **vendor.vendor(),
        **vendor.notify(),
        **vendor.errors(),
    }
