"""Choose vendors for an order, ask them, and take their answers. Callers hold the order's lock."""

from core.routing.policy.facts import Exclusion, Market, Need
from core.routing.policy.missing import Missing
from core.routing.policy.planning import Plan, PlanLine, PlanPart
from core.routing.service.answering import (
    accept_offer,
    close_offers,
    close_undelivered,
    decline_offer,
    lapse_offer,
    note_decline_reason,
    settle_partials,
)
from core.routing.service.deciding import (
    Decision,
    RoundOutcome,
    carry_out_override,
    decide,
    look_at_market,
    override,
    plan_in,
    preview,
)
from core.routing.service.replaying import ManyReplays, Replay, what_if, what_if_over

__all__ = [
    "Decision",
    "Exclusion",
    "ManyReplays",
    "Market",
    "Missing",
    "Need",
    "Plan",
    "PlanLine",
    "PlanPart",
    "Replay",
    "RoundOutcome",
    "accept_offer",
    "carry_out_override",
    "close_offers",
    "close_undelivered",
    "decide",
    "decline_offer",
    "lapse_offer",
    "look_at_market",
    "note_decline_reason",
    "override",
    "plan_in",
    "preview",
    "settle_partials",
    "what_if",
    "what_if_over",
]
