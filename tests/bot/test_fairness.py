"""One person's flood, and what it costs somebody else: with the real dialogue, in real processes."""

import pytest

import core.models  # noqa: F401 - the whole mapping
from bench import fairness
from tests.bot.stage import seed
from tests.databases import cloned
from tests.platform.processes import Processes, wait_until

from .running import Running

# What else runs on this machine may spoil one round, but hardly all of them.
MOST_ROUNDS = 3
# What the scheduler of a busy machine may add to a median.
ALLOWANCE_SECONDS = 0.1


@pytest.fixture
def running(servers, template, redis_of_this_process):
    """The demo market with its web process and one worker, as they run on the smallest machine."""
    processes = Processes(life_seconds=600)
    with cloned(servers.database_url, template) as clone:
        with clone.engine.begin() as connection:
            seed(connection)
        try:
            market = Running(clone, redis_of_this_process, processes)
            processes.python("-m", "wsgi", "worker", **market.env)
            wait_until(market.living_workers, "the worker is up")
            yield market
        finally:
            processes.end()


def test_during_a_flood_somebody_else_is_answered_within_twice_the_quiet_time(running):
    rounds = []
    while len(rounds) < MOST_ROUNDS:
        rounds.append(found := fairness.measure(running))
        if max(found.written, found.read) <= fairness.ALLOWED * found.quiet + ALLOWANCE_SECONDS:
            return
    pytest.fail(f"a tap waits too long: {rounds}")
