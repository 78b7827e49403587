"""All chance of a city, drawn from one seed.

Each question has a generator of its own, named by its words ("answer", the vendor, the shop …), so that a draw depends on
what it is about and never on what happened to be drawn before it: the same shop wants the same goods on the same day
whoever is asked to deliver them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random  # noqa: TID251 - a city is lived again by its seed

__all__ = ["Chance", "Random", "hours", "typical"]


@dataclass(frozen=True, slots=True)
class Chance:
    seed: int

    def of(self, *words: str | int) -> Random:
        """The generator for one question."""
        return Random(":".join(str(word) for word in (self.seed, *words)))  # noqa: S311 - no secret


def typical(rng: Random, middle: float, spread: float) -> float:
    """A positive number around *middle*, half of them above it; *spread* is the deviation of its logarithm."""
    return middle * rng.lognormvariate(0, spread)


def hours(count: float) -> dt.timedelta:
    """So many hours, to the second."""
    return dt.timedelta(seconds=round(count * 3600))
