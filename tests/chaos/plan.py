"""What will go wrong, and when: all of it drawn from a seed before anything starts, so that a seed replays it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random  # noqa: TID251 - a plan is made from its seed

from tests.contract.peer import Behavior


class Act(StrEnum):
    KILL_WEB = "kill -9 web"
    KILL_WORKER = "kill -9 a worker"
    KILL_CLOCK = "kill -9 a clock"
    KILL_POSTGRES = "kill -9 PostgreSQL"
    KILL_REDIS = "kill -9 Valkey"
    FLUSH_REDIS = "flush Redis"
    FILL_POOL = "take all connections"
    FREEZE_WORKER = "freeze a worker"
    LOCK_CREDIT = "lock the credit accounts"
    CUT_CONNECTIONS = "cut all connections"


# (how often it is drawn, the shortest and the longest it lasts)
_WEIGHTS = {
    Act.KILL_WEB: (1, 1.0, 4.0),
    Act.KILL_WORKER: (3, 0.5, 3.0),
    Act.KILL_CLOCK: (1, 0.5, 5.0),
    Act.KILL_POSTGRES: (2, 0.0, 0.0),
    Act.KILL_REDIS: (2, 0.0, 0.0),
    Act.FLUSH_REDIS: (2, 0.0, 0.0),
    Act.FILL_POOL: (1, 2.0, 5.0),
    Act.FREEZE_WORKER: (2, 3.0, 12.0),
    Act.LOCK_CREDIT: (2, 0.5, 3.0),
    Act.CUT_CONNECTIONS: (1, 0.0, 0.0),
}
PAUSES = (1.0, 4.0)

_BEHAVIORS = {
    Behavior.ACCEPT: 80,
    Behavior.RATE_LIMIT: 5,
    Behavior.SERVER_ERROR: 3,
    Behavior.UNAVAILABLE: 4,
    Behavior.STORE_THEN_HANG: 2,
    Behavior.MALFORMED_SID: 2,
    Behavior.CONTENT_REFUSED: 4,
}
_MOST_SENDS = 5_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Blow:
    """One thing that goes wrong, *at* seconds after the start, for *seconds*; *which* chooses among several."""

    at: float
    act: Act
    seconds: float
    which: int


def blows(seed: int, *, seconds: float) -> list[Blow]:
    return list(_drawn(Random(f"{seed} monkey"), seconds))


def behaviors(seed: int) -> list[Behavior]:
    """What the peer does with each send, one after the other."""
    return Random(f"{seed} peer").choices(list(_BEHAVIORS), list(_BEHAVIORS.values()), k=_MOST_SENDS)


def _drawn(rng: Random, seconds: float) -> Iterator[Blow]:
    at = rng.uniform(*PAUSES)
    # Drawn from a bag, so that a short run has seen most of them.
    waiting: list[Act] = []
    while at < seconds:
        if not waiting:
            waiting = [act for act, (weight, *_) in _WEIGHTS.items() for _ in range(weight)]
            rng.shuffle(waiting)
        act = waiting.pop()
        _, shortest, longest = _WEIGHTS[act]
        yield Blow(at=at, act=act, seconds=rng.uniform(shortest, longest), which=rng.randrange(1_000))
        at += rng.uniform(*PAUSES)
