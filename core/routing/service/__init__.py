"""Choose vendors for an order, ask them, and take their answers. Callers hold the order's lock."""

from core.routing.policy.facts import Exclusion, Need
from core.routing.policy.missing import Missing
from core.routing.policy.planning import Plan, PlanLine, PlanPart
from core.routing.service.answering import (
    accept_offer,
    close_offers,
    decline_offer,
    lapse_offer,
    settle_partials,
)
from core.routing.service.deciding import Decision, Outcome, decide, override, preview
from core.routing.service.replaying import Replay, what_if

__all__ = [
    "Decision",
    "Exclusion",
    "Missing",
    "Need",
    "Outcome",
    "Plan",
    "PlanLine",
    "PlanPart",
    "Replay",
    "accept_offer",
    "close_offers",
    "decide",
    "decline_offer",
    "lapse_offer",
    "override",
    "preview",
    "settle_partials",
    "what_if",
]
