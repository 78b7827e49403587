"""Runs histories through the real use cases, the steps of all of them in the order of time.

A timeline is a generator that yields the time of its next step and takes that step when it is resumed. It opens
transactions of its own, as the entry points do.
"""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
from collections.abc import Iterator

Timeline = Iterator[dt.datetime]


class Agenda:
    """The timelines that are under way. At equal times the one that started first goes first."""

    def __init__(self) -> None:
        self._waiting: list[tuple[dt.datetime, int, Timeline]] = []
        self._numbers = itertools.count()

    def start(self, timeline: Timeline) -> None:
        """Begin a timeline. One that is running may begin others."""
        self._put(next(self._numbers), timeline)

    def run(self) -> None:
        """Take all steps until no timeline is left."""
        while self._waiting:
            _, number, timeline = heapq.heappop(self._waiting)
            self._put(number, timeline)

    def _put(self, number: int, timeline: Timeline) -> None:
        at = next(timeline, None)
        if at is not None:
            heapq.heappush(self._waiting, (at, number, timeline))
