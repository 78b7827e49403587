"""Several vendors were asked for the same lines and each took a part: whose parts are used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.money import ZERO, Money, total
from core.pricing.policy import price_line
from core.routing.policy.ceiling import roundings_of


@dataclass(frozen=True, kw_only=True, slots=True)
class PartialLine:
    quantity: Decimal
    unit_price: Money
    vat_basis_points: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PartialAnswer:
    offer_id: int
    lines: Mapping[int, PartialLine]  # by order line


def weigh_partials(
    wanted: Mapping[int, Decimal],
    answers: Sequence[PartialAnswer],
    *,
    ceiling: Money | None,
    spare: Money = ZERO,
) -> dict[int, dict[int, Decimal]]:
    """For each offer that is used, how much of each order line. Never more than wanted, never above the ceiling.

    A part of a line may be above it by its roundings, up to *spare* together: the unit price is what it was.
    Again and again the answer that adds most, each line measured by the lowest price anybody asked for it; the
    earlier answer in the sequence where two add the same.
    """
    worth = _worths(answers)
    left = dict(wanted)
    room = ceiling
    used: dict[int, dict[int, Decimal]] = {}
    others = list(answers)
    while others:
        gains = [(_worth_of(_adds(answer, left), worth), answer) for answer in others]
        gain, best = max(gains, key=lambda pair: pair[0])
        if not gain:
            break
        others.remove(best)
        adds = _adds(best, left)
        cost = _cost(best, adds)
        if room is not None:
            above = max(cost - room, ZERO)
            if above.minor > min(spare.minor, _roundings(best, adds, wanted)):
                continue
            room, spare = max(room - cost, ZERO), spare - above
        used[best.offer_id] = adds
        left = {line: quantity - adds.get(line, Decimal(0)) for line, quantity in left.items()}
    return used


def _adds(answer: PartialAnswer, left: Mapping[int, Decimal]) -> dict[int, Decimal]:
    return {
        line: quantity
        for line, part in answer.lines.items()
        if (quantity := min(part.quantity, left.get(line, Decimal(0))))
    }


def _roundings(answer: PartialAnswer, adds: Mapping[int, Decimal], wanted: Mapping[int, Decimal]) -> int:
    return sum(
        roundings_of(quantity, answer.lines[line].vat_basis_points)
        for line, quantity in adds.items()
        if quantity < wanted[line]
    )


def _worth_of(adds: Mapping[int, Decimal], worth: Mapping[int, Money]) -> Decimal:
    return sum((worth[line].minor * quantity for line, quantity in adds.items()), Decimal(0))


def _worths(answers: Sequence[PartialAnswer]) -> dict[int, Money]:
    worth: dict[int, Money] = {}
    for answer in answers:
        for line, part in answer.lines.items():
            worth[line] = min(worth.get(line, part.unit_price), part.unit_price)
    return worth


def _cost(answer: PartialAnswer, adds: Mapping[int, Decimal]) -> Money:
    if not adds:
        return ZERO
    return total(
        price_line(answer.lines[line].unit_price, quantity, answer.lines[line].vat_basis_points).total
        for line, quantity in adds.items()
    )
