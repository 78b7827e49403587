"""Routing by our weights against "nearest", "cheapest" and "random", and with turns among equals, in a simulated city.

One city is lived once for each, in a database of its own, with the same people, wants and chances; only who is asked
differs. Prints a table, how many orders a second the services took, and how the time of an order grew.
Run: `make simulate SCALE=0.1`. The whole city has 200 vendors and 2,000 shops and lives three months, Dashain in it.
"""

from __future__ import annotations

import argparse
import cProfile
import datetime as dt
import hashlib
import multiprocessing
import pstats
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker

from core import embedded
from core.db.session import Database
from core.orders import placing
from core.orders.checks import find_differences
from core.outbox.service import HISTORY
from core.routing.policy.facts import Market
from core.routing.policy.ranking import Candidate, in_order, rank
from core.routing.policy.scores import SCORE_PARTS
from core.routing.service import deciding
from core.routing.settings import RoutingSettings
from core.seeds.city import seasons
from core.seeds.city.living import live
from core.seeds.city.measures import ON_TIME_HOURS, Measures, decisions_digest, measure
from core.seeds.city.town import SEEDER, CityPlan, build
from core.settings import service as settings
from tests.databases import cloned, migrated_template
from wsgi import keep_program_out_of_garbage

VAR = Path(__file__).parents[1] / "var" / "bench"
NO_WAITING_FOR_DISK = "SET SESSION synchronous_commit = off"
STRATEGIES = ("ours", "nearest", "cheapest", "random", "turns of 3", "turns of 10")
# Let only one criterion count, by the settings that an admin has; our weights are the default.
ONLY = {"nearest": "proximity", "cheapest": "price"}
# Our weights, and equals within so many points take turns.
TURNS = {"turns of 3": 3, "turns of 10": 10}


@dataclass(frozen=True, kw_only=True)
class Lived:
    strategy: str
    measures: Measures
    seconds: float
    # Median seconds of the yes to a basket in the first and in the last tenth of the run.
    first_yes: float
    last_yes: float
    differences: int
    digest: str | None
    refused: dict[str, int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is 200 vendors and 2,000 shops")
    parser.add_argument("--days", type=int, default=91)
    parser.add_argument("--starts-on", type=dt.date.fromisoformat, default=CityPlan.starts_on)
    parser.add_argument("--seed", type=int, default=2083)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--strategies", nargs="*", default=STRATEGIES, choices=STRATEGIES)
    parser.add_argument(
        "--profile", action="store_true", help="live by the first strategy only, and print what takes long"
    )
    asked = parser.parse_args()
    plan = replace(CityPlan(seed=asked.seed).scaled(asked.scale), days=asked.days, starts_on=asked.starts_on)
    print(
        f"{plan.vendors} vendors, {plan.retailers} shops, {plan.days} days from {plan.starts_on}, seed {plan.seed}"
    )
    servers = embedded.start(VAR)
    try:
        template = migrated_template(servers.database_url)
        jobs = [(servers.database_url, template, plan, strategy) for strategy in asked.strategies]
        if asked.profile:
            profiled(*jobs[0])
            return
        with multiprocessing.get_context("spawn").Pool(asked.processes) as pool:
            lives = []
            for one in pool.imap(lived_of, jobs):
                lives.append(one)
                print_table(lives)  # what is known so far, for a long run that is cut short
    finally:
        servers.stop()


def lived_of(job: tuple[str, str, CityPlan, str]) -> Lived:
    return lived(*job)


def lived(server_url: str, template: str, plan: CityPlan, strategy: str) -> Lived:
    """The city's life with vendors chosen by *strategy*."""
    with cloned(server_url, template) as clone:
        # A city that ends with its server is lived again: no commit waits for the disk.
        event.listen(
            clone.engine, "connect", lambda connection, _record: connection.execute(NO_WAITING_FOR_DISK)
        )
        database = Database(sessionmaker(clone.engine, expire_on_commit=False, info=HISTORY))
        city = build(database, plan)
        begin = seasons.at(plan.starts_on, 0)
        with database.transaction() as session:
            choose(session, strategy, now=begin)
        keep_program_out_of_garbage()
        start = time.perf_counter()
        with timed_placing() as took, by_lot(plan.seed) if strategy == "random" else nullcontext():
            live(city)
        seconds = time.perf_counter() - start
        with database.transaction() as session:
            return Lived(
                strategy=strategy,
                measures=measure(session, since=begin),
                seconds=seconds,
                first_yes=statistics.median(took[: max(len(took) // 10, 1)]),
                last_yes=statistics.median(took[-max(len(took) // 10, 1) :]),
                differences=len(find_differences(session)),
                digest=decisions_digest(session),
                refused=dict(city.refused),
            )


def choose(session: Session, strategy: str, *, now: dt.datetime) -> None:
    """Set what makes the strategy, by the settings that an admin has."""
    changes: dict[str, object] = {}
    if strategy in ONLY:
        changes = {f"{name}_weight": 100 if name == ONLY[strategy] else 0 for name in SCORE_PARTS}
    elif strategy in TURNS:
        changes = {"fairness_points": TURNS[strategy]}
    if changes:
        settings.change(
            session, RoutingSettings, changes, seen_version=0, reason=strategy, actor=SEEDER, now=now
        )


@contextmanager
def by_lot(seed: int) -> Iterator[None]:
    """Rank the vendors that may be asked by lot: the same lot for a basket and for the order that it becomes."""

    def rank_by_lot(market: Market, weights: Mapping[str, int]) -> tuple[Candidate, ...]:
        basket = [(need.product_id, str(need.quantity)) for need in market.needs]
        return in_order(
            [
                replace(
                    candidate,
                    score=_lot(seed, market.place, market.today, basket, candidate.vendor.vendor_id),
                )
                for candidate in rank(market, weights)
            ]
        )

    with mock.patch.object(deciding, "rank", rank_by_lot):
        yield


def _lot(*words: object) -> Decimal:
    """0–100, by what the words say."""
    drawn = int.from_bytes(hashlib.sha256(repr(words).encode()).digest()[:4])
    return (Decimal(100) * drawn / 2**32).quantize(Decimal("0.001"))


@contextmanager
def timed_placing() -> Iterator[list[float]]:
    """How long each yes takes while this is entered, in seconds."""
    took: list[float] = []
    place = placing.place

    def timed(*args: Any, **facts: Any) -> Any:
        start = time.perf_counter()
        answer = place(*args, **facts)
        took.append(time.perf_counter() - start)
        return answer

    with mock.patch.object(placing, "place", timed):
        yield took


def profiled(server_url: str, template: str, plan: CityPlan, strategy: str) -> None:
    profile = cProfile.Profile()
    done = profile.runcall(lived, server_url, template, plan, strategy)
    print_table([done])
    pstats.Stats(profile).sort_stats("cumulative").print_stats(90)


def print_table(lives: Sequence[Lived]) -> None:
    rows: list[tuple[str, Callable[[Lived], str]]] = [
        ("orders", lambda one: f"{one.measures.orders}"),
        (f"in full within {ON_TIME_HOURS} h", lambda one: f"{one.measures.in_full_on_time:.1%}"),
        ("in full", lambda one: f"{one.measures.in_full:.1%}"),
        ("delivered of what was ordered", lambda one: f"{one.measures.filled:.1%}"),
        ("unfulfilled", lambda one: f"{one.measures.unfulfilled:.2%}"),
        ("price paid ÷ market", lambda one: f"{one.measures.paid_of_market:.4f}"),
        ("offers per order", lambda one: f"{one.measures.offers:.3f}"),
        ("parcels per order", lambda one: f"{one.measures.parcels:.3f}"),
        ("hours to acceptance", lambda one: f"{one.measures.hours_to_acceptance:.2f}"),
        ("hours to arrival", lambda one: f"{one.measures.hours_to_arrival:.1f}"),
        ("share of the largest vendor", lambda one: f"{one.measures.largest_share:.1%}"),
        ("share of the smaller half", lambda one: f"{one.measures.smaller_half_share:.1%}"),
        ("orders a second", lambda one: f"{one.measures.orders / one.seconds:.1f}"),
        ("the yes, first tenth", lambda one: f"{one.first_yes * 1000:.0f} ms"),
        ("the yes, last tenth", lambda one: f"{one.last_yes * 1000:.0f} ms"),
        ("differences in the books", lambda one: f"{one.differences}"),
    ]
    print(f"{'':32}" + "".join(f"{one.strategy:>12}" for one in lives))
    for name, value in rows:
        print(f"{name:32}" + "".join(f"{value(one):>12}" for one in lives))
    for one in lives:
        print(f"{one.strategy}: decisions {one.digest}, refused {one.refused}", flush=True)


if __name__ == "__main__":
    main()
