"""The conversation as a table: the steps of each state. The first that matches answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.dialogue.machine import Reminder, State, Step
from bot.dialogue.screens.everybody import anywhere, introductions, onboarding, people
from bot.dialogue.screens.shop import (
    about,
    account,
    asked,
    basket_corrections,
    enquiries,
    later,
    line_changes,
    ordering,
    owner_words,
    papers,
    payments,
    placed,
    placing,
    put_right,
    receipt,
    tracking,
)
from bot.dialogue.screens.vendor import accepting as vendor_accepting
from bot.dialogue.screens.vendor import cash as vendor_cash
from bot.dialogue.screens.vendor import claims as vendor_claims
from bot.dialogue.screens.vendor import declining as vendor_declining
from bot.dialogue.screens.vendor import handover as vendor_handover
from bot.dialogue.screens.vendor import home as vendor_home
from bot.dialogue.screens.vendor import hours as vendor_hours
from bot.dialogue.screens.vendor import listings as vendor_listings
from bot.dialogue.screens.vendor import offers as vendor_offers
from bot.dialogue.screens.vendor import parcels as vendor_parcels
from bot.dialogue.screens.vendor import partial as vendor_partial
from bot.dialogue.screens.vendor import returns as vendor_returns
from bot.dialogue.screens.vendor import shortages as vendor_shortages

ANYWHERE: Final[tuple[Step, ...]] = anywhere.STEPS

# What a vendor can say in any state, whatever was asked.
_VENDOR: Final[tuple[Step, ...]] = (
    *vendor_hours.STEPS,
    *introductions.VENDOR_STEPS,
    *vendor_handover.STEPS,
    *vendor_returns.STEPS,
    *vendor_shortages.STEPS,
    *vendor_parcels.STEPS,
    *vendor_offers.STEPS,
    *vendor_accepting.STEPS,
    *vendor_declining.STEPS,
    *vendor_partial.STEPS,
    *vendor_claims.STEPS,
    *vendor_home.STEPS,
    *vendor_listings.STEPS,
)

TABLE: Final[Mapping[State, tuple[Step, ...]]] = {
    State.NEW: (*introductions.NEWCOMER_STEPS, *onboarding.NEW_STEPS),
    State.SHOP_NAME: (*introductions.NEWCOMER_STEPS, *onboarding.NAME_STEPS),
    State.SHOP_AREA: (*introductions.AREA_STEPS, *onboarding.AREA_STEPS),
    State.SHOP_PHONE: onboarding.PHONE_STEPS,
    State.WAITING: (*introductions.WAITING_STEPS, *onboarding.WAITING_STEPS),
    State.PARTY: people.PARTY_STEPS,
    State.SHOP: (
        *introductions.SHOP_STEPS,
        *owner_words.STEPS,
        *later.STEPS,
        *put_right.STEPS,
        *payments.FIRST_STEPS,
        *asked.STEPS,
        *placing.STEPS,
        *placed.STEPS,
        *line_changes.STEPS,
        *ordering.STEPS,
        *receipt.STEPS,
        *tracking.STEPS,
        *about.STEPS,
        *account.GUARD_STEPS,
        *payments.STEPS,
        *account.STEPS,
        *papers.STEPS,
        *placed.READ_STEPS,
        *basket_corrections.READ_STEPS,
        *ordering.READ_STEPS,
        *enquiries.STEPS,
        *ordering.LAST_STEPS,
        *enquiries.LAST_STEPS,
    ),
    State.SHORTFALL: (
        *receipt.SHORTFALL_STEPS,
        *ordering.KEYWORD_STEPS,
        *receipt.STEPS,
        *tracking.KEYWORD_STEPS,
        *tracking.STATUS_STEPS,
        *about.STEPS,
        *account.GUARD_STEPS,
        *payments.STEPS,
        *account.STEPS,
        *papers.STEPS,
        *receipt.SHORTFALL_LAST_STEPS,
    ),
    State.VENDOR: (
        *vendor_declining.FIRST_STEPS,
        *vendor_cash.FIRST_STEPS,
        *vendor_claims.FIRST_STEPS,
        *vendor_listings.FIRST_STEPS,
        *_VENDOR,
        *vendor_home.LAST_STEPS,
    ),
    State.PART: (*vendor_partial.PART_STEPS, *_VENDOR, *vendor_partial.PART_AGAIN_STEPS),
    State.DECLINE_WORDS: (*vendor_declining.DECLINE_STEPS, *_VENDOR, *vendor_declining.DECLINE_LAST_STEPS),
    State.SHORT_PARCEL: (
        *vendor_handover.SHORT_STEPS,
        *_VENDOR,
        *vendor_handover.SHORT_AGAIN_STEPS,
    ),
}

# Reminders to add when the conversation leaves a state whose question is unanswered.
REMINDERS: Final[Mapping[State, Reminder]] = {State.PART: vendor_partial.still_asked}
