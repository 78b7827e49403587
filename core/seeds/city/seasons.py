"""What the festivals do to the trade: Dashain and Tihar of 2083 (2026)."""

from __future__ import annotations

import datetime as dt

from core.clock import KATHMANDU

OPENS, CLOSES = dt.time(7), dt.time(19)

GHATASTHAPANA = dt.date(2026, 10, 11)
FULPATI = dt.date(2026, 10, 17)
# The families are together, and wholesalers keep their shutters down.
DASHAIN_CLOSED = frozenset(dt.date(2026, 10, day) for day in range(19, 23))
TIHAR_CLOSED = frozenset({dt.date(2026, 11, 9), dt.date(2026, 11, 10)})
CLOSED = DASHAIN_CLOSED | TIHAR_CLOSED

# What households buy for the feast: these goods rise most.
FESTIVE = frozenset({"Rice", "Oil & Ghee", "Sugar & Salt", "Flour", "Spices", "Dairy", "Beverages"})


def demand(day: dt.date) -> float:
    """How much is ordered on *day*, measured by a usual day."""
    if day in CLOSED:
        return 0.1
    if GHATASTHAPANA - dt.timedelta(days=7) <= day <= FULPATI + dt.timedelta(days=1):
        return 1.8
    if day.month == 11 and day.day <= 8:
        return 1.35
    if FULPATI < day <= FULPATI + dt.timedelta(days=12):
        return 0.6
    return 1.0


def price_rise(day: dt.date, category: str) -> float:
    """How far the trade's prices stand above the usual ones: rising over three weeks to Fulpati, falling in two."""
    peak = 0.10 if category in FESTIVE else 0.03
    before, after = (FULPATI - day).days, (day - FULPATI).days
    if 0 <= before <= 21:
        return peak * (1 - before / 21)
    return peak * max(1 - after / 14, 0) if after > 0 else 0.0


def at(day: dt.date, hour: float) -> dt.datetime:
    """The instant at so many hours after midnight in Kathmandu."""
    midnight = dt.datetime.combine(day, dt.time(), KATHMANDU)
    return (midnight + dt.timedelta(seconds=round(hour * 3600))).astimezone(dt.UTC)


def while_open(instant: dt.datetime) -> dt.datetime:
    """*instant*, or the next opening when the shutters are down then."""
    local = instant.astimezone(KATHMANDU)
    if local.time() >= CLOSES:
        local = dt.datetime.combine(local.date() + dt.timedelta(days=1), OPENS, KATHMANDU)
    elif local.time() < OPENS:
        local = dt.datetime.combine(local.date(), OPENS, KATHMANDU)
    while local.date() in CLOSED:
        local = dt.datetime.combine(local.date() + dt.timedelta(days=1), OPENS, KATHMANDU)
    return local.astimezone(dt.UTC)
