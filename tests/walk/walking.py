"""Walks: some threads take random steps for a while, somebody looks whether all is in order, and all orders end."""

from __future__ import annotations

import itertools
import threading
import traceback
from random import Random  # noqa: TID251 - a walk is taken again by its seed

from sqlalchemy import select

from core.credit import service as credit
from core.orders import delivery, ending, shortages
from core.orders.kinds import FulfillmentStatus, ShortageStatus
from core.orders.models import Fulfillment, Shortage
from core.parties import service as parties
from tests.market import ADMIN, Market
from tests.walk import order
from tests.walk.steps import STEPS, run_due
from tests.walk.town import Town, Walker, build

# How long the one who looks waits between two looks, in seconds.
_LOOK_EVERY = 2.0
_DAYS_TO_THE_END = 12


class OutOfOrder(AssertionError):
    """The walk led to something that must never be."""


def walk(market: Market, *, seed: int, steps: int, threads: int) -> Town:
    """Take *steps* steps in all. Raises OutOfOrder at the first thing that is not in order, with the seed."""
    town = build(market, Random(f"{seed}:town"))
    counter = itertools.count(1)
    failed: list[str] = []
    start = threading.Barrier(threads)

    def go(number: int) -> None:
        walker = Walker(town=town, rng=Random(f"{seed}:{number}"))
        start.wait()
        kinds, weights = list(STEPS), list(STEPS.values())
        while next(counter) <= steps and not failed:
            step = walker.rng.choices(kinds, weights)[0]
            try:
                step(walker)
            except Exception:  # noqa: BLE001 - whatever it is, the walk fails with it
                failed.append(f"{step.__name__}\n{traceback.format_exc()}")

    walkers = [threading.Thread(target=go, args=(number,)) for number in range(threads)]
    for thread in walkers:
        thread.start()
    _look_on(market, walkers, failed)
    if not failed:
        failed += _end(town, seed)
    if failed:
        raise OutOfOrder(f"seed {seed}\n" + "\n".join(failed))
    return town


def _look_on(market: Market, walkers: list[threading.Thread], failed: list[str]) -> None:
    """See again and again whether all is in order, until the last walker has stopped."""
    while any(thread.is_alive() for thread in walkers):
        for thread in walkers:
            thread.join(timeout=_LOOK_EVERY / len(walkers))
        failed += market.look(order.problems)


def _end(town: Town, seed: int) -> list[str]:
    """Let time pass, and whoever has goods hand them over or take them back: then every order has ended."""
    walker = Walker(town=town, rng=Random(f"{seed}:end"))
    for vendor_id in town.vendors:
        walker.do(parties.activate_vendor, vendor_id, reason="walk", actor=ADMIN)
    for shop, _ in town.shops:
        walker.do(parties.activate_retailer, shop.id, reason="walk", actor=ADMIN)
    for _ in range(_DAYS_TO_THE_END):
        town.pass_time(8)
        run_due(walker)
        for shortage_id in town.market.look(_reported):
            walker.do(shortages.refuse, shortage_id, actor=ADMIN)
        for part in town.market.look(_coming):
            if part.status is FulfillmentStatus.ACCEPTED:
                walker.do(delivery.dispatch, part.id, actor=ADMIN)
            elif walker.rng.random() < 0.5:
                walker.do(
                    delivery.deliver_without_code, part.id, cash=credit.ALL_CASH, reason="end", actor=ADMIN
                )
            else:
                walker.do(ending.mark_returned, part.id, reason="end", actor=ADMIN)
    found = town.market.look(order.problems)
    return found + [f"order {one} is {status} for ever" for one, status in town.market.look(order.still_open)]


def _reported(session):  # type: ignore[no-untyped-def]
    return session.scalars(select(Shortage.id).where(Shortage.status == ShortageStatus.OPEN)).all()


def _coming(session):  # type: ignore[no-untyped-def]
    coming = (FulfillmentStatus.ACCEPTED, FulfillmentStatus.DISPATCHED)
    return session.execute(
        select(Fulfillment.id, Fulfillment.status).where(Fulfillment.status.in_(coming))
    ).all()
