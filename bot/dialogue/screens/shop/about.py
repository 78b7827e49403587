"""What a shop asks about us and the trade, answered from the data; what was asked of it stays open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.dialogue.machine import InputKind, Outcome, State, Step, Turn, does
from bot.dialogue.reading.words import is_said
from bot.wording.say import Say
from core.credit import queries as credit
from core.credit.kinds import HoldRefusal
from core.credit.policy import OverdueBlocking
from core.intake.acts.types import ActKind, Topic
from core.money import ZERO, Money
from core.orders.limits import open_terms
from core.orders.settings import OrderSettings
from core.parties import queries as parties
from core.refs import RetailerId, VendorId
from core.settings.service import current

_MOST_CLAIMS = 5


def tell_about(turn: Turn) -> Outcome:
    """Answer a question about charges, minimums, credit, payments, contacts, opening or returns."""
    act = turn.act
    if act is None or act.topic is None:
        raise AssertionError("an act that asks about something has a topic")
    found = _FACTS.get(act.topic, _nothing)(turn)
    return Outcome(
        goto=State.SHOP,
        say=Say("ordering/about", {"topic": act.topic.value, "sees_debt": turn.party.sees_debt, **found}),
    )


def _nothing(_turn: Turn) -> dict[str, Any]:
    return {}


def _minimum(turn: Turn) -> dict[str, Any]:
    return {"least": parties.least_minimum_order(turn.session)}


def _credit(turn: Turn) -> dict[str, Any]:
    retailer = parties.get_retailer(turn.session, RetailerId(turn.retailer_id))
    return {
        "standing": credit.standing(turn.session, turn.retailer_id, now=turn.now),
        "is_blocked": retailer.blocked_at is not None,
        "stops_after": current(turn.session, OverdueBlocking).values.block_after_days,
        "cash_limit": Money(current(turn.session, OrderSettings).values.cash_limit_minor),
    }


def _payments(turn: Turn) -> dict[str, Any]:
    waiting = credit.open_claims_of_retailer(turn.session, turn.retailer_id)[-_MOST_CLAIMS:]
    payees = {VendorId(claim.vendor_id) for claim in waiting if claim.vendor_id is not None}
    vendors = parties.vendors_by_ids(turn.session, payees)
    last = credit.last_payment(turn.session, turn.retailer_id)
    return {
        "claims": [
            {
                "amount": Money(claim.amount_minor),
                "method": claim.method.value,
                "asked": None
                if claim.vendor_id is None
                else vendors[VendorId(claim.vendor_id)].business_name,
            }
            for claim in waiting
        ],
        "last": None if last is None else {"amount": Money(last.amount_minor), "paid_on": last.received_at},
    }


def asks_why_not(turn: Turn) -> bool:
    """A bare "why not?" of a shop whose credit is stopped: nothing else was refused."""
    if turn.input.kind is not InputKind.TEXT or not is_said(turn.text.replace("?", " "), "why_not"):
        return False
    can = open_terms(turn.session, turn.retailer_id, ZERO, now=turn.now)
    return not can.on_credit and can.why_no_credit in (HoldRefusal.OVERDUE, "blocked")


def tell_why_not(turn: Turn) -> Outcome:
    """Say why there is no credit, and what opens it again."""
    facts = {"topic": Topic.WHY_BLOCKED.value, "sees_debt": turn.party.sees_debt, **_credit(turn)}
    return Outcome(goto=State.SHOP, say=Say("ordering/about", facts))


_FACTS: Final[Mapping[Topic, Callable[[Turn], dict[str, Any]]]] = {
    Topic.MINIMUM: _minimum,
    Topic.WHY_BLOCKED: _credit,
    Topic.MORE_CREDIT: _credit,
    Topic.PAYMENT: _payments,
}
STEPS: tuple[Step, ...] = (
    Step(
        name="about",
        matches=does(ActKind.ASK_ABOUT),
        handler=tell_about,
        takes=frozenset({ActKind.ASK_ABOUT, ActKind.GREETING}),
    ),
    Step(name="why_not", matches=asks_why_not, handler=tell_why_not),
)
