"""Why a vendor was not the one: the criterion that decided between it and the vendor that was chosen. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from core.routing.policy.scores import SCORE_PARTS

FILLS_EVERYTHING = "fills_everything"
A_TIE = "tie"
FAIR_SHARE = "fair_share"


def deciding_criterion(
    own: Mapping[str, Decimal | None],
    chosen: Mapping[str, Decimal | None],
    *,
    weights: Mapping[str, int],
    only_chosen_fills: bool,
) -> str:
    """The criterion in which the chosen vendor gained the most points over this one.

    Whoever can fill the whole order goes before everybody who can't, whatever the scores (`fills_everything`). Where no
    criterion speaks for the chosen one, it is a `tie` as far as this vendor is concerned: fairness or an earlier start decided.
    """
    if only_chosen_fills:
        return FILLS_EVERYTHING
    gained = {
        name: weights.get(name, 0) * ((chosen.get(name) or Decimal(0)) - (own.get(name) or Decimal(0)))
        for name in SCORE_PARTS
    }
    most = max(gained, key=lambda name: gained[name])
    return most if gained[most] > 0 else A_TIE
