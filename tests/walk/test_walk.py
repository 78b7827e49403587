"""A town goes about its business in six threads, another seed each time: nothing is lost, doubled or stuck.

`make walk WALK_STEPS=10000 WALK_SEED=7` walks further, or the same way again.
"""

import os
import secrets

from tests.market import Market
from tests.walk.walking import walk

# How the person at the keyboard asks for a longer walk, or for one that failed.
STEPS = int(os.environ.get("WALK_STEPS", "240"))  # noqa: TID251
SEED = int(os.environ.get("WALK_SEED") or secrets.randbelow(1_000_000))  # noqa: TID251
THREADS = 6


def test_whatever_a_town_does_at_once_stays_in_order_and_comes_to_an_end(fresh_database, capsys):
    with capsys.disabled():
        print(f"\nwalk with seed {SEED}, {STEPS} steps")  # noqa: T201 - the seed is needed to walk this way again

    town = walk(Market(fresh_database.database), seed=SEED, steps=STEPS, threads=THREADS)

    assert sum(town.outcomes.values()) >= STEPS // 2
    assert town.outcomes["place: done"] > 0
    if STEPS > 1_000:
        with capsys.disabled():
            for outcome, count in sorted(town.outcomes.items()):
                print(f"{count:6} {outcome}")  # noqa: T201 - what a long walk was made of
