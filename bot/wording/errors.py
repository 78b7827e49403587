"""Which message words a refusal: its own, its group's, or a plain one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.wording.labels import ROOT
from bot.wording.say import Say
from core.errors import DomainError

PLAIN: Final = "errors/refused"

# Refusals that only an admin, an import or a command can get, by code and by package. In a chat they would get the
# plain message.
ELSEWHERE: Final = frozenset(
    {
        "account_open_already",
        "approval_needed",
        "bill_brought_before",
        "bill_looks_brought",
        "bill_number_refused",
        "changed_meanwhile",
        "cheque_not_open",
        "days_of_bill_impossible",
        "correction_answered",
        "idempotency_key_reused",
        "not_yet_customer",
        "nothing_in_basket",
        "override_refused",
        "payment_held",
        "posting_reversed",
        "reason_missing",
        "refused",
        "second_person_needed",
        "settlement_held",
        "too_many_decisions",
        "weights_refused",
    }
)
ELSEWHERE_PACKAGES: Final = (
    "core.alerts",
    "core.audit",
    "core.catalog",
    "core.db",
    "core.exchange",
    "core.exports",
    "core.jobs",
    "core.messaging",
    "core.outbox",
    "core.parties",
    "core.pricing",
    "core.reports",
    "core.risk",
    "core.seeds",
    "core.settings",
)

# Codes that mean the same to the person in the chat.
GROUPS: Final[Mapping[str, str]] = {
    "amount_too_large": "errors/amount_not_positive",
    "hold_resolved": PLAIN,
    "hold_too_small": PLAIN,
}


def say_refusal(refusal: DomainError) -> Say:
    return Say(template_for(refusal.code), {"facts": refusal.facts})


def template_for(code: str) -> str:
    own = f"errors/{code}"
    if (ROOT / "en" / f"{own}.j2").exists():
        return own
    return GROUPS.get(code, PLAIN)
